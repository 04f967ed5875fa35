"""Abduction against brute force: the same optimum on random problems."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.asp.abduce import SCALE, abduce

LOGP = st.integers(-5000, 0).map(lambda n: n / SCALE)


@st.composite
def problems(draw):
    options = draw(st.lists(st.lists(LOGP, min_size=1, max_size=4), min_size=1, max_size=4))
    choices = {f"c{i}": {f"o{k}": p for k, p in enumerate(ps)} for i, ps in enumerate(options)}
    worlds = list(product(*choices.values()))
    right = draw(st.lists(st.sampled_from(worlds), max_size=6))
    return choices, {tuple(w) for w in right}


@given(problems())
@settings(max_examples=300, deadline=None)
def test_the_most_probable_consistent_choice(problem):
    choices, right = problem
    rules = "".join("right :- " + ", ".join(f'pick("{c}","{o}")' for c, o in zip(choices, w, strict=True)) + ".\n"
                    for w in right) or "right :- #false."
    found = abduce(choices, rules, isolated=False)
    if not right:
        assert found is None
        return
    best = max(sum(choices[c][o] for c, o in zip(choices, w, strict=True)) for w in right)
    assert found is not None and found.proved
    assert tuple(found.picks[c] for c in choices) in right
    assert abs(found.logp - best) < 1e-6


@given(st.lists(st.lists(LOGP, min_size=2, max_size=10), min_size=2, max_size=4), st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_digits_that_must_add_up(rows, total):
    choices = {str(i): {str(d): p for d, p in enumerate(ps)} for i, ps in enumerate(rows)}
    rules = f"right :- S = #sum {{ D, C : pick(C, O), digit(O, D) }}, S = {total}."
    facts = [f'digit("{d}",{d}).' for d in range(10)]
    found = abduce(choices, rules, facts, isolated=False)
    sums = [sum(ps[d] for ps, d in zip(rows, w, strict=True)) for w in product(*(range(len(r)) for r in rows))
            if sum(w) == total]
    assert (found is None) == (not sums)
    if found is not None:
        assert sum(map(int, found.picks.values())) == total
        assert abs(found.logp - max(sums)) < 1e-6
