"""Completing: puzzles put to the solver, or to a network that learned from what the solver abduced."""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nesy.config import EvalConfig
from nesy.runs.store import RunFolder
from nesy.runs.training import Clock, drawn
from nesy.runs.watch import Watcher
from solvers.base import Status
from solvers.isolate import limit_memory
from tasks.base import OPEN, Puzzle, Puzzles

if TYPE_CHECKING:
    from nesy.abduction.constraints import ByConstraints
    from solvers.asp.complete import Completion

TOGETHER = 64  # puzzles that the network is asked at once


def complete_all(config: EvalConfig, split: Puzzles, asked: Sequence[Puzzle], folder: RunFolder,
                 watcher: Watcher) -> Iterator[dict]:
    """A line for each puzzle: its completion, judged by the rule, beside what the solver says of it."""
    from nesy.abduction.constraints import ByConstraints

    limit_memory(config.memory)
    rule = ByConstraints(split.background, split.symbols)
    if config.solver != "network":
        for puzzle in asked:
            yield line(config, split, rule, puzzle)
        return
    network = learned(config, split, rule, folder, watcher)
    for at in range(0, len(asked), TOGETHER):
        some, start, cpu = asked[at:at + TOGETHER], time.monotonic(), time.process_time()
        wholes = network.complete(np.array([p.givens for p in some]))
        each = (time.monotonic() - start) / len(some), (time.process_time() - cpu) / len(some)
        for puzzle, whole in zip(some, wholes.tolist(), strict=True):
            yield line(config, split, rule, puzzle, tuple(whole), each)


def line(config: EvalConfig, split: Puzzles, rule: "ByConstraints", puzzle: Puzzle,
         proposed: tuple[int, ...] | None = None, spent: tuple[float, float] = (0.0, 0.0)) -> dict:
    """One puzzle's line: the completion proposed, which took these wall and CPU seconds, or else the solver's own.

    Cells are compared with the only completion, or with the whole that the puzzle was made from where there are
    several; where that is not known, they are not compared.
    """
    start, cpu = time.monotonic(), time.process_time()
    found = rule.completer.complete({p: c for p, c in enumerate(puzzle.givens) if c != OPEN}, config.seconds)
    whole = found.classes if proposed is None else proposed
    right = whole is not None and kept(rule, puzzle, whole)
    truth = found.classes if found.unique else puzzle.answer
    status = found.status if proposed is None else Status.SOLVED if right else Status.UNKNOWN
    right_cells = 0 if truth is None or whole is None else sum(a == b for a, b in zip(whole, truth, strict=True))
    cells = {} if truth is None else {"cells": right_cells / len(truth)}  # of what was not completed, none is right
    symbols = None if whole is None else [split.symbols[c] for c in whole]
    seconds, cpu_seconds = (time.monotonic() - start, time.process_time() - cpu) if proposed is None else spent
    return {
        "id": puzzle.id, "status": status.name, "correct": right,
        "program": "" if symbols is None else " ".join(map(str, symbols)),
        "certificate": certificate(found, right), "prediction": symbols, **cells,
        "seconds": round(seconds, 6), "cpu_seconds": round(cpu_seconds, 6),
    }


def kept(rule: "ByConstraints", puzzle: Puzzle, whole: Sequence[int]) -> bool:
    """Whether these classes keep what is given, and the rule."""
    given = all(g in (OPEN, c) for g, c in zip(puzzle.givens, whole, strict=True))
    return given and rule.answer(whole) is True


def certificate(found: "Completion", right: bool) -> str:
    """What the solver says of a completion."""
    if not right:
        return f"none: {'the rule or a given is broken' if found.status is Status.SOLVED else found.status.value}"
    return "unique: no other completion keeps the rule" if found.unique else \
        "checked: the rule and the givens are kept; other completions do so too" if found.several else \
        "checked: the rule and the givens are kept; the solver did not come to an end"


def learned(config: EvalConfig, split: Puzzles, rule: "ByConstraints", folder: RunFolder, watcher: Watcher):
    """The network of a run: the one saved in its folder, else learned and saved there."""
    from nesy.completion import store
    from nesy.completion.learn import Config, learn

    if folder.read("completion.json") is not None and folder.read("learning.json") is not None:
        return store.load(folder.path)
    clock, train = Clock(), drawn(config, split.train)
    network, log = learn(train, rule.completer, [cells for cells, _ in rule.constraints], len(split.symbols),
                         Config(seed=config.seed), watcher.note)
    store.save(network, folder.path)
    folder.write("learning.json", {**clock.record(len(train), None), "inconsistent": log.inconsistent,
                                   "undecided": log.undecided, "unique": log.unique, "losses": log.losses})
    return network
