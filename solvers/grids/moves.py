"""Moves: pieces that all move by numbers which follow from what each is and where it lies: z3 says which."""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dsl.interpret import run
from dsl.languages.grids import Colour, Grid, Pieces
from dsl.languages.grids.cells import erase, keep
from dsl.languages.grids.combine import laid
from dsl.languages.grids.motion import DISPLACED
from dsl.languages.grids.numbers import LYING, filled, height, width
from dsl.languages.grids.transforms import span
from dsl.primitive import Primitive
from dsl.program import Apply, Input, Lambda, Program, Variable
from dsl.spec import Spec
from solvers.grids.say import ONE, colour
from solvers.grids.sizes import Number, stated
from solvers.smt.affine import affine_pairs

MOST, PLACES = 24, 6  # pieces of all examples that places are looked for, and places of one
MANY = 2  # programs of one kind
ANCHORS = 3  # colours from whose areas distances are counted
X, Y = Input(0, ONE), Variable(0, ONE)
Places = list[tuple[int, int]]  # how far down, and to the right


class Movers(NamedTuple):
    """What moves, and what stays; copies move where what they are of stays."""

    picture: Program
    rest: Program | None = None
    copies: bool = False


def moves(spec: Spec, until: float) -> Iterator[tuple[int, Program]]:
    """Programs that move pieces, or copies, to where the answers show them, and what they cost.

    Of all pieces, or else of all of one colour.
    """
    if spec.inputs != (ONE,):
        return
    pairs: list[tuple[Grid, Grid]] = [(e.inputs[0], e.output) for e in spec.examples]  # type: ignore[misc]
    if any(a.shape != b.shape for a, b in pairs) or all(a == b for a, b in pairs):
        return
    given = [*(a for a, _ in pairs), *(q[0] for q in spec.queries)]
    everywhere = sorted(set.intersection(*({int(k) for k in np.unique(g.cells)} for g in given)) - {0})[:ANCHORS]
    known: list[list[tuple[Grid, Grid]]] = []
    kept = {k: Apply(keep, (X, colour(k))) for k in everywhere}
    if all((b.cells == a.cells)[a.cells != 0].all() for a, b in pairs):
        todo = [Movers(X, X, copies=True), *(Movers(its, X, copies=True) for its in kept.values())]
    else:
        todo = [Movers(X), *(Movers(its, Apply(erase, (X, colour(k)))) for k, its in kept.items())]
    for movers in todo:
        some = False
        for taken, displaced in DISPLACED.items():
            if time.monotonic() > until:
                return
            rows, options = _placed(movers, taken, spec)
            if options and rows not in known:
                known.append(rows)
                for found in _moved(movers, displaced, rows, options, [Colour(k) for k in everywhere]):
                    some = True
                    yield found
        if some:
            return


def _placed(movers: Movers, taken: Primitive, spec: Spec) -> tuple[list[tuple[Grid, Grid]], list[Places]]:
    """Each world's picture with each of its pieces, and where in training they may have gone.

    None of these where one can have gone nowhere, or none has to have gone, or where there are no pieces, or too many.
    """
    options: list[Places] = []
    rows: list[tuple[Grid, Grid]] = []
    worlds = [*(e.inputs for e in spec.examples), *spec.queries]
    for n, inputs in enumerate(worlds):
        picture = run(movers.picture, inputs)
        try:
            pieces: Pieces = taken.function(picture)  # type: ignore[assignment]
        except ValueError:  # there are none, or too many
            return rows, []
        rows += [(inputs[0], p) for p in pieces]  # type: ignore[misc]
        if n < len(spec.examples):
            wanted: Grid = spec.examples[n].output  # type: ignore[assignment]
            options += [[way for way in _places(p, picture, wanted) if any(way) or not movers.copies]  # type: ignore
                        for p in pieces]
            if len(options) > MOST or not all(options):
                return rows, []
    return rows, [] if all((0, 0) in its for its in options) else options


def _moved(movers: Movers, displaced: Primitive, rows: Sequence[tuple[Grid, Grid]],
           options: Sequence[Places], anchors: Sequence[Colour]) -> Iterator[tuple[int, Program]]:
    numbers = list(_numbers(rows, anchors))
    columns, prices = [n.values for n in numbers], [n.cost for n in numbers]
    for down, right in affine_pairs(columns, prices, options, many=MANY):
        told = tuple(Lambda((ONE,), stated(number, numbers), 0) for number in (down, right))
        program = Apply(displaced, (movers.picture, *told))
        cost = displaced.cost + movers.picture.cost + down.cost(prices) + right.cost(prices)
        if movers.rest is not None:
            program, cost = Apply(laid, (program, movers.rest)), cost + movers.rest.cost + laid.cost
        yield cost, program


def _places(p: Grid, g: Grid, wanted: Grid) -> Places:
    """How far down and to the right a piece of a picture may have gone to be seen where it is wanted; nearest first."""
    windows = np.lib.stride_tricks.sliding_window_view(wanted.cells, p.shape)
    found = np.argwhere(((windows == p.cells) | (p.cells == 0)).all((2, 3))) - (p.at[0] - g.at[0], p.at[1] - g.at[1])
    return [(int(y), int(x)) for y, x in sorted(found.tolist(), key=lambda way: abs(way[0]) + abs(way[1]))[:PLACES]]


def _numbers(rows: Sequence[tuple[Grid, Grid]], anchors: Sequence[Colour]) -> Iterator[Number]:
    """What is counted of each piece: of itself, of where it lies, and of where the area of a colour lies."""
    for p in (height, width, filled):
        yield Number(Apply(p, (Y,)), 1, tuple(p.function(piece) for _, piece in rows))
    for p in LYING:
        yield Number(Apply(p, (Y, X)), 2, tuple(p.function(piece, g) for g, piece in rows))
        for k in anchors:
            yield Number(Apply(p, (Apply(span, (X, colour(k))), X)), 3,
                         tuple(p.function(span.function(g, k), g) for g, _ in rows))  # type: ignore[arg-type]
