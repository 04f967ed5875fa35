"""Constrain: which words may come next, so that what is decoded is a program of the grammar, within a size.

The words read so far leave a stack of symbols that are still to be built. A word may come next if
it begins, or goes on with, a production of the topmost symbol after which the rest still fits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import torch
from torch import Tensor
from transformers import LogitsProcessor

from dsl.errors import NesyError
from dsl.grammar import Grammar, Production, Symbol
from dsl.lazy import cached_property
from dsl.program import Program
from dsl.reach import least_costs
from nesy.proposer.tokens import END, PAD, Vocabulary, path

Trie = dict[int, "Trie | Production"]


@dataclass(frozen=True)
class State:
    """Symbols still to be built, the topmost last; where within a production's words; and nodes to spare.

    `slack` is how many nodes more than needed the program may get. A program is complete where
    `stack` is empty and `at` is None.
    """

    stack: tuple[Symbol, ...]
    at: int | None  # the number of a trie's node, None at the beginning of a production
    slack: int
    ended: bool = False


class Automaton:
    """The programs of a grammar of up to `size` nodes, word by word.

    >>> from dsl import load
    >>> from dsl.types import INT
    >>> words = Vocabulary.of(load("integers"))
    >>> machine = Automaton(Grammar(load("integers"), (INT,), INT), words, 3)
    >>> state = machine.after(words.numbers(["f:negate"]))
    >>> [words.words[k] for k in machine.allowed(state)][:3]
    ['const', 'x0', 'f:negate']
    """

    def __init__(self, grammar: Grammar, words: Vocabulary, size: int):
        self.grammar, self.words, self.size = grammar, words, size
        self.unknown: NesyError | None = None  # why a production cannot be written
        self._written = {s: tuple(self._known(rules)) for s, rules in grammar.productions.items()}
        self.least = least_costs({s: tuple(replace(r, cost=1) for r, _ in rules)
                                  for s, rules in self._written.items()})
        self._lowest: dict[int, float] = {}  # the fewest nodes more than the least, after each node of a trie
        self._nodes: list[Trie] = []
        self._roots: dict[Symbol, int] = {}
        self._moves: dict[tuple[State, int], State] = {}
        self._options: dict[tuple[Symbol, int | None, int], tuple[int, ...]] = {}
        self._end, self._pad = words.number[END], words.number[PAD]

    def _known(self, rules: Sequence[Production]) -> Iterator[tuple[Production, list[int]]]:
        """The productions that can be written, with the numbers of their words."""
        for rule in rules:
            try:
                yield rule, self.words.numbers(path(rule))
            except NesyError as error:  # of types that the language alone does not tell
                self.unknown = self.unknown or error

    @property
    def empty(self) -> bool:
        """Whether no program is small enough."""
        return self.least.get(self.grammar.start, inf) > self.size

    @cached_property
    def start(self) -> State:
        """Before the first word."""
        return State((self.grammar.start,), None, self.size - int(self.least[self.grammar.start]))

    def after(self, numbers: Sequence[int]) -> State:
        """The state after these words."""
        state = self.start
        for n in numbers:
            state = self.move(state, n)
        return state

    def allowed(self, state: State) -> tuple[int, ...]:
        """The numbers of the words that may come next."""
        if not state.stack:
            return (self._pad,) if state.ended else (self._end,)
        key = state.stack[-1], state.at, state.slack
        found = self._options.get(key)
        if found is None:
            node = self._node(state)
            found = self._options[key] = tuple(sorted(w for w, to in node.items() if self._fits(key[0], to, key[2])))
        return found

    def move(self, state: State, word: int) -> State:
        """The state after one more word, one of those allowed."""
        key = state, word
        found = self._moves.get(key)
        if found is None:
            found = self._moves[key] = self._moved(state, word)
        return found

    def program(self, numbers: Sequence[int]) -> Program | None:
        """The program that these words are; None where they are not the whole of one."""
        rules, state = [], self.start
        for n in numbers:
            if not state.stack:
                break
            if n not in self.allowed(state):
                return None
            rule = self._rule(state, n)
            if rule is not None:
                rules.append(rule)
            state = self.move(state, n)
        if state.stack:
            return None
        built: list[Program] = []
        for rule in reversed(rules):
            args = tuple(built.pop() for _ in rule.args)
            built.append(rule.build(args))
        return built[0]

    def _node(self, state: State) -> Trie:
        """What may be read next, on the way through a production's words."""
        return self._nodes[self._root(state.stack[-1]) if state.at is None else state.at]

    def _rule(self, state: State, word: int) -> Production | None:
        to = self._node(state)[word]
        return None if isinstance(to, dict) else to

    def _moved(self, state: State, word: int) -> State:
        if not state.stack:
            return State((), None, 0, True)
        to = self._node(state)[word]
        if isinstance(to, dict):
            return State(state.stack, self._number(to), state.slack)
        extra = self._extra(state.stack[-1], to)
        return State((*state.stack[:-1], *reversed(to.args)), None, state.slack - extra)

    def _extra(self, symbol: Symbol, rule: Production) -> int:
        """How many nodes more than the least a symbol gets by a production."""
        return int(1 + sum(self.least[a] for a in rule.args) - self.least[symbol])

    def _fits(self, symbol: Symbol, to: "Trie | Production", slack: int) -> bool:
        return (self._lowest[id(to)] if isinstance(to, dict) else self._more(symbol, to)) <= slack

    def _more(self, symbol: Symbol, rule: Production) -> float:
        return self._extra(symbol, rule) if all(self.least[a] < inf for a in rule.args) else inf

    def _root(self, symbol: Symbol) -> int:
        if symbol not in self._roots:
            trie: Trie = {}
            for rule, (*ahead, last) in self._written[symbol]:
                node: Any = trie
                for word in ahead:
                    node = node.setdefault(word, {})
                    self._lowest[id(node)] = min(self._lowest.get(id(node), inf), self._more(symbol, rule))
                node.setdefault(last, rule)
            self._roots[symbol] = self._number(trie)
        return self._roots[symbol]

    def _number(self, trie: Trie) -> int:
        for n, node in enumerate(self._nodes):
            if node is trie:
                return n
        self._nodes.append(trie)
        return len(self._nodes) - 1


class Constrained(LogitsProcessor):
    """Lets only those words be decoded that a program of the grammar goes on with."""

    def __init__(self, automaton: Automaton):
        self.automaton = automaton
        self._states: dict[tuple[int, ...], State] = {(): automaton.start}
        self._masks: dict[tuple, Tensor] = {}

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (n, words) of what comes next after input_ids (n, length), the first of which is START."""
        masks = torch.stack([self._mask(self._state(tuple(row)), scores) for row in input_ids[:, 1:].tolist()])
        return scores + masks

    def _state(self, read: tuple[int, ...]) -> State:
        found = self._states.get(read)
        if found is None:
            found = self._states[read] = self.automaton.move(self._state(read[:-1]), read[-1])
        return found

    def _mask(self, state: State, like: Tensor) -> Tensor:
        key = (state.stack[-1], state.at, state.slack) if state.stack else (state.ended,)
        found = self._masks.get(key)
        if found is None:
            found = torch.full((like.shape[1],), -torch.inf, device=like.device, dtype=like.dtype)
            found[list(self.automaton.allowed(state))] = 0.0
            self._masks[key] = found
        return found
