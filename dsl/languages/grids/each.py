"""Each: the same made of every piece of a picture, and put where the piece lies."""

from collections.abc import Callable, Iterator

import numpy as np

from dsl.languages.grids import parts
from dsl.languages.grids.grid import Grid, Nothing, Pieces
from dsl.primitive import Primitive, described
from dsl.types import read_annotation

Make = Callable[[Grid], Grid]
Cut = Callable[[Grid], Pieces]


def pairs(cut: Cut, before: Grid, after: Grid) -> Iterator[tuple[Grid, Grid]]:
    """Each piece with what it has become: black where only another piece is. What is all black is no piece.

    >>> [(a.tolist(), b.tolist()) for a, b in pairs(EACH["row"], Grid([[1, 0], [0, 2]]), Grid([[1, 1], [2, 2]]))]
    [([[1, 0]], [[1, 1]]), ([[0, 2]], [[2, 2]])]

    Raises:
        Nothing: where a cell changes that lies in the area of no piece, or where there is only one piece.
    """
    before = Grid(before.cells)  # where it was cut from does not matter
    ps = filled(cut(before))
    if before.shape != after.shape or len(ps) < 2:
        raise Nothing("no pieces")
    rest = before.cells != after.cells
    for p in ps:
        place = _place(p)
        rest[place] = False
        others = (before.cells[place] != 0) & (p.cells == 0) & (before.cells[place] == after.cells[place])
        yield Grid(p.cells), Grid(np.where(others, 0, after.cells[place]))
    if rest.any():
        raise Nothing("what lies between them changes")


def filled(ps: Pieces) -> Pieces:
    """Those in which there is anything: rows, for one, may be black."""
    return tuple(p for p in ps if p.cells.any())


def _place(p: Grid) -> tuple[slice, slice]:
    return slice(p.at[0], p.at[0] + p.shape[0]), slice(p.at[1], p.at[1] + p.shape[1])


def _around(taken: Primitive) -> Cut:
    """What a primitive takes apart, each piece with the ring around it in the grid."""
    def cut(g: Grid) -> Pieces:
        found: Pieces = taken.function(g)  # type: ignore[assignment]
        grown = []
        for p in found:
            top, left = max(p.at[0] - 1, 0), max(p.at[1] - 1, 0)
            bottom, right = min(p.at[0] + p.shape[0] + 1, g.shape[0]), min(p.at[1] + p.shape[1] + 1, g.shape[1])
            cells = np.zeros((bottom - top, right - left), dtype=np.uint8)
            cells[p.at[0] - top:p.at[0] - top + p.shape[0], p.at[1] - left:p.at[1] - left + p.shape[1]] = p.cells
            grown.append(Grid(cells, (top, left)))
        return tuple(grown)
    return cut


EACH: dict[str, Cut] = {
    "panel": parts.panels.function, "object": parts.objects.function,  # type: ignore[dict-item]
    "plain_piece": parts.plain_pieces.function, "row": parts.rows.function,  # type: ignore[dict-item]
    "column": parts.columns.function, "object_around": _around(parts.objects), "piece_around": _around(parts.pieces),
    "plain_piece_around": _around(parts.plain_pieces)}


def _made(cut: Cut) -> Callable[[Grid, Make], Grid]:
    def made(g: Grid, make: Make) -> Grid:
        flat = Grid(g.cells)
        cells, ps = flat.cells.copy(), filled(cut(flat))
        for p in ps:
            cells[_place(p)][p.cells != 0] = 0
        for p in ps:
            new = make(Grid(p.cells))
            if new.shape != p.shape:
                raise Nothing("of another size")
            np.copyto(cells[_place(p)], new.cells, where=new.cells != 0)
        return Grid(cells, g.at)
    return made


_ONE, _MAKE = read_annotation(Grid), read_annotation(Make)
IN_EACH = {name: Primitive(f"in_each_{name}", (_ONE, _MAKE), _ONE, described(
    f"The same made of every {name.replace('_', ' ')}, where it lies.", _made(cut)), cost=8)
    for name, cut in EACH.items()}
