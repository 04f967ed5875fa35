"""Moves: numbers by which all pieces move, found from where they are seen."""

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import Example, Spec, parse
from dsl.interpret import run
from dsl.languages.grids import Grid, grids
from solvers.grids.moves import moves
from solvers.grids.say import ONE
from solvers.smt.affine import Affine, affine_pairs

rows = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=5)
SAID = ("height(y0)", "times(-1, width(y0))", "2", "columns_after(y0, x0)", "plus(rows_above(y0, x0), -1)")


@settings(max_examples=30)
@given(rows, st.integers(-2, 2), st.integers(-2, 2), st.integers(-5, 5), st.lists(st.tuples(
    st.integers(-9, 9), st.integers(-9, 9)), max_size=2))
def test_two_sums_give_an_option_of_each_row(columns, a, b, c, others):
    """Whatever else a row may give: the sums give one of its options, and cost no more than those they were made by."""
    made = [(a * x + c, b * y) for x, y in columns]
    options = [[*others, pair] for pair in made]
    numbers = list(zip(*columns, strict=True))
    (down, right), *_ = affine_pairs(numbers, [1, 1], options, many=1)
    assert all((down.of(numbers, n), right.of(numbers, n)) in its for n, its in enumerate(options))
    plain = Affine(((0, a),) if a else (), c), Affine(((1, b),) if b else (), 0)
    assert down.cost([1, 1]) + right.cost([1, 1]) <= sum(p.cost([1, 1]) for p in plain)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(SAID), st.sampled_from(SAID))
def test_what_was_moved_by_numbers_is_moved_again(seed, down, right):
    """Programs are right on all examples, and say what they cost in whole numbers."""
    rng = np.random.default_rng(seed)
    mover = parse(f"objects_moved(x0, lam(Grid)({down}), lam(Grid)({right}))", grids, (ONE,))
    pairs = []
    for _ in range(40):
        cells = np.zeros((9, 9), dtype=np.uint8)
        y, x, h, w = rng.integers(0, 5, 2).tolist() + rng.integers(1, 4, 2).tolist()
        cells[y:y + h, x:x + w] = rng.integers(1, 5)
        moved = run(mover, (Grid(cells),))
        if isinstance(moved, Grid) and moved != Grid(cells):
            pairs.append((Grid(cells), moved))
    told, asked = pairs[:3], pairs[3:4]
    if not asked:
        return
    spec = Spec(inputs=[Grid], output=Grid, examples=[Example(a, output=b) for a, b in told],
                queries=[(a,) for a, _ in asked])
    found = list(moves(spec, time.monotonic() + 60))
    assert found
    for cost, program in found:
        assert cost > 0 and all(run(program, (a,)) == b for a, b in told)
