"""What is said of a cell's surroundings, beside what comes of looking at every other cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import parse
from dsl.languages.grids import Colour, Grid, grids
from dsl.types import read_annotation

FAR = {"around": lambda down, right: max(abs(down), abs(right)), "by_sides": lambda down, right: abs(down) + abs(right),
       "across": lambda down, right: abs(right), "along": lambda down, right: abs(down)}
SIDE = {"left": lambda down, right: not down and right < 0, "right": lambda down, right: not down and right > 0,
        "up": lambda down, right: not right and down < 0, "down": lambda down, right: not right and down > 0}


@st.composite
def pictures(draw):
    h, w = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    cells = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=h * w, max_size=h * w))
    return Grid([cells[w * y:w * y + w] for y in range(h)])


PRIMITIVES = {p.name: p for p in grids.primitives}


def called(name: str, g: Grid, *args: Colour):
    try:
        return PRIMITIVES[name].function(g, *args).tolist()
    except ValueError:
        return None


def of_each(g: Grid, say):
    cells = {(y, x): k for y, row in enumerate(g.tolist()) for x, k in enumerate(row)}
    return [[say((y, x), cells) for x in range(g.shape[1])] for y in range(g.shape[0])]


def touch(a, b):
    return max(abs(b[0] - a[0]), abs(b[1] - a[1])) < 2


def full(at, cells):
    """How far down and right of a cell the others are that are not black, and their colours."""
    return [(y - at[0], x - at[1], k) for (y, x), k in cells.items() if k]


@pytest.mark.parametrize("name", FAR)
@given(g=pictures())
def test_distances_are_those_of_the_nearest_cell(name, g):
    if not g.cells.any():
        assert called(f"far_{name}", g) is called(f"alternating_{name}", g) is None
        return
    away = of_each(g, lambda at, cells: min(FAR[name](y, x) for y, x, _ in full(at, cells)))
    assert called(f"far_{name}", g) == away
    assert called(f"alternating_{name}", g) == [[2 - d % 2 if d else 0 for d in row] for row in away]


@pytest.mark.parametrize("name", ["around", "by_sides"])
@given(g=pictures())
def test_the_nearest_colour_is_black_where_two_are_as_near(name, g):
    def say(at, cells):
        away = {k: min((FAR[name](y, x) for y, x, other in full(at, cells) if other == k), default=99) for k in (1, 2)}
        return 0 if away[1] == away[2] else min(away, key=lambda k: away[k])

    assert called(f"nearest_{name}", g) == (of_each(g, say) if g.cells.any() else None)


@pytest.mark.parametrize("way", SIDE)
@given(g=pictures())
def test_cells_are_counted_on_each_side(way, g):
    assert called(f"many_{way}", g) == of_each(
        g, lambda at, cells: sum(SIDE[way](y, x) for y, x, _ in full(at, cells)))


@given(g=pictures())
def test_a_cell_is_sheltered_on_the_sides_on_which_there_are_any(g):
    assert called("sheltered", g) == of_each(
        g, lambda at, cells: sum(any(side(y, x) for y, x, _ in full(at, cells)) for side in SIDE.values()))


@given(g=pictures())
def test_neighbours_of_the_same_colour_are_counted(g):
    for name, reach in (("beside", 1), ("around", 2)):
        assert called(f"alike_{name}", g) == of_each(g, lambda at, cells, reach=reach: sum(
            0 < (y - at[0]) ** 2 + (x - at[1]) ** 2 <= reach and k == cells[at] for (y, x), k in cells.items()))


@given(g=pictures())
def test_neighbours_across_a_corner_are_counted(g):
    assert called("at_corners", g) == of_each(
        g, lambda at, cells: sum(abs(y) == abs(x) == 1 for y, x, _ in full(at, cells)))


@given(g=pictures())
def test_steps_lead_over_black_cells(g):
    def say(at, cells):
        seen, n = {a for a, k in cells.items() if k == 1}, 0
        while at not in seen:
            n += 1
            new = {a for a, k in cells.items() if not k and a not in seen
                   and any(abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for b in seen)}
            if not new:
                return 0
            seen |= new
        return n

    away = of_each(g, say) if (g.cells == 1).any() else None
    assert called("steps", g, Colour.BLUE) == (away and [[min(n, 9) for n in row] for row in away])
    assert called("alternating_steps", g, Colour.BLUE) == (away and [[n and 2 - n % 2 for n in row] for row in away])


@given(g=pictures())
def test_the_colours_around(g):
    def around(at, cells):
        return [k for b, k in cells.items() if b != at and touch(at, b)]

    assert called("usual_around", g) == of_each(
        g, lambda at, cells: max(range(10), key=lambda k: (around(at, cells).count(k), -k)))
    assert called("colours_around", g) == of_each(g, lambda at, cells: len({*around(at, cells)} - {0}))


@given(g=pictures())
def test_the_largest_square_of_one_colour(g):
    def say(at, cells):
        return max(s for s in range(1, 7) for y, x in cells if y <= at[0] < y + s and x <= at[1] < x + s
                   and {cells.get((y + i, x + j)) for i in range(s) for j in range(s)} == {cells[at]})

    assert called("in_square", g) == of_each(g, say)


@given(g=pictures())
def test_pieces_meet_a_colour_as_the_graph_of_touching_pieces_says(g):
    def say(at, cells):
        if cells[at] in (0, 1):
            return 0
        piece, todo = {at}, [at]
        while todo:
            last = todo.pop()
            more = [b for b in cells if b not in piece and cells[b] == cells[at] and touch(last, b)]
            piece.update(more)
            todo += more
        return 1 if any(cells[b] == 1 and touch(a, b) for b in cells for a in piece) else 2

    assert called("piece_meets", g, Colour.BLUE) == (of_each(g, say) if (g.cells == 1).any() else None)


CASES = {
    "run_across(x0)": ("11.2/2222", "2211/4444"), "run_along(x0)": ("12/12/.2/.1", "23/23/23/21"),
    "colour_cells(x0)": ("11.2/3..1", "33.1/1..3"), "colour_rank(x0)": ("11.2/3..1", "11.2/2..1"),
    "row_variety(x0)": ("1.2/.../111", "222/.../111"), "column_variety(x0)": ("1.2/1.1", "1.2/1.2"),
    "row_many(x0, blue)": ("1.1/.22/1..", "222/.../111"), "column_many(x0, red)": ("2.2/..2", "1.2/1.2"),
    "nth_across(x0)": (".1.2/33..", ".1.2/34.."), "nth_along(x0)": (".1.2/33..", ".2.4/13.."),
    "zone(x0)": ("...../..33./...../.3.../.....", "12223/45556/45556/45556/78889"),
    "piece_in_line(x0, blue)": ("1..2./.4.../4...3/..3../3..1.", "...4./.3.../3...1/..1../4...."),
    "row_alike(x0)": ("12/../12", "22/11/22"), "column_alike(x0)": ("1.1/2.2", "212/212"),
}


@pytest.mark.parametrize("call", CASES)
def test_runs_colours_and_lines(call):
    given, wanted = ([[int(c.replace(".", "0")) for c in row] for row in text.split("/")] for text in CASES[call])
    assert parse(call, grids, (read_annotation(Grid),))(Grid(given)).tolist() == wanted
