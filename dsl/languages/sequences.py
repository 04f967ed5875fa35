"""Sequences of symbols: the meanings of words whose values are sequences.

Nothing here knows of a benchmark; `over(alphabet)` adds the alphabet's one-symbol sequences.
"""

from collections.abc import Iterable

from dsl.language import DSL
from dsl.primitive import primitive

Sequence = tuple[str, ...]
LONGEST = 4096


@primitive(infix="++", associative=True, identity=(), witness=[
    {"a": lambda out: tuple(out[:i] for i in range(len(out) + 1)),
     "b": lambda out, a: (out[len(a):],) if out[:len(a)] == a else ()},
    {"b": lambda out: tuple(out[i:] for i in range(len(out) + 1)),
     "a": lambda out, b: (out[:len(out) - len(b)],) if out[len(out) - len(b):] == b else ()}])
def concat(a: Sequence, b: Sequence) -> Sequence:
    """The symbols of a, then those of b."""
    return a + b


@primitive(infix="*")
def repeat(a: Sequence, n: int) -> Sequence:
    """A sequence n times over; fails where the result would be over 4,096 symbols."""
    if n * len(a) > LONGEST:
        raise OverflowError(f"{n} times {len(a)} symbols")
    return a * n


@primitive
def first(a: Sequence) -> Sequence:
    """The first symbol, as a sequence; nothing of nothing."""
    return a[:1]


@primitive
def rest(a: Sequence) -> Sequence:
    """All but the first symbol."""
    return a[1:]


@primitive(involutive=True, witness={"a": lambda out: (out[::-1],)})
def reverse(a: Sequence) -> Sequence:
    """The symbols from last to first."""
    return a[::-1]


sequences = DSL("sequences", [concat, repeat, first, rest, reverse],
                constants={Sequence: [()], int: [2, 3, 4, 5, 6, 7, 8, 9]})


def over(alphabet: Iterable[str]) -> DSL:
    """The language with a one-symbol constant for each symbol of an alphabet."""
    return sequences.extend("sequences", constants={Sequence: [(a,) for a in alphabet]})
