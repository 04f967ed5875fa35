"""Search: a bank of pictures grown on training and query inputs at once; what fits, growth from it, rules over it."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from operator import attrgetter

import numpy as np

from dsl.grammar import Grammar
from dsl.interpret import run
from dsl.language import DSL
from dsl.languages.grids import Colour, Grid
from dsl.languages.grids.combine import within
from dsl.languages.grids.each import IN_EACH
from dsl.languages.grids.features import at_least, showing, where
from dsl.languages.grids.growth import GROWTH
from dsl.languages.grids.motion import DISPLACED
from dsl.languages.grids.numbers import COUNTED, MEASURED, filled, height, numbered, width
from dsl.languages.grids.transforms import to_origin
from dsl.languages.grids.views import VIEWS
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.spec import Spec
from dsl.types import INT
from solvers.bank import Bank, Over
from solvers.base import Budget, Status
from solvers.entry import Entry
from solvers.grids.group import Group
from solvers.grids.growth import grow
from solvers.grids.layers import stacked
from solvers.grids.moves import moves
from solvers.grids.quilt import Quilt, woven
from solvers.grids.rules import LONG, SHORTER, WIDTHS, Induced, Picture, induce
from solvers.grids.say import ONE
from solvers.grids.shown import MOST_SIMPLE, SAID, SIMPLE, Shown
from solvers.grids.sizes import Number, canvases
from solvers.order import Alike
from solvers.smt.affine import alone

LOCAL = 0.15  # of the time for local rules
MOVE = 0.05  # and for moves, at most, but for the last question to z3
LOCAL_TOO = 0.07  # for them in other pictures
NEARLY, SPARSE = 5, 0.5  # of which there are so many, and the share of cells that may be missing
GROW, FULL = 0.3, 0.75  # of the time: when the bank is ruled over, unless that has begun before, and when it is full
MOST_PIECES = 1500  # pieces that are looked at where they lie
MOST_NUMBERS = 24  # of which sizes are made
EARLY, SOON = 2, 0.15  # the cost up to which a bank is ruled over early, and for how long
RULED, LATE = 0.6, 0.95  # when rules over the bank end, and longer ones over the full bank
ENOUGH = 0.15  # of the time, at least, for either
SHOW = 0.45  # of the time for rules, at most, to make the pictures that they ask
SHORT = 3.0  # seconds in which it is ruled over at its end alone
LIKELY = 12  # the cost of an answer after which no better one is waited for long
UNFOUND = 2.0 ** -22  # what speaks for all answers that are not found: fitted on training tasks
FEW_COLOURS = 4  # that every picture given shows, so that programs are likely to name them
MORE, PATIENCE = 2.0, 0.15  # times as long as the first answer took, and the share of the time, for another one


@dataclass(frozen=True)
class Fit:
    """A program that fits, its cost, and what speaks for its answer: 2**-cost, and as much of others not told apart."""

    program: Program
    cost: int
    weight: float


@dataclass
class Search:
    """One spec looked at in one way: what fits, by what it answers."""

    dsl: DSL
    spec: Spec
    budget: Budget
    parts: frozenset[str]
    grow: float = GROW  # of the time for the bank
    function: Callable[[Primitive], Callable] = attrgetter("function")
    fits: dict[tuple, dict[Program, Fit]] = field(default_factory=dict)  # by what they answer

    def __post_init__(self) -> None:
        self.start = time.monotonic()
        self.worlds = [*(e.inputs for e in self.spec.examples), *self.spec.queries]
        self.goal: list[Grid] = [e.output for e in self.spec.examples]  # type: ignore[misc]
        self.target = np.concatenate([g.cells.ravel() for g in self.goal])
        # Features multiply what a bank holds: rules ask for them, of few pictures.
        left_out = {*SAID, *MEASURED, *COUNTED, numbered, *GROWTH.values(), *VIEWS, *IN_EACH.values(),
                    *DISPLACED.values(), showing, at_least, where}
        grammar = priced(Grammar(self.dsl.without(left_out), self.spec.inputs, self.spec.output), self.spec)
        share = replace(self.budget, seconds=(FULL if self.parts else 1.0) * self.budget.seconds)
        sizes = tuple(g.shape for g in self.goal)
        order = Alike(grammar.start, lambda values: tuple(v.shape for v in values[:len(sizes)]), sizes)
        self.bank = Bank(grammar, [(inputs, ()) for inputs in self.worlds], share, order=order,
                         function=self.function)
        self.groups: dict[tuple, Group] = {}  # pictures of the answer's size, by their sizes in all worlds
        self.made: dict[tuple, Group] = {}  # those of sizes that numbers say
        self.known: set[tuple] = set()  # what those show
        self.pieces: list[Entry] = []
        self.quilt = Quilt(self.goal)
        self.shown = Shown(self.dsl, self.worlds, self.function)
        self.words = set(self.dsl.primitives)
        self.early = "rules" in self.parts and self.budget.seconds > SHORT
        self.patience: float | None = None  # when no better answer is waited for any longer
        self.nearest: set[Program] = set()  # pictures that were let grow
        self.ruled_over: dict[Program, int] = {}  # the first picture of each size, and how many there were
        self.spent = 0.0  # seconds beside the bank, before it is ruled over

    def run(self, answers: int) -> Status:
        """Local rules that grow from the inputs; the bank, and rules over it; more of the bank, and longer rules."""
        self.local()
        entries = self.bank.grow()
        status = self.fill(entries, self.grow, answers)
        self.beside(RULED)
        if self.least > LIKELY:
            status = status or self.fill(entries, FULL, answers)
            self.beside(LATE, longer=True)
        return status or Status.TIMEOUT

    def local(self) -> None:
        """What grows or moves, as the inputs are."""
        for n, kind in enumerate(self.spec.inputs):
            if kind == ONE and "growth" in self.parts:
                values = tuple(world[n] for world in self.worlds)
                self.grown(Input(n, ONE), 0, values, LOCAL / len(self.spec.inputs))
        if "moves" in self.parts and self.budget.seconds > SHORT:
            for cost, program in moves(self.spec, time.monotonic() + MOVE * self.budget.seconds):
                self.keep(cost, program)
        self.spent = time.monotonic() - self.start

    def fill(self, entries: Iterator[list[Entry]], share: float, answers: int) -> Status | None:
        """Fill the bank, up to a share of the time, and see what fits; how that ended, or None where it may go on."""
        seconds = self.budget.seconds
        try:
            for new in entries:
                for entry in new:
                    self.see(entry)
                if self.early and self.bank.done >= EARLY:
                    self.early, before = False, time.monotonic()
                    self.ruled(before + SOON * seconds)
                    self.spent += time.monotonic() - before
                passed = time.monotonic() - self.start
                if self.patience is None and self.least <= LIKELY:
                    self.patience = MORE * passed + PATIENCE * seconds
                if self.patience is not None and (self.settled(answers) or passed > self.patience):
                    return Status.UNKNOWN
                if self.parts and passed > min(share * seconds + self.spent, FULL * seconds):
                    return None
        except Over as over:
            return over.status
        return Status.UNKNOWN

    def beside(self, share: float, longer: bool = False) -> None:
        """What follows from the bank, up to a share of the time: parts, sizes (once), rules, and what grows."""
        for cost, program in (*self.quilt.found(), *woven(self.goal, self.pieces)) if "smaller" in self.parts else ():
            self.keep(cost, program)
        now, seconds = time.monotonic() - self.start, self.budget.seconds
        end = self.start + min(LATE * seconds, max(share * seconds, now + ENOUGH * seconds))
        if "sizes" in self.parts and not longer and seconds > SHORT and self.least > LIKELY and any(
                given.shape != g.shape for world, g in zip(self.worlds, self.goal, strict=False)
                for given in world if isinstance(given, Grid)):
            self.sized(end)
        if "rules" in self.parts:
            self.ruled(end, longer)
        first = time.monotonic()
        for picture in self.nearly() if "growth" in self.parts else ():
            left = LOCAL_TOO - (time.monotonic() - first) / seconds
            if left <= 0:
                break
            self.nearest.add(picture.program)
            self.grown(picture.program, picture.cost, tuple(self.apart(picture)), left)

    def ruled(self, until: float, longer: bool = False) -> None:
        """Rules over the pictures that there are now: of the two sizes of which the bank holds most, and two made.

        longer: with longer rules, which alone are looked for where no picture is new.
        """
        numbers = self.numbers()
        for group in (*_largest(self.groups), *_largest(self.made)):
            if (now := time.monotonic()) > until:
                return
            pictures = group.pictures
            like, made = pictures[0], now + SHOW * (until - now)
            shown = [*self.shown.plain(like, np.unique(self.target).tolist()), *pictures,
                     *self.shown.placed(like, self.pieces, numbers, made),
                     *self.shown.said(group.simple(SIMPLE, MOST_SIMPLE), pictures, made)]
            shown.sort(key=lambda p: p.cost)
            if "layers" in self.parts:
                self.told_by(stacked(shown, self.target, until))
            known = self.ruled_over.get(like.program) == group.seen
            self.ruled_over[like.program] = group.seen
            widths = SHORTER if not longer else (LONG,) if known else WIDTHS
            self.told_by(induce(shown, self.target, until, widths))

    def told_by(self, many: Iterable[Induced]) -> None:
        """Keep what was induced."""
        for found in many:
            self.keep(found.cost, found.program, weight=found.weight)

    def sized(self, until: float) -> None:
        """Black pictures of the answer's size, by number; inputs put in them, and what a call makes of those."""
        known = [p for p in self.bank.grammar.dsl.primitives if p.result == ONE]
        change, put = ([p for p in known if p.params == (ONE,) * n] for n in (1, 2))
        inputs = [Input(n, ONE) for n, kind in enumerate(self.spec.inputs) if kind == ONE]
        for cost, program in canvases(self.numbers(), [g.shape for g in self.goal], until):
            self.make(program, cost)
            suits = [p for p, x in product(put, inputs) if self.make(Apply(p, (x, program)), cost + p.cost + 1)]
            for f, x in product(change, inputs):
                if time.monotonic() > until:
                    return
                self.make(Apply(f, (Apply(within, (x, program)),)), cost + within.cost + 1 + f.cost)
                for p in suits:
                    self.make(Apply(p, (Apply(f, (x,)), program)), cost + p.cost + 1 + f.cost)

    def make(self, program: Program, cost: int) -> bool:
        """A picture for rules, unless it fails, is not of the answer's size, or was made before.

        Whether there is one now.
        """
        values = []
        for n, inputs in enumerate(self.worlds):
            value = run(program, inputs)
            if not isinstance(value, Grid) or n < len(self.goal) and value.shape != self.goal[n].shape:
                return False
            values.append(value)
        cells = [v.cells.tobytes() for v in values]
        if (key := (*(v.shape for v in values), *cells)) in self.known:
            return False
        self.known.add(key)
        self.seen(program, cost, tuple(values), self.made)
        return True

    def numbers(self) -> list[Number]:
        """What the bank counts, and the sides of the simplest pictures; of those alike in all worlds the first.

        Those first of which one alone says how high or wide the answers are.
        """
        counted = [e for s, layers in self.bank.layers.items() if s.type == INT and not s.scope
                   for entries in layers.values() for e in entries]
        found = [Number(e.program, e.cost, e.values) for e in counted]
        found += [Number(Apply(side, (e.program,)), e.cost + 1, tuple(map(side.function, e.values)))
                  for e in self.pieces for side in (height, width)]
        first: dict[tuple, Number] = {}
        for number in sorted(found, key=lambda n: (n.cost, getattr(n.program, "function", None) is filled)):
            if len(set(number.values)) > 1:
                first.setdefault(number.values, number)
        known, sides = list(first.values()), list(zip(*(g.shape for g in self.goal), strict=True))
        fits = [k for side in sides for k in alone([n.values for n in known], side)]
        return [known[k] for k in dict.fromkeys((*sorted(fits), *range(len(known))))][:MOST_NUMBERS]

    def settled(self, answers: int) -> bool:
        """Whether there are so many answers as cheap as any program yet to come from the bank."""
        costs = sorted(min(fit.cost for fit in alike.values()) for alike in self.fits.values())
        return len(costs) >= answers and costs[answers - 1] <= self.bank.done + 1

    @property
    def least(self) -> float:
        """The cost of the cheapest program that fits."""
        return min((fit.cost for alike in self.fits.values() for fit in alike.values()), default=math.inf)

    def grown(self, base: Program, cost: int, values: Sequence, share: float) -> None:
        """Let a picture's empty cells fill by local rules, within a share of the time."""
        pairs = [(v.cells, g.cells) for v, g in zip(values, self.goal, strict=False)]
        for more, program in grow(base, pairs, time.monotonic() + share * self.budget.seconds):
            self.keep(cost + more, program)

    def nearly(self) -> list[Picture]:
        """The pictures that are right but for some cells of one colour, those with the fewest of them first."""
        found = []
        for group in (*self.groups.values(), *self.made.values()):
            most = max(SIMPLE, group.first[0].cost) + 1
            for p in group.first:
                if not 1 < p.cost <= most or p.program in self.nearest:
                    continue
                shown = p.cells[:len(self.target)]
                wrong = shown != self.target
                changed = np.unique(shown[wrong])
                if len(changed) == 1 and wrong.mean() < SPARSE:
                    found.append((int(wrong.sum()) + 4 * p.cost, p.cost, p))
        return [p for *_, p in sorted(found, key=lambda f: f[:2])[:NEARLY]]

    def apart(self, picture: Picture) -> Iterator[Grid]:
        """A picture's grids on the examples."""
        first = 0
        for g in self.goal:
            yield Grid(picture.cells[first:first + g.cells.size].reshape(g.shape))
            first += g.cells.size

    def see(self, entry) -> None:
        """Whether an entry fits, or is a picture for rules."""
        if entry.cost <= SIMPLE and len(self.pieces) < MOST_PIECES:
            self.pieces.append(entry)
        if "smaller" in self.parts:
            self.quilt.see(entry)
        if all(v.shape == g.shape for v, g in zip(entry.values, self.goal, strict=False)):
            self.seen(entry.program, entry.cost, entry.values, self.groups)

    def seen(self, program: Program, cost: int, values: tuple, groups: dict[tuple, Group]) -> None:
        """A picture of the answer's size joins those of its sizes."""
        cells = np.concatenate([v.cells.ravel() for v in values])
        right = cells[:len(self.target)] == self.target
        if right.all():
            self.keep(cost, program, values)
        sizes = tuple(v.shape for v in values)
        if sizes not in groups:
            groups[sizes] = Group(self.target)
        groups[sizes].add(Picture(program, cost, cells), right)

    def keep(self, cost: int, program: Program, values: tuple | None = None, weight: float | None = None) -> None:
        """One more program that fits, if it is of the language, with what speaks for its answer."""
        if not self.budget.fits(program.cost) or any(
                isinstance(p, Apply) and p.function not in self.words for p in program.walk()):
            return
        if values is None:
            values = tuple(run(program, inputs) for inputs in self.worlds)
        if any(not isinstance(v, Grid) for v in values) or any(
                not np.array_equal(v.cells, g.cells) for v, g in zip(values, self.goal, strict=False)):
            return
        placed = any(g.at != (0, 0) for g in self.goal)
        if any(v.at != g.at for v, g in zip(values, self.goal, strict=False)) or not placed and any(
                v.at != (0, 0) for v in values):  # also where only what is asked lies elsewhere
            if to_origin not in self.words or placed:
                return
            program = Apply(to_origin, (program,))
        alike = self.fits.setdefault(tuple((v.shape, v.cells.tobytes()) for v in values[len(self.goal):]), {})
        weight = 2.0 ** -cost if weight is None else weight
        old = alike.get(program)
        if old is None or old.weight < weight:
            alike[program] = Fit(program, cost, weight)

    def best(self, many: int) -> list[tuple[Program, float]]:
        """For each of the answers for which most speaks the cheapest program, and the answer's share of all of that."""
        weighed = [(sum(fit.weight for fit in alike.values()), alike) for alike in self.fits.values()]
        every = sum(weight for weight, _ in weighed) + UNFOUND
        return [(min(alike.values(), key=lambda fit: fit.cost).program, weight / every)
                for weight, alike in sorted(weighed, key=lambda w: -w[0])[:many]]

    def likely(self, many: int) -> list[Fit]:
        """The programs for which most speaks, whatever they answer."""
        return sorted((fit for alike in self.fits.values() for fit in alike.values()), key=lambda f: -f.weight)[:many]


def priced(grammar: Grammar, spec: Spec) -> Grammar:
    """The grammar in which most colours cost 2.

    Not those of every answer, those of all that is given and of no answer, and the few of all that is given.
    """
    given = [_colours(x for x in e.inputs if isinstance(x, Grid)) for e in spec.examples]
    wanted = [_colours([e.output]) for e in spec.examples]  # type: ignore[list-item]
    likely, everywhere = set.intersection(*wanted), set.intersection(*given)
    likely |= everywhere if len(everywhere) <= FEW_COLOURS else everywhere - set.union(*wanted)
    return grammar.priced(lambda _, rule: rule.cost + (
        isinstance(rule.head, Const) and isinstance(rule.head.value, Colour) and rule.head.value not in likely))


def _colours(grids: Iterable[Grid]) -> set[int]:
    return {k for g in grids for k in np.unique(g.cells).tolist()}


def _largest(groups: Mapping[tuple, Group]) -> list[Group]:
    return sorted(groups.values(), key=lambda g: (-len(g.first), g.first[0].cost))[:2]
