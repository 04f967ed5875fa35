"""MNIST addition (Manhaeve et al. 2018): two numbers of N handwritten digits each, and their sum."""

from collections.abc import Sequence

import numpy as np

from dsl.inputs import seeded
from dsl.language import DSL
from dsl.languages.integers import add, multiply
from dsl.program import Program
from dsl.syntax import parse
from dsl.types import INT
from tasks.base import Scene, Scenes
from tasks.digits import mnist

LANGUAGE = DSL("columns", [add, multiply], constants={int: [10]})


def background(n: int) -> Program:
    """The sum of two numbers of n digits, column by column: x0 to x(n-1) are the first, the rest the second.

    >>> print(background(2))
    add(add(x1, x3), multiply(10, add(x0, x2)))
    """
    text = f"add(x0, x{n})"
    for k in range(1, n):
        text = f"add(add(x{k}, x{n + k}), multiply(10, {text}))"
    return parse(text, LANGUAGE, (INT,) * (2 * n), INT)


def load(n: int, seed: int) -> Scenes:
    """Every image once, in the order of the seed in training, in the published order in test."""
    order = list(range(len(mnist.labels("train"))))
    seeded("addition", n, seed).shuffle(order)
    asked = range(len(mnist.labels("test")))
    return Scenes(
        benchmark="digits", name=f"addition-{n}",
        train=scenes(order, mnist.labels("train"), n, "train"), test=scenes(asked, mnist.labels("test"), n, "test"),
        images=mnist.images("train"), test_images=mnist.images("test"), labels=mnist.labels("test"),
        symbols=tuple(range(10)), background=background(n))


def scenes(order: Sequence[int], labels: np.ndarray, n: int, part: str) -> tuple[Scene, ...]:
    """Images in the order given, 2n to a scene, each with the sum of its numbers."""
    def number(images: Sequence[int]) -> int:
        return int("".join(str(labels[i]) for i in images))

    rows = [tuple(order[at:at + 2 * n]) for at in range(0, len(order) - 2 * n + 1, 2 * n)]
    return tuple(Scene(f"{part}-{k:05}", row, number(row[:n]) + number(row[n:])) for k, row in enumerate(rows))
