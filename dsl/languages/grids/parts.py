"""Parts: pictures taken apart into pieces: by what touches, by colour, by lines, by size."""

from functools import lru_cache

import numpy as np
from scipy import ndimage

from dsl.languages.grids import transforms as t
from dsl.languages.grids.cells import CROSS, NEAR
from dsl.languages.grids.grid import KEPT, LONGEST, Colour, Grid, Nothing, Pieces, remembered
from dsl.primitive import primitive

MOST = 150  # pieces of a picture


def _parts(g: Grid, labels: np.ndarray, n: int) -> Pieces:
    if not 0 < n <= MOST:
        raise Nothing(f"{n} pieces")
    found = []
    for k, place in enumerate(ndimage.find_objects(labels), 1):
        if place is not None:
            rows, columns = place
            found.append(Grid(np.where(labels[place] == k, g.cells[place], 0),
                              (g.at[0] + rows.start, g.at[1] + columns.start)))
    return tuple(found)


@remembered
def by_colour(g: Grid, corners: bool) -> Pieces:
    """Cells of one colour that touch, by sides or, if so asked, corners."""
    near = NEAR if corners else CROSS
    labels, n = np.zeros(g.shape, dtype=np.int32), 0
    for colour in np.flatnonzero(np.bincount(g.cells.ravel(), minlength=10)[1:]) + 1:
        found, k = ndimage.label(g.cells == colour, near)  # type: ignore[misc]
        labels += np.where(found > 0, found + n, 0)
        n += k
    return _parts(g, labels, n)


@remembered
def _touching(g: Grid, corners: bool) -> Pieces:
    return _parts(g, *ndimage.label(g.cells != 0, NEAR if corners else CROSS))  # type: ignore[misc]


@remembered
def _gaps(g: Grid) -> Pieces:
    labels, n = ndimage.label(g.cells == 0, CROSS)  # type: ignore[misc]
    return _parts(Grid(np.where(g.cells == 0, Colour.GREY, 0), g.at), labels, n)


@primitive
def pieces(g: Grid) -> Pieces:
    """Cells of one colour that touch, by sides or corners."""
    return by_colour(g, True)


@primitive
def plain_pieces(g: Grid) -> Pieces:
    """Cells of one colour that touch by sides."""
    return by_colour(g, False)


@primitive
def objects(g: Grid) -> Pieces:
    """Cells that are not black and touch, by sides or corners."""
    return _touching(g, True)


@primitive
def plain_objects(g: Grid) -> Pieces:
    """Cells that are not black and touch by sides."""
    return _touching(g, False)


@primitive
def gaps(g: Grid) -> Pieces:
    """Black cells that touch by sides, as pieces of grey."""
    return _gaps(g)


@primitive
def colours(g: Grid) -> Pieces:
    """The cells of each colour: a piece for each."""
    found = np.flatnonzero(np.bincount(g.cells.ravel(), minlength=10)[1:]) + 1
    return tuple(t.trim.function(Grid(np.where(g.cells == k, k, 0), g.at)) for k in found)  # type: ignore[misc]


@primitive
def rows(g: Grid) -> Pieces:
    """Each row."""
    return tuple(Grid(g.cells[i:i + 1], (g.at[0] + i, g.at[1])) for i in range(g.shape[0]))


@primitive
def columns(g: Grid) -> Pieces:
    """Each column."""
    return tuple(Grid(g.cells[:, i:i + 1], (g.at[0], g.at[1] + i)) for i in range(g.shape[1]))


def lattice(g: Grid, most: int = MOST) -> list[list[Grid]]:
    """The areas that lines of one colour from edge to edge cut a picture into, row by row.

    Raises:
        Nothing: where no colour has such lines, or there are more areas than that.
    """
    found = _lattice(g, most)
    if found is None:
        raise Nothing("no lines")
    return found


@lru_cache(KEPT)
def _lattice(g: Grid, most: int) -> list[list[Grid]] | None:
    counts = np.bincount(g.cells.ravel(), minlength=10)
    found = []
    for colour in np.argsort(-counts, kind="stable"):
        lines = g.cells == colour
        across, along = np.flatnonzero(lines.all(1)), np.flatnonzero(lines.all(0))
        rows, columns = ([(a, b) for a, b in zip((-1, *cut), (*cut, size), strict=True) if b - a > 1]
                         for cut, size in zip((across.tolist(), along.tolist()), g.shape, strict=True))
        if 1 < len(rows) * len(columns) <= most:
            uneven = len({b - a for a, b in rows}) + len({b - a for a, b in columns})
            found.append((uneven, colour == 0, len(found), rows, columns))
    if not found:
        return None
    *_, rows, columns = min(found, key=lambda f: f[:3])  # as even as can be, not black, of the most frequent colour
    return [[Grid(g.cells[a + 1:b, x + 1:y], (g.at[0] + a + 1, g.at[1] + x + 1)) for x, y in columns] for a, b in rows]


