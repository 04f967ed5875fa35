"""Cases: a decision tree whose leaves meet a goal, each in its own worlds (EUSolver: Alur et al. 2017).

There are few sets of worlds, however many conditions there are: each set is met once.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from dsl.passing import plans
from dsl.primitive import Primitive
from dsl.program import Apply, Program
from dsl.witness import ANY, Plan, Step
from solvers.columns import Columns, Goal
from solvers.entry import Entry

Worlds = tuple[int, ...]


def chosen_by(plan: Plan, arity: int) -> int | None:
    """Which argument chooses between the two others, where a plan says that a primitive chooses."""
    given = [i for i in range(arity) if all(s.index != i for s in plan)]
    return given[0] if len(given) == 1 and len(plan) == 2 and all(s.needs == (given[0],) for s in plan) else None


def branches(program: Program) -> int:
    """How many leaves the case distinctions of a program have.

    >>> from dsl import load, parse
    >>> from dsl.types import STR
    >>> text = "if_text(contains(x0, 'a'), x0, if_text(contains(x0, 'b'), 'c', 'd'))"
    >>> branches(parse(text, load("strings"), (STR,)))
    3
    """
    heads = [p.function for p in program.walk() if isinstance(p, Apply)]
    return 1 + sum(_chooses(head) for head in heads)


def _chooses(head: Primitive) -> bool:
    return any(chosen_by(plan, head.arity) is not None for plan in plans(head))


class Cases:
    """The decision trees for one goal and one primitive that chooses between two arguments.

    `leaf` meets a part of the goal, `built` puts condition and branches together, `back` asks a witness.
    """

    def __init__(self, plan: Plan, given: int, goal: Goal, conditions: Columns,
                 leaf: Callable[[Goal], Entry | None], built: Callable[[dict[int, Entry], Goal], Entry | None],
                 back: Callable[[Step, Any, tuple], Any]):
        self.plan, self.given, self.goal, self.conditions = plan, given, goal, conditions
        self.leaf, self.built, self.back = leaf, built, back
        self.worlds = tuple(w for w, g in enumerate(goal) if g is not ANY)
        self._leaves: dict[Worlds, Entry | None] = {}
        self._trees: dict[tuple[Worlds, int], Entry | None] = {}

    def tree(self, levels: int) -> Entry | None:
        """A tree of at most so many nested conditions; None where none meets the goal."""
        return self._tree(self.worlds, levels) if len(self.worlds) > 1 else None

    def _part(self, worlds: Worlds) -> Goal:
        return tuple(g if w in worlds else ANY for w, g in enumerate(self.goal))

    def _tree(self, worlds: Worlds, levels: int) -> Entry | None:
        if worlds != self.worlds:
            if worlds not in self._leaves:
                self._leaves[worlds] = self.leaf(self._part(worlds))
            if self._leaves[worlds] is not None:
                return self._leaves[worlds]
        if levels == 0 or len(worlds) < 2:
            return None
        key = (worlds, levels)
        if key not in self._trees:
            self._trees[key] = self._split(worlds, levels)
        return self._trees[key]

    def _split(self, worlds: Worlds, levels: int) -> Entry | None:
        first, second = self.plan
        for condition, left, right in self._splits(worlds):
            a = self._tree(left, levels - 1)
            b = a and self._tree(right, levels - 1)
            if a is not None and b is not None:
                found = self.built({self.given: condition, first.index: a, second.index: b}, self._part(worlds))
                if found is not None:
                    return found
        return None

    def _splits(self, worlds: Worlds) -> list[tuple[Entry, Worlds, Worlds]]:
        """The conditions that tell worlds apart, the cheapest of each kind, with the worlds of either branch."""
        _, rows = np.unique(self.conditions.ids[:, worlds], axis=0, return_index=True)
        found = []
        for row in sorted(rows):
            condition = self.conditions.entries[row]
            left, right = (tuple(w for w in worlds if self.back(s, self.goal[w], (condition.values[w],)) is not ANY)
                           for s in self.plan)
            if left and right and not set(left) & set(right):
                found.append((condition, left, right))
        return found
