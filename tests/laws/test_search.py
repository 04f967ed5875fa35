"""Search against brute force on tiny languages."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from languages import brute, tiny

from dsl import DSL, Example, Grammar, Spec, load, primitive, run
from dsl.languages import lists
from dsl.types import BOOL, INT, STR, sequence
from solvers.bank import Bank
from solvers.base import Budget, Status
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp, distinct
from solvers.order import Alike

LANGUAGES = [("plus",), ("minus", "negate"), ("plus", "minus", "negate"), ("positive", "pick", "minus"),
             ("plus", "positive", "pick")]


@pytest.mark.parametrize("names", LANGUAGES, ids="-".join)
def test_the_grammar_lists_each_program_once_all_of_them_cheapest_first(names):
    dsl = tiny(*names, laws=False)
    listed = list(Grammar(dsl, (INT,), INT).programs(5))
    assert len(set(listed)) == len(listed)
    assert set(listed) == set(brute(dsl, (INT,), INT, 5))
    assert [p.cost for p in listed] == sorted(p.cost for p in listed)


WORLDS = ((-3,), (-1,), (0,), (2,), (7,))


def behaviour(p):
    return tuple(run(p, w) for w in WORLDS)


@pytest.mark.parametrize("names", LANGUAGES, ids="-".join)
def test_laws_prune_no_behaviour(names):
    kept = {behaviour(p): p.cost for p in reversed(list(Grammar(tiny(*names), (INT,), INT).programs(6)))}
    free = {behaviour(p): p.cost for p in reversed(brute(tiny(*names, laws=False), (INT,), INT, 6))}
    assert kept == free


@pytest.mark.parametrize("names", LANGUAGES, ids="-".join)
def test_bottom_up_keeps_the_cheapest_of_each_behaviour_in_order(names):
    found = list(distinct(Grammar(tiny(*names), (INT,), INT), WORLDS, Budget(size=6)))
    costs = {}
    for p in brute(tiny(*names, laws=False), (INT,), INT, 6):
        costs.setdefault(behaviour(p), p.cost)
    assert {behaviour(p): p.cost for p in found} == costs
    assert len(found) == len(costs)
    assert [p.cost for p in found] == sorted(p.cost for p in found)


@pytest.mark.parametrize("names", LANGUAGES, ids="-".join)
@pytest.mark.parametrize("wanted", [(True, False, True, False, False), (True,) * 5])
def test_an_order_leaves_no_behaviour_out(names, wanted):
    grammar = Grammar(tiny(*names), (INT,), INT)

    def grown(**order):
        bank = Bank(grammar, [(w, ()) for w in WORLDS], Budget(size=6), **order)
        return {e.values: e.cost for new in bank.grow() for e in new}

    order = Alike(grammar.start, lambda values: tuple(v < 0 for v in values), wanted)
    assert grown(order=order) == grown()


@pytest.mark.parametrize("name, inputs, output, size", [
    ("lists", (sequence(INT),), INT, 5), ("lists", (sequence(INT), INT), sequence(INT), 4), ("strings", (STR,), STR, 6),
    ("strings", (STR, STR), INT, 6), ("deepcoder", (sequence(INT),), sequence(INT), 4), ("naturals", (INT,), INT, 6)])
def test_parts_that_are_built_when_programs_may_hold_them_leave_none_out(name, inputs, output, size):
    """Of each behaviour the cheapest program has the same cost, and is there once all of that cost are said to be."""
    grammar = Grammar(load(name), inputs, output)
    values = {sequence(INT): ((3, 1, 2), (0, 5)), INT: (2, 7), STR: ("ab c", "x-y")}
    worlds = [(tuple(values[t][n] for t in inputs), ()) for n in (0, 1)]
    costs, tried = [], []
    for early in (None, 0, 1, 2):
        bank, known = Bank(grammar, worlds, Budget(size=size, seconds=60), early=early), {}
        for new in bank.grow():
            for e in new:
                assert bank.done < e.cost
                known.setdefault(e.values, e.cost)
        assert bank.done == size
        costs.append(known)
        tried.append(bank.tried)
    assert costs[0] == costs[1] == costs[2] == costs[3]
    assert tried[0] >= tried[3] >= tried[2] >= tried[1]


@given(names=st.sampled_from(LANGUAGES), pairs=st.dictionaries(st.integers(-3, 4), st.integers(-4, 6), min_size=1,
                                                              max_size=3))
@settings(max_examples=200, deadline=None)
def test_solve_agrees_with_brute_force(names, pairs):
    spec = Spec(inputs=[int], output=int, examples=[Example(i, output=o) for i, o in pairs.items()])
    result = BottomUp().solve(tiny(*names), spec, Budget(size=5))
    fits = [p for p in brute(tiny(*names, laws=False), (INT,), INT, 5) if spec.holds(p)]
    if fits:
        assert result.status is Status.SOLVED
        assert result.program.cost == fits[0].cost
        assert spec.holds(result.program)
    else:
        assert result.status is Status.INFEASIBLE
        assert result.nearest is None or result.nearest.failures


@given(names=st.sampled_from(LANGUAGES), out=st.integers(-2, 3))
@settings(max_examples=40, deadline=None)
def test_solutions_come_in_order_fit_and_differ(names, out):
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=out)], queries=[(-2,), (0,), (5,)])
    found = list(BottomUp().solutions(tiny(*names), spec, Budget(size=5)))
    assert all(spec.holds(p) for p in found)
    assert [p.cost for p in found] == sorted(p.cost for p in found)
    wanted = {tuple(run(p, q) for q in spec.queries) for p in brute(tiny(*names, laws=False), (INT,), INT, 5)
              if spec.holds(p)}
    assert wanted <= {tuple(run(p, q) for q in spec.queries) for p in found}


def test_a_finite_space_is_exhausted():
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=9)])
    assert BottomUp().solve(tiny("negate"), spec).status is Status.INFEASIBLE
    spec = Spec(inputs=[int], output=bool, examples=[Example(1, output=False), Example(0, output=True)])
    assert BottomUp().solve(tiny("positive"), spec).status is Status.INFEASIBLE


def test_booleans_and_integers_are_never_merged():
    dsl = tiny("positive", "pick", constants=(0, 1))
    grammar = Grammar(dsl, (INT,), BOOL)
    for p, w in product(distinct(grammar, WORLDS, Budget(size=5)), WORLDS):
        assert type(run(p, w)) is bool


def test_an_answer_that_fails_on_what_is_asked_is_given_only_where_no_other_is():
    asked = Spec(inputs=[tuple[int, ...]], output=int, queries=[((),)], examples=[
        Example((1, 2), output=1), Example((3,), output=3), Example((2, 5, 1), output=2)])
    language = DSL("heads", [lists.head, lists.total, lists.take], constants={int: [1]})
    found = Bidirectional().solve(language, asked, Budget(seconds=10, size=6))
    assert str(found.program) == "sum(take(1, x0))"
    alone = Bidirectional().solve(DSL("head", [lists.head]), asked, Budget(seconds=10, size=6))
    assert str(alone.program) == "head(x0)"


def test_a_query_on_which_programs_never_end_takes_no_answer_away():
    @primitive
    def patient(xs: tuple[int, ...]) -> int:
        while len(xs) > 5:
            pass
        return sum(xs)

    spec = Spec(inputs=[tuple[int, ...]], output=int, queries=[(tuple(range(9)),)], examples=[
        Example((1, 2), output=3), Example((4,), output=4)])
    assert str(Bidirectional().solve(DSL("slow", [patient]), spec, Budget(seconds=2)).program) == "patient(x0)"
