"""Theory: one meaning for every word and one analysis for every core sentence, chosen together.

The choice is global: what counts is the total description length of lexicon and
grammar, where a category (a sketch of a meaning) and a grammar rule over categories
are each paid for once. A word seen only alone thus joins the category that is already
there, and with it learns how to behave in sentences.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import log2

from dsl.errors import NesyError
from nesy.machine.candidates import Analysis, Lesson, TooMany, analyses, supporters
from nesy.machine.semantics import Meaning, Pool
from nesy.machine.tree import Tree
from solvers.asp.run import best

RULE_BITS = 4  # what one rule of the grammar costs
TRUST = 0.5  # how far a word's own sentences count, against the theory as a whole

Weights = Mapping[str, Mapping[Meaning, float]]


@dataclass(frozen=True)
class Theory:
    """The lexicon chosen, the tree of each core sentence that it explains, and its description length."""

    lexicon: dict[str, Meaning]
    trees: tuple[tuple[Lesson, Tree], ...]
    bits: float


def choose(lessons: list[Lesson], weights: Weights, pool: Pool, conflicts: int, seconds: float = 120.0) -> Theory:
    """The theory of least description length over the lessons and the candidate meanings."""
    words = sorted({w for x in lessons for w in x.words})
    known = {w: tuple(weights[w]) for w in words}
    facts = Facts(words, weights, pool)
    for i, lesson in enumerate(lessons):
        facts.add(i, lesson)
    answer = best("theory.lp", facts.lines, seconds=seconds, conflicts=conflicts)
    if answer is None:
        raise NesyError(f"no theory was chosen in {seconds:g} s and {conflicts:,} conflicts; if the machine was busy, "
                        "go on with --resume")
    lexicon = {words[w]: known[words[w]][p] for w, p in ((_number(w), facts.local(p)) for w, p in answer.of("chosen"))}
    accepted = {_number(i): facts.trees[_number(a)] for i, a in answer.of("accepted")}
    return Theory(lexicon, tuple((x, accepted[i]) for i, x in enumerate(lessons) if i in accepted),
                  sum(answer.cost[-1:]) / 10)


def _number(symbol: object) -> int:
    assert isinstance(symbol, int)
    return symbol


class Facts:
    """What theory.lp is given, as facts over numbers."""

    def __init__(self, words: list[str], weights: Weights, pool: Pool):
        self.words, self.known, self.pool = words, {w: tuple(weights[w]) for w in words}, pool
        self.word = {w: i for i, w in enumerate(words)}
        self.trees: list[Tree] = []
        self.programs: list[tuple[str, int]] = []
        self.uses: dict = {}
        self.shapes: dict[Tree, int] = {}
        self.lines = [f"rule_cost({10 * RULE_BITS})."]
        sketches: dict = {}
        for w in words:
            for k, m in enumerate(self.known[w]):
                p = len(self.programs)
                self.programs.append((w, k))
                sketches.setdefault(m.category, len(sketches))
                self.lines += [f"means({self.word[w]},{p}).", f"sketch({p},{sketches[m.category]}).",
                               f"surprise({p},{round(-10 * TRUST * log2(max(weights[w][m], 1e-6)))})."]
                self.lines += [f"brings_constant({p},{x})." for x, c in enumerate(pool.alphabet)
                               if c in pool.brings(m)]
        self.number = {wk: p for p, wk in enumerate(self.programs)}

    def local(self, program: object) -> int:
        """The index of a program among its word's candidates."""
        return self.programs[_number(program)][1]

    def add(self, i: int, lesson: Lesson) -> None:
        """One sentence with its analyses."""
        self.lines += [f"sentence({i}).", f"length({i},{len(lesson.words)})."]
        self.lines += [f"at({i},{p},{self.word[w]})." for p, w in enumerate(lesson.words)]
        atoms = self.pool.domain.atoms(lesson.answer)
        with suppress(TooMany):  # without analyses it stays unexplained
            for analysis in analyses(lesson, self.known, self.pool):
                self._add(i, lesson, analysis, atoms)

    def _add(self, i: int, lesson: Lesson, analysis: Analysis, atoms: frozenset) -> None:
        a = len(self.trees)
        self.trees.append(analysis.tree)
        shape = self.shapes.setdefault(analysis.tree, len(self.shapes))
        width = {n.head: len(n.children) for n in analysis.tree.nodes()}
        word = [self.word[w] for w in lesson.words]
        root = analysis.tree.head
        self.lines += [f"analysis({i},{a}).", f"shape({a},{shape}).", f"root({a},{word[root]},{width[root]})."]
        for position, use in enumerate(analysis.uses):
            self.lines.append(f"needs({a},{word[position]},{self._use(lesson.words[position], use, atoms)}).")
        for head, slot, child in analysis.tree.arcs():
            self.lines.append(f"arc({a},{word[head]},{width[head]},{slot},{word[child]},{width[child]}).")

    def _use(self, word: str, use, atoms: frozenset) -> int:
        if (word, use) not in self.uses:
            u = self.uses[word, use] = len(self.uses)
            able = set(supporters(word, use, self.known, self.pool, atoms))
            self.lines += [f"supports({self.number[word, k]},{u})."
                           for k, m in enumerate(self.known[word]) if m in able]
        return self.uses[word, use]
