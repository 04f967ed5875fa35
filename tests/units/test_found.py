"""What was found is not lost: to a deadline, to a slower program beside it, to want of memory, to a question."""

import time
from dataclasses import dataclass

import pytest

from dsl import DSL, Example, Grammar, Spec, load, parse, primitive
from dsl.inputs import seeded
from dsl.languages.bitvectors import language
from dsl.types import INT, bits
from dsl.witness import Step, Table, table
from nesy.dialogue import narrow
from nesy.engine import solve
from solvers import attempt
from solvers.asked import Asked
from solvers.asp import cover
from solvers.asp.solver import Asp
from solvers.bank import Bank
from solvers.base import Budget, Result, Status
from solvers.batched import Batched
from solvers.fill import Filler
from solvers.portfolio import Portfolio
from tasks.sygus.reader import parse as sygus

INTEGERS = load("integers")
NEXT = Spec(inputs=[int], output=int, examples=[Example(n, output=n + 1) for n in (2, 5, 9)], queries=[(500,)])


@dataclass
class Knows:
    """Returns these programs, after so long."""

    programs: tuple
    seconds: float = 0.0
    name: str = "knows"
    rounds: int = 99

    def solve(self, dsl, spec, budget=Budget()):
        time.sleep(self.seconds)
        if len(spec.examples) > self.rounds:
            return Result(status=Status.TIMEOUT)
        return Result(status=Status.SOLVED, programs=self.programs)

    def solutions(self, dsl, spec, budget=Budget()):
        yield from self.solve(dsl, spec, budget).programs


@primitive
def slow(a: int) -> int:
    """One more, after a while."""
    until = time.monotonic() + (0.45 if a < 100 else 30)
    while time.monotonic() < until:
        pass
    return a + 1


SLOWLY = INTEGERS.extend("slowly", [slow])


def test_an_answer_is_not_lost_to_a_slow_one_beside_it():
    right, late = (parse(text, SLOWLY, (INT,)) for text in ("add(x0, 1)", "slow(x0)"))
    result = solve(SLOWLY, NEXT, solver=Knows((right, late, late)), budget=Budget(seconds=1), trusted=True)
    assert result.status is Status.SOLVED and result.program == right


def test_what_takes_too_long_on_a_query_is_no_other_answer():
    right, late = (parse(text, SLOWLY, (INT,)) for text in ("add(x0, 1)", "slow(x0)"))
    began = time.monotonic()
    result = solve(SLOWLY, NEXT, solver=Knows((right, late)), budget=Budget(seconds=4), trusted=True)
    assert result.program == right and result.certificate is not None
    assert not any(p == late for p in result.certificate.alternatives)
    assert time.monotonic() - began < 8


def test_a_portfolio_waits_as_long_as_its_solvers_may_take():
    right = parse("add(x0, 1)", INTEGERS, (INT,))
    result = Portfolio(Knows((right,), 1.1), Knows((), 5.0)).solve(INTEGERS, NEXT, Budget(seconds=1))
    assert result.status is Status.SOLVED and result.program == right


def test_a_program_that_the_user_confirmed_is_an_answer_where_no_other_is_found_in_time():
    double = parse("add(x0, x0)", INTEGERS, (INT,))
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4)])
    rounds = list(narrow(INTEGERS, spec, lambda at, shown: 2 * at[0], solver=Knows((double,), rounds=1),
                         budget=Budget(seconds=2)))
    assert len(rounds) > 1 and all(result.program == double for _, result in rounds)
    assert all(len(after.examples) > len(before.examples) for (before, _), (after, _) in zip(rounds, rounds[1:],
                                                                                              strict=False))


def test_laws_that_could_not_be_tried_in_time_are_not_relied_on():
    @primitive
    def heavy(a: int) -> int:
        return sum(range(10**9)) if a < 0 else a  # in one call, which no alarm interrupts

    @primitive(commutative=True)
    def sub(a: int, b: int) -> int:
        return a - b

    spec = Spec(inputs=[int, int], output=int, examples=[Example(a, b, output=b - a) for a, b in ((9, 2), (1, 5))])
    result = solve(DSL("heavily", [heavy, sub]), spec, budget=Budget(seconds=1.5, size=3))
    assert result.status is not Status.INFEASIBLE


