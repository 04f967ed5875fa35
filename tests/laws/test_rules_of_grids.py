"""Rules over pictures: covers, sizes, bounds and pieces against brute force; answers that training leaves open."""

import time
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import DSL, Example, Spec, parse
from dsl.languages.grids import Colour, Grid, for_spec, grids
from dsl.languages.grids.each import EACH, IN_EACH, pairs
from dsl.languages.grids.grid import Nothing
from dsl.languages.grids.transforms import flip, turn
from dsl.program import Program
from dsl.types import read_annotation
from nesy.engine import solve
from solvers.asp import stack
from solvers.asp.cover import cheapest, useful
from solvers.base import Budget, Status
from solvers.grids import layers
from solvers.grids.layers import stacked
from solvers.grids.rules import Picture, induce
from solvers.grids.search import Search
from solvers.grids.sizes import Number, canvases
from solvers.grids.views import in_each
from solvers.smt.affine import LARGEST_FACTOR, Affine, affine

pictures = st.integers(1, 5).flatmap(lambda width: st.lists(
    st.lists(st.integers(0, 3), min_size=width, max_size=width), min_size=1, max_size=5)).map(Grid)
ONE = read_annotation(Grid)
covers = st.lists(st.tuples(st.integers(1, 4), st.frozensets(st.integers(0, 4))), min_size=1, max_size=7)


def program(text: str) -> Program:
    return parse(text, grids, (ONE,))


@given(covers)
def test_the_rules_that_are_left_out_are_not_missed(rules):
    """The cheapest cover out of all subsets costs what the one found does."""
    found = cheapest(rules, 5)
    costs = [sum(rules[n][0] for n in some) for size in range(len(rules) + 1)
             for some in combinations(range(len(rules)), size)
             if set().union(*(rules[n][1] for n in some)) >= set(range(5))]
    assert (found is None) == (not costs)
    if found is not None:
        assert sum(rules[n][0] for n in found[0]) == min(costs) and set(found[0]) <= set(useful(rules, 5))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 3), st.lists(st.integers(0, 2), min_size=4, max_size=4)), min_size=1,
                max_size=4), st.frozensets(st.integers(0, 3)))
def test_stacks_are_the_cheapest_that_show_what_is_wanted(layers, wanted):
    """Of all orders of all layers: the first that covers a place is right there, and every wanted place is covered."""
    told = [(cost, {p for p, k in enumerate(kinds) if k == 1}, {p for p, k in enumerate(kinds) if k == 2})
            for cost, kinds in layers]

    def shows(order) -> bool:
        covered: set[int] = set()
        for n in order:
            if told[n][2] - covered:
                return False
            covered |= told[n][1] | told[n][2]
        return wanted <= covered

    costs = [sum(told[n][0] + 1 for n in order) for size in range(4) for order in permutations(range(len(told)), size)
             if shows(order)]
    found = stack.cheapest(told, wanted, 3)
    assert (found is None) == (not costs)
    if found is not None:
        assert shows(found[0]) and sum(told[n][0] + 1 for n in found[0]) == min(costs)


def test_layers_lie_on_one_another_in_the_order_in_which_they_are_right():
    x = [Grid([[1, 2, 0], [0, 2, 3]]), Grid([[2, 2, 1], [1, 0, 0]]), Grid([[3, 0, 2], [2, 1, 1]])]
    programs = [program(text) for text in ("keep(x0, red)", "flip(x0)", "paint(x0, sky)")]
    shown = [Picture(p, p.cost, np.concatenate([p(g).cells.ravel() for g in x])) for p in programs]
    wanted = program("laid(keep(x0, red), laid(flip(x0), paint(x0, sky)))")
    target = np.concatenate([wanted(g).cells.ravel() for g in x[:2]])
    found = list(stacked(shown, target, float("inf")))
    assert str(found[0].program) == str(wanted) and found[0].cost == wanted.cost


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_of_large_pictures_few_are_stacked_so_that_they_are_grounded_in_time(seed, many):
    rng = np.random.default_rng(seed)
    target = rng.integers(0, 10, 2500).astype(np.uint8)
    shown = [Picture(program("x0"), 1, np.where(rng.random(2500) < 0.4, target, 0).astype(np.uint8))
             for _ in range(many)]
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "cheapest", lambda asked, *_, **__: told.append(asked))
        for seconds in (0.02, 0.5, 100.0):
            list(stacked(shown, target, time.monotonic() + seconds))
    for asked in told:
        assert sum(len(right) + len(wrong) for _, right, wrong in asked) <= layers.FACTS
    assert list(stacked(shown, target, time.monotonic() - 1)) == []


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=2),
       st.tuples(st.integers(1, 20), st.integers(1, 20)))
