"""Machine: a Neural-Symbolic Recursive Machine (Li et al. 2024): perception, grammar, semantics.

A sentence becomes a tree whose nodes are (token, symbol, value); the root's value is
the answer. `learn.py` learns its parts jointly from (sentence, answer) pairs alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import log

from dsl.interpret import Failure
from nesy.machine.deduce import Rule, rules, value
from nesy.machine.grammar import Frame, Parser
from nesy.machine.perception import Identity, Perception
from nesy.machine.semantics import Domain, Lexicon
from nesy.machine.tree import Tree

UNKNOWN_WORD = "training told no meaning of a word"
LIKELY = log(0.5)  # no other tree is as probable as one above this


@dataclass(frozen=True)
class Reading:
    """What the machine makes of a sentence: value, symbols, tree, log-probability; why, if it failed."""

    value: object
    words: tuple[str, ...]
    tree: Tree | None = None
    logp: float = float("-inf")
    failure: str = ""

    def show(self) -> str:
        """The tree as nested calls, or what went wrong."""
        return self.tree.show(self.words) if self.tree else self.failure


@dataclass(frozen=True)
class Machine:
    """Perception, grammar and semantics together; frozen once learned.

    `attested` are the rules of the grammar that training showed: which category stood in which
    slot of which. `syntax`, where it is given, puts the true tree in the place of the parser's.
    """

    domain: Domain
    lexicon: Lexicon
    parser: Parser
    perception: Perception = Identity()
    attested: frozenset[Rule] = frozenset()
    syntax: Callable[[tuple[str, ...]], Tree | None] | None = None
    beam: int = 8
    rows: int = 100  # of symbols that are read at most
    _parses: dict = field(default_factory=dict, repr=False, compare=False)

    def read(self, raw: Sequence[object]) -> Reading:
        """Deduce: the most probable symbols and tree that denote something, and what they denote.

        Symbols whose tree is in doubt, or without any, give way to less probable ones without doubt, if any.
        """
        first = None
        for reading, clear in self.readings(raw):
            if clear:
                return reading
            if first is None or first.tree is None and reading.tree is not None:
                first = reading
        return first or Reading(None, (), failure="no symbols")

    def readings(self, raw: Sequence[object]) -> Iterator[tuple[Reading, bool]]:
        """What the machine makes of the rows of symbols that it may see, and whether that is clear: by probability."""
        for _, words in islice(self.perception.perceive(raw), self.rows):
            yield self.understand(words)

    def understand(self, words: tuple[str, ...]) -> tuple[Reading, bool]:
        """The most probable tree that denotes something; it is clear where all its rules are attested.

        Where no tree is likelier than all others together, those come first whose rules are all attested.
        """
        if not words:
            return Reading(None, words, failure="no symbols"), False
        strange = [w for w in words if w not in self.lexicon]
        if strange:
            return Reading(None, words, failure=f"{UNKNOWN_WORD}: {strange[0]}"), False
        found = None
        for logp, tree in self.trees(words):
            result = value(tree, words, self.lexicon)
            if isinstance(result, Failure):
                continue
            found = found or Reading(result, words, tree, logp)
            attested = not self.attested or rules(tree, words, self.lexicon) <= self.attested
            if attested or logp > LIKELY:
                return Reading(result, words, tree, logp), attested
        return found or Reading(None, words, failure="no tree denotes anything"), False

    def trees(self, words: tuple[str, ...]) -> Iterator[tuple[float, Tree]]:
        """Trees by falling probability: the greedy one where it is above one half, then those of the beam."""
        for beam in (1, self.beam):
            for logp, tree in self._parsed(words, beam):
                if logp > LIKELY or beam > 1:
                    yield logp, tree

    def right_tree(self, words: tuple[str, ...], answer: object, beam: int = 64) -> Tree | None:
        """The most probable tree of a wide beam that denotes this answer."""
        if not all(w in self.lexicon for w in words):
            return None
        categories, frames = self._shape(words)
        trees = self.parser.parse(categories, frames, beam=beam)
        return next((t for _, t in trees if value(t, words, self.lexicon) == answer), None)

    def _parsed(self, words: tuple[str, ...], beam: int) -> list[tuple[float, Tree]]:
        """One search for all sentences of the same categories."""
        if self.syntax is not None:
            tree = self.syntax(words)
            return [] if tree is None else [(0.0, tree)]
        key = (beam, *self._shape(words))
        if key not in self._parses:
            self._parses[key] = self.parser.parse(key[1], key[2], beam=beam)
        return self._parses[key]

    def _shape(self, words: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[Frame, ...]]:
        """All that the parser sees of a sentence: its categories, and where each word may have children."""
        meanings = [self.lexicon[w] for w in words]
        return self.parser.numbers(m.category for m in meanings), tuple((m.left, m.arity) for m in meanings)
