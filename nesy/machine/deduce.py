"""Deduce: what a tree's root denotes under a lexicon; and abduce the tree where only that is hidden.

`Chart` finds, among all projective trees of a sentence, the most probable one that
makes it right. Probabilities come from counts of rules over categories.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log

from dsl.interpret import Failure
from nesy.machine.candidates import Lesson
from nesy.machine.semantics import Category, Domain, Lexicon, Meaning
from nesy.machine.tree import Tree

Rule = tuple[Category | None, int, Category]  # head, slot, child; no head above the root
Tag = tuple[Category | None, int]  # a category and its number of children; None above the root


def value(tree: Tree, words: tuple[str, ...], lexicon: Lexicon) -> object:
    """What a sentence denotes by this tree, or a `Failure`; of a node without meaning, that of the first."""
    done: dict[int, object] = {}
    for node in reversed(list(tree.nodes())):
        children = tuple(done[c.head] for c in node.children)
        failed = [c for c in children if isinstance(c, Failure)]
        done[node.head] = failed[0] if failed else lexicon[words[node.head]].value(children)
    return done[tree.head]


def rules(tree: Tree, words: tuple[str, ...], lexicon: Lexicon) -> frozenset[Rule]:
    """The rules of the grammar that a tree uses: which category stands in which slot of which, and at the root."""
    category = {n.head: lexicon[words[n.head]].category for n in tree.nodes()}
    arcs = ((category[head], slot, category[child]) for head, slot, child in tree.arcs())
    return frozenset([(None, 0, category[tree.head]), *arcs])


POOLED = 30.0  # what stands in all slots together weighs as much as so many children of one


@dataclass
class Rules:
    """How often which category stood in which slot of which, over accepted trees.

    A slot's distribution is drawn towards that of all slots together (a hierarchical Dirichlet prior), so that a child
    which other words take is expected of a word that has not shown it; with `pooled` 0 it is not.
    """

    counts: Counter = field(default_factory=Counter)
    slots: Counter = field(default_factory=Counter)
    children: Counter = field(default_factory=Counter)
    pooled: float = POOLED
    total: int = 0  # of the children
    _tags: dict[Tag, int] = field(default_factory=dict, repr=False, compare=False)
    _known: dict[tuple[int, int, int], float] = field(default_factory=dict, repr=False, compare=False)

    def add(self, tree: Tree, words: tuple[str, ...], lexicon: Lexicon) -> None:
        """Count the rules of one accepted tree."""
        self._known.clear()
        tag = {n.head: (lexicon[words[n.head]].category, len(n.children)) for n in tree.nodes()}
        for head, slot, child in ((None, 0, tree.head), *tree.arcs()):
            where = (tag[head] if head is not None else (None, 1), slot)
            self.counts[where, tag[child]] += 1
            self.slots[where] += 1
            self.children[tag[child]] += 1
            self.total += 1

    def logp(self, head: Tag, slot: int, child: Tag) -> float:
        """The log-probability of a child's category and valence; unseen rules are not impossible."""
        where = (head, slot)
        if not self.pooled:
            return log((self.counts[where, child] + 0.01) / (self.slots[where] + 1.0))
        prior = (self.children[child] + 0.01) / (self.total + 1.0)
        return log((self.counts[where, child] + self.pooled * prior) / (self.slots[where] + self.pooled))

    def number(self, tag: Tag) -> int:
        """What a tag is called by `scored`."""
        return self._tags.setdefault(tag, len(self._tags))

    def scored(self, head: int, slot: int, child: int) -> float:
        """`logp` of tags by their numbers, as a chart asks for it time and again between two accepted trees."""
        found = self._known.get((head, slot, child))
        if found is None:
            tags = list(self._tags)
            found = self._known[head, slot, child] = self.logp(tags[head], slot, tags[child])
        return found

    def rarest(self) -> list[Rule]:
        """The rules that were counted, by their share of what stands in the same slot."""
        rule: Counter[Rule] = Counter()
        slot: Counter[tuple[Category | None, int]] = Counter()
        for ((head, at), child), n in self.counts.items():
            rule[head[0], at, child[0]] += n
            slot[head[0], at] += n
        return sorted(rule, key=lambda r: (rule[r] / slot[r[:2]], repr(r)))

    @classmethod
    def of(cls, trees: Iterable[tuple[Lesson, Tree]], lexicon: Lexicon, pooled: float = POOLED) -> "Rules":
        """The rules of accepted trees."""
        found = cls(pooled=pooled)
        for lesson, tree in trees:
            found.add(tree, lesson.words, lexicon)
        return found


