"""Constraints that are formulas: one specification for all the functions that a file asks for."""

from collections.abc import Mapping, Sequence

from dsl.language import DSL
from dsl.languages.booleans import both
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Program
from dsl.spec import Spec, bundle
from dsl.types import BOOL
from tasks.base import TaskError
from tasks.sygus.rules import Function


def combined(name: str, functions: Sequence[Function], unknowns: Sequence[Primitive], constraints: Sequence[Program],
             variables: Mapping[str, Program]) -> tuple[DSL, Spec]:
    """The language and the spec that ask for all functions at once.

    Raises:
        TaskError: where functions of different parameters, or rules without a parameter, are asked for together.
    """
    first = functions[0]
    for f in functions:
        if len(functions) > 1 and f.rules.slots != tuple(range(len(f.params))):
            raise TaskError(f"{name}: {f.name} is one of several functions, so its grammar must name each parameter "
                            "once")
        if [t for _, t in f.params] != [t for _, t in first.params]:
            raise TaskError(f"{name}: no support for functions of different parameters at once: "
                            f"{first.name} and {f.name}")
    formula: Program = Const(True, BOOL)
    for n, c in enumerate(constraints):
        formula = c if n == 0 else Apply(both, (formula, c))
    types = tuple(v.type for v in variables.values())
    if len(functions) == 1:
        dsl, output = first.rules.dsl, first.rules.start
    else:
        whole = bundle(tuple(f.rules.start for f in functions))
        dsl, output = first.rules.dsl.extend("theory", [whole]), whole.result
    return dsl, Spec(inputs=first.rules.types, output=output, formula=formula, variables=types, unknowns=unknowns,
                     tied=first.rules.slots)
