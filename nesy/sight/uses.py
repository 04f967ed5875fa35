"""Uses: what images of an unknown symbol do, told from scenes in which only one image is unknown.

Such a scene says what the hidden symbol makes of the others' values. Images fall into
clusters by how they look; which of several hidden functions a cluster's images stand for is
fitted by expectation maximisation, each function at first a free table from arguments to
result. Where a table is clear enough, the synthesiser finds the program behind it, and the
program takes the table's place: what is left is told apart more easily.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dsl.interpret import Failure
from nesy.machine.semantics import ABSENT, Domain, Meaning, Use

FREE = 4  # tables beside the programs found already
RESTARTS = 6
TRIED = 2  # of them, the likeliest, in which programs are looked for
ROUNDS = 50
SMOOTH = 1e-3  # of a table's cells
TRUE = 0.97  # probability of a program's result: an argument may have been misread
CLEAR = 0.9  # share of a table's cell from which it counts as known
SEEN = 2.5  # scenes behind such a cell
FEWEST = 12  # such cells, from which a program is looked for
FITS = 0.85  # of a function's scenes, which its program has to explain
MASS = 0.03  # of all scenes: a function with fewer is not looked for
SECONDS = 20.0  # of search for one program


@dataclass(frozen=True)
class Row:
    """A scene with one unknown image: which, where it stands, the others' values in order, and the answer."""

    image: int
    at: int
    children: tuple[object, ...]
    answer: object


@dataclass(frozen=True)
class Told:
    """The programs found, and for each image in a scene how likely it stands for each of them: (rows, programs)."""

    meanings: tuple[Meaning, ...]
    shares: np.ndarray


def told(rows: Sequence[Row], cluster: Mapping[int, int], domain: Domain, seed: int,
         note: Callable[[str], None]) -> Told:
    """The functions behind the unknown images of these rows, all of one shape, found one after another."""
    mixture = _Mixture(rows, cluster)
    found: list[Meaning] = []
    while True:
        fits = sorted((mixture.fit(found, FREE, (seed, len(found), restart)) for restart in range(RESTARTS)),
                      key=lambda fit: -fit[0])[:TRIED]
        note(f"{len(rows)} scenes with one unknown symbol, {len(found)} meanings known: "
             f"log-likelihood {fits[0][0]:.3f}")
        meaning = next((m for _, shares in fits for z in mixture.heaviest(shares, len(found))
                        if (m := mixture.program(shares[:, z], domain, found)) is not None), None)
        if meaning is None:
            return Told(tuple(found), mixture.fit(found, 0, (seed,))[1] if found else np.zeros((len(rows), 0)))
        note(f"an unknown symbol does {meaning.show('it')}")
        found.append(meaning)


class _Mixture:
    """Rows as arrays, and the mixture of functions fitted to them."""

    def __init__(self, rows: Sequence[Row], cluster: Mapping[int, int]):
        self.rows, self.at = rows, rows[0].at
        self.children = sorted({r.children for r in rows}, key=repr)
        self.answers = sorted({r.answer for r in rows}, key=repr)
        where = {c: i for i, c in enumerate(self.children)}
        which = {a: i for i, a in enumerate(self.answers)}
        self.argument = np.array([where[r.children] for r in rows])
        self.answer = np.array([which[r.answer] for r in rows])
        self.cluster = np.unique([cluster[r.image] for r in rows], return_inverse=True)[1]
        self.clusters = int(self.cluster.max()) + 1

    def fit(self, known: Sequence[Meaning], free: int, seed: tuple[int, ...]) -> tuple[float, np.ndarray]:
        """The mean log-likelihood, and each row's share of each function: those known first, then free ones."""
        rng = np.random.default_rng(seed)
        many = len(known) + free
        fixed = np.array([self.right(m) for m in known]).reshape(len(known), len(self.rows))
        chance = np.where(fixed, TRUE, (1 - TRUE) / len(self.answers))
        mixing = rng.dirichlet(np.full(many, 0.5), self.clusters)
        shares = mixing[self.cluster] * rng.uniform(0.5, 1.5, (len(self.rows), many))
        shares *= np.vstack([chance, np.full((free, len(self.rows)), 0.5)]).T
        shares /= shares.sum(1, keepdims=True)
        likelihood = 0.0
        for _ in range(ROUNDS):
            tables = [self._table(shares[:, len(known) + k])[self.argument, self.answer] for k in range(free)]
            mixing = np.full((self.clusters, many), 0.05)
            np.add.at(mixing, self.cluster, shares)
            mixing /= mixing.sum(1, keepdims=True)
            joint = mixing[self.cluster] * np.vstack([chance, *tables]).T
            total = joint.sum(1, keepdims=True)
            likelihood, shares = float(np.log(total).mean()), joint / total
        return likelihood, shares

    def _table(self, share: np.ndarray) -> np.ndarray:
        table = self._counts(share) + SMOOTH
        return table / table.sum(1, keepdims=True)

    def _counts(self, share: np.ndarray) -> np.ndarray:
        counts = np.zeros((len(self.children), len(self.answers)))
        np.add.at(counts, (self.argument, self.answer), share)
        return counts

    def right(self, meaning: Meaning) -> np.ndarray:
        """Whether a meaning gives each row's answer: (rows,)."""
        values = [meaning.value(c) for c in self.children]
        return np.array([values[a] == r.answer for a, r in zip(self.argument, self.rows, strict=True)])

    def heaviest(self, shares: np.ndarray, known: int) -> list[int]:
        """The free functions, those with the most scenes first, as far as they have any to speak of."""
        mass = shares.sum(0)
        return [z for z in np.argsort(-mass).tolist() if z >= known and mass[z] > MASS * len(self.rows)]

    def program(self, share: np.ndarray, domain: Domain, known: Sequence[Meaning]) -> Meaning | None:
        """The program of a table's clear cells, if it explains the function's scenes and is not known."""
        counts = self._counts(share)
        total, top = counts.sum(1), counts.argmax(1)
        clear = np.flatnonzero((total >= SEEN) & (counts.max(1) >= CLEAR * total))
        if len(clear) < min(FEWEST, len(self.children)):  # of few arguments all have to be clear
            return None
        clear = clear[total[clear] >= np.median(total[clear]) / 2]  # the others are what misread arguments leave
        examples: list[Use] = [(self.children[i], self.answers[top[i]]) for i in clear]
        if any(all(m.value(c) == v for c, v in examples) for m in known):
            return None
        invented = domain.inventor.invent(examples, len(self.children[0]), domain, known, SECONDS)
        if invented is None:
            return None
        meaning = Meaning(invented.program, ABSENT, takes=len(self.children[0]), left=self.at)
        fits = float(share[self.right(meaning)].sum() / share.sum())
        return meaning if fits >= FITS and not any(self._alike(meaning, m) for m in known) else None

    def _alike(self, one: Meaning, other: Meaning) -> bool:
        return all(one.value(c) == other.value(c) or isinstance(one.value(c), Failure) for c in self.children)


def shapes(rows: Sequence[Row], fewest: int) -> list[list[Row]]:
    """Rows by where the unknown image stands among how many, as far as there are so many of a shape."""
    tally = Counter((r.at, len(r.children)) for r in rows)
    return [[r for r in rows if (r.at, len(r.children)) == shape] for shape, n in tally.most_common() if n >= fewest]


