"""Inputs that tell programs apart: values of Python's own classes, and of those that a language makes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from typing import NamedTuple

import pytest

from dsl import DSL, DSLError, Example, Spec, primitive
from dsl.inputs import STANDARD, opaque, probes, sample, seeded
from dsl.types import belongs, read_annotation
from nesy import solve
from nesy.proposer.tokens import Vocabulary
from solvers.base import Budget
from solvers.names import named


class Shut:
    """A class of which no one outside knows how its values are made."""

    def __init__(self, *held: int):
        self._held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shut) and self._held == other._held

    def __hash__(self) -> int:
        return hash(self._held)


@primitive
def first(s: Shut) -> int:
    return s._held[0]


@primitive
def last(s: Shut) -> int:
    return s._held[-1]


@primitive
def shifted(s: Shut) -> Shut:
    return Shut(*(k + n for n, k in enumerate(s._held)))


@primitive
def day(d: date) -> int:
    return d.day


@primitive
def month(d: date) -> int:
    return d.month


EVEN = [Example(Shut(3, 1, 3), output=3), Example(Shut(5, 5), output=5)]


@pytest.mark.parametrize("kind", STANDARD, ids=lambda k: k.__name__)
def test_values_of_pythons_own_classes_are_sampled_and_written(kind):
    @primitive
    def same_again(value: kind) -> kind:
        return value

    words = Vocabulary.of(DSL("own", [same_again]))
    found = {sample(read_annotation(kind), seeded(n)) for n in range(30)}
    assert len(found) > 10 and all(belongs(v, read_annotation(kind)) for v in found)
    assert len({tuple(words.example(Example(v, output=v))) for v in found}) == len(found)
    assert sample(read_annotation(kind), seeded(7)) == sample(read_annotation(kind), seeded(7))


@pytest.mark.parametrize("name", ["portfolio", "bottom-up", "top-down", "bidirectional"])
def test_days_are_told_apart_from_months(name):
    examples = [Example(date(2024, 2, 2), output=2), Example(date(2023, 5, 5), output=5)]
    spec = Spec(inputs=[date], output=int, examples=examples)
    result = solve(DSL("days", [month, day]), spec, solver=named(name), budget=Budget(seconds=20, size=3))
    assert {str(p) for p in (result.program, *result.certificate.alternatives)} == {"day(x0)", "month(x0)"}


def test_what_a_language_makes_of_values_tells_programs_apart():
    result = solve(DSL("shut", [first, last, shifted]), Spec(inputs=[Shut], output=int, examples=EVEN),
                   budget=Budget(seconds=20, size=3))
    assert [str(p) for p in result.certificate.alternatives][:1] == ["last(x0)"]


def test_where_no_other_value_is_known_no_answer_is_called_unique():
    dsl, spec = DSL("shut", [first, last]), Spec(inputs=[Shut], output=int, examples=EVEN)
    told = solve(dsl, spec, budget=Budget(seconds=20, size=3)).certificate
    assert told.unique_up_to is None and not told.alternatives
    assert "no values of Shut are known but the examples'" in told.unsettled and "sampled(rng)" in told.unsettled
    asked = Spec(inputs=[Shut], output=int, examples=EVEN, queries=[(Shut(1, 2),)])
    assert solve(dsl, asked, budget=Budget(seconds=20, size=3)).certificate.separating_input == (Shut(1, 2),)


@pytest.mark.parametrize("kind, wrap", [(tuple[Shut, ...], lambda v: (v,)), (frozenset[Shut], lambda v: frozenset({v})),
                                        (tuple[Shut, int], lambda v: (v, 3))], ids=["row", "set", "pair"])
def test_nor_where_they_are_within_others(kind, wrap):
    @primitive
    def many(held: kind) -> int:
        return next(iter(held))._held[0]

    @primitive
    def most(held: kind) -> int:
        return next(iter(held))._held[-1]

    spec = Spec(inputs=[kind], output=int, examples=[Example(wrap(e.inputs[0]), output=e.output) for e in EVEN])
    assert opaque(read_annotation(kind))
    told = solve(DSL("within", [many, most]), spec, budget=Budget(seconds=20, size=3)).certificate
    assert told.unique_up_to is None and "no values of Shut are known" in told.unsettled


def test_of_a_class_that_holds_itself_values_are_made_of_those_seen():
    chain = read_annotation(Chain)
    assert opaque(chain) and not opaque(read_annotation(Paid))
    with pytest.raises(LookupError, match="no values of type Chain"):
        sample(chain, seeded(1))
    ends = Chain(1, Chain(2, None))  # type: ignore[arg-type]
    assert len({sample(chain, seeded(n), {chain: [ends]}) for n in range(20)}) > 5


def test_flags_are_sampled_together():
    assert len({sample(read_annotation(Right), seeded(n)) for n in range(60)}) == 8


def test_a_primitive_that_loops_does_not_hold_up_the_making_of_values():
    @primitive
    def endless(s: Shut) -> Shut:
        while True:
            pass

    dsl = DSL("endless", [endless, shifted, first])
    spec = Spec(inputs=[Shut], output=int, examples=EVEN)
    assert {row for row in probes(spec, 5, dsl=dsl)} <= {e.inputs for e in EVEN}


def test_values_are_the_same_each_time():
    dsl, spec = DSL("shut", [first, last, shifted]), Spec(inputs=[Shut, Fraction], output=int, examples=[
        Example(Shut(1, 2), Fraction(1, 2), output=1)])
    assert probes(spec, 12, dsl=dsl) == probes(spec, 12, dsl=dsl)
    assert len({row[0] for row in probes(spec, 12, dsl=dsl)}) > 2


class Side(Enum):
    LEFT = 1


@dataclass(frozen=True)
class Chain:
    number: int
    rest: "Chain"


class Right(Flag):
    READ = 1
    WRITE = 2
    RUN = 4


class Named(NamedTuple):
    number: int
    text: str


@dataclass(frozen=True)
class Paid:
    much: Decimal
    when: datetime
    late: timedelta


def test_values_of_classes_that_hold_such_are_sampled():
    assert isinstance(sample(read_annotation(Paid), seeded(1)), Paid)


def test_where_values_equal_nothing_but_themselves_it_is_said():
    class Single:
        def __init__(self, number: int):
            self.number = number

    @primitive
    def following(s: Single) -> Single:
        return Single(s.number + 1)

    spec = Spec(inputs=[Single], output=Single, examples=[Example(Single(1), output=Single(2))])
    result = solve(DSL("single", [following]), spec, budget=Budget(seconds=1))
    assert result.program is None and "values of Single equal nothing but themselves: give it __eq__" in result.reason


def test_a_class_makes_its_values_as_a_primitive():
    @primitive
    def much(p: Paid) -> Decimal:
        return p.much

    @primitive
    def held(s: Named) -> int:
        return s.number

    paid = primitive(Paid)
    assert str(paid) == "paid: (Decimal, datetime, timedelta) -> Paid"
    assert str(primitive(name="made", cost=2)(Named)) == "made: (int, str) -> Named"
    swapped = Spec(inputs=[Named], output=Named, examples=[Example(Named(3, "a"), output=Named(4, "b"))])
    dsl = DSL("made", [primitive(Named), held, much, paid], constants={int: [4], str: ["b"]})
    assert str(solve(dsl, swapped, budget=Budget(seconds=20)).program) == "named(4, 'b')"
    for kind, said in ((int, "is no function"), (Shut, "must be positional"), (Side, "no annotation for")):
        with pytest.raises(DSLError, match=said):
            primitive(kind)
