"""Semantics: what symbols mean. One program per symbol, over the values of its children.

A meaning may use fewer children than it has arguments: a missing one is the domain's
neutral value. Its *sketch*, the program with the constants taken out, is its category:
words that mean the same up to constants behave alike, which is all that the grammar
module gets to see of a word.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import log2
from typing import Protocol

from dsl.grammar import Grammar
from dsl.inputs import sample, seeded
from dsl.interpret import Failure, Why, compiled, run
from dsl.language import DSL
from dsl.lazy import cached_property
from dsl.program import Const, Hole, Input, Program
from dsl.syntax import readable
from dsl.types import AnyType, is_function, read_annotation
from solvers.base import Budget, Status
from solvers.bottom_up import Search

LISTING = 60.0  # seconds in which the sketches of a pool are listed, for safety


@dataclass(frozen=True)
class Domain:
    """The values that sentences denote, and the language in which words mean them.

    missing: the value of an argument that is not there; ABSENT where all have to be. parts:
    the values that can have gone into a value, itself among them, which prunes abduction;
    a superset is safe; None where any value can. atoms: the constants that a word could bring
    to an answer. neutral: the value of a word that adds nothing. inventor: finds the program
    behind the uses of a word that no small program explains.
    """

    language: DSL
    type: AnyType
    missing: object
    neutral: object
    parts: Callable[[object], frozenset[object]] | None
    atoms: Callable[[object], frozenset[object]]
    inventor: "Inventor"
    arguments: int = 2
    longest: int = 6


Use = tuple[tuple[object, ...], object]  # children's values, own value


@dataclass(frozen=True)
class Invention:
    """A program for a word, and how it was found."""

    program: Program
    note: str


class Inventor(Protocol):
    """Finds the program behind the uses of a word."""

    def invent(self, examples: Sequence[Use], arity: int, domain: Domain, known: "Sequence[Meaning]",
               seconds: float) -> Invention | None:
        """A program of so many arguments that does what all these uses ask; `known` are the meanings of other words."""
        ...


class Absent:
    """What stands for an argument that may not be left out."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


@dataclass(frozen=True)
class Category:
    """All that syntax sees of a word: its sketch as text, its children (`left` of them before it), and its role.

    Words that mean alike are of one category, unless they stand in sentences differently:
    those have a role of their own.
    """

    sketch: str
    arity: int
    left: int | None = None
    role: str = ""

    def __lt__(self, other: "Category") -> bool:
        return repr(self) < repr(other)


@dataclass(frozen=True)
class Meaning:
    """A program over the values of a word's children, x0, x1, ... in sentence order.

    `takes` counts the children that it takes even where it uses fewer; `left` of them stand
    before the word, where that is known. A `lax` one ignores children beyond its arguments,
    where others fail on them.
    """

    program: Program
    missing: object = ()
    lax: bool = False
    takes: int = 0
    left: int | None = None
    role: str = ""

    @cached_property
    def sketch(self) -> Program:
        """The program with its constants taken out."""
        return self.program.replace(lambda p: Hole(p.type) if isinstance(p, Const) else None)

    @cached_property
    def category(self) -> Category:
        """What syntax sees of it."""
        return Category(str(self.sketch), self.arity, self.left, self.role)

    @cached_property
    def frames(self) -> tuple[tuple[int, int], ...]:
        """How many children may stand before and after it."""
        return tuple((a, n - a) for n in range(self.least, self.arity + 1) for a in range(n + 1)
                     if self.left is None or a <= self.left and n - a <= self.arity - self.left)

    @cached_property
    def arity(self) -> int:
        """How many children it can take."""
        used = 1 + max((p.index for p in self.program.walk() if isinstance(p, Input)), default=-1)
        return max(used, self.takes)

    @property
    def least(self) -> int:
        """How many children it has to have."""
        return self.arity if self.missing is ABSENT else 0

    @cached_property
    def _memo(self) -> dict[tuple[object, ...], object]:
        return {}

    @cached_property
    def _call(self) -> Callable[[tuple[object, ...]], object]:
        program = self.program
        return compiled(program) if program.lambda_free else lambda inputs: run(program, inputs)

    def value(self, children: tuple[object, ...]) -> object:
        """Its value over the children's values, or a `Failure`; too many children are one."""
        memo = self._memo
        if children not in memo:
            given, absent = children, self.arity - len(children)
            if absent < 0 and self.lax:
                given, absent = children[:self.arity], 0
            if len(memo) > 200_000:
                memo.clear()
            if absent < 0 or absent > 0 and self.missing is ABSENT:
                memo[children] = Failure(Why.INPUT, f"{len(children)} children for {self.arity} arguments")
            else:
                memo[children] = self._call(given + (self.missing,) * absent)
        return memo[children]

    def show(self, word: str) -> str:
        """The meaning as a definition.

        >>> from dsl import load, parse
        >>> twice = parse("concat(x0, x0)", load("sequences"), (read_annotation(tuple[str, ...]),))
        >>> Meaning(twice).show("twice")
        'twice(x0) = x0 ++ x0'
        """
        params = ", ".join(f"x{i}" for i in range(self.arity))
        return f"{word}({params}) = {readable(self.program)}" if params else f"{word} = {readable(self.program)}"


