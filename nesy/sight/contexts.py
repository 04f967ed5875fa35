"""Contexts: images of unknown symbols told apart by what stands beside them.

An image that is seen often has a tally of its neighbours' kinds. A mixture of multinomials
fitted to the tallies of all unknown images tells symbols apart that stand differently; how
many there are, the Bayesian information criterion says (Schwarz 1978).
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

RESTARTS = 6
ROUNDS = 60
PATIENCE = 2  # more groups that do not help, after which no more are tried
ALIKE = 0.4  # total variation up to which a group stands as a known kind does
MASS = 0.03  # of the images: a group with fewer is no symbol
SURE = 0.95


def groups(scenes: Sequence[Sequence[int]], kind: np.ndarray, kinds: int, seed: int,
           note: Callable[[str], None]) -> list[np.ndarray]:
    """The numbers of images of each unknown symbol that stands in scenes as nothing known does.

    scenes: numbers of images in order; kind (n,): each image's kind, from 0 to kinds - 1, or
    `kinds` where its symbol is unknown.
    """
    tally = contexts(scenes, kind, kinds)
    unknown = np.flatnonzero((kind == kinds) & (tally.sum(1) > 0))
    known = [tally[kind == k].sum(0) for k in range(kinds)]
    if len(unknown) == 0:
        return []
    shares = _mixture(tally[unknown], seed)
    found = []
    for z in range(shares.shape[1]):
        stands = shares[:, z] @ tally[unknown]
        if shares[:, z].sum() >= MASS * len(unknown) and min(_apart(stands, k) for k in known) > ALIKE:
            found.append(unknown[shares[:, z] >= SURE])
    note(f"{len(unknown)} images of unknown symbols stand in {shares.shape[1]} ways, {len(found)} of them new: "
         f"{', '.join(str(len(f)) for f in found)} images")
    return found


def contexts(scenes: Iterable[Sequence[int]], kind: np.ndarray, kinds: int) -> np.ndarray:
    """How often each image stands between which kinds, an end of the scene being one: (n, (kinds + 2) squared)."""
    end = kinds + 1
    tally = np.zeros((len(kind), kinds + 2, kinds + 2))
    for scene in scenes:
        row = [end, *kind[list(scene)].tolist(), end]
        for at, image in enumerate(scene):
            tally[image, row[at], row[at + 2]] += 1
    return tally.reshape(len(kind), -1)


def _mixture(tally: np.ndarray, seed: int) -> np.ndarray:
    """Each row's share of each group, for the number of groups that describes the rows best."""
    n, cells = tally.shape
    best, since, many = (np.inf, np.ones((n, 1))), 0, 0
    while since < PATIENCE and many < n:
        many += 1
        fits = [_fit(tally, many, (seed, many, restart)) for restart in range(RESTARTS)]
        likelihood, shares = max(fits, key=lambda f: f[0])
        criterion = (many * cells - 1) * np.log(n) - 2 * likelihood
        since = 0 if criterion < best[0] else since + 1
        best = min(best, (criterion, shares), key=lambda b: b[0])
    return best[1]


def _fit(tally: np.ndarray, many: int, seed: tuple[int, ...]) -> tuple[float, np.ndarray]:
    shares = np.random.default_rng(seed).dirichlet(np.ones(many), len(tally))
    likelihood = 0.0
    for _ in range(ROUNDS):
        stands = shares.T @ tally + 0.5
        stands /= stands.sum(1, keepdims=True)
        weight = (shares.sum(0) + 1) / (len(tally) + many)
        joint = tally @ np.log(stands).T + np.log(weight)
        top = joint.max(1, keepdims=True)
        total = top + np.log(np.exp(joint - top).sum(1, keepdims=True))
        likelihood, shares = float(total.sum()), np.exp(joint - total)
    return likelihood, shares


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(abs(one / max(one.sum(), 1) - other / max(other.sum(), 1)).sum() / 2)
