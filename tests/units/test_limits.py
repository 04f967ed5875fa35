"""Programs that loop, grow or eat memory are failures, and solvers end when their budget does."""

import os
import signal
import time
from concurrent.futures import Future
from dataclasses import dataclass

import pytest

from dsl import DSL, Example, Failure, Limits, NesyError, ProgramFault, Spec, load, parse, primitive, run
from dsl.interpret import Why
from dsl.types import INT
from nesy import Budget, Status, solve
from nesy.engine import solve_each
from solvers import isolate
from solvers.asp.abduce import abduce
from solvers.base import Result
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp
from solvers.isolate import Killed, limited
from solvers.names import named
from solvers.portfolio import Portfolio
from tasks import Task
from tasks.sygus.reader import parse as parse_sygus


@primitive
def forever(a: int) -> int:
    while True:
        a += 1


@primitive
def power(a: int, b: int) -> int:
    return a ** abs(b)


@primitive
def hoard(a: int) -> int:
    return len("x" * (a * 10**10))


@primitive
def add(a: int, b: int) -> int:
    return a + b


@primitive
def fail(a: int) -> int:
    raise ValueError("no")


@primitive
def nand(a: bool, b: bool) -> bool:
    return not (a and b)


WILD = DSL("wild", [forever, power, hoard, add, fail], constants={int: [9]})


def value(text, *inputs, **limits):
    return run(parse(text, WILD, (INT,), INT), inputs, Limits(**limits))


def test_a_loop_is_a_failure():
    start = time.monotonic()
    assert value("forever(x0)", 1, seconds=0.3).why is Why.TIME
    assert time.monotonic() - start < 3


def test_growth_is_a_failure():
    assert value("power(9, power(9, 9))", 1, seconds=0.3).why in (Why.TIME, Why.SIZE)
    assert value("power(x0, 9999)", 99).why is Why.SIZE


def test_an_exception_is_a_failure_that_says_what_was_raised():
    assert value("fail(x0)", 1) == Failure(Why.RAISED, "fail: ValueError: no")
    with pytest.raises(ProgramFault, match="fail: ValueError: no"):
        parse("fail(x0)", WILD, (INT,), INT)(1)


def test_missing_parts_are_failures():
    assert value("add(x0, hole(int))", 1).why is Why.HOLE
    assert run(parse("x0", WILD, (INT,), INT), ()).why is Why.INPUT


@pytest.mark.parametrize("primitives", [[add, forever], [add, power], [add, hoard], [add, fail]],
                         ids=lambda ps: ps[1].name)
def test_solve_ends_in_time_whatever_a_primitive_does(primitives):
    dsl = DSL("trap", primitives, constants={int: [9]})
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=-1)])
    start = time.monotonic()
    result = solve(dsl, spec, budget=Budget(seconds=1.5, memory_mb=400))
    assert time.monotonic() - start < 6
    assert result.status in (Status.TIMEOUT, Status.MEMORY)
    assert result.program is None


def test_what_can_be_solved_is_solved_beside_a_trap():
    dsl = DSL("trap", [forever, add], constants={int: [9]})
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=10), Example(2, output=11)])
    assert str(solve(dsl, spec, budget=Budget(seconds=10)).program) == "add(x0, 9)"


def test_a_call_is_killed_when_its_time_is_up():
    start = time.monotonic()
    with pytest.raises(Killed) as killed:
        limited(time.sleep, 60, seconds=0.5, memory_mb=500)
    assert killed.value.status is Status.TIMEOUT
    assert time.monotonic() - start < 5


def test_a_call_is_stopped_when_its_memory_is_used_up():
    with pytest.raises(Killed) as killed:
        limited(lambda: len(bytearray(3 * 10**9)), seconds=20, memory_mb=300)
    assert killed.value.status is Status.MEMORY


def test_a_call_returns_its_value():
    assert limited(sum, (1, 2), seconds=5, memory_mb=300) == 3


def test_constants_of_classes_of_ones_own_come_back():
    @dataclass(frozen=True)
    class Point:
        x: int
        y: int

    @primitive
    def across(p: Point) -> Point:
        return Point(p.y, p.x)

    dsl = DSL("points", [across], constants={Point: [Point(3, 4)]})
    spec = Spec(inputs=[Point], output=Point, examples=[Example(Point(0, 0), output=Point(4, 3))])
    assert solve(dsl, spec, budget=Budget(seconds=5)).program(Point(9, 9)) == Point(4, 3)


