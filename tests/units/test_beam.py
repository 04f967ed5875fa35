"""Conjunctions of tests against all there are."""

from itertools import combinations
from math import log

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.grids.beam import Width, sound


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 9))
def test_with_a_wide_beam_all_that_hold_only_where_they_may_are_found_the_best_first(seed, tests, items):
    rng = np.random.default_rng(seed)
    matrix = (rng.random((tests, items)) < 0.6).astype(np.float32)
    cost = rng.integers(0, 4, tests).astype(np.float32)
    kind, many = rng.integers(0, 3, items), rng.integers(1, 4, items)
    right, bad = (kind == 0) * many, (kind == 1) * many

    def counts(chosen):
        held = matrix[list(chosen)].all(0)
        return int(right @ held), int(bad @ held)

    useful = [t for t in range(tests) if counts((t,))[0]]
    harmful = [t for t in useful if counts((t,))[1]]
    single = {(t,) for t in useful if t not in harmful}
    pairs = {p: counts(p) for p in combinations(harmful, 2)}
    open_ = {p for p, (gain, harm) in pairs.items() if gain and harm}
    longer = {c for c in combinations(harmful, 3) if counts(c)[0] and not counts(c)[1]
              and any(p in open_ for p in combinations(c, 2))}
    expected = single | {p for p, (gain, harm) in pairs.items() if gain and not harm} | longer
    if right.any() and bad.any():
        found = sound(matrix, cost, right, bad, Width(longest=3, beam=999, kept=999), 1e99)
        worth = [sum(cost[list(c)]) - 2 * log(counts(c)[0]) for c in found]
        assert set(found) == expected and len(found) == len(expected)
        assert np.allclose(worth, sorted(worth), atol=1e-4)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 6), st.integers(1, 9), st.integers(1, 9))
def test_what_a_narrow_beam_finds_is_sound_and_never_more_than_is_kept_of_each_length(seed, longest, beam, kept):
    rng = np.random.default_rng(seed)
    matrix = (rng.random((20, 30)) < 0.7).astype(np.float32)
    kind = rng.integers(0, 2, 30)
    found = sound(matrix, np.ones(20, dtype=np.float32), kind == 0, kind == 1,
                  Width(longest=longest, beam=beam, kept=kept), 1e99)
    assert len(set(found)) == len(found)
    for chosen in found:
        held = matrix[list(chosen)].all(0)
        assert held[kind == 0].any() and not held[kind == 1].any() and len(set(chosen)) == len(chosen) <= longest
    assert all(sum(len(c) == n for c in found) <= kept for n in range(1, longest + 1))
