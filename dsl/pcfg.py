"""PCFG: a grammar with probabilities, uniform or counted over programs, as log probabilities or as costs."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, log2, prod
from random import Random
from typing import NamedTuple

from dsl.errors import DSLError
from dsl.grammar import Grammar, Production, Symbol
from dsl.lazy import cached_property
from dsl.primitive import Primitive
from dsl.program import Apply, Lambda, Program
from dsl.reach import least_costs
from dsl.types import suits

Rule = tuple[Symbol, Production]


class _Sized(NamedTuple):
    """The ways to build a symbol's programs of one size, and their probabilities, summed up."""

    ways: "list[tuple[Production, tuple[_Sized, ...]]]"
    weights: list[float]


@dataclass(frozen=True, eq=False)
class PCFG:
    """A probability for each production of each symbol; those of one symbol sum to 1.

    >>> from dsl.languages.integers import integers
    >>> from dsl.types import INT
    >>> p = PCFG.uniform(Grammar(integers, (INT,), INT))
    >>> round(sum(2 ** p.bits[s, r] for s, r in p.bits if s == p.grammar.start), 6)
    1.0
    """

    grammar: Grammar
    bits: Mapping[Rule, float]  # log2 of each probability

    @classmethod
    def uniform(cls, grammar: Grammar) -> "PCFG":
        """Every production of a symbol alike."""
        return cls(grammar, {(s, r): -log2(len(rules)) for s, rules in grammar.productions.items() for r in rules})

    @classmethod
    def counted(cls, grammar: Grammar, programs: Iterable[Program], pseudo: float = 1.0) -> "PCFG":
        """Productions by how often programs use them; `pseudo` uses are added to each.

        Raises:
            DSLError: for a program that is not of the grammar.
        """
        counts: Counter[Rule] = Counter()
        for p in programs:
            counts.update(derivation(grammar, p))
        return cls.weighted(grammar, counts, pseudo)

    @classmethod
    def weighted(cls, grammar: Grammar, uses: Mapping[Rule, float], pseudo: float = 1.0) -> "PCFG":
        """Productions by how much they are used; `pseudo` uses are added to each.

        Raises:
            DSLError: where `pseudo` is not above 0: what is never used would have no probability.
        """
        if not pseudo > 0:
            raise DSLError(f"pseudo={pseudo!r}: must be above 0, so that every production has a probability")
        bits = {}
        for s, rules in grammar.productions.items():
            total = sum(uses.get((s, r), 0) + pseudo for r in rules)
            bits.update({(s, r): log2((uses.get((s, r), 0) + pseudo) / total) for r in rules})
        return cls(grammar, bits)

    def score(self, program: Program) -> float:
        """The log2 of a program's probability."""
        return sum(self.bits[rule] for rule in derivation(self.grammar, program))

    def costs(self, scale: float = 1.0) -> Grammar:
        """The grammar with a production's cost `scale` times its bits, rounded, and at least 1."""
        return self.grammar.priced(lambda symbol, rule: max(1, round(-scale * self.bits[symbol, rule])))

    def sample(self, rng: Random, depth: int = 12) -> Program:
        """A program drawn by probability; below `depth` only productions that end soonest are drawn."""
        def draw(symbol: Symbol, left: int) -> Program:
            rules = [r for r in self.grammar.productions[symbol] if all(self._height[a] < inf for a in r.args)]
            if not rules:
                raise DSLError(f"no program of type {symbol.type} ends")
            if left <= 0:
                rules = [r for r in rules
                         if 1 + max((self._height[a] for a in r.args), default=0) == self._height[symbol]]
            weights = [2 ** self.bits[symbol, r] for r in rules]
            rule = rng.choices(rules, weights)[0]
            return rule.build(tuple(draw(a, left - 1) for a in rule.args))

        return draw(self.grammar.start, depth)

    def sample_sized(self, rng: Random, size: int, symbol: Symbol | None = None) -> Program | None:
        """A program (of the start, or of a symbol) drawn by probability among those of exactly `size` nodes, or None.

        >>> from dsl.languages.integers import integers
        >>> from dsl.types import INT
        >>> PCFG.uniform(Grammar(integers, (INT,), INT)).sample_sized(Random(0), 7).size
        7
        """
        def draw(sized: _Sized) -> Program:
            rule, parts = rng.choices(sized.ways, cum_weights=sized.weights)[0]
            return rule.build(tuple(map(draw, parts)))

        sized = self._of_size(symbol or self.grammar.start, size)
        return draw(sized) if sized.weights else None

    def _mass(self, symbol: Symbol, size: int) -> float:
        """The probability of a symbol's programs of this size together."""
        weights = self._of_size(symbol, size).weights
        return weights[-1] if weights else 0.0

    def _of_size(self, symbol: Symbol, size: int) -> "_Sized":
        """The programs of a symbol of this size."""
        found = self._sized.get((symbol, size))
        if found is None:
            found = self._sized[symbol, size] = _Sized([], [])
            total = 0.0
            for r in self.grammar.productions[symbol]:
                for sizes in _shares(len(r.args), size - 1):
                    weight = 2 ** self.bits[symbol, r] * prod(map(self._mass, r.args, sizes))
                    if weight:
                        total += weight
                        found.ways.append((r, tuple(map(self._of_size, r.args, sizes))))
                        found.weights.append(total)
        return found

    @cached_property
    def _sized(self) -> dict[tuple[Symbol, int], "_Sized"]:
        return {}

    @cached_property
    def best(self) -> dict[Symbol, float]:
        """The log2 of the most probable program of each symbol."""
        return {s: -x for s, x in self._least(lambda rule, parts: -self.bits[rule] + sum(parts)).items()}

    @cached_property
    def least_cost(self) -> dict[Symbol, float]:
        """The cost of the cheapest program of each symbol."""
        return least_costs(self.grammar.productions)

    @cached_property
    def _height(self) -> dict[Symbol, float]:
        return self._least(lambda rule, parts: 1 + max(parts, default=0))

    def _least(self, of: Callable[[Rule, list[float]], float]) -> dict[Symbol, float]:
        """The least value of a program of each symbol, where a rule's is made from its parts'."""
        found = dict.fromkeys(self.grammar.productions, float("inf"))
        changed = True
        while changed:
            changed = False
            for s, r in self.bits:
                value = of((s, r), [found[a] for a in r.args])
                if value < found[s] - 1e-12:
                    found[s], changed = value, True
        return found


