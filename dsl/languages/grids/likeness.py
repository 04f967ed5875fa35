"""Likeness: objects after the model of others: seen again by their marks, dressed alike, completed."""

from collections.abc import Iterable, Iterator

import numpy as np
from scipy import ndimage

from dsl.languages.grids.cells import NEAR
from dsl.languages.grids.grid import Grid, Nothing, usual
from dsl.languages.grids.growth import WAYS, seen
from dsl.languages.grids.parts import MOST
from dsl.languages.grids.transforms import placed
from dsl.primitive import primitive


def _objects(g: Grid, least: int) -> tuple[np.ndarray, list[tuple[slice, slice]], list[np.ndarray]]:
    """At least so many objects: the number of each in its cells, their areas, and what is in them."""
    labels, n = ndimage.label(g.cells != 0, NEAR)  # type: ignore[misc]
    if not least <= n <= MOST:
        raise Nothing(f"{n} objects")
    places = ndimage.find_objects(labels)
    return labels, places, [np.where(labels[place] == k, g.cells[place], 0) for k, place in enumerate(places, 1)]


def _marks(look: np.ndarray, colours: np.ndarray) -> list[tuple[int, int, int]]:
    """The cells of a picture that have one of these colours, but its most frequent one: row, column, colour."""
    rows, columns = np.nonzero(np.isin(look, colours) & (look != usual(look)))
    return [(int(y), int(x), int(look[y, x])) for y, x in zip(rows, columns, strict=True)]


@primitive(cost=2)
def recalled(g: Grid) -> Grid:
    """Objects of several colours again, as they are or turned or mirrored, wherever their marks are seen.

    Marks are cells of the colours that also lie outside such objects, but an object's most frequent one.
    """
    labels, places, looks = _objects(g, 1)
    sizes = [int(np.count_nonzero(look)) for look in looks]
    models = [k for k in range(len(looks)) if sizes[k] > 3 and len(np.unique(looks[k][looks[k] != 0])) > 1]
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
def dressed(g: Grid) -> Grid:
    """Each object of one colour as the object of several colours that has its shape; the largest of those first."""
    _, places, looks = _objects(g, 2)
    coloured = sorted((look for look in looks if len(np.unique(look[look != 0])) > 1), key=lambda k: -k.size)
    found = g.cells.copy()
    for look, place in zip(looks, places, strict=True):
        if len(np.unique(look[look != 0])) == 1:
            image = next((c for c in coloured if c.shape == look.shape and ((c != 0) == (look != 0)).all()), look)
            np.copyto(found[place], image, where=image != 0)
    if np.array_equal(found, g.cells):
        raise Nothing("none has the shape")
    return Grid(found, g.at)


@primitive(cost=2)
def likened(g: Grid) -> Grid:
    """Each object as the largest one, turned or mirrored so that all its cells are among those, if there is room."""
    _, places, looks = _objects(g, 2)
    model = max(looks, key=np.count_nonzero)
    ways = [seen(model, way) for way in WAYS["grown_all_ways"]]
    found = g.cells.copy()
    for look, place in zip(looks, places, strict=True):
        if look is not model:
            for full, (y, x) in _laid_under(look, ways):
                top, left = place[0].start - y, place[1].start - x
                new = placed(full, (top, left), g.shape)
                if np.count_nonzero(new) == np.count_nonzero(full) and not (
                        (new != 0) & (g.cells != 0) & (new != g.cells)).any():
                    np.copyto(found, new, where=new != 0)
                    break
    if np.array_equal(found, g.cells):
        raise Nothing("all are alike")
    return Grid(found, g.at)


def _laid_under(look: np.ndarray, ways: Iterable[np.ndarray]) -> Iterator[tuple[np.ndarray, tuple[int, int]]]:
    """The images of a model, and where in them all cells of an object are."""
    shown = look != 0
    for full in ways:
        if full.shape[0] >= look.shape[0] and full.shape[1] >= look.shape[1]:
            windows = np.lib.stride_tricks.sliding_window_view(full, look.shape)
            same = ((windows == look) | ~shown).all((2, 3))
            yield from ((full, (int(y), int(x))) for y, x in np.argwhere(same))


LIKENESS = (recalled, dressed, likened)
