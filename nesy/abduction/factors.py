"""Factors: constraints over hidden symbols that all have to hold; posteriors by belief propagation.

Each constraint is a factor over its own positions, whose messages are exact; between factors
that share positions, sum-product belief propagation (Kschischang, Frey and Loeliger 2001) goes
round until it settles, and the probability that all hold is Bethe's (Yedidia, Freeman and
Weiss 2005). On constraints that form a tree, both are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

ROUNDS = 15
SETTLED = 1e-3
DAMPING = 0.3
TINY = 1e-12


class Factor(Protocol):
    """A constraint over n positions of k classes."""

    def messages(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How likely it holds given each class of each position, and at all; p, and the first: (n, k, scenes).

        The probabilities of the position itself do not enter the first.
        """
        ...


class _Sums:
    """Sums of rows by group."""

    def __init__(self, groups: np.ndarray):
        self.order = np.argsort(groups, kind="stable")
        self.starts = np.flatnonzero(np.diff(groups[self.order], prepend=-1))

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return np.add.reduceat(rows[self.order], self.starts)


class Different:
    """All of n positions are of different classes, n <= k: sums over the sets of classes that the first ones take."""

    def __init__(self, n: int, k: int):
        self.n, self.k = n, k
        sets: list[list[int]] = [[] for _ in range(n + 1)]
        for taken in range(1 << k):
            if taken.bit_count() <= n:
                sets[taken.bit_count()].append(taken)
        self.steps = []
        for before, after in zip(sets, sets[1:], strict=False):
            number = {taken: i for i, taken in enumerate(after)}
            source, chosen, target = np.array(sorted(
                ((i, c, number[taken | 1 << c]) for i, taken in enumerate(before) for c in range(k)
                 if not taken >> c & 1), key=lambda step: step[:2])).T
            self.steps.append((source, chosen, target, _Sums(source), _Sums(chosen), _Sums(target)))

    def messages(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As of every factor."""
        ahead = [np.ones((1, p.shape[2]))]
        for at, (source, chosen, _, _, _, by_target) in enumerate(self.steps):
            ahead.append(by_target(ahead[at][source] * p[at][chosen]))
        behind, found = np.ones_like(ahead[-1]), np.empty_like(p)
        for at in range(self.n - 1, -1, -1):
            source, chosen, target, by_source, by_class, _ = self.steps[at]
            after = behind[target]
            found[at] = by_class(ahead[at][source] * after)
            behind = by_source(p[at][chosen] * after)
        return found, ahead[-1].sum(0)


class Listed:
    """Positions take one of these rows of classes: (rows, n)."""

    def __init__(self, rows: np.ndarray, k: int):
        self.rows, self.k = rows, k

    def messages(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As of every factor."""
        each = np.stack([p[i][self.rows[:, i]] for i in range(self.rows.shape[1])])
        found = np.zeros_like(p)
        for at in range(len(each)):
            np.add.at(found[at], self.rows[:, at], np.delete(each, at, 0).prod(0))
        return found, each.prod(0).sum(0)


@dataclass(frozen=True)
class Factors:
    """All explanations of "they hold": constraints, each over its own positions."""

    factors: tuple[tuple[tuple[int, ...], Factor], ...]

    teaches = True
    count = 0  # of explanations: they are not counted

    def posterior(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities given that all hold, and the log-probability that they do; as of `Table.posterior`."""
        local = np.maximum(p.transpose(1, 2, 0), TINY)
        told = self._told(local)
        belief = self._belief(np.log(local), told)
        total = self._log_sum(belief)
        likelihood = total.sum(0)
        for (cells, factor), message in zip(self.factors, told, strict=True):
            given = self._given(belief, cells, message)
            likelihood += np.log(np.maximum(factor.messages(given)[1], TINY**20))
            likelihood -= np.log(np.maximum((given * message).sum(1), TINY**20)).sum(0)
        return np.exp(belief - total[:, None]).transpose(2, 0, 1), likelihood

    def best(self, p: np.ndarray) -> np.ndarray:
        """The most probable class of each position, each on its own: (scenes, positions)."""
        return self.posterior(p)[0].argmax(2)

    def _told(self, local: np.ndarray) -> list[np.ndarray]:
        """What each constraint tells each of its positions: (n, classes, scenes), once that has settled."""
        told = [np.full((len(cells), *local.shape[1:]), 1 / local.shape[1]) for cells, _ in self.factors]
        for _ in range(ROUNDS):
            belief, most = self._belief(np.log(local), told), 0.0
            for at, (cells, factor) in enumerate(self.factors):
                new = np.maximum(factor.messages(self._given(belief, cells, told[at]))[0], TINY**20)
                new = np.maximum(new / new.sum(1, keepdims=True), TINY)
                most = max(most, float(abs(new - told[at]).max()))
                told[at] = DAMPING * told[at] + (1 - DAMPING) * new
            if most < SETTLED:
                break
        return told

    def _belief(self, local: np.ndarray, told: Sequence[np.ndarray]) -> np.ndarray:
        belief = local.copy()
        for (cells, _), message in zip(self.factors, told, strict=True):
            belief[list(cells)] += np.log(message)
        return belief

    def _given(self, belief: np.ndarray, cells: Sequence[int], message: np.ndarray) -> np.ndarray:
        """Class probabilities by all but one constraint, for that constraint."""
        others = belief[list(cells)] - np.log(message)
        others = np.exp(others - others.max(1, keepdims=True))
        return others / others.sum(1, keepdims=True)

    @staticmethod
    def _log_sum(belief: np.ndarray) -> np.ndarray:
        top = belief.max(1)
        return top + np.log(np.exp(belief - top[:, None]).sum(1))


@dataclass(frozen=True)
class Broken:
    """All explanations of "they do not all hold". They tell too little to learn from."""

    whole: Factors

    teaches = False
    count = 0

    def posterior(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As of `Factors`: what is left of p where that holds is taken away."""
        found, likelihood = self.whole.posterior(p)
        holds = np.exp(np.minimum(likelihood, -TINY))
        rest = np.maximum(p - holds[:, None, None] * found, 0)
        total = np.maximum(rest.sum(2, keepdims=True), TINY)
        return rest / total, np.log1p(-holds)

    def best(self, p: np.ndarray) -> np.ndarray:
        """The most probable class of each position, each on its own: (scenes, positions)."""
        return self.posterior(p)[0].argmax(2)
