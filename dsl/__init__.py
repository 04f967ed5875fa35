"""What a program is: types, primitives, terms, meaning, specification, and the languages that ship."""

from dsl.errors import DSLError, NesyError, ProgramFault, SpecError, SyntaxFault
from dsl.grammar import Grammar
from dsl.interpret import Failure, Limits, run
from dsl.language import DSL
from dsl.languages import load
from dsl.primitive import Primitive, primitive
from dsl.program import Apply, Const, Hole, Input, Lambda, Program, Variable
from dsl.spec import Example, Spec, counterexample
from dsl.syntax import parse, show
from dsl.types import Type, TypeVar

__all__ = ["DSL", "Apply", "Const", "DSLError", "Example", "Failure", "Grammar", "Hole", "Input", "Lambda", "Limits",
           "NesyError", "Primitive", "Program", "ProgramFault", "Spec", "SpecError", "SyntaxFault", "Type", "TypeVar",
           "Variable", "counterexample", "load", "parse", "primitive", "run", "show"]
