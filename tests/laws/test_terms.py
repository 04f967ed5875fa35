"""Laws of terms, over every shipped language."""

import pickle
from enum import Enum
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from languages import SHIPPED

from dsl import DSL, Example, Failure, Grammar, Limits, Spec, counterexample, load, parse, primitive, run, show
from dsl.errors import SyntaxFault
from dsl.inputs import sample, seeded
from dsl.interpret import compiled, roomy
from dsl.laws import violation
from dsl.pcfg import PCFG
from dsl.program import Apply, Const, Hole, Input, Lambda, Variable
from dsl.types import FLOAT, INT, TypeVar, belongs, bits, read_annotation, sequence, substitute, type_of, unify


@cache
def uniform(name: str) -> PCFG:
    return PCFG.uniform(Grammar(*SHIPPED[name]))


@pytest.mark.parametrize("name", SHIPPED)
@given(seed=st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_parse_undoes_show(name, seed):
    dsl, inputs, output = SHIPPED[name]
    rng = Random(seed)
    program = uniform(name).sample(rng, 4)
    holes = program.replace(lambda p: Hole(p.type) if not p.children and rng.random() < 0.2 else None)
    for p in (program, holes):
        assert parse(show(p), dsl, inputs, output) == p


@pytest.mark.parametrize("name", SHIPPED)
@given(seed=st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_a_run_ends_in_a_value_of_the_declared_type_or_a_failure(name, seed):
    dsl, inputs, output = SHIPPED[name]
    rng = Random(seed)
    program = uniform(name).sample(rng, 6)
    args = tuple(sample(t, rng) for t in inputs)
    value = run(program, args, Limits(steps=500, size=500))
    assert isinstance(value, Failure) or belongs(value, output)
    if not any(isinstance(p, Lambda) for p in program.walk()):
        again = compiled(program, 500)(args)
        steps = isinstance(value, Failure) and "steps" in str(value)
        assert steps or type(again) is type(value) and (isinstance(value, Failure) or again == value)


PRIMITIVES = sorted({p for dsl, _, _ in SHIPPED.values() for p in dsl.primitives}, key=lambda p: (p.name, str(p)))


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=str)
def test_declared_laws_hold(primitive):
    rng = seeded("laws", primitive.name)
    if any(getattr(t, "is_function", False) for t in primitive.params):
        assert not primitive.laws.declared()
        return
    few = 8 if primitive.laws.associative else 20
    samples = [[sample(t, rng) for _ in range(few)] for t in primitive.params]
    assert violation(primitive.function, primitive.laws, samples) is None


def test_shipped_primitives_say_what_they_do():
    assert [p.name for p in PRIMITIVES if not (p.function.__doc__ or "").strip().split("\n")[0].endswith(".")] == []


def test_a_law_that_does_not_hold_is_found():
    from dsl.laws import Laws

    numbers = [[0, 1, 2, 3]] * 2
    assert violation(lambda a, b: a - b, Laws(commutative=True), numbers)
    assert violation(lambda a, b: a - b, Laws(associative=True), numbers)
    assert violation(lambda a, b: a + b, Laws(idempotent=True), numbers)
    assert violation(lambda a, b: a + b, Laws(identity=1), numbers)
    assert violation(lambda a, b: a + b, Laws(absorbing=0), numbers)
    assert violation(lambda a: a + 1, Laws(involutive=True), numbers[:1])


def test_a_program_leaves_its_hash_behind_where_another_process_reads_it():
    identity = Lambda((INT,), Variable(0, INT))
    known, text = {identity: 1}, pickle.dumps(identity)
    assert b"_hash" not in text and known[pickle.loads(text)] == 1


TYPES = st.recursive(st.sampled_from([INT, TypeVar("A"), TypeVar("B")]), lambda t: t.map(sequence), max_leaves=4)


@given(TYPES, TYPES)
def test_unification_makes_equal_and_is_symmetric(a, b):
    by, other = unify(a, b), unify(b, a)
    assert (by is None) == (other is None)
    if by is not None:
        assert substitute(a, by) == substitute(b, by)


VALUES = st.recursive(st.one_of(st.integers(), st.booleans(), st.text(max_size=3)),
                      lambda v: st.lists(v, max_size=3).map(tuple), max_leaves=6)


@given(VALUES)
def test_a_value_belongs_to_its_type(value):
    assert belongs(value, type_of(value))


class Colour(Enum):
    RED = 1
    BLUE = 2


@primitive
def code(c: Colour) -> int:
    return c.value


@primitive
def half(a: float) -> float:
    return a / 2


def chain(depth: int) -> Apply:
    program = Input(0, INT)
    for _ in range(depth):
        program = Apply(load("integers").primitive("negate"), (program,))
    return program


@pytest.mark.parametrize(("program", "dsl"), [
    (chain(1_000), load("integers")),
    (Apply(code, (Const(Colour.BLUE, read_annotation(Colour)),)),
     DSL("codes", [code], constants={Colour: list(Colour)})),
    (Apply(half, (Const(float("-inf"), FLOAT),)), DSL("halves", [half], open=[float])),
    (Hole(bits(8)), load("integers")),
], ids=["deep", "enumeration", "infinite", "bits"])
def test_parse_undoes_show_where_python_itself_cannot_read_it(program, dsl):
    with roomy():
        assert parse(show(program), dsl, (INT,)) == program


@pytest.mark.parametrize("text", ["negate(", "negate(x0", "negate)x0(", "negate(x0))", "", ",", "f(,)", "<a",
                                  "negate(" * 5_000, "negate((" + "(" * 300 + "x0"])
def test_text_that_is_no_program_is_refused(text):
    with roomy(), pytest.raises(SyntaxFault):
        parse(text, load("integers"), (INT,))


def test_a_counterexample_is_the_first_example_that_is_wrong():
    examples = [Example(2, output=4), Example(3, output=6), Example(4, output=8)]
    spec = Spec(inputs=[int], output=int, examples=examples)
    assert counterexample(spec, parse("add(x0, 2)", load("integers"), (INT,))) == examples[1]
    assert counterexample(spec, parse("add(x0, x0)", load("integers"), (INT,))) is None
