"""Rules: each cell of the answer as a picture shows it, chosen by what other pictures show at its place.

All pictures of the answer's size that a search has built are at once features and sources: a rule says that
where one picture (or two) shows a colour, the answer is as a further picture has it; where no rule speaks, it
is as one picture has it everywhere. Candidate rules that no training cell speaks against are found by matrix
products; answer set programming picks the cheapest ones that together make every cell right.

Rules that are alike on all training cells may differ on what is asked. What each of them answers is weighed by all
programs that answer so, each counting half as much as one that costs 1 less (Solomonoff's prior, over what was found).
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from dsl.languages.grids import Colour
from dsl.languages.grids.features import at_least
from dsl.program import Apply, Program
from solvers.asp.cover import cheapest
from solvers.grids.beam import Width, sound
from solvers.grids.say import Shows, choose, colour

LITERALS = 12_000  # tests that differ on training cells, at most
SOURCES = 30  # pictures that a rule may take cells from: those that are right on most
MENDING = 20  # those that are right where the best of these are wrong
SIMPLEST = 16  # and the simplest
DEFAULTS, PLAINEST, FEW = 6, 2, 3  # pictures for what no rule speaks of; and so many of at most this cost
CHEAP, DEAR = 0.004, 0.02  # share of cells, and of those to be mended, that one unit of cost is worth
SINGLE = Width(longest=1, beam=0, kept=60)  # of the rules of a source, at first
BRIEF = Width(longest=2, beam=30, kept=250, paired=400)  # then
LONG = replace(BRIEF, longest=3)  # where no shorter ones do
SHORTER, WIDTHS = (SINGLE, BRIEF), (SINGLE, BRIEF, LONG)
RULE = 2  # what a rule costs beside its pictures
ALIKE, SLACK = 6, 3  # tests, or rules, alike in training that are kept, and what they may cost more than the cheapest
AGAIN = 3  # covers without one rule of the best
TOLD = 4  # answers of one cover
WHOLE = 16  # answers of pictures that are right everywhere
ENTRIES = 24_000_000  # tests on training cells, at most


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
class Source:
    """A picture, with its cells in training, each kind once, and in what is asked."""

    picture: Picture
    seen: np.ndarray
    asked: np.ndarray

    @property
    def cost(self) -> int:
        """Of the picture, and of taking colours from it."""
        return self.picture.cost + self.picture.strange


@dataclass(frozen=True)
class Test:
    """Where a picture shows a colour (or `least` it, in a picture that counts), or (negated) does not."""

    of: Source
    colour: int
    negated: bool
    least: bool = False

    @property
    def cost(self) -> int:
        """Of its picture; of a bound 1 more."""
        return self.of.picture.cost + self.least

    @property
    def asked(self) -> np.ndarray:
        """Where that holds in what is asked."""
        cells = self.of.asked
        return (cells >= self.colour if self.least else cells == self.colour) ^ self.negated

    @property
    def shows(self) -> Shows:
        """The test as part of a program."""
        program = self.of.picture.program
        if not self.least:
            return Shows(program, self.colour, self.negated)
        return Shows(Apply(at_least, (program, colour(self.colour))), Colour.BLUE, self.negated)


@dataclass(frozen=True)
class Rule:
    """Where all tests hold, the answer is as the source; its cost is that of its pictures, and of itself."""

    tests: tuple[Test, ...]
    source: Source
    cost: int

    @classmethod
    def of(cls, tests: tuple[Test, ...], source: Source) -> "Rule":
        """A rule of these tests."""
        return cls(tests, source, RULE + source.cost + sum(t.cost for t in tests))


Rules = dict[bytes, list[Rule]]  # by the training cells that they mend, in bits
Priced = tuple[float, int, tuple[int, ...]]  # what a rule costs but for itself, its source, and its tests


@dataclass(frozen=True)
class Induced:
    """A program that is right on all training cells, its cost, and how much speaks for its answer (2 to the -cost)."""

    program: Program
    cost: int
    weight: float


def induce(pictures: Sequence[Picture], target: np.ndarray, until: float, widths: Sequence[Width] = WIDTHS,
           ) -> Iterator[Induced]:
    """Programs that are right on all cells: the best answers for each picture that may stand for the rest.

    pictures: cheapest first, all of one size in each world; their first cells are those of the target. widths: of the
    rules, one after another; the longest only where no others are enough.
    """
    if time.monotonic() > until:
        return
    search = _Rules(pictures, target, until)
    covers, open_ = [], []
    for default in search.defaults():
        if not search.right[default].all():
            open_.append(default)
    yield from search.whole()
    for width in widths:
        for default in open_[:DEFAULTS] if width is SINGLE else () if covers and width is LONG else open_:
            if time.monotonic() > until:
                return
            rules = search.mending(default, width)
            found = search.fewest(default, rules)
            if found is not None:
                covers.append((default, rules, found))
                yield from search.answers(default, found)
    for default, rules, found in sorted(covers, key=lambda c: sum(r[0].cost for r in c[2]))[:AGAIN]:
        for other in search.others(default, rules, found):
            yield from search.answers(default, other)


@dataclass
class _Rules:
    pictures: Sequence[Picture]
    target: np.ndarray
    until: float

    def __post_init__(self) -> None:
        n = len(self.target)
        together = np.ascontiguousarray(np.stack([self.target, *(p.cells[:n] for p in self.pictures)]).T)
        kinds: dict[bytes, int] = {}
        for k, cell in enumerate(together):
            kinds.setdefault(cell.tobytes(), k)
        shown = np.ascontiguousarray(together[list(kinds.values())].T)  # each kind of cell once
        asked = np.stack([p.cells[n:] for p in self.pictures])
        self.wanted, seen = shown[0], shown[1:]
        self.sources = [Source(*source) for source in zip(self.pictures, seen, asked, strict=True)]
        self.right = seen == self.wanted
        tests = self._tests(seen, asked)
        self.tests = list(tests.values())
        looks = np.frombuffer(b"".join(tests), dtype=np.uint8).reshape(len(tests), -(-len(seen.T) // 8))
        self.holds = np.unpackbits(looks, axis=1, count=len(seen.T)).view(bool)
        self.matrix = self.holds.astype(np.float32)
        self.prices = np.array([alike[0].cost for alike in self.tests], dtype=np.float32)
        self.likely = self._likely()
        self.bad = (~self.right[self.likely]).astype(np.float32)
        self.harm = self.matrix @ self.bad.T
        self.gains: dict[int, np.ndarray] = {}  # what each test mends of a picture, by each of the likely ones

    def _tests(self, seen: np.ndarray, asked: np.ndarray) -> dict[bytes, list[Test]]:
        """By where they hold in training, the tests that do so, which differ in what is asked.

        seen, asked: (pictures, cells).
        """
        every, counts = np.arange(len(seen)), np.flatnonzero([p.strange for p in self.pictures])
        most = min(LITERALS, ENTRIES // seen.shape[1])
        parts = [_literals(every, k, seen == k, asked == k, least=False) for k in np.unique(seen).tolist()]
        for k in np.unique(seen[counts]).tolist():
            if k > 1:
                some = counts[(seen[counts] == k).any(1)]
                parts.append(_literals(some, k, seen[some] >= k, asked[some] >= k, least=True))
        rows, colours, least, *looks = map(np.concatenate, zip(*parts, strict=True))
        order = np.lexsort((colours, least, rows))
        told = [[row.tobytes() for row in bits[order]] for bits in looks]  # in training and asked: so, and negated
        found: dict[bytes, dict[bytes, Test]] = {}
        for row, k, bound, *shows in zip(*(a[order].tolist() for a in (rows, colours, least)), *told, strict=True):
            for negated in (False, True):
                key, ask = shows[negated], shows[2 + negated]
                alike = found.get(key)
                if alike is None:
                    if len(found) < most:
                        found[key] = {ask: Test(self.sources[row], k, negated, bound)}
                elif len(alike) < ALIKE and ask not in alike and (
                        self.pictures[row].cost + bound <= next(iter(alike.values())).cost + SLACK):
                    alike[ask] = Test(self.sources[row], k, negated, bound)
        return {key: list(alike.values()) for key, alike in found.items()}

    def _likely(self) -> list[int]:
        """The pictures right on most cells, and on those where these are wrong; the simplest; of those alike one."""
        prices = np.array([s.cost for s in self.sources])
        worth = self.right.mean(1) - CHEAP * prices
        first: dict[bytes, int] = {}
        for k in sorted(range(len(self.sources)), key=lambda k: self.sources[k].cost):
            if self.right[k].any():
                first.setdefault(self.right[k].tobytes(), k)
        simplest = list(first.values())
        best = sorted(simplest, key=lambda k: -worth[k])[:SOURCES]
        wrong = (~self.right[best[:DEFAULTS]]).mean(0)
        mends = self.right @ wrong / max(wrong.sum(), 1e-9) - DEAR * prices
        mending = sorted(simplest, key=lambda k: -mends[k])[:MENDING]
        return list(dict.fromkeys((*best, *mending, *simplest[:SIMPLEST])))

    def whole(self) -> Iterator[Induced]:
        """Of the pictures that are right everywhere the cheapest for each answer."""
        answers: dict[bytes, Induced] = {}
        for k in sorted(np.flatnonzero(self.right.all(1)).tolist(), key=lambda k: self.sources[k].cost):
            source = self.sources[k]
            cost = max(source.cost, source.picture.program.cost)
            answers.setdefault(source.asked.tobytes(), Induced(source.picture.program, cost, 2.0 ** -cost))
        yield from list(answers.values())[:WHOLE]

    def defaults(self) -> list[int]:
        """The pictures that may stand for what no rule speaks of."""
        least = min(p.cost for p in self.pictures)
        plainest = [k for k in self.likely if least < self.sources[k].cost <= PLAINEST]
        return list(dict.fromkeys((*self.likely[:DEFAULTS], *plainest[:FEW],
                                   *(k for k in self.likely if self.pictures[k].cost == least))))

    def others(self, default: int, rules: Rules, found: Sequence[list[Rule]]) -> Iterator[list[list[Rule]]]:
        """Other rules that mend a picture: the cheapest without one or the other of these."""
        for left in found:
            if time.monotonic() > self.until:
                return
            other = self.fewest(default, {key: alike for key, alike in rules.items() if alike is not left})
            if other is not None:
                yield other

    def mending(self, default: int, width: Width) -> Rules:
        """The rules of such a width that mend a picture."""
        found: dict[bytes, list[Priced]] = {}
        mended = self.right[self.likely] & ~self.right[default]
        useful = mended.astype(np.float32)
        gain = self.gains.get(default)
        if gain is None:
            open_ = np.flatnonzero(~self.right[default])
            gain = self.gains[default] = self.matrix.take(open_, 1) @ useful[:, open_].T  # elsewhere nothing is mended
        for n, k in enumerate(self.likely):
            if time.monotonic() > self.until:
                break
            if k == default or not mended[n].any():
                continue
            many = sound(self.matrix, self.prices, useful[n], self.bad[n], width, self.until,
                         counted=(gain[:, n], self.harm[:, n]))
            held, costs = self._held(many)
            for chosen, key, cost in zip(many, np.packbits(mended[n] & held, axis=1), costs, strict=True):
                found.setdefault(key.tobytes(), []).append((self.sources[k].cost + cost, k, chosen))
        return {key: [Rule.of(tuple(self.tests[t][0] for t in chosen), self.sources[k])
                      for _, k, chosen in _cheap(alike)] for key, alike in found.items()}

    def _held(self, many: Sequence[tuple[int, ...]]) -> tuple[np.ndarray, list[float]]:
        """Where all tests of each conjunction hold, (conjunctions, items), and what they cost."""
        found, costs = np.ones((len(many), len(self.wanted)), dtype=bool), np.zeros(len(many))
        for place in range(max(map(len, many), default=0)):
            rows = [n for n, chosen in enumerate(many) if len(chosen) > place]
            tests = [many[n][place] for n in rows]
            found[rows] &= self.holds[tests]
            costs[rows] += self.prices[tests]
        return found, costs.tolist()

    def fewest(self, default: int, rules: Rules) -> list[list[Rule]] | None:
        """The cheapest rules that together mend a picture, each with those that are alike in training."""
        if not rules:
            return None
        packed = np.frombuffer(b"".join(rules), dtype=np.uint8).reshape(len(rules), -1)
        table = np.unpackbits(packed, axis=1, count=len(self.wanted)).astype(bool)[:, ~self.right[default]]
        if not table.any(0).all():
            return None
        looks = np.ascontiguousarray(np.packbits(table, axis=0).T)
        _, first = np.unique(looks.view(f"V{looks.shape[1]}").ravel(), return_index=True)
        columns, options = table[:, first], list(rules.values())
        asked = [(alike[0].cost, np.flatnonzero(row).tolist()) for alike, row in zip(options, columns, strict=True)]
        found = cheapest(asked, columns.shape[1], seconds=min(3.0, max(0.1, self.until - time.monotonic())))
        return None if found is None else [options[k] for k in found[0]]

    def answers(self, default: int, found: Sequence[list[Rule]]) -> Iterator[Induced]:
        """What a picture mended by these rules, or by one alike, answers: what most speaks for first."""
        base, best = self.sources[default], [alike[0] for alike in found]
        answers: dict[bytes, tuple[list[Rule], float]] = {}
        for rules in chain([best], self._varied(best, found)):
            cost = base.cost + sum(r.cost for r in rules)
            key = _answer(base, rules).tobytes()
            cheapest, weight = answers.get(key, (rules, 0.0))
            answers[key] = (min(cheapest, rules, key=lambda rs: sum(r.cost for r in rs)), weight + 2.0 ** -cost)
        for rules, weight in sorted(answers.values(), key=lambda a: -a[1])[:TOLD]:
            yield Induced(_program(base.picture, rules), base.cost + sum(r.cost for r in rules), weight)

    def _varied(self, best: list[Rule], found: Sequence[list[Rule]]) -> Iterator[list[Rule]]:
        """The rules with one in another form that is alike in training."""
        alike_to = {id(alike[0]): alike for alike in self.tests}
        for n, alike in enumerate(found):
            for m, rule in enumerate(alike):
                if m:
                    yield [*best[:n], rule, *best[n + 1:]]
                for k, test in enumerate(rule.tests):
                    for other in alike_to[id(test)][1:]:
                        varied = Rule.of((*rule.tests[:k], other, *rule.tests[k + 1:]), rule.source)
                        yield [*best[:n], varied, *best[n + 1:]]


def _literals(rows: np.ndarray, k: int, seen: np.ndarray, asked: np.ndarray, *, least: bool) -> tuple[np.ndarray, ...]:
    """Of pictures, those that show a colour, or `least` that, in some training cells only: row, colour, least, looks.

    The looks are bits, of the training cells and of those asked: where it is so, and where it is not.
    """
    some = seen.any(1) & ~seen.all(1)
    rows, looks = rows[some], (seen[some], ~seen[some], asked[some], ~asked[some])
    return (rows, np.full(len(rows), k), np.full(len(rows), least), *(np.packbits(bits, axis=1) for bits in looks))


def _cheap(priced: Sequence[Priced]) -> list[Priced]:
    """The cheapest first, and of those that cost little more a few."""
    ordered = sorted(priced, key=lambda p: p[0])
    return [p for p in ordered[:ALIKE] if p[0] <= ordered[0][0] + SLACK]


def _in_order(rules: Sequence[Rule]) -> list[Rule]:
    """Each said of what those after it leave: the cheapest last."""
    return sorted(rules, key=lambda r: -r.cost)


def _answer(base: Source, rules: Sequence[Rule]) -> np.ndarray:
    """The cells that are asked."""
    cells = base.asked.copy()
    for rule in _in_order(rules):
        np.copyto(cells, rule.source.asked, where=np.logical_and.reduce([t.asked for t in rule.tests], axis=0)
                  if rule.tests else True)
    return cells


def _program(default: Picture, rules: Sequence[Rule]) -> Program:
    program = default.program
    for rule in _in_order(rules):
        program = choose([t.shows for t in rule.tests], rule.source.picture.program, program)
    return program
