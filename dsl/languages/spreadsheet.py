"""Text functions of spreadsheets (BUSTLE: Odena et al. 2021), and FlashFill's token expressions (Gulwani 2011).

Positions are counted from 1. A token is a maximal run of letters of one kind.
"""

import re
from enum import Enum
from functools import lru_cache

from dsl.language import DSL
from dsl.languages.integers import add, subtract
from dsl.languages.strings import concat, if_text, length, same_text
from dsl.primitive import primitive
from dsl.spec import Spec
from dsl.suggest import texts


class Token(Enum):
    """A kind of letters; the value is the regular expression of a run of them."""

    WORD = "[A-Za-z]+"
    DIGITS = "[0-9]+"
    ALNUM = "[A-Za-z0-9]+"
    UPPER = "[A-Z]+"
    LOWER = "[a-z]+"
    CAPITALISED = "[A-Z][a-z]+"
    NUMBER = r"[0-9]+(?:\.[0-9]+)?"
    BLANKS = r"\s+"
    NOT_BLANK = r"\S+"
    SIGNS = r"[^A-Za-z0-9\s]+"

    def __repr__(self) -> str:
        return self.name


@lru_cache(maxsize=200_000)
def spans(text: str, kind: Enum) -> tuple[tuple[int, int], ...]:
    """Where the matches of a kind stand, whose value is a regular expression."""
    return tuple(m.span() for m in re.finditer(kind.value, text))


def _which(out: object, text: str, kind: Token, end: int | None) -> tuple[int, ...]:
    """The numbers, from the front and from the back, of the tokens that give an output."""
    found = spans(text, kind)
    hits = [i for i, (a, b) in enumerate(found) if (text[a:b] if end is None else (a, b)[end] + 1) == out]
    return tuple(dict.fromkeys(n for i in hits for n in (i + 1, i - len(found))))


@primitive(witness={"n": lambda out, text, kind: _which(out, text, kind, None)})
def token(text: str, kind: Token, n: int) -> str:
    """The n-th run of a kind, from the back for n below 0; fails where there is none."""
    a, b = spans(text, kind)[n - 1 if n > 0 else n]
    return text[a:b]


@primitive(witness={"n": lambda out, text, kind: _which(out, text, kind, 0)})
def token_start(text: str, kind: Token, n: int) -> int:
    """Where the n-th run of a kind begins."""
    return spans(text, kind)[n - 1 if n > 0 else n][0] + 1


@primitive(witness={"n": lambda out, text, kind: _which(out, text, kind, 1)})
def token_end(text: str, kind: Token, n: int) -> int:
    """Where the n-th run of a kind has ended: the position after it."""
    return spans(text, kind)[n - 1 if n > 0 else n][1] + 1


def _most(out: str, text: str) -> tuple[int, ...] | range:
    return range(len(text), len(text) + 64) if out == text else (len(out),)


@primitive(witness={"n": lambda out, text: _most(out, text) if text.startswith(out) else ()})
def left(text: str, n: int) -> str:
    """The first n letters; fails for n below 0."""
    if n < 0:
        raise ValueError(n)
    return text[:n]


@primitive(witness={"n": lambda out, text: _most(out, text) if text.endswith(out) else ()})
def right(text: str, n: int) -> str:
    """The last n letters; fails for n below 0."""
    if n < 0:
        raise ValueError(n)
    return text[max(len(text) - n, 0):]


@primitive(witness={"start": lambda out, text: tuple(i + 1 for i in range(len(text) - len(out) + 1)
                                                     if text.startswith(out, i)) if out else range(len(text) + 1, 99),
                    "n": lambda out, text, start: _rest(out, text, start)})
def mid(text: str, start: int, n: int) -> str:
    """Up to n letters from a position; fails for a position below 1 or n below 0."""
    if start < 1 or n < 0:
        raise ValueError(start, n)
    return text[start - 1:start - 1 + n]


def _rest(out: str, text: str, start: int) -> tuple[int, ...] | range:
    if start < 1 or not text.startswith(out, start - 1):
        return ()
    return range(len(out), len(out) + 64) if start - 1 + len(out) >= len(text) else (len(out),)


@primitive
def replace_at(text: str, start: int, n: int, new: str) -> str:
    """The text with the n letters from a position replaced; fails for a position below 1 or n below 0."""
    if start < 1 or n < 0:
        raise ValueError(start, n)
    return text[:start - 1] + new + text[start - 1 + n:]


def _put_in(out: str, text: str, old: str) -> tuple[str, ...]:
    """What stands in every place of a part that was replaced."""
    pieces = text.split(old) if old else [text]
    gaps, kept = len(pieces) - 1, sum(map(len, pieces))
    if not gaps or (len(out) - kept) % gaps or len(out) < kept:
        return ()
    n = (len(out) - kept) // gaps
    new = out[len(pieces[0]):len(pieces[0]) + n]
    return (new,) if new.join(pieces) == out else ()


