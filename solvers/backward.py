"""Backward deduction: what the parts of a program must give, so that the whole gives the goal.

A goal says, world by world, which values will do. It is met by an entry of the bank, or by
a primitive whose witness tells what its arguments must have been; those are goals
in turn (FlashMeta: Polozov and Gulwani 2015; with a bank below it, Duet: Lee 2021). Goals are
matched against the whole bank at once, as arrays of value numbers.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product

import numpy as np

from dsl.grammar import Production, Symbol
from dsl.interpret import Failure, Stop
from dsl.primitive import Primitive
from dsl.witness import ANY, Plan, Step, Table
from solvers.bank import FAULTS, Bank, Entry

MOST_BRANCHES = 4  # nested case distinctions
MOST_ROWS = 150_000  # entries of a symbol, the cheapest, that goals with a choice are matched against
MOST_GIVEN = 20_000  # of those, how many are tried as the argument that a witness starts from
MOST_CHOSEN = 300  # the same where the goal leaves a choice
WIDTH = 32  # how many ways to meet a goal that leaves a choice are followed
LARGEST_CHOICE = 400  # values of a goal that are looked at one by one

Goal = tuple  # per world: ANY, or a tuple, frozenset or range of the values that will do


class Late(Exception):
    """The time for this deduction is over."""


class Columns:
    """A symbol's entries as an array: row by row, world by world, the number of the value."""

    def __init__(self, worlds: int):
        self.entries: list[Entry] = []
        self.numbers: list[dict] = [{} for _ in range(worlds)]
        self.ids = np.empty((0, worlds), np.int32)
        self._hashes: dict[tuple[int, ...], tuple[int, np.ndarray, np.ndarray]] = {}
        self.weights = np.random.default_rng(0).integers(1, 2**63, worlds, np.uint64) | np.uint64(1)

    def add(self, entries: Sequence[Entry]) -> None:
        """Append entries."""
        rows = np.empty((len(entries), len(self.numbers)), np.int32)
        for w, number in enumerate(self.numbers):
            rows[:, w] = [number.setdefault(e.values[w], len(number)) for e in entries]
        self.ids = np.concatenate([self.ids, rows])
        self.entries.extend(entries)

    def values(self, world: int) -> list:
        """The values in a world, by their numbers."""
        return list(self.numbers[world])

    def matching(self, goal: Goal) -> np.ndarray:
        """The rows whose values will do, in order."""
        rows = None
        for w, wanted in enumerate(goal):
            if wanted is ANY:
                continue
            column = self.ids[:, w] if rows is None else self.ids[rows, w]
            hit = self._wanted(w, wanted)[column]
            rows = np.flatnonzero(hit) if rows is None else rows[hit]
            if not len(rows):
                break
        return np.arange(len(self.entries)) if rows is None else rows

    def _wanted(self, w: int, wanted) -> np.ndarray:
        number = self.numbers[w]
        table = np.zeros(len(number), bool)
        if len(wanted) <= len(number):
            for v in wanted:
                i = number.get(v)
                if i is not None:
                    table[i] = True
        else:
            for v, i in number.items():
                table[i] = v in wanted
        return table

    def hashed(self, worlds: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """The rows' hashes over some worlds, sorted, and the order that sorts them."""
        found = self._hashes.get(worlds)
        if found is None or found[0] != len(self.entries):
            values = self.hash(self.ids[:, worlds], worlds)
            order = np.argsort(values, kind="stable")
            found = self._hashes[worlds] = len(self.entries), values[order], order
        return found[1], found[2]

    def hash(self, ids: np.ndarray, worlds: tuple[int, ...]) -> np.ndarray:
        """One number for each row of value numbers."""
        mixed = (ids.astype(np.uint64) + np.uint64(1)) * self.weights[list(worlds)]
        mixed ^= mixed >> np.uint64(29)
        return (mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(axis=1, dtype=np.uint64)


class Backward:
    """Deduction over one bank as it stands; what it finds are entries that are not in the bank."""

    def __init__(self, bank: Bank, abstract: Callable[[Bank, Symbol, Goal, float], Entry | None] | None = None):
        self.bank, self.abstract = bank, abstract
        self.must = bank.must
        self._columns: dict[Symbol, Columns] = {}
        self._filled: dict[tuple[Symbol, int], int] = {}
        self._known: dict[tuple, tuple[int, list[Entry]]] = {}
        self._open: set[tuple] = set()
        self._witnessed: dict[tuple, object] = {}
        self.until, self.steps, self.branching = 0.0, 0, False

    def refresh(self) -> None:
        """Take in what the bank has learned; forget what was found wanting."""
        self._known.clear()

    def find(self, goal: Goal, depth: int, until: float, branching: bool) -> Entry | None:
        """The cheapest entry of the start symbol that is found to meet a goal, by cases if need be (`branching`).

        Raises:
            Late: at the time `until`.
        """
        self.until, self.branching = until, branching
        self._open.clear()
        found = self.meet(self.bank.start, goal, 0)
        best = found[0] if found else None
        try:
            for rule in self.bank.rules[self.bank.start]:
                for entry in islice(self._deduce(rule, goal, depth), WIDTH):
                    if best is None or entry.cost < best.cost:
                        best = entry
        except Late:
            if best is None:
                raise
        return best

    def _check(self) -> None:
        if time.monotonic() > self.until:
            raise Late

    def columns(self, symbol: Symbol) -> Columns:
        """The symbol's entries, up to date."""
        found = self._columns.get(symbol)
        if found is None:
            found = self._columns[symbol] = Columns(self.must)
        if len(found.entries) >= MOST_ROWS:
            return found
        self._check()
        new: list[Entry] = []
        for cost, layer in sorted(self.bank.layers[symbol].items()):
            had = self._filled.get((symbol, cost), 0)
            if had < len(layer):
                new += layer[had:]
                self._filled[symbol, cost] = len(layer)
        if new:
            found.add(new[:MOST_ROWS - len(found.entries)])
        return found

    def meet(self, symbol: Symbol, goal: Goal, depth: int) -> list[Entry]:
        """Entries whose values will do: one for a goal without choice, else up to `WIDTH` that differ."""
        self.steps += 1
        if not self.steps & 7:
            self._check()
        key = (symbol, goal, self.branching)
        known = self._known.get(key)
        if known is not None and (known[0] >= depth or known[1] and _single(goal)):
            return known[1]
        if key in self._open:
            return []
        if symbol.type.is_function:  # type: ignore[union-attr]
            made = self.abstract(self.bank, symbol, goal, self.until) if self.abstract else None
            return [made] if made else []
        found = self._matches(symbol, goal)
        if depth > 0 and not (found and _single(goal)):
            self._open.add(key)
            try:
                seen = {e.values[:self.must] for e in found}
                for rule in self.bank.rules[symbol]:
                    for entry in self._deduce(rule, goal, depth):
                        values = entry.values[:self.must]
                        if values not in seen:
                            seen.add(values)
                            found.append(entry)
                            if _single(goal) or len(found) >= 2 * WIDTH:
                                break
                    if found and _single(goal):
                        break
            finally:
                self._open.discard(key)
        self._known[key] = depth, found
        return found

    def _matches(self, symbol: Symbol, goal: Goal) -> list[Entry]:
        if _single(goal) and ANY not in goal and self.must == len(self.bank.worlds):
            entry = self.bank.seen[symbol].get(tuple(v for v, in goal))
            return [] if entry is None else [entry]
        columns = self.columns(symbol)
        if not columns.entries:
            return []
        rows = columns.matching(goal)[:1 if _single(goal) else WIDTH]
        return [columns.entries[i] for i in rows]

    def _deduce(self, rule: Production, goal: Goal, depth: int) -> Iterator[Entry]:
        head = rule.head
        if not isinstance(head, Primitive):
            return
        for plan in head.witness:
            given = [i for i in range(len(rule.args)) if all(s.index != i for s in plan)]
            self._check()
            if len(given) == 1 and len(plan) == 2 and all(s.needs == (given[0],) for s in plan):
                tree = self._cases(rule, plan, given[0], goal, depth) if self.branching else None
                if tree is not None:
                    yield tree
                continue
            if len(given) == 1 and len(plan) == 1 and plan[0].needs == (given[0],) and _single(goal):
                yield from self._join(rule, plan[0], given[0], goal)
                if depth < 2:
                    continue
            for known in self._given(rule, plan, given, goal):
                yield from self._steps(rule, plan, known, goal, depth)

    def _given(self, rule: Production, plan: Plan, given: list[int], goal: Goal) -> Iterator[dict[int, Entry]]:
        """The ways to take the arguments that a plan does not name from the bank, cheapest first."""
        pools = []
        most = MOST_GIVEN if _single(goal) else MOST_CHOSEN
        for i in given:
            columns = self.columns(rule.args[i])
            rows = np.arange(min(round(most ** (1 / len(given))), len(columns.entries)))
            if plan and plan[0].needs == (i,):
                rows = rows[self._viable(plan[0], columns, goal, len(rows))]
            pools.append([columns.entries[r] for r in rows])
        for n, args in enumerate(product(*pools)):
            if not n & 63:
                self._check()
            yield dict(zip(given, args, strict=True))

    def _viable(self, step: Step, columns: Columns, goal: Goal, most: int) -> np.ndarray:
        """The rows for which the first witness knows a value in every world."""
        ids = columns.ids[:most]
        ok, restless = np.ones(len(ids), bool), np.zeros(len(ids), bool)
        for w, wanted in enumerate(goal):
            if wanted is ANY or not len(ids):
                continue
            known, open_ = np.zeros(len(columns.numbers[w]), bool), np.zeros(len(columns.numbers[w]), bool)
            values = columns.values(w)
            for n, i in enumerate(np.unique(ids[ok, w])):
                if not n & 1023:
                    self._check()
                back = self._back(step, wanted, (values[i],))
                known[i], open_[i] = back is ANY or len(back) > 0, back is not ANY
            ok &= known[ids[:, w]]
            restless |= open_[ids[:, w]]
        return ok & restless

    def _back(self, step: Step, wanted, args: tuple):
        """The values of an argument from which some wanted output can come."""
        key = (step, wanted, args)
        found = self._witnessed.get(key)
        if found is None:
            if len(self._witnessed) > 2_000_000:
                self._witnessed.clear()
            found = self._witnessed[key] = self._asked(step, wanted, args)
        return found

    def _asked(self, step: Step, wanted, args: tuple):
        try:
            if len(wanted) == 1:
                (out,) = wanted
                return step.witness(out, *args)
            values: dict = {}
            for out in islice(wanted, LARGEST_CHOICE):
                back = step.witness(out, *args)
                if back is ANY:
                    return ANY
                values.update(dict.fromkeys(islice(back, LARGEST_CHOICE)))
                if len(values) > len(wanted):  # a choice that grows on the way down is never settled
                    return ()
            return tuple(values)
        except FAULTS:
            return ()

    def _steps(self, rule: Production, plan: Plan, known: dict[int, Entry], goal: Goal, depth: int) -> Iterator[Entry]:
        if not plan:
            entry = self._built(rule, tuple(known[i] for i in range(len(rule.args))), goal)
            if entry is not None:
                yield entry
            return
        step, symbol = plan[0], rule.args[plan[0].index]
        needs = [known[i].values for i in step.needs]
        inner = []
        for w, wanted in enumerate(goal):
            back = ANY if wanted is ANY else self._back(step, wanted, tuple(v[w] for v in needs))
            if back is ANY and wanted is not ANY and not self.branching or back is not ANY and not back:
                return
            inner.append(back)
        if all(g is ANY for g in inner):
            return
        nested = rule.head if step.index == 0 and rule.head.laws.associative else None  # type: ignore[union-attr]
        for entry in self.meet(symbol, tuple(inner), depth - 1):
            if entry.rule.head is nested:  # the same value nested to the right is met as well
                continue
            yield from self._steps(rule, plan[1:], {**known, step.index: entry}, goal, depth)

    def _built(self, rule: Production, args: tuple[Entry, ...], goal: Goal) -> Entry | None:
        """The call, if its values really are among those wanted."""
        f = rule.head.function  # type: ignore[union-attr]
        try:
            values = tuple(map(f, *[a.values[:self.must] for a in args]))
        except FAULTS:
            return None
        if any(type(v) is Failure for v in values):
            return None
        if not all(wanted is ANY or type(wanted) is Table or v in wanted for v, wanted in zip(values, goal, strict=True)):
            return None
        return Entry(rule, args, rule.cost + sum(a.cost for a in args), -1, values)

    def _cases(self, rule: Production, plan: Plan, given: int, goal: Goal, depth: int) -> Entry | None:
        """A decision tree whose leaves meet the goal each in its own worlds (Alur et al. 2017, EUSolver).

        There are few sets of worlds to meet it in, so each is tried once.
        """
        symbol, columns = rule.args[plan[0].index], self.columns(rule.args[given])
        cared = tuple(w for w, g in enumerate(goal) if g is not ANY)
        leaves: dict[tuple[int, ...], Entry | None] = {}
        trees: dict[tuple[tuple[int, ...], int], Entry | None] = {}

        def leaf(worlds: tuple[int, ...]) -> Entry | None:
            if worlds not in leaves:
                self.branching = False
                try:
                    part = tuple(g if w in worlds else ANY for w, g in enumerate(goal))
                    leaves[worlds] = next(iter(self.meet(symbol, part, depth - 1)), None)
                finally:
                    self.branching = True
            return leaves[worlds]

        def tree(worlds: tuple[int, ...], levels: int) -> Entry | None:
            if worlds != cared and (found := leaf(worlds)) is not None:
                return found
            if levels == 0 or len(worlds) < 2:
                return None
            key = (worlds, levels)
            if key not in trees:
                trees[key] = split(worlds, levels)
            return trees[key]

        def split(worlds: tuple[int, ...], levels: int) -> Entry | None:
            for condition, first, second in splits(worlds):
                self._check()
                a = tree(first, levels - 1)
                b = a and tree(second, levels - 1)
                if a is not None and b is not None:
                    parts = {given: condition, plan[0].index: a, plan[1].index: b}
                    part = tuple(g if w in worlds else ANY for w, g in enumerate(goal))
                    entry = self._built(rule, tuple(parts[i] for i in range(3)), part)
                    if entry is not None:
                        return entry
            return None

        def splits(worlds: tuple[int, ...]) -> list[tuple[Entry, tuple[int, ...], tuple[int, ...]]]:
            _, rows = np.unique(columns.ids[:, worlds], axis=0, return_index=True)
            found = []
            for row in sorted(rows):
                condition = columns.entries[row]
                sides = [tuple(w for w in worlds if self._back(s, goal[w], (condition.values[w],)) is not ANY)
                         for s in plan]
                if all(sides) and not set(sides[0]) & set(sides[1]):
                    found.append((condition, sides[0], sides[1]))
            return found

        return tree(cared, min(MOST_BRANCHES, depth)) if len(cared) > 1 else None

    def _join(self, rule: Production, step: Step, free: int, goal: Goal) -> Iterator[Entry]:
        """Both arguments from the bank: what one needs of the other is looked up for all rows at once."""
        left, right = self.columns(rule.args[free]), self.columns(rule.args[step.index])
        if not left.entries or not right.entries:
            return
        worlds = tuple(w for w, g in enumerate(goal) if g is not ANY)
        need = np.empty((len(left.entries), len(worlds)), np.int64)
        for k, w in enumerate(worlds):
            self._check()
            number, table = right.numbers[w], np.empty(len(left.numbers[w]), np.int64)
            for v, i in left.numbers[w].items():
                back = self._back(step, goal[w], (v,))
                if back is ANY or len(back) > 1:
                    return
                table[i] = number.get(back[0], -1) if len(back) else -1
            need[:, k] = table[left.ids[:, w]]
        rows = np.flatnonzero((need >= 0).all(axis=1))
        if not len(rows):
            return
        hashes, order = right.hashed(worlds)
        wanted = right.hash(need[rows], worlds)
        at = np.searchsorted(hashes, wanted)
        at[at == len(hashes)] = 0
        for row, k in zip(rows[hashes[at] == wanted], at[hashes[at] == wanted], strict=True):
            pair = {free: left.entries[row], step.index: right.entries[order[k]]}
            entry = self._built(rule, (pair[0], pair[1]), goal)
            if entry is not None:
                yield entry


def _single(goal: Goal) -> bool:
    """Whether a goal leaves no choice of values."""
    return all(g is ANY or len(g) == 1 and type(g) is not Table for g in goal)


def exactly(values: Sequence[object]) -> Goal:
    """The goal of these values and no others."""
    return tuple((v,) for v in values)
