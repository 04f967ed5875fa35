"""Quilts: an answer as rows of equal parts that the bank holds, or as one of its pictures for each cell of another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product

import numpy as np

from dsl.languages.grids import Grid
from dsl.languages.grids.combine import coloured_for_each, for_each
from dsl.languages.grids.transforms import above, beside
from dsl.primitive import Primitive
from dsl.program import Apply, Program
from solvers.entry import Entry

MOST = 4  # parts side by side, or below one another


@dataclass
class Quilt:
    """The pictures that may be parts of the pictures wanted, by their cells in training."""

    wanted: Sequence[Grid]
    parts: dict[tuple, Entry] = field(default_factory=dict)
    shapes: dict[tuple[int, int], tuple] = field(init=False)  # of a part in each example, by how many there are

    def __post_init__(self) -> None:
        ways = sorted(product(range(1, MOST + 1), repeat=2), key=lambda way: way[0] * way[1])
        self.shapes = {(n, m): tuple((g.shape[0] // n, g.shape[1] // m) for g in self.wanted) for n, m in ways[1:]
                       if all(g.shape[0] % n == 0 and g.shape[1] % m == 0 for g in self.wanted)}
        self._suits = set(self.shapes.values())

    def see(self, entry: Entry) -> None:
        """Keep a picture, if it is of a size that a part may have; of those alike in training the first one."""
        cells = [v.cells for v in entry.values[:len(self.wanted)]]
        if tuple(c.shape for c in cells) in self._suits:
            self.parts.setdefault(_look(cells), entry)

    def found(self) -> Iterator[tuple[int, Program]]:
        """Programs that put parts together to what is wanted, the fewest parts first, and what they cost."""
        for (n, m), shapes in self.shapes.items():
            entries = [[self._part(row, column, shapes) for column in range(m)] for row in range(n)]
            if all(e is not None for row in entries for e in row):
                cost = sum(e.cost for row in entries for e in row) + n * m - 1  # type: ignore[union-attr]
                rows = [_joined(beside, [e.program for e in row]) for row in entries]  # type: ignore[union-attr]
                yield cost, _joined(above, rows)

    def _part(self, row: int, column: int, shapes: tuple) -> Entry | None:
        return self.parts.get(_look([g.cells[row * h:(row + 1) * h, column * w:(column + 1) * w]
                                     for g, (h, w) in zip(self.wanted, shapes, strict=True)]))


def woven(wanted: Sequence[Grid], pieces: Sequence[Entry]) -> Iterator[tuple[int, Program]]:
    """Programs that may put a piece, or its shape in a cell's colour, for each cell of another, and what they cost."""
    looks: dict[tuple, Entry] = {}
    shapes: dict[tuple, Entry] = {}
    for e in pieces:
        cells = [v.cells for v in e.values[:len(wanted)]]
        looks.setdefault(_look(cells), e)
        shapes.setdefault(_look([c != 0 for c in cells]), e)
    for e in pieces:
        told = [_cells_for(v.cells, g.cells) for v, g in zip(e.values, wanted, strict=False)]
        plan = [cells for cells in told if cells is not None]
        if len(plan) == len(wanted):
            for head, of in ((coloured_for_each, looks.get(_look(plan))),
                             (for_each, shapes.get(_look([c != 0 for c in plan])))):
                if of is not None:
                    yield of.cost + e.cost + head.cost, Apply(head, (of.program, e.program))


def _cells_for(part: np.ndarray, whole: np.ndarray) -> np.ndarray | None:
    """A cell for each place of a part in a whole that is not black where the part's shape lies; its highest colour.

    None where the whole is of no such places, or something else lies there.
    """
    (h, w), (height, width) = part.shape, whole.shape
    if height % h or width % w or (h, w) == (height, width):
        return None
    blocks = whole.reshape(height // h, h, width // w, w).transpose(0, 2, 1, 3)
    colours = blocks.max((2, 3))
    return colours if np.array_equal(blocks != 0, (part != 0) & (colours != 0)[:, :, None, None]) else None


def _look(cells: Sequence[np.ndarray]) -> tuple:
    return tuple((c.shape, c.tobytes()) for c in cells)


def _joined(how: Primitive, programs: Sequence[Program]) -> Program:
    return reduce(lambda a, b: Apply(how, (a, b)), programs)
