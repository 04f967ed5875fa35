"""Views: a picture looked at in a normal form, of its colours or of how it lies; what is made of it is turned back."""

from collections.abc import Callable, Iterable

import numpy as np

from dsl.languages.grids.grid import LARGEST, Colour, Grid, Nothing
from dsl.languages.grids.parts import lattice
from dsl.languages.grids.transforms import enlargement
from dsl.primitive import primitive
from dsl.types import read_annotation

Change = Callable[[np.ndarray], np.ndarray]
View = tuple[Change, Change]  # how cells are seen, and back
Make = Callable[[Grid], Grid]


def renaming(g: Grid, fixed: Iterable[int]) -> View:
    """Colours but black and the fixed ones by how frequent they are in a picture, the most frequent first.

    >>> there, back = renaming(Grid([[5, 7, 7], [2, 0, 0]]), [2])
    >>> there(np.array([5, 7, 2, 0])).tolist(), back(np.array([1, 3])).tolist()
    ([3, 1, 2, 0], [7, 5])
    """
    free = [k for k in range(1, 10) if k not in {int(k) for k in fixed}]
    flat = g.cells.ravel()
    counts = np.bincount(flat, minlength=10)
    first = {k: int((flat == k).argmax()) for k in free}
    order = sorted(free, key=lambda k: (-counts[k], first[k] if counts[k] else k))
    there = np.arange(10, dtype=np.uint8)
    there[order] = free
    back = np.argsort(there).astype(np.uint8)
    return there.__getitem__, back.__getitem__


def ground(g: Grid) -> View:
    """The most frequent colour black, and black in its place."""
    table = np.arange(10, dtype=np.uint8)
    most = int(np.bincount(g.cells.ravel(), minlength=10).argmax())
    table[[0, most]] = most, 0
    return table.__getitem__, table.__getitem__


def renaming_all(g: Grid, fixed: Iterable[int]) -> View:
    """The most frequent colour black; then the others by how frequent they are."""
    there, back = ground(g)
    then, undone = renaming(Grid(there(g.cells)), fixed)
    return lambda cells: then(there(cells)), lambda cells: back(undone(cells))


def _turns(across: bool, right: bool, down: bool) -> View:
    """Transposed, then mirrored, each or not."""
    def there(cells: np.ndarray) -> np.ndarray:
        cells = cells.T if across else cells
        return cells[::-1 if down else 1, ::-1 if right else 1]

    def back(cells: np.ndarray) -> np.ndarray:
        cells = cells[::-1 if down else 1, ::-1 if right else 1]
        return cells.T if across else cells
    return there, back


def grain(g: Grid) -> View:
    """Transposed where neighbours one below the other are alike more often than those side by side."""
    c = g.cells
    across = float((c[:, 1:] == c[:, :-1]).mean()) if c.shape[1] > 1 else 1.0
    along = float((c[1:] == c[:-1]).mean()) if c.shape[0] > 1 else 1.0
    return _turns(along > across, False, False)


def weight(g: Grid) -> View:
    """Mirrored so that most of what is not black lies in the upper and in the left half."""
    full = g.cells != 0
    h, w = full.shape
    right = full[:, (w + 1) // 2:].sum() > full[:, :w // 2].sum()
    down = full[(h + 1) // 2:].sum() > full[:h // 2].sum()
    return _turns(False, bool(right), bool(down))


def grain_and_weight(g: Grid) -> View:
    """Along the grain, then by the weight."""
    there, back = grain(g)
    then, undone = weight(Grid(there(g.cells)))
    return lambda cells: then(there(cells)), lambda cells: back(undone(cells))


def paneled(g: Grid) -> View:
    """Each panel that lines cut it into as a cell of its colour; lines stay as they are.

    >>> there, back = paneled(Grid([[1, 5, 2], [1, 5, 2]]))
    >>> there(np.array([[1, 5, 2], [1, 5, 2]])).tolist(), back(np.array([[3, 2]], dtype=np.uint8)).tolist()
    ([[1, 2]], [[3, 5, 2], [3, 5, 2]])

    Raises:
        Nothing: where there are no lines; of its two ways, for pictures of another size.
    """
    flat = Grid(g.cells)
    cut = lattice(flat, LARGEST)
    rows, columns = np.array([p.at[0] for p, *_ in cut]), np.array([p.at[1] for p in cut[0]])

    def there(cells: np.ndarray) -> np.ndarray:
        if cells.shape != flat.shape:
            raise Nothing("of another size")
        return cells[np.ix_(rows, columns)]

    def back(cells: np.ndarray) -> np.ndarray:
        if cells.shape != (len(rows), len(columns)):
            raise Nothing("of another size")
        found = flat.cells.copy()
        for panels, colours in zip(cut, cells, strict=True):
            for p, colour in zip(panels, colours, strict=True):
                found[p.at[0]:p.at[0] + p.shape[0], p.at[1]:p.at[1] + p.shape[1]] = colour
        return found
    return there, back


def blocks(g: Grid) -> View:
    """Each of the largest equal squares that it is made of as a cell.

    Raises:
        Nothing: where single cells matter.
    """
    n = int(np.gcd(*enlargement(g.cells)))
    if n == 1:
        raise Nothing("no blocks")
    return lambda cells: cells[::n, ::n], lambda cells: cells.repeat(n, 0).repeat(n, 1)


def through(view: View, g: Grid, make: Make) -> Grid:
    """What is made of a picture as it is seen, seen back."""
    there, back = view
    return Grid(back(make(Grid(there(g.cells))).cells))


@primitive(cost=8)
def renamed(g: Grid, fixed: tuple[Colour, ...], make: Make) -> Grid:
    """What is made of it with its colours, but the fixed ones, named by how frequent they are."""
    return through(renaming(g, fixed), g, make)


@primitive(cost=8)
def renamed_on_black(g: Grid, fixed: tuple[Colour, ...], make: Make) -> Grid:
    """What is made of it with its most frequent colour black and all others, but the fixed ones, named so."""
    return through(renaming_all(g, fixed), g, make)


@primitive(cost=8)
def on_black(g: Grid, make: Make) -> Grid:
    """What is made of it where its most frequent colour and black change places."""
    return through(ground(g), g, make)


@primitive(cost=8)
def along_the_grain(g: Grid, make: Make) -> Grid:
    """What is made of it where it is transposed if that lays its lines across."""
    return through(grain(g), g, make)


@primitive(cost=8)
def by_weight(g: Grid, make: Make) -> Grid:
    """What is made of it where it is mirrored so that most lies above and left."""
    return through(weight(g), g, make)


@primitive(cost=8)
def by_grain_and_weight(g: Grid, make: Make) -> Grid:
    """What is made of it where it is transposed and mirrored so."""
    return through(grain_and_weight(g), g, make)


@primitive(cost=8)
def on_panels(g: Grid, make: Make) -> Grid:
    """What is made of it where each panel is a cell."""
    return through(paneled(g), g, make)


@primitive(cost=8)
def on_blocks(g: Grid, make: Make) -> Grid:
    """What is made of it where each block, the largest square that all of it is made of, is a cell."""
    return through(blocks(g), g, make)


FIXED = read_annotation(tuple[Colour, ...])
FORMS = {on_black: ground, along_the_grain: grain, by_weight: weight, by_grain_and_weight: grain_and_weight,
         on_panels: paneled, on_blocks: blocks}
VIEWS = (renamed, renamed_on_black, *FORMS)
