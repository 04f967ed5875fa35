"""Seeing: a machine that learns to read images from answers alone, learned once, saved, put to the test scenes."""

from collections.abc import Iterator, Sequence
from importlib import import_module

import numpy as np

from nesy.config import EvalConfig
from nesy.runs.learning import learned, truths
from nesy.runs.perceiving import labels_of, perception
from nesy.runs.reading import Reader
from nesy.runs.store import RunFolder
from nesy.runs.training import Clock, seen
from nesy.runs.watch import Watcher
from solvers.isolate import limit_memory
from tasks import Scene, Scenes, Sentence, Split


def see_all(config: EvalConfig, split: Scenes, asked: Sequence[Scene], folder: RunFolder,
            watcher: Watcher) -> Iterator[dict]:
    """A line for each scene, by a machine that learned from the split's training scenes."""
    import_module("nesy.sight.learn")  # what is imported does not count as the run's memory
    limit_memory(config.memory)
    reader = given_perception(config, split, folder, watcher) if "perception" in config.given else \
        sighted(config, split, folder, watcher)
    for scene in asked:
        yield reader.answer(scene, config.seconds)


def given_perception(config: EvalConfig, split: Scenes, folder: RunFolder, watcher: Watcher) -> Reader:
    """A machine that is told what every image shows."""
    assert split.labels is not None and split.train_labels is not None
    def told(scene: Scene, labels: np.ndarray) -> Sentence:
        return Sentence(scene.id, tuple(str(split.symbols[k]) for k in labels[list(scene.images)]), scene.answer)

    labels = split.labels
    text = Split(split.benchmark, split.name, tuple(told(s, split.train_labels) for s in split.train), (),
                 split.truth, split.domain)
    reader = learned(config, text, folder, watcher)

    def truly(scene: Scene) -> tuple[str, ...]:
        return told(scene, labels).tokens

    return Reader(reader.machine, reader.evidence, truly, truly)


def sighted(config: EvalConfig, split: Scenes, folder: RunFolder, watcher: Watcher) -> Reader:
    """The machine of a run and its network: those saved in its folder, else learned and saved there."""
    from nesy.machine.domains import DOMAINS
    from nesy.sight import store
    from nesy.sight.learn import Config, learn

    given, domain = truths(config, split), DOMAINS[split.domain]
    record = folder.read("learning.json")
    if folder.read("machine.json") is not None and record is not None:
        stored = store.load(folder.path, given.syntax)
        called = record.get("called", {})
    else:
        clock, split = Clock(), seen(config, split)
        names = None if split.train_labels is None else np.array([str(s) for s in split.symbols])[split.train_labels]
        stored, log = learn(split.images, split.train, domain, Config(seed=config.seed), watcher.note, given,
                           names if config.given else None)
        meant = labels_of(stored.network, split)
        called = {} if names is None else {
            word: str(split.symbols[k]) for word, k in zip(stored.words, meant, strict=True)}
        store.save(stored, folder.path)
        folder.write("learning.json", {
            **clock.record(len(split.train), log.held_out_accuracy), "abduced": log.abduced, "explained": log.explained,
            "at_once": log.at_once, "rows_tried": log.tried, "temperature": log.temperature, "notes": log.notes,
            "called": called, **({} if split.labels is None else perception(stored.network, split, meant)),
            "lexicon": {w: {"program": e.meaning.show(w), "certificate": str(e)} for w, e in stored.evidence.items()},
        })
    p = stored.network.judged(split.test_images)
    labels, word = split.labels, {name: w for w, name in called.items()}

    def truly(scene: Scene) -> tuple[str, ...]:
        assert labels is not None
        shown = [str(split.symbols[k]) for k in labels[list(scene.images)]]
        return tuple(word.get(name, name) for name in shown)

    return Reader(stored.machine, stored.evidence, lambda scene: list(p[list(scene.images)]),
                  None if labels is None else truly)
