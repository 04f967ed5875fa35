"""Background knowledge: what hidden symbols lead to, as a DSL program or a theory of rules.

Both answer abduction's question: under which symbols does this answer come out? A program
is taken apart from the answer down: small parts by running them on all their values, large
ones by the witnesses that its primitives declare. A theory is enumerated once where it has
few choices; where it has many, clingo gives the most probable explanations of each scene.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Protocol

import numpy as np

from dsl.errors import NesyError
from dsl.interpret import Failure, compiled, run
from dsl.laws import same
from dsl.lazy import cached_property
from dsl.passing import plans
from dsl.program import Apply, Const, Input, Program
from dsl.witness import ANY
from nesy.abduction.explanations import TINY, Circuit, Explanations, Table, Way
from solvers.asp.explain import Theory

SMALL = 400  # values of a part that are all looked at
LISTED = 1_000_000  # rows of symbols of a program that are listed, and calls by which one of its parts is
CALLS = 40_000  # calls by which one part is tabulated
ENUMERATED = 200_000  # choices of a theory that are enumerated
LIKELIEST = 8  # explanations of a scene, where there are too many to enumerate


class Background(Protocol):
    """What hidden symbols lead to."""

    def explanations(self, answer: object, p: np.ndarray) -> Explanations | None:
        """The symbols that lead to an answer, of classes with probabilities p (positions, classes); None if none do."""
        ...

    def answer(self, classes: Sequence[int]) -> object:
        """What these symbols lead to; None where they lead to nothing."""
        ...

    def read(self, p: np.ndarray) -> np.ndarray:
        """The most probable symbols, of class probabilities p (positions, classes), that lead to something.

        Where it would take too long to look for those: the most probable of each position.
        """
        ...

    @property
    def exact(self) -> bool:
        """Whether explanations are complete, whatever the probabilities: then they are computed once."""
        ...

    @property
    def positions(self) -> int | None:
        """How many symbols there are; None where that differs."""
        ...


@dataclass(frozen=True)
class ByProgram:
    """A program over the symbols' values, each of them used once; symbols[k] is the value of class k."""

    program: Program
    symbols: tuple[object, ...]

    exact = True

    @property
    def positions(self) -> int:
        """How many inputs the program has."""
        return sum(isinstance(p, Input) for p in self.program.walk())

    def __post_init__(self) -> None:
        used = [p.index for p in self.program.walk() if isinstance(p, Input)]
        if sorted(used) != list(range(len(used))):
            raise NesyError(f"background program uses inputs {sorted(used)}; it has to use each of x0 to "
                            f"x{len(set(used)) - 1} once")

    def answer(self, classes: Sequence[int]) -> object:
        """The program's value on these symbols."""
        return value_of(self.program, self.symbols, classes)

    def explanations(self, answer: object, p: np.ndarray | None = None) -> Table | Circuit | None:
        """The explanations of an answer: listed, where those of all answers together are few; else their circuit."""
        if self.listed is not None:
            return self.listed.get((type(answer), answer))
        return self.circuit(answer)

    def read(self, p: np.ndarray) -> np.ndarray:
        """The most probable symbols that lead to something."""
        classes = p.argmax(1)
        if self.listed is None or self.answer(classes.tolist()) is not None:
            return classes
        best = np.concatenate([table.best(p[None]) for table in self.listed.values()])
        return best[np.log(np.maximum(p[np.arange(len(p)), best], TINY)).sum(1).argmax()]

    def circuit(self, answer: object) -> Circuit | None:
        """The circuit of an answer."""
        return _Builder(self).build(answer)

    @cached_property
    def listed(self) -> dict[tuple[type, object], Table] | None:
        """All symbols that lead to each answer; None if there are too many."""
        found = _rows(self.program, self.symbols)
        if found is None:
            return None
        inputs = [p.index for p in self.program.walk() if isinstance(p, Input)]
        rows, order = found.rows[:, np.argsort(inputs)], np.argsort(found.value, kind="stable")
        parts = np.split(rows[order], np.flatnonzero(np.diff(found.value[order])) + 1)
        return {found.values[int(v)]: Table(part)
                for v, part in zip(np.unique(found.value), parts, strict=True) if len(part)}

    @cached_property
    def _parts(self) -> dict[int, "_Part"]:
        return {}

    def part(self, program: Program) -> "_Part":
        """What is known of a part whatever the answer is."""
        if id(program) not in self._parts:
            children = [self.part(c) for c in program.children]
            self._parts[id(program)] = _Part.of(program, self.symbols, children)
        return self._parts[id(program)]


def value_of(program: Program, symbols: Sequence[object], classes: Sequence[int]) -> object:
    """A program's value on the symbols of these classes; None where it has none."""
    value = run(program, [symbols[c] for c in classes])
    return None if isinstance(value, Failure) else value


