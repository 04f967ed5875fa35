"""Columns: the entries of a symbol as one array, so that a goal is matched against all of them at once."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from dsl.laws import same
from dsl.witness import ANY, Bits
from solvers.entry import Entry

Goal = tuple  # per world: ANY, or a tuple, frozenset or range of the values that will do


def exactly(values: Sequence[object]) -> Goal:
    """The goal of these values and no others; of any value where one is ANY."""
    return tuple(v if v is ANY else (v,) for v in values)


def meets(value: object, wanted: object) -> bool:
    """Whether a value is the one that is wanted, or any will do."""
    return wanted is ANY or same(value, wanted)


class Columns:
    """A symbol's entries as an array: row by row, world by world, the number of the value."""

    def __init__(self, worlds: int):
        self.entries: list[Entry] = []
        self.numbers: list[dict] = [{} for _ in range(worlds)]
        self.ids = np.empty((0, worlds), np.int32)
        self._hashes: dict[tuple[int, ...], tuple[int, np.ndarray, np.ndarray]] = {}
        self._arrays: dict[int, np.ndarray] = {}
        self.weights = np.random.default_rng(0).integers(1, 2**63, worlds, np.uint64) | np.uint64(1)

    def add(self, entries: Sequence[Entry]) -> None:
        """Append entries."""
        rows = np.empty((len(entries), len(self.numbers)), np.int32)
        for w, number in enumerate(self.numbers):
            rows[:, w] = [number.setdefault(e.values[w], len(number)) for e in entries]
        self.ids = np.concatenate([self.ids, rows])
        self.entries.extend(entries)

    def values(self, world: int) -> list:
        """The values in a world, by their numbers."""
        return list(self.numbers[world])

    @property
    def leaves(self) -> int:
        """How many entries, the first ones, have the least cost."""
        return bisect_right(self.entries, self.entries[0].cost, key=lambda e: e.cost) if self.entries else 0

    def matching(self, goal: Goal) -> np.ndarray:
        """The rows whose values will do, in order."""
        rows = None
        for w, wanted in enumerate(goal):
            if wanted is ANY:
                continue
            column = self.ids[:, w] if rows is None else self.ids[rows, w]
            hit = self._wanted(w, wanted)[column]
            rows = np.flatnonzero(hit) if rows is None else rows[hit]
            if not len(rows):
                break
        return np.arange(len(self.entries)) if rows is None else rows

    def _wanted(self, w: int, wanted) -> np.ndarray:
        number = self.numbers[w]
        if isinstance(wanted, Bits) and wanted.width <= 64:
            return wanted.among(self._array(w))
        table = np.zeros(len(number), bool)
        if len(wanted) <= len(number) and not isinstance(wanted, Bits):
            for v in wanted:
                i = number.get(v)
                if i is not None:
                    table[i] = True
        else:
            for v, i in number.items():
                table[i] = v in wanted
        return table

    def _array(self, w: int) -> np.ndarray:
        """The distinct numbers of a world, in the order of their value numbers."""
        found = self._arrays.get(w)
        if found is None or len(found) != len(self.numbers[w]):
            found = self._arrays[w] = np.fromiter(self.numbers[w], np.uint64, len(self.numbers[w]))
        return found

    def hashed(self, worlds: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """The rows' hashes over some worlds, sorted, and the order that sorts them."""
        found = self._hashes.get(worlds)
        if found is None or found[0] != len(self.entries):
            values = self.hash(self.ids[:, worlds], worlds)
            order = np.argsort(values, kind="stable")
            found = self._hashes[worlds] = len(self.entries), values[order], order
        return found[1], found[2]

    def hash(self, ids: np.ndarray, worlds: tuple[int, ...]) -> np.ndarray:
        """One number for each row of value numbers."""
        mixed = (ids.astype(np.uint64) + np.uint64(1)) * self.weights[list(worlds)]
        mixed ^= mixed >> np.uint64(29)
        return (mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(axis=1, dtype=np.uint64)
