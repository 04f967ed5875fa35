"""What solvers say of languages at the edges: float parts, tied parameters, open constants, prices, large pools."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread

import numpy as np
import pytest

from dsl import DSL, DSLError, Example, Spec, load, parse, primitive
from dsl.defined import defined
from dsl.grammar import Grammar
from dsl.inputs import seeded
from dsl.interpret import alike, compiled
from dsl.languages.bitvectors import language
from dsl.lazy import cached_property
from dsl.pcfg import PCFG
from dsl.promise import unkept
from dsl.types import INT
from nesy import Budget, solve
from solvers.asp.abduce import abduce
from solvers.asp.solver import Asp
from solvers.base import Status
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp
from solvers.isolate import limited
from solvers.smt.equal import claimed
from solvers.smt.solver import SmtSolver
from solvers.top_down import TopDown
from tasks.base import TaskError
from tasks.sygus.reader import load as load_problem

ENUMERATING = (BottomUp(), Bidirectional(), TopDown())


@dataclass(frozen=True)
class Point:
    """Shown to one decimal, and so not by all that it is."""

    x: float
    y: float

    def __repr__(self) -> str:
        return f"Point({self.x:.1f}, {self.y:.1f})"


@dataclass(frozen=True)
class Tagged:
    """Of which the tag is not shown."""

    x: float
    tag: int = field(repr=False)


@dataclass(frozen=True)
class Number:
    """A whole number or not: 1 equals 1.0, and is written otherwise."""

    v: int | float


@primitive
def nudge(p: Point) -> Point:
    """A little to the right."""
    return Point(p.x + 0.01, p.y)


@primitive
def east(p: Point) -> float:
    """How far right it is."""
    return p.x


@primitive
def total(f: Callable[[Tagged], int], a: Tagged, b: Tagged) -> int:
    """What a function gives of both, together."""
    return f(a) + f(b)


@primitive
def tag(t: Tagged) -> int:
    """The tag."""
    return t.tag


@primitive
def decrement(n: Number) -> Number:
    """One less."""
    return Number(n.v - 1)


@primitive
def half(n: Number) -> Number:
    """Half of it."""
    return Number(n.v / 2)


@primitive
def text(n: Number) -> str:
    """As it is written."""
    return str(n.v)


@pytest.mark.parametrize("solver", ENUMERATING, ids=lambda s: s.name)
def test_values_of_classes_are_told_apart_by_their_parts_whatever_is_shown_of_them(solver):
    points = DSL("points", [nudge, east])
    spec = Spec(inputs=[Point], output=float, examples=[Example(Point(1.0, 0.0), output=1.01)])
    assert str(solver.solve(points, spec, Budget(seconds=10, size=4)).program) == "east(nudge(x0))"
    numbers = DSL("numbers", [decrement, half, text])
    spec = Spec(inputs=[Number], output=str, examples=[Example(Number(2), output="1.0")])
    assert str(solver.solve(numbers, spec, Budget(seconds=10, size=3)).program) == "text(half(x0))"


def test_calls_of_a_lambda_on_values_that_look_alike_are_two():
    tagged = DSL("tagged", [total, tag])
    spec = Spec(inputs=[Tagged, Tagged], output=int,
                examples=[Example(Tagged(1.0, 3), Tagged(1.0, 5), output=8)])
    assert BottomUp().solve(tagged, spec, Budget(seconds=10, size=6)).program(Tagged(0.0, 1), Tagged(0.0, 2)) == 3


def test_answer_sets_and_smt_agree_where_a_grammar_leaves_parameters_out(tmp_path):
    file = tmp_path / "tied.sl"
    file.write_text("""(set-logic LIA)
(synth-fun f ((a Bool) (b Bool)) Bool ((S Bool)) ((S Bool (b (not S)))))
(declare-var a Bool) (declare-var b Bool)
(constraint (= (f a b) (not b)))
(check-synth)""", "utf-8")
    problem = load_problem(file)
    for solver in (Asp(), SmtSolver()):
        found = solver.solve(problem.dsl, problem.spec, Budget(seconds=10))
        assert found.status is Status.SOLVED and str(found.program) == "negation(x0)"


def test_cvc5_is_asked_for_the_function_with_all_its_parameters(tmp_path):
    pytest.importorskip("cvc5")
    from solvers.smt.cvc5 import Cvc5

    file = tmp_path / "tied.sl"
    file.write_text("""(set-logic LIA)
