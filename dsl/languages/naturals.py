"""Natural numbers from nothing but successor, predecessor, equality and recursion.

Machine arithmetic is another language, `arithmetic`: what is learned in this one can be
proved equal to it (`solvers.smt.induct`), and only then be run by it.
"""

from collections.abc import Callable

from dsl.language import DSL
from dsl.languages.integers import add, maximum, minimum, multiply, subtract
from dsl.primitive import primitive

DEEPEST = 100_000  # calls that one recursion may nest


@primitive(smt="(+ n 1)")
def succ(n: int) -> int:
    """n + 1."""
    return n + 1


@primitive(smt="(ite (< n 1) 0 (- n 1))")
def pred(n: int) -> int:
    """n - 1, and 0 of 0."""
    return max(n - 1, 0)


@primitive(commutative=True, smt="=")
def equal(a: int, b: int) -> bool:
    """Whether a = b."""
    return a == b


@primitive
def linrec(stop: Callable[[int, int], bool], base: Callable[[int, int], int],
           after: Callable[[int, int, int], int], left: Callable[[int, int], int],
           right: Callable[[int, int], int], a: int, b: int) -> int:
    """Linear recursion: f(a, b) = base(a, b) where stop(a, b), else after(a, b, f(left(a, b), right(a, b))).

    Runs as a loop, however deep it is; fails after 100,000 calls, and where a call would repeat.
    """
    trail = []
    while not stop(a, b):
        below = left(a, b), right(a, b)
        if below == (a, b) or len(trail) == DEEPEST:
            raise OverflowError(f"no end after {len(trail)} calls")
        trail.append((a, b))
        a, b = below
    value = base(a, b)
    for a, b in reversed(trail):
        value = after(a, b, value)
    return value


naturals = DSL("naturals", [succ, pred, equal, linrec], constants={int: [0]})


@primitive(smt="(div a b)")
def quotient(a: int, b: int) -> int:
    """a / b without the remainder; fails where b is not above 0."""
    if b <= 0:
        raise ZeroDivisionError(f"{a} / {b}")
    return a // b


arithmetic = DSL("arithmetic", [add, subtract, multiply, quotient, maximum, minimum], constants={int: [0, 1, 2]})
numbers = naturals.extend("numbers", arithmetic.primitives, constants={int: [1, 2]})
