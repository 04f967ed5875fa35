"""Weigh: how likely each candidate meaning of each word is, by expectation maximisation.

Every analysis of every lesson counts by its probability; words share a distribution
over categories (a hierarchical prior, 2^-bits at first), so that what one word shows
of a category speaks for it in all. So do they share how many children a category
has: one that can do with fewer than it has arguments is no likelier for that. This
ranks candidates; it decides nothing.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from nesy.machine.candidates import Known, Lesson, Steps, TooMany, reached, supporters
from nesy.machine.semantics import Meaning, Pool
from nesy.machine.tree import Tree

FULL, PARTIAL = 2.0, 0.2  # prior counts of a category with all, or with fewer, of its children
SHARED = 0.01  # what is left of a meaning whose constant another word surely brings


@dataclass(frozen=True)
class _Chart:
    """A lesson's analyses, shared: per tree, per node and value, the (use, children's values) that give it."""

    answer: object
    trees: tuple[tuple[Tree, dict[int, dict[object, list[tuple[int, tuple[object, ...]]]]]], ...]


def weigh(lessons: Sequence[Lesson], known: Known, pool: Pool, rounds: int = 25) -> dict[str, dict[Meaning, float]]:
    """The probability of each candidate meaning, given all lessons."""
    index = {w: {m: k for k, m in enumerate(ms)} for w, ms in known.items()}
    uses: dict = {}
    able: list[tuple[str, int, np.ndarray]] = []

    def use_id(word: str, use, atoms) -> int:
        if (word, use) not in uses:
            uses[word, use] = len(able)
            found = [index[word][m] for m in supporters(word, use, known, pool, atoms)]
            able.append((word, len(use[0]), np.array(sorted(found), dtype=int)))
        return uses[word, use]

    charts = []
    for lesson in lessons:
        with suppress(TooMany):  # it counts once its words are known better
            charts.append(_chart(lesson, known, pool, use_id))
    sketches = sorted({m.sketch for ms in known.values() for m in ms}, key=str)
    number = {s: i for i, s in enumerate(sketches)}
    bits = {m.sketch: pool.sketch_bits(m) for ms in known.values() for m in ms}
    start = np.array([2.0 ** -bits[s] for s in sketches])
    start /= start.sum()
    of = {w: np.array([number[m.sketch] for m in ms]) for w, ms in known.items()}
    own = {w: np.array([2.0 ** -pool.constant_bits(m) for m in ms]) for w, ms in known.items()}
    brings = {w: np.array([[a in pool.brings(m) for a in pool.alphabet] for m in ms], dtype=float)
              for w, ms in known.items()}
    theta = {w: _normal(start[of[w]] * own[w]) for w in known}
    expected = np.full((len(sketches), pool.domain.arguments + 1), PARTIAL)
    for m in {m.sketch: m for ms in known.values() for m in ms}.values():
        expected[number[m.sketch], m.arity] = FULL
    valence = expected / expected.sum(1, keepdims=True)
    for _ in range(rounds):
        counts = {w: np.zeros(len(ms)) for w, ms in known.items()}
        seen = np.zeros_like(valence)
        terms = [theta[w][k] * valence[of[w][k], n] for w, n, k in able]
        weights = [float(t.sum()) for t in terms]
        for chart in charts:
            for use, share in _expect(chart, weights).items():
                word, n, k = able[use]
                parts = share * terms[use] / weights[use]
                counts[word][k] += parts
                np.add.at(seen[:, n], of[word][k], parts)
        shared = np.zeros(len(sketches))
        for w, c in counts.items():
            if c.sum():
                np.add.at(shared, of[w], c / c.sum())
        valence = (seen + expected) / (seen + expected).sum(1, keepdims=True)
        prior = (shared + start) / (shared.sum() + 1)
        exclusive = _exclusive(theta, brings)
        theta = {w: _normal((c + prior[of[w]] * own[w]) * exclusive[w]) for w, c in counts.items()}
    return {w: dict(zip(known[w], map(float, t), strict=True)) for w, t in theta.items()}


def _exclusive(theta: dict[str, np.ndarray], brings: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How freely each meaning may bring its constants: less, the surer another word brings them."""
    free = {w: 1 - np.minimum(theta[w] @ brings[w], 1) for w in theta}  # over the alphabet
    found = {}
    for w in theta:
        others = np.prod([f for v, f in free.items() if v != w], axis=0) if len(free) > 1 else np.ones_like(free[w])
        found[w] = np.prod(np.where(brings[w] > 0, others + SHARED, 1.0), axis=1)
    return found


def _normal(x: np.ndarray) -> np.ndarray:
    return x / x.sum()


def _chart(lesson: Lesson, known: Known, pool: Pool, use_id) -> _Chart:
    atoms = pool.domain.atoms(lesson.answer)
    trees = []
    for tree, table in Steps(lesson, known, pool).tables():
        cells: dict[int, dict] = {}
        for node, value, options in reached(tree, table, lesson.answer):
            ids = [(use_id(lesson.words[node.head], (c, value), atoms), c) for c in options]
            cells.setdefault(node.head, {})[value] = ids
        trees.append((tree, cells))
    return _Chart(lesson.answer, tuple(trees))


def _expect(chart: _Chart, weights: list[float]) -> dict[int, float]:
    """The expected number of times that each use occurs in the lesson's analysis."""
    inner, total = [], 0.0
    for tree, cells in chart.trees:
        inside: dict[int, dict] = {}
        for node in reversed(list(tree.nodes())):
            row = inside[node.head] = {}
            for value, options in cells[node.head].items():
                mass = 0.0
                for use, children in options:
                    p = weights[use]
                    for child, v in zip(node.children, children, strict=True):
                        p *= inside[child.head][v]
                    mass += p
                row[value] = mass
        inner.append(inside)
        total += inside[tree.head][chart.answer]
    shares: dict[int, float] = {}
    if total <= 0:
        return shares
    for (tree, cells), inside in zip(chart.trees, inner, strict=True):
        outside: dict[int, dict] = {tree.head: {chart.answer: 1 / total}}
        for node in tree.nodes():
            for value, out in outside[node.head].items():
                for use, children in cells[node.head][value]:
                    values = [inside[c.head][v] for c, v in zip(node.children, children, strict=True)]
                    p = out * weights[use]
                    whole = p
                    for x in values:
                        whole *= x
                    if whole <= 0:
                        continue
                    shares[use] = shares.get(use, 0.0) + whole
                    for child, v, x in zip(node.children, children, values, strict=True):
                        row = outside.setdefault(child.head, {})
                        row[v] = row.get(v, 0.0) + whole / x
    return shares
