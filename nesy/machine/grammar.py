"""Grammar module: a neural transition parser from symbols to dependency trees, with probabilities.

Arc-standard transitions (Nivre 2004) scored by a small network over a window of stack
and buffer, after Chen and Manning (2014). It sees the categories of words, not the
words, so a word whose meaning is known parses like every other of its category.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from nesy.machine.semantics import Category
from nesy.machine.tree import Tree

SHIFT, LEFT, RIGHT = range(3)
NONE, UNKNOWN = 0, 1  # category numbers of an empty place and of a category never seen
WINDOW = 12
CLIP = 3  # children counted up to this

Frame = tuple[int | None, int]  # how many children a word takes before it (None: anywhere), and in all


@dataclass(frozen=True, slots=True)
class State:
    """A parse under way: partial trees on the stack, the position of the next word, the log-probability."""

    stack: tuple[Tree, ...]
    at: int
    logp: float = 0.0


class Parser(nn.Module):
    """Scores transitions from category numbers: input (batch, 12), output (batch, 3) log-probabilities."""

    def __init__(self, categories: Sequence[Category], generator: torch.Generator, width: int = 16, hidden: int = 64):
        super().__init__()
        self.number: Mapping[Category, int] = {c: i + 2 for i, c in enumerate(categories)}
        self.embed = nn.Embedding(len(categories) + 2, width)
        self.count = nn.Embedding(CLIP + 2, width)
        self.inner = nn.Linear(WINDOW * width, hidden)
        self.outer = nn.Linear(hidden, 3)
        self._scored: dict[tuple[int, ...], list[float]] = {}  # windows recur: each is put to the network once
        self._table: tuple[np.ndarray, ...] | None = None
        for p in self.parameters():
            nn.init.normal_(p, std=0.1 if p.dim() > 1 else 0.01, generator=generator)

    def forward(self, window: Tensor) -> Tensor:
        """Log-probabilities of shift, left arc and right arc."""
        parts = torch.cat([self.embed(window[:, :8]), self.count(window[:, 8:])], 1)
        return torch.log_softmax(self.outer(torch.relu(self.inner(parts.flatten(1)))), 1)

    def numbers(self, categories: Iterable[Category]) -> tuple[int, ...]:
        """Category numbers as the network takes them."""
        return tuple(self.number.get(c, UNKNOWN) for c in categories)

    @torch.no_grad()
    def parse(self, sentence: tuple[int, ...], frames: tuple[Frame, ...], beam: int = 8) -> list[tuple[float, Tree]]:
        """Up to `beam` trees by falling log-probability; none where no tree respects the frames.

        `frames` bound the children of each position: what its learned meaning can take, and where.
        """
        states = [State((), 0)]
        for _ in range(2 * len(sentence) - 1):
            if not states:
                return []
            scores = self.scores([window(s, sentence) for s in states])
            found = [(s.logp + row[action], i, action) for i, (s, row) in enumerate(zip(states, scores, strict=True))
                     for action in legal(s, sentence, frames)]
            found.sort(key=lambda x: -x[0])
            states = [move(states[i], action, logp) for logp, i, action in found[:beam]]
        return [(s.logp, s.stack[0]) for s in states]

    def scores(self, windows: Sequence[tuple[int, ...]]) -> list[list[float]]:
        """The log-probabilities of the transitions in each window."""
        new = list(dict.fromkeys(w for w in windows if w not in self._scored))
        if new:
            self._scored.update(zip(new, self._swiftly(np.array(new)).tolist(), strict=True))
        return [self._scored[w] for w in windows]

    def forget(self) -> None:
        """Ask the network anew: its weights have changed."""
        self._scored.clear()
        self._table = None

    def _swiftly(self, windows: np.ndarray) -> np.ndarray:
        """What `forward` computes, from what each number adds at each place, which is worked out once.

        Windows come a few at a time, for which most of torch's time is that of its calls.
        """
        if self._table is None:
            inner, outer = (np.asarray(x.weight.detach()) for x in (self.inner, self.outer))
            rows = [np.asarray((self.embed if k < 8 else self.count).weight.detach()) for k in range(WINDOW)]
            added = [r @ part.T for r, part in zip(rows, np.split(inner, WINDOW, 1), strict=True)]
            starts = np.cumsum([0, *map(len, rows[:-1])])
            self._table = (np.concatenate(added), starts, np.asarray(self.inner.bias.detach()), outer.T,
                           np.asarray(self.outer.bias.detach()))
        added, starts, bias, outer, last = self._table
        found = np.maximum(added[windows + starts].sum(1) + bias, 0) @ outer + last
        found -= found.max(1, keepdims=True)
        return found - np.log(np.exp(found).sum(1, keepdims=True))


def window(s: State, sentence: tuple[int, ...]) -> tuple[int, ...]:
    """What the network sees of a state: eight categories, then four counts of children."""
    top = [s.stack[-1 - k] if k < len(s.stack) else None for k in range(3)]
    cats = [sentence[t.head] if t else NONE for t in top]
    cats += [sentence[s.at + k] if s.at + k < len(sentence) else NONE for k in range(3)]
    counts = []
    for t in top[:2]:
        left = [c for c in t.children if c.head < t.head] if t else []
        right = [c for c in t.children if c.head > t.head] if t else []
        cats.append(sentence[(t.children[-1]).head] if t and t.children else NONE)
        counts += [min(len(left), CLIP) + 1 if t else NONE, min(len(right), CLIP) + 1 if t else NONE]
    return (*cats, *counts)


def legal(s: State, sentence: tuple[int, ...], frames: tuple[Frame, ...]) -> list[int]:
    """The transitions that keep a tree within the frames possible."""
    moves = [SHIFT] if s.at < len(sentence) else []
    if len(s.stack) >= 2:
        below, top = s.stack[-2], s.stack[-1]
        left, arity = frames[top.head]
        if len(top.children) < (arity if left is None else left) and not any(c.head > top.head for c in top.children):
            moves.append(LEFT)
        left, arity = frames[below.head]
        if left is None:
            room = len(below.children) < arity
        else:
            room = sum(c.head > below.head for c in below.children) < arity - left
        if room:
            moves.append(RIGHT)
    return moves


def move(s: State, action: int, logp: float) -> State:
    """The state after a transition."""
    if action == SHIFT:
        return State((*s.stack, Tree(s.at)), s.at + 1, logp)
    *rest, below, top = s.stack
    if action == LEFT:
        return State((*rest, Tree(top.head, (below, *top.children))), s.at, logp)
    return State((*rest, Tree(below.head, (*below.children, top))), s.at, logp)


def oracle(tree: Tree, n: int) -> Iterable[tuple[State, int]]:
    """The states and transitions that build a tree, left children as soon as may be."""
    head = {child.head: node.head for node in tree.nodes() for child in node.children}
    whole = {node.head: node for node in tree.nodes()}
    s = State((), 0)
    for _ in range(2 * n - 1):
        action = SHIFT
        if len(s.stack) >= 2:
            below, top = s.stack[-2], s.stack[-1]
            if head.get(below.head) == top.head:
                action = LEFT
            elif head.get(top.head) == below.head and top == whole[top.head]:
                action = RIGHT
        yield s, action
        s = move(s, action, 0.0)


def train(parser: Parser, trees: Iterable[tuple[tuple[int, ...], Tree]], epochs: int = 150) -> list[float]:
    """Fit to accepted trees (categories and tree); returns the loss of each epoch, in nats a transition.

    Equal windows are one example, weighted by the root of how often they occur.
    """
    tally: dict[tuple[tuple[int, ...], int], int] = {}
    for sentence, tree in trees:
        for s, action in oracle(tree, len(sentence)):
            key = (window(s, sentence), action)
            tally[key] = tally.get(key, 0) + 1
    if not tally:
        return []
    x = torch.tensor([w for w, _ in tally])
    y = torch.tensor([a for _, a in tally])
    weight = torch.tensor([n**0.5 for n in tally.values()])
    weight = weight / weight.sum()
    optimiser = torch.optim.Adam(parser.parameters(), lr=0.01, weight_decay=1e-5)
    losses = []
    for _ in range(epochs):
        optimiser.zero_grad()
        loss = -(parser(x)[torch.arange(len(y)), y] * weight).sum()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    parser.forget()
    return losses
