"""Features: what is to be said of each cell, as a colour at its place: its piece, its neighbours, where it lies."""

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np
from scipy import ndimage

from dsl.languages.grids import parts
from dsl.languages.grids.cells import AROUND, CROSS, NEAR, SIDES, beside, enclosed, reached
from dsl.languages.grids.grid import STEPS, Colour, Grid, Nothing, Pieces, rare, usual
from dsl.languages.grids.objects import MEASURES, shape
from dsl.primitive import Primitive, described, primitive
from dsl.types import read_annotation

_ONE = read_annotation(Grid)
_COLOUR = read_annotation(Colour)


def _shift(cells: np.ndarray, down: int, right: int) -> np.ndarray:
    (h, w), found = cells.shape, np.zeros_like(cells)
    found[max(down, 0):h + min(down, 0), max(right, 0):w + min(right, 0)] = cells[
        max(-down, 0):h - max(down, 0), max(-right, 0):w - max(right, 0)]
    return found


def _whither(way: str) -> str:
    return way if way in ("up", "down") else f"to the {way}"


def _moved(down: int, right: int) -> Callable[[Grid], Grid]:
    return lambda g: Grid(_shift(g.cells, down, right), g.at)


MOVED = tuple(Primitive(f"moved_{way}", (_ONE,), _ONE, described(f"All of it one cell {_whither(way)}.", _moved(*step)))
              for way, step in STEPS.items())


@primitive
def neighbours(g: Grid) -> Grid:
    """How many of the eight neighbours are not black."""
    return Grid(np.sum(beside(g.cells != 0, AROUND), 0), g.at)


@primitive
def sides(g: Grid) -> Grid:
    """How many of the four neighbours beside it are not black."""
    return Grid(np.sum(beside(g.cells != 0, SIDES), 0), g.at)


@primitive
def beside_colour(g: Grid, c: Colour) -> Grid:
    """How many of the four neighbours beside it are of a colour."""
    return Grid(np.sum(beside(g.cells == c, SIDES), 0), g.at)


@primitive
def object_shows(g: Grid, c: Colour) -> Grid:
    """Every object blue that shows a colour, and red that does not."""
    labels, _ = ndimage.label(g.cells != 0, NEAR)  # type: ignore[misc]
    has = np.isin(labels, labels[np.logical_and(g.cells == c, labels > 0)])
    return Grid(np.where(labels > 0, np.where(has, 1, 2), 0), g.at)


@primitive
def gap_meets(g: Grid, c: Colour) -> Grid:
    """Every area of black blue that lies beside a colour, and red that does not."""
    labels, _ = ndimage.label(g.cells == 0, CROSS)  # type: ignore[misc]
    near = reached(g.cells == c, False)
    has = np.isin(labels, labels[np.logical_and(near, labels > 0)])
    return Grid(np.where(labels > 0, np.where(has, 1, 2), 0), g.at)


@primitive
def chequered(g: Grid) -> Grid:
    """Every other cell, from the upper left corner."""
    return Grid(np.add.outer(np.arange(g.shape[0]), np.arange(g.shape[1])) % 2 + 1, g.at)


@primitive
def striped_along(g: Grid) -> Grid:
    """Every other column."""
    return Grid(np.broadcast_to(np.arange(g.shape[1]) % 2 + 1, g.shape), g.at)


@primitive
def striped_across(g: Grid) -> Grid:
    """Every other row."""
    return Grid(np.broadcast_to(np.arange(g.shape[0])[:, None] % 2 + 1, g.shape), g.at)


@primitive
def depth(g: Grid) -> Grid:
    """How far the nearest edge of the picture is: 1 at the edge, 9 at most."""
    down, right = np.arange(1, g.shape[0] + 1), np.arange(1, g.shape[1] + 1)
    return Grid(np.minimum(np.minimum.outer(np.minimum(down, down[::-1]), np.minimum(right, right[::-1])), 9), g.at)


@primitive
def edge(g: Grid) -> Grid:
    """The outermost ring."""
    cells = np.ones(g.shape, dtype=np.uint8)
    cells[1:-1, 1:-1] = 0
    return Grid(cells, g.at)


@primitive(cost=2)
def flooded(g: Grid, c: Colour) -> Grid:
    """All of its area in a colour."""
    return Grid(np.full(g.shape, c), g.at)


@primitive
def outside(g: Grid) -> Grid:
    """The black cells from which a way by sides over black cells leads to the edge."""
    return Grid((g.cells == 0) & ~enclosed(g.cells), g.at)


def _each(say: Callable[[Grid], float], plus: int = 0) -> Callable[[Pieces], list[int]]:
    return lambda ps: [plus + int(say(p)) for p in ps]


