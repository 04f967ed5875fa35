"""Derive: the rules taken let every item follow, and no cheaper ones do."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.asp.derive import cheapest
from solvers.grids.growth import Chain

ITEMS = 4
RULES = st.lists(st.tuples(st.integers(1, 5), st.lists(st.tuples(
    st.integers(0, ITEMS - 1), st.frozensets(st.integers(0, ITEMS - 1), max_size=2)), min_size=1, max_size=3)),
    max_size=5)


def all_follow(rules) -> bool:
    there: set[int] = set()
    while True:
        new = {item for _, ways in rules for item, needs in ways if needs <= there} - there
        if not new:
            return len(there) == ITEMS
        there |= new


@settings(max_examples=150, deadline=None)
@given(RULES)
def test_it_is_the_least_by_brute_force(rules):
    found = cheapest(rules, ITEMS)
    able = [c for n in range(len(rules) + 1) for c in combinations(rules, n) if all_follow(c)]
    assert (found is None) == (not able)
    if found is not None:
        taken, proved = found
        assert proved and all_follow([rules[k] for k in taken])
        assert sum(rules[k][0] for k in taken) == min(sum(cost for cost, _ in c) for c in able)


@given(RULES)
def test_a_chain_tells_what_follows_rule_by_rule(rules):
    chain = Chain(ITEMS)
    for _, ways in rules:
        chain.add(ways)
    assert (not chain.left) == all_follow(rules)
