"""What lies at the bounds of search: deep types, lambdas, floats, long programs, partial functions, hostile classes."""

import math
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import numpy as np
import pytest

from dsl import DSL, DSLError, Example, Grammar, Spec, SpecError, primitive
from dsl.interpret import roomy
from dsl.reach import unexplored
from nesy import Budget, solve
from solvers.attempt import outputs
from solvers.base import Status
from solvers.names import named

T, U = TypeVar("T"), TypeVar("U")
COMPLETE = ["bottom-up", "top-down", "bidirectional", "portfolio"]


@primitive
def length(xs: tuple[T, ...]) -> int:
    return len(xs)


@primitive
def head(xs: tuple[T, ...]) -> T:
    return xs[0]


@primitive
def wrap(a: T) -> tuple[T, ...]:
    return (a,)


@primitive
def depth(a: T) -> int:
    n = 0
    while type(a) is tuple and a:
        a, n = a[0], n + 1
    return n


@primitive
def three(f: Callable[[int, int, int], int]) -> int:
    return f(1, 2, 4)


@primitive
def inc(a: int) -> int:
    return a + 1


def answer(dsl, spec, solver="portfolio", seconds=4.0, **bounds):
    return solve(dsl, spec, solver=named(solver), budget=Budget(seconds=seconds, **bounds))


@pytest.mark.parametrize("solver", COMPLETE)
def test_generic_primitives_take_the_types_within_types(solver):
    texts = Spec(inputs=[tuple[str, ...]], output=int, examples=[Example(("a", "b"), output=2), Example((), output=0)])
    assert str(answer(DSL("lengths", [length]), texts, solver).program) == "length(x0)"
    numbers = Spec(inputs=[tuple[int, ...]], output=int, examples=[Example((3, 4), output=3)])
    assert str(answer(DSL("heads", [head]), numbers, solver).program) == "head(x0)"


@pytest.mark.parametrize("solver", ["bottom-up", "bidirectional", "portfolio"])
@pytest.mark.parametrize(("dsl", "spec", "least"), [
    (DSL("deep", [wrap, depth]), Spec(inputs=[bool], output=int, examples=[Example(True, output=3)]), 5),
    (DSL("many", [three]), Spec(inputs=[int], output=int, examples=[Example(9, output=4)]), 3)])
def test_what_a_grammar_does_not_explore_is_not_called_impossible(dsl, spec, least, solver):
    assert unexplored(Grammar(dsl, spec.inputs, spec.output))[0] == least
    result = answer(dsl, spec, solver)
    assert result.status is Status.UNKNOWN and f"size {least} and more" in result.reason
    assert answer(dsl, spec, solver, size=least - 1).status is Status.INFEASIBLE


def test_a_dearer_and_more_probable_part_does_not_hide_a_cheaper_one():
    @primitive(cost=5)
    def double(a: int) -> int:
        return 2 * a

    @primitive
    def add(a: int, b: int) -> int:
        return a + b

    @primitive
    def minus(a: int) -> int:
        return -a

    spec = Spec(inputs=[int], output=int, examples=[Example(7, output=-28), Example(2, output=-8)])
    result = answer(DSL("doubles", [double, add, minus]), spec, "top-down", size=8)
    assert result.status is Status.SOLVED and result.program.cost == 8


@pytest.mark.parametrize("solver", ["bottom-up", "top-down", "bidirectional"])
def test_a_type_that_is_wrong_now_and_then_is_noticed(solver):
    @primitive
    def strange(a: int) -> int:
        return True if a >= 1059 else max(a, 1000) + 1

    @primitive(cost=70)
    def one(a: int) -> int:
        return 1

    spec = Spec(inputs=[int], output=int, examples=[Example(1000, output=1)])
    with pytest.raises(DSLError, match="'strange' returned True where its annotation says int"):
        answer(DSL("strange", [strange, one]), spec, solver, seconds=20)