def _ranked(say: Callable[[Grid], float]) -> Callable[[Pieces], list[int]]:
    """The place of each piece among the different values, from the least, which is 1."""
    def rank(ps: Pieces) -> list[int]:
        values = [say(p) for p in ps]
        order = sorted(set(values))
        return [order.index(v) + 1 for v in values]
    return rank


def _alike(ps: Pieces) -> list[int]:
    shapes = list(map(shape, ps))
    counts = Counter(shapes)
    return [counts[s] for s in shapes]


MEANS = {"cells": "how many cells it has", "rank": "its rank by its cells, the largest first",
         "rank_from_least": "its rank by its cells, the smallest first", "alike": "how many have its shape",
         "height": "its height", "width": "its width", "holes": "how many holes it has, plus 1",
         "colours": "how many colours it shows", "parity": "1 if its cells are even in number, else 2",
         "solid": "2 if it fills its area, else 1",
         "mirrored": "2 if it is its mirror image, else 1", "aspect": "1 if it is wide, 2 if square, 3 if high",
         "place_across": "its place from the left", "place_down": "its place from above",
         "usual": "its most frequent colour", "odd": "its least frequent colour"}  # what is said of a piece
KINDS = {"piece": "piece of one colour", "object": "object", "gap": "black area", "panel": "panel"}
SAID: dict[str, Callable[[Pieces], list[int]]] = {  # 0 would be black: yes or no, and counts from none, begin at 1
    "cells": _each(MEASURES["filled"]), "rank": _ranked(lambda p: -MEASURES["filled"](p)),
    "rank_from_least": _ranked(MEASURES["filled"]), "alike": _alike, "height": _each(MEASURES["height"]),
    "width": _each(MEASURES["width"]), "holes": _each(MEASURES["holes"], 1), "colours": _each(MEASURES["colours"]),
    "parity": _each(lambda p: MEASURES["filled"](p) % 2, 1),
    "solid": _each(lambda p: (p.cells != 0).all(), 1),
    "mirrored": _each(lambda p: (p.cells == p.cells[:, ::-1]).all(), 1),
    "aspect": _each(lambda p: 1 + (p.shape[0] >= p.shape[1]) + (p.shape[0] > p.shape[1])),  # wide, square, high
    "place_across": _ranked(lambda p: p.at[1]), "usual": _each(lambda p: usual(p.cells)),
    "odd": _each(lambda p: rare(p.cells)), "place_down": _ranked(lambda p: p.at[0]),
}


def said_of(g: Grid, ps: Pieces, values: Iterable[int | np.ndarray], whole: bool = False) -> Grid:
    """A value (9 at most), or a colour for each cell, in the place of each piece: its cells, or its whole area.

    >>> said_of(Grid([[1, 0, 1]]), (Grid([[1]]), Grid([[1]], (0, 2))), [3, 12]).tolist()
    [[3, 0, 9]]
    """
    cells = np.zeros_like(g.cells)
    for p, value in zip(ps, values, strict=True):
        y, x = p.at[0] - g.at[0], p.at[1] - g.at[1]
        shown = value if isinstance(value, np.ndarray) else np.uint8(min(value, 9))
        np.copyto(cells[y:y + p.shape[0], x:x + p.shape[1]], shown, where=True if whole else p.cells != 0)
    return Grid(cells, g.at)


def _of(taken: Primitive, say: Callable[[Pieces], list[int]]) -> Callable[[Grid], Grid]:
    def feature(g: Grid) -> Grid:
        ps: Pieces = taken.function(g)  # type: ignore[assignment]
        return said_of(g, ps, say(ps))
    return feature


@primitive
def usual_cells(g: Grid) -> Grid:
    """Where the most frequent colour but black is."""
    return Grid(g.cells == usual(g.cells), g.at)


@primitive
def rare_cells(g: Grid) -> Grid:
    """Where the least frequent colour is that there is, but black."""
    return Grid(g.cells == rare(g.cells), g.at)


@primitive
def rare_box(g: Grid) -> Grid:
    """All of its area in the least frequent colour that there is, but black."""
    return Grid(np.full_like(g.cells, rare(g.cells)), g.at)


@primitive
def in_row(g: Grid) -> Grid:
    """How many cells of the row are not black."""
    return Grid(np.broadcast_to(np.minimum((g.cells != 0).sum(1, keepdims=True), 9), g.shape), g.at)


@primitive
def in_column(g: Grid) -> Grid:
    """How many cells of the column are not black."""
    return Grid(np.broadcast_to(np.minimum((g.cells != 0).sum(0), 9), g.shape), g.at)


