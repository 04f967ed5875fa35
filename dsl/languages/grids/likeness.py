"""Likeness: objects after the model of others: seen again by their marks, dressed alike, completed."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import gcd, prod

import numpy as np
from scipy.ndimage import find_objects, label

from dsl.languages.grids.cells import NEAR
from dsl.languages.grids.grid import Grid, Nothing, Pieces, usual
from dsl.languages.grids.growth import WAYS, seen
from dsl.languages.grids.objects import filled_cells, shape, shown_colours
from dsl.languages.grids.parts import objects, plain_objects
from dsl.languages.grids.transforms import enlargement, placed
from dsl.primitive import primitive

MOST = 40  # objects that are compared


def _area(g: Grid, p: Grid) -> tuple[slice, slice]:
    """Where in a picture's cells a piece of it lies."""
    y, x = p.at[0] - g.at[0], p.at[1] - g.at[1]
    return slice(y, y + p.shape[0]), slice(x, x + p.shape[1])


def _several(g: Grid) -> Pieces:
    """Its objects, two or more, but not too many."""
    ps: Pieces = objects.function(g)  # type: ignore[assignment]
    if not 1 < len(ps) <= MOST:
        raise Nothing(f"{len(ps)} objects")
    return ps


def _marks(look: np.ndarray, colours: np.ndarray) -> list[tuple[int, int, int]]:
    """The cells of a picture that have one of these colours, but its most frequent one: row, column, colour."""
    rows, columns = np.nonzero(np.isin(look, colours) & (look != usual(look)))
    return [(int(y), int(x), int(look[y, x])) for y, x in zip(rows, columns, strict=True)]


@primitive(cost=2)
def recalled(g: Grid) -> Grid:
    """Objects of several colours again, turned, mirrored or enlarged, wherever their marks are seen.

    Marks are cells of the colours that also lie outside such objects, but an object's most frequent one. Where another
    colour lies in the place of that one, it is taken.
    """
    models = sorted((p for p in _several(g) if _telling(p)), key=filled_cells, reverse=True)
    rest = g.cells.copy()
    for p in models:
        rest[_area(g, p)][p.cells != 0] = 0
    colours, parts = np.unique(rest[rest != 0]), label(rest != 0, NEAR)[0]  # type: ignore[index]
    found, open_ = g.cells.copy(), rest != 0
    scales = sorted({gcd(*enlargement(rest[box])) for box in find_objects(parts)}, reverse=True)
    for whole, p, times in product((True, False), models, scales):
        for way in WAYS["grown_all_ways"]:
            look = seen(p.cells, way).repeat(times, 0).repeat(times, 1)
            marks = _marks(look, colours)
            for image, cells in _places(look, marks, rest, open_) if marks else ():
                image = _agreeing(image, found, usual(look))
                if image is not None and not (whole and (np.isin(parts, parts[cells]) & (image == 0)).any()):
                    np.copyto(found, image, where=image != 0)
                    open_[cells] = False
    if np.array_equal(found, g.cells):
        raise Nothing("nothing is seen again")
    return Grid(found, g.at)


def _telling(p: Grid) -> bool:
    """Whether an object has several colours, and more than three cells where it is as small as can be."""
    return shown_colours(p) > 1 and filled_cells(p) > 3 * prod(enlargement(p.cells))


def _places(look: np.ndarray, marks: Sequence[tuple[int, int, int]], rest: np.ndarray, open_: np.ndarray,
            ) -> Iterator[tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]]:
    """Where all marks of a picture are seen that are still open: the picture put there, and their cells."""
    (y0, x0, first), (rows, columns, shades) = marks[0], np.array(marks).T
    for y, x in zip(*(a.tolist() for a in np.nonzero(open_ & (rest == first))), strict=True):
        at, across = rows + (y - y0), columns + (x - x0)
        if (at >= 0).all() and (across >= 0).all() and (at < len(rest)).all() and (across < rest.shape[1]).all() and (
                open_[at, across] & (rest[at, across] == shades)).all():
            yield placed(look, (y - y0, x - x0), rest.shape), (at, across)