def test_sizes_are_the_cheapest_combinations(columns, wanted):
    """z3 finds a combination where there is one, and none is cheaper."""
    found = list(affine(columns, [1] * len(columns), wanted, many=1))
    costs = []
    for factors in product(range(-LARGEST_FACTOR, LARGEST_FACTOR + 1), repeat=len(columns)):
        terms = {want - sum(k * c[row] for k, c in zip(factors, columns, strict=True)) for row, want in
                 enumerate(wanted)}
        if len(terms) == 1 and abs(term := terms.pop()) <= 30:
            costs.append(Affine(tuple((n, k) for n, k in enumerate(factors) if k), term).cost([1] * len(columns)))
    assert bool(found) == bool(costs)
    for told in found:
        assert [told.of(columns, row) for row in range(2)] == list(wanted)
        assert told.cost([1] * len(columns)) == min(costs)


def test_an_answer_is_as_large_as_what_was_counted():
    x = Grid([[1, 0, 1], [0, 0, 0], [1, 0, 0]])
    counted = Number(program("how_many(pieces(x0))"), 3, (3, 2))
    found = dict((str(p), cost) for cost, p in canvases([counted], [(1, 3)]))
    assert "canvas(1, how_many(pieces(x0)))" in found
    assert program("canvas(1, how_many(pieces(x0)))")(x) == Grid([[0, 0, 0]])


@given(pictures, st.sampled_from(sorted(IN_EACH)))
def test_pieces_put_back_as_they_are_change_nothing(g, name):
    try:
        assert IN_EACH[name].function(g, lambda piece: piece) == g
    except Nothing:
        assert name == "panel" or not g.cells.any()


@given(pictures, st.sampled_from(sorted(EACH)))
def test_what_becomes_of_pieces_put_back_is_what_becomes_of_all(g, name):
    """Where the pairs of pieces follow from the pieces alone, they say all that happens."""
    def changed(cells: np.ndarray) -> np.ndarray:
        return np.where(cells == 1, 2, cells)

    after = Grid(changed(g.cells))
    try:
        becomes = dict(pairs(EACH[name], g, after))
    except Nothing:
        return
    assert IN_EACH[name].function(g, lambda piece: becomes[Grid(piece.cells)]) == after


def test_a_task_is_asked_of_its_pieces():
    """Where every row is turned round, each row is an example of that."""
    rng = np.random.default_rng(3)
    before = [Grid(rng.integers(1, 4, (3, 4))) for _ in range(3)]
    spec = Spec(inputs=[Grid], output=Grid, examples=[Example(g, output=Grid(g.cells[:, ::-1])) for g in before[:2]],
                queries=[(before[2],)])
    assert {str(seen.head.name) for seen in in_each(spec)} >= {"in_each_row"}
    assert all(e.output == Grid(e.inputs[0].cells[:, ::-1]) for seen in in_each(spec) if "row" in seen.head.name
               for e in seen.spec.examples)


def test_a_task_is_solved_wherever_its_pictures_lie():
    spec = Spec(inputs=[Grid], output=Grid, examples=[
        Example(Grid([[1, 2], [0, 1]], (3, 4)), output=Grid([[2, 1], [1, 0]])),
        Example(Grid([[3, 0, 1]], (1, 0)), output=Grid([[1, 0, 3]]))], queries=[(Grid([[5, 6]], (7, 7)),)])
    found = solve(for_spec(spec), spec, budget=Budget(seconds=6), trusted=True)
    assert found.program is not None and found.program(Grid([[5, 6]], (7, 7))) == Grid([[6, 5]])


