"""Corners: diagonals drawn on from the corners of objects, away from them."""

from collections.abc import Callable, Sequence

import numpy as np

from dsl.languages.grids.grid import Grid, Nothing, usual
from dsl.languages.grids.parts import objects
from dsl.languages.grids.rays import slanting
from dsl.primitive import Primitive, described
from dsl.types import read_annotation

_ONE = read_annotation(Grid)
Corner = tuple[bool, bool]  # whether below, and to the right
EVERY: tuple[Corner, ...] = ((True, True), (True, False), (False, True), (False, False))


def _drawn(g: Grid, corners: Sequence[Corner], *, hollow: bool) -> Grid:
    """Diagonals from these corners of all objects, behind what is there; `hollow`: from beyond the black ones alone."""
    ends = np.zeros((len(corners), *g.shape), dtype=np.uint8)
    for p in objects.function(g):  # type: ignore[attr-defined]
        top, left = p.at[0] - g.at[0], p.at[1] - g.at[1]
        for n, (down, right) in enumerate(corners):
            y, x = (p.shape[0] - 1) * down, (p.shape[1] - 1) * right
            if not (hollow and p.cells[y, x]):
                ends[n, top + y, left + x] = p.cells[y, x] or usual(p.cells)
    if not ends.any():
        raise Nothing("no corner of that kind")
    found = g.cells
    for (down, right), cells in zip(corners, ends, strict=True):
        kept = (found != 0) | (hollow & (cells != 0))
        found = np.where(kept, found, slanting(cells, down, right))
    return Grid(found, g.at)


def _primitive(name: str, said: str, corners: Sequence[Corner], *, hollow: bool = False) -> Primitive:
    call: Callable[[Grid], Grid] = described(said, lambda g: _drawn(g, corners, hollow=hollow))
    return Primitive(name, (_ONE,), _ONE, call, cost=2)


CORNERS = (
    _primitive("rays_from_corners", "Each object's area's corners drawn on, diagonally away from it.", EVERY),
    _primitive("rays_from_black_corners", "Diagonals in each object's most frequent colour, from beyond the corners of "
               "its area that are black.", EVERY, hollow=True),
    *(_primitive(f"rays_from_{upright}_{level}_corners", f"Each object's area's {upright} {level} corner drawn on, "
                 "diagonally away from it.", [(upright == "lower", level == "right")])
      for upright in ("lower", "upper") for level in ("right", "left")))