def test_rules_are_chosen_where_time_runs_out_before_there_is_an_optimum():
    items = 120
    rules = [(3 + n % 4, {n % items, (7 * n) % items, (n * n) % items}) for n in range(900)]
    found = cover.cheapest(rules, items, seconds=0.0)
    assert found is not None and set().union(*(rules[n][1] for n in found[0])) == set(range(items)) and not found[1]
    assert cover.cheapest(rules[:3], items, seconds=0.0) is None and cover.cheapest([], 0, seconds=0.0) == ([], False)


def test_answer_sets_go_on_where_a_program_is_larger_than_asked_for():
    """Few different parts may be many nodes: what is shared counts each time that it is written."""
    three = language(3)
    spec = Spec(inputs=[bits(3)], output=bits(3), examples=[Example(v, output=4 * v % 8) for v in range(8)])
    result = solve(three, spec, solver=Asp(), budget=Budget(seconds=20, size=5), trusted=True)
    assert result.program is not None and result.program.cost <= 5 and spec.holds(result.program)


SQUARE = """(set-logic NIA)
(synth-fun f ((x Int) (y Int) (z Int)) Int ((S Int)) ((S Int (x (+ x (+ y z)) (* S S)))))
(declare-var x Int) (declare-var y Int) (declare-var z Int)
(constraint (>= (f x y z) 0))
(constraint (= (f x y z) (+ (* x x) (+ (* y y) (+ (* z z) (+ (* 2 (* x y)) (+ (* 2 (* x z)) (* 2 (* y z)))))))))
(check-synth)"""
PRODUCT = """(set-logic NIA)
(synth-fun f ((x Int) (y Int)) Int)
(declare-var x Int) (declare-var y Int)
(constraint (= (f x 0) 0))
(constraint (= (f x y) (f y x)))
(constraint (= (f (+ x 1) y) (+ (f x y) y)))
(check-synth)"""


@pytest.mark.parametrize("text", [SQUARE, PRODUCT])
def test_every_way_to_prove_and_to_search_gets_some_of_the_time(text):
    problem = sygus(text, "test.sl")
    result = solve(problem.dsl, problem.spec, budget=Budget(seconds=4))
    assert result.status is Status.SOLVED and result.certificate is not None and result.certificate.proved


def test_arrays_give_a_decision_tree_before_memory_is_full():
    rng = seeded("trees")
    rows = [tuple(rng.randint(-20, 20) for _ in range(3)) for _ in range(40)]
    spec = Spec(inputs=[int] * 3, output=int, examples=[
        Example(a, b, c, output=3 * a + b if a < b else c * c - a if c < a else b - c) for a, b, c in rows])
    result = attempt.solve(Batched(), INTEGERS, spec, Budget(seconds=60, memory_mb=200))
    assert result.status is Status.SOLVED and spec.holds(result.program)


def test_calls_of_two_functions_are_none_of_one():
    def rows(out):
        return table([((1,), out), ((2,), out + 1)])

    asked = Asked()
    assert asked.back(Step(0, rows, ()), (5,), ()) == asked.back(Step(0, lambda out: rows(5), ()), (5, 6), ())
    assert type(asked.back(Step(0, lambda out: rows(5), ()), (5, 6), ())) is Table
    assert asked.back(Step(0, rows, ()), (5, 6), ()) == ()


def test_a_sketch_has_as_many_fillings_as_fit_the_cheapest_first():
    bank = Bank(Grammar(INTEGERS, (INT,), INT), [((2,), ()), ((5,), ())], Budget(size=4))
    list(bank.grow())
    sketch = parse("multiply(hole(int), 2)", INTEGERS, (INT,))
    fitting = list(Filler(bank, (4,)).fillings(sketch))  # the goal is of the first world, the bank's of two
    assert len(fitting) > 1 and all(p(2) == 4 for p in fitting)
    assert len({p(5) for p in fitting}) == len(fitting)
    assert [p.cost for p in fitting] == sorted(p.cost for p in fitting)
