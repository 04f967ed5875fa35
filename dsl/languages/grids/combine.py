"""Combine: two pictures into one: over one another, masked, compared, cut, one for each cell of the other."""

import numpy as np

from dsl.languages.grids.grid import LARGEST, Grid, Nothing, usual
from dsl.primitive import primitive


def _common(a: Grid, b: Grid) -> tuple[slice, slice, slice, slice]:
    """Where the areas of two grids meet: rows and columns of the first, then of the second."""
    top, left = max(a.at[0], b.at[0]), max(a.at[1], b.at[1])
    bottom = min(a.at[0] + a.shape[0], b.at[0] + b.shape[0])
    right = min(a.at[1] + a.shape[1], b.at[1] + b.shape[1])
    if bottom <= top or right <= left:
        raise Nothing("they do not meet")
    return (slice(top - a.at[0], bottom - a.at[0]), slice(left - a.at[1], right - a.at[1]),
            slice(top - b.at[0], bottom - b.at[0]), slice(left - b.at[1], right - b.at[1]))


@primitive(associative=True, idempotent=True)
def over(a: Grid, b: Grid) -> Grid:
    """a on b, where each lies, over the area of both."""
    if a.at == b.at and a.shape == b.shape:
        return Grid(np.where(a.cells != 0, a.cells, b.cells), a.at)
    top, left = min(a.at[0], b.at[0]), min(a.at[1], b.at[1])
    bottom = max(a.at[0] + a.shape[0], b.at[0] + b.shape[0])
    right = max(a.at[1] + a.shape[1], b.at[1] + b.shape[1])
    cells = np.zeros((bottom - top, right - left), dtype=np.uint8)
    for g in (b, a):
        part = cells[g.at[0] - top:g.at[0] - top + g.shape[0], g.at[1] - left:g.at[1] - left + g.shape[1]]
        np.copyto(part, g.cells, where=g.cells != 0)
    return Grid(cells, (top, left))


@primitive
def pasted(a: Grid, b: Grid) -> Grid:
    """a on b, where each lies, over the area of b."""
    ar, ac, br, bc = _common(a, b)
    cells = b.cells.copy()
    part = a.cells[ar, ac]
    np.copyto(cells[br, bc], part, where=part != 0)
    return Grid(cells, b.at)


@primitive
def within(a: Grid, b: Grid) -> Grid:
    """What of a lies in the area of b."""
    ar, ac, br, bc = _common(a, b)
    cells = np.zeros_like(b.cells)
    cells[br, bc] = a.cells[ar, ac]
    return Grid(cells, b.at)


def _same(a: Grid, b: Grid) -> None:
    if a.shape != b.shape:
        raise Nothing("of different sizes")


@primitive
def masked(a: Grid, b: Grid) -> Grid:
    """a where b is not black; both of one size."""
    _same(a, b)
    return Grid(np.where(b.cells != 0, a.cells, 0), a.at)


@primitive
def unmasked(a: Grid, b: Grid) -> Grid:
    """a where b is black; both of one size."""
    _same(a, b)
    return Grid(np.where(b.cells == 0, a.cells, 0), a.at)


@primitive(idempotent=True)
def agreeing(a: Grid, b: Grid) -> Grid:
    """a where b shows the same; both of one size."""
    _same(a, b)
    return Grid(np.where(a.cells == b.cells, a.cells, 0), a.at)


@primitive
def differing(a: Grid, b: Grid) -> Grid:
    """a where b shows another colour, or black; both of one size."""
    _same(a, b)
    return Grid(np.where(a.cells != b.cells, a.cells, 0), a.at)


@primitive
def laid(a: Grid, b: Grid) -> Grid:
    """a on b, both of one size, wherever they lie."""
    _same(a, b)
    return Grid(np.where(a.cells != 0, a.cells, b.cells), b.at)


@primitive
def either(a: Grid, b: Grid) -> Grid:
    """Where just one of two of one size is not black: that one."""
    _same(a, b)
    return Grid(np.where(a.cells == 0, b.cells, np.where(b.cells == 0, a.cells, 0)), a.at)


def _each(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The Kronecker product, where that is no larger than a grid may be."""
    if a.size * b.size > LARGEST:
        raise Nothing("too large")
    return np.kron(a, b)


@primitive
def for_each(a: Grid, b: Grid) -> Grid:
    """b in the place of each cell of a that is not black; black elsewhere."""
    return Grid(_each(a.cells != 0, b.cells))


@primitive
def coloured_for_each(a: Grid, b: Grid) -> Grid:
    """The shape of b in the colour, and in the place, of each cell of a that is not black; black elsewhere."""
    return Grid(_each(a.cells, b.cells != 0))


@primitive
def for_each_own(g: Grid) -> Grid:
    """It in the place of each of its own cells that is not black; black elsewhere."""
    return Grid(_each(g.cells != 0, g.cells))


@primitive
def coloured(a: Grid, b: Grid) -> Grid:
    """a's cells that are not black in b's most frequent colour."""
    return Grid(np.where(a.cells != 0, usual(b.cells), 0), a.at)


@primitive
def area(a: Grid, b: Grid) -> Grid:
    """What a shows where b has its own area, if all of that lies in a."""
    ar, ac, br, bc = _common(a, b)
    if (br.stop - br.start, bc.stop - bc.start) != b.shape:
        raise Nothing("not all of it")
    return Grid(a.cells[ar, ac], b.at)


COMBINE = (over, pasted, within, masked, unmasked, agreeing, differing, laid, either, for_each, coloured_for_each,
           for_each_own, coloured, area)
