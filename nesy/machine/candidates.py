"""Candidates: the analyses that could make a sentence right, and the meanings they would need.

An analysis is a tree with a value at every node. A word that is known maps its
children's values by its candidate meanings; a word that is not may bring forth any
part of the answer that some meaning of the pool gives. Nothing is chosen here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from dsl.interpret import Failure
from nesy.machine.semantics import Meaning, Pool, Use
from nesy.machine.tree import Tree, projective, trees_of


@dataclass(frozen=True)
class Analysis:
    """A tree and, for each position, what its word must do: map these values to that one."""

    tree: Tree
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Lesson:
    """A sentence to explain: its symbols and the value it denotes; its tree, if that is given."""

    words: tuple[str, ...]
    answer: object
    tree: Tree | None = None

    def trees(self, widest: int) -> tuple[Tree, ...]:
        """The trees that it may have.

        Raises:
            TooMany: when there are more than `TREES`.
        """
        chains = 2 ** (len(self.words) - 1)  # the trees without branches
        if self.tree is None and (chains > TREES or trees_of(len(self.words), widest) > TREES):
            raise TooMany(" ".join(self.words))
        return (self.tree,) if self.tree is not None else projective(len(self.words), widest)


Known = Mapping[str, tuple[Meaning, ...]]
Table = dict[int, dict[object, list[tuple[object, ...]]]]  # node, value -> the children's values that give it
TREES = 200_000  # listed of one sentence
LARGEST = 2_000_000  # values looked at for one sentence
TABLE = 2_000  # what it counts to look through the whole pool


class TooMany(Exception):
    """A sentence has too many unknown words to be taken apart; it may be when more of them are known."""


def analyses(lesson: Lesson, known: Known, pool: Pool, most: int = 400) -> list[Analysis]:
    """About `most` analyses of a sentence, ten of each tree at least: those over each tree in turn."""
    found: list[Analysis] = []
    share = max(10, most // len(lesson.trees(pool.domain.arguments)))
    for tree, table in Steps(lesson, known, pool).tables():
        found.extend(islice(_unfold(tree, lesson.answer, table, len(lesson.words)), share))
    return found


class Steps:
    """One sentence's values, filled in from the leaves of a tree to its root."""

    def __init__(self, lesson: Lesson, known: Known, pool: Pool):
        self.lesson, self.known, self.pool = lesson, known, pool
        self.atoms = pool.domain.atoms(lesson.answer)
        self.parts = pool.domain.parts(lesson.answer) if pool.domain.parts else None
        self.room = LARGEST
        self.seen: dict[tuple[str | None, tuple[object, ...]], list[object]] = {}

    def tables(self) -> Iterator[tuple[Tree, Table]]:
        """Each tree that can make the sentence right, with its table.

        Raises:
            TooMany: when there are too many trees, or the values to be tried are more than `LARGEST`.
        """
        for tree in self.lesson.trees(self.pool.domain.arguments):
            table: Table = {}
            if self.fill(tree, table, root=True):
                yield tree, table

    def fill(self, tree: Tree, table: Table, root: bool = False) -> bool:
        """Note each value that a node can have, with the children's values that lead there."""
        known = self.known.get(self.lesson.words[tree.head])
        if known is not None and not any(self.fits(tree, m) for m in known):
            return False
        for child in tree.children:
            if not self.fill(child, table):
                return False
        values: dict[object, list[tuple[object, ...]]] = {}
        for children in product(*(table[c.head] for c in tree.children)):
            found = self.results(self.lesson.words[tree.head], children)
            self.room -= 1 + len(found)
            if self.room < 0:
                raise TooMany(" ".join(self.lesson.words))
            for value in found:
                if not root or value == self.lesson.answer:
                    values.setdefault(value, []).append(children)
        table[tree.head] = values
        return bool(values)

    def results(self, word: str, children: tuple[object, ...]) -> list[object]:
        """The parts of the answer that a word can have as its value over these children."""
        meanings = self.known.get(word)
        key = (word if meanings is not None else None, children)
        if key not in self.seen:
            if meanings is None:
                self.room -= 0 if self.pool.holds(children, self.atoms) else TABLE
                table: Iterable = self.pool.results(children, self.atoms)
            else:
                table = {m.value(children) for m in meanings}
            self.seen[key] = sorted((v for v in table if self.possible(v)), key=repr)
        return self.seen[key]

    def fits(self, tree: Tree, meaning: Meaning) -> bool:
        """Whether a meaning takes its children where they stand in this tree."""
        before = sum(c.head < tree.head for c in tree.children)
        return (before, len(tree.children) - before) in meaning.frames

    def possible(self, value: object) -> bool:
        """Whether a value can have gone into the answer."""
        return not isinstance(value, Failure) and (self.parts is None or value in self.parts)


