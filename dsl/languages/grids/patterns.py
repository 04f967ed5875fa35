"""Patterns: what is missing of symmetric and of periodic pictures."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from dsl.languages.grids.grid import Colour, Grid, Nothing, bounds
from dsl.primitive import primitive

MOST_TURNED = 150  # cells of a picture


@primitive(idempotent=True)
def balanced(g: Grid) -> Grid:
    """Black cells as their mirror images: across, along, and across the diagonal of a square."""
    c = g.cells
    for image in (c[:, ::-1], c[::-1], c[::-1, ::-1]):
        c = np.where(c != 0, c, image)
    if c.shape[0] == c.shape[1]:
        c = np.where(c != 0, c, c.T)
    return Grid(c, g.at)


def _best_axis(cells: np.ndarray) -> np.ndarray | None:
    """The mirror image across the column, or between columns, on which most cells agree and none disagree."""
    width, best, found = cells.shape[1], 0, None
    full = cells != 0
    for total in range(width // 2, 2 * width - 1 - width // 2):  # columns a and b mirror each other where a + b = total
        first, last = max(0, total - width + 1), min(width, total + 1)
        part, shown = cells[:, first:last], full[:, first:last]
        image, there = part[:, ::-1], shown[:, ::-1]
        both = shown & there
        agreeing = int(np.count_nonzero(both)) - (0 if total % 2 else int(np.count_nonzero(full[:, total // 2])))
        if agreeing > best and not (both & (image != part)).any() and (there & ~shown).any():
            best, found = agreeing, np.zeros_like(cells)
            found[:, first:last] = image
    return found


@primitive(cost=2)
def completed(g: Grid) -> Grid:
    """Black cells as the mirror image shows them, across the axes on which all other cells agree.

    Where what is not black is square, across its diagonal, too.
    """
    c = g.cells
    for _ in range(2):
        before, across = c, _best_axis(c)
        c = c if across is None else np.where(c != 0, c, across)
        along = _best_axis(c.T)
        c = c if along is None else np.where(c != 0, c, along.T)
        c = _across_diagonal(c)
        if c is before:
            break
    return Grid(c, g.at)


def _across_diagonal(cells: np.ndarray) -> np.ndarray:
    """Cells with what the mirror image shows across the diagonal of their square, if some agree and none disagree."""
    if not cells.any():
        return cells
    top, bottom, left, right = bounds(cells)
    part = cells[top:bottom, left:right]
    if part.shape[0] != part.shape[1]:
        return cells
    both = (part != 0) & (part.T != 0) & ~np.eye(len(part), dtype=bool)
    if not both.any() or (part != part.T)[both].any():
        return cells
    found = cells.copy()
    found[top:bottom, left:right] = np.where(part != 0, part, part.T)
    return found


def _turned(ys: np.ndarray, xs: np.ndarray, down: np.ndarray, right: np.ndarray, shape: tuple[int, ...],
            ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns to which a quarter turn about a point takes cells, and whether they are in a picture."""
    y, x = down + xs, right - ys
    return y, x, (y >= 0) & (x >= 0) & (y < shape[0]) & (x < shape[1])


