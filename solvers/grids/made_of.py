"""Made of: a spec for smaller pictures that the answers are made of: enlarged, laid side by side, or mirrored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dsl.language import DSL
from dsl.languages.grids import Grid
from dsl.languages.grids import transforms as t
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Program
from dsl.spec import Example, Spec
from dsl.types import INT
from solvers.grids.say import ONE

MOST = 10  # times as large, or as often

Part = Callable[[np.ndarray, int], np.ndarray]
KINDS: tuple[tuple[Primitive, Part], ...] = (
    (t.scaled, lambda c, n: c[::n, ::n]),
    (t.tiled, lambda c, n: c[:len(c) // n, :c.shape[1] // n]),
    (t.repeated_across, lambda c, n: c[:, :c.shape[1] // n]),
    (t.repeated_down, lambda c, n: c[:len(c) // n]),
    (t.mirrored, lambda c, n: c[:len(c) // 2, :c.shape[1] // 2]),
    (t.mirrored_across, lambda c, n: c[:, :c.shape[1] // 2]),
    (t.mirrored_down, lambda c, n: c[:len(c) // 2]))  # how answers are made, the smallest parts first, and what of


@dataclass(frozen=True)
class Smaller:
    """A spec for smaller answers, and what makes the answers of them."""

    spec: Spec
    head: Primitive
    args: tuple[Program, ...]

    def language(self, dsl: DSL) -> DSL:
        """The same."""
        return dsl

    def back(self, program: Program) -> Program:
        """A program for the spec as it was."""
        return Apply(self.head, (program, *self.args))


def smaller(spec: Spec) -> Iterator[Smaller]:
    """The spec for each kind of smaller answers of which all of its answers are made.

    Answers of the size of what is given are left alone, but for those that are enlarged.
    """
    wanted: list[Grid] = [e.output for e in spec.examples]  # type: ignore[misc]
    large = not any(x.shape == g.shape for e, g in zip(spec.examples, wanted, strict=True)
                    for x in e.inputs if isinstance(x, Grid))
    known: list[list[Grid]] = []
    for head, part in KINDS if large else KINDS[:1]:
        numbered = head.params != (ONE,)
        for n in range(MOST, 1, -1) if numbered else (2,):
            parts = _parts(wanted, head, part, n, (n,) if numbered else ())
            if parts is not None and parts not in known:
                known.append(parts)
                examples = [Example(*e.inputs, output=g) for e, g in zip(spec.examples, parts, strict=True)]
                yield Smaller(Spec(inputs=spec.inputs, output=spec.output, examples=examples, queries=spec.queries),
                              head, (Const(n, INT),) if numbered else ())
                break


def _parts(wanted: Sequence[Grid], head: Primitive, part: Part, n: int, args: tuple[int, ...]) -> list[Grid] | None:
    """What all of these are made of in such a way; None where one is not."""
    found = []
    for g in wanted:
        cells = part(g.cells, n)
        if not cells.size:
            return None
        found.append(Grid(cells))
        try:
            whole = head.function(found[-1], *args)
        except ValueError:  # which would be larger than grids are
            return None
        if not np.array_equal(whole.cells, g.cells):  # type: ignore[attr-defined]
            return None
    return found
