"""Fit: a network taught from images whose words are known, each as often as its share says."""

from collections.abc import Callable, Sequence

import numpy as np

from nesy.abduction.explanations import TINY
from nesy.abduction.network import BATCH, Network, Teacher


def fit(images: np.ndarray, shown: Sequence[np.ndarray], shares: Sequence[float], width: int, steps: int, seed: int,
        watch: Callable[[int], None] = lambda step: None) -> Network:
    """A network of images (n, h, w), bytes; `shown` has numbers of images for each class, `shares` its part of a batch.

    `watch` is told the step, now and then.
    """
    network = Network(len(shown), width, seed, "deep")
    teacher, rng = Teacher(network, steps, seed), np.random.default_rng(seed)
    p, one = np.array(shares) / sum(shares), np.eye(len(shown))
    for step in range(steps):
        if step % 50 == 0:
            watch(step)
        drawn = rng.choice(len(shown), BATCH, p=p)
        teacher.step(images[[rng.choice(shown[k]) for k in drawn]], one[drawn])
    return network


def calibrated(network: Network, images: np.ndarray, classes: np.ndarray) -> float:
    """Set the temperature under which these images' classes are most likely, and return it."""
    return network.calibrate(images, lambda p: float(np.log(np.maximum(p[np.arange(len(p)), classes], TINY)).mean()))
