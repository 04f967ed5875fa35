"""Pictures: a bank of grids, grown on training and query inputs at once; what fits, and rules over what does not."""

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dsl.grammar import Grammar
from dsl.interpret import run
from dsl.language import DSL
from dsl.languages.grids import Colour, Grid, features, places, relations
from dsl.languages.grids.combine import within
from dsl.languages.grids.each import IN_EACH
from dsl.languages.grids.features import MOVED, at_least, flooded, showing, where
from dsl.languages.grids.growth import GROWTH
from dsl.languages.grids.numbers import COUNTED, MEASURED, filled, height, width
from dsl.languages.grids.transforms import stretched, to_origin
from dsl.languages.grids.views import VIEWS
from dsl.program import Apply, Const, Input, Program
from dsl.spec import Spec
from dsl.types import INT
from solvers.bank import Bank, Over
from solvers.base import Budget, Result, Status
from solvers.entry import FAULTS, Entry
from solvers.grids import suits
from solvers.grids.growth import grow
from solvers.grids.layers import stacked
from solvers.grids.rules import Induced, Picture, induce
from solvers.grids.say import COLOUR, ONE
from solvers.grids.sizes import Number, canvases
from solvers.grids.views import in_each, views

ALL = frozenset({"each", "growth", "layers", "rules", "sizes", "views"})
SAID = (*features.FEATURES, *places.FOR_CELLS, *relations.RELATIONS)  # what rules ask of pictures, and no bank holds
PAINTED = frozenset({*features.PAINTED, *places.PAINTED, *relations.PAINTED})
PICTURES = 400  # of one size that rules are made of
ALONE = 0.5  # of the time for the pictures as they are, where they look different in a normal form
LEAST = 0.2  # seconds that a normal form is worth looking at
VIEW = 3  # what looking at them so costs
SURE = 9  # the cost of an answer for which that is left out
LOCAL = 0.15  # of the time for local rules
NEARLY, SPARSE = 5, 0.5  # pictures that are filled so too, and the share of cells that may be missing
GROW, GROW_SEEN = 0.3, 0.25  # of the time for the bank alone, and where pictures are looked at in another way
SIMPLE, MOST_SIMPLE = 3, 12  # the cost, and the number, of pictures whose features are looked at
MOST_PIECES = 1500  # that are looked at where they lie
MOST_NUMBERS = 24  # of which sizes are made
STRANGE = 3  # what it costs to take a colour from what a feature counts
FIRST, FAR = 3, 4  # pictures that are moved, and the cells that they are moved in one direction
PLAIN = 1  # what a picture of one colour costs in rules
EARLY, SOON, LATE = 2, 0.15, 0.95  # the cost up to which a bank is ruled over early, for how long; when rules end
SHORT = 3.0  # seconds in which it is ruled over at its end alone
LIKELY = 12  # the cost of an answer after which no better one is waited for long
MORE, PATIENCE = 2.0, 0.15  # times as long as the first answer took, and the share of the time, for another one


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Answers for grids: at most so many that differ on the queries, the cheapest first.

    A program that fails on a query is no candidate: queries are asked for.

    parts: what is done beside the bank: `growth` by local rules, `rules` over cells, with them `layers` of pictures and
    pictures of `sizes` made by number, `views` in normal forms, `each` piece by itself.
    """

    answers: int = 2
    parts: frozenset[str] = ALL
    name: str = "pictures"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The cheapest programs that fit."""
        if not suits(spec):
            return Result(status=Status.UNKNOWN, reason=f"{self.name} is for examples whose outputs are grids")
        start = time.monotonic()
        seen = [*(in_each(spec) if "each" in self.parts else ()), *(views(spec) if "views" in self.parts else ())]
        plain = _Search(dsl, spec, replace(budget, seconds=(ALONE if seen else 1.0) * budget.seconds), self.parts)
        status, tried = plain.run(self.answers), plain.bank.tried
        for n, view in enumerate(seen):
            left = start + budget.seconds - time.monotonic()
            if left < LEAST or plain.least <= SURE:
                break
            share = left / (len(seen) - n)
            search = _Search(view.language(dsl), view.spec, replace(budget, seconds=share), self.parts, GROW_SEEN)
            search.run(self.answers)
            tried += search.bank.tried
            for fit in search.fits.values():
                plain.keep(fit.cost + VIEW, view.back(fit.program), weight=fit.weight * 2.0 ** -VIEW)
        found = plain.best(self.answers)
        return Result(status=Status.SOLVED if found else status, programs=found, tried=tried,
                      seconds=time.monotonic() - start, searched_to=plain.bank.done,
                      reason="" if found else status.value)

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The same, one after another."""
        yield from replace(self, answers=16).solve(dsl, spec, budget).programs


@dataclass(frozen=True)
class Fit:
    """The cheapest program with an answer, its cost, and how much speaks for the answer: each program 2**-cost."""

    program: Program
    cost: int
    weight: float


@dataclass
class _Search:
    dsl: DSL
    spec: Spec
    budget: Budget
    parts: frozenset[str]
    grow: float = GROW  # of the time for the bank
    fits: dict[tuple, Fit] = field(default_factory=dict)  # by what they answer

    def __post_init__(self) -> None:
        self.start = time.monotonic()
        self.worlds = [*(e.inputs for e in self.spec.examples), *self.spec.queries]
        self.goal: list[Grid] = [e.output for e in self.spec.examples]  # type: ignore[misc]
        self.target = np.concatenate([g.cells.ravel() for g in self.goal])
        # Features multiply what a bank holds: rules ask for them, of few pictures.
        left_out = {*SAID, *MEASURED, *COUNTED, *GROWTH.values(), *VIEWS, *IN_EACH.values(), showing, at_least, where}
        grammar = Grammar(self.dsl.without(left_out), self.spec.inputs, self.spec.output)
        share = replace(self.budget, seconds=(self.grow if self.parts else 1.0) * self.budget.seconds)
        self.bank = Bank(grammar, [(inputs, ()) for inputs in self.worlds], share)
        self.groups: dict[tuple, list[Picture]] = {}  # of the answer's size, by their sizes in all worlds
        self.made: dict[tuple, list[Picture]] = {}  # those of sizes that numbers say
        self.pieces: list[Entry] = []
        self.told: dict[Program, Picture | None] = {}

    def run(self, answers: int) -> Status:
        """Local rules that grow from the inputs; the bank, and rules over it, once it is small and at its end."""
        status, until, early = Status.UNKNOWN, None, "rules" in self.parts and self.budget.seconds > SHORT
        for n, kind in enumerate(self.spec.inputs):
            if kind == ONE and "growth" in self.parts:
                values = tuple(world[n] for world in self.worlds)
                self.grown(Input(n, ONE), 0, values, LOCAL / len(self.spec.inputs))
        self.bank.deadline += time.monotonic() - self.start
        try:
            for new in self.bank.grow():
                for entry in new:
                    self.see(entry)
                if early and self.bank.done >= EARLY:
                    early, before = False, time.monotonic()
                    self.ruled(before + SOON * self.budget.seconds)
                    self.bank.deadline += time.monotonic() - before
                if until is None and self.least <= LIKELY:
                    until = MORE * (time.monotonic() - self.start) + PATIENCE * self.budget.seconds
                if until is not None and (self.settled(answers) or time.monotonic() - self.start > until):
                    break
        except Over as over:
            status = over.status
        if "sizes" in self.parts and self.budget.seconds > SHORT and self.least > LIKELY and any(
                given.shape != g.shape for world, g in zip(self.worlds, self.goal, strict=False)
                for given in world if isinstance(given, Grid)):
            self.sized()
        for picture in self.nearly() if "growth" in self.parts else ():
            self.grown(picture.program, picture.cost, tuple(self.apart(picture)), LOCAL / NEARLY / 2)
        if "rules" in self.parts:
            self.ruled(self.start + LATE * self.budget.seconds)
        return status

    def ruled(self, until: float) -> None:
        """Rules over the pictures that there are now: of the two sizes of which the bank holds most, and two made."""
        for pictures in (*_largest(self.groups), *_largest(self.made)):
            shown = [*self.plain(pictures[0]), *pictures, *self.placed(pictures[0]), *self.said(pictures)]
            shown.sort(key=lambda p: p.cost)
            if "layers" in self.parts:
                self.told_by(stacked(shown, self.target, until))
            self.told_by(induce(shown, self.target, until))

    def told_by(self, many: Iterable[Induced]) -> None:
        """Keep what was induced."""
        for found in many:
            self.keep(found.cost, found.program, weight=found.weight)

    def sized(self) -> None:
        """Black pictures of the answer's size, by number; the inputs in them, and what a call makes of those."""
        change = [p for p in self.bank.grammar.dsl.primitives if p.params == (ONE,) and p.result == ONE]
        for cost, program in canvases(self.numbers(), [g.shape for g in self.goal]):
            there = [Apply(within, (Input(n, ONE), program)) for n, kind in enumerate(self.spec.inputs) if kind == ONE]
            self.make(program, cost)
            for put in there:
                self.make(put, cost + within.cost + 1)
                for p in change:
                    self.make(Apply(p, (put,)), cost + within.cost + 1 + p.cost)

    def make(self, program: Program, cost: int) -> None:
        """A picture that the bank does not hold, unless it fails or is not of the answer's size."""
        values = [run(program, inputs) for inputs in self.worlds]
        if all(isinstance(v, Grid) for v in values) and all(
                v.shape == g.shape for v, g in zip(values, self.goal, strict=False)):  # type: ignore[union-attr]
            self.seen(program, cost, tuple(values), self.made)

    def numbers(self) -> list[Number]:
        """What the bank counts, and the sides of the simplest pictures; of those alike in all worlds the first."""
        counted = [e for s, layers in self.bank.layers.items() if s.type == INT and not s.scope
                   for entries in layers.values() for e in entries if e.args]
        found = [Number(e.program, e.cost, e.values) for e in counted]
        found += [Number(Apply(side, (e.program,)), e.cost + 1, tuple(map(side.function, e.values)))
                  for e in self.pieces for side in (height, width)]
        first: dict[tuple, Number] = {}
        for number in sorted(found, key=lambda n: (n.cost, n.program.function is filled)):  # type: ignore[union-attr]
            if len(set(number.values)) > 1:
                first.setdefault(number.values, number)
        return list(first.values())[:MOST_NUMBERS]

    def settled(self, answers: int) -> bool:
        """Whether there are so many answers that no program yet to come is cheaper than."""
        costs = sorted(fit.cost for fit in self.fits.values())
        return len(costs) >= answers and costs[answers - 1] <= self.bank.done + 1

    @property
    def least(self) -> float:
        """The cost of the cheapest program that fits."""
        return min((fit.cost for fit in self.fits.values()), default=math.inf)

    def grown(self, base: Program, cost: int, values: Sequence, share: float) -> None:
        """Let a picture's empty cells fill by local rules, within a share of the time."""
        pairs = [(v.cells, g.cells) for v, g in zip(values, self.goal, strict=False)]
        for more, program in grow(base, pairs, time.monotonic() + share * self.budget.seconds):
            self.keep(cost + more, program)

    def nearly(self) -> list[Picture]:
        """The pictures that are right but for some cells of one colour, those with the fewest of them first."""
        found = []
        for pictures in self.groups.values():
            for p in pictures:
                shown = p.cells[:len(self.target)]
                wrong = shown != self.target
                changed = np.unique(shown[wrong])
                if len(changed) == 1 and p.cost > 1 and wrong.mean() < SPARSE and p.cost <= SIMPLE + 1:
                    found.append((int(wrong.sum()) + 4 * p.cost, p.cost, p))
        return [p for *_, p in sorted(found, key=lambda f: f[:2])[:NEARLY]]

    def apart(self, picture: Picture) -> Iterator[Grid]:
        """A picture's grids on the examples."""
        first = 0
        for g in self.goal:
            yield Grid(picture.cells[first:first + g.cells.size].reshape(g.shape))
            first += g.cells.size

    def placed(self, like: Picture) -> Iterator[Picture]:
        """The simplest pieces where they lie in another picture."""
        there = self.values(like)
        for entry in self.pieces:
            called = Apply(within, (entry.program, like.program))
            found = self.shown(called, entry.cost + like.cost + 1, entry.values, there)
            if found is not None and found.cells.any():
                yield found
            if all(v.shape == (1, 1) for v in entry.values):  # what is so of the whole picture
                spread = self.shown(Apply(stretched, called.args), entry.cost + like.cost + 1, entry.values, there)
                if spread is not None:
                    yield spread
        for number in self.numbers() if like.cost > SIMPLE else ():
            for first in COUNTED:
                called = Apply(first, (number.program, like.program))
                found = self.shown(called, number.cost + like.cost + 1, number.values, there)
                if found is not None:
                    yield found

    def said(self, pictures: Sequence[Picture]) -> Iterator[Picture]:
        """Features of the simplest pictures, and the simplest of all moved by a few cells."""
        simple = [p for p in pictures if p.cost <= SIMPLE][:MOST_SIMPLE] or list(pictures[:1])
        seen = {p.cells.tobytes() for p in pictures}
        todo = [(p, SAID) for p in simple]
        colours = [(c,) for c in self.dsl.constants if c.type == COLOUR]
        for n, (of, asked) in enumerate(todo):
            values = self.values(of)
            for feature in asked:
                for args in colours if len(feature.params) > 1 else [()]:
                    called = Apply(feature, (of.program, *args))
                    found = self.shown(called, of.cost + 1, values, *([c.value] * len(values) for c in args))
                    if found is None or (key := found.cells.tobytes()) in seen:
                        continue
                    seen.add(key)
                    yield replace(found, strange=0 if feature in PAINTED else STRANGE)
                    if feature in MOVED and (n < FIRST or n >= len(simple)) and _near(found.program):
                        todo.append((found, MOVED))

    def shown(self, program: Apply, cost: int, *args: Sequence[object]) -> Picture | None:
        """What a call shows, given its arguments' values in all worlds; None where it fails in one."""
        if program not in self.told:
            try:
                grids = list(map(program.function.function, *args))
                self.told[program] = Picture(program, cost, np.concatenate([g.cells.ravel() for g in grids]))  # type: ignore[attr-defined]
            except FAULTS:
                self.told[program] = None
        return self.told[program]

    def values(self, picture: Picture) -> list[Grid]:
        """A picture's grids in all worlds."""
        return [run(picture.program, inputs) for inputs in self.worlds]  # type: ignore[misc]

    def plain(self, like: Picture) -> list[Picture]:
        """Pictures of one colour each, of the size of another, for the colours of the target."""
        return [Picture(Apply(flooded, (like.program, Const(Colour(k), COLOUR))), PLAIN,
                        np.full_like(like.cells, k)) for k in np.unique(self.target).tolist()]

    def see(self, entry) -> None:
        """Whether an entry fits, or is a picture for rules."""
        if entry.cost <= SIMPLE and len(self.pieces) < MOST_PIECES:
            self.pieces.append(entry)
        if all(v.shape == g.shape for v, g in zip(entry.values, self.goal, strict=False)):
            self.seen(entry.program, entry.cost, entry.values, self.groups)

    def seen(self, program: Program, cost: int, values: tuple, groups: dict[tuple, list[Picture]]) -> None:
        """A picture of the answer's size joins those of its sizes."""
        cells = np.concatenate([v.cells.ravel() for v in values])
        if np.array_equal(cells[:len(self.target)], self.target):
            self.keep(cost, program, values)
        group = groups.setdefault(tuple(v.shape for v in values), [])
        if len(group) < PICTURES:
            group.append(Picture(program, cost, cells))

    def keep(self, cost: int, program: Program, values: tuple | None = None, weight: float | None = None) -> None:
        """One more program that fits, with what speaks for its answer."""
        if values is None:
            values = tuple(run(program, inputs) for inputs in self.worlds)
        if any(not isinstance(v, Grid) for v in values) or any(
                not np.array_equal(v.cells, g.cells) for v, g in zip(values, self.goal, strict=False)):
            return
        if any(v.at != (0, 0) for v in values):
            program = Apply(to_origin, (program,))
        key = tuple((v.shape, v.cells.tobytes()) for v in values[len(self.goal):])
        new = Fit(program, cost, 2.0 ** -cost if weight is None else weight)
        old = self.fits.get(key, new)
        if old.program == program:
            self.fits[key] = old if old.weight >= new.weight else new
        else:
            best = min(old, new, key=lambda fit: fit.cost)
            self.fits[key] = replace(best, weight=old.weight + new.weight)

    def best(self, many: int) -> tuple[Program, ...]:
        """The programs of the answers for which most speaks."""
        return tuple(fit.program for fit in sorted(self.fits.values(), key=lambda fit: -fit.weight)[:many])


def _largest(groups: Mapping[tuple, list[Picture]]) -> list[list[Picture]]:
    return sorted(groups.values(), key=lambda g: (-len(g), g[0].cost))[:2]


def _near(program: Program) -> bool:
    """Whether a moved picture may be moved once more: up to two steps this way and that, or a few in one direction."""
    steps = []
    while isinstance(program, Apply) and program.function in MOVED:
        steps.append(program.function)
        program = program.args[0]
    return len(steps) < (2 if len(set(steps)) > 1 else FAR)
