"""Shown: what rules ask of pictures: what is said of their cells, the pictures moved, pieces where they lie."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

import numpy as np

from dsl.interpret import run
from dsl.language import DSL
from dsl.languages.grids import Colour, Grid, features, places, relations, surroundings
from dsl.languages.grids.combine import agreeing, within
from dsl.languages.grids.features import MOVED, flooded
from dsl.languages.grids.numbers import COUNTED, numbered
from dsl.languages.grids.transforms import stretched
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Program
from solvers.entry import FAULTS, Entry
from solvers.grids.rules import Picture
from solvers.grids.say import COLOUR
from solvers.grids.sizes import Number

# What rules ask of pictures, and no bank holds.
SAID = (*features.FEATURES, *places.FOR_CELLS, *relations.RELATIONS, *surroundings.SURROUNDINGS)
# Those of them that say colours.
PAINTED = frozenset({*features.PAINTED, *places.PAINTED, *relations.PAINTED, *surroundings.PAINTED})
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
        """Pieces where they lie in another picture, or enlarged to its size; what numbers say.

        Numbers are shown as colours, and where the picture was made by number, as its first cells, so many of them.
        """
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
            for told in (numbered, *COUNTED) if like.cost > SIMPLE else (numbered,):
                called = Apply(told, (number.program, like.program))
                found = self.shown(called, number.cost + like.cost + 1, number.values, there)
                if found is not None:
                    yield replace(found, strange=STRANGE if told is numbered else 0)

    def said(self, simple: Sequence[Picture], pictures: Iterable[Picture], until: float) -> Iterator[Picture]:
        """What is said of simple pictures that is not among others; of a few of them, moved by a few cells, too.

        Also where the first of them shows what another one does, and where a few show what is said of them in colours.
        """
        seen, known = {p.cells.tobytes() for p in pictures}, set(self.dsl.primitives)
        steps = [step for step in MOVED if step in known]

        def new(some: Iterable[Picture]) -> Iterator[Picture]:
            for p in some:
                if (key := p.cells.tobytes()) not in seen:
                    seen.add(key)
                    yield p

        if agreeing in known:
            yield from new(_agreeing(simple[0], other) for other in simple[1:])
        todo = [(p, [feature for feature in SAID if feature in known]) for p in simple]
        for n, (of, asked) in enumerate(todo):
            for p in new(self.features(of, asked, until)):
                yield p
                if n < FIRST and not p.strange and agreeing in known:
                    yield from new([_agreeing(of, p)])
                if (n < FIRST or n >= len(simple)) and _near(p.program):
                    todo.append((p, steps))

    def features(self, of: Picture, asked: Iterable[Primitive], until: float) -> Iterator[Picture]:
        """What is said of a picture, of each colour where it is asked of one."""
        values = self.values(of)
        colours = [(c,) for c in self.dsl.constants if c.type == COLOUR]
        for feature in asked:
            if time.monotonic() > until:
                return
            for args in colours if len(feature.params) > 1 else [()]:
                found = self.shown(Apply(feature, (of.program, *args)), of.cost + 1, values,
                                   *([c.value] * len(values) for c in args))
                if found is not None:
                    yield replace(found, strange=0 if feature in PAINTED else STRANGE)

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


def _agreeing(one: Picture, other: Picture) -> Picture:
    """Where a picture shows what another does."""
    return Picture(Apply(agreeing, (one.program, other.program)), one.cost + other.cost + agreeing.cost,
                   np.where(one.cells == other.cells, one.cells, 0))


def _near(program: Program) -> bool:
    """Whether a picture is moved, and may be moved more: two steps this way and that, or a few in one direction."""
    steps = []
    while isinstance(program, Apply) and program.function in MOVED:
        steps.append(program.function)
        program = program.args[0]
    return 0 < len(steps) < (2 if len(set(steps)) > 1 else FAR)
