"""Lists of integers, with higher-order functions."""

from collections.abc import Callable
from itertools import accumulate
from math import isqrt

from dsl.language import DSL
from dsl.languages import list_arrays
from dsl.languages.integers import add, choose, equal, less, maximum, minimum, multiply, negate, subtract
from dsl.primitive import primitive
from dsl.witness import table


@primitive(batch=list_arrays.head)
def head(xs: tuple[int, ...]) -> int:
    """The first item; fails on an empty list."""
    return xs[0]


@primitive(batch=list_arrays.last)
def last(xs: tuple[int, ...]) -> int:
    """The last item; fails on an empty list."""
    return xs[-1]


@primitive(batch=list_arrays.tail)
def tail(xs: tuple[int, ...]) -> tuple[int, ...]:
    """All but the first item."""
    return xs[1:]


@primitive(batch=list_arrays.take)
def take(n: int, xs: tuple[int, ...]) -> tuple[int, ...]:
    """The first n items, none for n below 0."""
    return xs[:max(n, 0)]


@primitive(batch=list_arrays.drop)
def drop(n: int, xs: tuple[int, ...]) -> tuple[int, ...]:
    """All but the first n items, all for n below 0."""
    return xs[max(n, 0):]


@primitive(batch=list_arrays.access)
def access(n: int, xs: tuple[int, ...]) -> int:
    """The item at index n, counted from 0; fails outside the list."""
    if n < 0:
        raise IndexError(n)
    return xs[n]


@primitive(involutive=True, batch=list_arrays.reverse, witness={"xs": lambda out: (out[::-1],)})
def reverse(xs: tuple[int, ...]) -> tuple[int, ...]:
    """The items from last to first."""
    return xs[::-1]


@primitive(idempotent=True, batch=list_arrays.sort)
def sort(xs: tuple[int, ...]) -> tuple[int, ...]:
    """The items in ascending order."""
    return tuple(sorted(xs))


@primitive(associative=True, identity=(), batch=list_arrays.append, witness=[
    {"xs": lambda out: tuple(out[:i] for i in range(len(out) + 1)),
     "ys": lambda out, xs: (out[len(xs):],) if out[:len(xs)] == xs else ()},
    {"ys": lambda out: tuple(out[i:] for i in range(len(out) + 1)),
     "xs": lambda out, ys: (out[:len(out) - len(ys)],) if out[len(out) - len(ys):] == ys else ()}])
def append(xs: tuple[int, ...], ys: tuple[int, ...]) -> tuple[int, ...]:
    """The items of both, in order."""
    return xs + ys


@primitive(batch=list_arrays.cons, witness={"x": lambda out: out[:1], "xs": lambda out: (out[1:],) if out else ()})
def cons(x: int, xs: tuple[int, ...]) -> tuple[int, ...]:
    """An item in front of a list."""
    return (x, *xs)


@primitive(name="sum", batch=list_arrays.total)
def total(xs: tuple[int, ...]) -> int:
    """The sum of the items."""
    return sum(xs)


@primitive(batch=list_arrays.length)
def length(xs: tuple[int, ...]) -> int:
    """How many items there are."""
    return len(xs)


@primitive(batch=list_arrays.largest)
def largest(xs: tuple[int, ...]) -> int:
    """The largest item; fails on an empty list."""
    return max(xs)


@primitive(batch=list_arrays.smallest)
def smallest(xs: tuple[int, ...]) -> int:
    """The smallest item; fails on an empty list."""
    return min(xs)


@primitive(smt="(* a a)", witness={"a": lambda out: tuple(dict.fromkeys((isqrt(out), -isqrt(out))))
                                   if out >= 0 and isqrt(out) ** 2 == out else ()})
def square(a: int) -> int:
    """a * a."""
    return a * a


@primitive(witness={"a": lambda out, b: range(out * b, out * b + b) if b > 0 else range(out * b, out * b + b, -1)})
def divide(a: int, b: int) -> int:
    """a / b, rounded down; fails for b = 0."""
    return a // b


@primitive(smt=">")
def greater(a: int, b: int) -> bool:
    """Whether a > b."""
    return a > b


@primitive(smt="(= (mod a 2) 0)")
def is_even(a: int) -> bool:
    """Whether 2 divides a."""
    return a % 2 == 0


@primitive(smt="(= (mod a 2) 1)")
def is_odd(a: int) -> bool:
    """Whether 2 does not divide a."""
    return a % 2 == 1


@primitive(name="map", witness={"f": lambda out, xs: _each(out, xs)})
def map_(f: Callable[[int], int], xs: tuple[int, ...]) -> tuple[int, ...]:
    """A function of each item."""
    return tuple(f(x) for x in xs)


@primitive(name="filter", witness={"keep": lambda out, xs: _kept(out, xs)})
def filter_(keep: Callable[[int], bool], xs: tuple[int, ...]) -> tuple[int, ...]:
    """The items that a predicate keeps."""
    return tuple(x for x in xs if keep(x))


@primitive
def count(keep: Callable[[int], bool], xs: tuple[int, ...]) -> int:
    """How many items a predicate keeps."""
    return sum(1 for x in xs if keep(x))


@primitive(witness={"f": lambda out, xs, ys: _each(out, xs, ys)})
def zip_with(f: Callable[[int, int], int], xs: tuple[int, ...], ys: tuple[int, ...]) -> tuple[int, ...]:
    """A function of each pair of items, as long as the shorter list."""
    return tuple(f(x, y) for x, y in zip(xs, ys, strict=False))


@primitive(witness={"f": lambda out, xs: _scanned(out, xs)})
def scan(f: Callable[[int, int], int], xs: tuple[int, ...]) -> tuple[int, ...]:
    """The items combined from the left, with every result on the way; the first item starts."""
    return tuple(accumulate(xs, f))


@primitive
def fold(f: Callable[[int, int], int], start: int, xs: tuple[int, ...]) -> int:
    """Combine the items from the left, beginning with a start value."""
    for x in xs:
        start = f(start, x)
    return start


def _each(out: tuple[int, ...], *lists: tuple[int, ...]) -> tuple:
    """The calls that a map made."""
    rows = tuple(zip(*lists, strict=False))
    return table(zip(rows, out, strict=True)) if len(rows) == len(out) else ()


def _kept(out: tuple[int, ...], xs: tuple[int, ...]) -> tuple:
    """What a filter was told of each item."""
    kept = set(out)
    return table(((x,), x in kept) for x in xs) if tuple(x for x in xs if x in kept) == out else ()


def _scanned(out: tuple[int, ...], xs: tuple[int, ...]) -> tuple:
    """The calls that a scan made."""
    if len(out) != len(xs) or out[:1] != xs[:1]:
        return ()
    return table(((a, x), b) for a, x, b in zip(out, xs[1:], out[1:], strict=False))


lists = DSL("lists", [head, last, tail, take, drop, access, reverse, sort, append, cons, total, length, largest,
                      smallest, map_, filter_, count, zip_with, scan, fold, add, subtract, multiply, divide, square,
                      minimum, maximum, negate, less, greater, equal, is_even, is_odd, choose],
            constants={int: [0, 1, 2, 3], tuple[int, ...]: [()]})