@primitive
def panels(g: Grid) -> Pieces:
    """What lines of one colour from edge to edge cut the picture into."""
    return tuple(p for row in lattice(g) for p in row)


@primitive
def quarters(g: Grid) -> Pieces:
    """Upper left, upper right, lower left and lower right quarter, without middle rows and columns."""
    h, w = g.shape[0] // 2, g.shape[1] // 2
    if not h or not w:
        raise Nothing("too small")
    down, right = g.shape[0] - h, g.shape[1] - w
    return tuple(Grid(g.cells[y:y + h, x:x + w], (g.at[0] + y, g.at[1] + x)) for y in (0, down) for x in (0, right))


@primitive
def squares(g: Grid) -> Pieces:
    """Squares side by side that a picture is a row or column of."""
    h, w = g.shape
    if h == w or max(h, w) % min(h, w):
        raise Nothing("no row of squares")
    n = min(h, w)
    return tuple(Grid(g.cells[y:y + n, x:x + n], (g.at[0] + y, g.at[1] + x))
                 for y in range(0, h, n) for x in range(0, w, n))


@primitive
def marked(g: Grid) -> Pieces:
    """The areas that a frame of one colour encloses, without the frame."""
    found = []
    for p in by_colour(g, False):
        height, width = p.shape
        if min(height, width) > 2 and p.cells[[0, -1]].all() and p.cells[:, [0, -1]].all():
            y, x = p.at[0] - g.at[0], p.at[1] - g.at[1]
            found.append(Grid(g.cells[y + 1:y + height - 1, x + 1:x + width - 1], (p.at[0] + 1, p.at[1] + 1)))
    if not found:
        raise Nothing("no frame")
    return tuple(found)


def _largest(full: np.ndarray) -> tuple[int, int, int, int]:
    """Top, left, height and width of the largest rectangle of ones of at least two a side, the first of several.

    Raises:
        Nothing: where there is none.
    """
    best, best_area = (0, 0, 0, 0), 0
    n = full.shape[1]
    heights, widths = np.zeros(n, dtype=int), np.arange(n) - np.arange(n)[:, None] + 1  # (left, right)
    for bottom, row in enumerate(full):
        heights = np.where(row, heights + 1, 0)
        if int(heights.max()) * n <= best_area or np.count_nonzero(heights > 1) < 2:
            continue
        lows = np.minimum.accumulate(np.where(widths > 0, heights, LONGEST), 1)  # the least from left to right
        areas = np.where((widths > 1) & (lows > 1), lows * widths, 0)
        left, right = divmod(int(areas.argmax()), n)
        if areas[left, right] > best_area:
            best_area, height = int(areas[left, right]), int(lows[left, right])
            best = (bottom - height + 1, left, height, right - left + 1)
    if not best_area:
        raise Nothing("no rectangle")
    return best


def _cut(g: Grid, box: tuple[int, int, int, int]) -> Grid:
    top, left, height, width = box
    return Grid(g.cells[top:top + height, left:left + width], (g.at[0] + top, g.at[1] + left))


@primitive(cost=2)
def largest_block(g: Grid) -> Grid:
    """The largest rectangle of one colour but black."""
    found = []
    for k in np.flatnonzero(np.bincount(g.cells.ravel(), minlength=10)[1:]) + 1:
        try:
            found.append(_largest(g.cells == k))
        except Nothing:
            continue
    if not found:
        raise Nothing("no rectangle")
    return _cut(g, max(found, key=lambda box: box[2] * box[3]))


@primitive(cost=2)
def largest_clearing(g: Grid) -> Grid:
    """The largest black rectangle, in grey."""
    found = _cut(g, _largest(g.cells == 0))
    return Grid(np.full(found.shape, Colour.GREY), found.at)


PARTS = (pieces, plain_pieces, objects, plain_objects, gaps, colours, rows, columns, panels, quarters, squares, marked,
         largest_block, largest_clearing)
