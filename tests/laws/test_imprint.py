"""Values that are equal though a primitive tells them apart are two: in search, in verdicts, in examples."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from json import dumps
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import DSL, Const, DSLError, Example, Spec, primitive
from dsl.imprint import exact, imprint, imprints
from dsl.laws import Laws, is_among, violation
from dsl.types import INT, read_annotation, sequence
from nesy import solve
from solvers.base import Budget, Status
from solvers.names import named

SEARCHES = ("bottom-up", "top-down", "bidirectional", "portfolio")
EAST = timezone(timedelta(hours=2))


@dataclass(frozen=True)
class Item:
    key: str
    many: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Held:
    value: object


class Half(NamedTuple):
    value: float


class Side(Enum):
    LEFT = 1
    RIGHT = 2


class Caseless:
    """A text that its own `__eq__` takes for another."""

    def __init__(self, text: str):
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Caseless) and self.text.lower() == other.text.lower()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def __hash__(self) -> int:
        return hash(self.text.lower())


class Declared(Caseless):
    equal_is_same = True


class Exact(Caseless):
    equal_is_same = True


@primitive
def trim(a: Decimal) -> Decimal:
    return a.normalize()


@primitive
def text(a: Decimal) -> str:
    return str(a)


@primitive
def utc(a: datetime) -> datetime:
    return a.astimezone(timezone.utc)  # noqa: UP017


@primitive
def hour(a: datetime) -> int:
    return a.hour


@primitive
def more(i: Item) -> Item:
    return Item(i.key, i.many + 1)


@primitive
def many(i: Item) -> int:
    return i.many


@primitive
def truth(h: Held) -> Held:
    return Held(bool(h.value))


@primitive
def dump(h: Held) -> str:
    return dumps(h.value)


@primitive
def upper(c: Caseless) -> Caseless:
    return Caseless(c.text.upper())


@primitive
def spelt(c: Caseless) -> str:
    return c.text


@primitive
def floats(xs: frozenset[object]) -> frozenset[object]:
    return frozenset(map(float, xs))


@primitive
def listed(xs: frozenset[object]) -> str:
    return str(sorted(xs))


LANGUAGES = {  # two primitives of which the one gives what equals its argument; an input, and what both in turn give
    "decimal": (trim, text, Decimal, Decimal("1.50"), "1.5"),
    "time": (utc, hour, datetime, datetime(2020, 1, 1, 14, tzinfo=EAST), 12),
    "not compared": (more, many, Item, Item("a", 1), 2),
    "any": (truth, dump, Held, Held(1), "true"),
    "own equality": (upper, spelt, Caseless, Caseless("ab"), "AB"),
    "set": (floats, listed, frozenset[object], frozenset({2}), "[2.0]"),
}
EQUAL = [(Decimal("1.50"), Decimal("1.5")), (1, True), (0.0, -0.0), (2, 2.0), (range(0), range(1, 1)),
         (datetime(2020, 1, 1, 14, tzinfo=EAST), datetime(2020, 1, 1, 12, tzinfo=timezone.utc)),  # noqa: UP017
         (Item("a", 1), Item("a", 2)), (Held(1), Held(True)), (Half(0.0), Half(-0.0)), (complex(0.0), complex(-0.0)),
         (frozenset({2}), frozenset({2.0})), (Caseless("a"), Caseless("A"))]


def typed(value):
    return read_annotation(frozenset[object] if isinstance(value, frozenset) else type(value))


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_program_is_lost_because_a_part_gives_what_equals_another(language, name):
    change, show, kind, value, wanted = LANGUAGES[language]
    dsl = DSL("own", [change, show])
    spec = Spec(inputs=[kind], output=type(wanted), examples=[Example(value, output=wanted)])
    result = solve(dsl, spec, solver=named(name), budget=Budget(seconds=20, size=3))
    assert result.status is Status.SOLVED and str(result.program) == f"{show.name}({change.name}(x0))"
    assert result.certificate is not None and result.certificate.unique_up_to is not None


def test_a_program_that_differs_on_a_query_is_seen():
    spec = Spec(inputs=[Decimal], output=str, examples=[Example(Decimal(3), output="3")], queries=[(Decimal("1.50"),)])
    result = solve(DSL("own", [trim, text]), spec, budget=Budget(seconds=20, size=4))
    assert result.certificate.separating_input == (Decimal("1.50"),)
    assert [str(p) for p in result.certificate.alternatives] == ["text(trim(x0))"]


@pytest.mark.parametrize("a, b", EQUAL, ids=repr)
def test_equal_values_that_can_be_told_apart_have_two_imprints(a, b):
    assert a == b
    for wrap in (lambda v: v, lambda v: (v,), Held, lambda v: frozenset({v}), lambda v: (Held((1, v)), 2)):
        assert imprint(wrap(a)) != imprint(wrap(b)) and imprint(wrap(a)) == imprint(wrap(deepcopy(a)))
        assert imprints((wrap(a), wrap(b))) == imprints((deepcopy(wrap(a)), wrap(b))) != imprints((wrap(a), wrap(a)))
    assert Const(a, typed(a)) != Const(b, typed(a)) or type(a) is not type(b)


@pytest.mark.parametrize("a, b", [p for p in EQUAL if type(p[0]) is type(p[1])], ids=repr)
def test_examples_with_such_inputs_do_not_contradict_each_other(a, b):
    kind = typed(a)
    asked = Spec(inputs=[kind], output=int, examples=[Example(a, output=1), Example(b, output=2)])
    assert asked.contradiction() is None
    again = Spec(inputs=[kind], output=int, examples=[Example(a, output=1), Example(deepcopy(a), output=2)])
    assert "1 and 2 contradict" in (again.contradiction() or "")


VALUES = st.recursive(
    st.integers() | st.text(max_size=3) | st.floats() | st.booleans() | st.none() | st.sampled_from(Side) | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False) | st.fractions() | st.binary(max_size=3)
    | st.timedeltas() | st.datetimes(timezones=st.just(EAST)),
    lambda inner: st.tuples(inner, inner) | st.builds(Held, inner) | st.frozensets(inner, max_size=3), max_leaves=6)


@given(VALUES)
def test_a_copy_has_the_same_imprint(value):
    assert imprint(deepcopy(value)) == imprint(value) and hash(imprint(deepcopy(value))) == hash(imprint(value))
    assert imprints((value, 0)) == imprints((deepcopy(value), 0))


@given(VALUES, VALUES)
def test_values_that_are_not_equal_have_two_imprints(a, b):
    assert a == b or imprint(a) != imprint(b) or repr(a) == repr(b)  # a NaN does not equal itself


def test_where_equality_is_enough_nothing_else_is_asked():
    assert exact((read_annotation(frozenset[tuple[int, str]]),))
    assert exact((INT, sequence(sequence(INT)), read_annotation(tuple[int, str]), read_annotation(Side)))
    assert exact((read_annotation(Callable[[int], bool]), read_annotation(Exact)))
    for kind in (float, Decimal, Item, Held, Half, Caseless, date, Fraction, frozenset[float], tuple[int, float]):
        assert not exact((read_annotation(kind),))
    assert imprint(Declared("a")) == imprint(Declared("A")) != imprint(Caseless("a"))


def test_a_value_that_holds_itself_or_an_array_has_an_imprint():
    class Node:
        def __init__(self, cells: list[int]):
            self.cells, self.me = np.array(cells), self

    node, other = Node([1, 2]), Node([1, 2])
    before = imprint(node)
    assert imprint(node) == before != imprint(other)  # its class tells them apart
    node.cells[0] = 7
    assert imprint(node) != before


def test_a_value_that_cannot_be_hashed_is_told_apart_by_nothing():
    with pytest.raises(TypeError):
        imprints((Held([1]),))


def test_values_that_are_nested_too_deeply_are_left_out():
    @primitive
    def nested(n: int) -> Held:
        value = Held(0)
        for _ in range(n):
            value = Held(value)
        return value

    @primitive
    def thousand(n: int) -> int:
        return 1000 * n

    @primitive
    def shown(h: Held) -> str:
        return str(h.value)[:9]

    dsl = DSL("deep", [nested, thousand, shown])
    for name in SEARCHES[:3]:
        spec = Spec(inputs=[int], output=str, examples=[Example(9, output="none")])
        result = solve(dsl, spec, solver=named(name), budget=Budget(seconds=20, size=5))
        assert result.status is not Status.SOLVED and "left out" in result.reason


class Level(IntEnum):
    """Extended by others."""


class Heat(Level):
    LOW = 1


class Noise(Level):
    LOW = 1


@dataclass(frozen=True)
class Plain:
    number: int


class Noted(Plain):
    """Holds more than the fields of the dataclass that it extends."""

    def __init__(self, number: int, note: str):
        super().__init__(number)
        object.__setattr__(self, "note", note)


class Row(tuple):
    """A tuple with an attribute."""


class Quieter(Declared):
    """Extends a class whose values are told apart by their equality, and says nothing of itself."""


def row(*items: int, note: str) -> Row:
    made: Any = Row(items)
    made.note = note
    return made


@pytest.mark.parametrize("a, b, kind", [
    (Heat.LOW, Noise.LOW, Level), (Noted(1, "a"), Noted(1, "b"), Plain),
    (row(1, 2, note="a"), row(1, 2, note="b"), Row), (Quieter("a"), Quieter("A"), Declared)], ids=repr)
def test_what_classes_hold_that_extend_others_is_seen(a, b, kind):
    assert a == b and imprint(a) != imprint(b) and not exact((read_annotation(kind),))


def test_a_law_and_a_unit_are_of_values_that_are_the_same():
    samples = [(Item("a", 1), Item("a", 4))] * 2
    broken = violation(lambda x, y: Item("a", x.many - y.many), Laws(commutative=True), samples)
    assert broken is not None and broken.startswith("commutative")
    assert is_among(Decimal("1.0"), [Decimal("1.0")]) and not is_among(Decimal("1.00"), [Decimal("1.0")])


def test_constants_that_are_written_alike_are_refused():
    @dataclass(frozen=True)
    class Hidden:
        number: int
        note: str = field(compare=False, repr=False)

    @primitive
    def note(h: Hidden) -> str:
        return h.note

    with pytest.raises(DSLError, match="two constants of Hidden are written"):
        DSL("hidden", [note], constants={Hidden: [Hidden(1, "a"), Hidden(1, "b")]})
