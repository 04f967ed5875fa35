"""Transforms: symmetries, crops, tilings, scalings: where cells go, whatever their colours."""

import numpy as np

from dsl.languages.grids.grid import Colour, Grid, Nothing, bounds
from dsl.primitive import primitive


def placed(cells: np.ndarray, at: tuple[int, int], shape: tuple[int, int]) -> np.ndarray:
    """Cells put to a place in black ones of a shape, as far as they lie in it.

    >>> placed(np.array([[1, 2]]), (0, 1), (1, 2)).tolist()
    [[0, 1]]
    """
    found = np.zeros(shape, dtype=np.uint8)
    top, left = max(at[0], 0), max(at[1], 0)
    part = cells[top - at[0]:max(0, shape[0] - at[0]), left - at[1]:max(0, shape[1] - at[1])]
    found[top:top + part.shape[0], left:left + part.shape[1]] = part
    return found


@primitive(involutive=True)
def flip(g: Grid) -> Grid:
    """Left is right."""
    return Grid(g.cells[:, ::-1], g.at)


@primitive(involutive=True)
def flop(g: Grid) -> Grid:
    """Above is below."""
    return Grid(g.cells[::-1], g.at)


@primitive(involutive=True)
def transpose(g: Grid) -> Grid:
    """Rows are columns."""
    return Grid(g.cells.T, (g.at[1], g.at[0]))


@primitive(cost=2)
def turn(g: Grid) -> Grid:
    """A quarter to the right."""
    return Grid(np.rot90(g.cells, -1), g.at)


@primitive(cost=2)
def turn_back(g: Grid) -> Grid:
    """A quarter to the left."""
    return Grid(np.rot90(g.cells), g.at)


@primitive(involutive=True)
def half_turn(g: Grid) -> Grid:
    """Half around."""
    return Grid(g.cells[::-1, ::-1], g.at)


@primitive
def span(g: Grid, c: Colour) -> Grid:
    """The smallest rectangle that holds all cells of a colour."""
    top, bottom, left, right = bounds(g.cells == c)
    return Grid(g.cells[top:bottom, left:right], (g.at[0] + top, g.at[1] + left))


@primitive(idempotent=True)
def trim(g: Grid) -> Grid:
    """The smallest rectangle that holds all that is not black."""
    top, bottom, left, right = bounds(g.cells)
    return Grid(g.cells[top:bottom, left:right], (g.at[0] + top, g.at[1] + left))


@primitive(idempotent=True)
def to_origin(g: Grid) -> Grid:
    """The same cells, in the upper left corner."""
    return Grid(g.cells)


