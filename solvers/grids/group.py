"""Group: of the pictures of one size, the simplest, and those after them that are right on most cells or tell most."""

import math
from heapq import heappush, heappushpop

import numpy as np

from dsl.languages.grids import Colour
from dsl.lazy import cached_property
from solvers.grids.rules import CHEAP, DEAR, Picture

PICTURES = 400  # the simplest, that are kept as they come
BEST = 60  # after them, those right on most cells, those right where the best of the simplest is wrong, those telling


class Best:
    """The pictures of most worth, of those alike in training the first."""

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, Picture, bytes]] = []  # worth, number, what it shows in training
        self.known: set[bytes] = set()

    def add(self, worth: float, number: int, picture: Picture, shown: np.ndarray) -> None:
        """One more, and its training cells."""
        if len(self.heap) == BEST and worth <= self.heap[0][0]:
            return
        shows = shown.tobytes()
        if shows in self.known:
            return
        self.known.add(shows)
        if len(self.heap) < BEST:
            heappush(self.heap, (worth, number, picture, shows))
        else:
            self.known.discard(heappushpop(self.heap, (worth, number, picture, shows))[3])


class Telling:
    """What pictures tell of a target's cells, beside what one picture tells: in bits, but for a constant.

    Less what it takes to say so, which is half a logarithm for each number (Rissanen 1978).

    >>> telling = Telling(np.array([1, 1, 1, 1, 0, 0]), np.array([1, 2, 1, 2, 0, 0]))
    >>> telling.bits(np.array([3, 0, 3, 0, 0, 0])) > telling.bits(np.array([3, 3, 0, 0, 0, 0]))
    True
    """

    def __init__(self, known: np.ndarray, target: np.ndarray):
        _, given = np.unique(known, return_inverse=True)
        colours, wanted = np.unique(target, return_inverse=True)
        self.shape = (given.max() + 1, len(colours), len(Colour))
        self.kinds = len(Colour) * (given * len(colours) + wanted)
        counts = np.arange(len(target) + 1)
        self.bit = counts * np.log2(np.maximum(counts, 1))
        self.number = (len(colours) - 1) * np.log2(len(target)) / 2

    def bits(self, shown: np.ndarray) -> float:
        """Of the training cells of one more picture."""
        counts = np.bincount(self.kinds + shown, minlength=math.prod(self.shape)).reshape(self.shape)
        each = counts.sum(1)
        return float(self.bit[counts].sum() - self.bit[each].sum() - self.number * np.count_nonzero(each))


class Group:
    """Pictures of one size in each world, whose first cells are those of the target; they come cheapest first."""

    def __init__(self, target: np.ndarray):
        self.target, self.seen = target, 0
        self.first: list[Picture] = []
        self.wrong: np.ndarray | None = None  # where the best of the first is wrong, once there are enough
        self.right, self.mending, self.telling = Best(), Best(), Best()

    @property
    def pictures(self) -> list[Picture]:
        """All that are kept, cheapest first."""
        best = {number: picture for kept in (self.right, self.mending, self.telling)
                for _, number, picture, _ in kept.heap}
        return [*self.first, *(best[number] for number in sorted(best))]

    @cached_property
    def tells(self) -> Telling:
        """What pictures tell beside the simplest."""
        return Telling(self._trained(self.first[0]), self.target)

    def simple(self, cost: int, many: int) -> list[Picture]:
        """The simplest picture, and those of at most this cost that tell most beside it; of those alike one."""
        first, *rest = [p for p in self.pictures if p.cost <= cost] or self.first[:1]
        ranked, known = [], set()
        for p in rest:
            if (key := _alike(self._trained(p))) not in known:
                known.add(key)
                ranked.append((self.worth(p), p))
        return [first, *(p for _, p in sorted(ranked, key=lambda r: -r[0])[:many - 1])]

    def worth(self, picture: Picture) -> float:
        """What it tells beside the simplest, in bits, less its cost."""
        return self.tells.bits(self._trained(picture)) - picture.cost

    def add(self, picture: Picture, right: np.ndarray) -> None:
        """One more, and on which cells it is right."""
        self.seen += 1
        if len(self.first) < PICTURES:
            self.first.append(picture)
            return
        if self.wrong is None:
            self.wrong = self._wrong()
        shown = self._trained(picture)
        for kept, worth in ((self.right, right.mean() - CHEAP * picture.cost),
                            (self.mending, right[self.wrong].mean() - DEAR * picture.cost),
                            (self.telling, self.worth(picture))):
            kept.add(float(worth), self.seen, picture, shown)

    def _wrong(self) -> np.ndarray:
        """Where the one of the first is wrong that is right on most cells, but not on all."""
        right = np.stack(list(map(self._trained, self.first))) == self.target
        right = right[~right.all(1)]
        return ~right[right.mean(1).argmax()] if len(right) else np.ones(len(self.target), dtype=bool)

    def _trained(self, picture: Picture) -> np.ndarray:
        """Its cells in training."""
        return picture.cells[:len(self.target)]


def _alike(shown: np.ndarray) -> tuple:
    """The same for pictures that differ in their colours' names alone, but for black."""
    colours, firsts, kinds = np.unique(shown, return_index=True, return_inverse=True)
    named = firsts.argsort().argsort()
    return named[kinds].tobytes(), *named[colours == 0].tolist()
