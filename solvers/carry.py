"""Carry: programs and values across processes, as plain data that is built anew on the other side.

A program travels as its nodes from the leaves up, so that no depth of it is too deep.
"""

import pickle
from collections.abc import Iterator

from dsl.errors import text
from dsl.language import DSL
from dsl.program import Apply, Const, Input, Lambda, Program, Variable
from dsl.spec import Spec
from dsl.syntax import parse, parse_type, show
from dsl.types import AnyType, Type, parts


def pack(p: Program, dsl: DSL) -> list[tuple]:
    """A program as plain data: primitives by name, the language's constants by index.

    >>> from dsl import Example, load
    >>> dsl, spec = load("integers"), Spec(inputs=[], output=int, formula=None, examples=[Example(output=3)])
    >>> unpack(pack(parse("add(1, 2)", dsl), dsl), dsl, spec) == parse("add(1, 2)", dsl)
    True
    """
    return [_node(q, dsl) for q in _leaves_first(p)]


def _leaves_first(p: Program) -> list[Program]:
    found, todo = [], [p]
    while todo:
        q = todo.pop()
        found.append(q)
        todo.extend(q.children)
    return found[::-1]


def _node(p: Program, dsl: DSL) -> tuple:
    match p:
        case Input():
            return "input", p.index
        case Variable():
            return "variable", p.level, str(p.type)
        case Const() if (at := _listed(p, dsl)) is not None:
            return "constant", at
        case Const() if p.type in dsl.open:
            return "written", p.value, str(p.type)
        case Apply():
            return "apply", p.function.name, len(p.args)
        case Lambda():
            return "lambda", [str(t) for t in p.params], p.level
    return "text", show(p)


def unpack(nodes: object, dsl: DSL, spec: Spec) -> Program:
    """The program that `pack` took apart."""
    known = {str(t): t for t in _types(dsl, spec)}
    classes = {t.name: t for t in known.values() if isinstance(t, Type)}
    functions = {p.name: p for p in dsl.primitives}

    def named(text: str) -> AnyType:
        return known.get(text) or parse_type(text, classes)

    stack: list[Program] = []
    for node in nodes:  # type: ignore[attr-defined]
        match node:
            case ("input", int(index)):
                stack.append(Input(index, spec.inputs[index]))
            case ("variable", int(level), str(t)):
                stack.append(Variable(level, named(t)))
            case ("constant", int(index)):
                stack.append(dsl.constants[index])
            case ("written", value, str(t)):
                stack.append(Const(value, named(t)))
            case ("apply", str(name), int(n)):
                args = tuple([stack.pop() for _ in range(n)][::-1])
                stack.append(Apply(functions[name], args))
            case ("lambda", list(params), int(level)):
                stack.append(Lambda(tuple(map(named, params)), stack.pop(), level))
            case ("text", str(text)):
                stack.append(parse(text, dsl, spec.inputs))
            case _:
                raise TypeError(f"not a packed node: {node!r}")
        top = stack[-1]
        _ = top.cost, top.size, top.type  # known from the parts now, so that no one goes down all of them later
    return stack.pop()


def _listed(p: Const, dsl: DSL) -> int | None:
    """Which of the language's constants it is: 0.0 and -0.0 are equal, and different constants."""
    return next((i for i, c in enumerate(dsl.constants) if c == p and text(c.value) == text(p.value)), None)


def _types(dsl: DSL, spec: Spec) -> Iterator[AnyType]:
    """Every type that a program may mention, and the types within it."""
    for t in (*spec.inputs, spec.output, *dsl.types()):
        yield from parts(t)


def plain(value: object) -> object:
    """A value that can cross processes: itself, or as text where its class cannot."""
    try:
        pickle.dumps(value)
    except Exception:  # whatever a class of the user's has against it
        return repr(value)
    return value