@pytest.mark.parametrize("wrong", [np.int64(3), None, [3], 3.0])
@pytest.mark.parametrize("solver", ["top-down", "portfolio"])
def test_a_wrong_type_is_named_before_any_search(wrong, solver):
    @primitive
    def odd(a: int) -> int:
        return wrong

    with pytest.raises(DSLError, match="'odd' returned .* where its annotation says int"):
        answer(DSL("odd", [odd]), Spec(inputs=[int], output=int, examples=[Example(1, output=3)]), solver)


def test_zero_with_a_sign_and_nan_are_values_of_their_own():
    @primitive
    def flip(a: float) -> float:
        return -a

    @primitive
    def sign(a: float) -> int:
        return int(math.copysign(1, a))

    spec = Spec(inputs=[float], output=int, examples=[Example(0.0, output=-1)])
    assert str(answer(DSL("signs", [flip, sign]), spec).program) == "sign(flip(x0))"
    assert len(DSL("zeros", [sign], constants={float: [0.0, -0.0]}).constants) == 2
    nothing = Spec(inputs=[int], output=float, examples=[Example(1, output=math.nan)])
    assert answer(DSL("nan", [], constants={float: [math.nan]}), nothing).status is Status.SOLVED


def test_programs_of_hundreds_of_calls_are_found_and_shown():
    spec = Spec(inputs=[int], output=int, examples=[Example(0, output=450)])
    result = answer(DSL("long", [inc]), spec, seconds=20)
    assert result.program.cost == 451 and str(result.program).count("inc") == 450


def test_room_is_given_until_the_last_thread_has_left():
    before, entered, leave = sys.getrecursionlimit(), threading.Barrier(2), threading.Event()

    def stay():
        with roomy():
            entered.wait()
            leave.wait()

    other = threading.Thread(target=stay)
    with roomy():
        other.start()
        entered.wait()
    assert sys.getrecursionlimit() > before
    leave.set()
    other.join()
    assert sys.getrecursionlimit() == before


def test_an_answer_over_thousands_of_items_is_not_lost_when_it_is_run_again():
    @primitive
    def count(f: Callable[[int], bool], xs: tuple[int, ...]) -> int:
        return sum(1 for x in xs if f(x))

    @primitive
    def positive(a: int) -> bool:
        return a > 0

    @primitive
    def minus(a: int) -> int:
        return -a

    xs = tuple((i * 7) % 19 - 9 for i in range(8000))
    spec = Spec(inputs=[tuple[int, ...]], output=int, examples=[Example(xs, output=sum(-x > 0 for x in xs))])
    assert answer(DSL("counts", [count, positive, minus]), spec, seconds=10).status is Status.SOLVED


@dataclass(frozen=True)
class Point:
    x: int
    y: int


class Token:
    pass


class Nothing(Enum):
    pass


@dataclass(frozen=True)
class Tree:
    kids: "tuple[Tree, ...]"


def test_classes_within_types_travel_across_processes():
    @primitive
    def total(f: Callable[[Point], int], ps: tuple[Point, ...]) -> int:
        return sum(map(f, ps))

    spec = Spec(inputs=[tuple[Point, ...]], output=int, examples=[Example((Point(1, 2), Point(3, 4)), output=2)])
    assert str(answer(DSL("points", [total], constants={int: [1]}), spec).program) == "total(lam(Point)(1), x0)"


@pytest.mark.parametrize("kind", [Token, Nothing, Tree])
def test_a_class_of_which_no_value_is_known_costs_no_answer(kind):
    @primitive
    def many(ts: tuple[kind, ...]) -> int:  # type: ignore[valid-type]
        return len(ts)

    @primitive
    def each(f: Callable[[kind], int], ts: tuple[kind, ...]) -> int:  # type: ignore[valid-type]
        return sum(map(f, ts))

    spec = Spec(inputs=[tuple[kind, ...]], output=int, examples=[Example((), output=1)])
    for solver in ("bottom-up", "bidirectional", "portfolio"):
        assert answer(DSL("kinds", [many, each, inc]), spec, solver).status is Status.SOLVED


class Unlike:
    def __eq__(self, other):
        raise RuntimeError("not to be compared")

    def __hash__(self):
        return 1


