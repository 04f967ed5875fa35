"""Places: where a cell lies in its piece, its panel, or in the picture, as a colour; and what each panel is like."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from dsl.languages.grids import features, parts
from dsl.languages.grids.features import KINDS, SAID, said_of
from dsl.languages.grids.grid import KEPT, Grid, Nothing, Pieces, rare, usual
from dsl.primitive import Primitive, described, primitive
from dsl.types import read_annotation

_ONE = read_annotation(Grid)


def _row(h: int, w: int) -> np.ndarray:
    return np.broadcast_to(np.arange(h)[:, None], (h, w))


def _column(h: int, w: int) -> np.ndarray:
    return np.broadcast_to(np.arange(w), (h, w))


PLACES: dict[str, Callable[[int, int], np.ndarray]] = {  # counted from 1, for black is where nothing is said
    "row": lambda h, w: _row(h, w) + 1,
    "column": lambda h, w: _column(h, w) + 1,
    "row_from_below": lambda h, w: h - _row(h, w),
    "column_from_right": lambda h, w: w - _column(h, w),
    "stripe_across": lambda h, w: _row(h, w) % 2 + 1,
    "stripe_along": lambda h, w: _column(h, w) % 2 + 1,
    "chequer": lambda h, w: (_row(h, w) + _column(h, w)) % 2 + 1,
    "third_across": lambda h, w: _row(h, w) % 3 + 1,
    "third_along": lambda h, w: _column(h, w) % 3 + 1,
    "third_falling": lambda h, w: (_row(h, w) - _column(h, w)) % 3 + 1,
    "third_rising": lambda h, w: (_row(h, w) + _column(h, w)) % 3 + 1,
    "falling": lambda h, w: (_row(h, w) == _column(h, w)) + 1,
    "rising": lambda h, w: (_row(h, w) + _column(h, w) == w - 1) + 1,
    "middle_across": lambda h, w: (np.abs(2 * _row(h, w) - h + 1) <= 1) + 1,
    "middle_along": lambda h, w: (np.abs(2 * _column(h, w) - w + 1) <= 1) + 1,
    "half_across": lambda h, w: np.sign(2 * _row(h, w) - h + 1) + 2,
    "half_along": lambda h, w: np.sign(2 * _column(h, w) - w + 1) + 2,
    "ring": lambda h, w: np.minimum(np.minimum(_row(h, w), h - 1 - _row(h, w)),
                                    np.minimum(_column(h, w), w - 1 - _column(h, w))) + 1,
}


MEANS = {
    "row": "how far down, from 1", "column": "how far to the right, from 1", "row_from_below": "how far up, from 1",
    "column_from_right": "how far to the left, from 1", "stripe_across": "1 and 2 by rows",
    "stripe_along": "1 and 2 by columns", "chequer": "1 and 2 like a chequerboard", "third_across": "1 to 3 by rows",
    "third_along": "1 to 3 by columns", "third_falling": "1 to 3 by falling diagonals",
    "third_rising": "1 to 3 by rising diagonals", "falling": "2 on the diagonal that falls from the upper left, else 1",
    "rising": "2 on the diagonal that falls from the upper right, else 1",
    "middle_across": "2 in the middle rows, else 1", "middle_along": "2 in the middle columns, else 1",
    "half_across": "1 above the middle, 2 in it, 3 below",
    "half_along": "1 to the left of the middle, 2 in it, 3 to the right", "ring": "how far from the border, from 1"}


@lru_cache(KEPT)
def _place(name: str, h: int, w: int) -> np.ndarray:
    """What is said of each cell of an area, as colours."""
    return np.minimum(PLACES[name](h, w), 9).astype(np.uint8)


def _placed(taken: Primitive, name: str, whole: bool) -> Callable[[Grid], Grid]:
    def feature(g: Grid) -> Grid:
        ps: Pieces = taken.function(g)  # type: ignore[assignment]
        return said_of(g, ps, (_place(name, *p.shape) for p in ps), whole)
    return feature


def _in_all(name: str) -> Callable[[Grid], Grid]:
    return lambda g: Grid(_place(name, *g.shape), g.at)


IN_PIECES = tuple(Primitive(f"{kind}_{name}", (_ONE,), _ONE, described(
    f"Each cell in its {KINDS[kind]}: {MEANS[name]}.", _placed(taken, name, kind == "panel")))
                  for kind, taken in (("piece", parts.plain_pieces), ("object", parts.objects), ("gap", parts.gaps),
                                      ("panel", parts.panels))
                  for name in PLACES if not name.startswith("third") or kind == "object")
IN_ALL = tuple(Primitive(name, (_ONE,), _ONE, described(f"Each cell: {MEANS[name]}.", _in_all(name)))
               for name in ("row", "column", "row_from_below", "column_from_right", "third_across", "third_along",
                            "third_falling", "third_rising", "falling", "rising", "middle_across", "middle_along",
                            "half_across", "half_along"))


def _panel(say: Callable[[Pieces], list[int]]) -> Callable[[Grid], Grid]:
    def feature(g: Grid) -> Grid:
        ps: Pieces = parts.panels.function(g)  # type: ignore[assignment]
        return said_of(g, ps, say(ps), whole=True)
    return feature


def _told(say: Callable[[Pieces], list[int]]) -> Callable[[Grid], Grid]:
    def told(g: Grid) -> Grid:
        rows = parts.lattice(g)
        values = say(tuple(p for row in rows for p in row))
        return Grid(np.minimum(np.array(values).reshape(len(rows), -1), 9))
    return told


def _or_black(say: Callable[[np.ndarray], int]) -> Callable[[Pieces], list[int]]:
    return lambda ps: [say(p.cells) if p.cells.any() else 0 for p in ps]


PANELS: dict[str, Callable[[Pieces], list[int]]] = {
    "usual": _or_black(usual), "odd": _or_black(rare), "cells": SAID["cells"],
    "rank": SAID["rank"], "rank_from_least": SAID["rank_from_least"], "colours": SAID["colours"],
    "looks": SAID["alike"], "holes": SAID["holes"], "across": SAID["place_across"], "down": SAID["place_down"]}
OF_EACH = features.MEANS | {name: features.MEANS[other] for name, other in (
    ("looks", "alike"), ("across", "place_across"), ("down", "place_down"))}
OF_PANELS = tuple(Primitive(f"panel_{name}", (_ONE,), _ONE, described(f"Every panel: {OF_EACH[name]}.",
                                                                      _panel(say))) for name, say in PANELS.items())
TOLD = tuple(Primitive(f"panels_{name}", (_ONE,), _ONE, described(f"One cell for each panel: {OF_EACH[name]}.",
                                                                  _told(say))) for name, say in PANELS.items()
             if name not in ("across", "down"))


@primitive
def within_panel(g: Grid) -> Grid:
    """What all panels of one size show, laid up, in the place of each."""
    ps: Pieces = parts.panels.function(g)  # type: ignore[assignment]
    if len({p.shape for p in ps}) > 1:
        raise Nothing("not of one size")
    stack = np.stack([p.cells for p in ps])
    joint = np.take_along_axis(stack, (stack != 0).argmax(0)[None], 0)[0]
    cells = g.cells.copy()
    for p in ps:
        y, x = p.at[0] - g.at[0], p.at[1] - g.at[1]
        cells[y:y + p.shape[0], x:x + p.shape[1]] = joint
    return Grid(cells, g.at)


PAINTED = (within_panel, *(p for p in OF_PANELS if p.name in ("panel_usual", "panel_odd")))
FOR_CELLS = (*IN_PIECES, *IN_ALL, *OF_PANELS, within_panel)
