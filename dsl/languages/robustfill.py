"""RobustFill's language of texts (Devlin et al. 2017), as ExeDec extends it (Shi et al. 2024, appendix).

Texts are put together of parts: pieces between two places, tokens, and the same with letters changed. Where nothing
matches, the published functions give no text, or a place that says nothing; pieces fail there, so that search is
spared programs that show their inputs nothing (2 % of ExeDec's programs mean something else so).
"""

import re
from dataclasses import dataclass, replace
from enum import Enum
from string import ascii_letters, digits

from dsl.language import DSL
from dsl.languages.regex import Letter
from dsl.languages.spreadsheet import lower, spans, upper
from dsl.languages.strings import concat
from dsl.primitive import primitive
from dsl.spec import Spec

CUTTING = 5  # what a function costs that has many places to choose from
CHANGING = 2  # what a function costs that changes letters: pieces of the text come first
JOINING = 9  # and one that joins: parts are looked for, not whole outputs


class Mark(Enum):
    """What is looked for in a text: runs of letters of a kind, or one sign; the value is its regular expression."""

    NUMBER = "[0-9]+"
    WORD = "[A-Za-z]+"
    ALNUM = "[A-Za-z0-9]+"
    CAPITALS = "[A-Z]+"
    CAPITALISED = "[A-Z][a-z]+"
    SMALL = "[a-z]+"
    DIGIT = "[0-9]"
    CHAR = r"[A-Za-z0-9&,.?!@()\[\]%{}/:;$#\"' ]"
    AND = "&"
    COMMA = ","
    DOT = r"\."
    QUESTION = r"\?"
    BANG = "!"
    AT = "@"
    OPEN = r"\("
    CLOSE = r"\)"
    OPEN_SQUARE = r"\["
    CLOSE_SQUARE = r"\]"
    PERCENT = "%"
    OPEN_CURLY = r"\{"
    CLOSE_CURLY = r"\}"
    SLASH = "/"
    COLON = ":"
    SEMICOLON = ";"
    DOLLAR = r"\$"
    HASH = "#"
    QUOTE = '"'
    APOSTROPHE = "'"
    BLANK = " "

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Nth:
    """Which of several, counted from 1; from the back for numbers below 0."""

    number: int

    def __repr__(self) -> str:
        return f"Nth({self.number})"


FIRST = Nth(1)


class Side(Enum):
    """Of a match: before or after it."""

    BEFORE = 0
    AFTER = 1

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Place:
    """A place in a text: before or after the n-th match of a mark."""

    mark: Mark
    n: Nth
    side: Side

    def __repr__(self) -> str:
        return f"Place({self.mark!r}, {self.n!r}, {self.side!r})"

    def of(self, text: str) -> int:
        """How many letters stand before it; fails where there is no such match."""
        return _nth(text, self.mark, self.n)[self.side.value]


def _nth(text: str, mark: Mark, n: Nth) -> tuple[int, int]:
    """Where the n-th match stands, from the back for n below 0; fails where there is none."""
    return spans(text, mark)[n.number - 1 if n.number > 0 else n.number]


@primitive
def const(letter: Letter) -> str:
    """A text of one letter, the same for every input."""
    return letter.letter


@primitive(cost=CUTTING)
def span(text: str, begin: Place, until: Place) -> str:
    """The letters from one place to another, none where these are out of order; fails where one is not there."""
    return text[begin.of(text):until.of(text)]


@primitive
def token(text: str, mark: Mark, n: Nth) -> str:
    """The n-th match, from the back for n below 0; fails where there is none."""
    a, b = _nth(text, mark, n)
    return text[a:b]


@primitive
def upto(text: str, mark: Mark) -> str:
    """All up to the first match and with it; fails where there is none."""
    return text[:_nth(text, mark, FIRST)[1]]


@primitive
def after(text: str, mark: Mark) -> str:
    """All after the first match; fails where there is none."""
    return text[_nth(text, mark, FIRST)[1]:]


