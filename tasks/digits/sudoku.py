"""Visual Sudoku classification (Augustine et al. 2022): boards of handwritten digits, and whether each is a Sudoku.

Half the boards are right. In each other, digits were replaced and cells exchanged at random,
once and with probability one half again each time, until it was no Sudoku any more. Nothing
says which digit an image shows: symbols are told apart as far as boards do.
"""

from collections.abc import Iterator
from math import isqrt
from random import Random

import numpy as np

from dsl.inputs import seeded
from dsl.language import DSL
from dsl.languages.booleans import both, different
from dsl.program import Apply, Input, Program
from dsl.types import INT
from tasks.base import Scene, Scenes
from tasks.digits import mnist

BOARDS = 100  # of training, and of test
AGAIN = 0.5

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


def broken(rng: Random, board: Board, side: int) -> Board:
    """The board with digits replaced and cells exchanged until it is no Sudoku."""
    while True:
        found = list(board)
        while True:
            if rng.random() < AGAIN:
                cell = rng.randrange(len(found))
                found[cell] = rng.choice([d for d in range(1, side + 1) if d != found[cell]])
            else:
                a, b = rng.sample(range(len(found)), 2)
                found[a], found[b] = found[b], found[a]
            if rng.random() < AGAIN:
                break
        if not right(tuple(found), side):
            return tuple(found)


def load(side: int, seed: int) -> Scenes:
    """Boards of one side, drawn by the seed, of images of their part."""
    name = "sudoku" if side == 9 else f"sudoku{side}"
    return Scenes(
        benchmark="digits", name=name, train=tuple(scenes(side, seed, "train")), test=tuple(scenes(side, seed, "test")),
        images=mnist.images("train"), test_images=mnist.images("test"), symbols=tuple(range(1, side + 1)),
        background=background(side), labels=classes("test", side), train_labels=classes("train", side))


def classes(part: str, side: int) -> np.ndarray:
    """The class of each image; -1 for digits that no board has."""
    digits = mnist.labels(part).astype(int)
    return np.where((digits > 0) & (digits <= side), digits - 1, -1)


def scenes(side: int, seed: int, part: str) -> Iterator[Scene]:
    """Boards, right and broken in turn; each an image of its digit for every cell."""
    rng = seeded("sudoku", side, part, seed)
    places = {d: np.flatnonzero(mnist.labels(part) == d).tolist() for d in range(1, side + 1)}
    for k in range(BOARDS):
        board = drawn(rng, side)
        answer = k % 2 == 0
        board = board if answer else broken(rng, board, side)
        yield Scene(f"{part}-{k:03}", tuple(rng.choice(places[d]) for d in board), answer)
