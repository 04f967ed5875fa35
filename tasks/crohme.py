"""Symbols of CROHME, handwritten: a bitmap each, kept apart by the expression that it was cut from."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from dsl.inputs import seeded
from tasks.base import TaskError
from tasks.data import CROHME, fetch

FILE = "symbols45.npz"
SIDE = 45  # pixels
TESTED = 0.2  # of the expressions, whose symbols are those of test
PLAIN = {"\\times": "*", "\\div": "/", "/": "slash"}


@dataclass(frozen=True)
class Symbols:
    """Images (n, 45, 45), bytes, ink bright; and the name of each one's symbol."""

    images: np.ndarray
    names: np.ndarray

    def of(self, wanted: tuple[str, ...]) -> "Symbols":
        """Those of these names alone."""
        keep = np.isin(self.names, wanted)
        return Symbols(self.images[keep], self.names[keep])

    def places(self) -> dict[str, np.ndarray]:
        """The numbers of each name's images."""
        return {str(name): np.flatnonzero(self.names == name) for name in np.unique(self.names)}


@cache
def symbols(part: str) -> Symbols:
    """The symbols of a part, train or test; no expression, and so hardly any writer, is in both.

    Raises:
        TaskError: for a file that is not as it was published.
    """
    path = fetch(CROHME, FILE)
    try:
        with np.load(path, allow_pickle=False) as file:
            packed, labels, classes, source = (file[k] for k in ("images_packed", "labels", "classes", "source"))
            names = np.array([PLAIN.get(str(c), str(c)) for c in classes])[labels]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise TaskError(f"{path}: {error}; remove it and put it there again") from None
    sources = np.unique(source).tolist()
    tested = seeded("crohme", "test").sample(sources, int(TESTED * len(sources)))
    chosen = np.flatnonzero(np.isin(source, tested) == (part == "test"))
    bits = np.unpackbits(packed[chosen], axis=1)[:, :SIDE * SIDE].reshape(-1, SIDE, SIDE)
    return Symbols(bits * np.uint8(255), names[chosen])
