"""Stack: the cheapest ordered stack of layers that shows what is wanted, any-time."""

from collections.abc import Collection, Sequence

from solvers.asp.run import best

Layer = tuple[int, Collection[int], Collection[int]]  # its cost, the places where it is right, and where it is wrong


def cheapest(layers: Sequence[Layer], wanted: Collection[int], levels: int, *, seconds: float = 2.0,
             conflicts: int = 20_000) -> tuple[list[int], bool] | None:
    """The layers to lay, the uppermost first, and whether no cheaper stack does; None where none is found in time.

    A layer lets through what is neither right nor wrong, and costs 1 to lay, besides. wanted: the places that some
    layer has to cover.

    >>> cheapest([(1, {0}, {1}), (1, {1}, {2}), (2, {0, 1}, {2}), (2, {2}, set())], {0, 1}, 3)
    ([3, 2], True)
    """
    facts = [f"#const levels={levels}.", *(f"wanted({p})." for p in wanted)]
    for n, (cost, right, wrong) in enumerate(layers):
        facts.append(f"layer({n},{cost}).")
        facts += [f"right({n},{p})." for p in right]
        facts += [f"wrong({n},{p})." for p in wrong]
    found = best("stack.lp", facts, seconds=seconds, conflicts=conflicts)
    if found is None:
        return None
    laid = sorted((int(str(level)), int(str(n))) for n, level in found.of("laid"))
    return [n for _, n in laid], found.proved
