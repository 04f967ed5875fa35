"""Defined: primitives that stand for programs, and programs with what they stand for in their place."""

from collections.abc import Mapping

from dsl.interpret import code
from dsl.primitive import Primitive
from dsl.program import Apply, Input, Lambda, Program, Variable
from dsl.types import AnyType


def defined(name: str, body: Program, params: tuple[AnyType, ...], *, smt: str | None = None,
            names: tuple[str, ...] = ()) -> Primitive:
    """A primitive of this name that does what a program does with its inputs, of these types.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> twice = defined("twice", parse("add(x0, x0)", load("integers"), (INT,)), (INT,))
    >>> print(twice, twice(4))
    twice: (int) -> int 8
    """
    run = code(body)
    return Primitive(name, params, body.type, lambda *args: run(args, ()), smt=smt, names=names)


def inlined(program: Program, bodies: Mapping[Primitive, Program], scope: int = 0) -> Program:
    """A program with what each of these primitives stands for in its place, and in those of its place in turn.

    scope: how many lambda parameters are bound around it.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> body = parse("add(x0, x0)", load("integers"), (INT,))
    >>> twice = defined("twice", body, (INT,))
    >>> print(inlined(parse("twice(twice(x0))", load("integers").extend("more", [twice]), (INT,)), {twice: body}))
    add(add(x0, x0), add(x0, x0))
    """
    within = program.level + len(program.params) if isinstance(program, Lambda) else scope
    program = program.rebuild(tuple(inlined(c, bodies, within) for c in program.children))
    if isinstance(program, Apply) and program.function in bodies:
        return _filled(inlined(bodies[program.function], bodies), program.args, scope)
    return program


def _filled(body: Program, args: tuple[Program, ...], scope: int, inside: int = 0) -> Program:
    """A body with arguments for its inputs, its own lambdas numbered from `scope` on."""
    if isinstance(body, Input):
        return shifted(args[body.index], scope, inside)
    if isinstance(body, Variable):
        return Variable(body.level + scope, body.type)
    if isinstance(body, Lambda):
        return Lambda(body.params, _filled(body.body, args, scope, inside + len(body.params)), body.level + scope)
    return body.rebuild(tuple(_filled(c, args, scope, inside) for c in body.children))


def shifted(program: Program, scope: int, by: int) -> Program:
    """A program whose own lambdas, those beyond `scope`, are numbered `by` higher."""
    if not by:
        return program
    if isinstance(program, Variable):
        return Variable(program.level + by, program.type) if program.level >= scope else program
    if isinstance(program, Lambda):
        return Lambda(program.params, shifted(program.body, scope, by), program.level + by)
    return program.rebuild(tuple(shifted(c, scope, by) for c in program.children))
