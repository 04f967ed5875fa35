"""Sketches: what fills a hole is what brute force finds, and a sketch is as probable as what fills it."""

from dataclasses import replace
from math import copysign, exp, isclose, log
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import DSL, Example, Grammar, Spec, load, parse, primitive
from dsl.interpret import Failure, run
from dsl.pcfg import PCFG
from dsl.program import Hole
from dsl.types import FLOAT, INT, sequence
from nesy.proposer.propose import Proposal
from nesy.proposer.sketches import holed, sketches, without_numbers
from nesy.proposer.solver import Proposing
from solvers.bank import Bank
from solvers.base import Budget, Status
from solvers.fill import Filler

ROWS = {"integers": ((INT,), INT, [(2,), (5,), (-3,)]),
        "lists": ((sequence(INT),), sequence(INT), [((2, 1),), ((5, 0, 3),), ((),)])}


OPEN = DSL("open", load("integers").primitives, constants={int: [1, 2]}, open=[int])


def drawn(name: str, seed: int):
    """A program of a language, its grammar, and a bank of all small programs."""
    inputs, output, rows = ROWS[name]
    grammar = Grammar(load(name), inputs, output)
    program = PCFG.uniform(grammar).sample_sized(Random(seed), Random(seed).randint(3, 7))
    bank = Bank(grammar, [(row, ()) for row in rows], Budget(size=3))
    list(bank.grow())
    return program, bank, rows


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(sorted(ROWS)), st.integers(0, 10**6))
def test_a_hole_is_filled_where_some_entry_meets_the_goal_and_by_the_cheapest(name, seed):
    program, bank, rows = drawn(name, seed)
    if program is None:
        return
    goal = [run(program, row) for row in rows]
    if any(isinstance(v, Failure) for v in goal):
        return
    filler = Filler(bank, goal, seconds=60)
    for sketch in holed(program):
        hole = next(p for p in sketch.walk() if isinstance(p, Hole))
        entries = [e for s, layers in bank.layers.items() if s.type == hole.type and not s.scope
                   for layer in layers.values() for e in layer]
        right = [e.cost for e in entries if [run(_put(sketch, e.program), row) for row in rows] == goal]
        found = filler.fill(sketch)
        assert (found is None) == (not right)
        if found is not None:
            assert [run(found, row) for row in rows] == goal
            assert found.cost == min(right) + sketch.cost - 1


def _put(sketch, part):
    return sketch.replace(lambda p: part if isinstance(p, Hole) else None)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_each_sketch_of_a_program_has_one_hole_that_a_part_of_it_fills(seed):
    program, _, _ = drawn("lists", seed)
    if program is None:
        return
    parts = list(program.walk())
    for sketch in holed(program):
        assert sum(isinstance(p, Hole) for p in sketch.walk()) == 1 and sketch.type == program.type
        assert any(_put(sketch, part) == program for part in parts)


def test_a_sketch_is_as_probable_as_all_that_fill_it():
    dsl = OPEN
    found = [Proposal(parse(text, dsl, (INT,), INT), log(p)) for text, p in
             (("add(x0, 1)", 0.3), ("add(x0, 2)", 0.3), ("multiply(x0, x0)", 0.35))]
    ranked = sketches(found, 0.0)
    assert str(ranked[0]) == "add(x0, hole(int))" and str(ranked[1]) == "multiply(hole(int), x0)"
    assert isclose(sum(exp(p.logp) for p in found), 0.95)
    assert [str(s) for s in without_numbers(found, 0.0, dsl.open)] == ["add(x0, hole(int))"]


class Wrong:
    """Proposes one program that is nearly right."""

    def __init__(self, program):
        self.program = program

    def propose(self, dsl, spec, many, size, *, beams=True, seed=0):
        return (Proposal(self.program, -1.0),)


def test_a_wrong_proposal_is_mended_and_the_route_told():
    dsl = OPEN
    rows = [(3,), (4,), (11,)]
    spec = Spec(inputs=[int], output=int, examples=[Example(*r, output=97 * r[0] + 1234) for r in rows])
    near = parse("add(multiply(x0, 2), 1)", dsl, (INT,), INT)
    found = Proposing(Wrong(near)).solve(dsl, spec, Budget(seconds=10))  # type: ignore[arg-type]
    assert found.status is Status.SOLVED and found.solver == "sketch" and spec.holds(found.program)
    assert "z3" in found.reason and found.tried < 10

    words = load("lists")
    row = Spec(inputs=[tuple[int, ...]], output=tuple[int, ...], examples=[
        Example(x, output=tuple(sorted(x, reverse=True))[:2]) for x in ((5, 1, 4), (2, 9, 8, 3), (7, 7, 1))])
    near = parse("take(2, sort(x0))", words, (sequence(INT),), sequence(INT))
    found = Proposing(Wrong(near)).solve(words, row, Budget(seconds=10))  # type: ignore[arg-type]
    assert found.status is Status.SOLVED and row.holds(found.program)


def test_a_hole_tells_zero_from_minus_zero():
    @primitive
    def sign(a: float) -> float:
        return copysign(1.0, a)

    @primitive
    def neg(a: float) -> float:
        return -a

    dsl = DSL("signs", [sign, neg])
    bank = Bank(Grammar(dsl, (FLOAT,), FLOAT), [((0.0,), ()), ((3.0,), ())], Budget(size=3))
    list(bank.grow())
    sketch = parse("sign(hole(float))", dsl, (FLOAT,), FLOAT)
    assert Filler(bank, (1.0, -1.0)).fill(sketch) is None
    assert str(Filler(bank, (-1.0, -1.0)).fill(sketch)) == "sign(neg(x0))"


def test_what_costs_too_much_is_no_answer():
    words = load("lists")
    dear = DSL("dear", [replace(p, cost=9) if p.name == "reverse" else p for p in words.primitives])
    spec = Spec(inputs=[tuple[int, ...]], output=tuple[int, ...], examples=[
        Example(x, output=x[::-1]) for x in ((5, 1, 4), (2, 9, 8, 3))])
    wrong = Wrong(parse("reverse(x0)", dear, (sequence(INT),), sequence(INT)))
    found = Proposing(wrong, guided=False).solve(dear, spec, Budget(seconds=1, size=6))  # type: ignore[arg-type]
    assert found.status is Status.UNKNOWN and "none of 1 proposals" in found.reason
