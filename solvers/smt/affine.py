"""Affine: numbers as a small combination of others, a x + b y + c, with whole factors that z3 solves for."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import z3

LARGEST_FACTOR, LARGEST_TERM = 4, 30
SIMPLE_FACTOR = 2  # of two combinations at a time
MOST_USED = 2  # columns of a combination
SECOND = 4  # what the second of them costs beyond its price: there are so many pairs that some fit by chance
EFFORT = 8_000_000  # z3's resource limit for all of them: alike on every machine


@dataclass(frozen=True)
class Affine:
    """The sum of columns, each times a factor, and a term."""

    factors: tuple[tuple[int, int], ...]  # (column, factor), without those that are 0
    term: int

    def cost(self, prices: Sequence[int]) -> int:
        """A column's price, the size of its factor beyond 1, and 1 below 0; a term costs 1, and one alone 2.

        A second column costs `SECOND` more.

        >>> Affine(((0, -2),), 1).cost([3, 1]), Affine((), 5).cost([3, 1])
        (6, 2)
        """
        return sum(prices[k] + abs(factor) - (factor > 0) for k, factor in self.factors) + bool(self.term) + (
            not self.factors) + SECOND * (len(self.factors) > 1)

    def of(self, columns: Sequence[Sequence[int]], row: int) -> int:
        """Its value in one row.

        >>> Affine(((0, 2),), 1).of([(5, 6)], 1)
        13
        """
        return sum(factor * columns[k][row] for k, factor in self.factors) + self.term


class _Sum:
    """A combination that z3 is asked for."""

    def __init__(self, columns: Sequence[Sequence[int]], prices: Sequence[int], largest: int, name: str):
        self.columns = columns
        self.factors = [z3.Int(f"{name}k{n}") for n in range(len(columns))]
        self.term = z3.Int(f"{name}c")
        used = [k != 0 for k in self.factors] or [z3.BoolVal(False)]
        self.bounds = [z3.AtMost(*used, MOST_USED), self.term >= -LARGEST_TERM, self.term <= LARGEST_TERM,
                       *(z3.And(k >= -largest, k <= largest) for k in self.factors)]
        paid = [z3.If(k == 0, z3.IntVal(0), z3.If(k < 0, price - k, price + k - 1))  # type: ignore[operator]
                for k, price in zip(self.factors, prices, strict=True)]
        self.paid = z3.Sum([*paid, z3.If(self.term == 0, 0, 1), z3.If(z3.Or(*used), 0, 1),
                            z3.If(z3.AtMost(*used, 1), 0, SECOND)])

    def value(self, row: int) -> z3.ArithRef:
        """Its value in a row."""
        return z3.Sum([k * column[row] for k, column in zip(self.factors, self.columns, strict=True)]  # type: ignore
                      + [self.term])

    def of(self, model: z3.ModelRef) -> Affine:
        """What a model says that it is."""
        numbers = [model.eval(k, model_completion=True).as_long() for k in (*self.factors, self.term)]  # type: ignore
        return Affine(tuple((n, k) for n, k in enumerate(numbers[:-1]) if k), numbers[-1])


def alone(columns: Sequence[Sequence[int]], wanted: Sequence[int]) -> list[int]:
    """The columns that give what is wanted in the first rows with a factor and a term; none where all of it is equal.

    >>> alone([(3, 5, 9), (2, 2, 1), (1, 2, 7)], [7, 9])
    [0, 2]
    """
    rows = np.array([column[:len(wanted)] for column in columns], int).reshape(-1, len(wanted))
    fits = np.zeros(len(rows), bool)
    for factor in range(-LARGEST_FACTOR, LARGEST_FACTOR + 1) if len(set(wanted)) > 1 else ():
        left = np.array(wanted) - factor * rows
        fits |= (left == left[:, :1]).all(1) & (abs(left[:, 0]) <= LARGEST_TERM)
    return np.flatnonzero(fits).tolist()


def affine(columns: Sequence[Sequence[int]], prices: Sequence[int], wanted: Sequence[int], many: int = 3,
           bounds: tuple[int, int] | None = None, until: float = math.inf) -> Iterator[Affine]:
    """The cheapest combinations that give what is wanted in the first rows, all different in some later row.

    columns: numbers, row by row; prices: of each column, for `Affine.cost`; wanted: what the first rows give; bounds:
    between which what later rows give must lie; until: by `time.monotonic`, when none is looked for any longer.

    >>> columns = [(3, 4, 9), (5, 2, 1)]
    >>> [(found.factors, found.term) for found in affine(columns, [1, 1], [7, 9], many=1)]
    [(((0, 2),), 1)]
    """
    made = [_Sum(columns, prices, LARGEST_FACTOR, "s")]
    for (found,) in _solved(made, [[(want,)] for want in wanted], many, bounds, until):
        yield found


def affine_pairs(columns: Sequence[Sequence[int]], prices: Sequence[int], options: Sequence[Sequence[tuple[int, int]]],
                 many: int = 3) -> Iterator[tuple[Affine, ...]]:
    """The cheapest two combinations that together give one of its options in each of the first rows.

    As `affine`: all different in some later row.

    >>> columns = [(3, 4, 9)]
    >>> for pair in affine_pairs(columns, [1], [[(3, 1)], [(0, 0), (4, 1)]], many=1):
    ...     print([(found.factors, found.term) for found in pair])
    [(((0, 1),), 0), ((), 1)]
    """
    yield from _solved([_Sum(columns, prices, SIMPLE_FACTOR, name) for name in ("a", "b")], options, many, None)


def _solved(made: Sequence[_Sum], options: Sequence[Sequence[tuple[int, ...]]], many: int,
            bounds: tuple[int, int] | None, until: float = math.inf) -> Iterator[tuple[Affine, ...]]:
    """What the combinations are that give together one of the options of each row."""
    solver, columns = z3.Optimize(), made[0].columns
    solver.set("rlimit", EFFORT)
    for one in made:
        solver.add(*one.bounds)
    for row, its in enumerate(options):
        solver.add(z3.Or(*[z3.And(*[one.value(row) == want for one, want in zip(made, wants, strict=True)])
                           for wants in its]))
    solver.minimize(z3.Sum([one.paid for one in made]))
    later = range(len(options), len(columns[0]) if columns else len(options))
    if bounds is not None:
        solver.add(*[z3.And(one.value(row) >= bounds[0], one.value(row) <= bounds[1]) for one in made for row in later])
    for _ in range(many):
        left = until - time.monotonic()
        if left <= 0:
            return
        if left < math.inf:
            solver.set("timeout", max(1, int(1000 * left)))
        if solver.check() != z3.sat:
            return
        found = tuple(one.of(solver.model()) for one in made)
        yield found
        if not later:
            return
        solver.add(z3.Or(*[one.value(row) != told.of(columns, row) for one, told in zip(made, found, strict=True)
                           for row in later]))
