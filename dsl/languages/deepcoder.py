"""DeepCoder's language (Balog et al. 2017, appendix F): lists of integers, and a few functions to map, filter and zip.

With `length`, which that language lacks, and without its bounds on numbers. Each pair of a higher-order function and a
function is a primitive of its own: `map_double`, `zip_with_add`.
"""

from collections.abc import Callable
from itertools import accumulate

from dsl.arrays import by_name
from dsl.language import DSL
from dsl.languages import list_arrays as arrays
from dsl.languages.lists import access, drop, head, largest, last, length, reverse, smallest, sort, take, total
from dsl.primitive import Primitive, described, primitive

UNARY: dict[str, tuple[Callable[[int], int], Callable[[int], int] | None]] = {  # each with its inverse, if it has one
    "increment": (lambda a: a + 1, lambda out: out - 1),
    "decrement": (lambda a: a - 1, lambda out: out + 1),
    "negate": (lambda a: -a, lambda out: -out),
    "double": (lambda a: a * 2, lambda out: out // 2),
    "triple": (lambda a: a * 3, lambda out: out // 3),
    "quadruple": (lambda a: a * 4, lambda out: out // 4),
    "halve": (lambda a: a // 2, None),
    "third": (lambda a: a // 3, None),
    "quarter": (lambda a: a // 4, None),
    "square": (lambda a: a * a, None),
}
PREDICATES: dict[str, Callable[[int], bool]] = {
    "positive": lambda a: a > 0, "negative": lambda a: a < 0,
    "even": lambda a: a % 2 == 0, "odd": lambda a: a % 2 == 1,
}
BINARY: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
    "minimum": min, "maximum": max,
}

BECOMES = {"increment": "plus 1", "decrement": "minus 1", "negate": "with the other sign", "double": "times 2",
           "triple": "times 3", "quadruple": "times 4", "halve": "halved, rounded down",
           "third": "divided by 3, rounded down", "quarter": "divided by 4, rounded down", "square": "times itself"}
JOINT = {"add": "sum", "subtract": "difference", "multiply": "product", "minimum": "minimum", "maximum": "maximum"}


def _map(name: str, f: Callable[[int], int], inverse: Callable[[int], int] | None) -> Primitive:
    def back(out: tuple[int, ...]) -> tuple:
        xs = tuple([inverse(x) for x in out])  # type: ignore[misc]
        return (xs,) if all(f(x) == y for x, y in zip(xs, out, strict=True)) else ()

    @primitive(name=f"map_{name}", involutive=name == "negate", batch=arrays.mapped(f),
               witness={"xs": lambda out: back(out)} if inverse else None)
    def mapped(xs: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([f(x) for x in xs])

    described(f"Each number {BECOMES[name]}.", mapped.function)
    return mapped


def _filter(name: str, keep: Callable[[int], bool]) -> Primitive:
    @primitive(name=f"filter_{name}", idempotent=True, batch=arrays.filtered(keep))
    def filtered(xs: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(filter(keep, xs))

    described(f"The numbers that are {name}.", filtered.function)
    return filtered


def _count(name: str, keep: Callable[[int], bool]) -> Primitive:
    @primitive(name=f"count_{name}", batch=arrays.counted(keep))
    def counted(xs: tuple[int, ...]) -> int:
        return sum(map(keep, xs))

    described(f"How many numbers are {name}.", counted.function)
    return counted


def _zip_with(name: str, f: Callable[[int, int], int]) -> Primitive:
    @primitive(name=f"zip_with_{name}", commutative=name != "subtract", associative=name != "subtract",
               idempotent=name in ("minimum", "maximum"), batch=arrays.zipped(by_name(name, name)))
    def zipped(xs: tuple[int, ...], ys: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(map(f, xs, ys))

    described(f"The {JOINT[name]} of the two numbers at each place, as far as both lists go.", zipped.function)
    return zipped


def _scan(name: str, f: Callable[[int, int], int]) -> Primitive:
    @primitive(name=f"scan_{name}", idempotent=name in ("minimum", "maximum"),
               batch=arrays.scanned(by_name(name, name)))
    def scanned(xs: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(accumulate(xs, f))

    described(f"The running {JOINT[name]}: at each place that of the numbers up to it.", scanned.function)
    return scanned


deepcoder = DSL("deepcoder", [
    head, last, take, drop, access, smallest, largest, length, reverse, sort, total,
    *(_map(name, *both) for name, both in UNARY.items()),
    *(_filter(name, keep) for name, keep in PREDICATES.items()),
    *(_count(name, keep) for name, keep in PREDICATES.items()),
    *(_zip_with(name, f) for name, f in BINARY.items()),
    *(_scan(name, f) for name, f in BINARY.items()),
])
