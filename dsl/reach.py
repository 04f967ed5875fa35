"""Reach: how large a program must be to need what a grammar leaves unexplored.

Types may nest, and lambdas, without end; a grammar explores some depth of both. Up to the
cost that `unexplored` gives, nothing is missing.
"""

from collections.abc import Mapping
from math import ceil, inf

from dsl.grammar import MAX_TYPE_DEPTH, Grammar, Production, Symbol, depth
from dsl.types import is_function, variables


def least_costs(productions: Mapping[Symbol, tuple[Production, ...]]) -> dict[Symbol, float]:
    """The cost of the cheapest program of each symbol; infinite where there is none."""
    least = dict.fromkeys(productions, inf)
    while True:
        new = {s: min((r.cost + sum(least[a] for a in r.args) for r in rules), default=inf)
               for s, rules in productions.items()}
        if new == least:
            return least
        least = new


def within(grammar: Grammar, start: Symbol, size: int) -> dict[Symbol, tuple[Production, ...]]:
    """The productions that a program of a size, or a smaller one, can use, of the symbols that it then can need.

    >>> from dsl import load
    >>> from dsl.types import sequence, INT
    >>> lists = Grammar(load("lists"), (sequence(INT),), INT)
    >>> len(within(lists, lists.start, 2)), len(lists.reachable(lists.start)) > 2
    (2, True)
    """
    least = least_costs(grammar.productions)
    found: dict[Symbol, tuple[Production, ...]] = {}
    todo = [start]
    while todo:
        symbol = todo.pop()
        if symbol not in found:
            found[symbol] = tuple(r for r in grammar.productions[symbol]
                                  if r.cost + sum(least[a] for a in r.args) <= size)
            todo.extend(a for r in found[symbol] for a in r.args)
    return found


def unexplored(grammar: Grammar) -> tuple[float, str]:
    """The least cost that a program may have which the grammar lacks, and what such a program needs.

    >>> from dsl import load
    >>> from dsl.types import INT, sequence
    >>> unexplored(Grammar(load("integers"), (INT,), INT))
    (inf, '')
    >>> unexplored(Grammar(load("lists"), (sequence(INT),), INT))
    (8, 'more lambda parameters in scope at once than are explored')
    """
    least = least_costs(grammar.productions)
    around = _around(grammar, least)
    found = inf, ""
    for symbol, rule in grammar.skipped:
        cost = around[symbol] + rule.cost + sum(_at_least(a, least) for a in rule.args)
        lambdas = any(is_function(a.type) for a in rule.args)
        what = "more lambda parameters in scope at once" if lambdas else f"types nested over {MAX_TYPE_DEPTH} deep"
        found = min(found, (cost, f"{what} than are explored" if lambdas else what))
    if grammar.open_ended:
        generic = [p for p in grammar.dsl.primitives if variables(p.type)]
        grows = max(max(1, depth(p.result) - 1) for p in generic)
        begins = max(map(depth, (*grammar.inputs, *(c.type for c in grammar.dsl.constants),
                                 *(p.result for p in grammar.dsl.primitives if not variables(p.type)))), default=1)
        steps = max(1, ceil((MAX_TYPE_DEPTH + 1 - begins) / grows))
        found = min(found, (steps + 1 + min(p.cost for p in generic), f"types nested over {MAX_TYPE_DEPTH} deep"))
    return found


def _at_least(symbol: Symbol, least: Mapping[Symbol, float]) -> float:
    """A bound from below for what is not explored: a lambda has a body."""
    known = least.get(symbol, inf)
    return known if known < inf else 2 if is_function(symbol.type) else 1


def _around(grammar: Grammar, least: Mapping[Symbol, float]) -> dict[Symbol, float]:
    """The least cost of what stands around a symbol in a whole program."""
    found: dict[Symbol, float] = {**dict.fromkeys(grammar.productions, inf), grammar.start: 0}
    changed = True
    while changed:
        changed = False
        for symbol, rules in grammar.productions.items():
            for r in rules:
                for a in r.args:
                    cost = found[symbol] + r.cost + sum(_at_least(b, least) for b in r.args) - _at_least(a, least)
                    if cost < found[a]:
                        found[a], changed = cost, True
    return found
