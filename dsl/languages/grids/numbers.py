"""Numbers: what is counted and measured in pictures, and pictures made by number."""

import numpy as np

from dsl.languages.grids.grid import LARGEST, LONGEST, Colour, Grid, Nothing, Pieces, usual
from dsl.languages.grids.objects import filled_cells, shown_colours
from dsl.primitive import primitive


@primitive
def how_many(ps: Pieces) -> int:
    """The number of pieces."""
    return len(ps)


@primitive
def variety(g: Grid) -> int:
    """The number of colours but black."""
    return shown_colours(g)


@primitive
def filled(g: Grid) -> int:
    """The number of cells that are not black."""
    return filled_cells(g)


@primitive
def height(g: Grid) -> int:
    """The number of rows."""
    return g.shape[0]


@primitive
def width(g: Grid) -> int:
    """The number of columns."""
    return g.shape[1]


@primitive
def rows_above(p: Grid, g: Grid) -> int:
    """How many rows of a picture lie above another one."""
    return p.at[0] - g.at[0]


@primitive
def rows_below(p: Grid, g: Grid) -> int:
    """How many rows of a picture lie below another one."""
    return g.at[0] + g.shape[0] - p.at[0] - p.shape[0]


@primitive
def columns_before(p: Grid, g: Grid) -> int:
    """How many columns of a picture lie to the left of another one."""
    return p.at[1] - g.at[1]


@primitive
def columns_after(p: Grid, g: Grid) -> int:
    """How many columns of a picture lie to the right of another one."""
    return g.at[1] + g.shape[1] - p.at[1] - p.shape[1]


@primitive(commutative=True, associative=True, identity=0)
def plus(a: int, b: int) -> int:
    """The sum."""
    return a + b


@primitive(commutative=True, associative=True, identity=1, absorbing=0)
def times(a: int, b: int) -> int:
    """The product."""
    return a * b


def _filled(rows: int, columns: int, c: int) -> Grid:
    if not (0 < rows <= LONGEST and 0 < columns <= LONGEST and rows * columns <= LARGEST):
        raise Nothing(f"a picture of {rows} x {columns} cells")
    return Grid(np.full((rows, columns), c, np.uint8))


@primitive
def line(n: int, c: Colour) -> Grid:
    """A row of n cells of a colour."""
    return _filled(1, n, c)


@primitive
def square(n: int, c: Colour) -> Grid:
    """A square of n times n cells of a colour."""
    return _filled(n, n, c)


@primitive
def stripe(n: int, g: Grid) -> Grid:
    """A row of n cells of a picture's most frequent colour."""
    return _filled(1, n, usual(g.cells))


@primitive(cost=2)
def canvas(rows: int, columns: int) -> Grid:
    """A black picture of so many rows and columns."""
    return _filled(rows, columns, Colour.BLACK)


def _first(n: int, shape: tuple[int, int]) -> np.ndarray:
    if n < 1:
        raise Nothing(f"the first {n} cells")
    return (np.arange(shape[0] * shape[1]) < n).reshape(shape)


@primitive
def counted(n: int, g: Grid) -> Grid:
    """The first n cells of its area blue, row by row; the rest black."""
    return Grid(_first(n, g.shape), g.at)


@primitive
def counted_down(n: int, g: Grid) -> Grid:
    """The first n cells of its area blue, column by column; the rest black."""
    return Grid(_first(n, (g.shape[1], g.shape[0])).T, g.at)


@primitive
def numbered(n: int, g: Grid) -> Grid:
    """All of its area in the colour of a number: from 0, which is black, to 9 at most."""
    if n < 0:
        raise Nothing(f"the colour of {n}")
    return Grid(np.full(g.shape, min(n, 9)), g.at)


@primitive
def bars(ps: Pieces) -> Grid:
    """For each piece a column from the top, of its most frequent colour and as many cells as it has."""
    found = np.zeros((max(map(filled_cells, ps)), len(ps)), dtype=np.uint8)
    for column, p in enumerate(ps):
        found[:filled_cells(p), column] = usual(p.cells)
    return Grid(found)


LYING = (rows_above, rows_below, columns_before, columns_after)
MEASURED = (height, width, plus, times, canvas, *LYING)  # what sizes and moves are put together from
COUNTED = (counted, counted_down)
NUMBERS = (how_many, variety, filled, line, square, stripe, bars, numbered, *MEASURED, *COUNTED)
