"""Look-ahead finds what the next layer of a bank would hold, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st
from languages import brute, random_program, tiny

from dsl import Grammar, load
from dsl.inputs import seeded
from dsl.interpret import Failure, run
from dsl.types import INT, sequence
from solvers.ahead import Ahead
from solvers.bank import Bank
from solvers.base import Budget

WORLDS = ((2,), (-3,), (5,))


@given(st.integers(0, 10**6), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_a_goal_of_the_next_layer_is_found_and_no_other(seed, done):
    grammar = Grammar(tiny("plus", "minus", "negate", "positive", "pick"), (INT,), INT)
    target = random_program(grammar, seeded("ahead", seed), 3)
    values = tuple(run(target, w) for w in WORLDS)
    bank = Bank(grammar, [(w, ()) for w in WORLDS], Budget(seconds=20))
    for _ in bank.grow():
        if bank.done >= done:
            break
    at = bank.done + 1
    found = [e for chunk in Ahead(bank, values).look() for e in chunk]
    known = any(tuple(run(p, w) for w in WORLDS) == values for p in brute(grammar.dsl, (INT,), INT, bank.done))
    there = any(p.cost == at and tuple(run(p, w) for w in WORLDS) == values
                for p in brute(grammar.dsl, (INT,), INT, at))
    for e in found:
        assert e.cost == e.program.cost == at and tuple(run(e.program, w) for w in WORLDS) == values
    assert known or bool(found) == there


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_it_takes_failing_calls_for_what_they_are(seed):
    grammar = Grammar(load("deepcoder"), (sequence(INT),), INT)
    worlds = (((),), ((3, 1),), ((-4,),))
    target = random_program(grammar, seeded("failing", seed), 3)
    values = tuple(run(target, w) for w in worlds)
    if any(isinstance(v, Failure) for v in values):
        return
    bank = Bank(grammar, [(w, ()) for w in worlds], Budget(seconds=20))
    for _ in bank.grow():
        for chunk in Ahead(bank, values).look():
            for e in chunk:
                assert tuple(run(e.program, w) for w in worlds) == values
        if bank.done >= 2:
            break
