"""HINT in handwriting: each symbol of an expression is an image, and nothing says which it shows."""

from collections.abc import Sequence

import numpy as np

from dsl.inputs import seeded
from tasks import crohme
from tasks.base import Scene, Scenes, Sentence
from tasks.hint import grammar, load

NAMES = (*grammar.DIGITS, *grammar.OPERATORS, "(", ")")


def written(seed: int) -> Scenes:
    """The expressions of `hint/symbols`, each symbol an image drawn by the seed from its part."""
    split = load.load("symbols", seed)
    train, test = (crohme.symbols(part).of(NAMES) for part in ("train", "test"))
    return Scenes(
        benchmark="hint", name="images", train=scenes(split.train, train.places(), seed, "train"),
        test=scenes(split.test, test.places(), seed, "test"), images=train.images, test_images=test.images,
        symbols=NAMES, background=None, labels=classes(test), train_labels=classes(train),
        truth=split.truth, domain=split.domain)


def scenes(sentences: Sequence[Sentence], places: dict[str, np.ndarray], seed: int, part: str) -> tuple[Scene, ...]:
    """Sentences as images."""
    rng = seeded("hint", "images", part, seed)
    return tuple(Scene(x.id, tuple(int(rng.choice(places[t])) for t in x.tokens), x.answer, x.group)
                 for x in sentences)


def classes(symbols: crohme.Symbols) -> np.ndarray:
    """The number of each image's name."""
    return np.array([NAMES.index(n) for n in symbols.names])
