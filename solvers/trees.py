"""Decision trees over examples: tests choose, at each leaf stands a term that is right there (Alur et al. 2017)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_LEAVES = 60


@dataclass(frozen=True)
class Branch:
    """A test, and what stands where it holds and where it does not: branches, or the numbers of terms."""

    test: int
    then: "Branch | int"
    otherwise: "Branch | int"


def decide(right: np.ndarray, taken: np.ndarray, check: Callable[[], None] = lambda: None) -> Branch | int | None:
    """A small tree for terms that are right on some examples each; None where the tests cannot tell enough.

    Args:
        right: [terms, examples], where each term is right; taken: [tests, examples], where each test holds.
    """
    cover = greedy_cover(right)
    if cover is None:
        return None
    label = np.full(right.shape[1], -1)
    for n, t in reversed(list(enumerate(cover))):
        label[right[t]] = n
    room = [MOST_LEAVES]

    def grow(where: np.ndarray) -> Branch | int | None:
        check()
        whole = right[:, where].all(axis=1)
        if whole.any():
            room[0] -= 1
            return int(np.argmax(whole)) if room[0] >= 0 else None
        inside = taken[:, where]
        some = np.flatnonzero(inside.any(axis=1) & ~inside.all(axis=1))
        if not len(some) or room[0] <= 0:
            return None
        best = int(some[np.argmin(_impurity(inside[some], label[where], len(cover)))])
        then = grow(where[taken[best, where]])
        otherwise = None if then is None else grow(where[~taken[best, where]])
        return None if then is None or otherwise is None else Branch(best, then, otherwise)

    return grow(np.arange(right.shape[1]))


def greedy_cover(right: np.ndarray) -> list[int] | None:
    """Few terms such that on every example one is right; None where there are none."""
    left, cover = np.ones(right.shape[1], bool), []
    while left.any():
        gain = (right & left).sum(axis=1)
        best = int(np.argmax(gain))
        if not gain[best]:
            return None
        cover.append(best)
        left &= ~right[best]
    return cover


def _impurity(inside: np.ndarray, label: np.ndarray, labels: int) -> np.ndarray:
    """The entropy of the labels that is left after each test."""
    one_hot = np.eye(labels)[label]
    yes = inside.astype(float) @ one_hot
    no = one_hot.sum(axis=0) - yes
    return _entropy(yes) + _entropy(no)


def _entropy(counts: np.ndarray) -> np.ndarray:
    total = counts.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.where(counts > 0, counts * np.log2(counts / total), 0.0)
    return -bits.sum(axis=1)
