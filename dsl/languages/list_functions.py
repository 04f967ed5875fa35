"""The published vocabulary of list functions (Rule 2020, chapter 4; BIG-bench's list_functions), with indices from 1.

Numbers and lists that the examples suggest join the constants (`for_spec`).
"""

from collections.abc import Callable
from itertools import dropwhile, takewhile
from math import prod

from dsl.language import DSL
from dsl.languages.booleans import both, either, negation
from dsl.languages.integers import add, choose, equal, less, maximum, minimum, multiply, subtract
from dsl.languages.lists import (
    append,
    cons,
    count,
    divide,
    drop,
    filter_,
    fold,
    greater,
    head,
    is_even,
    is_odd,
    largest,
    last,
    length,
    map_,
    reverse,
    scan,
    smallest,
    sort,
    tail,
    take,
    total,
    zip_with,
)
from dsl.primitive import primitive
from dsl.spec import Spec
from dsl.suggest import lists_of, numbers
from dsl.witness import ANY, table

Ints = tuple[int, ...]


@primitive(witness={"n": lambda out, xs: tuple(i for i, x in enumerate(xs, 1) if x == out)})
def nth(n: int, xs: Ints) -> int:
    """The n-th item; fails outside the list."""
    return xs[_index(n, xs)]


@primitive(witness={"n": lambda out, xs: (len(out),) if xs[len(xs) - len(out):] == out else ()})
def take_last(n: int, xs: Ints) -> Ints:
    """The last n items, none for n below 0."""
    return xs[len(xs) - n:] if 0 < n < len(xs) else xs if n > 0 else ()


@primitive(witness={"n": lambda out, xs: (len(xs) - len(out),) if xs[:len(out)] == out else ()})
def drop_last(n: int, xs: Ints) -> Ints:
    """All but the last n items, all for n below 0."""
    return xs[:max(len(xs) - n, 0)] if n > 0 else xs


@primitive(witness={"start": lambda out, xs: _starts(out, xs),
                    "end": lambda out, start, xs: (max(start, 1) + len(out) - 1,)})
def cut_out(start: int, end: int, xs: Ints) -> Ints:
    """The items from one place to another, both within; as far as there are any."""
    return xs[max(start, 1) - 1:max(end, 0)]


@primitive(witness={"n": lambda out, xs: _gaps(out, xs)})
def without_nth(n: int, xs: Ints) -> Ints:
    """The list without its n-th item, if it has one."""
    return xs[:n - 1] + xs[n:] if 1 <= n <= len(xs) else xs


@primitive
def without_slice(start: int, end: int, xs: Ints) -> Ints:
    """The list without the items from one place to another; fails for places out of order."""
    if not 1 <= start <= end:
        raise IndexError((start, end))
    return xs[:start - 1] + xs[end:]


@primitive
def without_first(x: int, xs: Ints) -> Ints:
    """The list without the first item that is x, if there is one."""
    return (*xs[:xs.index(x)], *xs[xs.index(x) + 1:]) if x in xs else xs


@primitive(witness={"x": lambda out, xs: tuple(set(xs) - set(out)) if len(set(xs) - set(out)) == 1 else ()})
def without(x: int, xs: Ints) -> Ints:
    """The list without all items that are x."""
    return tuple(y for y in xs if y != x)


@primitive(witness=[{"x": lambda out, n, xs: out[n - 1:n] if n <= len(out) else out[-1:]},
                    {"xs": lambda out, n, x: (out[:n - 1] + out[n:],) if out[n - 1:n] == (x,) else ()}])
def insert(x: int, n: int, xs: Ints) -> Ints:
    """The list with x put in as its n-th item, as its last if it is shorter; fails for n below 1."""
    at = _place(n)
    return (*xs[:at], x, *xs[at:])


@primitive(witness=[{"n": lambda out, xs: _differ(out, xs),
                     "x": lambda out, n, xs: (out[n - 1],) if 0 < n <= len(out) else ANY},
                    {"x": lambda out, n, xs: ANY if out == xs and n > len(xs) else (out[n - 1],)
                     if 0 < n <= len(out) == len(xs) else ()}])
def replace_nth(x: int, n: int, xs: Ints) -> Ints:
    """The list with x for its n-th item, if it has one."""
    return (*xs[:n - 1], x, *xs[n:]) if 1 <= n <= len(xs) else xs


