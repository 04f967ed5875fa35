"""Sizes: black pictures of the answer's size, where numbers of the pictures given say what that is."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from dsl.languages.grids.numbers import canvas, plus, times
from dsl.program import Apply, Const, Program
from dsl.types import INT
from solvers.smt.affine import Affine, affine

LARGEST = 30  # cells of a side
MOST = 4  # sizes


class Number(NamedTuple):
    """A program, its cost, and the number that it gives in each world."""

    program: Program
    cost: int
    values: tuple


def canvases(numbers: Sequence[Number], wanted: Sequence[tuple[int, int]], until: float = math.inf,
             ) -> Iterator[tuple[int, Apply]]:
    """Programs for a black picture of the size wanted in each example, with their costs, that differ in what is asked.

    wanted: heights and widths in the first worlds.
    """
    columns, prices = [n.values for n in numbers], [n.cost for n in numbers]
    heights, widths = zip(*wanted, strict=True)
    known = {side: [(found.cost(prices), stated(found, numbers))
                    for found in affine(columns, prices, side, bounds=(1, LARGEST), until=until)]
             for side in dict.fromkeys((heights, widths))}
    both = sorted(((a + b + canvas.cost, Apply(canvas, (down, across))) for (a, down), (b, across) in
                   product(known[heights], known[widths])), key=lambda found: found[0])
    yield from islice(both, MOST)


def stated(found: Affine, numbers: Sequence[Number]) -> Program:
    """A combination of numbers as a program."""
    parts: list[Program] = [numbers[k].program if factor == 1 else
                            Apply(times, (Const(factor, INT), numbers[k].program)) for k, factor in found.factors]
    if found.term or not parts:
        parts.append(Const(found.term, INT))
    total = parts[0]
    for part in parts[1:]:
        total = Apply(plus, (total, part))
    return total
