"""Affine: numbers as a small combination of others, a x + b y + c, with whole factors that z3 solves for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import z3

LARGEST_FACTOR, LARGEST_TERM = 4, 30
MOST_USED = 2  # columns of a combination
EFFORT = 8_000_000  # z3's resource limit for all of them: alike on every machine


@dataclass(frozen=True)
class Affine:
    """The sum of columns, each times a factor, and a term."""

    factors: tuple[tuple[int, int], ...]  # (column, factor), without those that are 0
    term: int

    def cost(self, prices: Sequence[int]) -> int:
        """A column's price, the size of its factor beyond 1, and 1 below 0; a term costs 1, and one alone 2.

        >>> Affine(((0, -2),), 1).cost([3, 1]), Affine((), 5).cost([3, 1])
        (6, 2)
        """
        return sum(prices[k] + abs(factor) - (factor > 0) for k, factor in self.factors) + bool(self.term) + (
            not self.factors)

    def of(self, columns: Sequence[Sequence[int]], row: int) -> int:
        """Its value in one row.

        >>> Affine(((0, 2),), 1).of([(5, 6)], 1)
        13
        """
        return sum(factor * columns[k][row] for k, factor in self.factors) + self.term


def affine(columns: Sequence[Sequence[int]], prices: Sequence[int], wanted: Sequence[int], many: int = 3,
           bounds: tuple[int, int] | None = None) -> Iterator[Affine]:
    """The cheapest combinations that give what is wanted in the first rows, all different in some later row.

    columns: numbers, row by row; prices: of each column, for `Affine.cost`; wanted: what the first rows give; bounds:
    between which what later rows give must lie.

    >>> columns = [(3, 4, 9), (5, 2, 1)]
    >>> [(found.factors, found.term) for found in affine(columns, [1, 1], [7, 9], many=1)]
    [(((0, 2),), 1)]
    """
    solver = z3.Optimize()
    solver.set("rlimit", EFFORT)
    factors = [z3.Int(f"k{n}") for n in range(len(columns))]
    term = z3.Int("c")

    def value(row: int):
        return z3.Sum([k * column[row] for k, column in zip(factors, columns, strict=True)] + [term])

    for k in factors:
        solver.add(k >= -LARGEST_FACTOR, k <= LARGEST_FACTOR)
    solver.add(term >= -LARGEST_TERM, term <= LARGEST_TERM)
    used = [k != 0 for k in factors] or [z3.BoolVal(False)]
    solver.add(z3.AtMost(*used, MOST_USED))
    solver.add(*[value(row) == want for row, want in enumerate(wanted)])
    paid = [z3.If(k == 0, z3.IntVal(0), z3.If(k < 0, price - k, price + k - 1))  # type: ignore[operator]
            for k, price in zip(factors, prices, strict=True)]
    solver.minimize(z3.Sum([*paid, z3.If(term == 0, 0, 1), z3.If(z3.Or(*used), 0, 1)]))
    later = range(len(wanted), len(columns[0]) if columns else len(wanted))
    if bounds is not None:
        solver.add(*[z3.And(value(row) >= bounds[0], value(row) <= bounds[1]) for row in later])  # type: ignore
    for _ in range(many):
        if solver.check() != z3.sat:
            return
        model = solver.model()
        numbers = [model.eval(k, model_completion=True).as_long() for k in factors]  # type: ignore[attr-defined]
        found = Affine(tuple((n, k) for n, k in enumerate(numbers) if k),
                       model.eval(term, model_completion=True).as_long())  # type: ignore[attr-defined]
        yield found
        if not later:
            return
        solver.add(z3.Or(*[value(row) != found.of(columns, row) for row in later]))
