"""Soundness: what is said to be proved, unique or impossible is so, where names, types, failures and floats mislead."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import DSL, DSLError, Example, Grammar, Spec, load, parse, primitive
from dsl.program import Apply, Const, Input, Program
from dsl.reach import unexplored
from dsl.types import BOOL, INT
from nesy import Budget, run, solve
from solvers.asp.solver import Asp
from solvers.base import Result, Status
from solvers.batched import Batched
from solvers.bottom_up import BottomUp
from solvers.names import named
from solvers.smt.cegis import impossible
from solvers.smt.equal import separate
from solvers.smt.lower import Undecided, lower
from solvers.top_down import TopDown
from solvers.uniqueness import certify
from tasks.sygus.reader import parse as read

QUICK = Budget(seconds=4)


@primitive(smt="(ite (< v0 v1) v1 v0)")
def larger(v0: int, v1: int) -> int:
    return max(v0, v1)


@primitive(smt="(let ((v0 (+ a a))) (ite (< v0 b) (- v0 b) (* v0 v0)))")
def bent(a: int, b: int) -> int:
    return 2 * a - b if 2 * a < b else 4 * a * a


TERMS = st.recursive(st.sampled_from([Input(0, INT), Input(1, INT), Input(2, INT), Const(3, INT)]),
                     lambda inner: st.builds(lambda f, a, b: Apply(f, (a, b)), st.sampled_from([larger, bent]),
                                             inner, inner), max_leaves=12)


@given(TERMS, st.tuples(*[st.integers(-9, 9)] * 3))
@settings(max_examples=200, deadline=None)
def test_a_term_means_what_running_its_program_gives_whatever_parameters_are_called(program, values):
    term, names = lower(program, (INT,) * 3)
    told = z3.simplify(z3.substitute(term, *zip(names, map(z3.IntVal, values), strict=True)))
    assert told.as_long() == run(program, values)


def test_a_macro_of_a_macro_is_proved_for_what_it_means():
    posed = read("""(set-logic LIA)
(define-fun max2 ((x Int) (y Int)) Int (ite (< x y) y x))
(define-fun max3 ((x Int) (y Int) (z Int)) Int (max2 (max2 y z) x))
(synth-fun f ((a Int) (b Int) (c Int)) Int)
(declare-var a Int) (declare-var b Int) (declare-var c Int)
(constraint (= (f a b c) (max3 a b c)))
(check-synth)""", "max.sl")
    found = solve(posed.dsl, posed.spec, budget=QUICK, trusted=True)
    assert found.certificate is not None and found.certificate.proved
    assert [found.program(*args) for args in ((9, 1, 2), (1, 9, 2), (1, 2, 9))] == [9, 9, 9]


@primitive(smt="(div a b)")
def over(a: int, b: int) -> int:
    return a // b


@primitive(smt="(* a b)")
def times(a: int, b: int) -> int:
    return a * b


@dataclass(frozen=True)
class Fixed:
    answer: Program
    name: str = "fixed"

    def solve(self, dsl, spec, budget):
        return Result(status=Status.SOLVED, programs=(self.answer,))


def test_a_meaning_that_is_not_what_running_does_is_no_proof():
    @primitive(smt="(+ a 1)")
    def twice(a: int) -> int:
        return 2 * a

    @primitive(smt="(+ a b)")
    def add(a: int, b: int) -> int:
        return a + b

    @primitive(smt="(= a b)")
    def equal(a: int, b: int) -> bool:
        return a == b

    @primitive(smt="f")
    def f(a: int) -> int:
        return a

    x = Input(0, INT)
    claim = Apply(equal, (Apply(f, (x,)), Apply(twice, (x,))))
    spec = Spec(inputs=[int], output=int, formula=claim, variables=[INT], unknowns=[f])
    dsl = DSL("off", [add], constants={int: [1]})
    found = solve(dsl, spec, solver=Fixed(parse("add(x0, 1)", dsl, (INT,))), budget=QUICK, trusted=True)
    assert found.status is Status.UNKNOWN and "a function's smt is not what it does" in found.reason
    with pytest.raises(DSLError, match="'twice'"):
        solve(DSL("off", [add, twice], constants={int: [1]}), spec, budget=QUICK)


def test_what_may_fail_is_proved_equal_only_where_both_have_a_value():
    language = DSL("division", [over, times], constants={int: [0, 1]})
    a, b = (parse(t, language, (INT, INT)) for t in ("times(0, over(x0, x1))", "0"))
    assert separate(a, b, (INT, INT)) == (0, 0)
    with pytest.raises(Undecided, match="where both have a value"):
        separate(parse("over(12345, over(x0, 12345))", language, (INT,)),
                 parse("times(1, over(12345, over(x0, 12345)))", language, (INT,)), (INT,))


def test_a_proof_says_that_it_is_of_what_has_a_value():
    posed = read("""(set-logic LIA)
