"""Look-ahead: whether the next layer of a bank holds the goal, before the layer is built.

Calls are made in one world and once for each distinct value there; only what gives the goal there is tried
in the others. No value is kept, so that the last layer of a search costs a fraction of what it would in the bank.
"""

from collections.abc import Iterator
from itertools import product
from math import prod

from dsl.grammar import Production, Symbol
from dsl.interpret import Failure, Stop
from dsl.passing import plans
from dsl.primitive import Primitive
from dsl.witness import ANY
from solvers.bank import CHUNK, Bank
from solvers.columns import meets
from solvers.entry import FAULTS, Entry

TRIAL = 2_000  # calls of a rule after which it is seen whether one world tells enough
COMMON = 0.2  # of the calls, that give the goal in that world: then the layer is as quickly built

Group = dict[object, list[Entry]]  # entries of one layer, by their value in the world looked at


class Ahead:
    """One goal's look-ahead over a bank; primitives with a witness are left to deduction."""

    def __init__(self, bank: Bank, values: tuple[object, ...]):
        self.bank, self.values = bank, values
        self.world = max(range(len(values)), key=lambda w: -1 if values[w] is ANY else len(repr(values[w])))
        self._groups: dict[tuple[Symbol, int], Group] = {}

    def look(self) -> Iterator[list[Entry]]:
        """The entries of the layer beyond those done that give the goal, a chunk of work at a time."""
        for rule in self.bank.rules[self.bank.start]:
            if isinstance(rule.head, Primitive) and not plans(rule.head):
                yield from self._calls(rule, self.bank.done + 1)

    def _calls(self, rule: Production, cost: int) -> Iterator[list[Entry]]:
        calls = passed = 0
        for costs in self.bank.shares(rule.args, cost - rule.cost):
            groups = [self._group(a, c) for a, c in zip(rule.args, costs, strict=True)]
            for part in _parts(groups):
                self.bank.check_budget()
                here, found = self._chunk(rule, part, cost)
                made = prod(map(len, part))
                calls, passed = calls + made, passed + here
                self.bank.tried += made
                yield found
                if calls > TRIAL and passed > COMMON * calls:
                    return

    def _group(self, symbol: Symbol, cost: int) -> Group:
        found = self._groups.get((symbol, cost))
        if found is None:
            found = self._groups[symbol, cost] = {}
            for entry in self.bank.layers[symbol][cost]:
                value = entry.values[self.world]
                if type(value) is not Failure:
                    found.setdefault(value, []).append(entry)
        return found

    def _chunk(self, rule: Production, groups: list[Group], cost: int) -> tuple[int, list[Entry]]:
        """How many calls give the goal in the world looked at, and the entries that give it in all."""
        f, goal, passed, found = rule.head.function, self.values[self.world], 0, []  # type: ignore[union-attr]
        with self.bank.watch as watch:
            watch.inside = True
            try:
                for args in product(*groups):
                    watch.calls += 1
                    try:
                        if f(*args) == goal:
                            passed += 1
                            pools = [g[a] for g, a in zip(groups, args, strict=True)]
                            found += filter(None, (self._entry(rule, a, cost) for a in product(*pools)))
                    except FAULTS as error:
                        if isinstance(error, Stop):  # others will take too long, too
                            self.bank.check_budget()
                            watch.hurry()
            finally:
                watch.inside = False
        return passed, found

    def _entry(self, rule: Production, args: tuple[Entry, ...], cost: int) -> Entry | None:
        """The call, if it gives the goal in every world."""
        f, values = rule.head.function, []  # type: ignore[union-attr]
        for goal, row in zip(self.values, zip(*[a.values for a in args], strict=True), strict=True):
            try:
                values.append(f(*row))
            except FAULTS:
                return None
            if not meets(values[-1], goal):
                return None
        return Entry(rule, args, cost, -1, tuple(values))


def _parts(groups: list[Group]) -> Iterator[list[Group]]:
    """The groups, the first of them in parts that make about as many calls as a chunk has."""
    step = max(1, CHUNK // max(1, prod(map(len, groups[1:]))))
    keys = list(groups[0])
    for i in range(0, len(keys), step):
        yield [{k: groups[0][k] for k in keys[i:i + step]}, *groups[1:]]
