"""Probabilities of programs: they sum to one, order the search, and are learned by counting."""

from random import Random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from languages import brute, random_program, tiny

from dsl import DSL, DSLError, Example, Grammar, Spec, load, parse, primitive
from dsl.inputs import seeded
from dsl.pcfg import PCFG, derivation
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Lambda
from dsl.syntax import show
from dsl.types import INT, bits, function, sequence
from solvers.bank import Bank
from solvers.base import Budget, Status
from solvers.bottom_up import BottomUp
from solvers.top_down import TopDown

GRAMMAR, BYTE, T = Grammar(load("integers"), (INT, INT), INT), bits(8), TypeVar("T")


@given(st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_a_score_is_the_product_of_the_productions(seed):
    p = PCFG.uniform(GRAMMAR)
    program = random_program(GRAMMAR, seeded("score", seed), 3)
    assert p.score(program) == pytest.approx(sum(p.bits[r] for r in derivation(GRAMMAR, program)))
    assert p.score(program) <= p.best[GRAMMAR.start] + 1e-9


@given(st.integers(1, 5), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_programs_are_drawn_by_size_with_their_probability_among_those_of_that_size(size, seed):
    dsl = tiny("plus", "minus", "negate")
    p = PCFG.uniform(Grammar(dsl, (INT,), INT))
    all_of_them = [q for q in brute(dsl, (INT,), INT, size) if q.size == size]
    assert p._mass(p.grammar.start, size) == pytest.approx(sum(2 ** p.score(q) for q in all_of_them))
    drawn = p.sample_sized(seeded("sized", seed), size)
    assert drawn in all_of_them if all_of_them else drawn is None


def test_counting_makes_what_is_used_more_probable():
    often = parse("multiply(x0, x0)", load("integers"), (INT, INT))
    learned = PCFG.counted(GRAMMAR, [often] * 20)
    assert learned.score(often) > PCFG.uniform(GRAMMAR).score(often) + 3
    for s, rules in GRAMMAR.productions.items():
        assert sum(2 ** learned.bits[s, r] for r in rules) == pytest.approx(1)
    with pytest.raises(DSLError, match="not of the grammar"):
        learned.score(parse("maximum(x0, 7)", load("integers"), (INT, INT)))


def test_top_down_yields_programs_by_falling_probability():
    dsl = tiny("plus", "minus", "negate")
    grammar = Grammar(dsl, (INT,), INT)
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=0)])
    uniform = PCFG.uniform(grammar)
    found = [p for _, p in zip(range(6), TopDown().solutions(dsl, spec, Budget(seconds=20)), strict=False)]
    scores = [uniform.score(p) for p in found]
    assert scores == sorted(scores, reverse=True)
    best = max(uniform.score(p) for p in brute(dsl, (INT,), INT, 4) if spec.holds(p))
    assert scores[0] == pytest.approx(best)


def test_what_is_probable_costs_little():
    pcfg = PCFG.counted(GRAMMAR, [parse("add(x0, x1)", load("integers"), (INT, INT))] * 9, 0.1)
    for symbol, rules in pcfg.costs(2.0).productions.items():
        assert {r.head: r.cost for r in rules} == {
            r.head: max(1, round(-2 * pcfg.bits[symbol, r])) for r in GRAMMAR.productions[symbol]}


def test_guidance_shortens_the_search_top_down_and_bottom_up():
    dsl = load("integers")
    target = parse("multiply(add(x0, x1), subtract(x0, x1))", dsl, (INT, INT))
    spec = Spec(inputs=[int, int], output=int,
                examples=[Example(a, b, output=target(a, b)) for a, b in ((5, 2), (9, 4), (-3, 7))])
    texts = ("multiply(x0, add(x0, x1))", "subtract(multiply(x0, x1), add(x0, x1))")
    drawn = [parse(t, dsl, (INT, INT)) for t in texts]

    def guide(grammar, _):
        return PCFG.counted(grammar, drawn * 3, 0.1)

    guided, blind = (s.solve(dsl, spec, Budget(seconds=20)) for s in (TopDown(guide=guide), BottomUp()))
    assert guided.status is Status.SOLVED and spec.holds(guided.program)
    goal = tuple(e.output for e in spec.examples)
    tried = []
    for grammar in (GRAMMAR, guide(GRAMMAR, spec).costs()):
        bank = Bank(grammar, [(e.inputs, ()) for e in spec.examples], Budget(seconds=20))
        assert any(entry.values == goal for new in bank.grow() for entry in new)
        tried.append(bank.tried)
    assert tried[1] < tried[0]
    assert blind.status is Status.SOLVED


def test_a_guide_files_what_looks_useless_later():
    dsl = tiny("plus", "minus", constants=(1,))
    worlds = [((3,), ()), ((5,), ())]

    def far(values):
        return 3 if max(map(abs, values)) > 6 else 0

    plain, guided = (Bank(Grammar(dsl, (INT,), INT), worlds, Budget(size=7, seconds=20), guide=g) for g in (None, far))
    for bank in (plain, guided):
        assert sum(len(new) for new in bank.grow()) > 5
    assert guided.tried < plain.tried


def test_a_program_of_a_polymorphic_language_is_derived_by_the_instance_that_fits():
    @primitive
    def length(xs: tuple[T, ...]) -> int:
        return len(xs)

    dsl = DSL("poly", [length], constants={tuple[str, ...]: [("a",)], int: [0]})
    grammar = Grammar(dsl, (sequence(INT),), INT)
    for text in ("length(x0)", "length(('a',))"):
        program = parse(text, dsl, (sequence(INT),), INT)
        assert program in list(grammar.programs(2))
        assert PCFG.uniform(grammar).score(program) < 0


def test_what_cannot_end_is_not_drawn():
    @primitive
    def f(text: str) -> int:
        return len(text)

    @primitive
    def g(text: str) -> str:
        return text

    endless = DSL("endless", [f, g])
    with pytest.raises(DSLError, match="no program of type int ends"):
        PCFG.uniform(Grammar(endless, (), INT)).sample(Random(0))
    some = PCFG.uniform(Grammar(endless.extend("some", constants={int: [1]}), (), INT))
    assert {str(some.sample(Random(i))) for i in range(20)} == {"1"}


def test_a_constant_within_a_lambda_is_read_as_the_type_that_is_needed():
    applied = Primitive("applied", (function([INT], BYTE), INT), BYTE, lambda f, a: f(a))
    dsl = DSL("bytes", [applied], constants={int: [1], BYTE: [1]})
    program = Apply(applied, (Lambda((INT,), Const(1, BYTE), 0), Input(0, INT)))
    assert parse(show(program), dsl, (INT,), BYTE) == program