@primitive
def replace_all(old: int, new: int, xs: Ints) -> Ints:
    """The list with one number for every other that is given."""
    return tuple(new if x == old else x for x in xs)


@primitive
def swap(m: int, n: int, xs: Ints) -> Ints:
    """The list with its m-th and n-th items exchanged, if it has both."""
    a, b = sorted((m - 1, n - 1))
    return (*xs[:a], xs[b], *xs[a + 1:b], xs[a], *xs[b + 1:]) if 0 <= a < b < len(xs) else xs


@primitive
def splice(ys: Ints, n: int, xs: Ints) -> Ints:
    """The list with all items of ys put in from its n-th place on, at its end if it is shorter; fails for n below 1."""
    at = _place(n)
    return xs[:at] + ys + xs[at:]


@primitive(witness={"xs": lambda out: _half(out, 0), "ys": lambda out: _half(out, 1)})
def interleave(xs: Ints, ys: Ints) -> Ints:
    """The items of both in turn, as far as the shorter goes."""
    return tuple(z for pair in zip(xs, ys, strict=False) for z in pair)


@primitive(witness={"x": lambda out: out if len(out) == 1 else ()})
def singleton(x: int) -> Ints:
    """A list of one item."""
    return (x,)


@primitive(witness={"xs": lambda out: (out[:-1],) if out else (), "x": lambda out: out[-1:]})
def put_last(x: int, xs: Ints) -> Ints:
    """A list with one more item at its end."""
    return (*xs, x)


@primitive(witness={"x": lambda out: (out[0],) if len(set(out)) == 1 else () if out else ANY,
                    "n": lambda out: (len(out),)})
def repeated(x: int, n: int) -> Ints:
    """A number n times, not at all for n below 0; fails beyond 1,000."""
    return (x,) * _some(n)


@primitive
def counting(start: int, end: int, step: int) -> Ints:
    """The numbers from start to end, both within, by steps up or down; fails for steps of 0, and beyond 1,000."""
    found = range(start, end + (1 if step > 0 else -1), step)
    _some(len(found))
    return tuple(found)


@primitive(idempotent=True)
def unique(xs: Ints) -> Ints:
    """Each number once, where it stands first."""
    return tuple(dict.fromkeys(xs))


@primitive
def product(xs: Ints) -> int:
    """All items multiplied; fails beyond 64 bits."""
    found = prod(xs)
    if found.bit_length() > 63:
        raise OverflowError("product")
    return found


@primitive
def occurrences(x: int, xs: Ints) -> int:
    """How many items are x."""
    return xs.count(x)


@primitive
def contains(x: int, xs: Ints) -> bool:
    """Whether an item is x."""
    return x in xs


@primitive
def position(x: int, xs: Ints) -> int:
    """The place of the first item that is x; fails where none is."""
    return xs.index(x) + 1


@primitive(witness={"keep": lambda out, xs: table((((x,), i == out) for i, x in enumerate(xs[:out], 1)))
                    if 0 < out <= len(xs) else ()})
def find(keep: Callable[[int], bool], xs: Ints) -> int:
    """The place of the first item of which a predicate holds; fails where it holds of none."""
    for i, x in enumerate(xs, 1):
        if keep(x):
            return i
    raise LookupError(xs)


@primitive
def places(keep: Callable[[int], bool], xs: Ints) -> Ints:
    """The places of all items of which a predicate holds."""
    return tuple(i for i, x in enumerate(xs, 1) if keep(x))


@primitive
def take_while(keep: Callable[[int], bool], xs: Ints) -> Ints:
    """The items before the first of which a predicate does not hold."""
    return tuple(takewhile(keep, xs))


@primitive
def drop_while(keep: Callable[[int], bool], xs: Ints) -> Ints:
    """The items from the first on of which a predicate does not hold."""
    return tuple(dropwhile(keep, xs))


@primitive(witness={"b": lambda out, a: tuple(b for b in range(out + 1, min(a - out, 1000) + 1) if a % b == out)
                    if 0 <= out < a else ()})
def modulo(a: int, b: int) -> int:
    """What is left of a divided by b, never below 0 for b above 0; fails for b = 0."""
    return a % b


@primitive(smt="ite", witness={"then": lambda out, condition: (out,) if condition else ANY,
                               "otherwise": lambda out, condition: ANY if condition else (out,)})
