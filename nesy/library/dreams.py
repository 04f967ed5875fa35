"""Dreams: a proposer taught between two rounds, on drawn programs and on the solutions found so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsl.language import DSL
from nesy.engine import equipped
from nesy.library.compress import Solution
from solvers.base import Solver


@dataclass(frozen=True, kw_only=True)
class Dreaming:
    """Trains a proposer for a language with its abstractions; gives the solver that goes on with it.

    Its folders are `proposer-1`, `proposer-2`, ... within `folder`, one for each round.
    """

    folder: Path
    solver: str
    minutes: float
    seed: int = 0
    notice: Callable[[str], None] = lambda text: None

    def taught(self, dsl: DSL, solutions: Sequence[Solution], number: int) -> Solver:
        """The solver, with a proposer that dreamed in the language and replayed the solutions, written in it."""
        from nesy.proposer.graft import suggested
        from nesy.proposer.replay import Replay, hindsight  # here, for they load torch
        from nesy.proposer.samples import Stream
        from nesy.proposer.train import Config, train

        folder = self.folder / f"proposer-{number}"
        config = Config(minutes=self.minutes, seed=self.seed, held_out=min(20, max(2, int(20 * self.minutes))),
                        start=suggested(dsl))
        stream = Stream(dsl, seed=self.seed, sizes=config.sizes)
        samples = tuple(filter(None, (hindsight(s.program, s.spec, stream) for s in solutions)))
        train(dsl, folder, config, replay=Replay(samples, (1.0,) * len(samples)) if samples else None,
              command=f"a proposer of round {number} of a library", notice=self.notice)
        return equipped(self.solver, str(folder))
