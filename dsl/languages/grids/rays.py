"""Rays: colours drawn on along rows, columns and diagonals, and between cells of one colour."""

from collections.abc import Callable

import numpy as np

from dsl.languages.grids.grid import Grid
from dsl.primitive import Primitive, described, primitive
from dsl.types import read_annotation

_ONE = read_annotation(Grid)


def _forward(cells: np.ndarray) -> np.ndarray:
    """Each row with its colours drawn on to the right, up to the next one."""
    last = np.where(cells != 0, np.arange(cells.shape[1]), 0)
    np.maximum.accumulate(last, 1, out=last)
    return cells[np.arange(len(cells))[:, None], last]


@primitive(idempotent=True)
def rays_right(g: Grid) -> Grid:
    """Colours drawn on to the right, up to the next one."""
    return Grid(_forward(g.cells), g.at)


@primitive(idempotent=True)
def rays_left(g: Grid) -> Grid:
    """Colours drawn on to the left, up to the next one."""
    return Grid(_forward(g.cells[:, ::-1])[:, ::-1], g.at)


@primitive(idempotent=True)
def rays_down(g: Grid) -> Grid:
    """Colours drawn on downwards, up to the next one."""
    return Grid(_forward(g.cells.T).T, g.at)


@primitive(idempotent=True)
def rays_up(g: Grid) -> Grid:
    """Colours drawn on upwards, up to the next one."""
    return Grid(_forward(g.cells[::-1].T).T[::-1], g.at)


@primitive(idempotent=True, cost=2)
def rays_across(g: Grid) -> Grid:
    """Colours drawn on to both sides; those from the left first."""
    right = _forward(g.cells)
    return Grid(np.where(right != 0, right, _forward(g.cells[:, ::-1])[:, ::-1]), g.at)


@primitive(idempotent=True, cost=2)
def rays_along(g: Grid) -> Grid:
    """Colours drawn on up and down; those from above first."""
    down = _forward(g.cells.T).T
    return Grid(np.where(down != 0, down, _forward(g.cells[::-1].T).T[::-1]), g.at)


@primitive(cost=2)
def rays_cross(g: Grid) -> Grid:
    """Colours drawn on in all four directions."""
    c = g.cells
    found = c.copy()
    for way in (_forward(c), _forward(c[:, ::-1])[:, ::-1], _forward(c.T).T, _forward(c[::-1].T).T[::-1]):
        found = np.where(found != 0, found, way)
    return Grid(found, g.at)


def _diagonal(cells: np.ndarray) -> np.ndarray:
    """Colours drawn on down and to the right."""
    height, width = cells.shape[0], sum(cells.shape)
    flat = np.zeros(height * (width + 1), dtype=cells.dtype)
    flat[:height * width].reshape(height, width)[:, height:] = cells
    columns = flat.reshape(height, width + 1)  # diagonals, upright
    return _forward(columns.T).T.ravel()[:height * width].reshape(height, width)[:, height:]


def slanting(cells: np.ndarray, down: bool, right: bool) -> np.ndarray:
    """Colours drawn on along diagonals in one direction."""
    turn = np.s_[:: 1 if down else -1, :: 1 if right else -1]
    return _diagonal(cells[turn])[turn]


def _slanted(down: bool, right: bool) -> Callable[[Grid], Grid]:
    return lambda g: Grid(slanting(g.cells, down, right), g.at)


RAYS_SLANTING = tuple(Primitive(f"rays_{upright}_{level}", (_ONE,), _ONE, described(
    f"Colours drawn on along diagonals, {upright} and to the {level}, up to the next one.",
    _slanted(upright == "down", level == "right")), cost=2)
    for upright in ("down", "up") for level in ("right", "left"))


@primitive(idempotent=True, cost=2)
def rays_falling(g: Grid) -> Grid:
    """Colours drawn on along diagonals that fall to the right, both ways."""
    down = _diagonal(g.cells)
    return Grid(np.where(down != 0, down, _diagonal(g.cells[::-1, ::-1])[::-1, ::-1]), g.at)


@primitive(idempotent=True, cost=2)
def rays_rising(g: Grid) -> Grid:
    """Colours drawn on along diagonals that rise to the right, both ways."""
    c = g.cells[:, ::-1]
    down = _diagonal(c)
    return Grid(np.where(down != 0, down, _diagonal(c[::-1, ::-1])[::-1, ::-1])[:, ::-1], g.at)


@primitive(cost=2)
def rays_diagonal(g: Grid) -> Grid:
    """Colours drawn on along all diagonals."""
    found = g.cells
    for k in range(2):
        c = g.cells[:, ::-1] if k else g.cells
        way = _diagonal(c)
        way = np.where(way != 0, way, _diagonal(c[::-1, ::-1])[::-1, ::-1])
        found = np.where(found != 0, found, way[:, ::-1] if k else way)
    return Grid(found, g.at)


def _joined(cells: np.ndarray) -> np.ndarray:
    """What lies between two cells of a colour in a row, in that colour."""
    right, left = _forward(cells), _forward(cells[:, ::-1])[:, ::-1]
    return np.where((cells == 0) & (right == left), right, 0)


@primitive(idempotent=True)
def joined_across(g: Grid) -> Grid:
    """What lies between two cells of a colour in a row, in that colour."""
    between = _joined(g.cells)
    return Grid(np.where(between != 0, between, g.cells), g.at)


@primitive(idempotent=True)
def joined_along(g: Grid) -> Grid:
    """What lies between two cells of a colour in a column, in that colour."""
    between = _joined(g.cells.T).T
    return Grid(np.where(between != 0, between, g.cells), g.at)


@primitive
def joined(g: Grid) -> Grid:
    """What lies between two cells of a colour in a row or column, in that colour; rows over columns."""
    across, along = _joined(g.cells), _joined(g.cells.T).T
    found = np.where(along != 0, along, g.cells)
    return Grid(np.where(across != 0, across, found), g.at)


@primitive(cost=2)
def joined_diagonally(g: Grid) -> Grid:
    """What lies between two cells of a colour on a diagonal, in that colour; falling ones over rising ones."""
    found = g.cells
    for c in (g.cells[:, ::-1], g.cells):
        ahead, behind = _diagonal(c), _diagonal(c[::-1, ::-1])[::-1, ::-1]
        between = np.where((c == 0) & (ahead == behind), ahead, 0)
        between = between if c is g.cells else between[:, ::-1]
        found = np.where(between != 0, between, found)
    return Grid(found, g.at)


@primitive
def strung(g: Grid) -> Grid:
    """Rows and columns in the colour of both their ends; the rest black."""
    c = g.cells
    rows = np.where(c[:, 0] == c[:, -1], c[:, 0], 0)[:, None]
    columns = np.where(c[0] == c[-1], c[0], 0)[None]
    return Grid(np.where(rows != 0, rows, np.broadcast_to(columns, c.shape)), g.at)


RAYS = (rays_right, rays_left, rays_down, rays_up, rays_across, rays_along, rays_cross, rays_falling, rays_rising,
        rays_diagonal, *RAYS_SLANTING, joined_across, joined_along, joined, joined_diagonally, strung)
