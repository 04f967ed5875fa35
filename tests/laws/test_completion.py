"""Puzzles: the solver against brute force, and a network to which no position and no class is special."""

from itertools import product
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import NesyError
from nesy.abduction.completions import ByCompletion
from nesy.abduction.constraints import ByConstraints
from nesy.completion import store
from nesy.completion.learn import Config, learn
from nesy.completion.network import Relational
from nesy.config import eval_config
from nesy.runs.completing import certificate, kept
from nesy.runs.run import evaluate
from solvers.asp.complete import Completer, Completion
from solvers.base import Status
from tasks import benchmark
from tasks.base import OPEN, Puzzle
from tasks.sudoku.load import SIDE, made
from tasks.sudoku.rules import background, completions, drawn, right, units

CELLS, CLASSES = 4, 3
ROWS = st.lists(st.tuples(*[st.integers(0, CLASSES - 1)] * 2), max_size=5)
CONSTRAINTS = st.lists(st.tuples(st.lists(st.integers(0, CELLS - 1), min_size=2, max_size=2, unique=True),
                                 st.none() | ROWS), max_size=4)


@settings(max_examples=60, deadline=None)
@given(CONSTRAINTS, st.dictionaries(st.integers(0, CELLS - 1), st.integers(0, CLASSES - 1), max_size=2))
def test_the_solver_completes_what_brute_force_does_and_knows_whether_that_is_the_only_way(constraints, givens):
    def keeps(whole):
        if any(whole[p] != c for p, c in givens.items()):
            return False
        return all(whole[cells[0]] != whole[cells[1]] if rows is None else tuple(whole[c] for c in cells) in set(rows)
                   for cells, rows in constraints)

    every = [w for w in product(range(CLASSES), repeat=CELLS) if keeps(w)]
    completer = Completer(CELLS, CLASSES, constraints)
    found = completer.complete(givens)
    assert found.status is (Status.SOLVED if every else Status.INFEASIBLE)
    assert found.classes in every if every else found.classes is None
    assert found.unique == (len(every) == 1)
    all_of_them, ended = completer.every(givens, CLASSES**CELLS + 1)
    assert sorted(all_of_them) == every and ended


@settings(max_examples=60, deadline=None)
@given(CONSTRAINTS, st.dictionaries(st.integers(0, CELLS - 1), st.lists(st.integers(-9, 0), min_size=CLASSES,
                                                                        max_size=CLASSES), min_size=1))
def test_the_likeliest_completion_is_as_likely_as_brute_force_finds(constraints, logs):
    completer = Completer(CELLS, CLASSES, constraints)
    every, _ = completer.every({}, CLASSES**CELLS + 1)
    best = completer.likeliest(logs)
    assert (best is None) == (not every)
    if best is not None:
        def likely(whole):
            return sum(row[whole[at]] for at, row in logs.items())

        assert best in every and likely(best) == max(map(likely, every))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sets(st.integers(0, 15), min_size=8, max_size=14))
def test_what_images_of_givens_show_is_abduced_from_the_open_cells_and_completes_to_them(seed, open_cells):
    rule = ByCompletion(background(4), (0, 1, 2, 3, 4), open=0)
    board = drawn(Random(seed), 4)
    answer = tuple(d if c in open_cells else 0 for c, d in enumerate(board))
    shown = [0 if c in open_cells else d for c, d in enumerate(board)]
    rows = rule.explanations(answer).rows.tolist()  # pyright: ignore[reportOptionalMemberAccess]
    assert shown in rows and all(right(tuple(max(r, a) for r, a in zip(row, answer, strict=True)), 4) for row in rows)
    completed = rule.answer(shown)
    assert right(tuple(max(s, a) for s, a in zip(shown, completed, strict=True)), 4)
    if len(list(completions(tuple(shown), 4))) == 1:
        assert completed == answer


def test_a_reading_that_cannot_be_completed_is_put_right_by_the_next_most_probable_symbol():
    rule = ByCompletion(background(4), (0, 1, 2, 3, 4), open=0)
    board = drawn(Random(3), 4)
    p = np.full((16, 5), 0.01)
    for cell, digit in enumerate(board):
        p[cell, digit if cell > 3 else 0] = 0.96
    clash = next(d for d in board[5:8] if d != board[4])
    p[4, clash], p[4, board[4]] = 0.6, 0.37
    assert p.argmax(1)[4] == clash
    assert rule.read(p).tolist() == [0] * 4 + list(board[4:])
    assert rule.explanations((1, 1, *[0] * 14)) is None and rule.explanations(7) is None


def test_a_completer_asked_twice_answers_each_puzzle_on_its_own():
    completer = Completer(16, 4, [(u, None) for u in units(4)])
    assert completer.complete({0: 0, 1: 0}).status is Status.INFEASIBLE
    board = tuple(d - 1 for d in drawn(Random(1), 4))
    assert completer.complete(dict(enumerate(board))).classes == board
    assert not completer.complete({}).unique


