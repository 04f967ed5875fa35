"""Learn: to complete puzzles, from puzzles alone.

1. The solver abduces a completion of each training puzzle; those without any are counted.
2. The network learns to complete parts of these wholes: random ones, no more of them open than
   in training, and the puzzles' own givens with some of what was abduced.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from dsl.errors import NesyError
from nesy.completion.network import Relational
from nesy.threads import one_thread
from solvers.asp.complete import Completer
from solvers.base import Status
from tasks.base import OPEN, Puzzle


@dataclass(frozen=True, kw_only=True)
class Config:
    """How learning goes; fewer steps and a narrower network than would be best, for speed."""

    seed: int = 0
    steps: int = 500
    per_puzzle: float = 1.0  # further steps
    batch: int = 16
    rate: float = 0.004
    own: float = 0.5  # share of examples that keep a puzzle's own givens


@dataclass(frozen=True)
class Log:
    """What learning did: puzzles, those that nothing completes, those that the solver did not decide in time, those
    with one completion only, the loss by steps.
    """

    puzzles: int
    inconsistent: int
    undecided: int
    unique: int
    losses: tuple[float, ...]


@one_thread()
def learn(puzzles: Sequence[Puzzle], completer: Completer, groups: Sequence[Sequence[int]], classes: int,
          config: Config = Config(), note: Callable[[str], None] = lambda text: None) -> tuple[Relational, Log]:
    """A network that completes such puzzles.

    Raises:
        NesyError: where no puzzle has a completion.
    """
    givens, wholes, unique, undecided = [], [], 0, 0
    for puzzle in puzzles:
        found = completer.complete({p: c for p, c in enumerate(puzzle.givens) if c != OPEN})
        unique += found.unique
        undecided += found.status is Status.TIMEOUT
        if found.classes is not None:
            givens.append(puzzle.givens)
            wholes.append(found.classes)
    if not wholes:
        late = f"; {undecided} were not decided in time" if undecided else ""
        raise NesyError(f"nothing to learn: no puzzle of training can be completed so that the rule holds{late}")
    note(f"{len(wholes)} of {len(puzzles)} puzzles completed, {unique} of them in one way only")
    network = Relational(len(wholes[0]), classes, groups, seed=config.seed)
    losses = fit(network, np.array(givens), np.array(wholes), config, note)
    return network, Log(len(puzzles), len(puzzles) - len(wholes) - undecided, undecided, unique, tuple(losses))


def fit(network: Relational, givens: np.ndarray, wholes: np.ndarray, config: Config,
        note: Callable[[str], None]) -> list[float]:
    """Fit to parts of these wholes; returns the mean loss of every hundred steps, in nats an open position."""
    rng = np.random.default_rng(config.seed)
    most, steps = float((givens == OPEN).mean(1).max()), config.steps + round(config.per_puzzle * len(wholes))
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.rate, total_steps=steps + 1, pct_start=0.1)
    losses, found = [], []
    network.train()
    for step in range(steps):
        chosen = rng.integers(len(wholes), size=config.batch)
        shown, whole = parts(rng, givens[chosen], wholes[chosen], most, config.own), wholes[chosen]
        logits = network(torch.from_numpy(shown))
        open_ = torch.from_numpy(shown == OPEN)
        target = torch.from_numpy(whole)[open_]
        loss = functional.cross_entropy(logits[:, open_].flatten(0, 1), target.repeat(len(logits)))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            found.append(float(np.mean(losses[-100:])))
            note(f"step {step + 1} of {steps}: loss {found[-1]:.3f}")
    return found


def parts(rng: np.random.Generator, givens: np.ndarray, wholes: np.ndarray, most: float, own: float) -> np.ndarray:
    """Some of each whole: a random part with at most so large a share open, or its givens and some more."""
    share = most * rng.random((len(wholes), 1))
    hidden = rng.random(wholes.shape) < share
    hidden = np.where(rng.random((len(wholes), 1)) < own, (givens == OPEN) & (hidden | (share > most / 2)), hidden)
    hidden[np.arange(len(wholes)), rng.integers(wholes.shape[1], size=len(wholes))] = True
    return np.where(hidden, OPEN, wholes)
