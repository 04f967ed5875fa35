"""What a search did not look at, it does not deny: no INFEASIBLE and no certificate beyond what was searched."""

import time
from dataclasses import dataclass

import numpy as np
import pytest

from dsl import DSL, DSLError, Example, Spec, load, primitive
from nesy import Budget, solve
from solvers.base import Status
from solvers.names import named
from tasks.sygus.reader import parse

GRAMMAR = "(set-logic LIA)\n(synth-fun f ((x Int)) Int {})\n{}\n(check-synth)\n"


def asked(grammar: str, *cases: tuple[int, int]):
    """A file's language and spec, from a grammar and pairs of input and output."""
    lines = "\n".join(f"(constraint (= (f {a if a >= 0 else f'(- {-a})'}) {b}))" for a, b in cases)
    return parse(GRAMMAR.format(grammar, lines), "t.sl")


@pytest.mark.parametrize("solver", ["portfolio", "batched", "bidirectional"])
def test_many_examples_are_all_looked_at(solver):
    examples = [*(Example(i, 0, output=i) for i in range(40)), Example(7, 1, output=8)]
    found = solve(load("integers"), Spec(inputs=[int, int], output=int, examples=examples),
                  solver=named(solver), budget=Budget(seconds=20, size=3))
    assert str(found.program) == "add(x0, x1)"


@pytest.mark.parametrize("solver", ["portfolio", "bottom-up", "bidirectional", "batched", "top-down"])
def test_where_any_constant_may_be_written_nothing_is_impossible(solver):
    posed = asked("((I Int)) ((I Int ((Constant Int) x)))", (1, 55), (2, 55))
    found = solve(posed.dsl, posed.spec, solver=named(solver), budget=Budget(seconds=3))
    assert found.status is not Status.INFEASIBLE


@pytest.mark.parametrize(("grammar", "cases", "answer"), [
    ("((S Int) (I Int) (J Int) (K Int)) ((S Int ((abs I))) (I Int ((+ J K))) (J Int (x)) (K Int (0)))",
     [(-5, 5), (2, 2)], "(abs (+ x 0))"),
    ("((S Int) (I Int) (J Int) (K Int)) ((S Int ((abs I))) (I Int ((+ J K))) (J Int (1 2 7)) (K Int (x)))",
     [(5, 12), (9, 16)], "(abs (+ 7 x))"),
    ("((I Int) (J Int)) ((I Int ((+ I J) x)) (J Int (1)))", [(5, 8), (9, 12)], "(+ (+ (+ x 1) 1) 1)"),
])
@pytest.mark.parametrize("solver", ["portfolio", "bottom-up", "bidirectional", "top-down"])
def test_laws_do_not_reach_across_nonterminals(solver, grammar, cases, answer):
    posed = asked(grammar, *cases)
    found = solve(posed.dsl, posed.spec, solver=named(solver), budget=Budget(seconds=10))
    assert found.program is not None and answer in posed.define(found.program)


def test_associativity_that_holds_on_one_side_only_is_refused_and_not_relied_on():
    @primitive(associative=True)
    def then(a: str, b: str) -> str:
        height = 0
        for step in a + b:
            height += 1 if step == "u" else -1
            if height < -1:
                raise ValueError
        return a + b

    walks = DSL("walks", [then], constants={str: ["u", "d"]})
    spec = Spec(inputs=[int], output=str, examples=[Example(1, output="udduudd")])
    with pytest.raises(DSLError, match="breaks its law associative"):
        solve(walks, spec)
    for solver in ("bottom-up", "bidirectional", "top-down"):
        found = solve(walks, spec, solver=named(solver), budget=Budget(seconds=3, size=13), trusted=True)
        assert found.status is not Status.INFEASIBLE


def test_values_too_large_to_keep_are_not_called_impossible():
    @primitive
    def twice(s: str) -> str:
        return s + s

    spec = Spec(inputs=[str], output=str, examples=[Example("a", output="a" * 8192)])
    found = solve(DSL("twice", [twice]), spec, solver=named("bottom-up"), budget=Budget(seconds=5))
    assert found.status is Status.UNKNOWN and "4,096" in found.reason


def test_calls_that_take_too_long_are_not_called_impossible():
    @primitive
    def slow(a: int) -> int:
        time.sleep(0.8)
        return 2 * a

    spec = Spec(inputs=[int], output=int, examples=[Example(3, output=6)])
    for solver in ("bottom-up", "bidirectional"):
        found = solve(DSL("slow", [slow]), spec, solver=named(solver), budget=Budget(seconds=6), trusted=True)
        assert found.status is Status.UNKNOWN and "slow" in found.reason


@pytest.mark.parametrize(("batch", "said"), [(lambda a: np.maximum(a, 7), "gives"), (lambda a: a[:1], "shape"),
                                             (lambda a: a + "x", "fails on arrays")])
