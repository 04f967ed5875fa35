"""Joint: what each position is, the tree over all of them and what its words mean, abduced together from the answer.

One answer set program holds the chart of all trees over all options (Bar-Hillel's construction: values are states), of
which clingo chooses the most probable one that has the answer: any-time, and one after another by falling probability.
"""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import clingo

from dsl.errors import NesyError
from solvers.asp.run import last
from solvers.isolate import GRACE, Killed, limited

SCALE = 1000  # thousandths of a nat
NOTHING = object()  # the value of what has none


@dataclass(frozen=True)
class Option:
    """What a position may be: a word in one of its meanings.

    tag: all that syntax sees of it. frames: how many children may stand before and after it. call:
    its value over its children's, or `NOTHING`. cost: of being seen as this, in nats.
    """

    word: Hashable
    meaning: int
    tag: Hashable
    frames: tuple[tuple[int, int], ...]
    call: Callable[[tuple[object, ...]], object]
    cost: float


@dataclass(frozen=True)
class Explanation:
    """The options chosen, each position's head (-1 for the root), and what that costs in nats."""

    options: tuple[int, ...]
    heads: tuple[int, ...]
    cost: float


@dataclass(frozen=True)
class Found:
    """Explanations by rising cost, whether there are no others but dearer ones, and what the search took."""

    explanations: tuple[Explanation, ...]
    proved: bool
    ways: int  # to build some part of some tree: the candidates
    seconds: float


@dataclass(frozen=True)
class Problem:
    """The options at each position, and what else costs something, in nats; None is impossible.

    fits: a child's tag in a slot of a head's; the head is None for the root. after: one word after another.
    meanings: of taking a word in a meaning, once however often it stands there; nothing where it is not named.
    """

    options: Sequence[Sequence[Option]]
    fits: Callable[[Hashable | None, int, Hashable], float | None]
    after: Callable[[Hashable, Hashable], float] = lambda word, other: 0.0
    meanings: Mapping[tuple, float] = field(default_factory=dict)

    def abduce(self, answer: object, most: int = 1, *, seconds: float = 10.0, memory_mb: int = 2048) -> Found:
        """The most probable explanations of an answer; what was found by then where the time runs out.

        Raises:
            NesyError: when the options are so many that grounding them takes more than that.
        """
        try:
            found = limited(_abduce, self, answer, most, seconds, seconds=seconds + GRACE, memory_mb=memory_mb)
        except Killed as killed:
            raise NesyError(f"joint abduction over {len(self.options)} positions: {killed.reason}; give it fewer "
                            "options, or more time and memory") from None
        assert isinstance(found, Found)
        return found


def _abduce(problem: Problem, answer: object, most: int, seconds: float) -> Found:
    start = time.monotonic()
    chart = _Chart(problem)
    control = clingo.Control(["--opt-strategy=usc,stratify", "--warn=none"])
    control.add("base", [], files("solvers.asp").joinpath("joint.lp").read_text("utf-8"))
    control.add("base", [], "\n".join(chart.facts(answer)))
    control.ground([("base", [])], context=chart)
    ways = sum(1 for _ in control.symbolic_atoms.by_signature("way", 3))
    found: list[Explanation] = []
    proved = False
    while len(found) < most:
        atoms, proved = last(control, start + seconds, lambda model: model.symbols(shown=True))
        if atoms is None:
            break
        found.append(chart.read(atoms))
        if not proved:
            break
        control.add(f"not{len(found)}", [], f":- {', '.join(map(str, atoms))}.")
        control.ground([(f"not{len(found)}", [])], context=chart)
    return Found(tuple(found), proved, ways, time.monotonic() - start)


