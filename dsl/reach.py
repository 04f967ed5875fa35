"""Reach: how large a program must be to need what a grammar leaves unexplored.

Types may nest, and lambdas, without end; a grammar explores some depth of both. Up to the
cost that `unexplored` gives, nothing is missing.
"""

from collections.abc import Container, Mapping, Sequence
from math import ceil, inf

from dsl.grammar import MAX_TYPE_DEPTH, Grammar, Production, Symbol, depth
from dsl.types import is_function, variables


def least_costs(productions: Mapping[Symbol, tuple[Production, ...]]) -> dict[Symbol, float]:
    """The cost of the cheapest program of each symbol; infinite where there is none."""
    return _at_least(productions, productions)


def within(grammar: Grammar, start: Symbol, size: float = inf) -> dict[Symbol, tuple[Production, ...]]:
    """The productions that a program of a size, or a smaller one, can use, of the symbols that it then can need.

    Without a size, those of which finite programs are built.

    >>> from dsl import load
    >>> from dsl.types import sequence, INT
    >>> lists = Grammar(load("lists"), (sequence(INT),), INT)
    >>> len(within(lists, lists.start, 2)), len(within(lists, lists.start)) > 2
    (2, True)
    """
    least = _written(grammar)
    found: dict[Symbol, tuple[Production, ...]] = {}
    todo = [start]
    while todo:
        symbol = todo.pop()
        if symbol not in found:
            costs = ((r, r.cost + sum(least[a] for a in r.args)) for r in grammar.productions[symbol])
            found[symbol] = tuple(r for r, cost in costs if cost <= size and cost < inf)
            todo.extend(a for r in found[symbol] for a in r.args)
    return found


def around(grammar: Grammar, start: Symbol, rules: Mapping[Symbol, Sequence[Production]]) -> dict[Symbol, float]:
    """The least cost of what stands around a symbol in a program of a start symbol, by these productions.

    >>> from dsl import load
    >>> from dsl.types import sequence, INT
    >>> lists = Grammar(load("lists"), (sequence(INT),), INT)
    >>> found = around(lists, lists.start, within(lists, lists.start))
    >>> found[lists.start], found[Symbol(INT, (INT,))] > 3
    (0, True)
    """
    return _around(start, rules, _written(grammar))


def _written(grammar: Grammar) -> dict[Symbol, float]:
    """The least cost of a program of each symbol, where constants that are not listed and functions may be deduced."""
    least = least_costs(grammar.productions)
    for s, cost in least.items():
        if cost == inf:
            least[s] = 1 if s.type in grammar.dsl.open else 2 if is_function(s.type) else inf
    changed = True
    while changed:
        changed = False
        for s, rules in grammar.productions.items():
            cost = min((r.cost + sum(least[a] for a in r.args) for r in rules), default=inf)
            if cost < least[s]:
                least[s], changed = cost, True
    return least


def unexplored(grammar: Grammar) -> tuple[float, str]:
    """The least cost that a program may have which the grammar lacks, and what such a program needs.

    >>> from dsl import load
    >>> from dsl.types import INT, sequence
    >>> unexplored(Grammar(load("integers"), (INT,), INT))
    (inf, '')
    >>> unexplored(Grammar(load("lists"), (sequence(INT),), INT))
    (8, 'more lambda parameters in scope at once than are explored')
    """
    every = {symbol: list(rules) for symbol, rules in grammar.productions.items()}
    for symbol, rule in grammar.skipped:
        every[symbol].append(rule)
        for a in rule.args:
            every.setdefault(a, [])
    least = _at_least(every, grammar.productions)
    around = _around(grammar.start, every, least)
    found = inf, ""
    for symbol, rule in grammar.skipped:
        cost = around[symbol] + rule.cost + sum(least[a] for a in rule.args)
        found = min(found, (cost, _needed(grammar, symbol, rule)))
    generic = [p for p in grammar.dsl.primitives if variables(p.type)]
    if grammar.crowded:
        found = min(found, (min(p.cost + p.arity for p in generic), "more types than are explored"))
    if grammar.open_ended:
        grows = max(max(1, depth(p.result) - 1) for p in generic)
        begins = max(map(depth, (*grammar.inputs, *(c.type for c in grammar.dsl.constants),
                                 *(p.result for p in grammar.dsl.primitives if not variables(p.type)))), default=1)
        steps = max(1, ceil((MAX_TYPE_DEPTH + 1 - begins) / grows))
        found = min(found, (steps + 1 + min(p.cost for p in generic), f"types nested over {MAX_TYPE_DEPTH} deep"))
    return found


def _needed(grammar: Grammar, symbol: Symbol, rule: Production) -> str:
    """What a production that is not explored needs."""
    if grammar.within(rule) and not is_function(symbol.type):
        return "more types, with lambda parameters in scope, than are explored"
    if is_function(symbol.type):
        return "functions that are no lambdas"
    if any(is_function(a.type) for a in rule.args):
        return "more lambda parameters in scope at once than are explored"
    return f"types nested over {MAX_TYPE_DEPTH} deep"


def _at_least(every: Mapping[Symbol, Sequence[Production]], explored: Container[Symbol]) -> dict[Symbol, float]:
    """A bound from below on the cost of each symbol's programs; of what is not explored, a lambda has a body."""
    least = {s: inf if s in explored else 2 if is_function(s.type) else 1 for s in every}
    while True:
        new = {s: min((r.cost + sum(least[a] for a in r.args) for r in every[s]), default=cost)
               for s, cost in least.items()}
        if new == least:
            return least
        least = new


def _around(start: Symbol, every: Mapping[Symbol, Sequence[Production]], least: Mapping[Symbol, float],
            ) -> dict[Symbol, float]:
    """The least cost of what stands around a symbol in a whole program."""
    found: dict[Symbol, float] = {**dict.fromkeys(every, inf), start: 0}
    changed = True
    while changed:
        changed = False
        for symbol, rules in every.items():
            for r in rules:
                for i, a in enumerate(r.args):
                    cost = found[symbol] + r.cost + sum(least[b] for k, b in enumerate(r.args) if k != i)
                    if cost < found[a]:
                        found[a], changed = cost, True
    return found