@primitive
def upper(g: Grid) -> Grid:
    """The upper half, without the middle row."""
    return Grid(g.cells[:g.shape[0] // 2])


@primitive
def lower(g: Grid) -> Grid:
    """The lower half, without the middle row."""
    return Grid(g.cells[-(g.shape[0] // 2):] if g.shape[0] > 1 else g.cells[:0])


@primitive
def left_side(g: Grid) -> Grid:
    """The left half, without the middle column."""
    return Grid(g.cells[:, :g.shape[1] // 2])


@primitive
def right_side(g: Grid) -> Grid:
    """The right half, without the middle column."""
    return Grid(g.cells[:, -(g.shape[1] // 2):] if g.shape[1] > 1 else g.cells[:, :0])


@primitive
def peel(g: Grid) -> Grid:
    """Without the outermost ring."""
    return Grid(g.cells[1:-1, 1:-1], (g.at[0] + 1, g.at[1] + 1))


@primitive(idempotent=True)
def without_blanks(g: Grid) -> Grid:
    """Without rows and columns that are all black."""
    return Grid(g.cells[g.cells.any(1)][:, g.cells.any(0)])


@primitive(idempotent=True)
def without_repeats(g: Grid) -> Grid:
    """Of equal rows beside each other one, and of equal columns."""
    c = g.cells
    rows = np.append(True, (c[1:] != c[:-1]).any(1))
    columns = np.append(True, (c[:, 1:] != c[:, :-1]).any(0))
    return Grid(c[rows][:, columns])


@primitive(idempotent=True)
def rows_by_size(g: Grid) -> Grid:
    """The rows with the fewest cells that are not black first."""
    return Grid(g.cells[np.argsort(np.count_nonzero(g.cells, axis=1), kind="stable")])


@primitive
def scaled(g: Grid, n: int) -> Grid:
    """Each cell n times as high and wide."""
    _times(n)
    return Grid(g.cells.repeat(n, 0).repeat(n, 1))


@primitive
def tiled(g: Grid, n: int) -> Grid:
    """n times below and beside one another."""
    _times(n)
    return Grid(np.tile(g.cells, (n, n)))


@primitive(cost=2)
def repeated_across(g: Grid, n: int) -> Grid:
    """n times beside one another."""
    _times(n)
    return Grid(np.tile(g.cells, (1, n)))


@primitive(cost=2)
def repeated_down(g: Grid, n: int) -> Grid:
    """n times below one another."""
    _times(n)
    return Grid(np.tile(g.cells, (n, 1)))


def _times(n: int) -> None:
    if not 1 < n <= 30:
        raise Nothing(f"{n} times")


@primitive
def mirrored_across(g: Grid) -> Grid:
    """Its mirror image to the right of it."""
    return Grid(np.concatenate([g.cells, g.cells[:, ::-1]], 1))


@primitive
def mirrored_down(g: Grid) -> Grid:
    """Its mirror image below it."""
    return Grid(np.concatenate([g.cells, g.cells[::-1]], 0))


@primitive
def mirrored(g: Grid) -> Grid:
    """Mirror images to the right, below and both."""
    half = np.concatenate([g.cells, g.cells[:, ::-1]], 1)
    return Grid(np.concatenate([half, half[::-1]], 0))


@primitive(cost=2)
def turned_around(g: Grid) -> Grid:
    """A square, and its quarter turns around the middle of a larger one."""
    c = g.cells
    if c.shape[0] != c.shape[1]:
        raise Nothing("no square")
    return Grid(np.block([[c, np.rot90(c, -1)], [np.rot90(c), c[::-1, ::-1]]]))


@primitive
def beside(a: Grid, b: Grid) -> Grid:
    """a, and b to the right of it."""
    return Grid(np.concatenate([a.cells, b.cells], 1))


@primitive
def above(a: Grid, b: Grid) -> Grid:
    """a, and b below it."""
    return Grid(np.concatenate([a.cells, b.cells], 0))


@primitive
def stretched(a: Grid, b: Grid) -> Grid:
    """a with each cell enlarged, so that it is of b's size."""
    (h, w), (height, width) = a.shape, b.shape
    if height % h or width % w or (height, width) == (h, w):
        raise Nothing("no multiple")
    return Grid(a.cells.repeat(height // h, 0).repeat(width // w, 1), b.at)


def enlargement(cells: np.ndarray) -> tuple[int, int]:
    """How many times as high and as wide cells are as the smallest that they are an enlargement of."""
    rows = np.flatnonzero(np.append((cells[1:] != cells[:-1]).any(1), True)) + 1
    columns = np.flatnonzero(np.append((cells[:, 1:] != cells[:, :-1]).any(0), True)) + 1
    return int(np.gcd.reduce(rows)), int(np.gcd.reduce(columns))


@primitive
def shrunk(g: Grid) -> Grid:
    """The grid of which this is the largest enlargement."""
    high, wide = enlargement(g.cells)
    if high == wide == 1:
        raise Nothing("no enlargement")
    return Grid(g.cells[::high, ::wide])


@primitive
def pooled(g: Grid, n: int) -> Grid:
    """Each block of n times n cells as one: its most frequent colour but black, the lower one of two."""
    _times(n)
    (h, w), blocks = (-(-side // n) for side in g.shape), []
    for k in range(1, 10):
        full = np.zeros((h * n, w * n), dtype=np.int32)
        full[:g.shape[0], :g.shape[1]] = g.cells == k
        blocks.append(full.reshape(h, n, w, n).sum((1, 3)))
    counts = np.stack(blocks)
    return Grid(np.where(counts.any(0), counts.argmax(0) + 1, 0))


@primitive
def tiled_over(a: Grid, b: Grid) -> Grid:
    """a again and again over b's area."""
    (h, w), (height, width) = a.shape, b.shape
    if (h, w) == (height, width):
        raise Nothing("of one size")
    return Grid(np.tile(a.cells, (-(-height // h), -(-width // w)))[:height, :width], b.at)


@primitive
def mirrored_over(a: Grid, b: Grid) -> Grid:
    """a and its mirror images by turns over b's area."""
    (h, w), (height, width) = a.shape, b.shape
    if height < h or width < w or (h, w) == (height, width):
        raise Nothing("no room")
    return Grid(np.pad(a.cells, ((0, height - h), (0, width - w)), mode="symmetric"), b.at)


@primitive
def untiled(g: Grid) -> Grid:
    """The smallest picture that it is, again and again, side by side and below one another."""
    found = g.cells
    for _ in range(2):  # down, then across
        n = next(n for n in range(1, len(found) + 1) if len(found) % n == 0 and (found[n:] == found[:-n]).all())
        found = found[:n].T
    if found.shape == g.shape:
        raise Nothing("nothing comes again")
    return Grid(found)


@primitive
def tiled_around(g: Grid) -> Grid:
    """What is not black, again and again to all sides, beginning where it lies."""
    top, bottom, left, right = bounds(g.cells)
    rows, columns = ((np.arange(size) - first) % (last - first) + first for size, first, last in
                     zip(g.shape, (top, left), (bottom, right), strict=True))
    return Grid(g.cells[np.ix_(rows, columns)], g.at)


TRANSFORMS = (flip, flop, transpose, turn, turn_back, half_turn, span, trim, to_origin, upper, lower, left_side,
              right_side, peel, without_blanks, without_repeats, rows_by_size, scaled, tiled, repeated_across,
              repeated_down, mirrored_across, mirrored_down, mirrored, turned_around, beside, above, stretched,
              shrunk, pooled, tiled_over, mirrored_over, untiled, tiled_around)
