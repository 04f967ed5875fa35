"""Cells: fillings, borders, falls, colours: what becomes of cells where they are."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from scipy import ndimage

from dsl.languages.grids.grid import KEPT, Colour, Grid, Nothing, bounds, rare, usual
from dsl.primitive import primitive

NEAR = np.ones((3, 3), dtype=bool)  # neighbours by sides and corners
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=bool)  # by sides
SIDES = ((0, -1), (0, 1), (-1, 0), (1, 0))  # left, right, above, below
CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
AROUND = (*SIDES, *CORNERS)
NO_COLOUR = 255


def ringed(cells: np.ndarray, value: int = 0) -> np.ndarray:
    """With a ring of this value around."""
    found = np.full((cells.shape[0] + 2, cells.shape[1] + 2), value, dtype=cells.dtype)
    found[1:-1, 1:-1] = cells
    return found


def beside(cells: np.ndarray, near: Iterable[tuple[int, int]], beyond: int = 0) -> list[np.ndarray]:
    """What lies on some sides of each cell, given as steps down and right: for each side (rows, columns).

    >>> [there.tolist() for there in beside(np.array([[1, 2]]), [(0, 1), (1, 0)], beyond=9)]
    [[[2, 9]], [[9, 9]]]
    """
    full, (h, w) = ringed(cells, beyond), cells.shape
    return [full[1 + y:1 + y + h, 1 + x:1 + x + w] for y, x in near]


@lru_cache(KEPT)
def closed(g: Grid) -> np.ndarray:
    """What is enclosed in a picture: many primitives ask for it."""
    found = enclosed(g.cells)
    found.flags.writeable = False
    return found


def enclosed(cells: np.ndarray) -> np.ndarray:
    """Where black cells are that no way by sides over black cells leads out of."""
    black = cells == 0
    labels, n = ndimage.label(ringed(black, True), CROSS)  # type: ignore[misc]
    return black & (labels[1:-1, 1:-1] != labels[0, 0]) if n > 1 else np.zeros(cells.shape, dtype=bool)


def reached(mask: np.ndarray, corners: bool) -> np.ndarray:
    """Where a mask is, or a cell beside it; across corners, too, if asked for."""
    found = mask.copy()
    found[1:] |= mask[:-1]
    found[:-1] |= mask[1:]
    level = found.copy() if corners else mask
    found[:, 1:] |= level[:, :-1]
    found[:, :-1] |= level[:, 1:]
    return found


@primitive(idempotent=True)
def fill(g: Grid) -> Grid:
    """What is enclosed, in the most frequent colour."""
    return Grid(np.where(closed(g), usual(g.cells), g.cells), g.at)


@primitive
def fill_with(g: Grid, c: Colour) -> Grid:
    """What is enclosed, in this colour."""
    return Grid(np.where(closed(g), c, g.cells), g.at)


@primitive
def holes(g: Grid) -> Grid:
    """What is enclosed, alone, in the most frequent colour."""
    return Grid(np.where(closed(g), usual(g.cells), 0), g.at)


@primitive(idempotent=True)
def border(g: Grid) -> Grid:
    """The cells that have black, or the edge, beside or across a corner."""
    return Grid(np.where(_outer(g.cells), g.cells, 0), g.at)


@primitive
def core(g: Grid) -> Grid:
    """The cells that have no black, and no edge, beside or across a corner."""
    return Grid(np.where(_outer(g.cells), 0, g.cells), g.at)


def _outer(cells: np.ndarray) -> np.ndarray:
    """Where black is, or the edge, beside or across a corner."""
    found = reached(cells == 0, True)
    found[[0, -1]] = found[:, [0, -1]] = True
    return found


@primitive
def outline(g: Grid, c: Colour) -> Grid:
    """Black cells beside or across a corner from others, in this colour."""
    return Grid(np.where(reached(g.cells != 0, True) & (g.cells == 0), c, g.cells), g.at)


@primitive
def halo(g: Grid, c: Colour) -> Grid:
    """Black cells beside others, in this colour."""
    return Grid(np.where(reached(g.cells != 0, False) & (g.cells == 0), c, g.cells), g.at)


@primitive
def corners(g: Grid, c: Colour) -> Grid:
    """Black cells across a corner from others, in this colour."""
    full = ringed(g.cells != 0)
    near = full[:-2, :-2] | full[:-2, 2:] | full[2:, :-2] | full[2:, 2:]
    return Grid(np.where(near & (g.cells == 0), c, g.cells), g.at)


def _thick(g: Grid, near: Iterable[tuple[int, int]]) -> Grid:
    found = g.cells.copy()
    for cells in beside(g.cells, near):
        np.copyto(found, cells, where=found == 0)
    return Grid(found, g.at)


@primitive
def thickened(g: Grid) -> Grid:
    """Black cells beside others in their colour: of those to the left, to the right, above, below the first."""
    return _thick(g, SIDES)


@primitive
def thickened_around(g: Grid) -> Grid:
    """Black cells beside others, or across a corner, in their colour: those beside it first."""
    return _thick(g, AROUND)


@primitive
def inverted(g: Grid) -> Grid:
    """What is black, in the most frequent colour; the rest black."""
    return Grid(np.where(g.cells == 0, usual(g.cells), 0), g.at)


@primitive
def box(g: Grid) -> Grid:
    """All of its area in the most frequent colour."""
    return Grid(np.full_like(g.cells, usual(g.cells)), g.at)


@primitive(idempotent=True)
def plain(g: Grid) -> Grid:
    """All that is not black, in the most frequent colour."""
    return Grid(np.where(g.cells != 0, usual(g.cells), 0), g.at)


@primitive
def spanned(g: Grid) -> Grid:
    """Each colour's area full of it, the rarest colours over the others."""
    counts, found = np.bincount(g.cells.ravel(), minlength=10), np.zeros_like(g.cells)
    for k in sorted(range(1, 10), key=lambda k: -counts[k]):
        if counts[k]:
            top, bottom, left, right = bounds(np.where(g.cells == k, k, 0))
            found[top:bottom, left:right] = k
    return Grid(found, g.at)