def _calls(program: Apply, values: Sequence[Sequence[object]],
           ) -> Iterator[tuple[tuple[int, ...], tuple[object, ...], object]]:
    """A call's value on all arguments from these that do not fail: the arguments' numbers, they, and the value."""
    call = compiled(Apply(program.function, tuple(Input(i, a.type) for i, a in enumerate(program.args))))
    for at, args in zip(product(*map(range, map(len, values))), product(*values), strict=True):
        value = call(args)
        if not isinstance(value, Failure):
            yield at, args, value


@dataclass(frozen=True)
class _Rows:
    """All symbols of a part's inputs, in the order of `walk`, each row with the number of the value it leads to."""

    rows: np.ndarray
    value: np.ndarray
    values: list[tuple[type, object]]


def _rows(program: Program, symbols: tuple[object, ...]) -> _Rows | None:
    """The rows of a program; None if they are more than `LISTED`, or take too many calls."""
    if isinstance(program, Const):
        return _Rows(np.zeros((1, 0), dtype=int), np.zeros(1, dtype=int), [(type(program.value), program.value)])
    if isinstance(program, Input):
        values = list(dict.fromkeys((type(s), s) for s in symbols))
        of_class = np.array([values.index((type(s), s)) for s in symbols])
        return _Rows(np.arange(len(symbols))[:, None], of_class, values)
    if not isinstance(program, Apply):
        return None
    children = []
    for arg in program.args:
        child = _rows(arg, symbols)
        if child is None:
            return None
        children.append(child)
    many = prod(len(c.rows) for c in children)
    if many > LISTED or prod(len(c.values) for c in children) > LISTED:
        return None
    number: dict[tuple[type, object], int] = {}
    table = np.full([len(c.values) for c in children], -1)
    for at, _, value in _calls(program, [[v for _, v in c.values] for c in children]):
        table[at] = number.setdefault((type(value), value), len(number))
    chosen = np.indices([len(c.rows) for c in children]).reshape(len(children), many)
    value = table[tuple(c.value[rows] for c, rows in zip(children, chosen, strict=True))]
    chosen, value = chosen[:, value >= 0], value[value >= 0]
    return _Rows(np.concatenate([c.rows[rows] for c, rows in zip(children, chosen, strict=True)], 1), value,
                 list(number))


@dataclass(frozen=True)
class ByLength:
    """Background knowledge for each number of symbols that a scene may have."""

    backgrounds: Mapping[int, Background]

    positions = None

    @property
    def exact(self) -> bool:
        """Whether explanations are complete, for scenes of every length."""
        return all(b.exact for b in self.backgrounds.values())

    def explanations(self, answer: object, p: np.ndarray) -> Explanations | None:
        """As that of this length says."""
        return self.backgrounds[len(p)].explanations(answer, p) if len(p) in self.backgrounds else None

    def answer(self, classes: Sequence[int]) -> object:
        """As that of this length says."""
        return self.backgrounds[len(classes)].answer(classes) if len(classes) in self.backgrounds else None

    def read(self, p: np.ndarray) -> np.ndarray:
        """As that of this length says."""
        return self.backgrounds[len(p)].read(p) if len(p) in self.backgrounds else p.argmax(1)


@dataclass(frozen=True)
class _Part:
    program: Program
    values: tuple[object, ...] | None  # None: too many
    table: dict[object, list[tuple[object, ...]]] | None  # value -> arguments

    @classmethod
    def of(cls, program: Program, symbols: tuple[object, ...], children: "list[_Part]") -> "_Part":
        if isinstance(program, Input):
            return cls(program, tuple(dict.fromkeys(symbols)), None)
        if isinstance(program, Const):
            return cls(program, (program.value,), None)
        if not isinstance(program, Apply):
            raise NesyError(f"background program: {program} is no call, input or constant")
        if any(c.values is None for c in children) or prod(len(c.values or ()) for c in children) > CALLS:
            return cls(program, None, None)
        table: dict[object, list[tuple[object, ...]]] = {}
        for _, args, value in _calls(program, [c.values or () for c in children]):
            table.setdefault(value, []).append(args)
        return cls(program, tuple(table) if len(table) <= SMALL else None, table)