def test_a_meaning_on_arrays_that_differs_is_refused(batch, said):
    @primitive(batch=batch)
    def eight(a: int) -> int:
        return 8

    spec = Spec(inputs=[int], output=int, examples=[Example(3, output=8)])
    with pytest.raises(DSLError, match=f"'eight' declares a batch that .*{said}"):
        solve(DSL("eight", [eight]), spec)


def test_a_primitive_that_changes_its_argument_is_named():
    class Counter:
        def __init__(self, n: int):
            self.n = n

    @primitive
    def bump(c: Counter) -> Counter:
        c.n += 1
        return c

    @primitive
    def value(c: Counter) -> int:
        return c.n

    mine = Counter(0)
    spec = Spec(inputs=[Counter], output=int, examples=[Example(mine, output=1)])
    with pytest.raises(DSLError, match="'bump' changes its argument"):
        solve(DSL("counters", [bump, value]), spec)
    assert mine.n == 0


@pytest.mark.parametrize("solver", ["bottom-up", "bidirectional", "batched", "top-down", "asp", "portfolio"])
def test_no_answer_is_larger_than_asked_for(solver):
    rows = [(a, b) for a in (False, True) for b in (False, True)]
    spec = Spec(inputs=[bool, bool], output=bool, examples=[Example(*r, output=r[0] != r[1]) for r in rows])
    found = solve(load("booleans"), spec, solver=named(solver), budget=Budget(seconds=5, size=2))
    assert found.program is None and "up to size 2" in found.reason


def test_a_type_of_which_nothing_can_be_built_is_named():
    @dataclass(frozen=True)
    class Key:
        n: int

    @primitive
    def opened(k: Key) -> int:
        return k.n

    spec = Spec(inputs=[str], output=int, examples=[Example("a", output=1)])
    found = solve(DSL("doors", [opened]), spec)
    assert found.status is Status.INFEASIBLE and "nothing gives Key" in found.reason


def test_a_parameter_in_two_nonterminals_is_one_in_questions():
    posed = asked("((I Int) (J Int)) ((I Int (J 1)) (J Int (x 2 (+ I J))))", (1, 2))
    found = solve(posed.dsl, posed.spec, budget=Budget(seconds=5))
    assert found.certificate is not None and len(found.certificate.separating_input or (0,)) == 1


def test_a_difference_that_no_sample_shows_is_found_by_z3():
    @primitive(smt="(ite (< a 1000) a 1000)")
    def clipped(a: int) -> int:
        return min(a, 1000)

    spec = Spec(inputs=[int], output=int, examples=[Example(a, output=a) for a in (1, 5, 20)])
    certificate = solve(DSL("clip", [clipped]), spec, budget=Budget(seconds=10)).certificate
    assert certificate is not None and [str(p) for p in certificate.alternatives] == ["clipped(x0)"]
    assert certificate.separating_input is not None and certificate.separating_input[0] > 1000  # type: ignore[operator]


def test_what_a_primitive_prints_or_exits_with_does_not_reach_the_caller(capfd):
    @primitive
    def loud(a: int) -> int:
        print("HELLO")
        return a + 1

    @primitive
    def leaving(a: int) -> int:
        raise SystemExit(3)

    @primitive
    def closing(a: int) -> int:
        raise GeneratorExit

    @primitive
    def breaking(a: int) -> int:
        raise KeyboardInterrupt

    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=3)])
    for faulty in (leaving, closing):
        assert str(solve(DSL("loud", [loud, faulty]), spec, budget=Budget(seconds=3)).program) == "loud(loud(x0))"
    assert "HELLO" not in capfd.readouterr().out
    broken = solve(DSL("breaking", [breaking]), spec, budget=Budget(seconds=3), trusted=True)
    assert broken.status is Status.UNKNOWN and "KeyboardInterrupt" in broken.reason


def test_contradictions_among_many_examples_are_found_quickly():
    examples = [Example(i, output=i) for i in range(20_000)]
    start = time.monotonic()
    assert Spec(inputs=[int], output=int, examples=examples).contradiction() is None
    said = Spec(inputs=[int], output=int, examples=[*examples, Example(7, output=8)]).contradiction()
    assert said is not None and said.startswith("examples 8 and 20001 contradict") and time.monotonic() - start < 5
    assert Spec(inputs=[int], output=int, examples=[Example(1, output=1), Example(1, output=1)]).contradiction() is None


def test_a_solver_held_in_native_code_is_ended_in_time():
    @primitive
    def endless(a: int) -> int:
        return sum(range(10**12))

    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=3)])
    start = time.monotonic()
    solve(DSL("endless", [endless]), spec, budget=Budget(seconds=2), trusted=True)
    assert time.monotonic() - start < 2 * 1.1 + 0.5 + 0.5  # and the start of its process
