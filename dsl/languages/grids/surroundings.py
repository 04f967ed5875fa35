"""Surroundings: how far each cell lies from others, how many lie on which side of it, and how many are like it."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import ndimage

from dsl.languages.grids.cells import AROUND, CORNERS, NEAR, NO_COLOUR, SIDES, beside, reached
from dsl.languages.grids.grid import STEPS, Colour, Grid, Nothing, bounds
from dsl.primitive import Primitive, described, primitive
from dsl.types import read_annotation

_ONE = read_annotation(Grid)


def _to_lines(full: np.ndarray, axis: int) -> np.ndarray:
    """How far the nearest column (of axis 1), or row, is in which a mask is somewhere."""
    there = np.flatnonzero(full.any(1 - axis))
    return np.abs(np.subtract.outer(np.arange(full.shape[axis]), there)).min(1)


AWAY: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # from where a mask is, which is so somewhere
    "around": lambda full: ndimage.distance_transform_cdt(~full, "chessboard"),  # type: ignore[dict-item, return-value]
    "by_sides": lambda full: ndimage.distance_transform_cdt(~full, "taxicab"),  # type: ignore[dict-item, return-value]
    "across": lambda full: np.broadcast_to(_to_lines(full, 1), full.shape),
    "along": lambda full: np.broadcast_to(_to_lines(full, 0)[:, None], full.shape),
}
STEPPED = {"around": "in steps to all eight sides", "by_sides": "in steps to four sides",
           "across": "by columns", "along": "by rows"}


def _away(g: Grid, name: str) -> np.ndarray:
    full = g.cells != 0
    if not full.any():
        raise Nothing("all is black")
    return AWAY[name](full)


def _far(name: str) -> Callable[[Grid], Grid]:
    return lambda g: Grid(np.minimum(_away(g, name), 9), g.at)


def _alternating(name: str) -> Callable[[Grid], Grid]:
    def alternating(g: Grid) -> Grid:
        away = _away(g, name)
        return Grid(np.where(away > 0, 2 - away % 2, 0), g.at)
    return alternating


def _nearest(name: str) -> Callable[[Grid], Grid]:
    def nearest(g: Grid) -> Grid:
        colours = np.unique(g.cells[g.cells != 0])
        if not len(colours):
            raise Nothing("all is black")
        away = np.stack([AWAY[name](g.cells == k) for k in colours])
        alone = (away == away.min(0)).sum(0) == 1
        return Grid(np.where(alone, colours[away.argmin(0)], 0), g.at)
    return nearest


FAR = tuple(Primitive(f"far_{name}", (_ONE,), _ONE, described(
    f"How far the nearest cell is that is not black, {how}: 9 at most.", _far(name))) for name, how in STEPPED.items())
ALTERNATING = tuple(Primitive(f"alternating_{name}", (_ONE,), _ONE, described(
    f"1 where the nearest cell that is not black is an odd distance away, {how}, 2 where an even one.",
    _alternating(name))) for name, how in STEPPED.items())
NEAREST = tuple(Primitive(f"nearest_{name}", (_ONE,), _ONE, described(
    f"The colour of the nearest cell that is not black, {STEPPED[name]}; black where two colours are as near.",
    _nearest(name))) for name in ("around", "by_sides"))


def _before(full: np.ndarray, way: str) -> np.ndarray:
    """How many cells of a mask lie on one side of each cell, in its row or column."""
    axis, back = int(way in ("left", "right")), slice(None, None, -1 if way in ("right", "down") else 1)
    seen = full[:, back] if axis else full[back]
    counts = seen.cumsum(axis) - seen
    return counts[:, back] if axis else counts[back]


def _many(way: str) -> Callable[[Grid], Grid]:
    return lambda g: Grid(np.minimum(_before(g.cells != 0, way), 9), g.at)


MANY = tuple(Primitive(f"many_{way}", (_ONE,), _ONE, described(f"How many cells {where} are not black.", _many(way)))
             for way, where in (("left", "to the left, in its row,"), ("right", "to the right, in its row,"),
                                ("up", "above, in its column,"), ("down", "below, in its column,")))


@primitive
def sheltered(g: Grid) -> Grid:
    """On how many of its four sides a cell lies, however far away, that is not black."""
    full = g.cells != 0
    return Grid(np.sum([_before(full, way) > 0 for way in STEPS], 0), g.at)


@primitive
def nth_across(g: Grid) -> Grid:
    """Which of the cells that are not black it is, row by row from the upper left: 9 at most."""
    full = g.cells != 0
    return Grid(np.where(full, np.minimum(full.cumsum().reshape(g.shape), 9), 0), g.at)


@primitive
def nth_along(g: Grid) -> Grid:
    """Which of the cells that are not black it is, column by column from the upper left: 9 at most."""
    full = g.cells.T != 0
    return Grid(np.where(full, np.minimum(full.cumsum().reshape(full.shape), 9), 0).T, g.at)


def _sides(n: int, first: int, last: int) -> np.ndarray:
    """0 before a stretch, 1 in it, 2 behind it."""
    places = np.arange(n)
    return np.where(places < first, 0, np.where(places < last, 1, 2))


@primitive
def zone(g: Grid) -> Grid:
    """Where it lies beside the area of all that is not black: 1 to 9, row by row; 5 in it."""
    top, bottom, left, right = bounds(g.cells)
    h, w = g.shape
    return Grid(1 + 3 * _sides(h, top, bottom)[:, None] + _sides(w, left, right), g.at)


def _steps(g: Grid, c: Colour) -> np.ndarray:
    """How many steps by sides over black cells lead from a colour to each black cell: 0 where none do."""
    seen, free, found = g.cells == c, g.cells == 0, np.zeros(g.shape, dtype=np.int32)
    if not seen.any():
        raise Nothing("not of this colour")
    for n in range(1, g.cells.size + 1):
        new = reached(seen, False) & free & ~seen
        if not new.any():
            break
        found[new] = n
        seen |= new
    return found


@primitive
def steps(g: Grid, c: Colour) -> Grid:
    """How many steps by sides over black cells lead to it from a colour: 9 at most, black where none do."""
    return Grid(np.minimum(_steps(g, c), 9), g.at)


@primitive
def alternating_steps(g: Grid, c: Colour) -> Grid:
    """1 where an odd number of steps by sides over black cells leads to it from a colour, 2 where an even one."""
    found = _steps(g, c)
    return Grid(np.where(found > 0, 2 - found % 2, 0), g.at)


def _alike(near: tuple[tuple[int, int], ...]) -> Callable[[Grid], Grid]:
    return lambda g: Grid(np.sum([there == g.cells for there in beside(g.cells, near, NO_COLOUR)], 0), g.at)


ALIKE = (Primitive("alike_beside", (_ONE,), _ONE, described(
             "How many of the four neighbours beside it are of its colour.", _alike(SIDES))),
         Primitive("alike_around", (_ONE,), _ONE, described(
             "How many of the eight neighbours are of its colour.", _alike(AROUND))))


@primitive
def at_corners(g: Grid) -> Grid:
    """How many of the four neighbours across a corner are not black."""
    return Grid(np.sum(beside(g.cells != 0, CORNERS), 0), g.at)


def _counts_around(g: Grid) -> np.ndarray:
    """How many of the eight neighbours are of each colour: (colours, rows, columns)."""
    around = np.stack(beside(g.cells, AROUND, NO_COLOUR))
    return np.stack([(around == k).sum(0) for k in range(len(Colour))])


@primitive
def usual_around(g: Grid) -> Grid:
    """The most frequent colour of the eight neighbours, of several as frequent the first."""
    return Grid(_counts_around(g).argmax(0), g.at)


@primitive
def colours_around(g: Grid) -> Grid:
    """How many colours but black the eight neighbours show."""
    return Grid((_counts_around(g)[1:] > 0).sum(0), g.at)


@primitive
def in_square(g: Grid) -> Grid:
    """How long the sides are of the largest square of one colour in which it lies: 9 at most."""
    cells, found = g.cells, np.ones(g.shape, dtype=np.uint8)
    one = (cells[:-1, :-1] == cells[1:, :-1]) & (cells[:-1, :-1] == cells[:-1, 1:]) & (cells[:-1, :-1] == cells[1:, 1:])
    for side in range(2, 10):  # one: where, at its upper left corner, such a square is
        if not one.any():
            break
        held = np.zeros(g.shape, dtype=bool)
        held[:one.shape[0], :one.shape[1]] = one
        for _ in range(side - 1):
            held[1:] |= held[:-1].copy()
            held[:, 1:] |= held[:, :-1].copy()
        found[held] = side
        one = one[:-1, :-1] & one[1:, :-1] & one[:-1, 1:] & one[1:, 1:]
    return Grid(found, g.at)


def _runs(cells: np.ndarray) -> np.ndarray:
    """How long the run of one colour is, in its row, in which each cell lies."""
    starts = np.ones(cells.shape, dtype=bool)
    starts[:, 1:] = cells[:, 1:] != cells[:, :-1]
    number = starts.cumsum().reshape(cells.shape)
    return np.bincount(number.ravel())[number]


@primitive
def run_across(g: Grid) -> Grid:
    """How many cells of its colour follow each other in its row, with it: 9 at most."""
    return Grid(np.minimum(_runs(g.cells), 9), g.at)


@primitive
def run_along(g: Grid) -> Grid:
    """How many cells of its colour follow each other in its column, with it: 9 at most."""
    return Grid(np.minimum(_runs(g.cells.T).T, 9), g.at)


def _counts(g: Grid) -> np.ndarray:
    """How many cells each colour but black has; 0 for that."""
    counts = np.bincount(g.cells.ravel(), minlength=len(Colour))
    counts[0] = 0
    return counts


@primitive
def colour_cells(g: Grid) -> Grid:
    """How many cells its colour has, unless that is black: 9 at most."""
    return Grid(np.minimum(_counts(g), 9)[g.cells], g.at)


@primitive
def colour_rank(g: Grid) -> Grid:
    """The rank of its colour, unless that is black, by its cells, the most frequent first."""
    rank = np.unique(-_counts(g), return_inverse=True)[1] + 1
    return Grid(np.where(g.cells != 0, rank[g.cells], 0), g.at)


def _variety(cells: np.ndarray) -> np.ndarray:
    return np.sum([(cells == k).any(1) for k in range(1, len(Colour))], 0)


@primitive
def row_variety(g: Grid) -> Grid:
    """How many colours but black its row shows."""
    return Grid(np.broadcast_to(_variety(g.cells)[:, None], g.shape), g.at)


@primitive
def column_variety(g: Grid) -> Grid:
    """How many colours but black its column shows."""
    return Grid(np.broadcast_to(_variety(g.cells.T), g.shape), g.at)


def _equal(cells: np.ndarray) -> np.ndarray:
    """How many rows are equal to each row, with it: 9 at most."""
    rows = [row.tobytes() for row in cells]
    return np.array([min(rows.count(row), 9) for row in rows])


@primitive
def row_alike(g: Grid) -> Grid:
    """How many rows are equal to its row, with it: 9 at most."""
    return Grid(np.broadcast_to(_equal(g.cells)[:, None], g.shape), g.at)


@primitive
def column_alike(g: Grid) -> Grid:
    """How many columns are equal to its column, with it: 9 at most."""
    return Grid(np.broadcast_to(_equal(np.ascontiguousarray(g.cells.T)), g.shape), g.at)


@primitive
def row_many(g: Grid, c: Colour) -> Grid:
    """How many cells of its row are of a colour: 9 at most."""
    return Grid(np.broadcast_to(np.minimum((g.cells == c).sum(1, keepdims=True), 9), g.shape), g.at)


@primitive
def column_many(g: Grid, c: Colour) -> Grid:
    """How many cells of its column are of a colour: 9 at most."""
    return Grid(np.broadcast_to(np.minimum((g.cells == c).sum(0), 9), g.shape), g.at)


def _each_piece(g: Grid, c: Colour) -> Iterator[np.ndarray]:
    """The pieces of one colour but this and black, each numbered, together for each colour; 0 elsewhere."""
    for k in np.unique(g.cells[(g.cells != 0) & (g.cells != c)]):
        yield np.asarray(ndimage.label(g.cells == k, NEAR)[0])  # type: ignore[index]


@primitive
def piece_in_line(g: Grid, c: Colour) -> Grid:
    """Every piece of one colour but this: 1; 1 more if this is in a row of its own, 2 more if in a column."""
    there = g.cells == c
    if not there.any():
        raise Nothing("not of this colour")
    rows, columns = (np.broadcast_to(there.any(axis, keepdims=True), g.shape) for axis in (1, 0))
    found = np.zeros(g.shape, dtype=np.uint8)
    for labels in _each_piece(g, c):
        says = sum(n * np.isin(labels, labels[lies & (labels > 0)]) for n, lies in ((1, rows), (2, columns)))
        found = np.where(labels > 0, 1 + says, found)
    return Grid(found, g.at)


@primitive
def piece_meets(g: Grid, c: Colour) -> Grid:
    """Every piece of one colour but this blue that lies beside this, or across a corner from it; red the others."""
    if not (near := reached(g.cells == c, True)).any():
        raise Nothing("not of this colour")
    found = np.zeros(g.shape, dtype=np.uint8)
    for labels in _each_piece(g, c):
        found = np.where(labels > 0, np.where(np.isin(labels, labels[near & (labels > 0)]), 1, 2), found)
    return Grid(found, g.at)


PAINTED = (*NEAREST, usual_around)  # what they say are colours, not numbers
SURROUNDINGS = (*FAR, *ALTERNATING, *NEAREST, *MANY, sheltered, nth_across, nth_along, zone, steps, alternating_steps,
                *ALIKE, at_corners, usual_around, colours_around, in_square, run_across, run_along, colour_cells,
                colour_rank, row_variety, column_variety, row_alike, column_alike, row_many, column_many,
                piece_in_line, piece_meets)