class _Builder:
    def __init__(self, background: ByProgram):
        self.background = background
        self.ids: dict[tuple[int, object], int | None] = {}
        self.leaves: list[tuple[int, int]] = []
        self.inner: list[tuple[tuple[int, ...], ...]] = []

    def build(self, answer: object) -> Circuit | None:
        root = self.node(self.background.program, answer)
        if root is None:
            return None
        if root < 0:  # the program is one symbol
            return Circuit((self.leaves[-root - 1],), (((0,),),))
        shift = len(self.leaves)
        ways = tuple(tuple(tuple(-x - 1 if x < 0 else shift + x for x in way) for way in node) for node in self.inner)
        return Circuit(tuple(self.leaves), ways)

    def node(self, program: Program, value: object) -> int | None:
        """The number of a node, leaves from -1 down; None where the value cannot come about."""
        key = (id(program), value)
        if key not in self.ids:
            self.ids[key] = self._made(program, value)
        return self.ids[key]

    def _made(self, program: Program, value: object) -> int | None:
        if isinstance(program, Input):
            ways: list[Way] = []
            for c, symbol in enumerate(self.background.symbols):
                if same(symbol, value):
                    self.leaves.append((program.index, c))
                    ways.append((-len(self.leaves),))
            if len(ways) == 1:
                return ways[0][0]
            return self._add(ways)
        if isinstance(program, Const):
            return self._add([()]) if same(program.value, value) else None
        assert isinstance(program, Apply)
        ways = []
        for args in self.arguments(program, value):
            nodes = [self.node(a, v) for a, v in zip(program.args, args, strict=True)]
            if all(n is not None for n in nodes):
                ways.append(tuple(nodes))  # type: ignore[arg-type]
        return self._add(ways)

    def _add(self, ways: list[Way]) -> int | None:
        if not ways:
            return None
        self.inner.append(tuple(ways))
        return len(self.inner) - 1

    def arguments(self, program: Apply, value: object) -> list[tuple[object, ...]]:
        """The arguments with which a call gives this value."""
        part = self.background.part(program)
        if part.table is not None:
            return part.table.get(value, [])
        children = [self.background.part(a) for a in program.args]
        for plan in plans(program.function):
            asked = {step.index for step in plan}
            given = [i for i in range(len(children)) if i not in asked]
            if any(children[i].values is None for i in given):
                continue
            found = []
            for values in product(*(children[i].values or () for i in given)):
                found += self._follow(program, value, plan, dict(zip(given, values, strict=True)))
            return list(dict.fromkeys(found))
        raise NesyError(f"background program: {program.function.name} has too many values to try them all, and "
                        "declares no witness that tells its arguments; add witness= to it")

    def _follow(self, program: Apply, value: object, plan, known: dict[int, object]) -> list[tuple[object, ...]]:
        rows = [known]
        for step in plan:
            wider = []
            for row in rows:
                back = step.witness(value, *(row[i] for i in step.needs))
                if back is ANY:
                    back = self.background.part(program.args[step.index]).values or ()
                wider += [{**row, step.index: v} for v in back]
            rows = wider
        args = [tuple(row[i] for i in range(len(program.args))) for row in rows]
        call = program.function.function
        return [a for a in args if same(call(*a), value)]


@dataclass(frozen=True)
class ByRules:
    """A theory of rules over symbol(Position, Class) that derives answer(A)."""

    path: Path
    positions: int
    classes: int
    seconds: float = 10.0

    @property
    def exact(self) -> bool:
        """Whether all choices are few enough to be enumerated."""
        return self.classes ** self.positions <= ENUMERATED

    @cached_property
    def theory(self) -> Theory:
        """The rules."""
        return Theory(self.path, self.positions, self.classes)

    @cached_property
    def _enumerated(self) -> tuple[dict[object, np.ndarray], dict[tuple[int, ...], object]]:
        rows: dict[object, list[tuple[int, ...]]] = {}
        answers: dict[tuple[int, ...], object] = {}
        for symbols, led_to in self.theory.all(seconds=60 * self.seconds):
            for answer in led_to:
                known = answers.setdefault(symbols, answer)
                if not same(known, answer):
                    raise NesyError(f"{self.path}: symbols {symbols} lead to {known!r} and to {answer!r}; let each row "
                                    "of symbols lead to one answer")
                rows.setdefault(answer, []).append(symbols)
        return {a: np.unique(r, axis=0) for a, r in rows.items()}, answers

    def answer(self, classes: Sequence[int]) -> object:
        """What the theory derives from these symbols."""
        if self.exact:
            return self._enumerated[1].get(tuple(map(int, classes)))
        return self.theory.derived(classes, seconds=self.seconds)

    def read(self, p: np.ndarray) -> np.ndarray:
        """The most probable symbols of each position."""
        return p.argmax(1)

    def explanations(self, answer: object, p: np.ndarray) -> Table | None:
        """All explanations, or the most probable where there are too many."""
        if self.exact:
            rows = self._enumerated[0].get(answer)
            return None if rows is None else Table(rows)
        best = self.theory.best(answer, p.tolist(), LIKELIEST, seconds=self.seconds)
        return Table(np.array([symbols for symbols, _ in best])) if best else None
