"""Arrays: how very many values of a type stand in one array, so that a primitive works on all of them at once.

Numbers are int64, truth is bool. Bitvectors of up to 64 bits are int64 too: those of 64 bits
in two's complement, narrower ones as they are. A sequence is a row of cells: its length, its items, and zeros.
Everything here, and every `batch=` written in the Python array API, works on numpy arrays and on torch tensors of any
device.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from dsl.errors import DSLError, nearest
from dsl.types import BOOL, INT, AnyType, Type, root, width_of

WIDEST = 64  # bits
LARGEST = 2**31 - 1  # of an integer: so that products of two are right in 64 bits
NAMES_ELSEWHERE = {"invert": "bitwise_invert", "left_shift": "bitwise_left_shift", "right_shift": "bitwise_right_shift"}


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """Sequences as a `batch=` takes and gives them: items [..., n], of which the first `lengths` [...] count."""

    items: Any
    lengths: Any

    @property
    def inside(self) -> Any:
        """Where the items count: [..., n]."""
        return positions(self.items) < self.lengths[..., None]


@dataclass(frozen=True, slots=True, eq=False)
class Partly:
    """What a `batch=` gives that has no value everywhere: the values, and where they are values."""

    values: Any
    ok: Any


class Found(NamedTuple):
    """What a primitive gives on arrays: cells; where it has a value; where cells can hold it (None: everywhere)."""

    cells: Any
    ok: Any
    held: Any


def namespace(*arrays: Any) -> Any:
    """The functions of the array API for these arrays.

    >>> namespace(np.zeros(2)).maximum(2, 3).item()
    3
    """
    return array_api_compat.array_namespace(*(a.items if isinstance(a, Sequences) else a for a in arrays))


def positions(items: Any) -> Any:
    """0, 1, 2, ... along the last axis."""
    return namespace(items).arange(items.shape[-1], device=array_api_compat.device(items))


def by_name(where: str, batch: object) -> Callable[..., object]:
    """A `batch=` as a function on the arrays of any library; a name of the array API, or a numpy function, becomes one.

    >>> by_name("", "maximum")(np.array([1, 5]), np.array([4, 2])).tolist()
    [4, 5]

    Raises:
        DSLError: for what is neither a function nor the name of one.
    """
    name = getattr(batch, "__name__", "") if not isinstance(batch, str) else batch
    if isinstance(batch, str) or name and getattr(np, name, None) is batch:
        name = NAMES_ELSEWHERE.get(name, name)
        if not callable(vars(np).get(name)):  # what numpy loads when it is asked for is no such function
            known = [n for n, f in vars(np).items() if callable(f)]
            raise DSLError(f"{where}: batch={batch!r} is no function of the array API; {nearest(name, known)}")
        return lambda *args: getattr(namespace(*args), name)(*args)
    if not callable(batch):
        raise DSLError(f"{where}: batch is a function of arrays, or the name of one, not {batch!r}")
    return batch


def held(t: AnyType) -> bool:
    """Whether arrays are for a type.

    >>> from dsl.types import STR, sequence
    >>> held(INT), held(sequence(INT)), held(STR)
    (True, True, False)
    """
    if is_sequence(t):
        return held(item(t)) and root(item(t)) != BOOL and not is_sequence(item(t))
    width = width_of(t)
    return root(t) in (INT, BOOL) or width is not None and width <= WIDEST


def item(t: AnyType) -> AnyType:
    """The type of a sequence's items."""
    return root(t).args[0]  # type: ignore[union-attr]


def is_sequence(t: AnyType) -> bool:
    """Whether values of a type are sequences."""
    kind = root(t)
    return isinstance(kind, Type) and kind.name == "tuple"