def _agreeing(image: np.ndarray, found: np.ndarray, main: int) -> np.ndarray | None:
    """An image with its main colour as what is there has it; none where that is not one colour, or others differ."""
    other = (found != 0) & (image != 0) & (found != image)
    colours = np.unique(found[other])
    if not len(colours):
        return image
    if len(colours) > 1 or (image[other] != main).any():
        return None
    return np.where(image == main, colours[0], image)


@primitive(cost=2)
def dressed(g: Grid) -> Grid:
    """Each object of one colour as the object of several colours that has its shape, turned, mirrored or smaller.

    As that is, where it can be; the largest of those first. Where none has, as the objects are whose cells touch by
    sides alone.
    """
    for taken in (objects, plain_objects):
        ps: Pieces = taken.function(g)  # type: ignore[assignment]
        coloured = sorted((p for p in ps if shown_colours(p) > 1), key=lambda p: -p.cells.size)
        images: dict[tuple, np.ndarray] = {}
        for way, p in product(WAYS["grown_all_ways"], coloured):
            look = Grid(seen(p.cells, way))
            images.setdefault(shape(look), look.cells)
        found = g.cells.copy()
        for p in ps if images else ():
            if shown_colours(p) == 1 and (image := _image(p.cells, images)) is not None:
                np.copyto(found[_area(g, p)], image, where=image != 0)
        if not np.array_equal(found, g.cells):
            return Grid(found, g.at)
    raise Nothing("none has the shape")


def _image(cells: np.ndarray, images: Mapping[tuple, np.ndarray]) -> np.ndarray | None:
    """The image, by its shape, of which cells have the shape, as it is or enlarged."""
    most = gcd(*enlargement(cells))
    for times in (n for n in range(1, most + 1) if most % n == 0):
        image = images.get(shape(Grid(cells[::times, ::times])))
        if image is not None:
            return image.repeat(times, 0).repeat(times, 1)
    return None


@primitive(cost=2)
def likened(g: Grid) -> Grid:
    """Each object as the largest one, turned or mirrored so that all its cells are among those, if there is room."""
    ps = _several(g)
    model = max(ps, key=filled_cells)
    ways = {(look.shape, look.tobytes()): look for look in (seen(model.cells, w) for w in WAYS["grown_all_ways"])}
    rooms = [(full, _room(g.cells, full)) for full in ways.values()]
    found = g.cells.copy()
    for p in ps:
        at = None if p is model else _first_under(p.cells, (p.at[0] - g.at[0], p.at[1] - g.at[1]), rooms)
        if at is not None:
            full, top, left = at
            np.copyto(found[top:top + full.shape[0], left:left + full.shape[1]], full, where=full != 0)
    if np.array_equal(found, g.cells):
        raise Nothing("all are alike")
    return Grid(found, g.at)


def _windows(cells: np.ndarray, look: np.ndarray) -> np.ndarray:
    """All parts of cells that are as large as a picture: (rows, columns, height, width); none where that is larger."""
    if any(a > b for a, b in zip(look.shape, cells.shape, strict=True)):
        return np.zeros((0, 0, *look.shape), dtype=np.uint8)
    return np.lib.stride_tricks.sliding_window_view(cells, look.shape)


def _room(cells: np.ndarray, look: np.ndarray) -> np.ndarray:
    """Where in cells a picture may lie, all of it, so that nothing disagrees."""
    windows = _windows(cells, look)
    return ((windows == look) | (windows == 0) | (look == 0)).all((2, 3))


def _first_under(look: np.ndarray, at: tuple[int, int], rooms: Sequence[tuple[np.ndarray, np.ndarray]],
                 ) -> tuple[np.ndarray, int, int] | None:
    """The first image of a model, and where it may lie, so that all cells of an object that is there are among its."""
    for full, room in rooms:
        ys, xs = np.nonzero(((_windows(full, look) == look) | (look == 0)).all((2, 3)))
        tops, lefts = at[0] - ys, at[1] - xs
        inside = (tops >= 0) & (lefts >= 0) & (tops < room.shape[0]) & (lefts < room.shape[1])
        free = np.flatnonzero(room[tops[inside], lefts[inside]])
        if len(free):
            return full, int(tops[inside][free[0]]), int(lefts[inside][free[0]])
    return None


LIKENESS = (recalled, dressed, likened)