@primitive(cost=CHANGING)
def first(text: str, mark: Mark, n: Nth) -> str:
    """The first n matches, joined; all but the last ones for n below 0."""
    return "".join(text[a:b] for a, b in spans(text, mark)[:n.number])


@primitive(cost=CHANGING)
def every(text: str, mark: Mark) -> str:
    """All matches, joined."""
    return "".join(text[a:b] for a, b in spans(text, mark))


@primitive(cost=CHANGING)
def capitalised(text: str) -> str:
    """The first letter in capitals, the others small."""
    return text.capitalize()


@primitive(idempotent=True, cost=CHANGING)
def stripped(text: str) -> str:
    """Without white space at both ends."""
    return text.strip()


@primitive(cost=CHANGING)
def substitute(text: str, mark: Mark, n: Nth, letter: Letter) -> str:
    """What the n-th match says, replaced where the text has it first; the text alone where there is none."""
    return _replaced(text, mark, n, letter.letter)


@primitive(cost=CHANGING)
def substitute_all(text: str, mark: Mark, letter: Letter) -> str:
    """Each match replaced by a letter."""
    return re.sub(mark.value, lambda found: letter.letter, text)


@primitive(cost=CHANGING)
def remove(text: str, mark: Mark, n: Nth) -> str:
    """What the n-th match says, left out where the text has it first; the text alone where there is none."""
    return _replaced(text, mark, n, "")


@primitive(cost=CHANGING)
def remove_all(text: str, mark: Mark) -> str:
    """Each match left out."""
    return re.sub(mark.value, "", text)


def _replaced(text: str, mark: Mark, n: Nth, new: str) -> str:
    try:
        a, b = _nth(text, mark, n)
    except IndexError:
        return text
    return text.replace(text[a:b], new, 1)


FUNCTIONS = (replace(concat, cost=JOINING), const, span, token, upto, after, first, every, capitalised,
             replace(lower, cost=CHANGING), replace(upper, cost=CHANGING), stripped, substitute, substitute_all, remove,
             remove_all)
KINDS = tuple(Mark)[:8]
SIGNS = tuple(Mark)[8:]
NUMBERS = tuple(Nth(n) for i in range(1, 6) for n in (i, -i))
FARTHEST = 20  # letters of the published inputs: a place may be before any of them


def _language(marks: tuple[Mark, ...], letters: tuple[Letter, ...], texts: tuple[str, ...] | None = None) -> DSL:
    """The language with some marks and letters, and the places that each of the texts has, if there are any."""
    every_letter = tuple(Nth(n) for i in range(1, FARTHEST + 1) for n in (i, -i))
    there = {mark: min(len(spans(t, mark)) for t in texts) if texts else FARTHEST for mark in marks}
    found = [Place(mark, n, side) for mark in marks for n in (every_letter if mark is Mark.CHAR else NUMBERS)
             for side in Side if abs(n.number) <= there[mark]]
    return DSL("robustfill", FUNCTIONS, constants={Mark: marks, Letter: letters, Nth: NUMBERS, Place: found})


robustfill = _language(tuple(Mark), tuple(map(Letter, ascii_letters + digits + "".join(m.value[-1] for m in SIGNS))))


def for_spec(spec: Spec) -> DSL:
    """The language with the signs and places of the inputs, and the letters that all outputs or no inputs have."""
    texts = tuple(v for e in spec.examples for v in e.inputs if isinstance(v, str))
    pairs = [(" ".join(t for t in e.inputs if isinstance(t, str)), e.output) for e in spec.examples
             if isinstance(e.output, str)]
    shared = set.intersection(*(set(out) for _, out in pairs)) if pairs else set()
    new = {c for t, out in pairs for c in out if c.lower() not in t.lower()}
    signs = tuple(m for m in SIGNS if any(spans(t, m) for t in texts))
    return _language((*KINDS, *signs), tuple(Letter(c) for c in sorted(shared | new)), texts)