def encode(values: Sequence[object], t: AnyType, longest: int) -> np.ndarray:
    """Values as cells: [n], or [n, 1 + longest] for sequences.

    >>> from dsl.types import bits, sequence
    >>> encode([(7, 8), ()], sequence(INT), 3).tolist(), encode([2**64 - 1], bits(64), 0).tolist()
    ([[2, 7, 8, 0], [0, 0, 0, 0]], [-1])

    Raises:
        OverflowError: for a number of more than 64 bits.
        ValueError: for a sequence that is longer.
    """
    if not is_sequence(t):
        signed = width_of(t) == WIDEST
        return np.array([v - (v >> 63 << 64) for v in values] if signed else list(values),  # type: ignore[operator]
                        np.bool_ if root(t) == BOOL else np.int64)
    found = np.zeros((len(values), 1 + longest), np.int64)
    for row, v in zip(found, values, strict=True):
        assert isinstance(v, tuple)
        if len(v) > longest:
            raise ValueError(f"a sequence of {len(v)} items where at most {longest} were expected")
        row[0], row[1:1 + len(v)] = len(v), encode(v, item(t), 0)
    return found


def decode(cells: np.ndarray, t: AnyType) -> list[object]:
    """The values that cells hold; the inverse of `encode`."""
    if is_sequence(t):
        return [tuple(decode(row[1:1 + row[0]], item(t))) for row in cells]  # type: ignore[union-attr]
    if width_of(t) == WIDEST:
        return [v & 2**64 - 1 for v in cells.tolist()]
    return cells.tolist()


def fits(value: object, t: AnyType) -> bool:
    """Whether cells can hold a value as search needs it: integers of 31 bits."""
    if is_sequence(t):
        return all(fits(v, item(t)) for v in value)  # type: ignore[attr-defined]
    return root(t) != INT or abs(value) <= LARGEST  # type: ignore[arg-type]


def call(batch: Callable[..., object], params: Sequence[AnyType], result: AnyType, args: Sequence[Any],
         longest: int) -> Found:
    """What a meaning on arrays gives on cells of its arguments, where sequences have at most `longest` items.

    Raises:
        ValueError: for what is no array of the arguments' shape.
    """
    opened = [Sequences(a[..., 1:], a[..., 0]) if is_sequence(t) else a for a, t in zip(args, params, strict=True)]
    outer = args[0].shape[:-1] if is_sequence(params[0]) else args[0].shape
    with np.errstate(all="ignore"):
        found = batch(*opened)
    ok = None
    if isinstance(found, Partly):
        found, ok = found.values, found.ok
    if isinstance(found, Sequences) != is_sequence(result):
        raise ValueError(f"{type(found).__name__} for {result}")
    if isinstance(found, Sequences):
        return _rows(found, ok, result, longest, outer)
    cells = _shaped(found, result, args[0], outer)
    return Found(cells, ok, _small(cells, result))


def _shaped(found: Any, t: AnyType, like: Any, outer: tuple[int, ...]) -> Any:
    xp = namespace(like)
    if type(found) in (int, bool):
        found = xp.full(outer, found, device=array_api_compat.device(like))
    if array_api_compat.array_namespace(found) is not xp:
        raise ValueError(f"{type(found).__name__} for {type(like).__name__}")
    if tuple(found.shape) != tuple(outer):
        raise ValueError(f"an array of shape {tuple(found.shape)} where its arguments have {tuple(outer)}")
    kind = xp.bool if root(t) == BOOL else xp.int64
    if found.dtype != kind:
        found = xp.astype(found, kind)
    return _masked(found, t)


def _masked(cells: Any, t: AnyType) -> Any:
    width = width_of(t)
    return cells if width in (None, WIDEST) else cells & (1 << width) - 1


def _rows(found: Sequences, ok: Any, t: AnyType, longest: int, outer: Any) -> Found:
    """Sequences as cells: zeros behind their ends, no longer than they may be."""
    xp = namespace(found.items)
    lengths = _shaped(found.lengths, INT, found.items, outer)
    items = xp.where(found.inside, _masked(found.items, item(t)), 0)
    held, most = lengths <= min(longest, items.shape[-1]), items.shape[-1]
    items, lengths = items[..., :longest], xp.clip(lengths, 0, longest)
    if most < longest:
        items = xp.concat([items, xp.zeros((*items.shape[:-1], longest - most), dtype=items.dtype,
                                           device=array_api_compat.device(items))], axis=-1)
    small = _small(items, item(t))
    if small is not None:
        held = held & xp.all(small, axis=-1)
    return Found(xp.concat([lengths[..., None], items], axis=-1), ok, held)


def _small(cells: Any, t: AnyType) -> Any:
    return None if root(t) != INT else (cells <= LARGEST) & (cells >= -LARGEST)
