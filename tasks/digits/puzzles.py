"""Visual Sudoku to complete (Wang et al. 2019, SATNet): images of the digits given, and what the open cells hold.

Nothing says which digit an image shows: the digits told are those of the open cells alone, so
that perception is not taught by the answer (Topan et al. 2021 say how it was in SATNet).
"""

from collections.abc import Iterator
from itertools import islice
from random import Random

import numpy as np

from dsl.inputs import seeded
from tasks.base import Scene, Scenes
from tasks.digits import mnist
from tasks.sudoku.rules import OPEN, Board, background, completions, drawn

SIDE = 9
GIVENS = 36  # SATNet's puzzles have 36.2 on average
TRAINED, TESTED = 500, 100
NAME = "sudoku-complete"


def load(seed: int) -> Scenes:
    """Puzzles with one completion each; after the images of digits come those of open cells, which are blank."""
    blank = np.zeros((SIDE * SIDE - GIVENS, *mnist.images("test").shape[1:]), dtype=np.uint8)
    images = {part: np.concatenate([mnist.images(part), blank]) for part in ("train", "test")}
    labels = np.concatenate([mnist.labels("test").astype(int), np.full(len(blank), OPEN)])
    return Scenes(
        benchmark="digits", name=NAME, train=tuple(scenes(seed, "train", TRAINED)),
        test=tuple(scenes(seed, "test", TESTED)), images=images["train"], test_images=images["test"],
        symbols=(OPEN, *range(1, SIDE + 1)), open=OPEN, background=background(SIDE), labels=labels)


def scenes(seed: int, part: str, n: int) -> Iterator[Scene]:
    """Puzzles, each an image for every cell; the answer has the digits of the open cells, `OPEN` at the others."""
    rng, first = seeded(NAME, part, seed), len(mnist.labels(part))
    places = mnist.places(part, range(1, SIDE + 1))
    for k in range(n):
        board = drawn(rng, SIDE)
        given = givens(rng, board)
        blank = iter(range(first, first + len(board)))
        images = tuple(rng.choice(places[d]) if c in given else next(blank) for c, d in enumerate(board))
        yield Scene(f"{part}-{k:03}", images, tuple(OPEN if c in given else d for c, d in enumerate(board)))


def givens(rng: Random, board: Board) -> frozenset[int]:
    """Random cells of a board that determine the others."""
    while True:
        chosen = frozenset(rng.sample(range(len(board)), GIVENS))
        shown = tuple(d if c in chosen else OPEN for c, d in enumerate(board))
        if len(list(islice(completions(shown, SIDE), 2))) == 1:
            return chosen