def test_grounding_without_end_is_ended():
    start = time.monotonic()
    with pytest.raises(NesyError, match="abduction"):
        abduce({"a": {"x": -1.0}}, "p(0). p(X + 1) :- p(X), X < 2000000000. right.", seconds=0.5, memory_mb=300)
    assert time.monotonic() - start < 8


def test_rules_that_are_no_asp_are_refused():
    for rules in ("right. foo :- ", "right :- ", 'right :- pick("a"'):
        with pytest.raises(NesyError, match="clingo refuses"):
            abduce({"a": {"x": -1.0}}, rules)


def test_a_solver_that_lies_is_caught():
    class Liar:
        name = "liar"

        def solve(self, dsl, spec, budget):
            from solvers.base import Result

            return Result(status=Status.SOLVED, programs=(parse("x0", dsl, spec.inputs, spec.output),))

    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=2)])
    result = solve(DSL("d", [add]), spec, solver=Liar())
    assert result.status is Status.UNKNOWN
    assert "liar" in result.reason


@dataclass(frozen=True)
class Stubborn:
    """Stays in one call of z3 whatever time limit it was given."""

    name: str = "stubborn"

    def solve(self, dsl, spec, budget=Budget()):
        import z3

        x = z3.Ints("x y z")
        solver = z3.Solver()
        solver.add(x[0] ** 3 + x[1] ** 3 + x[2] ** 3 == 114, *[z3.Or(v > 10**6, v < -(10**6)) for v in x])  # open
        solver.check()
        return Result(status=Status.UNKNOWN)

    def solutions(self, dsl, spec, budget=Budget()):
        yield from ()


def test_a_solver_that_ignores_its_limit_is_ended_and_takes_no_other_with_it():
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4), Example(3, output=6)])
    both = Portfolio(Stubborn(), BottomUp())
    start = time.monotonic()
    result = solve(load("integers"), spec, solver=both, budget=Budget(seconds=20))
    assert result.status is Status.SOLVED and result.solver == "bottom-up"
    assert time.monotonic() - start < 10
    start = time.monotonic()
    alone = solve(load("integers"), spec, solver=Portfolio(Stubborn(), Stubborn(name="other")),
                  budget=Budget(seconds=1))
    assert alone.status is Status.TIMEOUT
    assert "stubborn: TIMEOUT" in alone.reason and "other: TIMEOUT" in alone.reason
    assert time.monotonic() - start < 4


def test_a_primitive_that_allocates_without_end_costs_its_task_alone():
    @primitive
    def hoard(a: int) -> int:
        return len([0] * 10**9) + a

    greedy = DSL("greedy", [hoard], constants={int: [1]})
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4)])
    result = solve(greedy, spec, solver=Bidirectional(), budget=Budget(seconds=3, memory_mb=300))
    assert result.program is None
    assert solve(load("integers"), spec, budget=Budget(seconds=3)).status is Status.SOLVED


def test_a_solver_that_breaks_down_is_reported_by_name():
    @dataclass(frozen=True)
    class Broken:
        name: str = "broken"

        def solve(self, dsl, spec, budget=Budget()):
            raise ZeroDivisionError("oops")

        def solutions(self, dsl, spec, budget=Budget()):
            yield from ()

    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4)])
    result = solve(load("integers"), spec, solver=Broken())
    assert result.status is Status.UNKNOWN
    assert "broken: it broke down: ZeroDivisionError: oops" in result.reason


def test_a_liar_beside_a_slow_solver_leaves_no_program_behind():
    @dataclass(frozen=True)
    class Fixed:
        name: str = "liar"

        def solve(self, dsl, spec, budget=Budget()):
            return Result(status=Status.SOLVED, programs=(parse("x0", dsl, spec.inputs, spec.output),))

        def solutions(self, dsl, spec, budget=Budget()):
            yield from ()

    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=5)])
    result = Portfolio(Fixed(), Stubborn()).solve(WILD, spec, Budget(seconds=1.5))
    assert result.status is Status.TIMEOUT and result.program is None
    alone = Portfolio(Fixed(), Fixed()).solve(WILD, spec, Budget(seconds=2))
    assert alone.status is Status.UNKNOWN and alone.program is None and "liar returned x0" in alone.reason


