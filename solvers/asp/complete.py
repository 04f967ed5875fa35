"""Complete: a class for every position such that constraints hold, and whether it is the only one."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import clingo

from solvers.asp.run import last
from solvers.base import Status

Rows = Sequence[Sequence[int]]
SCALE = 1000  # thousandths of a nat
LEAST = -20.0  # nats: no class is impossible


@dataclass(frozen=True)
class Completion:
    """The classes of all positions, none where there are none, and whether other classes fit the givens.

    status: SOLVED, INFEASIBLE, or TIMEOUT where the time ran out; unique: no other classes fit; several: others do.
    Where neither is so, the time ran out before another was found.
    """

    status: Status
    classes: tuple[int, ...] | None
    unique: bool
    seconds: float
    several: bool = False


class Completer:
    """Constraints, and any number of puzzles completed under them, each on its own.

    Each constraint is the positions that it is about and the rows of classes that they may have; None in
    place of rows says that all are of different classes.

    >>> pair = Completer(2, 2, [((0, 1), None)])
    >>> pair.complete({0: 1}).classes, pair.complete({}).unique, pair.complete({0: 1, 1: 1}).status.name
    ((1, 0), False, 'INFEASIBLE')
    """

    def __init__(self, positions: int, classes: int, constraints: Iterable[tuple[Sequence[int], Rows | None]]):
        self.positions = positions
        facts = [f"position(0..{positions - 1}). class(0..{classes - 1})."]
        for u, (cells, rows) in enumerate(constraints):
            if rows is None:
                facts += [f"different({u},{cell})." for cell in cells]
            else:
                facts += [f"rows({u})."]
                facts += [f"listed({u},{r},{cell},{c})." for r, row in enumerate(dict.fromkeys(map(tuple, rows)))
                          for cell, c in zip(cells, row, strict=True)]
        self._program = files("solvers.asp").joinpath("complete.lp").read_text("utf-8") + "\n".join(facts)

    def complete(self, givens: Mapping[int, int], seconds: float = 10.0) -> Completion:
        """The first completion of these positions' classes; a second one is looked for to tell whether it is unique."""
        start = time.monotonic()
        found, ended = self.every(givens, 2, seconds)
        status = Status.SOLVED if found else Status.INFEASIBLE if ended else Status.TIMEOUT
        return Completion(status, found[0] if found else None, ended and len(found) == 1, time.monotonic() - start,
                          len(found) > 1)

    def every(self, givens: Mapping[int, int], most: int, seconds: float = 10.0) -> tuple[list[tuple[int, ...]], bool]:
        """The completions of these positions' classes, the first `most` of them, and whether the search went so far.

        >>> found, ended = Completer(2, 2, [((0, 1), None)]).every({}, 5)
        >>> sorted(found), ended
        ([(0, 1), (1, 0)], True)
        """
        deadline = time.monotonic() + seconds
        assumed = [(clingo.Function("symbol", [clingo.Number(p), clingo.Number(c)]), True) for p, c in givens.items()]
        found: list[tuple[int, ...]] = []
        _, ended = last(self._control(f"--models={most}"), deadline, lambda model: found.append(self._read(model)),
                        assumed)
        return found, ended

    def likeliest(self, logs: Mapping[int, Sequence[float]], seconds: float = 10.0) -> tuple[int, ...] | None:
        """The classes of all positions of which those at some are most probable together; None where there are none.

        logs: the log-probability of each class, at each of these positions. Any-time: the best found so far.

        >>> Completer(2, 2, [((0, 1), None)]).likeliest({0: [-0.1, -2.4], 1: [-0.5, -0.9]})
        (0, 1)
        """
        deadline = time.monotonic() + seconds
        costs = "".join(f"cost({p},{c},{round(-SCALE * max(q, LEAST))})." for p, row in logs.items()
                        for c, q in enumerate(row))
        return last(self._control("--opt-strategy=usc,stratify", costs), deadline, self._read)[0]

    def _control(self, option: str, facts: str = "") -> clingo.Control:
        control = clingo.Control(["--warn=none", option])  # a new one: another puzzle must not change the answer
        control.add("base", [], self._program + facts)
        control.ground([("base", [])])
        return control

    def _read(self, model: clingo.Model) -> tuple[int, ...]:
        classes = [0] * self.positions
        for atom in model.symbols(shown=True):
            classes[atom.arguments[0].number] = atom.arguments[1].number
        return tuple(classes)
