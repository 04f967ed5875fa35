"""Say: what tests on pictures choose, as a program."""

from collections.abc import Sequence
from typing import NamedTuple

from dsl.languages.grids import Colour, Grid
from dsl.languages.grids.combine import masked, unmasked
from dsl.languages.grids.features import showing, where
from dsl.program import Apply, Const, Program
from dsl.types import read_annotation

COLOUR, ONE = read_annotation(Colour), read_annotation(Grid)


class Shows(NamedTuple):
    """Whether a picture shows a colour, or (negated) does not."""

    picture: Program
    colour: int
    negated: bool = False


def colour(k: int) -> Const:
    """A colour, as a program."""
    return Const(Colour(k), COLOUR)


def choose(tests: Sequence[Shows], then: Program, otherwise: Program) -> Program:
    """`then` where all tests hold, and elsewhere what is otherwise; each is said once."""
    if not tests:
        return then
    first, *rest = sorted(tests, key=lambda t: t.negated)
    if not rest:
        a, b = (otherwise, then) if first.negated else (then, otherwise)
        return Apply(where, (first.picture, colour(first.colour), a, b))
    mask: Program = Apply(showing, (first.picture, colour(first.colour)))
    if first.negated:
        mask = Apply(showing, (mask, colour(0)))
    for t in rest:
        mask = Apply(unmasked if t.negated else masked, (mask, Apply(showing, (t.picture, colour(t.colour)))))
    return Apply(where, (mask, colour(0), otherwise, then))
