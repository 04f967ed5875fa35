"""Pictures at the edges: places, sizes and budgets that tasks of the corpus do not have."""

import time
import weakref

import numpy as np
import pytest

import solvers.grids.solver as solver_module
from dsl import Example, Spec, load, parse
from dsl.languages.grids import Grid, for_spec, grids
from dsl.languages.grids.combine import for_each
from dsl.languages.grids.grid import Nothing, remembered
from dsl.languages.grids.growth import GROWTH
from dsl.languages.grids.parts import marked
from solvers.base import Budget, Status
from solvers.grids.made_of import smaller
from solvers.grids.moves import moves
from solvers.grids.rules import Picture, induce
from solvers.grids.say import ONE
from solvers.grids.search import Search
from solvers.grids.sizes import canvases
from solvers.grids.solver import ALL, Pictures, first_kept


def test_what_a_frame_encloses():
    frame = Grid([[1, 1, 1, 0], [1, 2, 1, 0], [1, 1, 1, 0]])
    assert [(g.tolist(), g.at) for g in marked.function(frame)] == [([[2]], (1, 1))]
    with pytest.raises(Nothing):
        marked.function(Grid([[1, 1], [1, 0]]))


def test_of_pictures_that_are_right_everywhere_each_answer_is_told():
    program = parse("flip(x0)", load("grids"), (ONE,), ONE)
    pictures = [Picture(program, cost, np.array([1, 2, asked], np.uint8)) for cost, asked in ((2, 0), (3, 5), (4, 5))]
    found = [(f.cost, f.weight) for f in induce(pictures, np.array([1, 2], np.uint8), time.monotonic() + 9)]
    assert sorted(c for c, _ in found)[:2] == [2, 3] and len({w for _, w in found}) == 2


def test_a_picture_that_lies_elsewhere_is_an_answer_where_it_is_wanted_there():
    there = Grid([[1, 2]], (3, 4))
    spec = Spec(inputs=[Grid], output=Grid, examples=[Example(there, output=there)])
    found = Pictures().solve(grids, spec, Budget(seconds=1))
    assert found.status is Status.SOLVED and all(spec.holds(p) for p in found.programs)


def test_answers_larger_than_grids_may_be_are_made_of_nothing():
    wide = np.ones((1, 100), int)
    wide[0, ::7] = 2
    list(smaller(Spec(inputs=[Grid], output=Grid, examples=[Example(Grid([[1]]), output=Grid(wide))])))
    with pytest.raises(Nothing, match="too large"):
        for_each.function(Grid(np.ones((30, 30), int)), Grid(np.ones((30, 30), int)))


def test_a_spec_without_inputs_moves_nothing():
    assert list(moves(Spec(inputs=[], output=Grid, examples=[Example(output=Grid([[1]]))]), 1e99)) == []


def test_want_of_memory_late_in_a_search_loses_no_answer(monkeypatch):
    spec = Spec(inputs=[Grid], output=Grid, examples=[
        Example(Grid([[1, 0], [2, 0]]), output=Grid([[2, 0], [1, 0]])),
        Example(Grid([[0, 3], [4, 0]]), output=Grid([[4, 0], [0, 3]]))])

    class Starved(Search):
        def beside(self, share: float, longer: bool = False) -> None:
            raise MemoryError

    monkeypatch.setattr(solver_module, "Search", Starved)
    found = Pictures().solve(grids, spec, Budget(seconds=2))
    assert found.status is Status.SOLVED and found.program(Grid([[5], [6]])) == Grid([[6], [5]])


def test_answers_larger_than_the_budget_are_none():
    spec = Spec(inputs=[Grid], output=Grid, examples=[
        Example(Grid([[1, 0], [2, 0]]), output=Grid([[2, 0], [1, 0]]))], queries=[(Grid([[5, 6], [7, 8]]),)])
    found = Pictures(parts=ALL).solve(grids, spec, Budget(seconds=3.5, size=4))
    assert found.programs and all(p.cost <= 4 for p in found.programs)


def test_sizes_are_not_solved_for_beyond_their_time():
    assert list(canvases([], [(2, 3)], until=time.monotonic() - 1)) == []
    assert len(list(canvases([], [(2, 3)]))) == 1


def test_growth_goes_on_for_as_many_steps_as_there_are_cells():
    def step(given: Grid, now: Grid) -> Grid:
        cells = now.cells.copy()
        end = int(np.flatnonzero(cells[0])[-1])
        cells[0, min(end + 1, cells.shape[1] - 1)] = 3
        return Grid(cells)

    first = np.zeros((1, 95), int)
    first[0, 0] = 3
    assert (GROWTH["grown"].function(Grid(first), step).cells == 3).all()


def test_the_first_values_are_kept_and_that_there_is_none():
    calls = []

    def half(x: int) -> int:
        calls.append(x)
        if x % 2:
            raise Nothing("odd")
        return x // 2

    for kept in (first_kept(half, 4), remembered(half)):
        calls.clear()
        for _ in range(3):
            assert kept(4) == 2
            with pytest.raises(Nothing, match="odd"):
                kept(3)
        assert calls == [4, 3]


def test_an_answer_cut_out_elsewhere_than_in_training_lies_where_answers_lie():
    spec = Spec(inputs=[Grid], output=Grid, examples=[
        Example(Grid([[1, 2, 0], [2, 1, 0], [0, 0, 0]]), output=Grid([[1, 2], [2, 1]])),
        Example(Grid([[3, 0, 0], [3, 3, 0], [0, 0, 0], [0, 0, 0]]), output=Grid([[3, 0], [3, 3]]))],
        queries=[(Grid([[0, 0, 0], [0, 4, 4], [0, 4, 0]]),)])
    result = Pictures().solve(for_spec(spec), spec, Budget(seconds=4))
    assert result.programs[0](*spec.queries[0]) == Grid([[4, 4], [4, 0]])


def test_what_breaks_down_takes_no_answer_with_it(monkeypatch):
    spec = Spec(inputs=[Grid], output=Grid, examples=[Example(Grid([[1, 0, 2]]), output=Grid([[2, 0, 1]])),
                                                      Example(Grid([[0, 3, 3]]), output=Grid([[3, 3, 0]]))])
    run, runs = Search.run, []

    def breaking(self, answers):
        runs.append(self)
        if len(runs) > 1:
            raise RuntimeError("no thread can be begun")
        return run(self, answers)

    monkeypatch.setattr(Search, "run", breaking)
    monkeypatch.setattr(solver_module, "SURE", 0)
    result = Pictures().solve(for_spec(spec), spec, Budget(seconds=3))
    assert result.status is Status.SOLVED and len(runs) > 1
    with pytest.raises(RuntimeError, match="no thread"):  # where there is no answer, it is said
        Pictures().solve(for_spec(spec), spec, Budget(seconds=1))


def test_what_is_remembered_to_fail_holds_nothing_of_what_was_there():
    class Held:
        """Something large."""

    def fail(x):
        raise Nothing(x)

    def ask(f, held):
        with pytest.raises(Nothing):
            f(3)
        return weakref.ref(held)

    for f in (first_kept(fail, 5), remembered(fail)):
        assert [ask(f, Held())() for _ in range(3)] == [None] * 3
