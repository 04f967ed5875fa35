"""Constraints: background knowledge that is a conjunction, in which symbols are used as often as it likes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from dsl.errors import NesyError
from dsl.interpret import compiled
from dsl.languages.booleans import both, different
from dsl.lazy import cached_property
from dsl.program import Apply, Input, Program
from nesy.abduction.background import value_of
from nesy.abduction.factors import Broken, Different, Factor, Factors, Listed
from solvers.asp.complete import Completer

ENUMERATED = 20_000  # rows of classes that one constraint is tried on


@dataclass(frozen=True)
class ByConstraints:
    """A program `both(..., both(..., ...))` over the symbols' values; symbols[k] is the value of class k.

    >>> from dsl import parse
    >>> from dsl.language import DSL
    >>> from dsl.types import BOOL, INT
    >>> pair = DSL("pair", [different(2), both])
    >>> whole = parse("both(different2(x0, x1), different2(x1, x2))", pair, (INT,) * 3, BOOL)
    >>> ground = ByConstraints(whole, (0, 1))
    >>> p = np.array([[[0.9, 0.1], [0.5, 0.5], [0.6, 0.4]]])
    >>> posterior, logs = ground.explanations(True).posterior(p)
    >>> posterior.round(2).tolist(), np.exp(logs).round(2).tolist()
    ([[[0.93, 0.07], [0.07, 0.93], [0.93, 0.07]]], [0.29])
    """

    program: Program
    symbols: tuple[object, ...]

    exact = True

    def answer(self, classes: Sequence[int]) -> object:
        """The program's value on these symbols."""
        return value_of(self.program, self.symbols, classes)

    def explanations(self, answer: object, p: np.ndarray | None = None) -> Factors | Broken | None:
        """That all constraints hold, or that they do not."""
        return {True: self.whole, False: Broken(self.whole)}.get(answer) if isinstance(answer, bool) else None

    def read(self, p: np.ndarray) -> np.ndarray:
        """The most probable symbols of each position."""
        return p.argmax(1)

    def scores(self, p: Sequence[np.ndarray]) -> np.ndarray:
        """The log-probability that all constraints hold in each scene, by its class probabilities (positions, classes).

        Bethe's, so it may be above 0.
        """
        return self.whole.posterior(np.stack(p))[1]

    @cached_property
    def constraints(self) -> list[tuple[tuple[int, ...], list[list[int]] | None]]:
        """The positions of each, and the rows of classes that they may have; None where all have to be different."""
        return [(cells, factor.rows.tolist() if isinstance(factor, Listed) else None)
                for cells, factor in self.whole.factors]

    @property
    def positions(self) -> int:
        """How many there are."""
        return 1 + max(max(cells) for cells, _ in self.constraints)

    @cached_property
    def completer(self) -> Completer:
        """The solver under these constraints."""
        return Completer(self.positions, len(self.symbols), self.constraints)

    @cached_property
    def whole(self) -> Factors:
        """The constraints as factors, equal ones shared.

        Raises:
            NesyError: for a constraint that has too many rows to try.
        """
        made: dict[object, Factor] = {}
        found = []
        for part in _conjuncts(self.program):
            cells = tuple(dict.fromkeys(p.index for p in part.walk() if isinstance(p, Input)))
            shape = str(part.replace(lambda p, cells=cells: Input(cells.index(p.index), p.type)
                                     if isinstance(p, Input) else None))
            if shape not in made:
                made[shape] = self._factor(part, cells)
            found.append((cells, made[shape]))
        return Factors(tuple(found))

    def _factor(self, part: Program, cells: tuple[int, ...]) -> Factor:
        n, k = len(cells), len(self.symbols)
        if isinstance(part, Apply) and part.function == different(n) and len(part.args) == n and \
                len(set(map(repr, self.symbols))) == k:
            if n > k:  # which never holds
                return Listed(np.empty((0, n), dtype=int), k)
            if 1 << k <= ENUMERATED:
                return Different(n, k)
        if k**n > ENUMERATED:
            raise NesyError(f"background program: {part} has {k}^{n} rows of symbols, more than {ENUMERATED:,}; divide "
                            "it into smaller constraints")
        call, width = compiled(part), 1 + max(cells)
        rows = []
        for row in product(range(k), repeat=n):
            values: list[object] = [None] * width
            for cell, c in zip(cells, row, strict=True):
                values[cell] = self.symbols[c]
            if call(tuple(values)) is True:
                rows.append(row)
        return Listed(np.array(rows, dtype=int).reshape(-1, n), k)


def _conjuncts(program: Program) -> Iterator[Program]:
    todo = [program]
    while todo:
        part = todo.pop()
        if isinstance(part, Apply) and part.function == both:
            todo.extend(reversed(part.args))
        else:
            yield part


def threshold(scores: np.ndarray, holds: Sequence[bool]) -> float:
    """The score above which scenes are taken to hold: with the fewest errors, midway between its two neighbours.

    >>> threshold(np.array([-9.0, -1.0, -2.0, -8.0]), [False, True, True, False])
    -5.0
    """
    order = np.argsort(scores)
    ranked, right = scores[order], np.array(holds)[order]
    errors = np.concatenate([[0], np.cumsum(right)]) + np.concatenate([np.cumsum(~right[::-1])[::-1], [0]])
    errors[1:-1][ranked[1:] == ranked[:-1]] = len(scores) + 1  # no limit lies between equal scores
    at = int(errors.argmin())
    around = np.concatenate([[ranked[0] - 1], ranked, [ranked[-1] + 1]])
    return float((around[at] + around[at + 1]) / 2)