def if_list(condition: bool, then: Ints, otherwise: Ints) -> Ints:
    """One list where the condition holds, else the other."""
    return then if condition else otherwise


@primitive(witness={"f": lambda out, xs: table(((i, x), y) for i, (x, y) in enumerate(zip(xs, out, strict=True), 1))
                    if len(xs) == len(out) else ()})
def map_placed(f: Callable[[int, int], int], xs: Ints) -> Ints:
    """A function of each place and item."""
    return tuple(f(i, x) for i, x in enumerate(xs, 1))


@primitive(witness={"keep": lambda out, xs: _kept_places(out, xs)})
def filter_placed(keep: Callable[[int, int], bool], xs: Ints) -> Ints:
    """The items of whose place and value a predicate holds."""
    return tuple(x for i, x in enumerate(xs, 1) if keep(i, x))


@primitive
def flat_map(f: Callable[[int], Ints], xs: Ints) -> Ints:
    """The lists that a function gives of each item, one after another; fails beyond 1,000 items."""
    found = tuple(y for x in xs for y in f(x))
    _some(len(found))
    return found


@primitive
def sort_by(f: Callable[[int], int], xs: Ints) -> Ints:
    """The items by what a function gives of each, the least first; equals as they stood."""
    return tuple(sorted(xs, key=f))


def _place(n: int) -> int:
    if n < 1:
        raise IndexError(n)
    return n - 1


def _index(n: int, xs: Ints) -> int:
    if not 1 <= n <= len(xs):
        raise IndexError(n)
    return n - 1


def _some(n: int) -> int:
    if n > 1000:
        raise OverflowError(n)
    return n


def _starts(out: Ints, xs: Ints) -> Ints:
    """The places from which a list runs within another."""
    return tuple(i + 1 for i in range(len(xs) - len(out) + 1) if xs[i:i + len(out)] == out) if out else ()


def _half(out: Ints, which: int) -> tuple:
    """Every other item, from the first or the second."""
    return () if len(out) % 2 else (out[which::2],)


def _gaps(out: Ints, xs: Ints) -> object:
    """The places of the single item that is missing; any where none is."""
    return ANY if out == xs else tuple(i for i in range(1, len(xs) + 1) if xs[:i - 1] + xs[i:] == out)


def _differ(out: Ints, xs: Ints) -> object:
    """The place at which two lists differ; any where they don't."""
    if out == xs:
        return ANY
    places = tuple(i for i, (a, b) in enumerate(zip(out, xs, strict=False), 1) if a != b)
    return places if len(out) == len(xs) and len(places) == 1 else ()


def _kept_places(out: Ints, xs: Ints) -> object:
    """What a filter was told of each place and item, where that is the same whichever way the items were kept."""
    first, last_ = _earliest(out, xs), _earliest(out[::-1], xs[::-1])
    if len(first) < len(out):
        return ()
    if first != [len(xs) - 1 - i for i in reversed(last_)]:
        return ANY
    return table(((i, x), i - 1 in first) for i, x in enumerate(xs, 1))


def _earliest(out: Ints, xs: Ints) -> list[int]:
    """The earliest indices at which the items of a list stand in another, in order; fewer where not all do."""
    found: list[int] = []
    for i, x in enumerate(xs):
        if len(found) < len(out) and x == out[len(found)]:
            found.append(i)
    return found


FUNCTIONS = (
    head, last, tail, nth, take, drop, take_last, drop_last, cut_out, without_nth, without_slice, without_first,
    without, insert, replace_nth, replace_all, swap, splice, singleton, put_last, cons, append, repeated, counting,
    reverse, sort, unique, total, product, largest, smallest, length, occurrences, contains, position, find, places,
    count, interleave, take_while, drop_while, map_, map_placed, filter_, filter_placed, flat_map, sort_by, fold, scan,
    zip_with, add, subtract, multiply, divide, modulo, minimum, maximum, less, greater, equal, is_even, is_odd, both,
    either, negation, choose, if_list)
NUMBERS = (0, 1, 2, 3)
list_functions = DSL("list_functions", FUNCTIONS, constants={int: NUMBERS, Ints: [()]})


def for_spec(spec: Spec) -> DSL:
    """The language with the numbers and lists that a spec's examples suggest."""
    return DSL("list_functions", FUNCTIONS, constants={
        int: list(dict.fromkeys((*NUMBERS, *numbers(spec)))), Ints: [(), *lists_of(spec)]})