@primitive
def blank(g: Grid) -> Grid:
    """All of its area black."""
    return Grid(np.zeros_like(g.cells), g.at)


@primitive
def commonest(g: Grid) -> Grid:
    """One cell of the most frequent colour."""
    return Grid([[usual(g.cells)]])


@primitive
def rarest(g: Grid) -> Grid:
    """One cell of the least frequent colour that there is."""
    return Grid([[rare(g.cells)]])


@primitive
def only_usual(g: Grid) -> Grid:
    """The cells of the most frequent colour but black alone."""
    return Grid(np.where(g.cells == usual(g.cells), g.cells, 0), g.at)


@primitive
def only_rare(g: Grid) -> Grid:
    """The cells of the least frequent colour that there is, but black, alone."""
    return Grid(np.where(g.cells == rare(g.cells), g.cells, 0), g.at)


@primitive
def paint(g: Grid, c: Colour) -> Grid:
    """All that is not black, in this colour."""
    return Grid(np.where(g.cells != 0, c, 0), g.at)


@primitive
def keep(g: Grid, c: Colour) -> Grid:
    """The cells of this colour; the rest black."""
    return Grid(np.where(g.cells == c, c, 0), g.at)


@primitive
def erase(g: Grid, c: Colour) -> Grid:
    """The cells of this colour black."""
    return Grid(np.where(g.cells == c, 0, g.cells), g.at)


@primitive
def on(g: Grid, c: Colour) -> Grid:
    """What is black, in this colour."""
    return Grid(np.where(g.cells == 0, c, g.cells), g.at)


@primitive(cost=2)
def recolour(g: Grid, was: Colour, c: Colour) -> Grid:
    """The cells of one colour in another."""
    return Grid(np.where(g.cells == was, c, g.cells), g.at)


@primitive
def padded(g: Grid, c: Colour) -> Grid:
    """A ring of this colour around it."""
    return Grid(ringed(g.cells, c), (g.at[0] - 1, g.at[1] - 1))


@primitive
def framed(g: Grid, c: Colour) -> Grid:
    """Its outermost ring in this colour."""
    cells = g.cells.copy()
    cells[[0, -1]] = c
    cells[:, [0, -1]] = c
    return Grid(cells, g.at)


@primitive
def grounded(g: Grid) -> Grid:
    """The most frequent colour of all as black, and black as that."""
    most = int(np.bincount(g.cells.ravel(), minlength=10).argmax())
    if most == 0:
        raise Nothing("black is the most frequent")
    table = np.arange(10, dtype=np.uint8)
    table[[0, most]] = most, 0
    return Grid(table[g.cells], g.at)


@primitive(cost=2)
def spread(g: Grid) -> Grid:
    """Each black cell in the colour of the nearest that is not."""
    if not g.cells.any():
        raise Nothing("all is black")
    near = ndimage.distance_transform_edt(g.cells == 0, return_distances=False, return_indices=True)
    return Grid(g.cells[tuple(near)], g.at)  # type: ignore[arg-type]


@primitive(idempotent=True)
def fallen(g: Grid) -> Grid:
    """Each column's cells as far down as they go."""
    order = np.argsort(g.cells != 0, axis=0, kind="stable")
    return Grid(np.take_along_axis(g.cells, order, 0), g.at)


@primitive(idempotent=True, cost=2)
def shifted_right(g: Grid) -> Grid:
    """Each row's cells as far to the right as they go."""
    order = np.argsort(g.cells != 0, axis=1, kind="stable")
    return Grid(np.take_along_axis(g.cells, order, 1), g.at)


@primitive(cost=2)
def quiet(g: Grid) -> Grid:
    """Single cells, no neighbour of which is of their colour, as most of their neighbours."""
    around = np.stack(beside(g.cells, AROUND, NO_COLOUR))
    alone = ~(around == g.cells).any(0)
    if not alone.any():
        return g
    near, found = around[:, alone], g.cells.copy()
    found[alone] = np.stack([(near == k).sum(0) for k in range(10)]).argmax(0)
    return Grid(found, g.at)


@primitive
def swallowed(g: Grid, c: Colour) -> Grid:
    """Each cell of a colour as two or more beside it are that have one other colour but black; black if none are so."""
    cells, left = np.where(g.cells == c, 0, g.cells), g.cells == c
    if not left.any() or left.all():
        raise Nothing("not of this colour, or all of it")
    while True:
        near = np.stack(beside(cells, SIDES))
        counts = np.stack([(near == k).sum(0) for k in range(1, 10)])
        found = left & (counts.max(0) > 1)
        if not found.any():
            return Grid(cells, g.at)
        cells, left = np.where(found, counts.argmax(0) + 1, cells), left & ~found


CELLS = (fill, fill_with, holes, border, core, outline, halo, corners, thickened, thickened_around, inverted, box,
         plain, spanned, blank, commonest, rarest, only_usual, only_rare, paint, keep, erase, on, recolour, padded,
         framed, grounded, spread, fallen, shifted_right, quiet, swallowed)
