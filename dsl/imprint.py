"""Imprint: what tells values apart, where two that are equal need not be the same to every primitive.

`Decimal("1.50")` equals `Decimal("1.5")`, a time equals the same time in another zone, and a field that is not
compared is read all the same. A search that took such values for one would lose programs.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from itertools import chain
from math import nan
from operator import attrgetter
from struct import pack

from dsl.types import AnyType, parts, root

ATOMS = frozenset({int, str, bool, bytes, type(None), date, timedelta, Fraction})  # whose equal values are the same
SPELT = frozenset({Decimal, complex, range})  # whose values are written differently where they differ
SETTLED = frozenset({int, str, bool, tuple})  # of which no value of a subclass is taken


@cache
def exact(types: tuple[AnyType, ...]) -> bool:
    """Whether values of these types are the same wherever they are equal.

    So it is of truth values, whole numbers, texts, enumerations and of tuples of them, and of classes that say so with
    `equal_is_same = True`: their `__eq__` compares all that can be told of a value.

    >>> from dsl.types import FLOAT, INT, sequence
    >>> exact((INT, sequence(INT))), exact((sequence(FLOAT),))
    (True, False)
    """
    return all(_settled(root(p)) for t in types for p in parts(root(t)))


def _settled(t: AnyType) -> bool:
    kind = getattr(t, "python", None)
    if isinstance(kind, type):
        return kind in SETTLED or issubclass(kind, Enum) or _says_so(kind)
    return True


def _says_so(kind: type) -> bool:
    return bool(kind.__dict__.get("equal_is_same"))


def imprint(value: object) -> object:
    """What tells a value apart: its class, and what tells its parts apart; 0.0 is not -0.0, and a NaN is a NaN.

    The parts of a dataclass are its fields, whether they are compared or not; those of any other class are what it
    would be copied by (`__reduce_ex__`).

    >>> from decimal import Decimal
    >>> imprint(Decimal("1.50")) == imprint(Decimal("1.5")), imprint((1, 2)) == imprint((1, 2))
    (False, True)
    >>> imprint(1) == imprint(True), imprint(0.0) == imprint(-0.0)
    (False, False)
    """
    return _imprint(value, {})


def imprints(values: tuple[object, ...]) -> object:
    """What tells several values apart from others, to be looked up by; those of one class are read off together.

    >>> imprints((0.0, 1.0)) == imprints((0.0, 1.0)), imprints((0.0, 1.0)) == imprints((-0.0, 1.0))
    (True, False)

    Raises:
        TypeError: for a value that cannot be hashed: one that can be changed would be told apart by what it was.
    """
    kinds = set(map(type, values))
    if len(kinds) == 1:
        kind = kinds.pop()
        if kind is float:
            return pack(f"{len(values)}d", *[v if v == v else nan for v in values])  # type: ignore[union-attr]
        if kind in ATOMS:
            return kind, values
        if kind in SPELT:
            return kind, *map(repr, values)
        if is_dataclass(kind):
            held = tuple(chain.from_iterable(map(_held(kind), values)))
            classes = tuple(map(type, held))
            if ATOMS.issuperset(classes):
                return kind, held, classes
    hash(values)
    return tuple(map(imprint, values))


def _imprint(value: object, within: dict[int, int]) -> object:
    """The imprint of a value that lies within others, of these identities: one that holds itself ends there."""
    kind = type(value)
    if kind is float:
        return pack("d", value if value == value else nan)
    if kind in ATOMS or _says_so(kind):
        return kind, value
    if isinstance(value, tuple):
        return kind, *[_imprint(v, within) for v in value]
    if kind in SPELT:
        return kind, repr(value)
    if isinstance(value, Enum | type) or callable(value):
        return kind, value
    if id(value) in within:
        return kind, within[id(value)]
    within[id(value)] = len(within)
    try:
        if is_dataclass(kind):
            return kind, *[_imprint(v, within) for v in _held(kind)(value)]
        if kind is frozenset or kind is set:
            return kind, frozenset([_imprint(v, within) for v in value])  # type: ignore[attr-defined]
        mine = () if kind.__hash__ is None else (value,)  # told apart from all that its class tells it apart from
        return kind, *mine, *_copied(value, within)
    finally:
        del within[id(value)]


def _copied(value: object, within: dict[int, int]) -> tuple[object, ...]:
    """What tells apart what a value is copied by."""
    try:
        copied = value.__reduce_ex__(4)
    except (TypeError, ValueError):  # it cannot be
        return ()
    if isinstance(copied, str):  # of its kind there is one of that name
        return copied,
    made, given, *state = copied
    return made, *[_imprint(tuple(s) if i in (2, 3) and s is not None else s, within)  # items, and keys with theirs
                   for i, s in enumerate((given, *state))]


@cache
def _held(kind: type) -> Callable[[object], tuple[object, ...]]:
    """What gives the fields of a dataclass."""
    names = [f.name for f in fields(kind)]
    get = attrgetter(*names) if len(names) > 1 else None

    def held(value: object) -> tuple[object, ...]:
        try:
            return get(value) if get else tuple([getattr(value, n) for n in names])
        except AttributeError:  # one that was never set
            return tuple([getattr(value, n, ()) for n in names])

    return held
