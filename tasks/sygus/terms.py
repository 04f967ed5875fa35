"""Terms of a SyGuS-IF file as programs, with macros, let and the functions to be found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lark import Token

from dsl import smtlib
from dsl.arrays import Partly
from dsl.errors import ProgramFault
from dsl.interpret import Failure, compiled
from dsl.languages.booleans import both
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.smtlib import unescape
from dsl.types import BOOL, INT, STR, AnyType, Type, bits
from dsl.vectorised import evaluate
from dsl.witness import through
from tasks.base import TaskError
from tasks.sygus.text import Group, place
from tasks.sygus.text import show as text_of
from tasks.sygus.theory import CHAINED, LEFT_NESTED, find

DEEPEST = 200  # levels of a term; walking one takes some frames of Python's stack a level


@dataclass
class Names:
    """What the symbols of a file stand for: defined functions, functions to be found."""

    file: str
    functions: dict[str, Primitive] = field(default_factory=dict)

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
        value = literal(node)
        if value is not None:
            return value
        if isinstance(head, Group):
            raise self.fault(node, f"no such function: {text_of(head)}")
        return self.call(node, str(head), [self.term(a, scope, depth + 1) for a in node[1:]])

    def atom(self, token: Token, scope: Mapping[str, Program]) -> Program:
        """A variable, a literal or a function without arguments."""
        name = str(token)
        if name in scope:
            return scope[name]
        value = literal(token)
        if value is not None:
            return value
        if name in self.functions and not self.functions[name].params:
            return Apply(self.functions[name], ())
        raise self.fault(token, f"no such symbol: {name}")

    def call(self, node: Group, name: str, args: list[Program]) -> Program:
        """A function applied to arguments; what is not binary in the theory is nested or chained."""
        if name in self.functions:
            p = self.functions[name]
            if p.params != tuple(a.type for a in args):
                raise self.fault(node, f"{name} takes ({', '.join(map(str, p.params))}), "
                                       f"not ({', '.join(str(a.type) for a in args)})")
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
        if name == "distinct" and len(args) == 2:
            return self.call(node, "not", [self.call(node, "=", args)])
        types = ", ".join(str(a.type) for a in args)
        raise self.fault(node, f"no function {name} takes ({types})")

    def define(self, name: str, params: list[tuple[str, Type]], body: Program, result: Type) -> None:
        """A macro: a primitive whose meaning is its body."""
        self.functions[name] = macro(name, [n for n, _ in params], [t for _, t in params], body, result)


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
    return Primitive(name, tuple(types), result, meaning, smt=smtlib.term(body, names), names=tuple(names),
                     witness=plans, batch=batched(body))


def batched(body: Program) -> Callable[..., object] | None:
    """A program on whole arrays of its inputs, where every primitive in it has such a meaning."""
    if not all(p.function.batch for p in body.walk() if isinstance(p, Apply)):
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
            width = int(node[2])
            return Const(int(node[1][2:]) % (1 << width), bits(width))
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