def _of_lines(cells: np.ndarray) -> np.ndarray:
    counts = np.stack([(cells == k).sum(1) for k in range(10)])
    counts[0] = 0
    return np.where(counts.any(0), counts.argmax(0), 0)


@primitive
def row_colour(g: Grid) -> Grid:
    """The most frequent colour of the row but black."""
    return Grid(np.broadcast_to(_of_lines(g.cells)[:, None], g.shape), g.at)


def _rarest_of_lines(cells: np.ndarray) -> np.ndarray:
    counts = np.stack([(cells == k).sum(1) for k in range(10)]).astype(float)
    counts[0] = 0
    counts[counts == 0] = np.inf
    return np.where(np.isfinite(counts).any(0), counts.argmin(0), 0)


@primitive
def row_odd(g: Grid) -> Grid:
    """The least frequent colour of the row that there is, but black."""
    return Grid(np.broadcast_to(_rarest_of_lines(g.cells)[:, None], g.shape), g.at)


@primitive
def column_odd(g: Grid) -> Grid:
    """The least frequent colour of the column that there is, but black."""
    return Grid(np.broadcast_to(_rarest_of_lines(g.cells.T), g.shape), g.at)


@primitive
def column_colour(g: Grid) -> Grid:
    """The most frequent colour of the column but black."""
    return Grid(np.broadcast_to(_of_lines(g.cells.T), g.shape), g.at)


def _at_edge(g: Grid) -> Grid:
    labels, n = ndimage.label(g.cells != 0, NEAR)  # type: ignore[misc]
    if not n:
        raise Nothing("no object")
    touching = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return Grid(np.where(labels > 0, 1 + np.isin(labels, touching), 0), g.at)


def _in_place(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Grid], Grid]:
    def changed(g: Grid) -> Grid:
        cells = np.zeros_like(g.cells)
        for p in parts.objects.function(g):  # type: ignore[attr-defined]
            y, x = p.at[0] - g.at[0], p.at[1] - g.at[1]
            other = change(p.cells)
            np.copyto(cells[y:y + p.shape[0], x:x + p.shape[1]], other, where=other != 0)
        return Grid(cells, g.at)
    return changed


IN_PLACE = tuple(Primitive(f"{name}_objects", (_ONE,), _ONE, described(f"Every object {how}, where it lies.",
                                                                       _in_place(change))) for name, how, change in (
    ("flipped", "with left and right changed", lambda cells: cells[:, ::-1]),
    ("flopped", "upside down", lambda cells: cells[::-1]),
    ("half_turned", "turned half around", lambda cells: cells[::-1, ::-1])))
at_edge = Primitive("object_at_edge", (_ONE,), _ONE, described("Every object: 2 if it lies at the edge, else 1.",
                                                               _at_edge))
OF_PIECES = tuple(Primitive(f"{kind}_{name}", (_ONE,), _ONE, described(f"Every {KINDS[kind]}: {MEANS[name]}.",
                                                                       _of(taken, say)))
                  for kind, taken in (("piece", parts.plain_pieces), ("object", parts.objects), ("gap", parts.gaps))
                  for name, say in SAID.items() if kind == "object" or name not in ("colours", "usual", "odd"))


@primitive(cost=6)
def where(test: Grid, c: Colour, then: Grid, otherwise: Grid) -> Grid:
    """`then` where a picture shows a colour, `otherwise` elsewhere; all of one size."""
    if not test.shape == then.shape == otherwise.shape:
        raise Nothing("of different sizes")
    return Grid(np.where(test.cells == c, then.cells, otherwise.cells), otherwise.at)


@primitive(cost=2)
def showing(g: Grid, c: Colour) -> Grid:
    """Blue where a picture shows a colour; black elsewhere."""
    return Grid(g.cells == c, g.at)


@primitive(cost=2)
def at_least(g: Grid, c: Colour) -> Grid:
    """Blue where a picture shows this colour or one of a higher number: of what counts, at least so many."""
    return Grid(g.cells >= c, g.at)


PAINTED = (*MOVED, *IN_PLACE, rare_box, row_colour, column_colour, row_odd, column_odd,
           *(p for p in OF_PIECES if p.name.endswith(("_usual", "_odd"))))  # what they say are colours, not numbers
FEATURES = (*MOVED, *IN_PLACE, usual_cells, rare_cells, rare_box, in_row, in_column, row_colour, column_colour, row_odd,
            column_odd, neighbours, sides, beside_colour, object_shows, gap_meets, chequered,
            striped_along, striped_across, depth, edge, outside, at_edge, *OF_PIECES)
