"""Score: accuracy and how sure it is."""

from math import sqrt

from dsl.laws import same


def correct(prediction: object, answer: object) -> bool:
    """Whether a prediction is the answer, exactly; 1, True and 1.0 are three things."""
    return same(prediction, answer)


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval of a proportion (Wilson 1927), at 95 % by default.

    >>> [round(x, 3) for x in wilson(98, 100)]
    [0.93, 0.994]
    """
    if n == 0:
        return 0.0, 1.0
    p = right / n
    middle, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
