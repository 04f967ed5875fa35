"""Sketches: what proposals agree on, holes where they do not (guess and sketch: Li et al. 2024), and their calls."""

from collections.abc import Iterable, Iterator
from math import exp

from dsl.program import Apply, Const, Hole, Program
from dsl.types import AnyType
from nesy.proposer.propose import Proposal


def sketches(proposals: Iterable[Proposal], top: float) -> list[Program]:
    """Proposals with one part missing, the most probable first: a sketch is as probable as all that fill it together.

    top: the log-probability that counts as 1.
    """
    return _ranked(((sketch, p) for p in proposals for sketch in holed(p.program)), top)


def calls(proposals: Iterable[Proposal], top: float) -> list[Program]:
    """The calls that proposals are made of, outside of lambdas, the most probable first, as probable as all with it.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> texts = "add(negate(x0), 1)", "multiply(x0, negate(x0))"
    >>> found = [Proposal(parse(text, load("integers"), (INT,)), -1.0 - n) for n, text in enumerate(texts)]
    >>> [str(p) for p in calls(found, -1.0)]
    ['negate(x0)', 'add(negate(x0), 1)', 'multiply(x0, negate(x0))']
    """
    return _ranked(((call, p) for p in proposals for call in dict.fromkeys((p.program, *p.program.parts()))
                    if isinstance(call, Apply)), top)


def without_numbers(proposals: Iterable[Proposal], top: float, types: Iterable[AnyType]) -> list[Program]:
    """Proposals with a hole for each constant of these types, where there is one, the most probable first."""
    return _ranked(((sketch, p) for p in proposals for sketch in [_without(p.program, set(types))]
                    if sketch.is_sketch), top)


def _ranked(found: Iterable[tuple[Program, Proposal]], top: float) -> list[Program]:
    mass: dict[Program, float] = {}
    for sketch, p in found:
        mass[sketch] = mass.get(sketch, 0.0) + exp(max(p.logp - top, -700.0))
    return sorted(mass, key=lambda s: -mass[s])


def _without(program: Program, types: set[AnyType]) -> Program:
    return program.replace(lambda p: Hole(p.type) if isinstance(p, Const) and p.type in types else None)


def holed(program: Program) -> Iterator[Program]:
    """The program with each of its parts missing in turn, outside of lambdas, but for the whole.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> [str(s) for s in holed(parse("add(x0, negate(1))", load("integers"), (INT,)))]
    ['add(hole(int), negate(1))', 'add(x0, hole(int))', 'add(x0, negate(hole(int)))']
    """
    if not isinstance(program, Apply):
        return
    for at, part in enumerate(program.args):
        for other in (Hole(part.type), *holed(part)):
            yield program.rebuild((*program.args[:at], other, *program.args[at + 1:]))