@pytest.mark.parametrize(("make", "said"), [
    (lambda: Spec(inputs=[np.ndarray], output=int, examples=[Example(np.array([1, 2]), output=1)]), "ndarray cannot"),
    (lambda: Spec(inputs=[Unlike], output=int, examples=[Example(Unlike(), output=1)]), "Unlike, which cannot be"),
    (lambda: Spec(inputs=[int], output=int, examples=[(1, 2)]), r"number 1 is \(1, 2\)"),
    (lambda: Spec(inputs=[int], output=int, examples=Example(1, output=2)), "examples is a list"),
    (lambda: Spec(inputs=[int], output=int, examples=None), "examples is a list"),
    (lambda: Spec(inputs=int, output=int, examples=[Example(1, output=2)]), "inputs is a list of types"),
    (lambda: Spec(inputs=[str], output=int, examples=[Example("a", output=2)], queries=["a"]), "queries, as|queries: "),
    (lambda: Spec(inputs=[str], output=int, examples=[Example(10**5000, output=1)]), "a number of 16,610 bits is no"),
    (lambda: Budget(seconds=10**400), "seconds must be a number above 0"),
    (lambda: Budget(seconds=True), "seconds must be a number above 0"),
    (lambda: solve(DSL("d", [inc]), Spec(inputs=[int], output=int, examples=[Example(1, output=2)]), solver="smt"),
     r"solver='smt' is no solver; .*named\('bottom-up'\)"),
])
def test_mistakes_are_named_with_their_cure(make, said):
    with pytest.raises(SpecError, match=said):
        make()


def test_types_that_are_no_list_are_refused():
    with pytest.raises(DSLError, match="open is a list of types"):
        DSL("d", [inc], open=int)


def test_numbers_of_thousands_of_digits_are_searched_and_contradicted():
    big = Spec(inputs=[int], output=int, examples=[Example(10**5000, output=10**5000 + 1)])
    assert str(answer(DSL("d", [inc]), big).program) == "inc(x0)"
    both = Spec(inputs=[int], output=int, examples=[Example(10**5000, output=1), Example(10**5000, output=2)])
    assert "contradict" in answer(DSL("d", [inc]), both).reason


@primitive
def forever(a: int) -> int:
    while True:
        pass


@primitive
def sleepy(a: int) -> int:
    time.sleep(0.1)
    return a + 2


@pytest.mark.parametrize("primitives", [[inc, forever], [inc, sleepy]], ids=["forever", "sleepy"])
@pytest.mark.parametrize("seconds", [0.2, 1.0])
@pytest.mark.parametrize("solver", ["bottom-up", "asp", "portfolio"])
def test_the_whole_of_solve_keeps_to_the_budget(solver, seconds, primitives):
    spec = Spec(inputs=[int], output=int, examples=[Example(n, output=n * n - 77) for n in range(8)])
    start = time.monotonic()
    answer(DSL("slow", primitives), spec, solver, seconds=seconds)
    assert time.monotonic() - start <= 1.1 * seconds + 0.5 + 1.0  # the last for a busy machine


def test_what_a_primitive_starts_is_ended_with_it(tmp_path):
    notes = tmp_path / "pids"

    @primitive
    def fork(a: int) -> int:
        if os.fork() == 0:
            with open(notes, "a") as f:
                f.write(f"{os.getpid()}\n")
            time.sleep(60)
            os._exit(0)
        return a + 3

    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=4)])
    assert answer(DSL("forks", [inc, fork]), spec, "bottom-up").status is Status.SOLVED
    time.sleep(0.3)
    left = [pid for pid in notes.read_text().split() if running(int(pid))]
    assert not left


def running(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_answers_are_computed_where_they_can_do_no_harm(capfd):
    @primitive
    def loud(a: int) -> int:
        print("hello")
        if a == 99:
            os._exit(0)
        return a + 1

    dsl, spec = DSL("loud", [loud]), Spec(inputs=[int], output=int, examples=[Example(1, output=2)])
    program = answer(dsl, spec).program
    assert outputs(dsl, spec, program, [(5,)]) == [6]
    assert "ended by itself" in str(outputs(dsl, spec, program, [(99,)])[0])
    assert "hello" not in capfd.readouterr().out
