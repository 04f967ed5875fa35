"""Laws of what primitives pass on: what was given is among what is said to have been given."""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import DSL, Example, Spec, primitive
from dsl.languages.integers import add, multiply
from dsl.passing import plans
from dsl.witness import ANY
from nesy import solve
from solvers.base import Budget, Status
from solvers.bidirectional import Bidirectional

A = TypeVar("A")


@dataclass(frozen=True)
class Day:
    year: int
    month: int

    def __post_init__(self):
        if not isinstance(self.month, int) or not -9 <= self.month <= 20:
            raise ValueError("no such month")


class Entry(NamedTuple):
    day: Day
    notes: tuple[str, ...]


@primitive
def day(month: int, year: int) -> Day:
    return Day(year, month)


@primitive
def entry(year: int, notes: tuple[str, ...], month: int) -> Entry:
    return Entry(Day(year, month), notes)


@primitive
def swapped(a: int, b: str) -> tuple[str, int]:
    return (b, a)


@primitive
def choose(otherwise: A, then: A, condition: bool) -> A:
    return then if condition else otherwise


@primitive
def unless(condition: bool, a: int, b: int) -> int:
    return b if condition else a


@primitive
def cons(x: A, xs: tuple[A, ...]) -> tuple[A, ...]:
    return (x, *xs)


@primitive
def framed(xs: tuple[int, ...], last: int, first: int) -> tuple[int, ...]:
    return (0, first, *xs, last)


@primitive
def couple(a: int, b: int) -> tuple[int, ...]:
    return (b, a)


@primitive
def joined(xs: tuple[A, ...], ys: tuple[A, ...]) -> tuple[A, ...]:
    return ys + xs


@primitive
def parted(a: str, b: str) -> str:
    return f"<{b}, {a}>"


@primitive
def greeting(name: str) -> str:
    return f"Dear {name}!"


INT, TEXT = st.integers(-9, 20), st.text("ab,<> ", max_size=4)
INTS, TEXTS = st.lists(INT, max_size=3).map(tuple), st.lists(TEXT, max_size=3).map(tuple)
PASSING = {
    day: (INT, INT), entry: (INT, TEXTS, INT), swapped: (INT, TEXT), choose: (INT, INT, st.booleans()),
    unless: (st.booleans(), INT, INT), cons: (INT, INTS), framed: (INTS, INT, INT), couple: (INT, INT),
    joined: (INTS, INTS), parted: (TEXT, TEXT), greeting: (TEXT,)}


@pytest.mark.parametrize("p", PASSING, ids=str)
@given(data=st.data())
def test_what_was_given_is_among_what_is_said(p, data):
    args = data.draw(st.tuples(*PASSING[p]))
    out = p(*args)
    assert plans(p)
    for plan in plans(p):
        for step in plan:
            back = step.witness(out, *(args[i] for i in step.needs))
            assert back is ANY or args[step.index] in back


@pytest.mark.parametrize("p", [q for q in PASSING if q not in (choose, unless)], ids=str)
@given(data=st.data())
def test_what_is_said_gives_the_value_again(p, data):
    """Whatever a plan says, all of it together, is right; of a value that is not made so, it says nothing."""
    out = p(*data.draw(st.tuples(*PASSING[p])))
    for plan in plans(p):
        rows: list[dict] = [{}]
        for step in plan:
            rows = [{**row, step.index: v} for row in rows for v in step.witness(out, *(row[i] for i in step.needs))]
        assert rows and all(p(*(row[i] for i in range(p.arity))) == out for row in rows)


@pytest.mark.parametrize("p, out", [
    (framed, (1, 2, 3, 4)), (framed, (0, 2)), (couple, (1, 2, 3)), (cons, ()), (greeting, "Dear Ada?"),
    (greeting, "Dear "), (parted, "<a,b>"), (parted, "a, b"), (entry, Day(1, 2))], ids=str)
def test_of_what_is_not_made_so_nothing_is_said(p, out):
    first = plans(p)[0][0]
    assert first.witness(out) == ()


def test_what_does_more_than_to_pass_on_has_no_plan():
    def shout(a: str) -> str:
        return f"{a.upper()}!"

    def trimmed(a: str) -> str:
        return "x" + a.strip()

    def start(a: str) -> str:
        return "x" + a[:9]

    def turned(xs: tuple[int, ...]) -> tuple[int, ...]:
        return xs[::-1]

    def ordered(a: int, xs: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted((a, *xs)))

    def both(a: int, b: int) -> tuple[int, int]:
        return (min(a, b), max(a, b))

    def either(c: bool, a: int, b: int) -> int:
        return max(a, b) if c else b

    def later(d: Day) -> Day:
        return d

    def endless(c: bool, a: int, b: int) -> int:
        while c:
            pass
        return a

    def ended(a: int) -> tuple[int, ...]:
        raise SystemExit(a)

    for f in (shout, trimmed, start, turned, ordered, both, either, later, endless, ended):
        assert plans(primitive(f)) == (), f.__name__


def test_a_declared_witness_comes_first():
    def least(out: int) -> tuple[int, ...]:
        return (out,)

    @primitive(witness={"a": least})
    def same(a: int, b: int) -> tuple[int, int]:
        return (a, b)

    assert plans(same) == same.witness


def test_parts_of_values_are_found_each_by_itself():
    """All together, they are of a size that enumeration does not come to."""
    dsl = DSL("calendar", [entry, add, multiply, cons, greeting, choose, parted],
              constants={int: [2, 5], str: ["Ada", "Bob"], tuple[str, ...]: [()]})
    rows = [(1, 2), (3, 0), (0, 7), (4, 1)]
    spec = Spec(inputs=[int, int], output=Entry, examples=[Example(a, b, output=Entry(
        Day((a + b) * (a + 5), a * 2 + b), ("<Bob, Dear Ada!>", "Ada"))) for a, b in rows])
    result = solve(dsl, spec, solver=Bidirectional(), budget=Budget(seconds=30))
    assert result.status is Status.SOLVED and spec.holds(result.program)
    assert str(result.program).count("(") >= 9