Lexicon = Mapping[str, Meaning]


class Pool:
    """Every meaning up to a size, one for each behaviour, cheapest first.

    `size` is the one that was asked for, or a smaller one where time or memory did not suffice to list all.

    Filled once by bottom-up enumeration of sketches, in which an input of its own stands
    for a constant of each type; a lookup by arguments then answers abduction's question:
    which meanings give which result here?
    """

    def __init__(self, domain: Domain, alphabet: Iterable[object], size: int):
        self.domain, self.alphabet = domain, tuple(alphabet)
        own: dict[object, list[object]] = {domain.type: []}
        for c in domain.language.constants:
            own.setdefault(c.type, []).append(c.value)
        # The neutral value is structure, not content: it stays a constant of the sketches.
        structural: dict[object, list[object]] = {domain.type: own.pop(domain.type)}
        self.slots: tuple[tuple[AnyType, tuple[object, ...]], ...] = (
            (domain.type, self.alphabet), *((read_annotation(t), tuple(v)) for t, v in own.items()))
        first_order = [p for p in domain.language.primitives if not any(map(is_function, p.params))]
        bare = DSL(domain.language.name, first_order, constants=structural)
        types = (*(domain.type,) * domain.arguments, *(t for t, _ in self.slots))
        grammar = Grammar(bare, types, domain.type)
        search = Search(grammar, self._worlds(), (), Budget(size=size, seconds=LISTING))
        found, cut = [], False
        listed = search.run()
        while True:
            try:
                found.append(next(listed))
            except StopIteration as end:
                cut = end.value in (Status.TIMEOUT, Status.MEMORY)
                break
        self.size = search.done if cut else size
        self.sketches = tuple(p for p in found if p.cost <= self.size)
        self._entries = [(compiled(p), p, self._slots_of(p), self._arity(p)) for p in self.sketches]
        self._tables: dict = {}
        self._meanings: dict = {}
        self.node_bits = log2(len(domain.language.primitives) + domain.arguments + 2)

    def _worlds(self) -> tuple[tuple[object, ...], ...]:
        """Sampled arguments and constants: behaviour on them tells sketches apart."""
        found = []
        for i in range(10):
            rng = seeded("world", i)
            found.append((*(sample(self.domain.type, rng) for _ in range(self.domain.arguments)),
                          *(rng.choice(values) for _, values in self.slots)))
        return tuple(found)

    def _slots_of(self, p: Program) -> tuple[int, ...]:
        used = {x.index - self.domain.arguments for x in p.walk() if isinstance(x, Input)}
        return tuple(k for k in range(len(self.slots)) if k in used)

    def _arity(self, p: Program) -> int:
        return 1 + max((x.index for x in p.walk() if isinstance(x, Input) and x.index < self.domain.arguments),
                       default=-1)

    def fillings(self, slots: tuple[int, ...], atoms: frozenset[object]) -> list[tuple[object, ...]]:
        """The ways to fill slots with constants, those of the alphabet among `atoms` only."""
        pools = [(sorted(atoms, key=repr) if k == 0 else self.slots[k][1]) if k in slots else (None,)
                 for k in range(len(self.slots))]
        return list(product(*pools))

    def holds(self, children: tuple[object, ...], atoms: frozenset[object]) -> bool:
        """Whether these results were looked up before."""
        return (children, atoms) in self._tables

    def results(self, children: tuple[object, ...], atoms: frozenset[object]) -> dict[object, list[Meaning]]:
        """The values that some meaning gives on these children, each with those meanings."""
        key = (children, atoms)
        if key not in self._tables:
            table: dict[object, list[Meaning]] = {}
            padded = children + (self.domain.missing,) * (self.domain.arguments - len(children))
            fillings = {slots: self.fillings(slots, atoms) for slots in {e[2] for e in self._entries}}
            for call, sketch, slots, arity in self._entries:
                if arity < len(children) or arity > len(children) and self.domain.missing is ABSENT:
                    continue
                for constants in fillings[slots]:
                    value = call((*padded, *constants))
                    if not isinstance(value, Failure):
                        table.setdefault(value, []).append(self.meaning(sketch, constants))
            self._tables[key] = table
        return self._tables[key]

    def bringing(self) -> list[tuple[Program, int]]:
        """The ways in which a word of an open class may bring its symbol: a sketch, and how many children before it.

        Alone, or beside one child's value; those first that keep the order in which the two stand.
        """
        slot, small = self.domain.arguments, [p for p in self.sketches if p.size <= 3 and self._arity(p) <= 1]
        ways = [(p, left) for p in small if self._slots_of(p) == (0,)
                and [x.index for x in p.walk() if isinstance(x, Input)].count(slot) == 1
                for left in range(self._arity(p) + 1)]
        return sorted(ways, key=lambda way: (self._arity(way[0]), not self._in_order(*way)))

    def _in_order(self, sketch: Program, left: int) -> bool:
        own, child = self.alphabet[0], self.alphabet[-1]
        m = self.meaning(sketch, (own,))
        return m.arity == 0 or m.value((child,)) == (child + own if left else own + child)  # type: ignore[operator]

    def meaning(self, sketch: Program, constants: tuple[object, ...]) -> Meaning:
        """A sketch of the pool with its slots filled."""
        key = (sketch, constants)
        if key not in self._meanings:
            n = self.domain.arguments
            program = sketch.replace(lambda p: Const(constants[p.index - n], p.type)
                                     if isinstance(p, Input) and p.index >= n else None)
            self._meanings[key] = Meaning(program, self.domain.missing)
        return self._meanings[key]

    def alike(self, a: Meaning, b: Meaning) -> bool:
        """Whether two meanings behave the same on sampled children."""
        n = self.domain.arguments
        return all(a.value(w[:a.arity]) == b.value(w[:b.arity]) for w in (x[:n] for x in self._worlds()))

    def fitting(self, uses: Sequence[tuple[tuple[object, ...], object]], size: int) -> list[Meaning]:
        """The meanings up to a size that map all these children's values to these values, lax ones among them."""
        atoms = frozenset(self.alphabet)
        found = []
        for sketch, slots in ((e[1], e[2]) for e in self._entries if e[1].size <= size):
            for constants in self.fillings(slots, atoms):
                m = replace(self.meaning(sketch, constants), lax=True)
                if all(m.value(children) == value for children, value in uses):
                    found.append(m)
        return found

    def sketch_bits(self, meaning: Meaning) -> float:
        """The description length of a meaning's category: what the first word of it pays."""
        return self.node_bits * sum(p.type == self.domain.type for p in meaning.sketch.walk())

    def constant_bits(self, meaning: Meaning) -> float:
        """The description length of a meaning's constants: what each word pays for itself."""
        sizes = {t: len(values) for t, values in self.slots}
        return sum(log2(max(2, sizes[p.type])) for p in meaning.program.walk() if isinstance(p, Const))

    def rank(self, meaning: Meaning) -> tuple[float, str]:
        """The order of meanings: by description length, then by name."""
        return self.sketch_bits(meaning) + self.constant_bits(meaning), str(meaning.program)

    def brings(self, meaning: Meaning) -> frozenset[object]:
        """The constants of the alphabet that a meaning mentions."""
        return frozenset(p.value for p in meaning.program.walk()
                         if isinstance(p, Const) and p.type == self.domain.type and p.value in self.alphabet)
