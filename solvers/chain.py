"""Chains: a goal put together of many parts, such as a text of ten pieces, where nested deduction would go too deep.

A state is what is still missing, world by world; an entry that is a first part of it everywhere leads to the next.
The search is best-first (A*, with what is missing, by length, as the estimate), as over FlashFill's graph of all
ways to cut an output (Gulwani 2011), but of all examples at once.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from dsl.witness import ANY, Plan, Step
from solvers.columns import Columns, Goal
from solvers.entry import Entry

MOST_STATES = 20_000
PART = 4.0  # the estimated cost of each item that is missing: high, for any chain will do, and soon
BRANCHES = 48  # parts that lead on from a state, the cheapest


def chains(plan: Plan) -> bool:
    """Whether a plan cuts off a first part, and then knows the rest: the plan of a function that joins two."""
    return (len(plan) == 2 and not plan[0].needs and plan[1].needs == (plan[0].index,)
            and (plan[0].index, plan[1].index) == (0, 1))


def chain(plan: Plan, goal: Goal, columns: Columns, joint: int, back: Callable[[Step, object, tuple], object],
          check: Callable[[], None]) -> list[Entry] | None:
    """The parts, two or more, that joined give a goal without choice; None where none are found.

    joint: what joining costs; back: asks a witness; check: raises when the time is over.
    """
    worlds = [w for w, g in enumerate(goal) if g is not ANY]
    wanted = tuple(goal[w][0] for w in worlds)
    first, rest = plan
    number = count()
    waiting: list = [(0.0, next(number), 0, wanted, ())]
    seen: dict[tuple, int] = {wanted: 0}
    for _ in range(MOST_STATES):
        if not waiting:
            return None
        _, _, cost, missing, parts = heappop(waiting)
        if seen[missing] < cost:
            continue
        if not any(_length(m) for m in missing):
            return _unrolled(parts)
        check()
        choices: list = [ANY] * len(goal)
        for w, m in zip(worlds, missing, strict=True):
            choices[w] = back(first, (m,), ())
        for row in columns.matching(tuple(choices))[:BRANCHES]:
            entry = columns.entries[row]
            left = tuple(_after(back(rest, (m,), (entry.values[w],))) for w, m in zip(worlds, missing, strict=True))
            total = cost + entry.cost + joint
            if ANY in left or left == missing or seen.get(left, total + 1) <= total:
                continue
            seen[left] = total
            heappush(waiting, (total + _estimate(left), next(number), total, left, (entry, parts)))
    return None


def _after(back: object) -> object:
    """What is left after a part; ANY where a witness leaves that open, or knows nothing."""
    return back[0] if isinstance(back, tuple) and len(back) == 1 else ANY


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | tuple) else 0


def _estimate(missing: tuple) -> float:
    return PART * sum(map(_length, missing)) / max(1, len(missing))


def _unrolled(parts: tuple) -> list[Entry]:
    found = []
    while parts:
        entry, parts = parts
        found.append(entry)
    return found[::-1]
