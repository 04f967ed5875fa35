"""Training: what a run learns from, and what its record says of every learner."""

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from dsl.errors import NesyError
from dsl.inputs import seeded
from nesy.config import MODULES, EvalConfig
from tasks import Part, Puzzles, Scenes, Split, TaskSet

T = TypeVar("T")


def enough(config: EvalConfig, split: Part) -> None:
    """Whether a split has what a run asks for.

    Raises:
        NesyError: names the option that asks for more.
    """
    unfit = [m for m in config.given if m not in givable(split)]
    if unfit:
        raise NesyError(f"--given {','.join(unfit)}: {split.title} has no such module to be given; leave it out")
    if isinstance(split, TaskSet):
        if config.train is not None:
            raise NesyError(f"--train {config.train}: {split.title} has nothing to learn from; leave it out")
    elif config.train is not None and isinstance(split, Puzzles) and config.solver != "network":
        raise NesyError(f"--train {config.train}: --solver {config.solver} learns nothing; leave it out")
    elif config.train is not None and config.train > len(split.train):
        raise NesyError(f"--train {config.train}: {split.title} has {len(split.train)} training items")


def givable(split: Part) -> tuple[str, ...]:
    """The modules for which the truth of a split can stand in."""
    if isinstance(split, TaskSet | Puzzles):
        return ()
    if isinstance(split, Split):
        return tuple(m for m in MODULES if m != "perception") if split.truth is not None else ()
    if split.background is not None:
        return ("perception",) if split.labels is not None else ()
    labelled = split.labels is not None and split.train_labels is not None
    return tuple(m for m in MODULES if (labelled if m == "perception" else split.truth is not None))


def drawn(config: EvalConfig, train: Sequence[T]) -> list[T]:
    """The training items of a run: all, or as many as it asks for, by its seed."""
    if config.train is None:
        return list(train)
    return seeded("train", config.seed).sample(list(train), config.train)


def seen(config: EvalConfig, split: Scenes) -> Scenes:
    """A split with the training scenes of a run, and their images alone where these are not all."""
    if config.train is None:
        return split
    scenes = drawn(config, split.train)
    used, places = np.unique(np.concatenate([s.images for s in scenes]), return_inverse=True)
    ends = np.cumsum([len(s.images) for s in scenes])[:-1]
    rows = np.split(places, ends)
    return replace(split, images=split.images[used], train=tuple(
        replace(s, images=tuple(row.tolist())) for s, row in zip(scenes, rows, strict=True)),
        train_labels=None if split.train_labels is None else split.train_labels[used])


@dataclass(frozen=True)
class Clock:
    """What learning has taken since the clock was made."""

    start: float = field(default_factory=time.monotonic)
    cpu: float = field(default_factory=time.process_time)

    def record(self, items: int, held_out_accuracy: float | None) -> dict:
        """What learning.json says of every learner."""
        return {
            "sentences": items, "held_out_accuracy": held_out_accuracy,
            "seconds": round(time.monotonic() - self.start, 2),
            "cpu_seconds": round(time.process_time() - self.cpu, 2),
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
