"""Spelling: values as sequences of words, and read back.

Numbers are a sign and a magnitude, so that none is too large to be written; text goes letter by
letter, sequences item by item, values of a class part by part, or in words of its own, as pictures
are: row by row, in runs of cells alike.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from typing import Any

from dsl.errors import NesyError
from dsl.inputs import fields_of
from dsl.types import BASE, BOOL, FLOAT, INT, STR, AnyType, Type, parts

DIGIT = 100  # numbers are written to this base
LETTERS = tuple(map(chr, (*range(32, 127), 9, 10)))
LETTERED = {f"'{c}" for c in LETTERS}
STANDARD: dict[type, Callable[[Any], Iterable[object]]] = {  # Python's own classes, by what they are written as
    Fraction: lambda v: (v.numerator, v.denominator), Decimal: lambda v: (str(v),),
    complex: lambda v: (v.real, v.imag), bytes: tuple, frozenset: lambda v: sorted(v, key=spelled),
    date: lambda v: (v.year, v.month, v.day), timedelta: lambda v: (v.days, v.seconds, v.microseconds),
    datetime: lambda v: (v.isoformat(),)}


def spelled(value: object) -> tuple[str, ...]:
    """A value as words.

    Raises:
        NesyError: for a value that cannot be written, such as a function.
    """
    if isinstance(value, Flag):  # of which any may be set together
        return (f"e:{type(value).__name__}", "(", *spelled(value.value), ")")
    if isinstance(value, Enum):
        return (f"e:{type(value).__name__}.{value.name}",)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, int):
        return ("-" if value < 0 else "+", *_digits(abs(value)))
    if isinstance(value, str):
        return ("quote", *(w for c in value for w in _letter(c)), "unquote")
    if isinstance(value, float):
        return ("float", *(f"'{c}" for c in repr(value)), "unquote")
    if type(value) is tuple:
        return ("[", *(w for item in value for w in spelled(item)), "]")
    if _in_words(type(value)):
        name = type(value).__name__
        return (f"e:{name}", "(", *(f"{name}:{w}" for w in value.words()), ")")  # type: ignore[attr-defined]
    if _in_parts(type(value)):
        return (f"e:{type(value).__name__}", "(", *(w for part in _parts(value) for w in spelled(part)), ")")
    raise NesyError(f"a value of class {type(value).__name__} cannot be written as tokens; make it a frozen dataclass, "
                    "or give it a method parts()")


def _parts(value: Any) -> Iterable[object]:
    """What a value is written as: what its `parts()` gives, or its fields."""
    if type(value) in STANDARD:
        return STANDARD[type(value)](value)
    own = getattr(value, "parts", None)
    if callable(own):
        return own()  # type: ignore[return-value]
    return [getattr(value, name) for name in getattr(value, "_fields", None) or [f.name for f in fields(value)]]


def _in_parts(kind: object) -> bool:
    """Whether values of a class are written part by part: those that its `parts()` gives, or its fields."""
    named = is_dataclass(kind) or hasattr(kind, "_fields")  # a NamedTuple's
    return isinstance(kind, type) and (named or kind in STANDARD or callable(getattr(kind, "parts", None)))


def _in_words(kind: object) -> bool:
    """Whether values of a class are written in words of its own, of an `alphabet()`."""
    return isinstance(kind, type) and callable(getattr(kind, "words", None)) and callable(
        getattr(kind, "alphabet", None))


def read(words: Sequence[str], t: AnyType) -> object:
    """The value of a type that is spelled so: of numbers, truth values, text, their sequences, and classes that read.

    >>> read(spelled((3, -120)), Type("tuple", (INT,), python=tuple))
    (3, -120)

    Raises:
        NesyError: for words that spell none, and for a type of which none can be read.
    """
    try:
        value, rest = _read(tuple(words), t)
    except (IndexError, ValueError, KeyError, OverflowError):
        raise NesyError(f"{' '.join(words)[:60]}: spells no {t}") from None
    if rest:
        raise NesyError(f"{' '.join(words)[:60]}: spells more than one {t}")
    return value


def _read(words: tuple[str, ...], t: AnyType) -> tuple[object, tuple[str, ...]]:
    """A value, and the words after it."""
    kind, first, rest = getattr(t, "python", None), words[0], words[1:]
    if isinstance(kind, type) and _in_words(kind) and hasattr(kind, "of_words"):
        end, name = words.index(")"), kind.__name__
        if words[:2] != (f"e:{name}", "(") or not all(w.startswith(f"{name}:") for w in words[2:end]):
            raise ValueError(first)
        return kind.of_words([w.removeprefix(f"{name}:") for w in words[2:end]]), words[end + 1:]  # type: ignore
    if isinstance(kind, type) and issubclass(kind, Flag):
        number, after = _read(words[2:], INT)
        if words[:2] != (f"e:{kind.__name__}", "(") or after[0] != ")":
            raise ValueError(first)
        return kind(number), after[1:]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind[first.removeprefix(f"e:{kind.__name__}.")], rest
    if t == BOOL:
        return {"true": True, "false": False}[first], rest
    if t == INT:
        number, rest = _read_digits(rest)
        return {"+": 1, "-": -1}[first] * number, rest
    if t == STR:
        if first != "quote":
            raise ValueError(first)
        letters = ""
        while rest[0] != "unquote":
            letter, rest = _read_letter(rest)
            letters += letter
        return letters, rest[1:]
    if t == FLOAT:
        end = words.index("unquote")
        if first != "float" or not all(w in LETTERED for w in words[1:end]):
            raise ValueError(first)
        return float("".join(w[1:] for w in words[1:end])), words[end + 1:]
    if isinstance(t, Type) and t.name in ("tuple", "product"):
        if first != "[":
            raise ValueError(first)
        found: list[object] = []
        while rest[0] != "]":
            value, rest = _read(rest, t.args[len(found)] if t.name == "product" else t.args[0])
            found.append(value)
        if t.name == "product" and len(found) != len(t.args):
            raise ValueError(first)
        return tuple(found), rest[1:]
    raise NesyError(f"no value of type {t} can be read from words")


def _digits(number: int) -> list[str]:
    """Most significant first; "more" before all but the last, so that no number begins as another one is."""
    found = [str(number % DIGIT)]
    while number >= DIGIT:
        number //= DIGIT
        found += [str(number % DIGIT), "more"]
    return found[::-1]


def _read_digits(words: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    at, number = 0, 0
    while words[at] == "more":
        number, at = DIGIT * number + int(words[at + 1]), at + 2
    return DIGIT * number + int(words[at]), words[at + 1:]


def _read_letter(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if words[0] == "letter":
        number, rest = _read_digits(words[1:])
        return chr(number), rest
    if words[0] not in LETTERED:
        raise ValueError(words[0])
    return words[0][1:], words[1:]


def _letter(c: str) -> tuple[str, ...]:
    return (f"'{c}",) if c in LETTERS else ("letter", *_digits(ord(c)))


def members(t: AnyType) -> list[str]:
    """The words for the values of a class and of those that extend it, and of the classes that their fields are of."""
    known, todo, found = set[type](), [t], []
    while todo:
        kind = getattr(todo.pop(), "python", None)
        if not isinstance(kind, type) or kind in BASE:
            continue
        for one in (kind, *_extending(kind)):
            if one not in known:
                known.add(one)
                found += _own(one)
                todo += [part for _, f in fields_of(one) for part in parts(f)]
    return found


def _extending(kind: type) -> Iterator[type]:
    """The classes that extend one, of whatever depth; of Python's own none are looked for."""
    for one in () if kind in (object, tuple) or kind in STANDARD else sorted(
            kind.__subclasses__(), key=lambda k: k.__qualname__):
        yield one
        yield from _extending(one)


def _own(kind: type) -> list[str]:
    """The words for the values of a class alone."""
    name = kind.__name__
    if issubclass(kind, Enum) and not issubclass(kind, Flag):
        return [f"e:{name}.{m.name}" for m in kind]
    if _in_words(kind):
        return [f"e:{name}", *(f"{name}:{w}" for w in kind.alphabet())]  # type: ignore[attr-defined]
    return [f"e:{name}"] if issubclass(kind, Flag) or _in_parts(kind) else []
