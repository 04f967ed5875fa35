"""Group: of the pictures of one size, the simplest, and those after them that are right on most cells."""

from heapq import heappush, heappushpop

import numpy as np

from solvers.grids.rules import CHEAP, DEAR, Picture

PICTURES = 400  # the simplest, that are kept as they come
BEST = 60  # after them, those right on most cells, and on most of those where the best of the simplest is wrong


class Best:
    """The pictures of most worth, of those alike in training the first."""

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, Picture, bytes]] = []  # worth, number, what it shows in training
        self.known: set[bytes] = set()

    def add(self, worth: float, number: int, picture: Picture, trained: int) -> None:
        """One more, whose first cells are those of the training examples."""
        if len(self.heap) == BEST and worth <= self.heap[0][0]:
            return
        shows = picture.cells[:trained].tobytes()
        if shows in self.known:
            return
        self.known.add(shows)
        if len(self.heap) < BEST:
            heappush(self.heap, (worth, number, picture, shows))
        else:
            self.known.discard(heappushpop(self.heap, (worth, number, picture, shows))[3])


class Group:
    """Pictures of one size in each world, whose first cells are those of the target; they come cheapest first."""

    def __init__(self, target: np.ndarray):
        self.target, self.seen = target, 0
        self.first: list[Picture] = []
        self.wrong: np.ndarray | None = None  # where the best of the first is wrong, once there are enough
        self.right, self.mending = Best(), Best()

    @property
    def pictures(self) -> list[Picture]:
        """All that are kept, cheapest first."""
        best = {number: picture for kept in (self.right, self.mending) for _, number, picture, _ in kept.heap}
        return [*self.first, *(best[number] for number in sorted(best))]

    def add(self, picture: Picture, right: np.ndarray) -> None:
        """One more, and on which cells it is right."""
        self.seen += 1
        if len(self.first) < PICTURES:
            self.first.append(picture)
            return
        if self.wrong is None:
            self.wrong = self._wrong()
        for kept, worth in ((self.right, right.mean() - CHEAP * picture.cost),
                            (self.mending, right[self.wrong].mean() - DEAR * picture.cost)):
            kept.add(float(worth), self.seen, picture, len(self.target))

    def _wrong(self) -> np.ndarray:
        """Where the one of the first is wrong that is right on most cells, but not on all."""
        right = np.stack([p.cells[:len(self.target)] for p in self.first]) == self.target
        right = right[~right.all(1)]
        return ~right[right.mean(1).argmax()] if len(right) else np.ones(len(self.target), dtype=bool)
