"""Order: what a layer of a bank is made of, the most promising first."""

from collections.abc import Callable, Mapping, Sequence
from math import inf, prod

from dsl.grammar import Grammar, Production, Symbol
from dsl.reach import around
from solvers.entry import Entry

Work = tuple[Symbol, Production, list[list[Entry]]]  # a production with entries for its arguments
Order = Callable[[Sequence[Work]], Sequence[Work]]


def stages(grammar: Grammar, start: Symbol, rules: Mapping[Symbol, Sequence[Production]], early: int | None,
           ) -> list[tuple[int, list[Symbol]]]:
    """Which symbols are built together, and by how much less than whole programs cost: the arguments before the calls.

    A part is not built before whole programs may hold it, but for so many layers; with None all symbols are built
    to the same cost.
    """
    lag = dict.fromkeys(rules, 0)
    if early is not None:
        lag |= {s: max(0, int(c) - early) for s, c in around(grammar, start, rules).items() if c < inf}
    return [(n, [s for s in rules if lag[s] == n]) for n in sorted(set(lag.values()), reverse=True)]


class Alike:
    """First the calls whose values should look like the goal, then those that may, then those that should not.

    A production of one argument of the goal's type that has never changed what its argument looks like is taken to go
    on so, and so is one all of whose values have looked like the goal. Of the calls that are as promising those come
    first of whose production there are fewest. No call is left out.

    symbol: the goal's; look: what values look like, world by world, such as their sizes; wanted: what the goal does.

    >>> from dsl import Grammar, load
    >>> from dsl.types import INT
    >>> from solvers.bank import Bank
    >>> from solvers.base import Budget
    >>> grammar = Grammar(load("integers"), (INT,), INT)
    >>> order = Alike(grammar.start, lambda values: [v > 0 for v in values], [True])
    >>> kept = [sum(map(len, Bank(grammar, [((3,), ())], Budget(size=4), order=way).grow())) for way in (list, order)]
    >>> kept[0] == kept[1]
    True
    """

    def __init__(self, symbol: Symbol, look: Callable[[tuple], object], wanted: object):
        self.symbol, self.look, self.wanted = symbol, look, wanted
        self._keeps: dict[int, bool] = {}  # productions that have entries: whether all look like their arguments
        self._suits: dict[int, bool] = {}  # and whether all look like the goal
        self._parted: dict[int, tuple[list[Entry], list[Entry]]] = {}  # pools: what looks like the goal, and the rest

    def __call__(self, work: Sequence[Work]) -> list[Work]:
        """The same work in another order."""
        pools = {id(pool): pool for _, rule, pools in work for a, pool in zip(rule.args, pools, strict=True)
                 if a == self.symbol}
        for key, pool in pools.items():
            if key not in self._parted:
                self._parted[key] = self._part(pool)
        likely: list[Work] = []
        open_: list[Work] = []
        late: list[Work] = []
        for symbol, rule, its in work:
            at = _carrier(rule, symbol) if symbol == self.symbol and self._keeps.get(id(rule)) else None
            if at is None:
                (likely if self._suits.get(id(rule)) else open_).append((symbol, rule, its))
                continue
            for into, part in zip((likely, late), self._parted[id(its[at])], strict=True):
                if part:
                    into.append((symbol, rule, [*its[:at], part, *its[at + 1:]]))
        return [w for part in (likely, open_, late) for w in sorted(part, key=_size)]

    def _part(self, pool: list[Entry]) -> tuple[list[Entry], list[Entry]]:
        alike, rest = [], []
        for entry in pool:
            look = self.look(entry.values)
            (alike if look == self.wanted else rest).append(entry)
            self._suits[id(entry.rule)] = self._suits.get(id(entry.rule), True) and look == self.wanted
            at = _carrier(entry.rule, self.symbol)
            if at is not None:
                same = look == self.look(entry.args[at].values)
                self._keeps[id(entry.rule)] = self._keeps.get(id(entry.rule), True) and same
        return alike, rest


def _carrier(rule: Production, symbol: Symbol) -> int | None:
    """Which argument is the only one of a symbol."""
    found = [k for k, a in enumerate(rule.args) if a == symbol]
    return found[0] if len(found) == 1 else None


def _size(work: Work) -> int:
    return prod(map(len, work[2]))
