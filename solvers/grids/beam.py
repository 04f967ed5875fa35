"""Beam: conjunctions of tests that hold only where they may."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WEIGHT = 0.1  # what one unit of cost counts beside the logarithm of what is right and wrong
BRANCH = 3  # how a conjunction is gone on with, at most, once there are many


@dataclass(frozen=True, kw_only=True)
class Width:
    """How widely conjunctions are looked for.

    longest: tests of one, at most; beam: unfinished ones that are gone on with; kept: sound ones of each length;
    paired: tests of which all pairs are looked at, or all.
    """

    longest: int
    beam: int
    kept: int
    paired: int | None = None


def sound(matrix: np.ndarray, cost: np.ndarray, right: np.ndarray, bad: np.ndarray, width: Width, until: float, *,
          counted: tuple[np.ndarray, np.ndarray] | None = None) -> list[tuple[int, ...]]:
    """Conjunctions of tests (rows of the matrix) that hold where it is right, never where it is bad: the best first.

    Single tests are all looked at, and the pairs of all, or of some: a third of them the first, the others the best; of
    what is not sound yet the best is tried with further tests. matrix: (tests, items), zeros and ones; cost: of each
    test; right, bad: how much each item counts; counted: of each test how much it holds of both, where that is known.

    >>> tests = np.array([[1, 1, 1, 0], [0, 1, 1, 1], [1, 0, 1, 1]], dtype=np.float32)
    >>> sound(tests, np.ones(3), np.array([0, 1, 1, 0]), np.array([1, 0, 0, 1]), Width(longest=2, beam=9, kept=9), 1e99)
    [(0, 1)]
    """
    if not right.any():
        return []
    if not bad.any():
        return [()]
    some = np.flatnonzero(right + bad)
    gain, harm = counted or (matrix @ right.astype(np.float32), matrix @ bad.astype(np.float32))
    tests = np.flatnonzero((gain > 0) & (harm == 0))
    worth = cost[tests] - 2 * np.log(gain[tests])
    found: dict[tuple[int, ...], float] = {(int(tests[i]),): float(worth[i]) for i in _least(worth, width.kept)}
    rest = np.flatnonzero((gain > 0) & (harm > 0))
    if width.longest < 2 or not len(rest):
        return sorted(found, key=found.__getitem__)
    if width.paired is not None and len(rest) > width.paired:
        worth = np.log(harm[rest]) - np.log(gain[rest]) + WEIGHT * cost[rest]
        worth[:width.paired // 3] = -np.inf
        rest = rest[np.sort(_least(worth, width.paired))]
    part, right, bad = matrix[np.ix_(rest, some)], right[some].astype(np.float32), bad[some].astype(np.float32)
    gain, harm = (part * right) @ part.T, (part * bad) @ part.T
    paid = cost[rest]
    a, b = np.nonzero(np.triu((gain > 0) & (harm == 0), 1))
    worth = paid[a] + paid[b] - 2 * np.log(gain[a, b])
    best = _least(worth, width.kept)
    found |= {(int(rest[a[i]]), int(rest[b[i]])): float(worth[i]) for i in best}
    if width.longest > 2:
        a, b = np.nonzero(np.triu((gain > 0) & (harm > 0), 1))
        worth = np.log(harm[a, b]) - np.log(gain[a, b]) + WEIGHT * (paid[a] + paid[b])
        pairs = [(int(a[i]), int(b[i])) for i in _least(worth, width.beam)]
        longer = _longer(part, paid, right, bad, pairs, width, until)
        found |= {tuple(int(rest[t]) for t in chosen): w for chosen, w in longer.items()}
    return sorted(found, key=found.__getitem__)


def _longer(matrix: np.ndarray, cost: np.ndarray, right: np.ndarray, bad: np.ndarray,
            pairs: Sequence[tuple[int, ...]], width: Width, until: float) -> dict[tuple[int, ...], float]:
    found: dict[tuple[int, ...], float] = {}
    for length in range(3, width.longest + 1):
        if time.monotonic() > until or not pairs:
            return found
        chosen = np.array(pairs)
        held, paid = matrix[chosen].min(1), cost[chosen].sum(1).astype(float)
        gain, harm, before = (held * right) @ matrix.T, (held * bad) @ matrix.T, held @ bad
        row, test = np.nonzero((gain > 0) & (harm == 0))
        worth = paid[row] + cost[test].astype(float) - 2 * np.log(gain[row, test]).astype(float)
        found |= _joined(pairs, row, test, worth, width.kept)
        if length == width.longest:
            break
        row, test = np.nonzero((gain > 0) & (harm > 0) & (harm < before[:, None]))
        open_ = np.full(gain.shape, np.inf, dtype=np.float32)
        open_[row, test] = np.log(harm[row, test]) - np.log(gain[row, test]) + WEIGHT * cost[test]
        row, test, worth = _branches(open_)
        pairs = list(_joined(pairs, row, test, worth + WEIGHT * paid[row], width.beam))
    return found


def _branches(worth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The few least finite values of each row, row by row: rows, columns and values."""
    rows, left, columns, values = np.arange(len(worth)), worth.copy(), [], []
    for _ in range(BRANCH):
        columns.append(left.argmin(1))
        values.append(left[rows, columns[-1]])
        left[rows, columns[-1]] = np.inf
    found = np.stack(values, 1)
    finite = np.isfinite(found)
    return np.repeat(rows, BRANCH)[finite.ravel()], np.stack(columns, 1)[finite], found[finite].astype(float)


def _joined(pairs: Sequence[tuple[int, ...]], row: np.ndarray, test: np.ndarray, worth: np.ndarray, many: int,
            ) -> dict[tuple[int, ...], float]:
    """Conjunctions with one more test each, the best of them once: each may have come of any but one of its tests."""
    found: dict[tuple[int, ...], float] = {}
    best = _least(worth, many * (len(pairs[0]) + 1))
    for k, t, w in zip(row[best].tolist(), test[best].tolist(), worth[best].tolist(), strict=True):
        found.setdefault(tuple(sorted((*pairs[k], t))), w)
        if len(found) == many:
            break
    return found


def _least(worth: np.ndarray, many: int) -> np.ndarray:
    """Where the least values are, in order; of those alike the first."""
    if len(worth) <= many:
        return np.argsort(worth, kind="stable")
    some = np.flatnonzero(worth <= np.partition(worth, many)[many])
    return some[np.argsort(worth[some], kind="stable")[:many]]
