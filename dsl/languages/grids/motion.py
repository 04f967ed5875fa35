"""Motion: pieces as rigid bodies: they slide until something is in their way, are drawn to others, shine on them."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import ndimage

from dsl.languages.grids.cells import NEAR
from dsl.languages.grids.grid import STEPS, Colour, Grid, Nothing, described, usual
from dsl.languages.grids.growth import WAYS, seen
from dsl.languages.grids.parts import MOST
from dsl.languages.grids.transforms import placed
from dsl.primitive import Primitive, primitive
from dsl.types import read_annotation

Body = tuple[np.ndarray, np.ndarray]  # rows and columns of its cells


def _bodies(mask: np.ndarray) -> list[Body]:
    labels, n = ndimage.label(mask, NEAR)  # type: ignore[misc]
    if not 0 < n <= MOST:
        raise Nothing(f"{n} pieces")
    return [np.nonzero(labels == k) for k in range(1, n + 1)]  # type: ignore[misc]


def _room(blocked: np.ndarray, body: Body, step: tuple[int, int]) -> int:
    """How many steps a body can go before it leaves the grid or meets what is blocked."""
    (rows, columns), (h, w) = body, blocked.shape
    for n in range(1, max(h, w) + 1):
        y, x = rows + n * step[0], columns + n * step[1]
        if y.min() < 0 or x.min() < 0 or y.max() >= h or x.max() >= w or blocked[y, x].any():
            return n - 1
    return max(h, w)


def _slid(cells: np.ndarray, movers: np.ndarray, step: tuple[int, int]) -> np.ndarray:
    """The bodies of a mask, those in front first, each moved as far as it can go."""
    bodies = sorted(_bodies(movers), key=lambda b: -max(b[0] * step[0] + b[1] * step[1]))
    found = np.where(movers, 0, cells)
    for rows, columns in bodies:
        n = _room(found != 0, (rows, columns), step)
        found[rows + n * step[0], columns + n * step[1]] = cells[rows, columns]
    return found


def _sliding(step: tuple[int, int]) -> Callable[[Grid, Colour], Grid]:
    return lambda g, c: Grid(_slid(g.cells, (g.cells == c) & (g.cells != 0), step), g.at)


def _all_sliding(step: tuple[int, int]) -> Callable[[Grid], Grid]:
    return lambda g: Grid(_slid(g.cells, g.cells != 0, step), g.at)


_ONE, _COLOUR = read_annotation(Grid), read_annotation(Colour)
SLID = (*(Primitive(f"slid_{way}", (_ONE, _COLOUR), _ONE, described(
    f"The pieces of a colour as far {way} as others let them.", _sliding(step))) for way, step in STEPS.items()),
        *(Primitive(f"all_slid_{way}", (_ONE,), _ONE, described(
            f"All objects as far {way} as others let them.", _all_sliding(step))) for way, step in STEPS.items()))


def _facing(cells: np.ndarray, c: int, d: int) -> Iterator[tuple[Body, tuple[int, int], int]]:
    """Each body of one colour with the nearest way to the other colour straight ahead, and how many steps are free."""
    if c == d or not (cells == d).any():
        raise Nothing("no other colour")
    goal = cells == d
    for body in _bodies((cells == c) & (cells != 0)):
        ways = []
        for step in STEPS.values():
            n = _room(goal, body, step)
            y, x = body[0] + (n + 1) * step[0], body[1] + (n + 1) * step[1]
            if y.min() >= 0 and x.min() >= 0 and y.max() < cells.shape[0] and x.max() < cells.shape[1]:
                ways.append((n, step))
        if ways:
            n, step = min(ways, key=lambda way: way[0])
            yield body, step, n


@primitive(cost=2)
def drawn_to(g: Grid, c: Colour, d: Colour) -> Grid:
    """Each piece of one colour moved straight to the nearest of another that faces it, until they touch."""
    facing = list(_facing(g.cells, c, d))
    if not facing:
        raise Nothing("none faces another")
    found = g.cells.copy()
    for (rows, columns), _, _ in facing:
        found[rows, columns] = 0
    for (rows, columns), step, n in facing:
        found[rows + n * step[0], columns + n * step[1]] = c
    return Grid(found, g.at)


@primitive(cost=2)
def beamed(g: Grid, c: Colour, d: Colour) -> Grid:
    """A beam of the first colour from each of its pieces to the nearest of another that faces it."""
    found = g.cells.copy()
    some = False
    for (rows, columns), step, n in _facing(g.cells, c, d):
        for k in range(1, n + 1):
            y, x = rows + k * step[0], columns + k * step[1]
            free = found[y, x] == 0
            found[y[free], x[free]] = c
            some = True
    if not some:
        raise Nothing("none faces another")
    return Grid(found, g.at)


@primitive(cost=2)
def stamped(p: Grid, g: Grid) -> Grid:
    """A picture with its middle on each cell of another that is not black; as far as it lies there."""
    rows, columns = np.nonzero(g.cells)
    if not 0 < len(rows) <= MOST:
        raise Nothing(f"{len(rows)} places")
    h, w = p.shape
    full = np.zeros((g.shape[0] + 2 * h, g.shape[1] + 2 * w), dtype=np.uint8)
    for y, x in zip((rows + h - (h - 1) // 2).tolist(), (columns + w - (w - 1) // 2).tolist(), strict=True):
        part = full[y:y + h, x:x + w]
        np.copyto(part, p.cells, where=p.cells != 0)
    return Grid(full[h:h + g.shape[0], w:w + g.shape[1]], g.at)


def _marks(look: np.ndarray, colours: np.ndarray) -> list[tuple[int, int, int]]:
    """The cells of a picture that have one of these colours, but its most frequent one: row, column, colour."""
    rows, columns = np.nonzero(np.isin(look, colours) & (look != usual(look)))
    return [(int(y), int(x), int(look[y, x])) for y, x in zip(rows, columns, strict=True)]


@primitive(cost=2)
def recalled(g: Grid) -> Grid:
    """Objects of several colours again, as they are or turned or mirrored, wherever their marks are seen.

    Marks are cells of the colours that also lie outside such objects, but an object's most frequent one.
    """
    labels, n = ndimage.label(g.cells != 0, NEAR)  # type: ignore[misc]
    if not 0 < n <= MOST:
        raise Nothing(f"{n} objects")
    places = ndimage.find_objects(labels)
    looks = [np.where(labels[place] == k, g.cells[place], 0) for k, place in enumerate(places, 1)]
    sizes = [int(np.count_nonzero(look)) for look in looks]
    models = [k for k in range(n) if sizes[k] > 3 and len(np.unique(looks[k][looks[k] != 0])) > 1]
    rest = np.where(np.isin(labels, [k + 1 for k in models]), 0, g.cells)
    colours = np.unique(rest[rest != 0])
    found, open_ = g.cells.copy(), rest != 0
    for k in sorted(models, key=lambda k: -sizes[k]):
        for way in WAYS["grown_all_ways"]:
            look = seen(looks[k], way)
            marks = _marks(look, colours)
            if not marks:
                continue
            y0, x0, first = marks[0]
            for y, x in zip(*(a.tolist() for a in np.nonzero(open_ & (rest == first))), strict=True):
                top, left = y - y0, x - x0
                cells = [(top + a, left + b, c) for a, b, c in marks]
                if all(0 <= a < g.shape[0] and 0 <= b < g.shape[1] and open_[a, b] and rest[a, b] == c
                       for a, b, c in cells):
                    image = placed(look, (top, left), g.shape)
                    if not ((found != 0) & (image != 0) & (found != image)).any():
                        np.copyto(found, image, where=image != 0)
                        for a, b, _ in cells:
                            open_[a, b] = False
    if np.array_equal(found, g.cells):
        raise Nothing("nothing is seen again")
    return Grid(found, g.at)


@primitive(cost=2)
def relabelled(g: Grid, key: Grid) -> Grid:
    """The colours of one picture by another, whose rows (or columns) of two cells say what becomes what."""
    pairs = key.cells if key.shape[1] == 2 else key.cells.T
    if pairs.shape[1] != 2 or len({int(a) for a in pairs[:, 0]}) < len(pairs):
        raise Nothing("no key")
    table = np.arange(10, dtype=np.uint8)
    table[pairs[:, 0]] = pairs[:, 1]
    return Grid(table[g.cells], g.at)


MOTION = (*SLID, drawn_to, beamed, stamped, recalled, relabelled)
