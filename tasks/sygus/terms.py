"""Terms of a SyGuS-IF file as programs, with macros, let and the functions to be found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from lark import Token

from dsl import smtlib
from dsl.arrays import Partly
from dsl.errors import ProgramFault
from dsl.interpret import Failure, compiled
from dsl.languages.booleans import both
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.smtlib import sort as sort_of
from dsl.smtlib import unescape
from dsl.types import BOOL, INT, STR, AnyType, Type, bits
from dsl.vectorised import evaluate
from dsl.witness import through
from tasks.base import TaskError
from tasks.sygus.text import Group, place
from tasks.sygus.text import show as text_of
from tasks.sygus.theory import CHAINED, LEFT_NESTED, find, indexed, sort

MOST_NODES, LONGEST_MEANING = 200_000, 200_000
DEEPEST = 200  # levels of a term; walking one takes some frames of Python's stack a level


@dataclass
class Names:
    """What the symbols of a file stand for: defined functions, functions to be found."""

    file: str
    functions: dict[str, Primitive] = field(default_factory=dict)
    bodies: dict[str, Program] = field(default_factory=dict)  # of functions that are put in place where they are called
    sorts: dict[str, object] = field(default_factory=dict)  # what define-sort names

    def sort(self, node: object) -> Type | None:
        """The type that a sort stands for, None for one that is not supported."""
        return sort(self.sorts.get(str(node), node))

    def whole(self, node: object, scope: Mapping[str, Program]) -> Program:
        """The program that a term stands for, if it is not too large to be walked through."""
        found = self.term(node, scope)
        if found.size > MOST_NODES:
            raise self.fault(node, f"a term of over {MOST_NODES:,} nodes when written out; no support for those")
        return found

    def fault(self, node: object, what: str) -> TaskError:
        """An error that points at a node."""
        return TaskError(f"{self.file}, {place(node)}: {what}")

    def term(self, node: object, scope: Mapping[str, Program], depth: int = 0) -> Program:
        """The program that a term stands for; `scope` says what the variables are."""
        if depth > DEEPEST:
            raise self.fault(node, f"a term is nested over {DEEPEST} deep")
        if isinstance(node, Token):
            return self.atom(node, scope)
        assert isinstance(node, Group)
        if not node:
            raise self.fault(node, "an empty list is no term")
        head = node[0]
        if head == "let":
            if len(node) != 3:
                raise self.fault(node, "let takes bindings and a body")
            if not isinstance(node[1], Group) or not node[1] or \
                    not all(isinstance(b, Group) and len(b) == 2 and isinstance(b[0], Token) for b in node[1]):
                raise self.fault(node, "let is (let ((x term) ...) term)")
            bound = {str(pair[0]): self.term(pair[1], scope, depth + 1) for pair in node[1]}
            return self.term(node[2], {**scope, **bound}, depth + 1)
        if head == "!" and len(node) > 1:  # what is said about a term does not change it
            return self.term(node[1], scope, depth + 1)
        value = literal(node)
        if value is not None:
            return value
        if isinstance(head, Group):
            args = [self.term(a, scope, depth + 1) for a in node[1:]]
            p = indexed(head, [a.type for a in args])
            if p is None:
                types = ", ".join(sort_of(a.type) for a in args)
                raise self.fault(node, f"no support for a function {text_of(head)} of ({types})")
            return Apply(p, tuple(args))
        return self.call(node, str(head), [self.term(a, scope, depth + 1) for a in node[1:]])

    def atom(self, token: Token, scope: Mapping[str, Program]) -> Program:
        """A variable, a literal or a function without arguments."""
        name = str(token)
        if name in scope:
            return scope[name]
        value = literal(token)
        if value is not None:
            return value
        if name in self.bodies and not self.functions[name].params:
            return self.bodies[name]
        if name in self.functions and not self.functions[name].params:
            return Apply(self.functions[name], ())
        raise self.fault(token, f"no such symbol: {name}")

    def call(self, node: Group, name: str, args: list[Program]) -> Program:
        """A function applied to arguments; what is not binary in the theory is nested or chained."""
        if name in self.functions:
            p = self.functions[name]
            if name in self.bodies and p.params == tuple(a.type for a in args):
                return self.bodies[name].replace(lambda q: args[q.index] if isinstance(q, Input) else None)
            if p.params != tuple(a.type for a in args):
                raise self.fault(node, f"{name} takes ({', '.join(map(sort_of, p.params))}), "
                                       f"not ({', '.join(sort_of(a.type) for a in args)})")
            return Apply(p, tuple(args))
        p = find(name, [a.type for a in args])
        if p is not None:
            return Apply(p, tuple(args))
        if len(args) > 2 and name in LEFT_NESTED:
            out = args[0]
            for a in args[1:]:
                out = self.call(node, name, [out, a])
            return out
        if len(args) > 2 and name == "=>":
            return self.call(node, name, [args[0], self.call(node, name, args[1:])])
        if len(args) > 2 and name in CHAINED:
            parts = [self.call(node, name, [x, y]) for x, y in zip(args, args[1:], strict=False)]
            out = parts[0]
            for a in parts[1:]:
                out = Apply(both, (out, a))
            return out
        if len(args) == 1 and name in ("and", "or", "+", "str.++"):
            return args[0]
        if name == "distinct" and len(args) > 1:
            apart = [self.call(node, "not", [self.call(node, "=", [x, y])])
                     for i, x in enumerate(args) for y in args[i + 1:]]
            return reduce(lambda x, y: Apply(both, (x, y)), apart)
        types = ", ".join(sort_of(a.type) for a in args)
        raise self.fault(node, f"no support for a function {name} of ({types})")

    def define(self, node: object, params: list[tuple[str, Type]], body: Program, result: Type) -> None:
        """A macro: a primitive whose meaning is its body; put in place where that is short, or asks for functions."""
        name = str(node)
        if not body.children or any(isinstance(p, Apply) and p.function.name in self.functions
                                    and p.function.smt == p.function.name for p in body.walk()):
            self.bodies[name] = body
        found = macro(name, [n for n, _ in params], [t for _, t in params], body, result)
        if len(found.smt or "") > LONGEST_MEANING:
            raise self.fault(node, f"{name} is a term of over {LONGEST_MEANING:,} letters when written out; "
                                   "no support for so long ones")
        self.functions[name] = found


def macro(name: str, names: list[str], types: list[AnyType], body: Program, result: AnyType) -> Primitive:
    """A primitive that stands for a program over its parameters."""
    code = compiled(body)

    def meaning(*args: object) -> object:
        value = code(args)
        if isinstance(value, Failure):
            raise ProgramFault(f"{name}: {value}")
        return value

    plans = ()
    if isinstance(body, Apply):
        parts = [a.index if isinstance(a, Input) else compiled(a) for a in body.args]
        uses = [tuple(sorted({p.index for p in a.walk() if isinstance(p, Input)})) for a in body.args]
        plans = through(body.function.witness, parts, uses)
    return Primitive(name, tuple(types), result, meaning, smt=as_term(smtlib.term(body, names)), names=tuple(names),
                     witness=plans, batch=batched(body))


def as_term(text: str) -> str:
    """A term that cannot be taken for a symbol's name: of a variable or a literal, one with `let`.

    >>> as_term("(+ a 1)"), as_term("a")
    ('(+ a 1)', '(let ((it a)) it)')
    """
    return text if text.startswith("(") else f"(let ((it {text})) it)"


def batched(body: Program) -> Callable[..., object] | None:
    """A program on whole arrays of its inputs, where every primitive in it has such a meaning."""
    if not all(p.function.batch for p in body.walk() if isinstance(p, Apply)) or \
            not any(isinstance(p, Input) for p in body.walk()):
        return None

    def meaning(*args: Any) -> object:
        cells, ok = evaluate(body, args, 0, args[0])
        return cells if ok is None else Partly(cells, ok)

    return meaning


def literal(node: object) -> Const | None:
    """The constant that a literal stands for."""
    if isinstance(node, Group):
        if len(node) == 2 and node[0] == "-" and isinstance(node[1], Token) and node[1].type == "NUMERAL":
            return Const(-int(node[1]), INT)
        if len(node) == 3 and node[0] == "_" and str(node[1])[:2] == "bv" and str(node[1])[2:].isdecimal() \
                and str(node[2]).isdecimal():
            kind = bits(width := int(node[2]))
            return Const(int(node[1][2:]) % (1 << width), kind)
        return None
    assert isinstance(node, Token)
    text = str(node)
    if node.type == "NUMERAL":
        return Const(int(text), INT)
    if node.type == "STRING":
        return Const(unescape(text[1:-1]), STR)
    if node.type == "HEX":
        return Const(int(text[2:], 16), bits(4 * (len(text) - 2)))
    if node.type == "BIN":
        return Const(int(text[2:], 2), bits(len(text) - 2))
    return {"true": Const(True, BOOL), "false": Const(False, BOOL)}.get(text)
