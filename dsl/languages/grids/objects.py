"""Objects: pieces of pictures chosen by what they are, changed, and put together again."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import ndimage

from dsl.languages.grids import cells as c
from dsl.languages.grids import transforms as t
from dsl.languages.grids.grid import KEPT, Colour, Grid, Nothing, Pieces, usual
from dsl.languages.grids.parts import by_colour, objects
from dsl.languages.grids.patterns import balanced
from dsl.primitive import Primitive, described, primitive
from dsl.types import read_annotation


def _size(g: Grid) -> int:
    return g.cells.size


def filled_cells(g: Grid) -> int:
    """How many cells are not black."""
    return int(np.count_nonzero(g.cells))


def shown_colours(g: Grid) -> int:
    """How many colours it shows, but black."""
    return int(np.count_nonzero(np.bincount(g.cells.ravel(), minlength=10)[1:]))


@lru_cache(KEPT)
def _holes(g: Grid) -> int:
    return int(ndimage.label(c.enclosed(g.cells), c.CROSS)[1])  # type: ignore[index]


def _symmetric(g: Grid) -> int:
    c = g.cells
    images = (c[:, ::-1], c[::-1], c.T, c[::-1, ::-1].T) if c.shape[0] == c.shape[1] else (c[:, ::-1], c[::-1])
    return sum(bool((c == image).all()) for image in images)


def _dense(g: Grid) -> float:
    return filled_cells(g) / g.cells.size


MEASURES: dict[str, Callable[[Grid], float]] = {
    "area": _size, "filled": filled_cells, "colours": shown_colours, "holes": _holes, "symmetry": _symmetric,
    "density": _dense,
    "height": lambda g: g.shape[0], "width": lambda g: g.shape[1],
    "top": lambda g: -g.at[0], "bottom": lambda g: g.at[0] + g.shape[0],
    "left": lambda g: -g.at[1], "right": lambda g: g.at[1] + g.shape[1]}
_MANY = read_annotation(Pieces)
_ONE = read_annotation(Grid)


def _chosen(measure: Callable[[Grid], float], sign: int) -> Callable[[Pieces], Grid]:
    def choose(ps: Pieces) -> Grid:
        if len(ps) < 2:
            raise Nothing("no choice")
        values = [sign * measure(p) for p in ps]
        best = max(values)
        found = [p for p, v in zip(ps, values, strict=True) if v == best]
        if len(set(map(_look, found))) > 1:
            raise Nothing("no single one")
        return found[0]
    return choose


def _without(measure: Callable[[Grid], float], sign: int, inside: bool) -> Callable[[Pieces], Pieces]:
    def choose(ps: Pieces) -> Pieces:
        values = [sign * measure(p) for p in ps]
        best = max(values)
        found = tuple(p for p, v in zip(ps, values, strict=True) if (v == best) == inside)
        if not 0 < len(found) < len(ps):
            raise Nothing("no choice")
        return found
    return choose


def shape(g: Grid) -> tuple:
    """What tells shapes apart, whatever their colours."""
    return g.shape, (g.cells != 0).tobytes()


def _look(g: Grid) -> tuple:
    return g.shape, g.cells.tobytes()


def _colour(g: Grid) -> int:
    return usual(g.cells)


def _of_kind(kind: Callable[[Grid], object], often: bool) -> Callable[[Pieces], Grid]:
    def choose(ps: Pieces) -> Grid:
        if len(ps) < 3:
            raise Nothing("no choice")
        kinds = [kind(p) for p in ps]
        counts = Counter(kinds)
        wanted = max(counts.values()) if often else 1
        found = [p for p, k in zip(ps, kinds, strict=True) if counts[k] == wanted]
        if not found or len({kind(p) for p in found}) > 1 or often and wanted == 1:
            raise Nothing("no such one")
        return found[0]
    return choose


MEANS = {"area": "the largest area", "filled": "the most cells", "colours": "the most colours",
         "holes": "the most holes", "symmetry": "the most mirror axes", "density": "the least black in its area",
         "height": "the most rows", "width": "the most columns"}  # what the most of a measure is, in words
CHOICES = (
    *(Primitive(f"most_{name}", (_MANY,), _ONE, described(
        f"The piece with {MEANS[name]}." if name in MEANS else f"The piece furthest at the {name}.", _chosen(m, 1)))
      for name, m in MEASURES.items()),
    *(Primitive(f"least_{name}", (_MANY,), _ONE, described(
        f"The opposite of `most_{name}`: the piece with the least.", _chosen(MEASURES[name], -1))) for name in MEANS),
    *(Primitive(f"{word}_of_{name}", (_MANY,), _MANY, described(
        f"The pieces {which} {MEANS[name]}.", _without(MEASURES[name], sign, inside)), cost=2)
      for name in ("area", "filled", "holes", "symmetry", "colours")
      for word, which, sign, inside in (("those", "with", 1, True), ("others", "without", 1, False),
                                        ("fewest", "with the opposite of", -1, True))),
    *(Primitive(f"{word}_{name}", (_MANY,), _ONE, described(f"{which} {name}.", _of_kind(kind, often)))
      for name, kind in (("shape", shape), ("look", _look), ("colour", _colour))
      for word, which, often in (("odd", "The piece that alone has its", False),
                                 ("usual", "A piece of the most frequent", True))))


def _share(g: Grid, c: Colour) -> int:
    return int(np.count_nonzero(g.cells == c))


@primitive
def most_of(ps: Pieces, c: Colour) -> Grid:
    """The piece with the most cells of a colour."""
    return _chosen(lambda p: _share(p, c), 1)(ps)


@primitive(cost=2)
def least_of(ps: Pieces, c: Colour) -> Grid:
    """The piece with the fewest cells of a colour."""
    return _chosen(lambda p: _share(p, c), -1)(ps)


@primitive(cost=2)
def those_with(ps: Pieces, c: Colour) -> Pieces:
    """The pieces that show a colour."""
    return _without(lambda p: float((p.cells == c).any()), 1, True)(ps)


@primitive(cost=2)
def those_without(ps: Pieces, c: Colour) -> Pieces:
    """The pieces that do not show a colour."""
    return _without(lambda p: float((p.cells == c).any()), -1, True)(ps)


@primitive
def together(ps: Pieces) -> Grid:
    """All pieces where they lie, the first ones on top."""
    top, left = (min(p.at[k] for p in ps) for k in range(2))
    bottom, right = (max(p.at[k] + p.shape[k] for p in ps) for k in range(2))
    cells = np.zeros((bottom - top, right - left), dtype=np.uint8)
    for p in reversed(ps):
        y, x = p.at[0] - top, p.at[1] - left
        np.copyto(cells[y:y + p.shape[0], x:x + p.shape[1]], p.cells, where=p.cells != 0)
    return Grid(cells, (top, left))


@primitive
def joined_at(ps: Pieces, c: Colour) -> Grid:
    """Those that have one cell of a colour, on one another so that these cells coincide."""
    places = [(p, np.argwhere(p.cells == c)) for p in ps]
    moved = [Grid(p.cells, (-int(at[0, 0]), -int(at[0, 1]))) for p, at in places if len(at) == 1]
    if len(moved) < 2:
        raise Nothing("fewer than two")
    return Grid(together.function(tuple(moved)).cells)  # type: ignore[attr-defined]


@primitive(cost=2)
def in_a_row(ps: Pieces) -> Grid:
    """The pieces side by side."""
    return Grid(np.concatenate([p.cells for p in ps], 1))


@primitive(cost=2)
def in_a_column(ps: Pieces) -> Grid:
    """The pieces below one another."""
    return Grid(np.concatenate([p.cells for p in ps], 0))


@primitive
def listed(ps: Pieces) -> Grid:
    """The most frequent colour of each piece, one below the other."""
    return Grid([[usual(p.cells)] for p in ps])


def _stack(ps: Pieces) -> np.ndarray:
    if len(ps) < 2 or len({p.shape for p in ps}) > 1:
        raise Nothing("not of one size")
    return np.stack([p.cells for p in ps])


@primitive
def laid_up(ps: Pieces) -> Grid:
    """Pieces of one size on one another, the first ones on top."""
    found = _stack(ps)
    first = (found != 0).argmax(0)
    return Grid(np.take_along_axis(found, first[None], 0)[0])


@primitive
def shared(ps: Pieces) -> Grid:
    """What pieces of one size all have: the first's cells where none is black."""
    found = _stack(ps)
    return Grid(np.where((found != 0).all(0), found[0], 0))


