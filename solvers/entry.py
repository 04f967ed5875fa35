"""Entry: one behaviour of a bank, with the cheapest term that has it; and functions as such terms give them."""

from collections.abc import Callable, Iterator

import numpy as np

from dsl.errors import RAISED
from dsl.grammar import Production, Symbol
from dsl.imprint import exact, imprints
from dsl.interpret import Failure, Stop, Why, code, too_large
from dsl.laws import is_among
from dsl.program import Const, Program
from dsl.types import is_function, root

LARGEST_VALUE = 4096  # elements of a value, or bits of a number
PLAIN = {"int": int, "str": str, "bool": bool}  # types whose values hash, and equal one another where they are the same
FAULTS = (*RAISED, Stop)  # what ends a call without a value


def across(f: Callable, columns: list[tuple]) -> tuple:
    """A function's values, world by world: `map`, which would take a StopIteration for the end of the worlds.

    Raises:
        StopIteration: where the function does.
    """
    values = tuple(map(f, *columns))
    if len(values) < len(columns[0]):
        raise StopIteration
    return values


def telling(values: tuple, settled: bool) -> object:
    """What tells entries apart: the values where equal ones are settled to be the same, their imprints elsewhere."""
    return values if settled else imprints(values)


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
    return isinstance(head, Const) and is_among(head.value, units)


class Shelf:
    """Where the entries of a symbol are kept, and what is asked of its type with every one of them."""

    __slots__ = ("kind", "layers", "plain", "seen", "settled")

    def __init__(self, symbol: Symbol, seen: dict[object, Entry], layers: dict[int, list[Entry]]):
        self.seen, self.layers = seen, layers
        self.plain = not is_function(symbol.type)  # whether entries are told apart by their values
        self.kind = PLAIN.get(getattr(root(symbol.type), "name", ""))
        self.settled = exact((symbol.type,))

    def key(self, values: tuple) -> object:
        """What tells entries apart."""
        return telling(values, self.settled)


class Closure:
    """A lambda in one world: a table of the calls known beforehand, and the body for all others."""

    __slots__ = ("body", "code", "env", "inputs", "settled", "table")

    def __init__(self, table: dict, body: Entry, inputs: tuple, env: tuple, settled: bool = True):
        self.table, self.body, self.inputs, self.env, self.code = table, body, inputs, env, None
        self.settled = settled  # whether arguments are the same where they are equal, as `telling` asks

    def __call__(self, *args: object) -> object:
        """The body's value on these arguments."""
        try:
            value = self.table[telling(args, self.settled)]
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
            self.table[telling(args, self.settled)] = value
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
