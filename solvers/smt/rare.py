"""Rare differences: programs that fit, and differ from the answer only where no sampled input shows it."""

import time
from contextlib import suppress

from dsl.errors import DSLError
from dsl.grammar import Grammar
from dsl.interpret import alike, compiled, run
from dsl.language import DSL
from dsl.laws import same
from dsl.program import Program
from dsl.spec import Spec
from solvers.smt.equal import separate
from solvers.smt.lower import Undecided

LONGEST_PROOF = 0.5  # seconds for one pair of programs


def split(dsl: DSL, spec: Spec, answer: Program, size: int, until: float) -> tuple[Program, tuple[object, ...]] | None:
    """A program up to a size that fits the examples, and an input on which z3 finds that it differs from the answer.

    >>> from dsl import Example, load
    >>> from dsl.syntax import parse
    >>> spec = Spec(inputs=[int], output=int, examples=[Example(a, output=a) for a in (1, 2, 30)])
    >>> print(*split(load("integers"), spec, parse("x0", load("integers"), spec.inputs), 3, time.monotonic() + 20))
    maximum(0, x0) (-1,)
    """
    goal = [(e.inputs, e.output) for e in spec.examples]
    with suppress(TimeoutError):
        for other in Grammar(dsl, spec.inputs, spec.output).programs(size, until):
            code = compiled(other)
            if not all(same(code(inputs), out) for inputs, out in goal) or other == answer:
                continue
            if time.monotonic() > until:
                return None
            try:
                found = separate(answer, other, spec.inputs, min(LONGEST_PROOF, until - time.monotonic()))
            except Undecided:
                continue
            except DSLError:  # a type that z3 has no sort for
                return None
            if found is not None and spec.spread(spec.shown(found)) == found \
                    and not alike(run(answer, found), run(other, found)):
                return other, found
    return None
