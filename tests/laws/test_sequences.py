"""Rows of symbols come in the order of their probability, all of them, as brute force has it."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nesy.sight.sequences import Sequences, best, follows


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 1000))
def test_rows_come_by_probability(length, words, seed):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(words), length)
    after = follows([rng.integers(words, size=4).tolist() for _ in range(5)], words)
    expected = {}
    for row in product(range(words), repeat=length):
        whole = [words, *row, words]
        steps = sum(np.log(after[a, b]) for a, b in zip(whole, whole[1:], strict=False))
        expected[row] = steps + sum(np.log(p[i, k]) for i, k in enumerate(row))
    found = list(best(p, after))
    assert [logp for logp, _ in found] == sorted((logp for logp, _ in found), reverse=True)
    assert {row: round(logp, 9) for logp, row in found} == {row: round(x, 9) for row, x in expected.items()}


def test_what_follows_decides_where_images_do_not():
    after = follows([[0, 1, 0]] * 9, 2)
    rows = Sequences(("d", "o"), after).perceive([[0.9, 0.1], [0.5, 0.5], [0.9, 0.1]])
    assert next(rows)[1] == ("d", "o", "d")
    assert list(Sequences(("d",), np.ones((2, 2))).perceive([])) == []