class _Chart:
    """What grounding asks for: values, by number, and costs."""

    def __init__(self, problem: Problem):
        self.problem = problem
        self.values: list[object] = []
        self.numbers: dict[object, int] = {}
        words = dict.fromkeys(o.word for options in problem.options for o in options)
        self.words = {word: n for n, word in enumerate(words)}

    def facts(self, answer: object) -> list[str]:
        """The problem as facts."""
        n, found = len(self.problem.options), [f"wanted({self.number(answer)})."]
        found.append(f"#const arguments = {max((a + b for _, _, o in self.each() for a, b in o.frames), default=0)}.")
        found += [f"border(0..{n}).", f"last({n})."]
        for at, k, o in self.each():
            found += [f"frame({at},{k},{a},{b})." for a, b in o.frames]
            found += [f"word({at},{k},{self.words[o.word]},{o.meaning}).", f"seen({at},{k},{_whole(o.cost)})."]
            top = self.problem.fits(None, 0, o.tag)
            found += [f"top({at},{k},{_whole(top)})."] if top is not None else []
        found += [f"after({a},{b},{_whole(self.problem.after(word, other))})." for word, a in self.words.items()
                  for other, b in self.words.items()]
        found += [f"meaning({self.words[word]},{m},{_whole(cost)})."
                  for (word, m), cost in self.problem.meanings.items() if word in self.words]
        return found

    def each(self) -> list[tuple[int, int, Option]]:
        """Every option with its position and number."""
        return [(at, k, o) for at, options in enumerate(self.problem.options) for k, o in enumerate(options)]

    def number(self, value: object) -> int:
        """The number by which clingo knows a value."""
        key = type(value), value  # for True equals 1
        if key not in self.numbers:
            self.numbers[key] = len(self.values)
            self.values.append(value)
        return self.numbers[key]

    def value(self, at: clingo.Symbol, option: clingo.Symbol, left: clingo.Symbol, right: clingo.Symbol,
              ) -> list[clingo.Symbol]:
        """The value of a tree, or none where syntax or meaning does not allow it."""
        if self._syntax(at, option, left, right) is None:
            return []
        children = tuple(self.values[t.arguments[4].number] for t in (*_row(left), *_row(right)))
        result = self._option(at, option).call(children)
        return [] if result is NOTHING else [clingo.Number(self.number(result))]

    def syntax(self, at: clingo.Symbol, option: clingo.Symbol, left: clingo.Symbol, right: clingo.Symbol,
               ) -> clingo.Symbol:
        """What a tree's children cost in their slots."""
        return clingo.Number(_whole(self._syntax(at, option, left, right) or 0.0))

    def _syntax(self, at: clingo.Symbol, option: clingo.Symbol, left: clingo.Symbol, right: clingo.Symbol,
                ) -> float | None:
        tag, total = self._option(at, option).tag, 0.0
        for slot, t in enumerate((*_row(left), *_row(right))):
            cost = self.problem.fits(tag, slot, self._option(t.arguments[2], t.arguments[3]).tag)
            if cost is None:
                return None
            total += cost
        return total

    def _option(self, at: clingo.Symbol, option: clingo.Symbol) -> Option:
        return self.problem.options[at.number][option.number]

    def read(self, atoms: Sequence[clingo.Symbol]) -> Explanation:
        """An answer set as an explanation."""
        n = len(self.problem.options)
        options, heads, cost = [0] * n, [-1] * n, 0.0
        for a in atoms:
            if a.name == "chosen":
                options[a.arguments[0].number] = a.arguments[1].number
        for a in atoms:
            if a.name == "by":
                tree, left, right = a.arguments
                for child in (*_row(left), *_row(right)):
                    heads[child.arguments[2].number] = tree.arguments[2].number
                cost += self._syntax(tree.arguments[2], tree.arguments[3], left, right) or 0.0
        chosen = [row[k] for row, k in zip(self.problem.options, options, strict=True)]
        cost += sum(o.cost for o in chosen) + (self.problem.fits(None, 0, chosen[heads.index(-1)].tag) or 0.0)
        cost += sum(self.problem.after(a.word, b.word) for a, b in zip(chosen, chosen[1:], strict=False))
        taken = {(o.word, o.meaning) for o in chosen}
        cost += sum(self.problem.meanings.get(m, 0.0) for m in taken)
        return Explanation(tuple(options), tuple(heads), cost)


def _row(row: clingo.Symbol) -> list[clingo.Symbol]:
    """The trees of a row."""
    found = []
    while row.arguments:
        found.append(row.arguments[0])
        row = row.arguments[1]
    return found


def _whole(cost: float) -> int:
    return round(SCALE * cost)
