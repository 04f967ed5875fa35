"""Boards of any side that is a square: what their rule is, and random ones that keep it."""

from collections.abc import Callable, Iterator
from functools import cache
from math import isqrt
from random import Random

from dsl.language import DSL
from dsl.languages.booleans import both, different
from dsl.program import Apply, Input, Program
from dsl.types import INT

Board = tuple[int, ...]  # row by row
OPEN = 0  # in place of a digit


def units(side: int) -> tuple[tuple[int, ...], ...]:
    """The cells of each row, column and block.

    >>> units(4)[:3]
    ((0, 1, 2, 3), (0, 4, 8, 12), (0, 1, 4, 5))
    """
    block = isqrt(side)
    found = []
    for i in range(side):
        top, left = i // block * block, i % block * block
        found += [tuple(side * i + j for j in range(side)), tuple(side * j + i for j in range(side)),
                  tuple(side * (top + a) + left + b for a in range(block) for b in range(block))]
    return tuple(found)


def language(side: int) -> DSL:
    """What a board's rule is written in."""
    return DSL("boards", [both, different(side)])


def background(side: int) -> Program:
    """Every row, column and block has different digits; x0, x1, ... are the cells row by row."""
    parts: list[Program] = [Apply(different(side), tuple(Input(c, INT) for c in unit)) for unit in units(side)]
    while len(parts) > 1:
        parts = [Apply(both, (a, b)) for a, b in zip(parts[::2], parts[1::2], strict=False)] + \
            (parts[-1:] if len(parts) % 2 else [])
    return parts[0]


def right(board: Board, side: int) -> bool:
    """Whether a board is a Sudoku."""
    return all(len({board[c] for c in unit}) == side for unit in units(side))


def drawn(rng: Random, side: int) -> Board:
    """A random Sudoku, digits from 1."""
    return next(completions((OPEN,) * side**2, side, lambda digits: rng.sample(digits, len(digits))))


def completions(board: Board, side: int, order: Callable[[list[int]], list[int]] = list) -> Iterator[Board]:
    """The Sudokus that a board with open cells can become, one by one; `order` says which digits to try first."""
    free = [(1 << side) - 1] * len(board)
    beside = neighbours(side)
    for c, digit in enumerate(board):
        for b in beside[c] if digit != OPEN else ():
            free[b] &= ~(1 << digit - 1)
    if any(digit != OPEN and not free[c] >> digit - 1 & 1 for c, digit in enumerate(board)):
        return
    found = list(board)

    def fill(free: list[int], left: list[int]) -> Iterator[Board]:
        if not left:
            yield tuple(found)
            return
        cell = min(left, key=lambda c: free[c].bit_count())
        rest = [c for c in left if c != cell]
        for digit in order([d for d in range(1, side + 1) if free[cell] >> d - 1 & 1]):
            found[cell], after = digit, list(free)
            for b in beside[cell]:
                after[b] &= ~(1 << digit - 1)
            yield from fill(after, rest)

    yield from fill(free, [c for c, digit in enumerate(board) if digit == OPEN])


@cache
def neighbours(side: int) -> tuple[tuple[int, ...], ...]:
    """The other cells in the row, column and block of each."""
    found: list[set[int]] = [set() for _ in range(side * side)]
    for unit in units(side):
        for c in unit:
            found[c].update(unit)
    return tuple(tuple(sorted(beside - {c})) for c, beside in enumerate(found))
