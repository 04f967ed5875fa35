"""Passing: what the arguments must have been of a primitive that declares no witness, but only passes them on.

A function that hands on things of which it cannot know anything does the same with all values (Wadler 1989, Theorems
for free): shown tokens in place of arguments, it tells which of them it chooses by a truth value, and where they stand
afterwards in a class, a tuple, a sequence or a text. Classes that check their fields are shown values drawn by type.
What is read off so may be wrong for some values, as any witness may be: what follows from it is run in the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache, partial
from itertools import cycle, islice
from typing import Any

from dsl.errors import RAISED
from dsl.inputs import sample, seeded
from dsl.interpret import Stop, time_limit
from dsl.laws import same
from dsl.primitive import Primitive
from dsl.types import BOOL, STR, Type, is_function, root
from dsl.witness import ANY, Plan, Step

SECONDS = 0.5  # for all calls of one primitive
DRAWN, ENOUGH = 12, 6  # rows of values drawn by type, and how many of them have to give a value
DEEPEST = 2  # classes within classes
LENGTHS = (2, 0, 4, 1, 30)  # of the sequences and texts shown
LETTERS = ("aB1 ", "cD2-")  # of texts, two at most, which no change of case and no trimming leaves as they are
NONE = object()  # what a call gives that fails

Place = tuple[int, ...]  # which part, of which part
Row = tuple[int | tuple[object], ...]  # arguments, by their numbers, and items that are always the same


@lru_cache(4096)
def plans(p: Primitive) -> tuple[Plan, ...]:
    """A primitive's plans: those of the witness that it declares, or else what follows from what it passes on.

    >>> from dsl.primitive import primitive
    >>> @primitive
    ... def swapped(a: int, b: int) -> tuple[int, int]:
    ...     return (b, a)
    >>> [step.witness((7, 8)) for step in plans(swapped)[0]]
    [(8,), (7,)]
    """
    if p.witness or any(map(is_function, (*p.params, p.result))):
        return p.witness
    try:
        with time_limit(SECONDS):
            return _choice(p) or _held(p) or _joined(p)
    except Stop:
        return ()


def _call(p: Primitive, row: Sequence[object]) -> Any:
    try:
        return p.function(*row)
    except RAISED:
        return NONE


def _choice(p: Primitive) -> tuple[Plan, ...]:
    """Of one that gives back one of two arguments, by the truth of the third."""
    rest = [i for i, t in enumerate(p.params) if t != BOOL]
    if len(p.params) != 3 or [p.params[i] for i in rest] != [p.result] * 2:
        return ()
    (given,) = {0, 1, 2}.difference(rest)

    def taken(truth: bool) -> list[int]:
        row: list[object] = [object() for _ in p.params]
        row[given] = truth
        out = _call(p, row)
        return [i for i in rest if out is row[i]]

    if sorted((yes := taken(True)) + taken(False)) != rest:
        return ()
    return (tuple(Step(i, partial(_if, [i] == yes), (given,)) for i in rest),)


def _if(truth: bool, out: object, condition: object) -> object:
    return (out,) if condition is truth else ANY


def _held(p: Primitive) -> tuple[Plan, ...]:
    """Of one that puts its arguments together to a value with parts, such as a class with fields."""
    out = _call(p, row := [object() for _ in p.params])
    rows, need = [(row, out)], 1
    if out is NONE:
        try:
            drawn = [[sample(t, seeded("passed on", n, i)) for i, t in enumerate(p.params)] for n in range(DRAWN)]
        except LookupError:  # a class of which no value can be drawn
            return ()
        rows, need = [(row, _call(p, row)) for row in drawn], ENOUGH
    rows = [(row, out) for row, out in rows if out is not NONE]
    if len(rows) < need or type(rows[0][1]) is tuple and getattr(root(p.result), "name", "") != "product":
        return ()
    places: list[list[Place]] = [[place for place in _places(rows[0][1]) if all(
        same(_at(out, place), row[i]) for row, out in rows)] for i in range(len(p.params))]
    return (tuple(Step(i, partial(_part, found[0]), ()) for i, found in enumerate(places)),) if all(places) else ()


def _parts_of(value: object) -> Sequence[object]:
    """The fields of a class, or the items of a tuple."""
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, f.name, NONE) for f in fields(value)]
    return value if isinstance(value, tuple) else ()


def _places(value: object, depth: int = DEEPEST) -> Iterator[Place]:
    parts = _parts_of(value)
    yield from ((i,) for i in range(len(parts)))
    for i, part in enumerate(parts if depth > 1 else ()):
        yield from ((i, *rest) for rest in _places(part, depth - 1))


def _at(value: object, place: Place) -> object:
    for i in place:
        parts = _parts_of(value)
        value = parts[i] if i < len(parts) else NONE
    return value


def _part(place: Place, out: object) -> tuple[object, ...]:
    part = _at(out, place)
    return () if part is NONE else (part,)


def _joined(p: Primitive) -> tuple[Plan, ...]:
    """Of one that lays sequences or texts, single items and what is always the same in a row."""
    text, made = p.result == STR, root(p.result)
    long = [i for i, t in enumerate(p.params) if t == p.result]
    items = made.args if isinstance(made, Type) and made.name == "tuple" else ()
    if not (text or items) or len(long) > 2 or any(i not in long and t not in items for i, t in enumerate(p.params)):
        return ()
    row: Row | None = None
    for length in LENGTHS:
        pieces = [_piece(text, i, length if i in long else 1) for i in range(len(p.params))]
        out = _call(p, [("".join(x) if text else x) if i in long else x[0] for i, x in enumerate(pieces)])
        if type(out) is not (str if text else tuple):
            return ()
        row = _read(tuple(out), pieces) if row is None else row
        whole = tuple(x for s in row for x in (pieces[s] if isinstance(s, int) else s))
        if not same(whole, tuple(out)) or sorted(s for s in row if isinstance(s, int)) != [*range(len(pieces))]:
            return ()
    return _laid(row or (), long, text)


def _piece(text: bool, i: int, length: int) -> tuple[Any, ...]:
    """Letters or tokens, of which no other argument has one."""
    return tuple(islice(cycle(LETTERS[i]), length)) if text else tuple(object() for _ in range(length))


def _read(out: tuple[object, ...], pieces: Sequence[tuple[object, ...]]) -> Row:
    """What stands where: an argument, by its number, or something that is always the same."""
    found: list[int | tuple[object]] = []
    while out:
        i = next((i for i, piece in enumerate(pieces) if same(out[:len(piece)], piece)), None)
        found.append((out[0],) if i is None else i)
        out = out[1 if i is None else len(pieces[i]):]
    return tuple(found)


def _laid(row: Row, long: list[int], text: bool) -> tuple[Plan, ...]:
    """The plans of what lays a row of at most two sequences; where of two, then with no item of its own between."""
    cuts = [k for k, s in enumerate(row) if s in long]
    single = [k for k, s in enumerate(row) if isinstance(s, int) and s not in long]
    if len(cuts) < 2:
        cut = cuts[0] if cuts else None
        steps = [Step(row[k], partial(_item, row, cut, k), ()) for k in single]  # type: ignore[arg-type]
        steps += [Step(row[k], partial(_rest, row, k, text), ()) for k in cuts]  # type: ignore[arg-type]
        return (tuple(steps),) if len(row) > len(cuts) else ()
    if single:
        return ()
    (a, b), found = cuts, []
    for first, then in ((a, b), (b, a)):
        begun = partial(_split, row, a, b, first == a, text)
        ended = partial(_left, row, a, b, first == a, text)
        found.append((Step(row[first], begun, ()), Step(row[then], ended, (row[first],))))  # type: ignore[arg-type]
    return tuple(found)


def _between(row: Row, first: int, last: int, out: tuple[object, ...]) -> tuple[object, ...] | None:
    """What is left of a value without what stands before and after in a row; None where it is not made so."""
    behind = len(row) - 1 - last
    if len(out) < first + behind:
        return None
    around = (*zip(row[:first], out, strict=False), *zip(row[last + 1:], out[len(out) - behind:], strict=True))
    if not all(isinstance(s, int) or same(s[0], x) for s, x in around):
        return None
    return out[first:len(out) - behind]


def _item(row: Row, cut: int | None, k: int, out: Any) -> tuple[object, ...]:
    fits = len(out) == len(row) and _between(row, len(row), len(row) - 1, out) is not None if cut is None else (
        _between(row, cut, cut, out) is not None)
    return (out[k if cut is None or k < cut else k - len(row)],) if fits else ()


def _rest(row: Row, k: int, text: bool, out: Any) -> tuple[object, ...]:
    found = _between(row, k, k, tuple(out))
    return () if found is None else (_as(text, found),)


def _split(row: Row, a: int, b: int, front: bool, text: bool, out: Any) -> tuple[object, ...]:
    """The first, or the last, of two sequences, for all places where what stands between them is found."""
    body, middle = _between(row, a, b, tuple(out)), tuple(s[0] for s in row[a + 1:b] if not isinstance(s, int))
    if body is None:
        return ()
    ends = [i for i in range(len(body) - len(middle) + 1) if same(body[i:i + len(middle)], middle)]
    return tuple(_as(text, body[:i] if front else body[i + len(middle):]) for i in ends)


def _left(row: Row, a: int, b: int, front: bool, text: bool, out: Any, known: Any) -> tuple[object, ...]:
    """The other one, where one of two sequences is known."""
    body, middle = _between(row, a, b, tuple(out)), tuple(s[0] for s in row[a + 1:b] if not isinstance(s, int))
    ours = (*known, *middle) if front else (*middle, *known)
    n = len(ours)
    if body is None or n > len(body) or not same(body[:n] if front else body[len(body) - n:], ours):
        return ()
    return (_as(text, body[n:] if front else body[:len(body) - n]),)


def _as(text: bool, items: tuple[Any, ...]) -> object:
    return "".join(items) if text else items
