"""Explanations: the hidden symbols that lead to an answer, as what posteriors are computed from, exactly.

A table lists them. A circuit shares what they have in common: the values of a program's
parts, from the answer down, each with the ways in which it comes about; it is as large as
the program has parts and values, not as there are explanations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Protocol

import numpy as np

TINY = 1e-300
HELD = 4_000_000  # weights of rows that are held at once


@dataclass(frozen=True)
class Table:
    """Explanations one by one: an array (explanations, positions) of classes."""

    rows: np.ndarray

    teaches = True  # something worth learning from

    @property
    def count(self) -> int:
        """How many explanations there are."""
        return len(self.rows)

    def posterior(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities given the answer, and the answer's log-likelihood.

        p: (scenes, positions, classes), all scenes with this answer; returns the same shape, and (scenes,).
        """
        part = max(1, HELD // max(1, len(self.rows)))
        if len(p) > part:
            found = [self.posterior(p[at:at + part]) for at in range(0, len(p), part)]
            return np.concatenate([f for f, _ in found]), np.concatenate([logs for _, logs in found])
        scenes, positions, classes = p.shape
        weight, logs = np.ones((scenes, len(self.rows))), np.zeros(scenes)
        for i in range(positions):
            weight *= p[:, i, self.rows[:, i]]
            total = np.maximum(weight.sum(1), TINY)  # before many small factors have made nothing of it
            weight /= total[:, None]
            logs += np.log(total)
        found = np.zeros_like(p)
        for i in range(positions):
            chosen = np.zeros((len(self.rows), classes))
            chosen[np.arange(len(self.rows)), self.rows[:, i]] = 1
            found[:, i] = weight @ chosen
        return found, logs

    def best(self, p: np.ndarray) -> np.ndarray:
        """The most probable explanation of each scene: (scenes, positions)."""
        weight = np.zeros((len(p), len(self.rows)))
        for i in range(p.shape[1]):
            weight += np.log(np.maximum(p[:, i, self.rows[:, i]], TINY))
        return self.rows[weight.argmax(1)]


Way = tuple[int, ...]  # the nodes that together make a value come about


@dataclass(frozen=True)
class Circuit:
    """Explanations that share parts: leaves (position, class), then nodes, each a list of the ways to it.

    Nodes are numbered on from the leaves, children before parents; the last one is the answer.
    """

    leaves: tuple[tuple[int, int], ...]
    nodes: tuple[tuple[Way, ...], ...]

    teaches = True

    @property
    def count(self) -> int:
        """How many explanations there are."""
        counts = [1] * len(self.leaves)
        for ways in self.nodes:
            counts.append(sum(prod(counts[child] for child in way) for way in ways))
        return counts[-1]

    def posterior(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities given the answer, and the answer's log-likelihood; shapes as of `Table.posterior`."""
        found, likelihood = np.zeros_like(p), np.zeros(len(p))
        for s in range(len(p)):
            inside = self._inside(p[s].tolist())
            total = max(inside[-1], TINY)
            outside = [0.0] * len(inside)
            outside[-1] = 1 / total
            for at in range(len(inside) - 1, len(self.leaves) - 1, -1):
                out = outside[at]
                for way in self.nodes[at - len(self.leaves)] if out else ():
                    product = out
                    for child in way:
                        product *= inside[child]
                    if product:
                        for child in way:
                            outside[child] += product / inside[child]
            for k, (position, c) in enumerate(self.leaves):
                found[s, position, c] = inside[k] * outside[k]
            likelihood[s] = np.log(total)
        return found, likelihood

    def _inside(self, p: Sequence[Sequence[float]]) -> list[float]:
        inside = [p[position][c] for position, c in self.leaves]
        for ways in self.nodes:
            total = 0.0
            for way in ways:
                product = 1.0
                for child in way:
                    product *= inside[child]
                total += product
            inside.append(total)
        return inside

    def best(self, p: np.ndarray) -> np.ndarray:
        """The most probable explanation of each scene: (scenes, positions)."""
        found = np.zeros(p.shape[:2], dtype=int)
        for s in range(len(p)):
            score = [float(p[s, position, c]) for position, c in self.leaves]
            chosen: list[Way] = []
            for ways in self.nodes:
                worth = [prod(score[child] for child in way) for way in ways]
                top = max(range(len(ways)), key=worth.__getitem__)
                score.append(worth[top])
                chosen.append(ways[top])
            todo = [len(score) - 1]
            while todo:
                at = todo.pop()
                if at < len(self.leaves):
                    position, c = self.leaves[at]
                    found[s, position] = c
                else:
                    todo += chosen[at - len(self.leaves)]
        return found


class Explanations(Protocol):
    """What posteriors are computed from."""

    @property
    def teaches(self) -> bool:
        """Whether it tells enough of the symbols to learn from it."""
        ...

    @property
    def count(self) -> int:
        """How many explanations there are, as far as they are counted."""
        ...

    def posterior(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities given the answer, and the answer's log-likelihood; shapes as of `Table.posterior`."""
        ...

    def best(self, p: np.ndarray) -> np.ndarray:
        """The most probable explanation of each scene: (scenes, positions)."""
        ...