(synth-fun f ((a Int)) Int ((S Int) (D Int)) ((S Int ((div 1 D))) (D Int (a (- a 12345)))))
(declare-var a Int)
(constraint (= (f a) (div 1 (- a 12345))))
(check-synth)""", "div.sl")
    found = solve(posed.dsl, posed.spec, budget=QUICK, trusted=True)
    if found.status is Status.SOLVED:
        assert found.certificate is not None
        assert str(found.certificate).startswith("proved for all inputs on which it has a value")


def test_calls_on_what_has_no_value_are_not_taken_for_one():
    posed = read("""(set-logic LIA)
(synth-fun f ((x Int)) Int ((I Int)) ((I Int (x 0 1 (+ I I)))))
(declare-var a Int) (declare-var b Int)
(constraint (= (- (f (+ (div a 0) a)) (f (+ (div a 0) b))) (- a b)))
(check-synth)""", "zero.sl")
    assert not impossible(posed.spec, (-1, 3), time.monotonic() + 4)
    assert solve(posed.dsl, posed.spec, solver=named("smt"), budget=QUICK).status is not Status.INFEASIBLE


@primitive
def adder(n: int) -> Callable[[int], int]:
    return lambda a: a + n


@primitive
def apply(f: Callable[[int], int], a: int) -> int:
    return f(a)


@primitive
def at3(f: Callable[[Callable[[int], int]], int]) -> int:
    return f(lambda a: a + 3)


@dataclass(frozen=True)
class Box:
    content: int


@primitive(cost=10)
def box(content: int) -> Box:
    return Box(content)


@primitive
def box3(f: Callable[[int, int, int], int]) -> Box:
    return Box(f(1, 2, 3))


@primitive
def hundreds(a: Box, b: Box) -> int:
    return 100 * a.content + b.content


@pytest.mark.parametrize(("dsl", "spec", "text"), [
    (DSL("adders", [adder, apply], constants={int: [1]}),
     Spec(inputs=[int], output=int, examples=[Example(5, output=6), Example(7, output=8)]), "apply(adder(1), x0)"),
    (DSL("given", [apply], constants={int: [1]}),
     Spec(inputs=[Callable[[int], int], int], output=int, examples=[Example(abs, -2, output=2)]), "apply(x0, x1)"),
    (DSL("taken", [at3, apply], constants={int: [3]}),
     Spec(inputs=[int], output=int, examples=[Example(0, output=6)]), "at3(lam(Callable[[int], int])(apply(y0, 3)))"),
    (DSL("boxes", [box, box3, hundreds], constants={int: [9]}),
     Spec(inputs=[int], output=int, examples=[Example(0, output=102)]),
     "hundreds(box3(lam(int, int, int)(y0)), box3(lam(int, int, int)(y1)))"),
])
def test_programs_that_are_not_explored_are_not_called_impossible(dsl, spec, text):
    program = parse(text, dsl, spec.inputs, spec.output)
    assert spec.holds(program)
    bound, _ = unexplored(Grammar(dsl, spec.inputs, spec.output))
    assert bound <= program.cost
    for solver in (BottomUp(), TopDown(), named("bidirectional")):
        found = solver.solve(dsl, spec, Budget(seconds=2, size=program.cost))
        assert found.status is not Status.INFEASIBLE


def test_more_types_than_are_explored_are_not_called_impossible():
    kinds = [dataclass(frozen=True)(type(f"Kind{n}", (), {"__annotations__": {"n": int}})) for n in range(16)]
    makers = []
    for n, kind in enumerate(kinds):
        def make(n: int):
            return n
        make.__annotations__ = {"n": int, "return": kind}
        makers.append(primitive(name=f"make{n}")(make))
    from typing import TypeVar

    A, B = TypeVar("A"), TypeVar("B")

    @primitive
    def pair(a: A, b: B) -> tuple[A, B]:
        return a, b

    dsl = DSL("pairs", [*makers, pair], constants={int: [1]})
    grammar = Grammar(dsl, (INT,), INT)
    assert grammar.crowded and unexplored(grammar)[0] <= 3


@primitive(cost=3)
def slow(a: int) -> int:
    time.sleep(0.1)
    return a * 1000


@primitive
def plus(a: int, b: int) -> int:
    return a + b


@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_where_any_constant_may_be_written_no_answer_is_unique_however_long_it_is_searched(seconds):
    dsl = DSL("open", [plus, slow], constants={int: [1, 2]}, open=[int])
    spec = Spec(inputs=[int], output=int, examples=[Example(5, output=7)])
    told = certify(dsl, spec, parse("plus(x0, 2)", dsl, (INT,)), Budget(seconds=seconds))
    assert told.unique_up_to is None


@primitive
def sign(v: float) -> int:
    return int(math.copysign(1, v))


@primitive
def mapped(f: Callable[[float], int], xs: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(map(f, xs))


@dataclass(frozen=True)
class Held:
    v: float


@primitive
def hold(v: float) -> Held:
    return Held(v)


@primitive
def side(held: Held) -> int:
    return sign(held.v)


@primitive
def negative(v: float) -> float:
    return -v


@pytest.mark.parametrize("solver", ["bottom-up", "top-down", "bidirectional"])
def test_zeros_of_either_sign_are_told_apart_in_functions_and_classes(solver):
    dsl = DSL("signs", [mapped, sign])
    spec = Spec(inputs=[tuple[float, ...]], output=tuple[int, ...], examples=[Example((0.0, -0.0), output=(1, -1))])
    assert str(named(solver).solve(dsl, spec, QUICK).program) == "mapped(lam(float)(sign(y0)), x0)"
    within = Spec(inputs=[float], output=int, examples=[Example(0.0, output=-1), Example(-0.0, output=1)])
    assert within.contradiction() is None
    found = named(solver).solve(DSL("held", [side, hold, negative]), within, QUICK)
    assert str(found.program) == "side(hold(negative(x0)))"


def test_answer_sets_meet_a_formula_everywhere_or_say_that_it_is_too_large():
    @primitive(smt="(and a b)")
    def both(a: bool, b: bool) -> bool:
        return a and b

    @primitive(smt="(= a b)")
    def same(a: bool, b: bool) -> bool:
        return a == b

    for many, status in ((13, Status.SOLVED), (17, Status.UNKNOWN)):
        inputs = [Input(i, BOOL) for i in range(many)]
        f = primitive(_asked(many))
        claim = Apply(same, (Apply(f, tuple(inputs)), Apply(both, (inputs[0], inputs[1]))))
        spec = Spec(inputs=[bool] * many, output=bool, formula=claim, variables=[BOOL] * many, unknowns=[f])
        found = Asp().solve(DSL("both", [both], constants={bool: [True, False]}), spec, Budget(seconds=30))
        assert found.status is status
        assert found.program is None or str(found.program) in ("both(x0, x1)", "both(x1, x0)")


def _asked(many: int):
    def f(*args):
        return False

    names = [f"a{i}" for i in range(many)]
    space: dict = {}
    exec(f"def f({', '.join(f'{n}: bool' for n in names)}) -> bool:\n    return False", space)  # noqa: S102
    return space["f"]


def test_values_are_no_larger_top_down_than_when_an_answer_is_run():
    @primitive
    def double(xs: tuple[int, ...]) -> tuple[int, ...]:
        return xs + xs

    @primitive
    def length(xs: tuple[int, ...]) -> int:
        return len(xs)

    spec = Spec(inputs=[tuple[int, ...]], output=int, examples=[Example((7,), output=32768)])
    found = TopDown().solve(DSL("doubles", [double, length]), spec, Budget(seconds=3))
    assert found.status is not Status.INFEASIBLE
    assert found.program is None or spec.holds(found.program)


def test_choices_without_a_condition_are_none():
    integers = load("integers")
    choose, negate = integers.primitive("choose"), integers.primitive("negate")
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=1), Example(2, output=1), Example(3, output=3)])
    found = Batched().solve(DSL("choices", [choose, negate], constants={int: [1]}), spec, QUICK)
    assert found.status in (Status.INFEASIBLE, Status.UNKNOWN)


@dataclass(frozen=True)
class Maybe:
    text: str | None


@primitive
def maybe(text: str) -> Maybe:
    return Maybe(text)


@primitive
def text(m: Maybe) -> str:
    return m.text or ""


def either(a: Maybe, b: Maybe) -> Maybe:
    return a if a.text else b


def test_laws_are_tried_on_values_that_the_language_makes():
    spec = Spec(inputs=[str, str], output=str, examples=[Example("a", "b", output="a"), Example("", "b", output="b")])
    wrong = DSL("maybes", [maybe, text, primitive(commutative=True)(either)])
    with pytest.raises(DSLError, match="'either' breaks its law commutative"):
        solve(wrong, spec, budget=QUICK)


def test_laws_that_cannot_be_tried_are_not_relied_on():
    @primitive(commutative=True)
    def first(f: Callable[[int], int], g: Callable[[int], int]) -> int:
        return f(1)

    dsl = DSL("firsts", [first, plus], constants={int: [1]})
    spec = Spec(inputs=[int], output=int, examples=[Example(5, output=6), Example(6, output=7)])
    assert solve(dsl, spec, budget=QUICK).status is Status.SOLVED
    assert dsl.lawless({"first"}).primitive("first").laws.commutative is False
    assert dsl.lawless(()) is dsl


def test_laws_of_generic_primitives_are_tried():
    from typing import TypeVar

    A = TypeVar("A")

    @primitive(involutive=True)
    def tail(xs: tuple[A, ...]) -> tuple[A, ...]:
        return xs[1:]

    spec = Spec(inputs=[tuple[int, ...]], output=tuple[int, ...], examples=[Example((1, 2, 3), output=(3,))])
    with pytest.raises(DSLError, match="'tail' breaks its law involutive"):
        solve(DSL("tails", [tail]), spec, budget=QUICK)