def _unfold(tree: Tree, value: object, table: dict, n: int) -> Iterator[Analysis]:
    def expand(node: Tree, value: object) -> Iterator[dict[int, Use]]:
        for children in table[node.head][value]:
            below = [list(expand(c, v)) for c, v in zip(node.children, children, strict=True)]
            for combo in product(*below):
                uses = {node.head: (children, value)}
                for part in combo:
                    uses |= part
                yield uses

    for uses in expand(tree, value):
        yield Analysis(tree, tuple(uses[i] for i in range(n)))


def supporters(word: str, use: Use, known: Known, pool: Pool, atoms: frozenset) -> list[Meaning]:
    """The candidate meanings of a word that do what a use asks."""
    children, value = use
    if word in known:
        return [m for m in known[word] if m.value(children) == value]
    return pool.results(children, atoms).get(value, [])


def reached(tree: Tree, table: Table, answer: object) -> Iterator[tuple[Tree, object, list[tuple[object, ...]]]]:
    """The nodes, from the root down, with each value that an analysis gives them and what leads to it."""
    asked: dict[int, dict[object, None]] = {tree.head: {answer: None}}
    for node in tree.nodes():
        for value in asked[node.head]:
            options = table[node.head][value]
            for children in options:
                for child, v in zip(node.children, children, strict=True):
                    asked.setdefault(child.head, {})[v] = None
            yield node, value, options


def uses(lesson: Lesson, known: Known, pool: Pool) -> tuple[tuple[str, Use], ...]:
    """What each word of a sentence does in some analysis of it; complete, without listing them all."""
    found: dict[tuple[str, Use], None] = {}
    for tree, table in Steps(lesson, known, pool).tables():
        for node, value, options in reached(tree, table, lesson.answer):
            found.update(((lesson.words[node.head], (children, value)), None) for children in options)
    return tuple(found)


def narrow(lessons: Sequence[Lesson], known: Known, pool: Pool) -> dict[str, tuple[Meaning, ...]]:
    """The meanings that the lessons leave possible, for known words and for new ones, cheapest first.

    A meaning stays if it can serve in some analysis of every lesson with its word; where
    none can, those stay that serve in most. Lessons with too many unknown words say nothing.
    """
    votes: dict[str, dict[Meaning, int]] = {}
    for lesson in lessons:
        try:
            found = uses(lesson, known, pool)
        except TooMany:
            continue
        atoms = pool.domain.atoms(lesson.answer)
        able: dict[str, set[Meaning]] = {}
        for word, use in found:
            able.setdefault(word, set()).update(supporters(word, use, known, pool, atoms))
        for word, meanings in able.items():
            tally = votes.setdefault(word, {})
            for m in meanings:
                tally[m] = tally.get(m, 0) + 1
    narrowed = dict(known)
    for word, tally in votes.items():
        most = max(tally.values())
        narrowed[word] = tuple(sorted((m for m, n in tally.items() if n == most), key=pool.rank))
    return narrowed
