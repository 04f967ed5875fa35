"""Local rules that grow, and normal forms: what is learned from a few pictures holds for others."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import Example, Spec
from dsl.interpret import Limits, run
from dsl.languages.grids import Grid, for_spec, grids
from dsl.program import Input
from dsl.syntax import parse, show
from solvers.base import Budget
from solvers.grids.growth import grow
from solvers.grids.say import ONE
from solvers.grids.solver import Pictures
from solvers.grids.views import views


def spec(pairs, asked=()) -> Spec:
    return Spec(inputs=[Grid], output=Grid, examples=[Example(Grid(i), output=Grid(o)) for i, o in pairs],
                queries=[(Grid(q),) for q in asked])


def grown(pairs, seconds=120):
    return grow(Input(0, ONE), [(np.array(a), np.array(b)) for a, b in pairs], time.monotonic() + seconds)


def rays(cells: np.ndarray) -> np.ndarray:
    """From each red cell to the right, blue, until something is in the way."""
    out = cells.copy()
    for y, x in zip(*np.nonzero(cells == 2), strict=True):
        for k in range(x + 1, cells.shape[1]):
            if cells[y, k]:
                break
            out[y, k] = 1
    return out


def scene(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.choice([0, 0, 0, 0, 2, 5], size=(int(rng.integers(4, 8)), int(rng.integers(5, 9))))


def test_growth_of_large_pictures_ends_in_time():
    large = np.zeros((30, 30), dtype=np.uint8)
    large[::3, ::4] = np.arange(80).reshape(10, 8) % 9 + 1
    pairs = [(np.roll(large, n), np.where(np.roll(large, n), np.roll(large, n), n % 2 + 1)) for n in range(6)]
    start = time.monotonic()
    list(grown(pairs, seconds=0.1))
    assert time.monotonic() - start < 1.5  # seeing all of it takes longer


def test_rays_are_learned_and_stop_where_they_must():
    shown = [scene(n) for n in range(3)]
    cost, program = min(grown([(c, rays(c)) for c in shown]), key=lambda f: f[0])
    assert cost < 15
    for n in range(10, 30):
        assert np.array_equal(program(Grid(scene(n))).cells, rays(scene(n)))


def test_cells_of_several_colours_change_at_once():
    """Blue and red cells below a green one become yellow and grey, all of a column after the first."""
    def changed(cells):
        out = cells.copy()
        for y in range(1, len(cells)):
            below = np.isin(out[y - 1], (3, 4, 5))
            out[y] = np.where(below & (cells[y] == 1), 4, np.where(below & (cells[y] == 2), 5, cells[y]))
        return out

    def drawn(seed):
        return np.random.default_rng(seed).choice([0, 1, 1, 2, 2, 3], size=(6, 6))

    program = min(grown([(drawn(n), changed(drawn(n))) for n in range(3)]), key=lambda f: f[0])[1]
    for n in range(10, 20):
        assert np.array_equal(program(Grid(drawn(n))).cells, changed(drawn(n)))


def test_what_holds_in_all_ways_is_said_once():
    ring = [[0] * 5, [0, 4, 4, 4, 0], [0, 4, 3, 4, 0], [0, 4, 4, 4, 0], [0] * 5]
    dot = [[3 if (y, x) == (2, 2) else 0 for x in range(5)] for y in range(5)]
    program = min(grown([(dot, ring)]), key=lambda f: f[0])[1]
    assert str(program).startswith("grown_all_ways") and len(str(program)) < 200


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_whatever_grows_is_right_on_what_was_shown(seed, colours):
    rng = np.random.default_rng(seed)
    pairs = []
    for _ in range(2):
        before = rng.integers(0, colours + 1, size=(4, 4))
        after = np.where((before == 0) & (rng.random((4, 4)) < 0.5), 1 + rng.integers(0, 3), before)
        pairs.append((before, after))
    for _, program in grown(pairs, 1):
        # noise takes hundreds of rules, which take their time where other work is done beside
        shown = [run(program, (Grid(a),), Limits(seconds=60)) for a, _ in pairs]
        assert all(np.array_equal(given.cells, b) for given, (_, b) in zip(shown, pairs, strict=True))


@pytest.mark.parametrize("pairs", [
    [([[0, 1]], [[0, 1, 0]])],  # of another size
    [([[0, 1]], [[0, 1]])],  # nothing changes
    [([[0, 1, 2]], [[1, 3, 2]])],  # what changes is what something becomes
    [([[0, 1, 2, 4]], [[3, 3, 3, 3]])],  # cells of many colours change
])
def test_what_does_not_grow_is_left_to_others(pairs):
    assert not list(grown(pairs))


def test_a_program_for_a_normal_form_is_one_for_what_it_is_of():
    given = [np.array([[7, 7, 0], [0, 3, 0], [3, 3, 0]]), np.array([[0, 4, 4], [4, 0, 6], [4, 0, 0]])]
    posed = spec([(c, c[::-1]) for c in given], [np.array([[5, 0], [5, 8]])])
    seen = list(views(posed))
    assert {s.head.name for s in seen} >= {"renamed", "by_weight"}
    for text in ("flop(x0)", "grown(x0, lam(Grid, Grid)(where(y0, blue, flooded(y1, red), y1)))"):
        for view in seen:
            inner = parse(text, view.language(grids), posed.inputs)
            program = view.back(inner)
            for e, shown in zip(posed.examples, view.spec.examples, strict=True):
                assert (program(*e.inputs) == e.output) == (inner(*shown.inputs) == shown.output)


def test_colours_that_are_fixed_are_written_and_read():
    text = "renamed(x0, (red, sky), lam(Grid)(y0))"
    assert show(parse(text, grids, spec([([[1]], [[1]])]).inputs)) == text


def test_colours_that_vary_are_told_by_how_frequent_they_are():
    """The less frequent colour of each picture fills all of it."""
    rng = np.random.default_rng(5)
    pairs = []
    for a, b in [(1, 2), (3, 4), (6, 1), (8, 9)]:
        cells = np.full((3, 4), a)
        cells.ravel()[rng.choice(12, 3, replace=False)] = b
        pairs.append((cells, np.full((3, 4), b)))
    posed = spec(pairs[:3], [pairs[3][0]])
    found = Pictures().solve(for_spec(posed), posed, Budget(seconds=10)).programs
    assert any(np.array_equal(p(Grid(pairs[3][0])).cells, pairs[3][1]) for p in found)
