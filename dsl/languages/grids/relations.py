"""Relations: pieces of a picture as the nodes of graphs: which touch, which lie within which, which is nearest."""

from collections.abc import Callable, Iterator

import networkx as nx
import numpy as np

from dsl.languages.grids import parts
from dsl.languages.grids.features import KINDS, said_of
from dsl.languages.grids.grid import Grid, Nothing, Pieces, usual
from dsl.languages.grids.objects import shape
from dsl.primitive import Primitive, described, primitive
from dsl.types import read_annotation


def touching(g: Grid, ps: Pieces) -> nx.Graph:
    """The pieces of a grid, by number, joined where cells of two lie side by side or corner to corner.

    >>> g = Grid([[1, 2, 0, 3], [0, 0, 0, 3]])
    >>> sorted(touching(g, parts.plain_pieces.function(g)).edges)
    [(0, 1)]
    """
    numbers = np.zeros((g.shape[0] + 1, g.shape[1] + 2), dtype=np.int32)
    for n, p in enumerate(ps, 1):
        y, x = p.at[0] - g.at[0], p.at[1] - g.at[1] + 1
        np.copyto(numbers[y:y + p.shape[0], x:x + p.shape[1]], n, where=p.cells != 0)
    here = numbers[:-1, 1:-1]
    found = nx.Graph()
    found.add_nodes_from(range(len(ps)))
    for other in (numbers[:-1, 2:], numbers[1:, :-2], numbers[1:, 1:-1], numbers[1:, 2:]):
        meet = (here != other) & (here > 0) & (other > 0)
        found.add_edges_from((np.stack([here[meet], other[meet]], 1) - 1).tolist())
    return found


def holding(ps: Pieces) -> nx.DiGraph:
    """The pieces by number, with an arrow from each to those whose whole area lies in its own."""
    found = nx.DiGraph()
    found.add_nodes_from(range(len(ps)))
    boxes = [(*p.at, p.at[0] + p.shape[0], p.at[1] + p.shape[1]) for p in ps]
    found.add_edges_from((a, b) for a, (top, left, bottom, right) in enumerate(boxes)
                         for b, (y, x, down, across) in enumerate(boxes)
                         if a != b and top <= y and left <= x and down <= bottom and across <= right
                         and boxes[a] != boxes[b])
    return found


def nearest(ps: Pieces) -> Iterator[int]:
    """For each piece the colour of the nearest area of another colour, the first of several.

    Raises:
        Nothing: where all are of one colour.
    """
    colours = np.array([usual(p.cells) for p in ps])
    if len(set(colours.tolist())) < 2:
        raise Nothing("no other colour")
    boxes = np.array([(*p.at, p.at[0] + p.shape[0] - 1, p.at[1] + p.shape[1] - 1) for p in ps])
    for n, colour in enumerate(colours):
        apart = np.maximum(boxes[:, :2] - boxes[n, 2:], boxes[n, :2] - boxes[:, 2:]).clip(0).sum(1)
        yield int(colours[np.where(colours == colour, apart.max() + 1, apart).argmin()])


Say = Callable[[Grid, Pieces], list[int]]
MEANS = {"touching": "how many others it touches, plus 1", "cluster": "how many hang together with it",
         "holds": "how many lie within its area, plus 1", "held": "within how many areas it lies, plus 1",
         "nearest": "the nearest other colour", "twin": "the colour of one that has its shape in another colour"}


def _clusters(g: Grid, ps: Pieces) -> list[int]:
    size = {n: len(part) for part in nx.connected_components(touching(g, ps)) for n in part}
    return [size[n] for n in range(len(ps))]


def _twins(ps: Pieces) -> list[int]:
    """The colour of the first piece of the same shape and another colour; 0 where there is none."""
    colours = [usual(p.cells) for p in ps]
    alike: dict[tuple, list[int]] = {}
    for p, colour in zip(ps, colours, strict=True):
        alike.setdefault(shape(p), []).append(colour)
    return [next((other for other in alike[shape(p)] if other != colour), 0)
            for p, colour in zip(ps, colours, strict=True)]


RELATED: dict[str, Say] = {  # counted from 1, for black is where nothing is said
    "touching": lambda g, ps: [1 + len(others) for others in dict(touching(g, ps).adj).values()],
    "cluster": _clusters,
    "holds": lambda g, ps: [1 + len(others) for others in dict(holding(ps).succ).values()],
    "held": lambda g, ps: [1 + len(others) for others in dict(holding(ps).pred).values()],
    "nearest": lambda g, ps: list(nearest(ps)),
    "twin": lambda g, ps: _twins(ps),
}


def _related(taken: Primitive, say: Say) -> Callable[[Grid], Grid]:
    def feature(g: Grid) -> Grid:
        ps: Pieces = taken.function(g)  # type: ignore[assignment]
        return said_of(g, ps, say(g, ps))
    return feature


@primitive
def within_area(g: Grid) -> Grid:
    """Each cell in the colour of the smallest piece in whose area it lies, its own piece left aside."""
    found = np.zeros_like(g.cells)
    for p in sorted(parts.pieces.function(g), key=lambda p: -p.cells.size):  # type: ignore[call-overload]
        y, x = p.at[0] - g.at[0], p.at[1] - g.at[1]
        np.copyto(found[y:y + p.shape[0], x:x + p.shape[1]], usual(p.cells), where=p.cells == 0)
    return Grid(found, g.at)


_ONE = read_annotation(Grid)
OF_PIECES = tuple(Primitive(f"{kind}_{name}", (_ONE,), _ONE, described(f"Every {KINDS[kind]}: {MEANS[name]}.",
                                                                       _related(taken, say)))
                  for kind, taken in (("piece", parts.plain_pieces), ("object", parts.objects))
                  for name, say in RELATED.items() if kind == "piece" or name in ("holds", "held", "nearest", "twin"))
RELATIONS = (*OF_PIECES, within_area)
PAINTED = (within_area, *(p for p in OF_PIECES if p.name.endswith(("_nearest", "_twin"))))