@primitive(witness=[{"new": lambda out, text, old: _put_in(out, text, old)},
                    {"text": lambda out, old, new: (out.replace(new, old),) if new and old
                     and out.replace(new, old).replace(old, new) == out else ()}])
def substitute(text: str, old: str, new: str) -> str:
    """The text with every `old` replaced."""
    return text.replace(old, new) if old else text


@primitive
def substitute_nth(text: str, old: str, new: str, n: int) -> str:
    """The text with the n-th `old` replaced; as it is where there are fewer; fails for n below 1."""
    if n < 1:
        raise ValueError(n)
    pieces = text.split(old) if old else [text]
    if n >= len(pieces):
        return text
    return old.join(pieces[:n]) + new + old.join(pieces[n:])


@primitive(idempotent=True, witness={"text": lambda out: (out.upper(), out.title(), out.capitalize())
                                     if out == out.lower() else ()})
def lower(text: str) -> str:
    """In small letters."""
    return text.lower()


@primitive(idempotent=True, witness={"text": lambda out: (out.lower(), out.title(), out.capitalize())
                                     if out == out.upper() else ()})
def upper(text: str) -> str:
    """In capital letters."""
    return text.upper()


@primitive(witness={"text": lambda out: (out.lower(), out.upper(), out.capitalize())
                                     if out == out.title() else ()})
def proper(text: str) -> str:
    """Each word with a capital first letter, the others small."""
    return text.title()


@primitive(idempotent=True)
def trim(text: str) -> str:
    """Without blanks at both ends, and with one blank between words."""
    return " ".join(text.split())


@primitive(witness={"n": lambda out, text: (len(out) // len(text),) if text
                    and text * (len(out) // len(text)) == out else ()})
def repeat(text: str, n: int) -> str:
    """The text n times; fails for n below 0, or above 1,000."""
    if not 0 <= n <= 1000:
        raise ValueError(n)
    return text * n


@primitive
def find(part: str, text: str, start: int) -> int:
    """Where a part first stands at or after a position; fails if it does not."""
    if start < 1:
        raise ValueError(start)
    return text.index(part, start - 1) + 1


@primitive
def has(part: str, text: str) -> bool:
    """Whether a part stands in a text."""
    return part in text


@primitive(witness={"number": lambda out: (int(out),) if out.lstrip("-").isdecimal() and str(int(out)) == out else ()})
def to_text(number: int) -> str:
    """A number in digits."""
    return str(number)


@primitive
def value(text: str) -> int:
    """The whole number that up to 4,000 digits write, with or without a sign before them; fails for other texts."""
    if not re.fullmatch(r"[+-]?[0-9]{1,4000}", text):
        raise ValueError(text)
    return int(text)


@primitive(witness={"a": lambda out, b: (out * b,)})
def ratio(a: int, b: int) -> int:
    """A whole quotient, rounded down; fails for b = 0."""
    return a // b


@primitive
def greater(a: int, b: int) -> bool:
    """Whether a > b."""
    return a > b


@primitive
def at_least(a: int, b: int) -> bool:
    """Whether a >= b."""
    return a >= b


@primitive(witness={"condition": lambda out: (True,) if out == "TRUE" else (False,) if out == "FALSE" else ()})
def truth_text(condition: bool) -> str:
    """TRUE or FALSE."""
    return "TRUE" if condition else "FALSE"




FUNCTIONS = (concat, left, right, mid, replace_at, substitute, substitute_nth, lower, upper, proper, trim, repeat,
             to_text, if_text, token, add, subtract, find, length, value, ratio, token_start, token_end, same_text,
             has, greater, at_least, truth_text)
ALWAYS = ("", " ", ",", ".", "-", "/", "(", ")", "0")
NUMBERS = (1, 2, 3, 0, -1)
KINDS = tuple(Token)
spreadsheet = DSL("spreadsheet", FUNCTIONS, constants={str: ALWAYS, int: NUMBERS, Token: KINDS})


def for_spec(spec: Spec) -> DSL:
    """The language with the constants that a spec's examples suggest, and those of its numbers that recur."""
    wanted = dict.fromkeys((*texts(spec), *ALWAYS))
    lengths = [len(e.output) for e in spec.examples if isinstance(e.output, str)]
    numbers = dict.fromkeys((*NUMBERS, *(n for n in sorted(set(lengths)) if lengths.count(n) > 1 and n < 100)))
    return DSL("spreadsheet", FUNCTIONS, constants={str: list(wanted), int: list(numbers), Token: KINDS})
