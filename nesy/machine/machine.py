"""Machine: a Neural-Symbolic Recursive Machine (Li et al. 2024): perception, grammar, semantics.

A sentence becomes a tree whose nodes are (token, symbol, value); the root's value is
the answer. `learn.py` learns its parts jointly from (sentence, answer) pairs alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dsl.interpret import Failure
from nesy.machine.deduce import value
from nesy.machine.grammar import Parser
from nesy.machine.perception import Identity, Perception
from nesy.machine.semantics import Domain, Lexicon
from nesy.machine.tree import Tree

UNKNOWN_WORD = "a word was never seen in training"


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

    `syntax`, where it is given, puts the true tree in the place of the parser's.
    """

    domain: Domain
    lexicon: Lexicon
    parser: Parser
    perception: Perception = Identity()
    syntax: Callable[[tuple[str, ...]], Tree] | None = None
    beam: int = 8
    _parses: dict = field(default_factory=dict, repr=False, compare=False)

    def read(self, raw: Sequence[object]) -> Reading:
        """Deduce: the most probable tree that denotes something, and what it denotes."""
        words = tuple(max(p, key=lambda s: p[s]) for p in self.perception.perceive(raw))
        strange = [w for w in words if w not in self.lexicon]
        if strange:
            return Reading(None, words, failure=f"{UNKNOWN_WORD}: {strange[0]}")
        for logp, tree in self.trees(words):
            result = value(tree, words, self.lexicon)
            if not isinstance(result, Failure):
                return Reading(result, words, tree, logp)
        return Reading(None, words, failure="no tree denotes anything")

    def trees(self, words: tuple[str, ...]) -> list[tuple[float, Tree]]:
        """The most probable trees, from the beam; one search for all sentences of the same categories."""
        if self.syntax is not None:
            return [(0.0, self.syntax(words))]
        meanings = [self.lexicon[w] for w in words]
        key = (self.parser.numbers(m.sketch for m in meanings), tuple(m.arity for m in meanings))
        if key not in self._parses:
            self._parses[key] = self.parser.parse(*key, beam=self.beam)
        return self._parses[key]
