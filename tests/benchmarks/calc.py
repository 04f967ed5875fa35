"""A language of ten primitives, as a user might write one (see guidance.py)."""

from dsl import DSL, primitive


@primitive(commutative=True)
def add(a: int, b: int) -> int:
    """Their sum."""
    return a + b


@primitive
def sub(a: int, b: int) -> int:
    """One less the other."""
    return a - b


@primitive
def double(a: int) -> int:
    """Twice."""
    return 2 * a


@primitive
def head(xs: tuple[int, ...]) -> int:
    """The first."""
    return xs[0]


@primitive
def last(xs: tuple[int, ...]) -> int:
    """The last."""
    return xs[-1]


@primitive
def total(xs: tuple[int, ...]) -> int:
    """The sum of all."""
    return sum(xs)


@primitive
def rev(xs: tuple[int, ...]) -> tuple[int, ...]:
    """The last first."""
    return xs[::-1]


@primitive
def tail(xs: tuple[int, ...]) -> tuple[int, ...]:
    """All but the first."""
    return xs[1:]


@primitive
def asc(xs: tuple[int, ...]) -> tuple[int, ...]:
    """The smallest first."""
    return tuple(sorted(xs))


@primitive
def cons(x: int, xs: tuple[int, ...]) -> tuple[int, ...]:
    """One more in front."""
    return (x, *xs)


calc = DSL("calc", [add, sub, double, head, last, total, rev, tail, asc, cons], constants={int: [0, 1, 2]})
