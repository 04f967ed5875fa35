"""Grid: a frozen picture of cells of ten colours, and where it lies in the picture that it was cut from.

Colour 0 (black) is also what is empty: where pictures are laid over one another, it lets through.
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import lru_cache, wraps
from itertools import groupby
from random import Random
from typing import TypeVar

import numpy as np

STEPS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}  # rows and columns of one step
LONGEST, LARGEST = 100, 1_600  # cells of a side, and in all, of what a program may build
KEPT = 16_384  # pictures of which is kept what many primitives ask for, such as their pieces
RUN, ROW, AGAIN = 10, "/", "="  # cells of a run that is written as one word at most; a row's end; the same row again


class Colour(IntEnum):
    """The ten colours of a cell."""

    BLACK = 0
    BLUE = 1
    RED = 2
    GREEN = 3
    YELLOW = 4
    GREY = 5
    MAGENTA = 6
    ORANGE = 7
    SKY = 8
    MAROON = 9

    def __repr__(self) -> str:
        return self.name.lower()


COLOURS = bytes(Colour)
F = TypeVar("F", bound=Callable)


class Grid:
    """Cells (height, width) of colours 0 to 9, and the row and column `at` which it lies.

    Equal where cells and place are. It cannot be changed.

    >>> Grid([[0, 2], [0, 2]]).cells.sum(), Grid([[1]]) == Grid([[1]], (0, 3))
    (np.uint64(4), False)

    Raises:
        ValueError: for no cells, or more than `LONGEST` a side or `LARGEST` in all, and for other colours.
    """

    __slots__ = ("_hash", "_key", "at", "cells")
    equal_is_same = True  # nothing else tells two apart
    cells: np.ndarray
    at: tuple[int, int]

    def __init__(self, cells: np.ndarray | Sequence[Sequence[int]], at: tuple[int, int] = (0, 0)):
        given = np.asarray(cells)
        if given.ndim != 2 or not 0 < given.size <= LARGEST or max(given.shape) > LONGEST:
            raise ValueError(f"no grid of shape {given.shape}")
        plain = given.dtype == np.uint8 or given.dtype.kind in "biu" and given.min() >= 0 and given.max() <= 255
        cells = given.astype(np.uint8, "C")  # a copy: what it was made of may be changed later
        data = cells.tobytes()
        if not plain or data.translate(None, COLOURS):
            raise ValueError("no grid: its cells must be whole numbers from 0 to 9")
        cells.flags.writeable = False
        object.__setattr__(self, "cells", cells)
        object.__setattr__(self, "at", at)
        key = (cells.shape, at, data)
        object.__setattr__(self, "_key", key)
        object.__setattr__(self, "_hash", hash(key))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a grid cannot be changed: {name}")

    def __reduce__(self) -> tuple:
        return Grid, (self.cells, self.at)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and self._hash == other._hash and self._key == other._key

    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def sampled(cls, rng: Random) -> "Grid":
        """A small grid of a few colours."""
        colours = [0, 0, 0, *(rng.randrange(10) for _ in range(rng.randint(1, 3)))]
        height, width = rng.randint(1, 6), rng.randint(1, 6)
        return cls([[rng.choice(colours) for _ in range(width)] for _ in range(height)])

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.cells.shape  # type: ignore[return-value]

    def tolist(self) -> list[list[int]]:
        """The rows."""
        return self.cells.tolist()

    @staticmethod
    def alphabet() -> tuple[str, ...]:
        """The words that `words` uses."""
        runs = (f"{colour}x{n}" for colour in range(10) for n in range(1, RUN + 1))
        return (*runs, ROW, AGAIN, *"0123456789-,")

    def words(self) -> tuple[str, ...]:
        """How it is written: each row as runs of cells alike, or as the one before again; where it lies comes first.

        >>> Grid([[0, 0, 0], [0, 0, 0], [0, 2, 0]]).words()
        ('0x3', '/', '=', '0x1', '2x1', '0x1', '/')
        """
        found, before = [] if self.at == (0, 0) else [*"{},{}".format(*self.at)], None
        for row in self.cells.tolist():
            if row == before:
                found.append(AGAIN)
                continue
            before = row
            for colour, cells in groupby(row):
                n = len(list(cells))
                found += [f"{colour}x{min(RUN, n - done)}" for done in range(0, n, RUN)]
            found.append(ROW)
        return tuple(found)

    @classmethod
    def of_words(cls, words: Sequence[str]) -> "Grid":
        """The grid at (0, 0) that is written so.

        >>> Grid.of_words(("1x2", "/", "=")).tolist()
        [[1, 1], [1, 1]]

        Raises:
            ValueError: for what is no grid.
        """
        rows: list[list[int]] = []
        row: list[int] = []
        for word in words:
            if word == ROW:
                rows.append(row)
                row = []
            elif word == AGAIN and rows and not row:
                rows.append(rows[-1])
            else:
                colour, _, n = word.partition("x")
                row = [*row, *[int(colour)] * int(n)]
        if row:
            raise ValueError("its last row does not end")
        return cls(rows)

    @staticmethod
    def variation(rng: Random) -> Callable[["Grid"], "Grid"]:
        """A change that leaves what a task asks for much the same: colours exchanged, but for black, and a symmetry."""
        colours = np.array([0, *rng.sample(range(1, 10), 9)], np.uint8)
        turns, mirrored = rng.randrange(4), rng.random() < 0.5

        def varied(grid: "Grid") -> "Grid":
            cells = np.rot90(colours[grid.cells], turns)
            return Grid(cells[:, ::-1] if mirrored else cells)

        return varied

    def __repr__(self) -> str:
        rows = "/".join("".join(map(str, row)) for row in self.cells.tolist())
        return f"Grid({rows!r})" if self.at == (0, 0) else f"Grid({rows!r}, at {self.at})"


Pieces = tuple[Grid, ...]


class Nothing(ValueError):
    """There is nothing to take: no cell, piece or colour."""


def usual(cells: np.ndarray) -> int:
    """The most frequent colour but black; the lower one of two.

    Raises:
        Nothing: where all is black.
    """
    counts = np.bincount(cells.ravel(), minlength=10)[:10]
    counts[0] = 0
    best = int(counts.argmax())
    if not best:
        raise Nothing("all is black")
    return best


def rare(cells: np.ndarray) -> int:
    """The least frequent colour that there is, but black; the lower one of two.

    Raises:
        Nothing: where all is black.
    """
    counts = np.bincount(cells.ravel(), minlength=10).astype(float)
    counts[0] = 0
    counts[counts == 0] = np.inf
    if not np.isfinite(counts.min()):
        raise Nothing("all is black")
    return int(counts.argmin())


def bounds(cells: np.ndarray) -> tuple[int, int, int, int]:
    """The first and last row and column that are not black: top, bottom + 1, left, right + 1.

    Raises:
        Nothing: where all is black.
    """
    rows, columns = np.flatnonzero(cells.any(1)), np.flatnonzero(cells.any(0))
    if not len(rows):
        raise Nothing("all is black")
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def remembered(f: F) -> F:
    """A function of grids of which the last values are kept; that there is nothing is remembered, too."""
    @lru_cache(KEPT)
    def found(*args: object) -> object:
        try:
            return f(*args)
        except Nothing as nothing:
            return Nothing(*nothing.args)  # not itself, which holds all that was there when it was raised

    @wraps(f)
    def call(*args: object) -> object:
        value = found(*args)
        if isinstance(value, Nothing):
            raise Nothing(*value.args)
        return value

    return call  # type: ignore[return-value]
