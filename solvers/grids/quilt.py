"""Quilts: an answer as rows of equal parts, each of which is a picture that the bank holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product

import numpy as np

from dsl.languages.grids import Grid
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


def _look(cells: Sequence[np.ndarray]) -> tuple:
    return tuple((c.shape, c.tobytes()) for c in cells)


def _joined(how: Primitive, programs: Sequence[Program]) -> Program:
    return reduce(lambda a, b: Apply(how, (a, b)), programs)