@primitive
def voted(ps: Pieces) -> Grid:
    """What most of the pieces of one size have at each place, black left aside."""
    found = _stack(ps)
    counts = np.stack([(found == k).sum(0) for k in range(1, 10)])
    return Grid(np.where(counts.any(0), counts.argmax(0) + 1, 0))


@primitive
def first(ps: Pieces) -> Grid:
    """The first piece."""
    return ps[0]


@primitive
def last(ps: Pieces) -> Grid:
    """The last piece."""
    return ps[-1]


@primitive
def rest(ps: Pieces) -> Pieces:
    """All pieces but the first."""
    if len(ps) < 2:
        raise Nothing("a single piece")
    return ps[1:]


@primitive(involutive=True, cost=2)
def backwards(ps: Pieces) -> Pieces:
    """The pieces in the opposite order."""
    return ps[::-1]


@primitive(idempotent=True)
def by_size(ps: Pieces) -> Pieces:
    """The pieces with the most cells first."""
    return tuple(sorted(ps, key=lambda p: -filled_cells(p)))


@primitive(idempotent=True, cost=2)
def by_place(ps: Pieces) -> Pieces:
    """The pieces from left to right, those above first."""
    return tuple(sorted(ps, key=lambda p: (p.at[1], p.at[0])))


@primitive(cost=2)
def joint_area(ps: Pieces) -> Grid:
    """A black picture over the area of all pieces."""
    spans = np.array([(*p.at, p.at[0] + p.shape[0], p.at[1] + p.shape[1]) for p in ps])
    top, left = spans[:, :2].min(0)
    bottom, right = spans[:, 2:].max(0)
    return Grid(np.zeros((bottom - top, right - left), dtype=np.uint8), (int(top), int(left)))


