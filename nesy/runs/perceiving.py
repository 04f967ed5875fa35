"""Perceiving: the network of a run, learned once and saved in its folder, put to the test scenes."""

import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path

import numpy as np

from dsl.errors import NesyError
from nesy.config import EvalConfig
from nesy.runs.store import RunFolder
from nesy.runs.training import Clock, seen
from nesy.runs.watch import Watcher
from solvers.base import Status
from solvers.isolate import limit_memory
from tasks import Scene, Scenes
from tasks.score import correct


def perceive_all(config: EvalConfig, split: Scenes, asked: Sequence[Scene], folder: RunFolder,
                 watcher: Watcher) -> Iterator[dict]:
    """A line for each scene, by a network that learned from the split's training scenes."""
    import_module("nesy.abduction.learn")  # what is imported does not count as the run's memory
    limit_memory(config.memory)
    from nesy.abduction.constraints import ByConstraints

    network, background = learned(config, split, folder, watcher), background_of(split)
    limit = threshold(folder) if isinstance(background, ByConstraints) else 0.0
    for scene in asked:
        start, cpu = time.monotonic(), time.process_time()
        p = network.judged(split.test_images[list(scene.images)])
        given = split.labels if "perception" in config.given else None
        classes = background.read(p) if given is None else given[list(scene.images)]
        if isinstance(background, ByConstraints) and not config.given:
            score = float(background.scores([p])[0])
            prediction = score > limit
            certificate = (f"weighed: log-probability {score:.2f} that all constraints hold; training scenes are told "
                           f"apart at {limit:.2f}")
        else:
            prediction = background.answer(classes.tolist())
            sure = f"with probability {float(p[np.arange(len(p)), classes].prod()):.4f}"
            certificate = f"perceived: these symbols {sure if given is None else 'are given'}"
        yield {
            "id": scene.id, "status": Status.SOLVED.name if prediction is not None else Status.UNKNOWN.name,
            "correct": correct(prediction, scene.answer),
            "program": " ".join(str(split.symbols[c]) for c in classes),
            "certificate": certificate if prediction is not None else "none: these symbols lead to no answer",
            "prediction": prediction,
            "seconds": round(time.monotonic() - start, 6), "cpu_seconds": round(time.process_time() - cpu, 6),
        }


def threshold(folder: RunFolder) -> float:
    """The log-probability above which constraints are taken to hold, as it was learned."""
    found = (folder.read("learning.json") or {}).get("threshold")
    if not isinstance(found, float):
        raise NesyError(f"{folder.path / 'learning.json'}: has no threshold; remove it and resume")
    return found


def background_of(split: Scenes):
    """The split's background knowledge, ready for abduction."""
    from dsl.program import Input, Program
    from nesy.abduction.background import ByLength, ByProgram, ByRules
    from nesy.abduction.completions import ByCompletion
    from nesy.abduction.constraints import ByConstraints

    assert split.background is not None
    if split.open is not None:
        assert isinstance(split.background, Program)
        return ByCompletion(split.background, split.symbols, open=split.symbols.index(split.open))
    if isinstance(split.background, Path):
        return ByRules(split.background, len(split.train[0].images), len(split.symbols))
    if isinstance(split.background, Mapping):
        return ByLength({n: ByProgram(program, split.symbols) for n, program in split.background.items()})
    used = [p.index for p in split.background.walk() if isinstance(p, Input)]
    return (ByProgram if len(set(used)) == len(used) else ByConstraints)(split.background, split.symbols)


def learned(config: EvalConfig, split: Scenes, folder: RunFolder, watcher: Watcher):
    """The network of a run: the one saved in its folder, else learned and saved there."""
    from nesy.abduction import store
    from nesy.abduction.learn import Config, learn

    if folder.read("perception.json") is not None and folder.read("learning.json") is not None:
        return store.load(folder.path)
    clock, split = Clock(), seen(config, split)
    network, log = learn(split.images, split.train, background_of(split), len(split.symbols), Config(seed=config.seed),
                         watcher.note)
    store.save(network, folder.path)
    folder.write("learning.json", {
        **clock.record(len(split.train), None),
        "inconsistent": log.inconsistent, "explanations": log.explanations, "abductions": log.asked,
        "abduction_seconds": round(log.seconds, 2), "likelihood": log.likelihood, "temperature": log.temperature,
        "threshold": log.threshold, "notes": log.notes, **({} if split.labels is None else
                                                          perception(network, split, labels_of(network, split))),
    })
    return network


def perception(network, split: Scenes, meant: np.ndarray) -> dict:
    """How often single test images are told rightly, and how far their probabilities are from that (15 bins).

    meant: the label of each of the network's classes, as `labels_of` tells.
    """
    assert split.labels is not None
    used = np.unique([i for s in split.test for i in s.images])
    p = network.judged(split.test_images[used])
    sure, right = p.max(1), meant[p.argmax(1)] == split.labels[used]
    bins = np.minimum((sure * 15).astype(int), 14)
    error = sum(abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    return {"symbol_accuracy": float(right.mean()), "calibration_error": float(error)}


def labels_of(network, split: Scenes) -> np.ndarray:
    """The label of each of the network's classes: where they are interchangeable, that of most images of the class."""
    if split.train_labels is None:
        return np.arange(network.classes)
    used = np.unique([i for s in split.train for i in s.images])
    told, labels = network.probabilities(split.images[used]).argmax(1), split.train_labels[used]
    return np.array([np.bincount(labels[told == k]).argmax() if (told == k).any() else -1
                     for k in range(network.classes)])
