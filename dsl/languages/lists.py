"""Lists of integers, with higher-order functions."""

from collections.abc import Callable

from dsl.language import DSL
from dsl.languages.integers import add, less, multiply, negate, subtract
from dsl.primitive import primitive


@primitive
def head(xs: tuple[int, ...]) -> int:
    """The first item; fails on an empty list."""
    return xs[0]


@primitive
def last(xs: tuple[int, ...]) -> int:
    """The last item; fails on an empty list."""
    return xs[-1]


@primitive
def tail(xs: tuple[int, ...]) -> tuple[int, ...]:
    """All but the first item."""
    return xs[1:]


@primitive
def take(n: int, xs: tuple[int, ...]) -> tuple[int, ...]:
    """The first n items, none for n below 0."""
    return xs[:max(n, 0)]


@primitive
def drop(n: int, xs: tuple[int, ...]) -> tuple[int, ...]:
    """All but the first n items, all for n below 0."""
    return xs[max(n, 0):]


@primitive
def access(n: int, xs: tuple[int, ...]) -> int:
    """The item at index n, counted from 0; fails outside the list."""
    if n < 0:
        raise IndexError(n)
    return xs[n]


@primitive(involutive=True)
def reverse(xs: tuple[int, ...]) -> tuple[int, ...]:
    """The items from last to first."""
    return xs[::-1]


@primitive(idempotent=True)
def sort(xs: tuple[int, ...]) -> tuple[int, ...]:
    """The items in ascending order."""
    return tuple(sorted(xs))


@primitive(associative=True, identity=())
def append(xs: tuple[int, ...], ys: tuple[int, ...]) -> tuple[int, ...]:
    """The items of both, in order."""
    return xs + ys


@primitive
def cons(x: int, xs: tuple[int, ...]) -> tuple[int, ...]:
    """An item in front of a list."""
    return (x, *xs)


@primitive(name="sum")
def total(xs: tuple[int, ...]) -> int:
    """The sum of the items."""
    return sum(xs)


@primitive
def length(xs: tuple[int, ...]) -> int:
    """How many items there are."""
    return len(xs)


@primitive
def largest(xs: tuple[int, ...]) -> int:
    """The largest item; fails on an empty list."""
    return max(xs)


@primitive
def smallest(xs: tuple[int, ...]) -> int:
    """The smallest item; fails on an empty list."""
    return min(xs)


@primitive(name="map")
def map_(f: Callable[[int], int], xs: tuple[int, ...]) -> tuple[int, ...]:
    """A function of each item."""
    return tuple(f(x) for x in xs)


@primitive(name="filter")
def filter_(keep: Callable[[int], bool], xs: tuple[int, ...]) -> tuple[int, ...]:
    """The items that a predicate keeps."""
    return tuple(x for x in xs if keep(x))


@primitive
def fold(f: Callable[[int, int], int], start: int, xs: tuple[int, ...]) -> int:
    """Combine the items from the left, beginning with a start value."""
    for x in xs:
        start = f(start, x)
    return start


lists = DSL("lists", [head, last, tail, take, drop, access, reverse, sort, append, cons, total, length, largest,
                      smallest, map_, filter_, fold, add, subtract, multiply, negate, less],
            constants={int: [0, 1, 2, 3], tuple[int, ...]: [()]})