def test_many_calls_that_are_each_quick_enough_end_with_the_budget():
    @primitive
    def slow(a: int) -> int:
        time.sleep(0.1)
        return -a

    dsl = DSL("slow", [slow], constants={int: range(2, 66)})
    spec, start = Spec(inputs=[int], output=int, examples=[Example(1, output=1000)]), time.monotonic()
    result = BottomUp().solve(dsl, spec, Budget(seconds=1))
    assert result.status is Status.TIMEOUT and result.searched_to == 1
    assert time.monotonic() - start < 3


def test_a_slow_primitive_does_not_hide_a_law_that_another_breaks():
    @primitive(idempotent=True)
    def slow(a: int) -> int:
        time.sleep(0.4)
        return a

    @primitive(commutative=True)
    def minus(a: int, b: int) -> int:
        return a - b

    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=1)])
    with pytest.raises(NesyError, match=r"'minus' breaks its law commutative"):
        solve(DSL("laws", [slow, minus]), spec, budget=Budget(seconds=10))


LARGER = """(set-logic LIA) (synth-fun f ((x Int) (y Int)) Int) (declare-var x Int) (declare-var y Int)
(constraint (>= (f x y) x)) (constraint (>= (f x y) y)) (constraint (or (= x (f x y)) (= y (f x y)))) (check-synth)"""


@pytest.mark.parametrize("solver", ["smt", "asp", "recursion", "batched", "bottom-up", "bidirectional", "portfolio"])
def test_no_solver_gives_a_program_that_is_larger_than_asked(solver):
    if solver == "smt":
        lia = parse_sygus(LARGER, "max.sl")
        dsl, spec = lia.dsl, lia.spec
    elif solver == "asp":
        rows = [Example(a, b, output=a != b) for a in (False, True) for b in (False, True)]
        dsl, spec = DSL("gates", [nand]), Spec(inputs=[bool, bool], output=bool, examples=rows)
    elif solver == "recursion":
        rows = [Example(a, b, output=a * b) for a in range(5) for b in range(5)]
        dsl, spec = load("naturals"), Spec(inputs=[int, int], output=int, examples=rows)
    else:
        rows = [Example(a, output=a * a + a + 1) for a in range(6)]
        dsl, spec = load("integers"), Spec(inputs=[int], output=int, examples=rows)
    result = solve(dsl, spec, solver=named(solver), budget=Budget(seconds=3, size=3))
    assert result.program is None and result.status is not Status.SOLVED


def test_programs_in_arrays_are_counted_against_the_budget():
    spec = Spec(inputs=[int], output=int, examples=[Example(a, output=a**3 + 7 * a + 11) for a in range(6)])
    result = named("batched").solve(load("integers"), spec, Budget(seconds=5, programs=1000))
    assert result.status is Status.TIMEOUT and result.tried < 300_000


def test_who_has_enough_ends_what_is_under_way():
    never = Spec(inputs=[int], output=int, examples=[Example(a, output=hash((a, "x")) % 10**9) for a in range(9)])
    soon = Spec(inputs=[int], output=int, examples=[Example(1, output=1)])
    tasks = {"soon": Task("soon", load("integers"), soon), **{
        f"never{i}": Task(f"never{i}", load("integers"), never) for i in range(5)}}
    work = solve_each(tasks, tasks.__getitem__, named("bottom-up"), Budget(seconds=60), jobs=2)
    assert next(work)[0].id == "soon"
    start = time.monotonic()
    work.close()
    assert time.monotonic() - start < 3


def test_an_interrupt_while_a_process_is_begun_is_not_lost(monkeypatch):
    passed = []

    class Swallowing:
        def __del__(self):  # as at a fork: what is raised here, Python only prints
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)

    def begun(*args: object, **named: object):
        def start(*given: object):
            Swallowing()
            passed.append(given)
            return Future()
        return lambda function: start

    monkeypatch.setattr(isolate.concurrent, "process", begun)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            isolate.Call(abs, (1,), 5, 500)
        assert len(passed) == 1 and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