def _each(p: Primitive) -> Primitive:
    def each(ps: Pieces) -> Pieces:
        return tuple(p.function(x) for x in ps)  # type: ignore[misc]
    return Primitive(f"each_{p.name}", (_MANY,), _MANY, described(f"`{p.name}` of every piece.", each), cost=2)


EACH = tuple(map(_each, (t.trim, t.flip, t.flop, t.transpose, t.half_turn, t.without_blanks, t.mirrored_across, c.fill,
                         c.holes, c.border, c.core, c.inverted, c.box, c.commonest, balanced, t.to_origin)))


@primitive(cost=2)
def each_painted(ps: Pieces, k: Colour) -> Pieces:
    """Every piece in this colour."""
    return tuple(c.paint.function(p, k) for p in ps)  # type: ignore[misc]


@primitive(cost=2)
def each_filled(ps: Pieces, k: Colour) -> Pieces:
    """What every piece encloses in this colour."""
    return tuple(c.fill_with.function(p, k) for p in ps)  # type: ignore[misc]


@primitive(cost=2)
def each_outlined(ps: Pieces, k: Colour) -> Pieces:
    """A ring of this colour around every piece's area."""
    return tuple(c.padded.function(p, k) for p in ps)  # type: ignore[misc]


def _two(g: Grid) -> tuple[Grid, Grid, int]:
    """The largest and the smallest piece of one colour, and the axis on which they lie beside each other.

    Raises:
        Nothing: where neither is the only one, or where they lie askew.
    """
    found = sorted(by_colour(g, True), key=filled_cells)
    if len(found) < 2 or filled_cells(found[0]) == filled_cells(found[1]) or len(found) > 2 and filled_cells(
            found[-1]) == filled_cells(found[-2]):
        raise Nothing("no two to tell apart")
    large, small = found[-1], found[0]
    for axis in (0, 1):
        across = 1 - axis
        a, b = large.at[across], small.at[across]
        if a < b + small.shape[across] and b < a + large.shape[across]:
            return large, small, axis
    raise Nothing("not beside each other")


