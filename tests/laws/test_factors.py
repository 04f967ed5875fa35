"""Constraints: messages and posteriors against brute force; boards of a user's own, learned through."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import NesyError, load, parse
from dsl.language import DSL
from dsl.languages.booleans import both, different
from dsl.languages.integers import less
from dsl.types import BOOL, INT
from nesy.abduction.constraints import ByConstraints, threshold
from nesy.abduction.factors import Different, Factors, Listed
from nesy.abduction.learn import Config, learn
from tasks import Scene
from tasks.digits import sudoku

CHAIN = DSL("chain", [different(2), different(3), less, both])


def background(text: str, n: int, k: int) -> ByConstraints:
    return ByConstraints(parse(text, CHAIN, (INT,) * n, BOOL), tuple(range(k)))


@given(st.integers(1, 4), st.integers(0, 2), st.integers(0, 10**6))
def test_sums_over_sets_are_sums_over_rows(n, more, seed):
    k = n + more
    p = np.random.default_rng(seed).random((n, k, 3))
    rows = np.array([r for r in product(range(k), repeat=n) if len(set(r)) == n])
    for one, other in zip(Different(n, k).messages(p), Listed(rows, k).messages(p), strict=True):
        assert np.allclose(one, other)


@pytest.mark.parametrize("text", ["different3(x0, x1, x2)", "both(different2(x0, x1), less(x1, x2))",
                                  "both(both(different3(x0, x1, x2), less(x2, x3)), different2(x3, x4))"])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_posteriors_are_exact_where_constraints_form_a_tree(text, seed):
    n, k = 5, 3
    ground = background(text, n, k)
    p = np.random.default_rng(seed).dirichlet(np.ones(k), n)
    for answer in (True, False):
        weights = {row: float(np.prod([p[i, c] for i, c in enumerate(row)]))
                   for row in product(range(k), repeat=n) if ground.answer(row) is answer}
        explained = ground.explanations(answer)
        assert explained is not None and explained.teaches is answer
        posterior, logs = explained.posterior(p[None])
        total = sum(weights.values())
        assert np.isclose(logs[0], np.log(total), atol=1e-2)
        for i, c in product(range(n), range(k)):
            expected = sum(w for row, w in weights.items() if row[i] == c) / total
            assert np.isclose(posterior[0, i, c], expected, atol=1e-2)


def test_equal_constraints_are_made_once_and_too_large_ones_are_named():
    whole = sudoku.background(4)
    factors = ByConstraints(whole, (1, 2, 3, 4)).whole.factors
    assert len(factors) == 12 and len({id(f) for _, f in factors}) == 1
    sums = parse("equal(add(add(x0, x1), add(x2, x3)), add(x4, x5))", load("integers"), (INT,) * 6, BOOL)
    with pytest.raises(NesyError, match=r"has 9\^6 rows"):
        ByConstraints(sums, tuple(range(9))).explanations(True)
    assert ByConstraints(whole, (1, 2, 3, 4)).explanations("perhaps") is None
    ((_, never),) = background("different3(x0, x1, x2)", 3, 2).whole.factors  # three of two are never different
    assert never.messages(np.full((3, 2, 1), 0.5))[1] == 0
    with pytest.raises(NesyError, match=r"has 40\^3 rows"):
        background("different3(x0, x1, x2)", 3, 40).explanations(True)


@given(st.lists(st.tuples(st.integers(-50, 0), st.booleans()), min_size=1, max_size=12,
                unique_by=lambda scored: scored[0]))
def test_no_threshold_errs_less(scored):
    scores, holds = np.array([float(s) for s, _ in scored]), [h for _, h in scored]

    def errors(at: float) -> int:
        return sum((s > at) != h for s, h in scored)

    assert errors(threshold(scores, holds)) == min(errors(-99), *map(errors, scores))


@given(st.lists(st.tuples(st.integers(-3, 0), st.booleans()), min_size=1, max_size=8))
def test_no_limit_lies_between_equal_scores(told):
    scores, holds = np.array([float(s) for s, _ in told]), [h for _, h in told]
    limit = threshold(scores, holds)

    def errors(at: float) -> int:
        return sum((s > at) != h for s, h in zip(scores, holds, strict=True))

    assert errors(limit) == min(errors(at) for at in (-4, *scores, 1))


@pytest.mark.parametrize("side", [4, 9])
def test_drawn_boards_are_right_and_broken_ones_are_not(side):
    from random import Random

    rng, program = Random(0), ByConstraints(sudoku.background(side), tuple(range(1, side + 1)))
    for _ in range(5):
        board = sudoku.drawn(rng, side)
        assert sudoku.right(board, side) and program.answer([d - 1 for d in board]) is True
        wrong = sudoku.broken(rng, board, side)
        assert not sudoku.right(wrong, side) and program.answer([d - 1 for d in wrong]) is False


def test_symbols_are_told_apart_by_which_boards_are_right():
    rng = np.random.default_rng(0)
    patterns = np.kron(rng.random((3, 7, 7)) > 0.5, np.ones((4, 4)))
    ground = background("both(both(different3(x0, x1, x2), different3(x3, x4, x5)), both(different2(x0, x3), "
                        "both(different2(x1, x4), different2(x2, x5))))", 6, 3)
    rights = [row for row in product(range(3), repeat=6) if ground.answer(row)]
    rows = [rights[rng.integers(len(rights))] if i % 2 == 0 else tuple(rng.integers(3, size=6)) for i in range(160)]
    kind = np.array(rows).ravel()
    images = (np.clip(patterns[kind] + rng.normal(0, 0.4, (len(kind), 28, 28)), 0, 1) * 255).astype(np.uint8)
    scenes = [Scene(str(i), tuple(range(6 * i, 6 * i + 6)), bool(ground.answer(row))) for i, row in enumerate(rows)]
    network, log = learn(images, scenes[:120], ground, 3, Config(steps=150))
    told = network.probabilities(images)
    assert log.threshold is not None
    scores = ground.scores([told[list(s.images)] for s in scenes[120:]])
    assert np.mean([(score > log.threshold) == s.answer for score, s in zip(scores, scenes[120:], strict=True)]) > 0.9
    named = {k: np.bincount(kind[told.argmax(1) == k], minlength=3).argmax() for k in range(3)}
    assert np.mean([named[k] == c for k, c in zip(told.argmax(1), kind, strict=True)]) > 0.95


def test_nothing_is_learned_from_what_tells_nothing():
    ground = background("different2(x0, x1)", 2, 2)
    with pytest.raises(NesyError, match="no scene's answer tells anything"):
        learn(np.zeros((2, 8, 8), np.uint8), [Scene("a", (0, 1), False)], ground, 2)


def test_best_is_what_beliefs_say():
    ground = background("different2(x0, x1)", 2, 2)
    assert isinstance(ground.whole, Factors)
    p = np.array([[[0.9, 0.1], [0.6, 0.4]]])
    for answer, expected in ((True, [[0, 1]]), (False, [[0, 0]])):
        found = ground.explanations(answer)
        assert found is not None and found.best(p).tolist() == expected
