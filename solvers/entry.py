"""Entry: one behaviour of a bank, with the cheapest term that has it; and functions as such terms give them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from math import nan
from struct import pack

import numpy as np

from dsl.errors import RAISED
from dsl.grammar import Production, Symbol
from dsl.inputs import fields_of
from dsl.interpret import Failure, Stop, Why, code, too_large
from dsl.laws import same
from dsl.program import Const, Program
from dsl.types import FLOAT, AnyType, is_function, parts, root

LARGEST_VALUE = 4096  # elements of a value, or bits of a number
PLAIN = {"int": int, "str": str, "bool": bool}  # types whose values hash, and equal one another where they are the same
FAULTS = (*RAISED, Stop)  # what ends a call without a value


def floating(symbols: Iterable[Symbol]) -> set[Symbol]:
    """The symbols whose values have floats in them."""
    return {s for s in symbols if floats_in((s.type,))}


@cache
def floats_in(types: tuple[AnyType, ...]) -> bool:
    """Whether values of some of these types have floats in them, as far as fields of classes tell.

    >>> from dsl.types import sequence, INT
    >>> floats_in((INT, sequence(FLOAT))), floats_in((sequence(INT),))
    (True, False)
    """
    seen, todo = set[AnyType](), [p for t in types for p in parts(t)]
    while todo:
        part = todo.pop()
        if part not in seen:
            seen.add(part)
            kind = getattr(part, "python", None)
            known = fields_of(kind) if isinstance(kind, type) else ()
            if not known and is_dataclass(kind) and fields(kind):  # of which the annotations cannot be read
                return True
            todo += (p for _, f in known for p in parts(f))
    return FLOAT in seen


def across(f: Callable, columns: list[tuple]) -> tuple:
    """A function's values, world by world: `map`, which would take a StopIteration for the end of the worlds.

    Raises:
        StopIteration: where the function does.
    """
    values = tuple(map(f, *columns))
    if len(values) < len(columns[0]):
        raise StopIteration
    return values


def telling(values: tuple, floats: bool) -> object:
    """What tells entries apart: where there are floats, their bytes, by which 0.0 is not -0.0, and a NaN is a NaN."""
    if not floats:
        return values
    if all(type(v) is float for v in values):
        return pack(f"{len(values)}d", *(v if v == v else nan for v in values))
    return tuple(map(_imprint, values))


def _imprint(value: object) -> object:
    """What tells a value apart: its class, and what tells its parts apart, as far as they count when it is compared."""
    if isinstance(value, float):
        return pack("d", value if value == value else nan)
    if isinstance(value, tuple):
        return type(value), *map(_imprint, value)
    if is_dataclass(value) and value.__dataclass_params__.eq:  # type: ignore[attr-defined]
        return type(value), *(_imprint(getattr(value, f.name)) for f in fields(value) if f.compare)
    return type(value), value


class Entry:
    """One behaviour: its values, world by world, and the cheapest term that has them."""

    __slots__ = ("args", "cost", "partial", "rank", "rule", "values")

    def __init__(self, rule: Production, args: "tuple[Entry, ...]", cost: int, rank: int, values: tuple,
                 partial: bool = False):
        self.rule, self.args, self.cost, self.rank, self.values, self.partial = rule, args, cost, rank, values, partial

    @property
    def program(self) -> Program:
        """The term, as a program."""
        return self.rule.build(tuple(a.program for a in self.args))

    def code(self) -> Callable[[tuple, tuple], object]:
        """The term as a function of inputs and lambda parameters."""
        return code(self.program)


def is_unit(entry: Entry, units: tuple) -> bool:
    """Whether an entry is a constant that a law makes redundant as an argument."""
    head = entry.rule.head
    return isinstance(head, Const) and any(same(head.value, u) for u in units)


class Shelf:
    """Where the entries of a symbol are kept, and what is asked of its type with every one of them."""

    __slots__ = ("floats", "kind", "layers", "plain", "seen")

    def __init__(self, symbol: Symbol, seen: dict[object, Entry], layers: dict[int, list[Entry]]):
        self.seen, self.layers = seen, layers
        self.plain = not is_function(symbol.type)  # whether entries are told apart by their values
        self.kind = PLAIN.get(getattr(root(symbol.type), "name", ""))
        self.floats = bool(floating([symbol]))

    def key(self, values: tuple) -> object:
        """What tells entries apart."""
        return telling(values, self.floats)


class Closure:
    """A lambda in one world: a table of the calls known beforehand, and the body for all others."""

    __slots__ = ("body", "code", "env", "floats", "inputs", "table")

    def __init__(self, table: dict, body: Entry, inputs: tuple, env: tuple, floats: bool = False):
        self.table, self.body, self.inputs, self.env, self.code = table, body, inputs, env, None
        self.floats = floats  # whether arguments have floats in them; they are in the table as `telling` says

    def __call__(self, *args: object) -> object:
        """The body's value on these arguments."""
        try:
            value = self.table[telling(args, self.floats)]
        except (KeyError, TypeError):
            value = self._compute(args)
        if type(value) is Failure:
            raise Stop(value)
        return value

    def _compute(self, args: tuple) -> object:
        self.code = self.code or self.body.code()
        try:
            value = self.code(self.inputs, (*self.env, *args))
        except Stop as stop:
            if stop.failure.why is Why.TIME:
                raise
            value = stop.failure
        except FAULTS as error:  # whatever a primitive raises is its value there
            value = Failure(Why.RAISED, type(error).__name__)
        if type(value) in (int, str, tuple) and too_large(value, LARGEST_VALUE):
            value = Failure(Why.SIZE)
        if len(self.table) < LARGEST_VALUE and not callable(value):
            self.table[telling(args, self.floats)] = value
        return value


def cheapest(pools: list[list[Entry]]) -> Iterator[tuple[Entry, ...]]:
    """One of each pool, in every combination, the cheapest first."""
    if not pools:
        return iter([()])
    costs = np.zeros((), np.int64)
    for pool in pools:
        costs = np.add.outer(costs, np.array([e.cost for e in pool], np.int64))
    places = np.unravel_index(np.argsort(costs, axis=None, kind="stable"), costs.shape)
    return (tuple(pool[i] for pool, i in zip(pools, at, strict=True)) for at in zip(*places, strict=True))