def givens_of(rng: Random, side: int, n: int) -> np.ndarray:
    boards = [[d - 1 if rng.random() < 0.6 else OPEN for d in drawn(rng, side)] for _ in range(n)]
    return np.array(boards)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(4)), st.booleans(), st.integers(0, 100))
def test_classes_and_positions_may_be_exchanged(order, turned, seed):
    network = Relational(16, 4, units(4), rounds=3, seed=seed)
    givens = givens_of(Random(seed), 4, 2)
    classes = np.array([*order, OPEN])  # the last is that of open positions
    places = np.arange(16).reshape(4, 4).T.flatten() if turned else np.arange(16)
    with torch.no_grad():
        before = network(torch.from_numpy(givens))
        after = network(torch.from_numpy(classes[givens[:, places]]))
    assert torch.allclose(after[..., list(order)], before[:, :, places], atol=1e-4)


def test_four_by_four_is_learned_from_few_puzzles_without_solutions(tmp_path):
    def made_of(seed: int, n: int, share: float) -> list[Puzzle]:
        rng = Random(seed)
        boards = [tuple(d - 1 for d in drawn(rng, 4)) for _ in range(n)]
        return [Puzzle(str(k), tuple(OPEN if rng.random() < share else c for c in b)) for k, b in enumerate(boards)]

    completer = Completer(16, 4, [(u, None) for u in units(4)])
    broken = Puzzle("broken", (0, 0, *[OPEN] * 14))
    network, log = learn([*made_of(1, 6, 0.5), broken], completer, units(4), 4, Config(steps=120))
    assert log.inconsistent == 1 and log.puzzles == 7
    asked = np.array([p.givens for p in made_of(2, 50, 0.4)])
    wholes = network.complete(asked)
    assert (wholes[asked != OPEN] == asked[asked != OPEN]).all()
    assert np.mean([right(tuple(w), 4) for w in wholes]) > 0.9
    store.save(network, tmp_path)
    assert (store.load(tmp_path).complete(asked) == wholes).all()
    with pytest.raises(NesyError, match="no puzzle of training can be completed"):
        learn([broken], completer, units(4), 4)


def test_a_completion_is_judged_by_rule_and_givens():
    split = benchmark("sudoku").split("masked-10")
    rule, puzzle = ByConstraints(split.background, split.symbols), split.test[0]
    assert kept(rule, puzzle, puzzle.answer)
    other = split.test[1].answer
    assert not kept(rule, puzzle, other)  # keeps the rule, not the givens
    swapped = list(puzzle.answer)
    at = [i for i, g in enumerate(puzzle.givens) if g == OPEN][:1]
    swapped[at[0]] = (swapped[at[0]] + 1) % SIDE
    assert not kept(rule, puzzle, swapped)
    one, two = Completion(Status.SOLVED, (0,), True, 0.0), Completion(Status.SOLVED, (0,), False, 0.0, True)
    assert certificate(one, False).startswith("none")
    assert certificate(one, True).startswith("unique")
    assert certificate(two, True).endswith("other completions do so too")
    assert certificate(Completion(Status.SOLVED, (0,), False, 0.0), True).endswith("did not come to an end")


def test_training_boards_all_differ_and_none_is_asked():
    split = benchmark("sudoku").split("masked-30", 1)
    boards = [p.answer for p in (*split.train, *split.test)]
    assert len(set(boards)) == len(boards) == 112
    assert list(made(30, 1, "train", 3)) == list(split.train[:3])


def test_a_run_by_the_solver_and_what_does_not_serve(tmp_path):
    config = eval_config(benchmark="sudoku", split="masked-60", solver="asp", limit=5)
    summary = evaluate(config, tmp_path / "run")
    assert summary["accuracy"] == 1.0 and summary["statuses"] == {"SOLVED": 5} and 0 < summary["cells"] <= 1
    lines = (tmp_path / "run" / "tasks.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "run" / "tasks.jsonl").write_text("".join(lines[:2]))
    (tmp_path / "run" / "summary.json").unlink()
    again = evaluate(config, tmp_path / "run", resume=True)
    assert (again["n"], again["correct"], again["cells"]) == (5, 5, summary["cells"])
    with pytest.raises(NesyError, match="--solver asp or --solver network"):
        evaluate(eval_config(benchmark="sudoku", split="masked-60", solver="machine"), tmp_path / "machine")
    with pytest.raises(NesyError, match="--given syntax: .* no such module"):
        evaluate(config.model_copy(update={"given": ("syntax",)}), tmp_path / "given")
    assert not (tmp_path / "given").exists()
