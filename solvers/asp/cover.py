"""Cover: the cheapest set of rules that covers all items, any-time."""

from collections.abc import Collection, Sequence

import numpy as np

from solvers.asp.run import best

MANY, MOST = 2_000, 4_000  # rules that are compared at a time, and the cheapest of others that they are compared with


def cheapest(rules: Sequence[tuple[int, Collection[int]]], items: int, *, seconds: float = 2.0,
             conflicts: int = 50_000) -> tuple[list[int], bool] | None:
    """The rules (cost, items covered) to take, and whether that is proved the least; None where some item has none.

    Where time runs out before there is any answer, those that cover most for their cost are taken one after another.

    >>> cheapest([(3, {0, 1}), (1, {0}), (1, {1})], 2)
    ([1, 2], True)
    """
    facts = [f"item(0..{items - 1})."] if items else []
    for n, (cost, covered) in ((n, rules[n]) for n in useful(rules, items)):
        facts.append(f"rule({n},{cost}).")
        facts += [f"covers({n},{i})." for i in covered]
    found = best("cover.lp", facts, seconds=seconds, conflicts=conflicts)
    if found is None:
        return _greedy(rules, items)
    return [int(str(n)) for (n,) in found.of("taken")], found.proved


def _greedy(rules: Sequence[tuple[int, Collection[int]]], items: int) -> tuple[list[int], bool] | None:
    table = np.zeros((len(rules), items), dtype=bool)
    for n, (_, covered) in enumerate(rules):
        table[n, list(covered)] = True
    if not table.any(0).all():
        return None
    costs, taken = np.maximum(1e-9, np.array([cost for cost, _ in rules], dtype=float)), []
    while table.any():
        taken.append(int((table.sum(1) / costs).argmax()))
        table[:, table[taken[-1]]] = False
    return sorted(taken), False


def useful(rules: Sequence[tuple[int, Collection[int]]], items: int) -> list[int]:
    """The rules but those that cost no less and cover no more than one of the cheapest others (the first stays).

    >>> useful([(3, {0, 1}), (1, {0}), (2, {0}), (1, {1}), (1, {1})], 2)
    [0, 1, 3]
    """
    table = np.zeros((len(rules), items), dtype=np.float32)
    for n, (_, covered) in enumerate(rules):
        table[n, list(covered)] = 1
    costs, sizes = np.array([cost for cost, _ in rules]), table.sum(1)
    order = np.lexsort((np.arange(len(rules)), -sizes, costs))  # what makes a rule useless comes before it
    table, costs, sizes = table[order], costs[order], sizes[order]
    kept = np.empty(0, dtype=int)
    for first in range(0, len(order), MANY):
        block = np.arange(first, min(first + MANY, len(order)))
        before = np.concatenate([kept[:MOST], block])
        within = table[block] @ table[before].T == sizes[block, None]
        kept = np.concatenate([kept, block[~(within & (before[None] < block[:, None])).any(1)]])
    return sorted(order[kept].tolist())
