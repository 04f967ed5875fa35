"""Replay: what a proposer wrote for real tasks, as samples of what that does (hindsight, as CodeIt: Butt et al. 2024).

A program that is wrong for its task is right for the task whose outputs are the program's own. The
nearer those are to the real ones, the more often it is drawn; goals themselves are never shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from dsl.errors import DSLError
from dsl.grammar import Grammar
from dsl.inputs import seeded
from dsl.interpret import Failure, Stop, run, time_limit
from dsl.laws import same
from dsl.program import Program
from dsl.spec import Example, Spec
from nesy.proposer.propose import Transformer, Unread
from nesy.proposer.samples import LIMITS, SECONDS, Sample, Stream, telling
from nesy.proposer.tokens import INPUTS, derived
from tasks import Task

MANY = 64  # programs drawn for a task
LARGEST = 16  # nodes of one
NEAR = 4.0  # times as often as any other, a program is drawn that is right on all examples


@dataclass(frozen=True)
class Replay:
    """Samples, and how often each is drawn, beside the others."""

    samples: tuple[Sample, ...]
    priorities: tuple[float, ...]

    def draw(self, rng: Random) -> Sample:
        """One of them."""
        return rng.choices(self.samples, self.priorities)[0]


@dataclass(frozen=True)
class Mixed:
    """A stream in which a share of the samples is replayed; sample i depends on the seed and i alone, as before."""

    stream: Stream
    replay: Replay
    share: float

    def sample(self, i: int) -> Sample:
        """The sample of this number."""
        rng = seeded("replay", self.stream.seed, i)
        return self.replay.draw(rng) if rng.random() < self.share else self.stream.sample(i)

    def grammar(self, spec: Spec) -> Grammar:
        """The grammar of a signature."""
        return self.stream.grammar(spec)


def collect(proposer: Transformer, tasks: Iterable[Task], stream: Stream, many: int = MANY, seed: int = 0,
            notice: Callable[[str], None] = lambda text: None) -> Replay:
    """What a proposer writes for these tasks and what that does to their inputs.

    Programs that fail, or tell nothing, are left out, and so is what the stream holds out.
    """
    found: dict[tuple[str, Program], tuple[Sample, float]] = {}
    for number, task in enumerate(tasks):
        notice(f"replay: task {number}, {len(found)} samples")
        try:
            proposals = proposer.propose(task.dsl, task.spec, many, LARGEST, beams=False, seed=seed)
        except Unread:
            continue
        for p in proposals:
            made = hindsight(p.program, task.spec, stream)
            if made is not None:
                found[task.id, p.program] = made, 1 + (NEAR - 1) * _right(made.spec, task.spec)
    return Replay(tuple(s for s, _ in found.values()), tuple(w for _, w in found.values()))


def hindsight(program: Program, spec: Spec, stream: Stream) -> Sample | None:
    """A program as a sample of what it does to a task's inputs; None where that is nothing to learn from, or slow."""
    rows = [e.inputs for e in spec.examples]
    if len(spec.inputs) > INPUTS:
        return None
    grammar = stream.grammar(spec)
    try:
        with time_limit(SECONDS):
            list(derived(grammar, program, grammar.start))  # to be learned from, it has to be written
            outputs = [run(program, row, LIMITS) for row in rows]
            if any(isinstance(o, Failure) for o in outputs) or not telling(program, rows, outputs, stream.writes):
                return None
            if stream.holds_out(program, spec.inputs, spec.output) != stream.held_out:
                return None
    except (Stop, DSLError):  # slow, or of another grammar
        return None
    return Sample(Spec(inputs=spec.inputs, output=spec.output,
                       examples=[Example(*row, output=o) for row, o in zip(rows, outputs, strict=True)]), program)


def _right(made: Spec, goal: Spec) -> float:
    """The share of examples on which a program gave what was asked for."""
    return sum(same(a.output, b.output) for a, b in zip(made.examples, goal.examples, strict=True)) / len(goal.examples)