def _put(g: Grid, piece: Grid, at: tuple[int, int], cells: np.ndarray) -> Grid:
    """A grid with one piece taken from its place and these cells put to another, as far as they lie in it."""
    found = g.cells.copy()
    y, x = piece.at[0] - g.at[0], piece.at[1] - g.at[1]
    part = found[y:y + piece.shape[0], x:x + piece.shape[1]]
    part[piece.cells != 0] = 0
    return Grid(np.where(found != 0, found, t.placed(cells, (at[0] - g.at[0], at[1] - g.at[1]), g.shape)), g.at)


@primitive(cost=2)
def drawn_near(g: Grid) -> Grid:
    """The largest piece moved straight towards the smallest, until they touch."""
    large, small, axis = _two(g)
    at = list(large.at)
    before = large.at[axis] < small.at[axis]
    at[axis] = small.at[axis] - large.shape[axis] if before else small.at[axis] + small.shape[axis]
    return _put(g, large, (at[0], at[1]), large.cells)


@primitive(cost=2)
def reflected(g: Grid) -> Grid:
    """The largest piece as its mirror image on the other side of the smallest."""
    large, small, axis = _two(g)
    at = list(large.at)
    at[axis] = 2 * small.at[axis] + small.shape[axis] - large.at[axis] - large.shape[axis]
    return _put(g, large, (at[0], at[1]), np.flip(large.cells, axis))


def _only(choose: Callable[[list[int]], int]) -> Callable[[Grid], Grid]:
    def kept(g: Grid) -> Grid:
        labels, n = ndimage.label(g.cells != 0, c.NEAR)  # type: ignore[misc]
        if n < 2:
            raise Nothing("no choice")
        sizes = np.bincount(labels.ravel())
        return Grid(np.where((labels > 0) & (sizes == choose(sizes[1:].tolist()))[labels], g.cells, 0), g.at)
    return kept


ONLY = tuple(Primitive(f"only_{word}", (_ONE,), _ONE, described(
    f"The {word} objects alone, all that have the {which} cells; where they lie.", _only(choose)))
    for word, which, choose in (("largest", "most", max), ("smallest", "fewest", min)))


@primitive
def boxed(g: Grid) -> Grid:
    """Black cells in an object's area in its most frequent colour; the first objects over later ones."""
    found = g.cells.copy()
    for p in reversed(objects.function(g)):  # type: ignore[call-overload]
        y, x = p.at[0] - g.at[0], p.at[1] - g.at[1]
        part = found[y:y + p.shape[0], x:x + p.shape[1]]
        np.copyto(part, usual(p.cells), where=g.cells[y:y + p.shape[0], x:x + p.shape[1]] == 0)
    return Grid(found, g.at)


@primitive
def middles(g: Grid) -> Grid:
    """The one, two or four cells in the middle of each object's area, in its most frequent colour; the rest black."""
    found = np.zeros_like(g.cells)
    for p in objects.function(g):  # type: ignore[union-attr]
        (y, x), (h, w) = (p.at[0] - g.at[0], p.at[1] - g.at[1]), p.shape
        found[y + (h - 1) // 2:y + h // 2 + 1, x + (w - 1) // 2:x + w // 2 + 1] = usual(p.cells)
    return Grid(found, g.at)


OBJECTS = (*CHOICES, most_of, least_of, those_with, those_without, together, joined_at, in_a_row, in_a_column, listed,
           laid_up, shared, voted, first, last, rest, backwards, by_size, by_place, joint_area, *EACH, each_painted,
           each_filled, each_outlined, drawn_near, reflected, *ONLY, boxed, middles)
