"""Fill: what belongs into the hole of a sketch, from a bank of values.

What stands beside the hole has one value in each world, so that a candidate costs only the calls
above the hole; candidates that are alike in the first world are refused there together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from dsl.grammar import Symbol
from dsl.imprint import exact
from dsl.interpret import Failure, Limits, Stop, Why, closure, run, time_limit, too_large
from dsl.program import Apply, Hole, Lambda, Program
from dsl.types import is_function
from solvers.bank import Bank
from solvers.columns import meets
from solvers.entry import FAULTS, LARGEST_VALUE, Entry, telling

SECONDS = 0.5  # for one sketch
MOST = 200_000  # candidates, the cheapest: more would not be told apart within that
OFTEN = Limits(steps=10**12, seconds=0.0)  # a function beside the hole is called once a candidate


@dataclass(frozen=True)
class _Call:
    """A call above the hole: its arguments in one world, one of them to come."""

    function: object
    before: tuple[object, ...]
    after: tuple[object, ...]


class Filler:
    """Fills the hole of one sketch after another from a bank, for a goal in its first worlds.

    >>> from dsl import Grammar, load, parse
    >>> from dsl.types import INT
    >>> from solvers.base import Budget
    >>> bank = Bank(Grammar(load("integers"), (INT,), INT), [((2,), ()), ((5,), ())], Budget(size=3))
    >>> _ = list(bank.grow())
    >>> print(Filler(bank, (12, 60)).fill(parse("multiply(hole(int), add(x0, x0))", load("integers"), (INT,))))
    multiply(add(x0, 1), add(x0, x0))
    """

    def __init__(self, bank: Bank, goal: Sequence[object], seconds: float = SECONDS):
        self.bank, self.goal, self.seconds, self.tried = bank, tuple(goal), seconds, 0
        self._first: dict[Symbol, dict[object, list[Entry]]] = {}

    def fill(self, sketch: Program) -> Program | None:
        """The sketch with the cheapest entry that meets the goal; None where none does, or not in time."""
        return next(self.fillings(sketch), None)

    def fillings(self, sketch: Program) -> Iterator[Program]:
        """The sketch with each of the entries that meet the goal, the cheapest first; none where time does not suffice.

        The sketch has one hole, within no lambda.
        """
        hole = next(p for p in sketch.walk() if isinstance(p, Hole))
        try:
            with time_limit(self.seconds):
                above = [self._above(sketch, world) for world, _ in self.bank.worlds[:len(self.goal)]]
                found = self._meeting(Symbol(hole.type), above)
        except Stop:
            return
        for entry in sorted(found, key=lambda e: e.cost):
            program = entry.program
            yield sketch.replace(lambda p, into=program: into if isinstance(p, Hole) else None)

    def _above(self, sketch: Program, inputs: tuple[object, ...]) -> list[_Call]:
        """The calls above the hole in one world, from the hole up."""
        if isinstance(sketch, Hole):
            return []
        assert isinstance(sketch, Apply)
        at = next(i for i, a in enumerate(sketch.args) if a.is_sketch)
        calls = self._above(sketch.args[at], inputs)
        values = tuple(_value(a, inputs) for i, a in enumerate(sketch.args) if i != at)
        return [*calls, _Call(sketch.function.function, values[:at], values[at:])]

    def _meeting(self, symbol: Symbol, above: Sequence[Sequence[_Call]]) -> list[Entry]:
        if is_function(symbol.type):
            return [e for e in self._entries(symbol) if self._holds(e, above)]
        groups = self._first.get(symbol)
        if groups is None:
            groups = self._first[symbol] = self._grouped(symbol, self._entries(symbol), 0)
        for world in range(len(self.goal)):
            left = [e for entries in groups.values()
                    if self._gives(entries[0].values[world], above[world], world) for e in entries]
            if not left or world + 1 == len(self.goal):
                return left
            groups = self._grouped(symbol, left, world + 1)
        return []

    def _grouped(self, symbol: Symbol, entries: Iterable[Entry], world: int) -> dict[object, list[Entry]]:
        """Entries that are alike in a world."""
        groups: dict[object, list[Entry]] = {}
        settled = exact((symbol.type,))
        for e in entries:
            groups.setdefault(telling((e.values[world],), settled), []).append(e)
        return groups

    def _entries(self, symbol: Symbol) -> Iterable[Entry]:
        return islice((e for _, layer in sorted(self.bank.layers.get(symbol, {}).items()) for e in layer), MOST)

    def _holds(self, entry: Entry, above: Sequence[Sequence[_Call]]) -> bool:
        return all(self._gives(entry.values[world], above[world], world) for world in range(len(self.goal)))

    def _gives(self, value: object, above: Sequence[_Call], world: int) -> bool:
        """Whether the goal comes about where the hole has this value."""
        self.tried += world == 0
        if type(value) is Failure:
            return False
        try:
            for call in above:
                value = call.function(*call.before, value, *call.after)  # type: ignore[operator]
        except FAULTS as fault:
            if isinstance(fault, Stop) and fault.failure.why is Why.TIME:
                raise
            return False
        return not too_large(value, LARGEST_VALUE) and meets(value, self.goal[world])


def _value(part: Program, inputs: tuple[object, ...]) -> object:
    """What a part beside the hole is in a world.

    Raises:
        Stop: where it has no value; then no filling helps.
    """
    if isinstance(part, Lambda):
        return closure(part, inputs, OFTEN)
    value = run(part, inputs, OFTEN)
    if isinstance(value, Failure):
        raise Stop(value)
    return value
