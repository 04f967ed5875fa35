"""Fit: a network taught from images whose words are known, each as often as its share says."""

from collections.abc import Callable, Sequence

import numpy as np

from nesy.abduction.network import BATCH, Network, Teacher

TEMPERATURES = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)


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


def temperature(network: Network, images: np.ndarray, classes: np.ndarray) -> float:
    """Set the temperature under which these images' classes are most likely, and return it."""
    logits = np.log(np.maximum(network.probabilities(images), 1e-12))

    def likelihood(at: float) -> float:
        scaled = logits / at
        return float((scaled[np.arange(len(classes)), classes] - np.log(np.exp(scaled).sum(1))).mean())

    best = max(TEMPERATURES, key=likelihood)
    network.set_temperature(best)
    return best
