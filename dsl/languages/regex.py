"""Regular expressions: an expression's value on a text is all places where it matches, so that equal behaviour merges.

(The matrix of places is the expression's characteristic sequence: Valizadeh and Berger 2023.)
"""

from dataclasses import dataclass
from enum import Enum

from dsl.errors import SyntaxFault
from dsl.language import DSL
from dsl.primitive import primitive
from dsl.program import Apply, Const, Program
from dsl.spec import Spec

LONGEST = 200  # letters of a text


@dataclass(frozen=True)
class Letter:
    """One letter, which matches itself."""

    letter: str

    def __repr__(self) -> str:
        return f"Letter({self.letter!r})"


class Kind(Enum):
    """Classes of letters, as regular expressions write them."""

    ANY = "."
    DIGIT = "[0-9]"
    LOWER = "[a-z]"
    UPPER = "[A-Z]"

    def __repr__(self) -> str:
        return f"Kind.{self.name}"


KINDS = {
    Kind.ANY: lambda c: True, Kind.DIGIT: lambda c: "0" <= c <= "9",
    Kind.LOWER: lambda c: "a" <= c <= "z", Kind.UPPER: lambda c: "A" <= c <= "Z",
}


@dataclass(frozen=True)
class Places:
    """Where an expression matches a text: bit j of ends[i] says that it matches from i up to j."""

    ends: tuple[int, ...]


@primitive
def letter(c: Letter, text: str) -> Places:
    """Where a letter stands."""
    return _where(text, c.letter.__eq__)


@primitive
def kind(of: Kind, text: str) -> Places:
    """Where a letter of this kind stands."""
    return _where(text, KINDS[of])


@primitive(commutative=True, associative=True, idempotent=True)
def either(a: Places, b: Places) -> Places:
    """Where one of them matches: a|b."""
    return Places(tuple(x | y for x, y in zip(a.ends, b.ends, strict=True)))


@primitive(associative=True)
def then(a: Places, b: Places) -> Places:
    """Where the second matches after the first: ab."""
    if len(a.ends) != len(b.ends):
        raise ValueError("places in two different texts")
    return Places(tuple([_onwards(x, b.ends) for x in a.ends]))


@primitive(idempotent=True)
def star(a: Places) -> Places:
    """Where it matches any number of times in a row: a*."""
    ends = [0] * len(a.ends)
    for i in reversed(range(len(ends))):
        ends[i] = 1 << i | _onwards(a.ends[i] & ~(1 << i), ends)
    return Places(tuple(ends))


@primitive(idempotent=True)
def maybe(a: Places) -> Places:
    """Where it matches, and nothing at any place: a?."""
    return Places(tuple(x | 1 << i for i, x in enumerate(a.ends)))


@primitive
def whole(a: Places) -> bool:
    """Whether it matches the text from its beginning to its end."""
    return bool(a.ends[0] >> len(a.ends) - 1 & 1)


def _where(text: str, fits) -> Places:
    if len(text) > LONGEST:
        raise ValueError(f"a text of {len(text)} letters; at most {LONGEST} are matched")
    return Places((*(2 << i if fits(c) else 0 for i, c in enumerate(text)), 0))


def _onwards(middle: int, ends) -> int:
    """The ends that are reached from any of the places of `middle`."""
    found, middle = 0, middle & (1 << len(ends)) - 1
    while middle:
        low = middle & -middle
        found |= ends[low.bit_length() - 1]
        middle ^= low
    return found


regex = DSL("regex", [letter, kind, either, then, star, maybe, whole], constants={Kind: [Kind.ANY]})


def for_spec(spec: Spec) -> DSL:
    """The language with the letters of the texts that belong, and the kinds of letters that are more than one of them.

    Letters that only texts outside of the language have help no expression.
    """
    texts = [v for e in spec.examples if e.output is True for v in e.inputs if isinstance(v, str)]
    letters = sorted(set("".join(texts)))
    kinds = [k for k, fits in KINDS.items() if k is not Kind.ANY and sum(map(fits, letters)) > 2]
    return regex.extend("regex", constants={Letter: map(Letter, letters), Kind: kinds})


SPECIAL = frozenset(r".^$*+?{}[]\|()/-&#~ ")
LOOSE, JOINED, TIGHT = range(3)  # alternatives; a sequence; one letter, class or group


def pattern(program: Program) -> str:
    """A program of this language as a regular expression, for `re.fullmatch` with `re.DOTALL`.

    >>> from dsl.syntax import parse
    >>> from dsl.types import STR
    >>> pattern(parse("whole(star(either(kind(Kind.ANY, x0), maybe(kind(Kind.ANY, x0)))))", regex, (STR,)))
    '(.|.?)*'
    """
    return _written(program)[0]


def _written(p: Program) -> tuple[str, int]:
    """The expression, and how tightly it holds together."""
    if not isinstance(p, Apply):
        raise SyntaxFault(f"{p} has no regular expression; it is no call of a primitive of the language regex")
    name, args = p.function.name, p.args
    match [a.value if isinstance(a, Const) else a for a in args]:
        case [Letter(letter=c), _]:
            return f"\\{c}" if c in SPECIAL else c, TIGHT
        case [Kind() as k, _]:
            return k.value, TIGHT
    if name == "whole":
        return _written(args[0])
    if name == "either":
        return "|".join(_written(a)[0] for a in args), LOOSE
    if name == "then":
        return "".join(_grouped(a, JOINED) for a in args), JOINED
    return _grouped(args[0], TIGHT) + {"star": "*", "maybe": "?"}[name], JOINED


def _grouped(p: Program, least: int) -> str:
    text, tightness = _written(p)
    return text if tightness >= least else f"({text})"
