"""Derive: the cheapest rules from which all items follow, each from what has followed before; any-time."""

from collections.abc import Collection, Sequence

from solvers.asp.run import best


def cheapest(rules: Sequence[tuple[int, Sequence[tuple[int, Collection[int]]]]], items: int, *, seconds: float = 2.0,
             conflicts: int = 50_000) -> tuple[list[int], bool] | None:
    """The rules (cost; items that it gives, each with those that must be there) to take, and whether that is the least.

    None where some item does not follow from all rules together, or time runs out before there is an answer.

    >>> cheapest([(1, [(0, [])]), (1, [(1, [0]), (2, [1])]), (1, [(2, [3]), (3, [2])]), (5, [(3, [])])], 4)
    ([0, 1, 2], True)
    """
    facts = [f"item(0..{items - 1})."] if items else []
    way = 0
    for n, (cost, gives) in enumerate(rules):
        facts.append(f"rule({n},{cost}).")
        for item, needs in gives:
            facts.append(f"way({way},{item},{n}).")
            facts += [f"needs({way},{j})." for j in needs]
            way += 1
    found = best("derive.lp", facts, seconds=seconds, conflicts=conflicts)
    return None if found is None else ([int(str(n)) for (n,) in found.of("taken")], found.proved)
