"""Completions: background knowledge that completes what is seen, where some images show open positions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dsl.lazy import cached_property
from dsl.program import Program
from nesy.abduction.constraints import ByConstraints
from nesy.abduction.explanations import TINY, Table
from solvers.asp.complete import Completer

LISTED = 4_096  # explanations of a scene at most


@dataclass(frozen=True)
class ByCompletion:
    """A rule over the symbols of all positions; the class `open` is none of them.

    An answer has the symbols of open positions, and the symbol `open` at the others.

    >>> from dsl import parse
    >>> from dsl.language import DSL
    >>> from dsl.languages.booleans import both, different
    >>> from dsl.types import BOOL, INT
    >>> pair = parse("different2(x0, x1)", DSL("pair", [different(2)]), (INT, INT), BOOL)
    >>> ground = ByCompletion(pair, (0, 7, 8), open=0)
    >>> ground.answer([0, 1])
    (8, 0)
    >>> ground.explanations((8, 0)).rows.tolist()
    [[0, 1]]
    """

    program: Program
    symbols: tuple[object, ...]
    open: int = field(kw_only=True)

    exact = True

    def answer(self, classes: Sequence[int]) -> tuple[object, ...] | None:
        """What belongs at the open positions, the first completion that there is; None where there is none."""
        whole = self._completed(self._givens(classes))
        return whole and tuple(self._values[c] if seen == self.open else self.symbols[self.open]
                               for c, seen in zip(whole, classes, strict=True))

    def explanations(self, answer: object, p: np.ndarray | None = None) -> Table | None:
        """The symbols of the positions that are not open: what the rule allows, `LISTED` rows at most."""
        if not isinstance(answer, tuple) or len(answer) != self.positions:
            return None
        told = {at: value for at, value in enumerate(answer) if value != self.symbols[self.open]}
        if not set(told.values()) <= set(self._values):
            return None
        found, _ = self._completer.every({at: self._values.index(value) for at, value in told.items()}, LISTED)
        rows = self._classes[np.array(found, dtype=int).reshape(-1, self.positions)]
        rows[:, list(told)] = self.open
        return Table(rows) if len(rows) else None

    def read(self, p: np.ndarray) -> np.ndarray:
        """The most probable symbols that can be completed; which positions are open, each image tells by itself."""
        classes = p.argmax(1)
        givens = self._givens(classes)
        if self._completed(givens) is None:
            logs = np.log(np.maximum(p[:, self._classes], TINY))
            whole = self._completer.likeliest({at: logs[at].tolist() for at in givens})
            if whole is not None:
                classes[list(givens)] = self._classes[np.array(whole)[list(givens)]]
        return classes

    @cached_property
    def _classes(self) -> np.ndarray:
        """The classes that the rule is about; the rule counts them from 0."""
        return np.array([c for c in range(len(self.symbols)) if c != self.open])

    @cached_property
    def _values(self) -> tuple[object, ...]:
        return tuple(self.symbols[c] for c in self._classes)

    @cached_property
    def _completer(self) -> Completer:
        return ByConstraints(self.program, self._values).completer

    @property
    def positions(self) -> int:
        """How many there are."""
        return self._completer.positions

    def _completed(self, givens: Mapping[int, int]) -> tuple[int, ...] | None:
        """The first completion; whether it is the only one is not asked."""
        return next(iter(self._completer.every(givens, 1)[0]), None)

    def _givens(self, classes: Sequence[int]) -> dict[int, int]:
        number = {int(c): k for k, c in enumerate(self._classes)}
        return {at: number[int(c)] for at, c in enumerate(classes) if c != self.open}
