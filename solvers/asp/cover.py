"""Cover: the cheapest set of rules that covers all items, any-time."""

from collections.abc import Collection, Sequence

from solvers.asp.run import best


def cheapest(rules: Sequence[tuple[int, Collection[int]]], items: int, *, seconds: float = 2.0,
             conflicts: int = 50_000) -> tuple[list[int], bool] | None:
    """The rules (cost, items covered) to take, and whether that is proved the least; None where some item has none.

    >>> cheapest([(3, {0, 1}), (1, {0}), (1, {1})], 2)
    ([1, 2], True)
    """
    facts = [f"item(0..{items - 1})."] if items else []
    for n, (cost, covered) in enumerate(rules):
        facts.append(f"rule({n},{cost}).")
        facts += [f"covers({n},{i})." for i in covered]
    found = best("cover.lp", facts, seconds=seconds, conflicts=conflicts)
    return None if found is None else ([int(str(n)) for (n,) in found.of("taken")], found.proved)
