"""Direct: outputs that a proposer says outright, beside its programs (transduction, as Li et al. 2024 have it).

The same encoder reads the examples, and one row more: inputs without an output. What the decoder
then writes is the output. Nothing verifies it: such guesses are reported apart from answers.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from dsl.errors import NesyError
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from dsl.types import AnyType
from nesy.proposer.model import ProgramModel, known, padded
from nesy.proposer.propose import Transformer, Unread, generation, legible
from nesy.proposer.spelling import read
from nesy.proposer.tokens import END, LONGEST, Vocabulary
from solvers.base import Budget, Result, Status

BEAMS = 4
ATTEMPTS = 2  # guesses at each output


def taught(model: ProgramModel) -> bool:
    """Whether a model was trained to say outputs."""
    return bool(getattr(model.config, "direct", False))


def predict(proposer: Transformer, dsl: DSL, spec: Spec, query: tuple[object, ...], many: int = ATTEMPTS
            ) -> tuple[object, ...]:
    """Up to `many` different outputs for a query, the most probable first.

    Raises:
        NesyError: for a language that the proposer has no words for.
        Unread: for values that it cannot read.
    """
    words = known(proposer.model.config, dsl)
    rows = legible(words, spec)
    try:
        last = words.question(query)
    except NesyError as error:
        raise Unread(str(error)) from None
    if len(last) > LONGEST:
        raise Unread(f"what is asked takes over {LONGEST} words to write")
    with torch.inference_mode():
        encoded, mask = proposer.model.encoded(padded([[*rows, last]]).to(proposer.device))
        out = proposer.model.generate(  # pyright: ignore[reportAttributeAccessIssue]
            encoder_outputs=encoded, attention_mask=mask, generation_config=generation(
                proposer.model, max_new_tokens=LONGEST, num_beams=max(BEAMS, many), length_penalty=0.0,
                num_return_sequences=max(BEAMS, many)))
    found = dict.fromkeys(v for row in out[:, 1:].tolist() for v in _values(words, row, spec.output))
    return tuple(found)[:many]


def _values(words: Vocabulary, row: list[int], t: AnyType) -> list[object]:
    """What was written, where that is a value of the type."""
    said = [words.words[n] for n in row]
    try:
        return [read(said[:said.index(END)], t)]
    except (NesyError, ValueError):
        return []


def guesses(proposer: Transformer, dsl: DSL, spec: Spec, seconds: float = float("inf")) -> tuple[tuple, ...]:
    """The outputs of all queries, a tuple for each attempt; none where one has none, or time runs out before all."""
    until, columns = time.monotonic() + seconds, []
    try:
        for query in spec.queries if taught(proposer.model) else ():
            if columns and time.monotonic() > until:
                return ()
            columns.append(predict(proposer, dsl, spec, query))
            if not columns[-1]:
                return ()
    except Unread:
        return ()
    attempts = max(map(len, columns), default=0)
    return tuple(tuple(c[min(n, len(c) - 1)] for c in columns) for n in range(attempts))


@dataclass(frozen=True)
class Direct:
    """What a proposer says outright: guesses, and no answer."""

    proposer: Transformer
    name: str = "direct"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """No program, and guesses at the outputs of queries."""
        start = time.monotonic()
        torch.set_num_threads(1)
        found = guesses(self.proposer, dsl, spec, budget.seconds)
        return Result(status=Status.UNKNOWN, guesses=found, seconds=time.monotonic() - start, solver=self.name,
                      reason="outputs were guessed at outright, which nothing verifies" if found else
                      "nothing was said outright" if spec.queries else f"{self.name} guesses at queries; there is none")

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """None: guesses are no programs."""
        yield from ()
