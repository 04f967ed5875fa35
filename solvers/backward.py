"""Backward deduction: what the parts of a program must give, so that the whole gives the goal.

A goal says, world by world, which values will do. It is met by an entry of the bank, or by
a primitive whose witness tells what its arguments must have been; those are goals
in turn (FlashMeta: Polozov and Gulwani 2015; with a bank below it, Duet: Lee 2021). Goals are
matched against the whole bank at once, as arrays of value numbers.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import prod

import numpy as np

from dsl.grammar import Production, Symbol
from dsl.imprint import exact
from dsl.interpret import Failure
from dsl.passing import plans
from dsl.primitive import Primitive
from dsl.program import Const
from dsl.types import belongs, is_function
from dsl.witness import ANY, Plan, Step, Table
from solvers.asked import LARGEST_CHOICE, Asked
from solvers.bank import Bank
from solvers.cases import Cases, chosen_by
from solvers.chain import chain, chains
from solvers.columns import Columns, Goal
from solvers.entry import FAULTS, Entry, across, cheapest

MOST_BRANCHES = 4  # nested case distinctions
MOST_ROWS = 150_000  # entries of a symbol, the cheapest, that goals with a choice are matched against
MOST_LEAVES = 500_000  # combinations of arguments, up to which all constants and inputs are among them
MOST_GIVEN = 20_000  # of those, how many are tried as the argument that a witness starts from
NARROWER = 8  # by how much fewer with each further nested deduction; leaves are always tried
MOST_CHOSEN = 300  # the same where the goal leaves a choice
LAMBDA_SHARE = 4  # of the time, for rules that take a function, to 1 for others
MOST_VIABLE = 5_000  # goals for which the entries are remembered that a witness knows an answer to
WIDTH = 32  # how many ways to meet a goal that leaves a choice are followed
PART = 512  # entries looked at between two looks at the clock

class Late(Exception):
    """The time for this deduction is over."""


class Backward:
    """Deduction over one bank as it stands; what it finds are entries that are not in the bank."""

    def __init__(self, bank: Bank, abstract: Callable[[Bank, Symbol, Goal, float], Entry | None] | None = None):
        self.bank, self.abstract = bank, abstract
        self.must = bank.must
        self._columns: dict[Symbol, Columns] = {}
        self._rules: dict[Symbol, list[tuple[Production, tuple[Plan, ...]]]] = {}
        self._filled: dict[tuple[Symbol, int], int] = {}
        self._met: dict[tuple, tuple[int, list[Entry]]] = {}
        self._open: set[tuple] = set()
        self._asked = Asked()
        self._needs: dict[tuple, tuple[int, list[tuple[int, object]]]] = {}
        self._viables: dict[tuple[Symbol, Step, Goal], tuple[int, list[int]]] = {}
        self.until, self.steps, self.branching, self.deepest = 0.0, 0, False, 1

    def refresh(self) -> None:
        """Take in what the bank has learned; forget what was found wanting."""
        self._met.clear()

    def find(self, goal: Goal, deepest: int, until: float, branching: bool) -> Entry | None:
        """The cheapest entry of the start symbol found to meet a goal by the fewest nested deductions.

        By cases if need be (`branching`).

        Raises:
            Late: at the time `until`, if nothing was found.
        """
        self.branching = branching
        rules = self._able(self.bank.start)
        constant = next(iter(self._constants(self.bank.start, goal)), None)
        if constant is not None:
            return constant
        best, late, self.until = None, False, until
        for rule, known in rules:  # to bring columns up to date may take longer than one's share of the time
            if any(map(chains, known)):
                for symbol in rule.args:
                    self.columns(symbol)
        for depth in range(1, deepest + 1):
            self.deepest = depth
            now = time.monotonic()
            end = now + (until - now) * (0.5 if depth < deepest else 1.0)  # the shallow first, and longest
            left = sum(_weight(rule) for rule, _ in rules)
            for rule, known in rules:  # what one rule leaves of its share of the time, the others have
                now = time.monotonic()
                self.until, left = now + (end - now) * _weight(rule) / left, left - _weight(rule)
                self._open.clear()
                try:
                    for entry in islice(self._deduce(rule, known, goal, depth), WIDTH):
                        if best is None or entry.cost < best.cost:
                            best = entry
                except Late:
                    late = True
            if best is not None:
                return best
        if late:
            raise Late
        return None

    def _able(self, symbol: Symbol) -> list[tuple[Production, tuple[Plan, ...]]]:
        """The rules of a symbol whose arguments can be deduced, and how."""
        if symbol not in self._rules:
            found = [(r, plans(r.head)) for r in self.bank.rules[symbol] if isinstance(r.head, Primitive)]
            self._rules[symbol] = [(r, known) for r, known in found if known]
        return self._rules[symbol]

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
        known = self._met.get(key)
        if known is not None and (known[0] >= depth or known[1] and _single(goal)):
            return known[1]
        if key in self._open:
            return []
        if is_function(symbol.type):
            made = self.abstract(self.bank, symbol, goal, self.until) if self.abstract else None
            return [made] if made else []
        found = self._matches(symbol, goal)
        if depth > 0 and not (found and _single(goal)):
            self._open.add(key)
            try:
                seen = {e.values[:self.must] for e in found}
                for rule, how in self._able(symbol):
                    for entry in self._deduce(rule, how, goal, depth):
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
        self._met[key] = depth, found
        return found

    def _matches(self, symbol: Symbol, goal: Goal) -> list[Entry]:
        if _single(goal) and ANY not in goal and self.must == len(self.bank.worlds):
            entry = self.bank.known(symbol, tuple(v for v, in goal))
            if entry is not None or exact((symbol.type,)):
                return self._constants(symbol, goal) if entry is None else [entry]
        columns = self.columns(symbol)
        rows = columns.matching(goal)[:1 if _single(goal) else WIDTH] if columns.entries else ()
        found = [columns.entries[i] for i in rows]
        return found if found and _single(goal) else found + self._constants(symbol, goal)

    def _constants(self, symbol: Symbol, goal: Goal) -> list[Entry]:
        """The constants that meet a goal in every world, where the language lets any be written."""
        choices = [wanted for wanted in goal if wanted is not ANY]
        if symbol.type not in self.bank.grammar.dsl.open or not choices:
            return []
        first = min(choices, key=len)
        if isinstance(first, frozenset):  # of which the order is another in every process
            first = sorted(first, key=lambda v: (len(repr(v)), repr(v)))
        values = [v for v in islice(first, LARGEST_CHOICE)
                  if belongs(v, symbol.type) and all(v in wanted for wanted in choices)][::-1]  # the longest text first
        return [Entry(Production(Const(v, symbol.type), (), 1), (), 1, -1, (v,) * len(self.bank.worlds))
                for v in values[:WIDTH]]

    def _deduce(self, rule: Production, known: Sequence[Plan], goal: Goal, depth: int) -> Iterator[Entry]:
        for plan in known:
            given = [i for i in range(len(rule.args)) if all(s.index != i for s in plan)]
            self._check()
            if depth == self.deepest == 1 and rule.head.laws.associative and chains(plan) and _single(goal):  # type: ignore
                chained = self._chained(rule, plan, goal)
                if chained is not None:
                    yield chained
            if (condition := chosen_by(plan, len(rule.args))) is not None:
                tree = self._by_cases(rule, plan, condition, goal, depth) if self.branching else None
                if tree is not None:
                    yield tree
                continue
            pair = len(given) == 1 and len(plan) == 1 and plan[0].needs == (given[0],)
            if pair and _single(goal) and not is_function(rule.args[plan[0].index].type):
                joined = self._join(rule, plan[0], given[0], goal)
                yield from joined or ()
                if joined is not None and depth < 2 and rule.args[plan[0].index].type not in self.bank.grammar.dsl.open:
                    continue
            for args in self._given(rule, plan, given, goal, depth):
                yield from self._steps(rule, plan, args, goal, depth)

    def _given(self, rule: Production, plan: Plan, given: list[int], goal: Goal,
               depth: int) -> Iterator[dict[int, Entry]]:
        """The ways to take the arguments that a plan does not name from the bank, cheapest first.

        Fewer where deductions are nested deeper: deep and narrow, or shallow and wide.
        """
        most = MOST_GIVEN if _single(goal) else MOST_CHOSEN
        most //= NARROWER ** (2 * self.deepest - depth - 1)
        if len(given) == 1 and plan and plan[0].needs == tuple(given):
            ways: Iterable[tuple[Entry, ...]] = self._viable(rule.args[given[0]], plan[0], goal, most)
        else:
            few = round(most ** (1 / max(1, len(given))))
            pools = [self.columns(rule.args[i]) for i in given]
            leaves = prod(max(few, c.leaves) for c in pools) <= MOST_LEAVES
            ways = cheapest([c.entries[:max(few, leaves * c.leaves)] for c in pools])
        for n, args in enumerate(ways):
            if not n & 63:
                self._check()
            yield dict(zip(given, args, strict=True))

    def _viable(self, symbol: Symbol, step: Step, goal: Goal, most: int) -> Iterator[tuple[Entry]]:
        """The entries for which a witness knows a value in every world; what was found once is not asked again."""
        columns = self.columns(symbol)
        if len(self._viables) > MOST_VIABLE:
            self._viables.clear()
        seen, found = self._viables.setdefault((symbol, step, goal), (0, []))
        most = min(max(most, columns.leaves), len(columns.entries))
        yield from ((columns.entries[r],) for r in found if r < most)
        while seen < most:
            part = range(seen, min(most, seen + PART))
            new = [part.start + int(r) for r in self._known(step, goal, columns, part)]
            seen, found = part.stop, [*found, *new]
            self._viables[symbol, step, goal] = seen, found
            yield from ((columns.entries[r],) for r in new)

    def _known(self, step: Step, goal: Goal, columns: Columns, rows: range) -> np.ndarray:
        ids = columns.ids[rows.start:rows.stop]
        ok, restless = np.ones(len(ids), bool), np.zeros(len(ids), bool)
        for w, wanted in enumerate(goal):
            if wanted is ANY:
                continue
            known, open_ = np.zeros(len(columns.numbers[w]), bool), np.zeros(len(columns.numbers[w]), bool)
            values = columns.values(w)
            for n, i in enumerate(np.unique(ids[ok, w])):
                if not n & 255:
                    self._check()
                back = self._asked.back(step, wanted, (values[i],))
                known[i], open_[i] = back is ANY or len(back) > 0, back is not ANY
            ok &= known[ids[:, w]]
            restless |= open_[ids[:, w]]
        return np.flatnonzero(ok & restless)

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
            back = ANY if wanted is ANY else self._asked.back(step, wanted, tuple(v[w] for v in needs))
            if back is ANY and wanted is not ANY and not self.branching and not is_function(symbol.type):
                return
            if back is not ANY and not back:
                return
            inner.append(back)
        if all(g is ANY for g in inner) or tuple(inner) == goal:  # a call that leaves the argument as it is
            return
        nested = rule.head if step.index == 0 and rule.head.laws.associative else None  # type: ignore[union-attr]
        for entry in self.meet(symbol, tuple(inner), depth - 1):
            if nested is not None and entry.rule.head is nested:  # the same value nested to the right is met as well
                continue
            yield from self._steps(rule, plan[1:], {**known, step.index: entry}, goal, depth)

    def _built(self, rule: Production, args: tuple[Entry, ...], goal: Goal) -> Entry | None:
        """The call, if its values really are among those wanted."""
        f = rule.head.function  # type: ignore[union-attr]
        try:
            values = across(f, [a.values[:self.must] for a in args])
        except FAULTS:
            return None
        if any(type(v) is Failure for v in values):
            return None
        fits = (g is ANY or type(g) is Table or v in g for v, g in zip(values, goal, strict=True))
        if not all(fits):
            return None
        return Entry(rule, args, rule.cost + sum(a.cost for a in args), -1, values)

    def _by_cases(self, rule: Production, plan: Plan, given: int, goal: Goal, depth: int) -> Entry | None:
        """A decision tree; its leaves are met without further case distinctions."""
        columns, symbol = self.columns(rule.args[given]), rule.args[plan[0].index]

        def leaf(part: Goal) -> Entry | None:
            self._check()
            self.branching = False
            try:
                return next(iter(self.meet(symbol, part, depth - 1)), None)
            finally:
                self.branching = True

        def built(args: dict[int, Entry], part: Goal) -> Entry | None:
            return self._built(rule, tuple(args[i] for i in range(len(rule.args))), part)

        return Cases(plan, given, goal, columns, leaf, built, self._asked.back).tree(min(MOST_BRANCHES, depth))

    def _chained(self, rule: Production, plan: Plan, goal: Goal) -> Entry | None:
        """Many parts of the bank, joined."""
        columns = self.columns(rule.args[0])
        parts = chain(plan, goal, columns, rule.cost, self._asked.back, self._check) if columns.entries else None
        if not parts or len(parts) < 2:
            return None
        *before, joined = parts
        try:
            for part in reversed(before):
                values = across(rule.head.function, [part.values, joined.values])  # type: ignore[union-attr]
                joined = Entry(rule, (part, joined), rule.cost + part.cost + joined.cost, -1, values)
        except FAULTS:
            return None
        return joined if all(g is ANY or v == g[0] for v, g in zip(joined.values, goal, strict=False)) else None

    def _join(self, rule: Production, step: Step, free: int, goal: Goal) -> list[Entry] | None:
        """Both arguments from the bank: what one needs of the other is looked up for all rows at once.

        None where a witness leaves a choice.
        """
        left, right = self.columns(rule.args[free]), self.columns(rule.args[step.index])
        if not left.entries or not right.entries:
            return []
        worlds = tuple(w for w, g in enumerate(goal) if g is not ANY)
        need = np.empty((len(left.entries), len(worlds)), np.int64)
        for k, w in enumerate(worlds):
            wanted = self._needed(rule.args[free], step, w, goal[w])
            if wanted is None:
                return None
            table, number = np.full(len(left.numbers[w]), -1), right.numbers[w]
            for i, value in wanted:
                table[i] = number.get(value, -1)
            need[:, k] = table[left.ids[:, w]]
        rows = np.flatnonzero((need >= 0).all(axis=1))
        if not len(rows):
            return []
        hashes, order = right.hashed(worlds)
        wanted = right.hash(need[rows], worlds)
        at = np.searchsorted(hashes, wanted)
        at[at == len(hashes)] = 0
        found = []
        for row, k in zip(rows[hashes[at] == wanted], at[hashes[at] == wanted], strict=True):
            pair = {free: left.entries[row], step.index: right.entries[order[k]]}
            entry = self._built(rule, (pair[0], pair[1]), goal)
            if entry is not None:
                found.append(entry)
        return found


    def _needed(self, symbol: Symbol, step: Step, w: int, wanted) -> list[tuple[int, object]] | None:
        """What a witness asks for beside each value of a symbol in a world, by the value's number.

        None where it leaves a choice; what was asked once is not asked again.
        """
        columns = self.columns(symbol)
        if len(self._needs) > MOST_VIABLE:
            self._needs.clear()
        key = (symbol, step, w, wanted)
        seen, found = self._needs.setdefault(key, (0, []))
        if seen < len(columns.numbers[w]):
            for i, value in enumerate(islice(columns.numbers[w], seen, None), seen):
                if not i % PART:
                    self._needs[key] = i, found
                    self._check()
                back = self._asked.back(step, wanted, (value,))
                if back is ANY or len(back) > 1:
                    return None
                if len(back):
                    found.append((i, next(iter(back))))
            self._needs[key] = len(columns.numbers[w]), found
        return found


def _single(goal: Goal) -> bool:
    """Whether a goal leaves no choice of values."""
    return all(g is ANY or len(g) == 1 and type(g) is not Table for g in goal)


def _weight(rule: Production) -> int:
    """A rule's share of the time: a function among the arguments is a search of its own."""
    return LAMBDA_SHARE if any(is_function(a.type) for a in rule.args) else 1