def test_answers_are_written_in_the_words_of_the_language():
    """Where a language has few words, no others are used, whatever rules could be said in them."""
    few = DSL("few", [flip, turn], constants={Colour: [Colour.RED]})
    told = [(Grid([[1, 0], [3, 1]]), Grid([[2, 0], [3, 2]])), (Grid([[0, 1, 3]]), Grid([[0, 2, 3]]))]
    posed = Spec(inputs=[Grid], output=Grid, examples=[Example(a, output=b) for a, b in told], queries=[(told[0][0],)])
    found = solve(few, posed, budget=Budget(seconds=3), trusted=True)
    assert found.program is None and found.status is not Status.SOLVED and not found.shares


def test_a_program_speaks_for_its_answer_once():
    spec = Spec(inputs=[Grid], output=Grid, examples=[Example(Grid([[1, 1]]), output=Grid([[1, 1]]))],
                queries=[(Grid([[1, 2]]),)])
    search = Search(grids, spec, Budget(seconds=1), frozenset())
    for _ in range(3):
        search.keep(1, program("x0"))
        search.keep(2, program("flip(x0)"))
        search.keep(3, program("flip(flop(x0))"))
    first, second = search.best(2)
    assert str(second[0]) == "flip(x0)" and first[1] > second[1]
    assert abs(second[1] / first[1] - (2 ** -2 + 2 ** -3) / 2 ** -1) < 1e-9 and 0.99 < first[1] + second[1] < 1


def test_both_answers_are_given_where_training_leaves_them_open():
    """Holes of two cells were seen; of three not: as they are two, or as they are at least two."""
    one = [[3, 3, 3], [3, 0, 3], [3, 3, 3]]
    two = [[3, 3, 3, 3], [3, 0, 0, 3], [3, 3, 3, 3]]
    three = Grid([[3, 3, 3, 3, 3], [3, 0, 0, 0, 3], [3, 3, 3, 3, 3]])
    spec = Spec(inputs=[Grid], output=Grid, examples=[
        Example(Grid(one), output=Grid(one)),
        Example(Grid(two), output=Grid([[3, 3, 3, 3], [3, 4, 4, 3], [3, 3, 3, 3]]))], queries=[(three,)])
    found = solve(for_spec(spec), spec, budget=Budget(seconds=10), trusted=True)
    answers = {p(three).cells[1, 2] for p in found.programs}
    assert answers == {0, 4}


def drawn(seed: int, share: float) -> Grid:
    rng = np.random.default_rng(seed)
    return Grid(np.where(rng.random((7, 8)) < share, rng.integers(1, 4, (7, 8)), 0))


@pytest.mark.parametrize(("meant", "share"), [
    ("where(alternating_around(x0), blue, x0, nearest_by_sides(x0))", 0.06),
    ("agreeing(x0, row_colour(x0))", 0.6),
    ("where(steps(x0, blue), black, x0, flooded(x0, green))", 0.4),
    ("where(at_least(in_square(x0), red), blue, flooded(x0, red), x0)", 0.7)])
def test_rules_ask_what_lies_around_a_cell_and_where_pictures_agree(meant, share):
    """What such a program makes of pictures drawn is told apart from all else by four of them."""
    seen = [drawn(seed, share) for seed in range(5)]
    *told, last = [(g, program(meant)(g)) for g in seen]
    spec = Spec(inputs=[Grid], output=Grid, examples=[Example(a, output=b) for a, b in told], queries=[(last[0],)])
    found = solve(for_spec(spec), spec, budget=Budget(seconds=10), trusted=True)
    assert last[1] in [p(last[0]) for p in found.programs]


def test_bounds_on_counts_are_tests():
    """Green for one and two, yellow for three and four: what was not seen, five, is on the side of four."""
    told = [Picture(program("flooded(x0, green)"), 1, np.full(5, 3)),
            Picture(program("flooded(x0, yellow)"), 1, np.full(5, 4)),
            Picture(program("neighbours(x0)"), 2, np.array([1, 2, 3, 4, 5]), strange=3)]
    found = list(induce(told, np.array([3, 3, 4, 4]), float("inf")))
    best = max(found, key=lambda f: f.weight)
    assert "at_least(neighbours(x0), green)" in str(best.program)
    assert best.weight >= 2.0 ** -best.cost
