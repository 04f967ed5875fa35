"""Shown: what rules ask of pictures: what is said of their cells, the pictures moved, pieces where they lie."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

import numpy as np

from dsl.interpret import run
from dsl.language import DSL
from dsl.languages.grids import Colour, Grid, features, places, relations
from dsl.languages.grids.combine import within
from dsl.languages.grids.features import MOVED, flooded
from dsl.languages.grids.numbers import COUNTED
from dsl.languages.grids.transforms import stretched
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Program
from solvers.entry import FAULTS, Entry
from solvers.grids.rules import Picture
from solvers.grids.say import COLOUR
from solvers.grids.sizes import Number

SAID = (*features.FEATURES, *places.FOR_CELLS, *relations.RELATIONS)  # what rules ask of pictures, and no bank holds
PAINTED = frozenset({*features.PAINTED, *places.PAINTED, *relations.PAINTED})  # those of them that say colours
SIMPLE, MOST_SIMPLE = 3, 12  # the highest cost, and the number, of pictures whose features are looked at
STRANGE = 3  # what it costs to take a colour from what a feature counts
FIRST, FAR = 3, 4  # pictures that are moved, and the cells that they are moved in one direction
PLAIN = 1  # what a picture of one colour costs in rules


@dataclass
class Shown:
    """Pictures that are made for rules alone, of a language and in some worlds; each is made once."""

    dsl: DSL
    worlds: Sequence[tuple[object, ...]]
    function: Callable[[Primitive], Callable] = attrgetter("function")
    told: dict[Program, Picture | None] = field(default_factory=dict)

    def plain(self, like: Picture, colours: Iterable[int]) -> list[Picture]:
        """Pictures of one colour each, of the size of another."""
        return [Picture(Apply(flooded, (like.program, Const(Colour(k), COLOUR))), PLAIN,
                        np.full_like(like.cells, k)) for k in colours]

    def placed(self, like: Picture, pieces: Iterable[Entry], numbers: Iterable[Number], until: float,
               ) -> Iterator[Picture]:
        """Pieces where they lie in another picture, or enlarged to its size; the first cells that numbers count."""
        there = self.values(like)
        for entry in pieces:
            if time.monotonic() > until:
                return
            for put in (within, stretched):
                found = self.shown(Apply(put, (entry.program, like.program)), entry.cost + like.cost + 1,
                                   entry.values, there)
                if found is not None and found.cells.any():
                    yield found
        for number in numbers:
            for first in COUNTED:
                called = Apply(first, (number.program, like.program))
                found = self.shown(called, number.cost + like.cost + 1, number.values, there)
                if found is not None:
                    yield found

    def said(self, simple: Sequence[Picture], pictures: Iterable[Picture], until: float) -> Iterator[Picture]:
        """Features of simple pictures that are not among others, and the first of them moved by a few cells."""
        seen = {p.cells.tobytes() for p in pictures}
        known = set(self.dsl.primitives)
        todo = [(p, [feature for feature in SAID if feature in known]) for p in simple]
        colours = [(c,) for c in self.dsl.constants if c.type == COLOUR]
        for n, (of, asked) in enumerate(todo):
            values = self.values(of)
            for feature in asked:
                if time.monotonic() > until:
                    return
                for args in colours if len(feature.params) > 1 else [()]:
                    called = Apply(feature, (of.program, *args))
                    found = self.shown(called, of.cost + 1, values, *([c.value] * len(values) for c in args))
                    if found is None or (key := found.cells.tobytes()) in seen:
                        continue
                    seen.add(key)
                    yield replace(found, strange=0 if feature in PAINTED else STRANGE)
                    if feature in MOVED and (n < FIRST or n >= len(simple)) and _near(found.program):
                        todo.append((found, [step for step in MOVED if step in known]))

    def shown(self, program: Apply, cost: int, *args: Sequence[object]) -> Picture | None:
        """What a call shows, given its arguments' values in all worlds; None where it fails in one."""
        if program not in self.told:
            try:
                grids = list(map(self.function(program.function), *args))
                self.told[program] = Picture(program, cost, np.concatenate([g.cells.ravel() for g in grids]))  # type: ignore[attr-defined]
            except FAULTS:
                self.told[program] = None
        return self.told[program]

    def values(self, picture: Picture) -> list[Grid]:
        """A picture's grids in all worlds."""
        return [run(picture.program, inputs) for inputs in self.worlds]  # type: ignore[misc]


def _near(program: Program) -> bool:
    """Whether a moved picture may be moved once more: up to two steps this way and that, or a few in one direction."""
    steps = []
    while isinstance(program, Apply) and program.function in MOVED:
        steps.append(program.function)
        program = program.args[0]
    return len(steps) < (2 if len(set(steps)) > 1 else FAR)
