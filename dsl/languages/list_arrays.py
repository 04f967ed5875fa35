"""Functions of lists on whole arrays of them: what `batch=` of the list primitives is."""

from collections.abc import Callable
from typing import Any

from dsl.arrays import LARGEST, Partly, Sequences, namespace, positions

Binary = Callable[[Any, Any], Any]


def gather(xs: Sequences, index: Any, lengths: Any) -> Sequences:
    """Items at an index [..., n]; what lies outside is of no account."""
    xp = namespace(xs)
    return Sequences(xp.take_along_axis(xs.items, xp.clip(index, 0, xs.items.shape[-1] - 1), axis=-1), lengths)


def access(n: Any, xs: Sequences) -> Partly:
    """The item at index n."""
    return Partly(gather(xs, n[..., None], xs.lengths).items[..., 0], (n >= 0) & (n < xs.lengths))


def head(xs: Sequences) -> Partly:
    """The first item."""
    return Partly(xs.items[..., 0], xs.lengths > 0)


def last(xs: Sequences) -> Partly:
    """The last item."""
    return access(xs.lengths - 1, xs)


def take(n: Any, xs: Sequences) -> Sequences:
    """The first n items."""
    return Sequences(xs.items, namespace(n).minimum(namespace(n).clip(n, 0), xs.lengths))


def drop(n: Any, xs: Sequences) -> Sequences:
    """All but the first n items."""
    xp = namespace(xs)
    n = xp.minimum(xp.clip(n, 0), xs.lengths)
    return gather(xs, positions(xs.items) + n[..., None], xs.lengths - n)


def tail(xs: Sequences) -> Sequences:
    """All but the first item."""
    return drop(xs.lengths * 0 + 1, xs)


def reverse(xs: Sequences) -> Sequences:
    """The items from last to first."""
    return gather(xs, xs.lengths[..., None] - 1 - positions(xs.items), xs.lengths)


def sort(xs: Sequences) -> Sequences:
    """The items in ascending order."""
    xp = namespace(xs)
    return Sequences(xp.sort(xp.where(xs.inside, xs.items, 2**62), axis=-1), xs.lengths)


def append(xs: Sequences, ys: Sequences) -> Sequences:
    """The items of both."""
    xp = namespace(xs)
    both = xp.concat([xs.items, ys.items], axis=-1)
    at, n = positions(both), xs.lengths[..., None]
    index = xp.where(at < n, at, at - n + xs.items.shape[-1])
    return gather(Sequences(both, n), index, xs.lengths + ys.lengths)


def cons(x: Any, xs: Sequences) -> Sequences:
    """An item in front of a list."""
    return Sequences(namespace(xs).concat([x[..., None], xs.items], axis=-1), xs.lengths + 1)


def total(xs: Sequences) -> Any:
    """The sum of the items."""
    return namespace(xs).sum(xs.items, axis=-1)


def length(xs: Sequences) -> Any:
    """How many items there are."""
    return xs.lengths


def largest(xs: Sequences) -> Partly:
    """The largest item."""
    xp = namespace(xs)
    return Partly(xp.max(xp.where(xs.inside, xs.items, -2**62), axis=-1), xs.lengths > 0)


def smallest(xs: Sequences) -> Partly:
    """The smallest item."""
    xp = namespace(xs)
    return Partly(xp.min(xp.where(xs.inside, xs.items, 2**62), axis=-1), xs.lengths > 0)


def mapped(f: Callable[[Any], Any]) -> Callable[[Sequences], Sequences]:
    """A function of each item."""
    return lambda xs: Sequences(f(xs.items), xs.lengths)


def filtered(keep: Callable[[Any], Any]) -> Callable[[Sequences], Sequences]:
    """The items that a predicate keeps."""
    def meaning(xs: Sequences) -> Sequences:
        xp = namespace(xs)
        kept = keep(xs.items) & xs.inside
        order = xp.argsort(xp.astype(~kept, xp.int8), axis=-1, stable=True)
        return gather(xs, order, xp.astype(xp.count_nonzero(kept, axis=-1), xp.int64))

    return meaning


def counted(keep: Callable[[Any], Any]) -> Callable[[Sequences], Any]:
    """How many items a predicate keeps."""
    return lambda xs: namespace(xs).count_nonzero(keep(xs.items) & xs.inside, axis=-1)


def zipped(f: Binary) -> Callable[[Sequences, Sequences], Sequences]:
    """A function of each pair of items, as long as the shorter list."""
    return lambda xs, ys: Sequences(f(xs.items, ys.items), namespace(xs).minimum(xs.lengths, ys.lengths))


def scanned(f: Binary) -> Callable[[Sequences], Sequences]:
    """The items combined from the left, with every result on the way; those too large stay so."""
    def meaning(xs: Sequences) -> Sequences:
        xp, inside = namespace(xs), xs.inside
        parts = [xs.items[..., 0]]
        for i in range(1, xs.items.shape[-1]):
            large = (parts[-1] > LARGEST) | (parts[-1] < -LARGEST)
            item = f(xp.where(large, 0, parts[-1]), xs.items[..., i])
            parts.append(xp.where(inside[..., i], xp.where(large, LARGEST + 1, item), 0))
        return Sequences(xp.stack(parts, axis=-1), xs.lengths)

    return meaning
