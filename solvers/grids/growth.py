"""Growth: local rules by which a picture's empty cells fill step by step, learned from its last state alone.

A rule speaks of an empty cell's neighbours, in the picture as it was given and as it is now. What happened between
is not known; but where cells are filled once and for good, every state between is part of the last one, so that a rule
that is right wherever it applies in the last one is right on the way. Which rules together fill all cells, one after
another, answer set programming says: what follows must follow from something that followed before.
Rules may hold in several of the eight ways to look at a picture at once; pictures seen so are further examples.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from dsl.languages.grids import Grid
from dsl.languages.grids.features import MOVED, OF_PIECES, edge, flooded, in_column, in_row, outside
from dsl.languages.grids.growth import GROWTH, WAYS, Way, seen
from dsl.primitive import Primitive
from dsl.program import Apply, Lambda, Program, Variable
from solvers.asp.derive import cheapest
from solvers.grids.beam import Width, sound
from solvers.grids.say import ONE, Shows, choose, colour

GIVEN, NOW = Variable(0, ONE), Variable(1, ONE)
SAID = ("object_cells", "object_rank", "object_holes", "object_alike", "gap_cells", "gap_rank", "piece_cells")
FEATURES = (outside, edge, in_row, in_column, *(p for p in OF_PIECES if p.name in SAID))
COST = 3  # of growing, beside its rules
RULE = 2  # what a rule costs beside its tests
WIDTH = Width(longest=5, beam=200, kept=150)  # of the rules of a source
MOST = 25_000  # ways in which items follow, at most
COLOURS = 3  # whose cells may change
MORE = 3  # times as many as it takes are chosen among
MIDDLE = 12  # of the 25 places around a cell and in it, row by row
Pair = tuple[np.ndarray, np.ndarray]
Follows = tuple[int, frozenset[int]]  # an item, and what must have followed before it


@dataclass(frozen=True)
class Test:
    """Whether the picture, as given or now, shows a colour at a place around, or (negated) does not.

    Of what is now, only what stays is asked: not empty; a colour; or (negated, of one that is not filled) another.
    With a feature it is asked of what that says of the picture as given.
    """

    now: bool
    place: int
    colour: int
    negated: bool
    feature: Primitive | None = None
    filled: bool = False  # whether the place must not be empty, besides

    @property
    def cost(self) -> int:
        """The distance; a feature costs 1 more, and so does another colour than one."""
        return _far(self.place) + (self.feature is not None) + self.filled


@dataclass(frozen=True)
class Source:
    """A colour, or the cell at a place around in the picture as it is now."""

    colour: int | None
    place: int = MIDDLE


@dataclass(frozen=True)
class Rule:
    """An empty cell for which all tests hold becomes as its source."""

    tests: tuple[Test, ...]
    source: Source

    @property
    def cost(self) -> int:
        """Of its tests, and of itself."""
        return RULE + sum(t.cost for t in self.tests) + (self.source.colour is None and _far(self.source.place))

    @property
    def needs(self) -> frozenset[int]:
        """The places at which something must be now."""
        copied = {self.source.place} if self.source.colour is None else set()
        return frozenset({t.place for t in self.tests if t.now} | copied)


def grow(base: Program, pairs: Sequence[Pair], until: float) -> Iterator[tuple[int, Program]]:
    """Programs that fill the empty cells of a picture, each with its cost beside the picture's.

    pairs: for each example the picture's cells, and those wanted. None are found where cells of more than a few colours
    change, or where one of those colours is what others become.
    """
    empty = fillable(pairs)
    if not empty:
        return
    one, *others = WAYS.items()  # the fewest first
    some = False
    for features in ((), FEATURES):
        for name, ways in (one, *reversed([(n, w) for n, w in others if not features or len(w) in (4, 8)])):
            if time.monotonic() > until or some and features:
                return
            try:
                found = _together([_View(pairs, ways, k, empty, features, until) for k in empty], until)
            except _Late:
                return
            if found is not None:
                some = True
                yield COST + sum(r.cost for _, r in found), _program(base, name, empty, found)
            elif len(ways) == 1:  # what holds in many ways to look at it holds, turned, in one
                break


def fillable(pairs: Sequence[Pair]) -> tuple[int, ...]:
    """The few colours whose cells change, where no cell becomes one of them; none otherwise."""
    if any(a.shape != b.shape for a, b in pairs):
        return ()
    before = {int(k) for a, b in pairs for k in np.unique(a[a != b])}
    after = {int(k) for a, b in pairs for k in np.unique(b[a != b])}
    return tuple(sorted(before)) if len(before) <= COLOURS and not before & after else ()


class _Late(Exception):
    """The time is over."""


class _View:
    """All cells of an empty colour of all pairs, in all ways: what their surroundings are, and what they become."""

    def __init__(self, pairs: Sequence[Pair], ways: Sequence[Way], empty: int, open_: Sequence[int],
                 features: Sequence[Primitive], until: float):
        self.empty, self.open, self.until = empty, open_, until
        colours = sorted({int(k) for pair in pairs for g in pair for k in np.unique(g)})
        given, last, number = [], [], []
        said: dict[Primitive, list[np.ndarray]] = {f: [] for f in features}
        first = 0
        for a, b in pairs:
            order = first + np.arange(a.size).reshape(a.shape)
            first += a.size
            for way in ways:
                _hurry(until)
                at = np.nonzero(seen(a, way) == empty)
                for found, cells, beyond in ((given, a, 0), (last, b, 0), (number, order, -1)):
                    found.append(_around(seen(cells, way), at, beyond))
                for feature, rows in list(said.items()):
                    try:
                        rows.append(_around(feature.function(Grid(seen(a, way))).cells, at))  # type: ignore[attr-defined]
                    except ValueError:
                        del said[feature]
        self.given, self.last, self.number = map(np.concatenate, (given, last, number))  # (cells, 25)
        wanted = self.last[:, MIDDLE].astype(np.uint8)
        filled = np.concatenate([(a != b).ravel() for a, b in pairs])
        self.items = int(filled.sum())
        self.item = np.append(np.where(filled, np.cumsum(filled) - 1, -1), -1)  # the last one lies outside
        tests, masks = self._tests(colours, {f: np.concatenate(rows) for f, rows in said.items()})
        masks = np.array(masks, dtype=bool).reshape(len(tests), len(wanted))
        _hurry(until)
        bits = np.ascontiguousarray(np.packbits(masks, 0).T)
        key = np.concatenate([bits, wanted[:, None]], 1).view(f"V{bits.shape[1] + 1}").ravel()
        _, at, self.same, self.count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        self.cost = np.array([t.cost for t in tests], dtype=np.float32)
        self.tests, self.matrix = tests, masks[:, at].astype(np.float32)
        self.wanted, self.now = wanted[at], self.last[at]
        self.sources = [Source(k) for k in colours if k not in open_ and (wanted == k).any()]
        self.sources += [Source(None, p) for p in sorted(range(25), key=_far) if _far(p) and _straight(p)]

    def _tests(self, colours: Sequence[int], said: Mapping[Primitive, np.ndarray],
               ) -> tuple[list[Test], list[np.ndarray]]:
        found: dict[tuple, tuple[Test, np.ndarray]] = {}

        def add(mask: np.ndarray, test: Test) -> None:
            if mask.any() and not mask.all():
                found.setdefault((mask.tobytes(), test.place if test.now else None), (test, mask))

        places, open_ = sorted(range(25), key=_far), _table(self.open)
        for now, shown in ((False, self.given), (True, self.last)):
            for place in places[1:]:
                _hurry(self.until)
                for k in colours:
                    is_so = shown[:, place] == k
                    if not now or k not in self.open:  # what is empty now may be filled later
                        add(is_so, Test(now, place, k, False))
                    if not now or k in self.open:
                        add(~is_so, Test(now, place, k, True))
                    else:
                        add(~is_so & ~open_[shown[:, place]], Test(now, place, k, True, filled=True))
        for feature, shown in said.items():
            for place in places[:9]:
                for k in np.unique(shown[:, place]).tolist():
                    is_so = shown[:, place] == k
                    add(is_so, Test(False, place, k, False, feature))
                    add(~is_so, Test(False, place, k, True, feature))
        return [t for t, _ in found.values()], [m for _, m in found.values()]

    def rules(self) -> list[tuple[float, Rule, np.ndarray]]:
        """Rules that fill nothing wrongly, each with what it is worth (the less the better), and where it fills."""
        rules: dict[tuple, tuple[int, Rule, np.ndarray]] = {}
        fills, open_, holds = self.wanted != self.empty, _table(self.open), self.matrix > 0
        for source in self.sources:
            if time.monotonic() > self.until:
                break
            copied = source.colour is None
            shown = self.now[:, source.place] if copied else np.full_like(self.wanted, source.colour)
            speaks = ~open_[shown]
            right = fills & (shown == self.wanted)
            for chosen in sound(self.matrix, self.cost, right * self.count, (speaks & ~right) * self.count, WIDTH,
                                self.until):
                rule = Rule(tuple(self.tests[t] for t in chosen), source)
                at = right & holds[list(chosen)].all(0)
                key, cost = (at.tobytes(), rule.needs), rule.cost
                if key not in rules or cost < rules[key][0]:
                    rules[key] = (cost, rule, at)
        return [(cost - 2 * float(np.log(self.count @ at)), rule, at) for cost, rule, at in rules.values()]

    def follows(self, rule: Rule, at: np.ndarray) -> list[Follows]:
        """The items that a rule gives, each with those that must be there before it."""
        on = np.flatnonzero(at[self.same])
        others = self.item[self.number[on][:, sorted(rule.needs)]]
        return list({(i, frozenset(needs) - {-1}) for i, needs in
                     zip(self.item[self.number[on, MIDDLE]].tolist(), others.tolist(), strict=True)})


def _hurry(until: float) -> None:
    if time.monotonic() > until:
        raise _Late


def _together(views: Sequence[_View], until: float) -> list[tuple[int, Rule]] | None:
    """The cheapest rules by which all is filled that is in the end, each with the colour of the cells that it fills."""
    rules = [(worth, v, rule, at) for v in views for worth, rule, at in v.rules()]
    rules.sort(key=lambda r: r[0])
    chain, total, enough = Chain(views[0].items), 0, MOST
    asked: list[tuple[int, list[Follows]]] = []
    for _, view, rule, at in rules:
        if time.monotonic() > until:
            break
        open_, follows = bool(chain.left), view.follows(rule, at)
        asked.append((rule.cost, follows))
        chain.add(follows)
        total += len(follows)
        if open_ and not chain.left:
            enough = min(MOST, MORE * total)
        if total > enough:
            break
    if chain.left:
        return None
    found = cheapest(asked, views[0].items, seconds=min(5.0, max(0.1, until - time.monotonic())))
    return None if found is None else [(rules[k][1].empty, rules[k][2]) for k in found[0]]


class Chain:
    """What follows from what, item by item."""

    def __init__(self, items: int):
        self.left = set(range(items))
        self.waiting: dict[int, list[list]] = {}  # by an item: ways that need it, as (how many they need yet, what)

    def add(self, ways: Sequence[Follows]) -> None:
        """More ways in which items follow."""
        new = []
        for item, needs in ways:
            if item in self.left:
                open_ = needs & self.left
                if not open_:
                    new.append(item)
                else:
                    entry = [len(open_), item]
                    for n in open_:
                        self.waiting.setdefault(n, []).append(entry)
        while new:
            item = new.pop()
            if item in self.left:
                self.left.discard(item)
                for entry in self.waiting.pop(item, ()):
                    entry[0] -= 1
                    if not entry[0]:
                        new.append(entry[1])


def _around(cells: np.ndarray, at: tuple[np.ndarray, ...], beyond: int = 0) -> np.ndarray:
    """What lies around the cells at some rows and columns: (cells, 25)."""
    full = np.pad(cells, 2, constant_values=beyond)
    rows, columns = np.divmod(np.arange(25), 5)
    return full[at[0][:, None] + rows, at[1][:, None] + columns]


def _table(colours: Sequence[int]) -> np.ndarray:
    """For each colour, whether it is one of these."""
    return np.isin(np.arange(10), colours)


def _steps(place: int) -> tuple[int, int]:
    """How far down and right a place lies."""
    return place // 5 - 2, place % 5 - 2


def _straight(place: int) -> bool:
    """Whether a place lies on a row, column or diagonal of the middle."""
    down, right = map(abs, _steps(place))
    return not down or not right or down == right


@cache
def _far(place: int) -> int:
    return max(map(abs, _steps(place)))


def _shown(picture: Program, place: int) -> Program:
    """A picture moved so that each cell shows what lies at a place from it."""
    left, right, up, down = MOVED
    for steps, (less, more) in zip(_steps(place), ((down, up), (right, left)), strict=True):
        for _ in range(abs(steps)):
            picture = Apply(more if steps > 0 else less, (picture,))
    return picture


def _program(base: Program, name: str, empty: Sequence[int], rules: Sequence[tuple[int, Rule]]) -> Program:
    step: Program = NOW
    for k in empty:
        body: Program = NOW
        for rule in sorted((r for of, r in rules if of == k), key=lambda r: -r.cost):
            tests = []
            for t in rule.tests:
                of: Program = NOW if t.now else GIVEN if t.feature is None else Apply(t.feature, (GIVEN,))
                at = _shown(of, t.place)
                tests += [Shows(at, t.colour, t.negated), *(Shows(at, other, True) for other in empty if t.filled)]
            if rule.source.colour is not None:
                then: Program = Apply(flooded, (NOW, colour(rule.source.colour)))
            else:
                then = _shown(NOW, rule.source.place)
                tests += [Shows(then, other, True) for other in empty]
            body = choose(tests, then, body)
        step = choose([Shows(NOW, k)], body, step)
    return Apply(GROWTH[name], (base, Lambda((ONE, ONE), step, 0)))
