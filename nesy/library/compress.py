"""Compress: abstractions by which solutions become shorter, found by stitch (Bowers et al. 2023).

Stitch sees no types: each pattern is matched against the solutions again, and becomes a
primitive of the types that it has in most places. One that shortens nothing, or with which a solution
would do anything else than before, is left out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from importlib.util import find_spec
from keyword import iskeyword

from dsl.defined import defined
from dsl.errors import NesyError
from dsl.inputs import probes
from dsl.interpret import alike, run
from dsl.language import DSL
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Lambda, Program
from dsl.spec import Spec
from dsl.types import AnyType
from nesy.library.terms import Match, Term, Writer, expanded, flat, matched, opened, read

LOOKED_AT = 3  # patterns for each abstraction that is wanted: some are of no type, or shorten nothing here
PROBES = 12  # inputs beside the examples on which a solution has to do what it did


@dataclass(frozen=True)
class Solution:
    """A program, and what it was found for."""

    spec: Spec
    program: Program


@dataclass(frozen=True)
class Abstraction:
    """A primitive that was learned, what it stands for, and how often the solutions use it."""

    primitive: Primitive
    body: Program
    uses: int

    def __str__(self) -> str:
        return f"{self.primitive} = {self.body} ({self.uses} uses)"


def compress(dsl: DSL, solutions: Sequence[Solution], most: int = 8, arity: int = 3,
             ) -> tuple[tuple[Abstraction, ...], tuple[Solution, ...]]:
    """At most `most` abstractions of at most `arity` parameters, and the solutions written with them.

    Raises:
        NesyError: if stitch is not installed.
    """
    writer = Writer()
    texts = [writer.write(s.program, len(s.spec.inputs)) for s in solutions]
    bodies: dict[str, Term] = {}
    found: list[Abstraction] = []
    now = tuple(solutions)
    for name, text in _patterns(texts, LOOKED_AT * most, arity):
        bodies[name] = flat(expanded(flat(read(text)), bodies))
        pattern, inputs = opened(bodies[name])
        made = _abstraction(dsl, pattern, now, writer.words, [a.primitive.name for a in found])
        if made is None:
            continue
        written = tuple(Solution(s.spec, rewritten(s.program, made.primitive, pattern, writer.words)) for s in now)
        length = made.body.cost - sum(isinstance(p, Input) for p in made.body.walk())
        shorter = sum(s.program.cost for s in written) + length < sum(s.program.cost for s in now)
        if shorter and all(map(_alike, now, written)):
            found.append(made)
            now = written
            own = made.primitive.arity - len(inputs)
            call: Term = (made.primitive.name, *(f"#{i}" for i in range(own)), *inputs)  # as it stands there
            bodies[name] = reduce(lambda term, _: ("lam", term), range(_around(bodies[name])), call)
        if len(found) == most:
            break
    uses = Counter(p.function for s in now for p in s.program.walk() if isinstance(p, Apply))
    return tuple(replace(a, uses=uses[a.primitive]) for a in found), now


def _around(pattern: Term) -> int:
    """How many inputs are bound by a pattern of whole programs."""
    return 1 + _around(pattern[1]) if isinstance(pattern, tuple) and pattern[0] == "lam" else 0


def needs_stitch() -> None:
    """Say so where it is not installed.

    Raises:
        NesyError: with the cure.
    """
    if find_spec("stitch_core") is None:
        raise NesyError("a library is learned by stitch, which is not installed; pip install 'nesy[library]'")


def _patterns(texts: Sequence[str], most: int, arity: int) -> Iterator[tuple[str, str]]:
    if not texts:
        return
    needs_stitch()
    from stitch_core import StitchException
    from stitch_core import compress as stitch
    for fewer in range(arity, 0, -1):
        try:
            found = stitch(list(texts), iterations=most, max_arity=fewer, no_curried_bodies=True,
                           no_curried_metavars=True)
        except StitchException:  # it breaks down on a few sets of programs, at some arities
            continue
        yield from ((a.name, a.body) for a in found.abstractions)
        return


def _abstraction(dsl: DSL, pattern: Term, solutions: Sequence[Solution], words: Mapping[Const, str],
                 taken: Sequence[str]) -> Abstraction | None:
    """A pattern as a primitive of the types that it has in most of its places."""
    if not isinstance(pattern, tuple):
        return None
    places: Counter[tuple[tuple[AnyType, ...], Program]] = Counter()
    for s in solutions:
        for match in _places(pattern, s.program, 0, words):
            if match.body is not None and match.parts and _safe(match.body, match.args):
                places[tuple(p.type for p in match.args), match.body] += 1
    if not places:
        return None
    (params, body), uses = places.most_common(1)[0]
    name = _name(body, {*taken, *(p.name for p in dsl.primitives)})
    return Abstraction(defined(name, body, params), body, uses)


def _places(pattern: Term, program: Program, scope: int, words: Mapping[Const, str]) -> Iterator[Match]:
    match = matched(pattern, program, scope, words)
    if match is not None:
        yield match
    scope += len(program.params) if isinstance(program, Lambda) else 0
    for child in program.children:
        yield from _places(pattern, child, scope, words)


def rewritten(program: Program, primitive: Primitive, pattern: Term, words: Mapping[Const, str],
              scope: int = 0) -> Program:
    """A program with a call of the primitive wherever its pattern stands with its types."""
    match = matched(pattern, program, scope, words)
    if match is not None and match.body is not None and _safe(match.body, match.args) and (
            tuple(p.type for p in match.args) == primitive.params and program.type == primitive.result):
        return Apply(primitive, tuple(rewritten(a, primitive, pattern, words, scope) for a in match.args))
    scope += len(program.params) if isinstance(program, Lambda) else 0
    return program.rebuild(tuple(rewritten(c, primitive, pattern, words, scope) for c in program.children))


def _safe(body: Program, args: Sequence[Program]) -> bool:
    """Whether arguments may be computed before the body: what only a lambda uses may never have been, and fail."""
    always = {p.index for p in _outside(body) if isinstance(p, Input)}
    return all(i in always or not any(isinstance(p, Apply) for p in a.walk()) for i, a in enumerate(args))


def _outside(program: Program) -> Iterator[Program]:
    """A program's parts outside of lambdas."""
    yield program
    for child in () if isinstance(program, Lambda) else program.children:
        yield from _outside(child)


def _alike(before: Solution, after: Solution) -> bool:
    """Whether a solution does what it did, on its examples and beyond."""
    rows = [*(e.inputs for e in before.spec.examples), *probes(before.spec, PROBES)]
    return all(alike(run(before.program, row), run(after.program, row)) for row in rows)


def _name(body: Program, taken: set[str]) -> str:
    """A name that tells what a body begins with.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> _name(parse("add(multiply(x0, x0), 1)", load("integers"), (INT,)), {"add_multiply"})
    'add_multiply_2'
    """
    name = "_".join([p.function.name.strip("_") for p in body.walk() if isinstance(p, Apply)][:3]) or "part"
    names = (n for k in range(1, len(taken) + 3) for n in [name if k == 1 else f"{name}_{k}"])
    return next(n for n in names if n not in taken and n.isidentifier() and not iskeyword(n))
