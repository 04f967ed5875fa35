"""Mistakes a user can mend: one line that names the culprit and the cure."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any

PLAIN = frozenset({int, str, float, bool})  # classes whose values are written as their `repr`
RAISED = (Exception, SystemExit, GeneratorExit)  # what a user's function may raise; an interrupt is the user's own


class NesyError(Exception):
    """Base of every error that is the user's to mend; the CLI prints it as one line and exits with 2."""


class DSLError(NesyError):
    """A primitive or a language is declared wrongly."""


class SpecError(NesyError):
    """A specification is malformed or does not fit the language."""


class SyntaxFault(NesyError):
    """A text is not a program of the language."""


class ProgramFault(NesyError):
    """A program called as a function failed on these inputs."""


def nearest(name: str, options: Iterable[str]) -> str:
    """Say which valid name was probably meant, as the tail of an error message.

    >>> nearest("lenght", ["simple", "length"])
    'did you mean length?'
    >>> nearest("zzz", ["simple", "length"])
    'choose from length, simple'
    """
    known = sorted(options)
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"choose from {', '.join(known)}"


def in_order(items: frozenset) -> list:
    """The items of a set in an order that is the same in every process."""
    kinds = set(map(type, items))
    if len(kinds) == 1 and kinds <= PLAIN:
        return sorted(items)
    return sorted(items, key=lambda v: (type(v).__name__, text(v)))


def text(value: object) -> str:
    """A value as Python writes it, the items of sets in order.

    >>> text((frozenset({10, 9}), "a")), text(frozenset())
    ("(frozenset({9, 10}), 'a')", 'frozenset()')
    """
    if type(value) is frozenset and value:
        return f"frozenset({{{', '.join(map(text, in_order(value)))}}})"
    if type(value) is tuple and not all(type(v) in PLAIN for v in value):
        return f"({', '.join(map(text, value))}{',' * (len(value) == 1)})"
    return repr(value) if type(value) in PLAIN else _held(value)


def _held(value: Any) -> str:
    """As `repr`, but what Python's own for a dataclass or a NamedTuple holds is written by `text`."""
    kind, names = type(value), getattr(value, "_fields", ())
    if names and getattr(kind.__repr__, "__module__", "") == "collections":
        return f"{kind.__name__}({', '.join(f'{n}={text(v)}' for n, v in zip(names, value, strict=True))})"
    if is_dataclass(value) and hasattr(kind.__repr__, "__wrapped__"):
        held = ", ".join(f"{f.name}={text(getattr(value, f.name))}" for f in fields(value) if f.repr)
        return f"{kind.__qualname__}({held})"
    return repr(value)


def shown(value: object) -> str:
    """A value as text for messages; of a number of too many digits, how long it is."""
    try:
        return text(value)
    except ValueError:
        return f"a number of {value.bit_length():,} bits" if isinstance(value, int) else "a value with a long number"
    except Exception as error:  # what a class of the user's says to being shown
        return f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"


def said(error: BaseException) -> str:
    """An exception's class, and its text as far as it has one."""
    try:
        text = str(error)
    except Exception:  # what a class of the user's, or a number of very many digits, says to being shown
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
