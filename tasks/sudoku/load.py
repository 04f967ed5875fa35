"""Sudoku to complete: few puzzles whose solutions differ (ASPER's setting), and the published ones of 17 givens."""

from collections.abc import Iterator
from functools import partial

from dsl.inputs import seeded
from tasks.base import OPEN, Benchmark, Puzzle, Puzzles, TaskError
from tasks.data import SUDOKU, fetch
from tasks.sudoku.rules import background, drawn

SIDE = 9
RATES = {f"masked-{percent}": percent for percent in (10, 30, 60, 80)}  # of a board's cells that are open, in percent
TRAINED, TESTED = 12, 100  # puzzles of those
GIVENS = "givens-17"
FILE, LINES = "sudokus_17.txt", 49_151
TRAINED_GIVENS = 2_000

SPLITS = {
    **{name: f"{TRAINED} puzzles with {percent} % of the cells open, each of another solution, and no solution told"
       for name, percent in RATES.items()},
    GIVENS: f"the published puzzles of 17 givens; {TRAINED_GIVENS:,} of them, drawn by the seed, to learn from",
}


def masked(percent: int, seed: int) -> Puzzles:
    """Puzzles of random boards, each with so many open cells at random places."""
    return puzzles(f"masked-{percent}", list(made(percent, seed, "train", TRAINED)),
                   list(made(percent, seed, "test", TESTED)))


def made(percent: int, seed: int, part: str, n: int) -> Iterator[Puzzle]:
    """Random puzzles of different boards, each of which depends on the seed, the part and its number alone."""
    for k in range(n):
        rng = seeded("sudoku", percent, part, seed, k)
        board = tuple(digit - 1 for digit in drawn(rng, SIDE))
        hidden = set(rng.sample(range(len(board)), round(len(board) * percent / 100)))
        givens = tuple(OPEN if c in hidden else digit for c, digit in enumerate(board))
        yield Puzzle(f"{part}-{k:03}", givens, board)


def published(seed: int) -> Puzzles:
    """The puzzles of 17 givens, which no two symmetries of the board make equal.

    Raises:
        TaskError: names the line that is no board.
    """
    lines = fetch(SUDOKU, FILE).read_text("utf-8").split()
    found = []
    for n, line in enumerate(lines):
        if len(line) != SIDE * SIDE or not line.isdigit():
            raise TaskError(f"{FILE}, line {n + 1}: not {SIDE * SIDE} digits")
        found.append(Puzzle(f"line-{n + 1:05}", tuple(int(digit) - 1 for digit in line)))
    trained = set(seeded("sudoku", GIVENS, seed).sample(range(len(found)), TRAINED_GIVENS))
    return puzzles(GIVENS, [found[i] for i in sorted(trained)],
                   [p for i, p in enumerate(found) if i not in trained])


def puzzles(name: str, train: list[Puzzle], test: list[Puzzle]) -> Puzzles:
    """Puzzles of boards of nine a side."""
    return Puzzles(benchmark="sudoku", name=name, train=tuple(train), test=tuple(test),
                   symbols=tuple(range(1, SIDE + 1)), background=background(SIDE))


DRAW = {**{name: partial(masked, percent) for name, percent in RATES.items()}, GIVENS: published}

BENCHMARK = Benchmark(
    name="sudoku", about="puzzles to complete: by the solver, or by a network that learned from what it abduced",
    source="boards drawn by the seed; for 17 givens Royle's collection", splits=SPLITS,
    load=lambda split: DRAW[split](0), draw=DRAW, solver="asp",
    size=lambda split: LINES - TRAINED_GIVENS if split == GIVENS else TESTED,
    trained=lambda split: TRAINED_GIVENS if split == GIVENS else TRAINED,
    needs=lambda split: ((SUDOKU.name, FILE),) if split == GIVENS else ())
