"""Imprint: what tells values apart, where two that are equal need not be the same to every primitive.

`Decimal("1.50")` equals `Decimal("1.5")`, a time equals the same time in another zone, and a field that is not
compared is read all the same. A search that took such values for one would lose programs.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from math import nan
from operator import attrgetter
from struct import pack
from typing import Any

from dsl.types import AnyType, parts, root

ATOMS = frozenset({int, str, bool, bytes, type(None), date, timedelta, Fraction})  # whose equal values are the same
SPELT = frozenset({Decimal, complex, range})  # whose values are written differently where they differ
SETTLED = frozenset({int, str, bool, tuple, frozenset})  # of which no value of a subclass is taken
QUICK = SPELT | {float}
DEEPEST = 1000  # values in values


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
    if isinstance(kind, type):  # one that others extend says nothing of them
        alone = issubclass(kind, Enum) and len(kind) > 0 or _says_so(kind) and not kind.__subclasses__()
        return kind in SETTLED or alone
    return True


def _says_so(kind: type) -> bool:
    return bool(kind.__dict__.get("equal_is_same"))


def imprint(value: object) -> tuple[object, ...]:
    """What tells a value apart: its class, and what tells its parts apart; 0.0 is not -0.0, and a NaN is a NaN.

    The parts of a dataclass are its fields, whether they are compared or not; those of any other class are what it
    would be copied by (`__reduce_ex__`).

    >>> from decimal import Decimal
    >>> imprint(Decimal("1.50")) == imprint(Decimal("1.5")), imprint((1, 2)) == imprint((1, 2))
    (False, True)
    >>> imprint(1) == imprint(True), imprint(0.0) == imprint(-0.0)
    (False, False)

    Raises:
        RecursionError: for a value that is nested too deeply.
    """
    kind = type(value)
    return (kind, value) if _way(kind) is None else _told((value,), (), hashed=False)


def imprints(values: tuple[object, ...]) -> object:
    """What tells several values apart from others, to be looked up by.

    >>> imprints((0.0, 1.0)) == imprints((0.0, 1.0)), imprints((0.0, 1.0)) == imprints((-0.0, 1.0))
    (True, False)

    Raises:
        TypeError: for a value that cannot be hashed: one that can be changed would be told apart by what it was.
        RecursionError: for one that is nested too deeply.
    """
    kind = type(values[0]) if values else None
    if kind in QUICK and len(set(map(type, values))) == 1:
        if kind is float:
            return pack(f"{len(values)}d", *[v if v == v else nan for v in values])  # type: ignore[union-attr]
        return kind, *map(repr, values)
    return _told(values, (), hashed=True)


def _told(values: Sequence[Any], within: tuple[int, ...], *, hashed: bool) -> tuple[object, ...]:
    """The classes of values and of what they hold, level by level, with the values that hold nothing.

    within: the identities of the values that these lie in; one that holds itself ends there. hashed: whether all that
    they hold has to be of classes with a hash.
    """
    told: list[object] = []
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in values:
            kind = type(value)
            told.append(kind)
            way = _way(kind)
            if way is None:
                told.append(value)
            elif way is len:
                told.append(len(value))
                inner += value
            elif way is _parts:
                told.append(_parts(value, within, hashed))
            elif way is _fields:
                inner += _fields(value)
            else:
                told.append(way(value))
        if not inner:
            return tuple(told)
        values = inner
    raise RecursionError("nested too deeply")


@cache
def _way(kind: type) -> Callable[..., object] | None:
    """How values of a class are told apart: as they are (None), item by item, by fields, by what they are copied by."""
    if kind in ATOMS or issubclass(kind, Enum | type) or _says_so(kind):
        return None
    if kind is float:
        return _bytes
    if kind in SPELT:
        return repr
    if issubclass(kind, tuple) and not kind.__dictoffset__:
        return len
    return _fields if "__dataclass_fields__" in kind.__dict__ else _parts


def _bytes(value: float) -> bytes:
    return pack("d", value if value == value else nan)


def _fields(value: object) -> Sequence[object]:
    try:
        return _held(type(value))(value)
    except AttributeError:  # one that was never set
        return [getattr(value, f.name, ()) for f in fields(value)]  # type: ignore[arg-type]


@cache
def _held(kind: type) -> Callable[[object], Sequence[object]]:
    """What gives the fields of a dataclass."""
    names = [f.name for f in fields(kind)]
    return attrgetter(*names) if len(names) > 1 else lambda value: [getattr(value, n) for n in names]


def _parts(value: object, within: tuple[int, ...], hashed: bool) -> object:
    """What tells a value apart that is equal to what its class says, and holds what it would be copied by."""
    if hashed:
        hash(value)
    if id(value) in within:
        return within.index(id(value))
    within = (*within, id(value))
    if isinstance(value, frozenset | set):
        return frozenset(_told((v,), within, hashed=False) for v in value)
    mine = () if type(value).__hash__ is None else (value,)
    if callable(value):
        return mine
    try:
        copied = value.__reduce_ex__(4)
    except (TypeError, ValueError):  # it cannot be
        return mine
    if isinstance(copied, str):  # of its kind there is one of that name
        return *mine, copied
    made, *parts = copied
    return *mine, made, *_told([tuple(s) if i in (2, 3) and s is not None else s  # items, and keys with theirs
                                for i, s in enumerate(parts)], within, hashed=False)
