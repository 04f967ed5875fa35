"""Growth: a local step, repeated until nothing changes, the same in some or all of the eight ways to look at a grid."""

from collections.abc import Callable

import numpy as np

from dsl.languages.grids.grid import Grid, Nothing
from dsl.primitive import Primitive, described
from dsl.types import read_annotation

Way = tuple[int, bool]  # how many quarters a grid is turned, and whether it is mirrored first
TURNS: tuple[Way, ...] = tuple((k, False) for k in range(4))
WAYS: dict[str, tuple[Way, ...]] = {
    "grown": ((0, False),),
    "grown_across": ((0, False), (0, True)),
    "grown_along": ((0, False), (2, True)),
    "grown_both_ways": ((0, False), (2, False)),
    "grown_mirrored": ((0, False), (0, True), (2, False), (2, True)),
    "grown_turned": TURNS,
    "grown_all_ways": (*TURNS, *((k, True) for k in range(4)))}
Step = Callable[[Grid, Grid], Grid]


def seen(cells: np.ndarray, way: Way) -> np.ndarray:
    """Cells as they look in one of the eight ways."""
    return np.rot90(cells[:, ::-1] if way[1] else cells, way[0])


def back(cells: np.ndarray, way: Way) -> np.ndarray:
    """What `seen` undoes."""
    turned = np.rot90(cells, -way[0])
    return turned[:, ::-1] if way[1] else turned


def _grown(ways: tuple[Way, ...]) -> Callable[[Grid, Step], Grid]:
    def grown(g: Grid, step: Step) -> Grid:
        now = g.cells
        given = [Grid(seen(now, way)) for way in ways]
        for _ in range(now.size + 1):  # where cells are filled once and for good, there are no more steps
            before = now
            for way, shown in zip(ways, given, strict=True):
                new = step(shown, Grid(seen(now, way)))
                if new.shape != shown.shape:
                    raise Nothing("a step changes the size")
                now = back(new.cells, way)
            if np.array_equal(now, before):
                return Grid(now, g.at)
        raise Nothing("it does not come to rest")
    return grown


_ONE, _STEP = read_annotation(Grid), read_annotation(Step)
GROWTH = {name: Primitive(name, (_ONE, _STEP), _ONE, described(
    "A step again and again until nothing changes" + (f", the same in {len(ways)} ways." if len(ways) > 1 else "."),
    _grown(ways)), cost=8) for name, ways in WAYS.items()}
