"""Rules: each cell of the answer as a picture shows it, chosen by what other pictures show at its place.

All pictures of the answer's size that a search has built are at once features and sources: a rule says that
where one picture (or two) shows a colour, the answer is as a further picture has it; where no rule speaks, it
is as one picture has it everywhere. Candidate rules that no training cell speaks against are found by matrix
products; answer set programming picks the cheapest ones that together make every cell right.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dsl.program import Program
from solvers.asp.cover import cheapest
from solvers.grids.beam import sound
from solvers.grids.say import Shows, choose

LITERALS = 500  # tests that rules are made of, at most
SOURCES = 40  # pictures that a rule may take cells from: those that are right on most
SIMPLE = 16  # and the simplest
DEFAULTS = 6  # pictures for what no rule speaks of, beside the simplest
CHEAP = 0.004  # share of cells that one unit of cost is worth
LONGEST, BEAM = 3, 30  # tests of a rule, and how many unfinished ones are gone on with
KEPT = 250  # candidate rules of a source, and of so many tests
RULE = 2  # what a rule costs beside its pictures


@dataclass(frozen=True)
class Picture:
    """A program, its cost, and the cells that it gives in each world, one after another.

    `strange` is what it costs more to take cells from it: of what counts or ranks, and is no colour.
    """

    program: Program
    cost: int
    cells: np.ndarray
    strange: int = 0


@dataclass(frozen=True)
class Test:
    """Where a picture shows a colour, or (negated) does not."""

    picture: Picture
    colour: int
    negated: bool
    where: np.ndarray


@dataclass(frozen=True)
class Rule:
    """Where all tests hold, the answer is as the source."""

    tests: tuple[Test, ...]
    source: Picture

    @property
    def cost(self) -> int:
        """Of its pictures, and of itself."""
        return RULE + self.source.cost + self.source.strange + sum(t.picture.cost for t in self.tests)


def induce(pictures: Sequence[Picture], target: np.ndarray, until: float) -> Iterator[tuple[int, Program]]:
    """Programs that are right on all cells, each with its cost, one for each picture that may stand for the rest.

    pictures: cheapest first, all of one size in each world; their first cells are those of the target.
    """
    n = len(target)
    _, first = np.unique(np.stack([target, *(p.cells[:n] for p in pictures)]), axis=1, return_index=True)  # once each
    target = target[first]
    shown = np.stack([p.cells[first] for p in pictures])
    right = shown == target
    tests = _tests(pictures, shown)
    if not tests:
        return
    matrix = np.stack([t.where for t in tests]).astype(np.float32)
    prices = np.array([t.picture.cost for t in tests], dtype=np.float32)
    sources = _sources(pictures, right)
    least = min(p.cost for p in pictures)
    for default in dict.fromkeys((*sources[:DEFAULTS], *(k for k in sources if pictures[k].cost == least))):
        if time.monotonic() > until:
            return
        wrong = ~right[default]
        if not wrong.any():
            yield pictures[default].cost + pictures[default].strange, pictures[default].program
            continue
        rules: dict[bytes, tuple[Rule, np.ndarray]] = {}
        for source in sources:
            if time.monotonic() > until:
                return
            if source == default or not (useful := right[source] & wrong).any():
                continue
            for chosen in sound(matrix, prices, useful.astype(np.float32), (~right[source]).astype(np.float32),
                                longest=LONGEST, beam=BEAM, kept=KEPT, until=until):
                rule = Rule(tuple(tests[t] for t in chosen), pictures[source])
                covered = useful & matrix[list(chosen)].all(0)
                old = rules.get(key := covered.tobytes())
                if old is None or rule.cost < old[0].cost:
                    rules[key] = (rule, covered)
        found = _fewest([r for r, _ in rules.values()], [c for _, c in rules.values()], wrong, until)
        if found is not None:
            base = pictures[default]
            yield base.cost + base.strange + sum(r.cost for r in found), _program(base, found)


def _sources(pictures: Sequence[Picture], right: np.ndarray) -> list[int]:
    """The pictures that are right on most cells, cheap ones before others; the simplest; of those alike one."""
    worth = right.mean(1) - CHEAP * np.array([p.cost + p.strange for p in pictures])
    first: dict[bytes, int] = {}
    for k in sorted(range(len(pictures)), key=lambda k: pictures[k].cost + pictures[k].strange):
        if right[k].any():
            first.setdefault(right[k].tobytes(), k)
    cheapest_first = list(first.values())
    return list(dict.fromkeys((*sorted(cheapest_first, key=lambda k: -worth[k])[:SOURCES], *cheapest_first[:SIMPLE])))


def _tests(pictures: Sequence[Picture], shown: np.ndarray) -> list[Test]:
    found: dict[bytes, Test] = {}
    for p, cells in zip(pictures, shown, strict=True):
        for colour in np.unique(cells).tolist():
            for negated in (False, True):
                holds = (cells == colour) != negated
                if holds.any() and not holds.all():
                    found.setdefault(holds.tobytes(), Test(p, colour, negated, holds))
        if len(found) >= LITERALS:
            break
    return list(found.values())


def _fewest(rules: Sequence[Rule], covers: Sequence[np.ndarray], wrong: np.ndarray, until: float) -> list[Rule] | None:
    if not rules:
        return None
    table = np.stack(covers)[:, wrong]
    if not table.any(0).all():
        return None
    columns = np.unique(table, axis=1)
    asked = [(r.cost, np.flatnonzero(row).tolist()) for r, row in zip(rules, columns, strict=True)]
    found = cheapest(asked, columns.shape[1], seconds=min(3.0, max(0.1, until - time.monotonic())))
    return None if found is None else [rules[k] for k in found[0]]


def _program(default: Picture, rules: Sequence[Rule]) -> Program:
    """The rules, each said of what those after it leave, the cheapest last."""
    program = default.program
    for rule in sorted(rules, key=lambda r: -r.cost):
        tests = [Shows(t.picture.program, t.colour, t.negated) for t in rule.tests]
        program = choose(tests, rule.source.program, program)
    return program
