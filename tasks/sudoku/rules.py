"""Boards of any side that is a square: what their rule is, and random ones that keep it."""

from math import isqrt
from random import Random

from dsl.language import DSL
from dsl.languages.booleans import both, different
from dsl.program import Apply, Input, Program
from dsl.types import INT

Board = tuple[int, ...]  # row by row


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
    beside: list[set[int]] = [set() for _ in range(side * side)]
    for unit in units(side):
        for c in unit:
            beside[c].update(unit)
    board = [0] * (side * side)

    def fill() -> bool:
        free = [(len(options), c, options) for c, digit in enumerate(board) if not digit
                for options in [set(range(1, side + 1)) - {board[b] for b in beside[c]}]]
        if not free:
            return True
        _, cell, options = min(free, key=lambda f: f[:2])
        for digit in rng.sample(sorted(options), len(options)):
            board[cell] = digit
            if fill():
                return True
        board[cell] = 0
        return False

    fill()
    return tuple(board)
