"""solve(): certificates, and why there is no answer."""

import pytest

from dsl import DSL, DSLError, Example, Spec, load, primitive
from dsl.smtlib import constant
from dsl.types import STR
from nesy import Budget, Status, solve
from solvers.base import Certificate
from tasks.sygus.reader import parse as parse_sygus


def test_an_ambiguous_answer_shows_the_input_that_tells():
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4)])
    result = solve(load("integers"), spec, budget=Budget(seconds=10))
    assert result.certificate.ambiguous
    where = result.certificate.separating_input
    assert result.program(*where) != result.certificate.alternatives[0](*where)
    assert "ambiguous" in str(result.certificate)


def test_queries_decide_what_counts_as_different():
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4), Example(3, output=6)], queries=[(5,)])
    result = solve(load("integers"), spec, budget=Budget(seconds=10))
    assert str(result.program) == "add(x0, x0)"
    assert not result.certificate.ambiguous
    assert result.certificate.unique_up_to >= 3


def test_contradictory_examples_are_named_and_the_nearest_program_shown():
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=1), Example(2, output=2), Example(1, output=7)])
    result = solve(load("integers"), spec, budget=Budget(seconds=2))
    assert result.status is Status.INFEASIBLE
    assert "examples 1 and 3" in result.reason
    assert len(result.nearest.failures) == 1


def test_an_exhausted_space_is_infeasible_with_the_nearest_program():
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=2), Example(2, output=3), Example(5, output=99)])
    result = solve(load("integers"), spec, budget=Budget(seconds=10, size=3))
    assert result.status is Status.INFEASIBLE
    assert result.searched_to == 3
    example, value = result.nearest.failures[0]
    assert example.inputs == (5,)
    assert value != 99


def test_higher_order_programs_are_found():
    xs = tuple[int, ...]
    spec = Spec(inputs=[xs], output=xs,
                examples=[Example((1, 9), output=(2, 10)), Example((5, 0, 7), output=(6, 1, 8))])
    result = solve(load("lists"), spec, budget=Budget(seconds=20))
    assert str(result.program) == "map(lam(int)(add(y0, 1)), x0)"


def test_a_broken_law_is_refused_before_it_misleads():
    @primitive(commutative=True)
    def join(a: str, b: str) -> str:
        return a + b

    spec = Spec(inputs=[str], output=str, examples=[Example("a", output="ax"), Example("b", output="bx")])
    with pytest.raises(DSLError, match="'join' breaks its law commutative"):
        solve(DSL("false", [join], constants={str: ["x"]}), spec)


def test_a_type_that_nothing_builds_is_named():
    @primitive
    def shout(a: str) -> str:
        return a.upper()

    spec = Spec(inputs=[str], output=int, examples=[Example("a", output=1)])
    result = solve(DSL("text", [shout]), spec)
    assert result.status is Status.INFEASIBLE
    assert "type int" in result.reason


def test_certificates_read_as_sentences():
    assert str(Certificate(checked=1)) == "checked on 1 example; whether another program fits was not settled"
    assert str(Certificate(checked=3, unique_up_to=6)) == "checked on 3 examples; unique up to size 6"


def test_programs_that_fail_on_the_same_inputs_are_not_told_apart_by_what_they_say():
    lists = load("lists")
    dsl = DSL("firsts", [lists.primitive("head"), lists.primitive("access")], constants={int: [0]})
    spec = Spec(inputs=[tuple[int, ...]], output=int, examples=[Example((4, 9), output=4), Example((7,), output=7)])
    result = solve(dsl, spec, budget=Budget(seconds=10))
    assert result.certificate is not None and result.certificate.unique_up_to


def test_a_contradiction_is_seen_between_inputs_that_hash_alike():
    assert hash(-1) == hash(-2)
    rows = [Example(-1, output=0), Example(-2, output=1), Example(-2, output=2)]
    spec = Spec(inputs=[int], output=int, examples=rows)
    assert spec.contradiction() == "examples 2 and 3 contradict each other: (-2) -> 1 and (-2) -> 2"


def test_what_is_proved_and_fails_when_run_says_where():
    posed = parse_sygus("(set-logic LIA)(synth-fun f ((x Int)) Int ((I Int)) ((I Int (x (div I I)))))"
                        "(declare-var x Int)(constraint (= (f x) (div x x)))(check-synth)", "t.sl")
    found = solve(posed.dsl, posed.spec, budget=Budget(seconds=10))
    assert found.certificate is not None and found.certificate.fails_at == (0,)
    assert str(found.certificate) == "proved for all inputs on which it has a value (it fails at (0,)) by z3"


def test_a_letter_beyond_what_smt_lib_can_write_is_refused():
    assert constant("\U0002ffff", STR) == '"\\u{2ffff}"'
    with pytest.raises(DSLError, match=r"U\+E0001"):
        constant("a\U000e0001", STR)