(synth-fun f ((a Int) (b Int)) Int ((S Int)) ((S Int (b 1 (+ S S)))))
(declare-var a Int) (declare-var b Int)
(constraint (= (f a b) (+ b b)))
(check-synth)""", "utf-8")
    problem = load_problem(file)
    found = Cvc5().solve(problem.dsl, problem.spec, Budget(seconds=10))
    assert str(found.program) == "add(x0, x0)"


def test_no_program_is_denied_where_any_constant_may_be_written(tmp_path):
    file = tmp_path / "nested.sl"
    file.write_text("""(set-logic LIA)
(synth-fun f ((x Int)) Int ((S Int)) ((S Int (x 0 1 (Constant Int) (+ S S)))))
(declare-var x Int)
(constraint (= (f (f x)) (+ x 10)))
(check-synth)""", "utf-8")
    problem = load_problem(file)
    found = solve(problem.dsl, problem.spec, budget=Budget(seconds=4, size=3))
    assert found.status is not Status.INFEASIBLE


def test_a_sort_that_is_not_the_rules_is_refused(tmp_path):
    for rules in ("((A Int)) ((A Int (b 0)))", "((A Int) (B Bool)) ((A Int (B)) (B Bool (true (= A A))))",
                  "((A Int) (B Bool)) ((A Int (0 B)) (B Bool (true (= A A))))"):
        file = tmp_path / "sorts.sl"
        file.write_text(f"(set-logic LIA)(synth-fun f ((b Bool)) Int {rules})(declare-var b Bool)"
                        "(constraint (> (f b) 0))(check-synth)", "utf-8")
        with pytest.raises(TaskError, match="is of another sort"):
            load_problem(file)


@pytest.mark.parametrize(("logic", "wanted"), [("LIA", False), ("NIA", True)])
def test_a_default_grammar_keeps_to_its_logic(tmp_path, logic, wanted):
    file = tmp_path / "square.sl"
    file.write_text(f"(set-logic {logic})(synth-fun f ((x Int)) Int)(declare-var x Int)"
                    "(constraint (= (f x) (* x x)))(check-synth)", "utf-8")
    problem = load_problem(file)
    found = solve(problem.dsl, problem.spec, budget=Budget(seconds=2))
    assert (found.status is Status.SOLVED) is wanted
    linear = file.with_name("line.sl")
    linear.write_text(f"(set-logic {logic})(synth-fun f ((x Int) (y Int)) Int)(declare-var x Int)(declare-var y Int)"
                      "(constraint (= (f x y) (+ (* 7 x) (* y 3) 2)))(check-synth)", "utf-8")
    problem = load_problem(linear)
    assert solve(problem.dsl, problem.spec, budget=Budget(seconds=10)).program(2, 5) == 31


def test_a_primitive_of_no_argument_is_refused_with_the_cure():
    five = defined("five", parse("add(2, 3)", load("integers"), ()), ())
    with pytest.raises(DSLError, match="make its value a constant"):
        load("integers").extend("more", [five])


def test_functions_merged_on_samples_prove_nothing():
    @primitive
    def equal(a: int, b: int) -> bool:
        return a == b

    @primitive
    def tried(f: Callable[[int], bool], n: int) -> bool:
        return f(n ** 3)

    dsl = DSL("tried", [equal, tried], constants={int: [1000, 1331]})
    spec = Spec(inputs=[int], output=bool, examples=[Example(10, output=True), Example(11, output=False)])
    assert BottomUp(contexts=8).solve(dsl, spec, Budget(seconds=10, size=7)).status is not Status.INFEASIBLE


def test_a_batch_that_wraps_around_is_refused():
    @primitive(batch=lambda a: a * a * a)
    def cube(a: int) -> int:
        return a ** 3

    @primitive(batch=lambda a: a % 7)
    def seventh(a: int) -> int:
        return a % 7

    spec = Spec(inputs=[int], output=int, examples=[Example(n, output=n ** 3 % 7) for n in (2**22, 2, 3)])
    assert "right up to 64 bits alone" in unkept(cube, [(2,), (3,)]) and not unkept(seventh, [(2,), (3,)])

    @primitive(batch=lambda a: np.clip(a, -2**20, 2**20) ** 3)
    def bounded(a: int) -> int:
        return a ** 3

    assert not unkept(bounded, [(2,), (3,)])
    assert solve(DSL("cubes", [bounded, seventh]), spec).program(2**22 + 1) == (2**22 + 1)**3 % 7


def test_prices_that_guide_a_search_deny_no_program_of_a_size():
    guided = Bidirectional(guide=lambda grammar, spec: PCFG.uniform(grammar).costs(2.0))
    spec = Spec(inputs=[int], output=int, examples=[Example(n, output=2 * n + 1) for n in (3, 5, 8)])
    assert guided.solve(load("integers"), spec, Budget(seconds=5, size=5)).status is not Status.INFEASIBLE


def test_what_is_said_to_be_impossible_is_not_chosen():
    assert abduce({"a": {"x": -1e9, "y": -1.0}}, "right.").picks == {"a": "y"}


def test_wide_bitvectors_are_searched_from_both_ends():
    wide = language(128)
    of = wide.types()[0]
    spec = Spec(inputs=[of], output=of, examples=[Example(2**100, output=2**100 | 1), Example(6, output=7)])
    assert Bidirectional().solve(wide, spec, Budget(seconds=10)).program(8) == 9


def test_a_primitive_without_a_meaning_for_z3_or_over_functions_stops_no_search():
    @primitive
    def odd(a: int) -> int:
        return a * 5 % 3

    @primitive
    def twice(f: Callable[[int], int], a: int) -> int:
        return f(f(a))

    integers = load("integers")
    add = integers.primitive("add")
    f = parse("add(x0, x0)", integers, (INT,))
    for more in (odd, twice):
        dsl = DSL("mixed", [more, add])
        unknown = defined("f", f, (INT,), smt="f")
        formula = parse("equal(f(x0), add(x0, add(x0, add(x0, x0))))", integers.extend("asked", [unknown]), (INT,))
        spec = Spec(inputs=[int], output=int, formula=formula, variables=(INT,), unknowns=(unknown,))
        found = SmtSolver().solve(dsl, spec, Budget(seconds=20, size=9))
        assert found.status is Status.SOLVED, found.reason
        assert found.program(3) == 12


def test_large_pools_are_left_in_time():
    @primitive
    def three(a: int, b: int, c: int) -> int:
        return a * b + c

    wide = DSL("wide", [three], constants={int: list(range(1000))})
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=-5), Example(2, output=-7)])
    for solver in (BottomUp(), Bidirectional()):
        begin = time.monotonic()
        solver.solve(wide, spec, Budget(seconds=0.5))
        assert time.monotonic() - begin < 4


def _small_budget(held: list[bytes]) -> Status:
    spec = Spec(inputs=[int], output=int, examples=[Example(n, output=2 * n + 1) for n in (3, 5, 8)])
    return BottomUp().solve(load("integers"), spec, Budget(seconds=10, memory_mb=300)).status


def test_what_the_caller_holds_counts_towards_no_budget():
    held = [bytes(500 * 2**20)]
    assert limited(_small_budget, [], seconds=20, memory_mb=600) is Status.SOLVED
    assert len(held[0])


def test_a_claim_is_what_the_formula_says_with_the_program_in_its_place():
    integers = load("integers")
    unknown = defined("f", parse("x0", integers, (INT,)), (INT,), smt="f")
    formula = parse("equal(f(f(x0)), add(x0, f(2)))", integers.extend("asked", [unknown]), (INT,))
    spec = Spec(inputs=[int], output=int, formula=formula, variables=(INT,), unknowns=(unknown,))
    pcfg = PCFG.uniform(Grammar(integers, (INT,), INT))
    for n in range(40):
        program = pcfg.sample(seeded("claim", n), 4)
        by_call, whole = claimed(spec, program), compiled(spec.stated(program))
        assert all(alike(by_call((x,)), whole((x,))) for x in (-3, 0, 1, 7))


class Slow:
    """Of which a property takes a while."""

    def __init__(self, seconds: float):
        self.seconds = seconds

    @cached_property
    def slept(self) -> float:
        time.sleep(self.seconds)
        return self.seconds


def test_a_process_does_not_wait_for_what_a_thread_of_its_parent_computes():
    thread = Thread(target=lambda: Slow(1.5).slept)
    thread.start()
    time.sleep(0.2)
    assert limited(lambda: Slow(0.0).slept, seconds=1.0, memory_mb=500) == 0.0
    thread.join()


@pytest.mark.parametrize("solver", ENUMERATING, ids=lambda s: s.name)
def test_what_cannot_be_built_is_said_at_once_whatever_else_can(solver):
    """The other types' programs are without end, and none of them is part of a whole one."""
    @primitive
    def cons(x: int, xs: tuple[int, ...]) -> tuple[int, ...]:
        return (x, *xs)

    @primitive
    def add(a: int, b: int) -> int:
        return a + b

    spec = Spec(inputs=[int], output=tuple[int, ...], examples=[Example(3, output=(3, 5))])
    result = solve(DSL("endless", [cons, add], constants={int: [2]}), spec, solver=solver, budget=Budget(seconds=20))
    assert result.status is not Status.TIMEOUT and "nothing gives tuple[int, ...]" in result.reason
    assert result.seconds < 10
