"""Motion: pieces as rigid bodies: they slide until something is in their way, are drawn to others, shine on them."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy import ndimage

from dsl.languages.grids.cells import CROSS, NEAR, enclosed
from dsl.languages.grids.grid import STEPS, Colour, Grid, Nothing
from dsl.languages.grids.parts import objects, plain_pieces
from dsl.languages.grids.transforms import trim
from dsl.primitive import Primitive, described, primitive
from dsl.types import read_annotation

MOST = 60  # bodies
Body = tuple[np.ndarray, np.ndarray]  # rows and columns of its cells


def _bodies(mask: np.ndarray) -> list[Body]:
    labels, n = ndimage.label(mask, NEAR)  # type: ignore[misc]
    if not 0 < n <= MOST:
        raise Nothing(f"{n} pieces")
    rows, columns = np.nonzero(labels)
    numbers = labels[rows, columns]
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers)[1:-1])
    return list(zip(np.split(rows[order], ends), np.split(columns[order], ends), strict=True))


def _by_colour(g: Grid) -> Iterator[list[Body]]:
    """The bodies of each colour that there is but black."""
    return (_bodies(g.cells == k) for k in np.flatnonzero(np.bincount(g.cells.ravel(), minlength=10)[1:]) + 1)


def _ways(blocked: np.ndarray, step: tuple[int, int]) -> np.ndarray:
    """How many steps each cell can go before it leaves the grid or meets what is blocked."""
    axis = 0 if step[0] else 1
    turned = blocked if step[axis] > 0 else np.flip(blocked, axis)
    size = blocked.shape[axis]
    here = np.arange(size)[:, None] if axis == 0 else np.arange(size)
    ahead = np.flip(np.minimum.accumulate(np.flip(np.where(turned, here, size), axis), axis), axis)
    free = ahead - here - 1
    return free if step[axis] > 0 else np.flip(free, axis)


def _room(cells: list[list[int]], body: list[tuple[int, int]], step: tuple[int, int]) -> int:
    """How many steps a body can go before it leaves the grid or meets what is not black; it is not in `cells` itself.

    Bodies are small, and go few steps: they are walked, not laid out in arrays.
    """
    (down, right), (height, width) = step, (len(cells), len(cells[0]))
    free = max(height, width)
    for y, x in body:
        n, y, x = 0, y + down, x + right
        while n < free and 0 <= y < height and 0 <= x < width and not cells[y][x]:
            n, y, x = n + 1, y + down, x + right
        free = n
        if not free:
            break
    return free


def _places(body: Body) -> list[tuple[int, int]]:
    return list(zip(body[0].tolist(), body[1].tolist(), strict=True))


def _slid(cells: np.ndarray, movers: np.ndarray, step: tuple[int, int]) -> np.ndarray:
    """The bodies of a mask, those in front first, each moved as far as it can go."""
    bodies = sorted(_bodies(movers), key=lambda b: -int((b[0] * step[0] + b[1] * step[1]).max()))
    found, colours = np.where(movers, 0, cells).tolist(), cells.tolist()
    for body in map(_places, bodies):
        n = _room(found, body, step)
        for y, x in body:
            found[y + n * step[0]][x + n * step[1]] = colours[y][x]
    return np.array(found, dtype=np.uint8)


def _sliding(step: tuple[int, int]) -> Callable[[Grid, Colour], Grid]:
    return lambda g, c: Grid(_slid(g.cells, (g.cells == c) & (g.cells != 0), step), g.at)


def _all_sliding(step: tuple[int, int]) -> Callable[[Grid], Grid]:
    return lambda g: Grid(_slid(g.cells, g.cells != 0, step), g.at)


_ONE, _COLOUR = read_annotation(Grid), read_annotation(Colour)
SLID = (
    *(Primitive(f"slid_{way}", (_ONE, _COLOUR), _ONE, described(
        f"The pieces of a colour as far {way} as others let them.", _sliding(step))) for way, step in STEPS.items()),
    *(Primitive(f"all_slid_{way}", (_ONE,), _ONE, described(
        f"All objects as far {way} as others let them.", _all_sliding(step)), cost=2) for way, step in STEPS.items()))


def _facing(cells: np.ndarray, c: int, d: int) -> Iterator[tuple[Body, tuple[int, int], int]]:
    """Each body of one colour with the nearest way to the other colour straight ahead, and how many steps are free."""
    if c == d or not (cells == d).any():
        raise Nothing("no other colour")
    ways = _straight(cells == d)
    for body in _bodies((cells == c) & (cells != 0)):
        way = _nearest_way(ways, body)
        if way is not None:
            yield body, *way


def _straight(goal: np.ndarray) -> dict[tuple[int, int], list[list[int]]]:
    """By step, how many steps each cell can go before it meets a goal or leaves the grid."""
    return {step: _ways(goal, step).tolist() for step in STEPS.values()}


def _nearest_way(ways: dict[tuple[int, int], list[list[int]]], body: Body) -> tuple[tuple[int, int], int] | None:
    """The step straight to the nearest cell of a goal, and how many are free before it; None where none leads there."""
    found, places = [], _places(body)
    (top, bottom), (left, right) = ((min(its), max(its)) for its in zip(*places, strict=True))
    for (down, across), free in ways.items():
        n = min([free[y][x] for y, x in places])
        far, aside = (n + 1) * down, (n + 1) * across  # one step more is onto the goal, unless it is out of the grid
        if top + far >= 0 and left + aside >= 0 and bottom + far < len(free) and right + aside < len(free[0]):
            found.append(((down, across), n))
    return min(found, key=lambda way: way[1], default=None)


@primitive
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


def _beam(cells: np.ndarray, body: Body, step: tuple[int, int], n: int) -> None:
    """Draw a body on for n steps, where cells are black."""
    colour = cells[body][0]
    for k in range(1, n + 1):
        y, x = body[0] + k * step[0], body[1] + k * step[1]
        free = cells[y, x] == 0
        cells[y[free], x[free]] = colour


@primitive
def beamed(g: Grid, c: Colour, d: Colour) -> Grid:
    """A beam of the first colour from each of its pieces to the nearest of another that faces it."""
    found = g.cells.copy()
    some = False
    for body, step, n in _facing(g.cells, c, d):
        _beam(found, body, step, n)
        some = some or n > 0
    if not some:
        raise Nothing("none faces another")
    return Grid(found, g.at)


def _to_largest(bodies: Sequence[Body], shape: tuple[int, int]) -> Iterator[tuple[Body, tuple[int, int], int]]:
    """Each body that faces the one with the most cells but does not touch it: the step there, and how many are free."""
    largest = max(bodies, key=lambda b: len(b[0]))
    goal = np.zeros(shape, dtype=bool)
    goal[largest] = True
    ways = _straight(goal)
    for body in bodies:
        way = _nearest_way(ways, body) if body is not largest else None
        if way is not None and way[1]:
            yield body, *way


@primitive(cost=2)
def pulled(g: Grid) -> Grid:
    """Each piece moved straight to the largest of its colour, where that faces it, until they touch."""
    moved = [way for bodies in _by_colour(g) if len(bodies) > 1 for way in _to_largest(bodies, g.shape)]
    if not moved:
        raise Nothing("none faces another")
    found = g.cells.copy()
    for body, *_ in moved:
        found[body] = 0
    for (rows, columns), step, n in moved:
        found[rows + n * step[0], columns + n * step[1]] = g.cells[rows, columns]
    return Grid(found, g.at)


def _facing_largest(g: Grid) -> list[tuple[Body, tuple[int, int], int]]:
    """Each body that faces the one of all with the most cells, as `_to_largest` has it."""
    bodies = [body for its in _by_colour(g) for body in its]
    if not 1 < len(bodies) <= MOST:
        raise Nothing(f"{len(bodies)} pieces")
    moved = list(_to_largest(bodies, g.shape))
    if not moved:
        raise Nothing("none faces the largest")
    return moved


@primitive(cost=2)
def gathered(g: Grid) -> Grid:
    """Each piece moved straight to the one with the most cells, if it faces that, till they touch; nearest first."""
    found = g.cells.tolist()
    for body, step, _ in sorted(_facing_largest(g), key=lambda way: way[2]):
        (places, colour) = _places(body), int(g.cells[body][0])
        for y, x in places:
            found[y][x] = 0
        n = _room(found, places, step)
        for y, x in places:
            found[y + n * step[0]][x + n * step[1]] = colour
    return Grid(found, g.at)


@primitive(cost=2)
def beaming(g: Grid) -> Grid:
    """A beam from each piece to the one with the most cells, where it faces that."""
    found = g.cells.copy()
    for body, step, n in _facing_largest(g):
        _beam(found, body, step, n)
    return Grid(found, g.at)


def _in_line(axis: int) -> Callable[[Grid, Colour], Grid]:
    def moved(g: Grid, c: Colour) -> Grid:
        """The same pieces, with their middles where that of the only piece of a colour is, on one axis."""
        found = np.zeros_like(g.cells)
        anchor = _bodies(g.cells == c)
        if len(anchor) != 1 or c == 0:
            raise Nothing("no single piece of the colour")
        wanted = _middle(anchor[0][axis])
        for body in (body for its in _by_colour(g) for body in its):
            place = list(body)
            place[axis] = body[axis] + (wanted - _middle(body[axis]))
            if place[axis].min() < 0 or place[axis].max() >= g.shape[axis] or found[tuple(place)].any():
                raise Nothing("no room")
            found[tuple(place)] = g.cells[body]
        return Grid(found, g.at)
    return moved


def _middle(places: np.ndarray) -> int:
    return (int(places.min()) + int(places.max())) // 2


LINED_UP = tuple(Primitive(f"lined_up_{name}", (_ONE, _COLOUR), _ONE, described(
    f"All pieces in a {line} with the only piece of a colour: moved {way} until their middles are.", _in_line(axis)))
    for axis, name, line, way in ((0, "across", "row", "up or down"), (1, "along", "column", "left or right")))


@primitive(cost=2)
def fitted(g: Grid) -> Grid:
    """Each piece moved into the enclosed gap of its shape; the first one of several into the first gap."""
    found = g.cells.copy()
    labels, n = ndimage.label(enclosed(g.cells), CROSS)  # type: ignore[misc]
    if not 0 < n <= MOST:
        raise Nothing(f"{n} gaps")
    gaps = {k: (place[0].start, place[1].start, labels[place] == k)
            for k, place in enumerate(ndimage.find_objects(labels), 1)}
    sizes = {int(look.sum()) for *_, look in gaps.values()}
    for body in (body for its in _by_colour(g) for body in its):
        (rows, columns), colour = body, g.cells[body][0]
        if len(rows) not in sizes:
            continue
        top, left = rows.min(), columns.min()
        shape = np.zeros((rows.max() - top + 1, columns.max() - left + 1), dtype=bool)
        shape[rows - top, columns - left] = True
        gap = next((k for k, (_, _, look) in gaps.items() if np.array_equal(look, shape)), None)
        if gap is not None:
            y, x, _ = gaps.pop(gap)
            found[body] = 0
            found[rows - top + y, columns - left + x] = colour
    if len(gaps) == n:
        raise Nothing("nothing fits")
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


@primitive
def copied_to(g: Grid, c: Colour) -> Grid:
    """All of it but a colour, and that again with its middle on each cell of the colour; as far as it lies there."""
    others = Grid(np.where(g.cells == c, 0, g.cells), g.at)
    copies = stamped.function(trim.function(others), Grid(g.cells == c, g.at))  # type: ignore[arg-type]
    return Grid(np.where(others.cells != 0, others.cells, copies.cells), g.at)  # type: ignore[attr-defined]


@primitive(cost=2)
def relabelled(g: Grid, key: Grid) -> Grid:
    """The colours of one picture by another, whose rows (or columns) of two cells say what becomes what."""
    pairs = key.cells if key.shape[1] == 2 else key.cells.T
    if pairs.shape[1] != 2 or len({int(a) for a in pairs[:, 0]}) < len(pairs):
        raise Nothing("no key")
    table = np.arange(10, dtype=np.uint8)
    table[pairs[:, 0]] = pairs[:, 1]
    return Grid(table[g.cells], g.at)


Say = Callable[[Grid], int]


def _displacing(taken: Primitive) -> Callable[[Grid, Say, Say], Grid]:
    def moved(g: Grid, down: Say, right: Say) -> Grid:
        found = np.zeros_like(g.cells)
        for p in taken.function(g):  # type: ignore[union-attr]
            y, x = p.at[0] - g.at[0] + down(p), p.at[1] - g.at[1] + right(p)
            if y < 0 or x < 0 or y + p.shape[0] > g.shape[0] or x + p.shape[1] > g.shape[1]:
                raise Nothing("no room")
            part = found[y:y + p.shape[0], x:x + p.shape[1]]
            np.copyto(part, p.cells, where=(p.cells != 0) & (part == 0))
        return Grid(found, g.at)
    return moved


_SAY = read_annotation(Say)
DISPLACED = {taken: Primitive(f"{taken.name}_moved", (_ONE, _SAY, _SAY), _ONE, described(
    f"Each of its `{taken.name}` moved down by one number and to the right by another, which follow from what it is.",
    _displacing(taken)), cost=4) for taken in (objects, plain_pieces)}
MOTION = (*SLID, drawn_to, beamed, pulled, gathered, beaming, *LINED_UP, fitted, stamped, copied_to, relabelled,
          *DISPLACED.values())
