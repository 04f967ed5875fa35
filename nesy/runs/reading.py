"""Reading: a learned machine put to a benchmark's sentences or scenes, and what is at fault where it errs."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dsl.interpret import Stop, time_limit
from solvers.base import Status
from tasks.score import correct


@dataclass(frozen=True)
class Reader:
    """A learned machine and the evidence for its words.

    `faced` says of what is asked what the machine's perception is given; `truly`, where that is
    known, the words that it should have seen.
    """

    machine: Any
    evidence: Mapping[str, Any]
    faced: Callable[[Any], Sequence[object]]
    truly: Callable[[Any], tuple[str, ...]] | None = None

    def answer(self, asked: Any, seconds: float) -> dict:
        """One task's line: what the machine says, how sure that is, and whether it is right."""
        from nesy.machine.evidence import standing

        start, cpu, status, program, certificate, prediction = time.monotonic(), time.process_time(), "", "", "", None
        words: tuple[str, ...] | None = None
        try:
            with time_limit(seconds):
                reading = self.machine.read(self.faced(asked))
                program, prediction, words = reading.show(), reading.value, reading.words
                status = Status.SOLVED.name if reading.tree is not None else Status.UNKNOWN.name
                certificate = standing(self.machine, reading, self.evidence)
        except Stop as stop:
            status, certificate = status or Status.TIMEOUT.name, f"none: {stop.failure}"
        spent = {"seconds": round(time.monotonic() - start, 6), "cpu_seconds": round(time.process_time() - cpu, 6)}
        right = status == Status.SOLVED.name and correct(prediction, asked.answer)
        fault = {} if right or words is None or self.truly is None else {
            "fault": self.fault(words, self.truly(asked), asked.answer, seconds)}
        return {
            "id": asked.id, "status": status, "correct": right, "program": program, "certificate": certificate,
            "prediction": prediction, **spent, **fault,
        }

    def fault(self, words: tuple[str, ...], truth: tuple[str, ...], answer: object, seconds: float) -> str:
        """The first module that, put right, makes the answer right: perception, syntax; else semantics."""
        try:
            with time_limit(seconds):
                if words != truth and correct(self.machine.understand(truth)[0].value, answer):
                    return "perception"
                given = self.machine.syntax is not None  # the true trees: no fault of theirs
                return "semantics" if given or self.machine.right_tree(truth, answer) is None else "syntax"
        except Stop:
            return "not found in time"