def _shares(parts: int, size: int) -> Iterator[tuple[int, ...]]:
    """The ways to share out a size among so many parts, each at least 1."""
    if parts == 0:
        if size == 0:
            yield ()
        return
    for first in range(1, size - parts + 2) if parts > 1 else (size,):
        if first >= 1:
            for rest in _shares(parts - 1, size - first):
                yield (first, *rest)


def derivation(grammar: Grammar, program: Program, symbol: Symbol | None = None) -> list[Rule]:
    """The productions that a program is built with, outermost first.

    Raises:
        DSLError: for a program that is not of the grammar.
    """
    found = _derived(grammar, program, symbol or grammar.start)
    if found is None:
        raise DSLError(f"{program} is not of the grammar of {grammar.dsl.name!r} for {grammar.output}")
    return found


def _derived(grammar: Grammar, program: Program, symbol: Symbol) -> list[Rule] | None:
    for rule in grammar.productions.get(symbol, ()):
        if isinstance(program, Apply):
            fits = isinstance(rule.head, Primitive) and rule.head == program.function
        elif isinstance(program, Lambda):
            fits = rule.head is None
        else:
            fits = rule.head == program
        if fits and all(suits(c.type, a.type) for c, a in zip(program.children, rule.args, strict=True)):
            within = [_derived(grammar, child, inner) for child, inner in
                      zip(program.children, rule.args, strict=True)]
            if None not in within:
                return [(symbol, rule), *(step for steps in within if steps is not None for step in steps)]
    return None
