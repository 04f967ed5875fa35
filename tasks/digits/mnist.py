"""MNIST (LeCun, Cortes and Burges): images and labels as published."""

import gzip
from collections.abc import Iterable
from functools import cache

import numpy as np

from tasks.base import TaskError
from tasks.data import MNIST, fetch

FILES = {part: (f"{name}-images-idx3-ubyte.gz", f"{name}-labels-idx1-ubyte.gz")
         for part, name in (("train", "train"), ("test", "t10k"))}


@cache
def images(part: str) -> np.ndarray:
    """The images of a part, train or test: (n, 28, 28), bytes."""
    return _read(FILES[part][0], 3)


@cache
def labels(part: str) -> np.ndarray:
    """The digits of a part: (n,); learners never see them."""
    return _read(FILES[part][1], 1)


def places(part: str, digits: Iterable[int]) -> dict[int, list[int]]:
    """The images of each of these digits."""
    return {d: np.flatnonzero(labels(part) == d).tolist() for d in digits}


def _read(file: str, dimensions: int) -> np.ndarray:
    """An IDX file of bytes.

    Raises:
        TaskError: for a file that is not one.
    """
    path = fetch(MNIST, file)
    try:
        data = gzip.decompress(path.read_bytes())
        if data[:4] != bytes([0, 0, 8, dimensions]):
            raise ValueError("its first bytes are not those of an IDX file")
        shape = np.frombuffer(data, ">i4", dimensions, 4)
        return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
    except (OSError, ValueError) as error:
        raise TaskError(f"{path}: {error}; remove it and fetch again") from None