class Chart:
    """All trees of one sentence under a lexicon, by span, value and root category; of these rules only, if given."""

    def __init__(self, lesson: Lesson, lexicon: Lexicon, domain: Domain, rules: Rules,
                 only: frozenset[Rule] | None = None):
        self.lesson, self.lexicon, self.domain, self.rules, self.only = lesson, lexicon, domain, rules, only
        self.meanings = [lexicon.get(w) for w in lesson.words]
        self.parts = domain.parts(lesson.answer) if domain.parts else None
        self.cells: dict[tuple[int, int], dict] = {}
        self._forests: dict = {}

    def best(self) -> Tree | None:
        """The most probable tree whose root has the answer as its value."""
        given, n = self.lesson.tree, len(self.lesson.words)
        if given is not None:
            result = value(given, self.lesson.words, self.lexicon)
            return given if result == self.lesson.answer else None
        top = self.rules.number((None, 1))
        found = [(score + self.rules.scored(top, 0, tag), repr(tree), tree)
                 for (v, tag), (score, tree) in self._cell(0, n).items() if v == self.lesson.answer
                 and (self.only is None or (None, 0, self.meanings[tree.head].category) in self.only)]
        return max(found)[2] if found else None

    def _cell(self, i: int, j: int) -> dict:
        if (i, j) in self.cells:
            return self.cells[i, j]
        cell = self.cells[i, j] = {}
        for head in range(i, j):
            meaning = self.meanings[head]
            if meaning is None:
                continue
            for left, right in meaning.frames:
                after = self.forest(head + 1, j, right)
                before = self.forest(i, head, left) if after else []
                if before:
                    self._combine(cell, head, meaning, [(*a, *b) for a in before for b in after])
        return cell

    def _combine(self, cell: dict, head: int, meaning: Meaning, sequences: list[tuple]) -> None:
        """Put a head above each of these sequences of children, of one length."""
        tag, scored = self.rules.number((meaning.category, len(sequences[0]))), self.rules.scored
        for children in sequences:
            if self.only is not None and not self._allowed(meaning.category, children):
                continue
            result = meaning.value(tuple([c[0] for c in children]))
            if isinstance(result, Failure) or self.parts is not None and result not in self.parts:
                continue
            score = 0.0
            for slot, c in enumerate(children):
                score += c[2] + scored(tag, slot, c[1])
            old = cell.get((result, tag))
            if old is None or score > old[0]:
                cell[result, tag] = (score, Tree(head, tuple([c[3] for c in children])))

    def _allowed(self, category: Category, children: tuple) -> bool:
        assert self.only is not None
        return all((category, slot, self.meanings[c[3].head].category) in self.only  # type: ignore[union-attr]
                   for slot, c in enumerate(children))

    def forest(self, i: int, j: int, n: int) -> list[tuple]:
        """Sequences of n trees over a span, each tree as (value, number of its tag, score, tree)."""
        if n == 0 or i == j:
            return [()] if n == 0 and i == j else []
        key = (i, j, n)
        if key not in self._forests:
            if n == 1:
                self._forests[key] = [((v, tag, s, t),) for (v, tag), (s, t) in self._cell(i, j).items()]
            else:
                self._forests[key] = [(*first, *others) for k in range(i + 1, j)
                                      for first in self.forest(i, k, 1) for others in self.forest(k, j, n - 1)]
        return self._forests[key]


def explain(lessons: Iterable[Lesson], lexicon: Lexicon, domain: Domain, rules: Rules,
            ) -> tuple[list[tuple[Lesson, Tree]], list[Lesson]]:
    """The most probable right tree of each lesson, rules learned on the way, and the lessons that have none."""
    accepted, unexplained = [], []
    for lesson in lessons:
        known = all(w in lexicon for w in lesson.words)
        tree = Chart(lesson, lexicon, domain, rules).best() if known else None
        if tree is None:
            unexplained.append(lesson)
        else:
            rules.add(tree, lesson.words, lexicon)
            accepted.append((lesson, tree))
    return accepted, unexplained