@primitive(cost=2)
def completed_turning(g: Grid) -> Grid:
    """Black cells as quarter turns show them, about the point about which most cells agree and none disagree."""
    ys, xs = np.nonzero(g.cells)
    if not 1 < len(ys) <= MOST_TURNED:
        raise Nothing(f"{len(ys)} cells")
    c, colours = g.cells, g.cells[ys, xs]
    rows, columns = np.arange(2 * ys.min(), 2 * ys.max() + 1), np.arange(2 * xs.min(), 2 * xs.max() + 1)  # in halves
    row, column = (k.ravel() for k in np.meshgrid(rows, columns, indexing="ij"))
    even = (row + column) % 2 == 0  # others take cells to between cells
    down, right = ((row - column)[even] // 2)[:, None], ((row + column)[even] // 2)[:, None]
    y, x, inside = _turned(ys, xs, down, right, c.shape)  # (centres, cells)
    there = np.where(inside, c[np.clip(y, 0, c.shape[0] - 1), np.clip(x, 0, c.shape[1] - 1)], 0)
    moved = (y != ys) | (x != xs)
    agreeing = ((there == colours) & moved).sum(1)
    fits = (((there == colours) | (there == 0)).all(1)) & (inside & (there == 0)).any(1) & (agreeing > 0)
    if not fits.any():
        raise Nothing("nothing agrees")
    best = int(np.where(fits, agreeing, 0).argmax())
    found = c.copy()
    for _ in range(3):
        ys, xs = np.nonzero(found)
        y, x, free = _turned(ys, xs, down[best], right[best], c.shape)
        image = np.zeros_like(found)
        image[y[free], x[free]] = found[ys[free], xs[free]]
        found = np.where(found != 0, found, image)
    return Grid(found, g.at)


@primitive
def mirrored_about(g: Grid, c: Colour) -> Grid:
    """Black cells as the mirror images show them, across the middle of a colour's area, along it, and both."""
    return _mirrored(g, bounds(np.where(g.cells == c, c, 0)))


@primitive
def mirrored_around(g: Grid, p: Grid) -> Grid:
    """Black cells as the mirror images show them, across the middle of the area where p lies, along it, and both."""
    top, left = p.at[0] - g.at[0], p.at[1] - g.at[1]
    if p.shape == g.shape:
        raise Nothing("no part of it")
    return _mirrored(g, (top, top + p.shape[0], left, left + p.shape[1]))


def _mirrored(g: Grid, area: tuple[int, int, int, int]) -> Grid:
    """A picture with its mirror images across the middle of an area: top, bottom + 1, left, right + 1."""
    top, bottom, left, right = area
    rows, columns = top + bottom - 1 - np.arange(g.shape[0]), left + right - 1 - np.arange(g.shape[1])
    found = g.cells
    for take, axis in ((columns, 1), (rows, 0)):
        inside = (take >= 0) & (take < g.shape[axis])
        image = np.take(found, np.clip(take, 0, g.shape[axis] - 1), axis) * (inside if axis else inside[:, None])
        found = np.where(found != 0, found, image)
    return Grid(found, g.at)


def _by_diagonals(cells: np.ndarray) -> np.ndarray | None:
    """All cells by the falling or the rising diagonals: of the least period with which none that is shown disagrees."""
    (ys, xs), width = np.nonzero(cells), cells.shape[1]
    shown = {slope: _alike(ys + slope * xs + width, cells[ys, xs], len(cells) + 2 * width) for slope in (1, -1)}
    lines = {slope: (np.flatnonzero(line), line[line != 0]) for slope, line in shown.items() if line is not None}
    for period in range(2, min(len(ys) // 2 + 1, sum(cells.shape))):
        for slope, (at, colours) in lines.items():
            stripes = _alike(at % period, colours, period)
            if stripes is not None and stripes.all() and stripes.min() < stripes.max():
                rows, columns = np.indices(cells.shape)
                return stripes[(rows + slope * columns + width) % period]
    return None


def _alike(places: np.ndarray, colours: np.ndarray, many: int) -> np.ndarray | None:
    """The colour that is shown at each of so many places, or black; None where two are."""
    found = np.zeros(many, dtype=np.uint8)
    found[places] = colours
    return found if np.array_equal(found[places], colours) else None


def _periods(c: np.ndarray) -> list[int]:
    """After how many rows all cells that are shown may come again."""
    return [n for n in range(1, len(c) + 1) if not ((c[n:] != c[:-n]) & (c[n:] != 0) & (c[:-n] != 0)).any()]


def _periodic(c: np.ndarray) -> np.ndarray | None:
    """All cells by the pattern of least area, again and again, with which none that is shown disagrees."""
    (height, width), (ys, xs) = c.shape, np.nonzero(c)
    colours = c[ys, xs]
    for size, high, wide in sorted((h * w, h, w) for h, w in product(_periods(c), _periods(c.T))):
        if size == 1:
            continue
        if size * 2 > len(ys):
            break
        tile = _alike(ys % high * wide + xs % wide, colours, size)
        if tile is not None and tile.all():
            return tile.reshape(high, wide)[np.arange(height)[:, None] % high, np.arange(width) % wide]
    return None


@primitive(idempotent=True, cost=2)
def continued(g: Grid) -> Grid:
    """Black cells as the pattern goes on that all others keep: of the least period along and across, or diagonally."""
    if g.cells.all() or not g.cells.any():
        raise Nothing("nothing to go on with")
    found = _periodic(g.cells)
    found = _by_diagonals(g.cells) if found is None else found
    if found is None:
        raise Nothing("no pattern")
    return Grid(found, g.at)


def _steps(c: np.ndarray) -> Iterator[tuple[int, int]]:
    """After how many rows, and so many columns further on, what is shown may come again; the fewest first.

    At least a third of what is not black has to come again as it was.
    """
    (height, width), wanted = c.shape, np.count_nonzero(c)
    for down in range(1, height):
        for right in sorted(range(1 - width, width), key=abs):
            later = c[down:, max(right, 0):width + min(right, 0)]
            earlier = c[:height - down, max(-right, 0):width - max(right, 0)]
            if 3 * np.count_nonzero(later) >= wanted and np.array_equal(later, earlier):
                yield down, right


def _prolonged(c: np.ndarray, height: int) -> np.ndarray:
    """More rows below, as they come again."""
    down, right = next(_steps(c), (0, 0))
    if not down:
        raise Nothing("nothing comes again")
    found = np.zeros((height, c.shape[1]), dtype=np.uint8)
    found[:len(c)] = c
    for row in range(len(c), height):
        found[row, max(right, 0):c.shape[1] + min(right, 0)] = found[
            row - down, max(-right, 0):c.shape[1] - max(right, 0)]
    return found


@primitive
def prolonged(a: Grid, b: Grid) -> Grid:
    """a, going on over b's area below and to the right as its rows and columns come again, straight or aslant."""
    (height, width), c = b.shape, a.cells
    if not c.any() or height < c.shape[0] or width < c.shape[1] or b.shape == c.shape:
        raise Nothing("nothing to go on with")
    c = _prolonged(c, height) if height > c.shape[0] else c
    c = _prolonged(c.T, width).T if width > c.shape[1] else c
    return Grid(c, b.at)


def _seen_through(cells: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Cells with those that are hidden as symmetry shows them, or a pattern: black ones are seen, too.

    Raises:
        Nothing: where none are hidden, or most, or neither symmetry nor a pattern tells all that are.
    """
    if not 0 < 2 * np.count_nonzero(hidden) < hidden.size:
        raise Nothing("none or most of it is hidden")
    c = np.where(hidden, 0, cells + 1)  # so that 0 is what is not known
    while not c.all():
        before = np.count_nonzero(c)
        for turned in (c, c.T):
            image = _best_axis(turned)
            if image is not None:
                np.copyto(turned, image, where=turned == 0)
        if c.shape[0] == c.shape[1] and ((c == c.T) | (c == 0) | (c.T == 0)).all():
            c = np.where(c != 0, c, c.T)
        if np.count_nonzero(c) == before:
            found = _periodic(c)
            if found is None:
                raise Nothing("neither symmetric nor a pattern")
            c = found
    return c - 1


@primitive
def unveiled(g: Grid, c: Colour) -> Grid:
    """What cells of a colour hide, as symmetry shows it, or a pattern."""
    return Grid(_seen_through(g.cells, g.cells == c), g.at)


@primitive
def behind(g: Grid, c: Colour) -> Grid:
    """What the cells of a colour hide, alone: the smallest rectangle that holds them."""
    return _part(g, g.cells == c)


@primitive
def missing(g: Grid) -> Grid:
    """What the black cells hide, as symmetry shows it, or a pattern: the smallest rectangle that holds them."""
    return _part(g, g.cells == 0)


def _part(g: Grid, hidden: np.ndarray) -> Grid:
    top, bottom, left, right = bounds(hidden)
    return Grid(_seen_through(g.cells, hidden)[top:bottom, left:right], (g.at[0] + top, g.at[1] + left))


PATTERNS = (balanced, completed, completed_turning, mirrored_about, mirrored_around, continued, prolonged, unveiled,
            behind, missing)
