"""Sequences: the words that a row of images may be, the most probable row first.

A hidden Markov model: each image says how likely it is for each word, and which word
follows which was counted in training. The best rows are enumerated exactly, by search from
the end with the best beginnings as a heuristic (Soong and Huang 1991).
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

TINY = 1e-12
HALF = 0.5  # of a neighbour that was never seen


def follows(rows: Iterable[Sequence[int]], words: int) -> np.ndarray:
    """How probable each word is after each other: (words + 1, words + 1), the last being either end of a row.

    >>> follows([[0, 1, 0]], 2).round(2).tolist()
    [[0.14, 0.43, 0.43], [0.6, 0.2, 0.2], [0.6, 0.2, 0.2]]
    """
    counts = np.full((words + 1, words + 1), HALF)
    for row in rows:
        whole = [words, *row, words]
        np.add.at(counts, (whole[:-1], whole[1:]), 1)
    return counts / counts.sum(1, keepdims=True)


@dataclass(frozen=True)
class Sequences:
    """Perception of images: what is perceived are class probabilities (images, words), as a network gives them.

    words: the names of the classes. after: which word follows which, as `follows` counts.
    """

    words: tuple[str, ...]
    after: np.ndarray

    def perceive(self, raw: Sequence[object]) -> Iterator[tuple[float, tuple[str, ...]]]:
        """Rows of words by falling log-probability (that of the images' words and of each after the last)."""
        for logp, row in best(np.asarray(raw, dtype=float), self.after):
            yield logp, tuple(self.words[k] for k in row)


def best(p: np.ndarray, after: np.ndarray) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Rows of classes by falling log-probability, all of them in the end; p: (images, classes)."""
    if len(p) == 0:
        return
    image, step = np.log(np.maximum(p, TINY)), np.log(after)
    ways = [step[-1, :-1] + image[0]]
    for at in range(1, len(p)):
        ways.append((ways[-1][:, None] + step[:-1, :-1]).max(0) + image[at])
    heap: list[tuple[float, int, tuple[int, ...], float]] = []
    at = len(p) - 1
    for k, score in enumerate((ways[at] + step[:-1, -1]).tolist()):
        heapq.heappush(heap, (-score, at, (k,), float(image[at, k] + step[k, -1])))
    while heap:
        score, at, row, behind = heapq.heappop(heap)
        if at == 0:
            yield -score, row
            continue
        onward = step[:-1, row[0]] + behind
        for k, total in enumerate((ways[at - 1] + onward).tolist()):
            heapq.heappush(heap, (-total, at - 1, (k, *row), float(onward[k] + image[at - 1, k])))
