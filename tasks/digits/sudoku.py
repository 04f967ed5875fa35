"""Visual Sudoku classification (Augustine et al. 2022): boards of handwritten digits, and whether each is a Sudoku.

Half the boards are right. In each other, digits were replaced and cells exchanged at random,
once and with probability one half again each time, until it was no Sudoku any more. Nothing
says which digit an image shows: symbols are told apart as far as boards do.
"""

from collections.abc import Iterator
from random import Random

import numpy as np

from dsl.inputs import seeded
from tasks.base import Scene, Scenes
from tasks.digits import mnist
from tasks.sudoku.rules import Board, background, drawn, right

BOARDS = 100  # of training, and of test
AGAIN = 0.5


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
    places = mnist.places(part, range(1, side + 1))
    for k in range(BOARDS):
        board = drawn(rng, side)
        answer = k % 2 == 0
        board = board if answer else broken(rng, board, side)
        yield Scene(f"{part}-{k:03}", tuple(rng.choice(places[d]) for d in board), answer)
