"""Layers: the programs of a grammar by cost, whole layers as arrays; rows that are alike are kept once.

A row holds a program's cells on some of the examples. Rows are told apart by a 64-bit hash, which is sorted
and searched in the array API: the same code runs in numpy, and in torch on a GPU.
"""

import time
from collections.abc import Iterator
from math import prod
from typing import Any

import array_api_compat
import numpy as np

from dsl.arrays import LARGEST, call, encode, fits, held, is_sequence
from dsl.errors import SpecError
from dsl.grammar import Grammar, Production, Symbol, splits
from dsl.primitive import Primitive
from dsl.program import Const, Input, Program
from dsl.spec import Spec
from dsl.types import BOOL, AnyType, root
from solvers.base import Budget
from solvers.memory import grown_mb

BLOCK = 1 << 17  # candidates computed at a time, of scalars; of sequences as many fewer as they have cells
MOST_ARGS = 3
MIXING, LAST = ((30, 0xBF58476D1CE4E5B9 - (1 << 64)), (27, 0x94D049BB133111EB - (1 << 64))), 31  # Steele et al. 2014
ROOM = 8  # items that a sequence made on the way may have, at least

Part = tuple[Any, Any]  # new rows: cells, and how each is built


def library(device: str | None) -> tuple[Any, str | None]:
    """The array library for a device, and the device: numpy for None, else torch; "auto" is a GPU if there is one."""
    if device is None:
        import array_api_compat.numpy

        return array_api_compat.numpy, None
    import array_api_compat.torch
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise SpecError(f"device {device!r}: {str(error).splitlines()[0]}") from None
    return array_api_compat.torch, device


def unfit(grammar: Grammar, spec: Spec) -> str:
    """Why a grammar cannot be searched in arrays; empty where it can."""
    if spec.formula is not None:
        return "takes examples; formulas are for smt and cvc5"
    for symbol, rules in grammar.productions.items():
        if symbol.scope or not held(symbol.type):
            return f"no arrays of {symbol.type}"
        for r in rules:
            if isinstance(r.head, Primitive) and (r.head.batch is None or r.head.arity > MOST_ARGS):
                return f"primitive {r.head.name!r} declares no meaning on arrays; add batch='...' to it"
    if not all(fits(v, t) for v, t in _values(grammar, spec)):
        return f"integers beyond {LARGEST:,}"
    return "" if grammar.productions[grammar.start] else f"nothing of type {grammar.output}"


def longest(grammar: Grammar, spec: Spec) -> int:
    """How many items the sequences of a search may have."""
    return max([ROOM, *(len(v) for v, t in _values(grammar, spec) if is_sequence(t))])  # type: ignore[arg-type]


def _values(grammar: Grammar, spec: Spec) -> Iterator[tuple[object, AnyType]]:
    """The values that are given: in examples and as constants, each with its type."""
    for e in spec.examples:
        yield from ((v, t) for v, t in zip((*e.inputs, e.output), (*spec.inputs, spec.output), strict=True) if held(t))
    yield from ((c.value, c.type) for c in grammar.dsl.constants if held(c.type))


class Layers:
    """The programs of every symbol, by cost, as rows of arrays.

    Args:
        worlds: the inputs on which rows are told apart. most: items of a sequence.
        device: of torch; without one the arrays are numpy's. goal: the outputs, at which a layer may end early.
    """

    def __init__(self, grammar: Grammar, worlds: list[tuple[object, ...]], budget: Budget, deadline: float, *,
                 most: int = ROOM, device: str | None = None, goal: list[object] | None = None):
        self.grammar, self.budget, self.deadline, self.most = grammar, budget, deadline, most
        (self.xp, self.device), self.worlds = library(device), len(worlds)
        self.rules = grammar.reachable(grammar.start)
        used = {r.head.index for rs in self.rules.values() for r in rs if isinstance(r.head, Input)}
        self.inputs = {i: self.put(encode([w[i] for w in worlds], t, most))
                       for i, t in enumerate(grammar.inputs) if i in used}
        self.goal = None if goal is None else self.put(encode(goal, grammar.output, most))
        self.cost = self.tried = self.dropped = self.last = 0
        self.early = False  # whether a layer was left before its end
        self.cells = {s: self._empty(s) for s in self.rules}
        self.origin = {s: self.put(np.empty((0, 2 + MOST_ARGS), np.int32)) for s in self.rules}  # rule, cost, rows
        self.ends: dict[Symbol, list[int]] = {s: [0] for s in self.rules}  # where each cost's rows end
        self.seen = {s: self.put(np.empty(0, np.int64)) for s in self.rules}
        self.full = False  # memory is used up, and no layer is to come
        rng = np.random.default_rng(0)
        self._keys = {n: self.put(rng.integers(-2**63, 2**63, n, np.int64))
                      for n in {prod(c.shape[1:]) for c in self.cells.values()}}

    def put(self, array: np.ndarray) -> Any:
        """A numpy array on the device."""
        return self.xp.asarray(array, device=self.device)

    def get(self, array: Any) -> np.ndarray:
        """An array of the device as numpy's."""
        return np.asarray(array_api_compat.to_device(array, "cpu"))

    @property
    def kept(self) -> int:
        """How many rows there are."""
        return sum(c.shape[0] for c in self.cells.values())

    @property
    def complete(self) -> bool:
        """Whether no larger program can behave in a new way."""
        rules = [r for rs in self.rules.values() for r in rs]
        return self.cost > max(len(r.args) for r in rules) * self.last + max(r.cost for r in rules)

    def grow(self) -> None:
        """Add the next layer: all of it, or up to where a row gives the goal.

        Raises:
            TimeoutError, MemoryError: where the budget runs out.
        """
        self.cost += 1
        try:
            new = self._next()
        except (TimeoutError, MemoryError):
            self.cost -= 1  # that layer is not whole
            raise
        for s, parts in new.items():
            if parts:
                self.cells[s] = self.xp.concat([self.cells[s], *[c for c, _ in parts]])
                self.origin[s] = self.xp.concat([self.origin[s], *[o for _, o in parts]])
                self.last = self.cost
            self.ends[s].append(self.cells[s].shape[0])

    def _next(self) -> dict[Symbol, list[Part]]:
        new: dict[Symbol, list[Part]] = {}
        for s in self.rules:  # what is asked for comes last, so that it can end the layer
            if s != self.grammar.start:
                new[s] = list(self._layer(s))
        new[self.grammar.start] = []
        for part in self._layer(self.grammar.start):
            new[self.grammar.start].append(part)
            if self.goal is not None and bool(self.xp.any(self.hits(part[0], all_worlds=True))):
                self.early = True
                break
        return new

    def check(self) -> None:
        """Raise where time, programs or memory are used up."""
        if time.monotonic() > self.deadline or self.budget.used_up(self.tried):
            raise TimeoutError
        if not self.full and grown_mb() > 0.8 * self.budget.memory_mb:
            raise MemoryError

    def hits(self, cells: Any, all_worlds: bool = False) -> Any:
        """Where rows give the goal: [rows, worlds], or [rows] for those that do everywhere."""
        right = cells == self.goal
        if right.ndim == 3:
            right = self.xp.all(right, axis=2)
        return self.xp.all(right, axis=1) if all_worlds else right

    def program(self, symbol: Symbol, row: int) -> Program:
        """The program of a row."""
        n, _, *args = (int(i) for i in self.origin[symbol][row])
        rule = self.rules[symbol][n]
        return rule.build(tuple(self.program(a, r) for a, r in zip(rule.args, args, strict=False)))

    def _empty(self, symbol: Symbol) -> Any:
        cells = encode([], symbol.type, self.most)
        return self.put(np.empty((0, self.worlds, *cells.shape[1:]), cells.dtype))

    def _layer(self, symbol: Symbol) -> Iterator[Part]:
        for n, rule in enumerate(self.rules[symbol]):
            if not rule.args:
                if rule.cost == self.cost:
                    yield from self._new(symbol, self._leaf(rule.head, symbol.type),
                                         self.put(np.array([[n, rule.cost, *[0] * MOST_ARGS]], np.int32)))
                continue
            for costs in splits(self.cost - rule.cost, len(rule.args)):
                spans = [(self.ends[a][c - 1], self.ends[a][c]) for a, c in zip(rule.args, costs, strict=True)]
                if all(a < b for a, b in spans):
                    yield from self._calls(symbol, n, rule, spans)

    def _calls(self, symbol: Symbol, n: int, rule: Production, spans: list[tuple[int, int]]) -> Iterator[Part]:
        head, xp = rule.head, self.xp
        assert isinstance(head, Primitive) and head.batch is not None
        if head.laws.commutative and spans[0] > spans[1]:
            return
        tables, sizes = [self.cells[a] for a in rule.args], [b - a for a, b in spans]
        block = max(1, BLOCK // max(prod(t.shape[2:]) for t in tables))
        for begin in range(0, prod(sizes), block):
            self.check()
            rest, rows = xp.arange(begin, min(begin + block, prod(sizes)), device=self.device), []
            self.tried += rest.shape[0]
            for (a, _), size in zip(reversed(spans), reversed(sizes), strict=True):
                rows.insert(0, a + rest % size)
                rest = rest // size
            if head.laws.commutative and spans[0] == spans[1]:
                keep = rows[0] <= rows[1]
                rows = [r[keep] for r in rows]
            found = call(head.batch, head.params, head.result, [t[r] for t, r in zip(tables, rows, strict=True)],
                         self.most)
            cells, keep = found.cells, None
            if found.ok is not None:  # a program that fails anywhere is part of none that is right everywhere
                keep = xp.all(found.ok, axis=1)
            if found.held is not None:
                small = xp.all(found.held, axis=1)
                self.dropped += int(xp.count_nonzero(~small if keep is None else keep & ~small))
                keep = small if keep is None else keep & small
            if keep is not None:
                cells, rows = cells[keep], [r[keep] for r in rows]
            m = cells.shape[0]
            if m:
                told = [xp.full((m,), v, dtype=xp.int32, device=self.device) for v in (n, self.cost)]
                rows = [xp.astype(r, xp.int32) for r in rows] + [told[0]] * (MOST_ARGS - len(rows))
                yield from self._new(symbol, cells, xp.stack([*told, *rows], axis=1))

    def _new(self, symbol: Symbol, cells: Any, origin: Any) -> Iterator[Part]:
        """The rows that are not there yet."""
        xp = self.xp
        flat = xp.reshape(cells, (cells.shape[0], -1))
        if root(symbol.type) == BOOL:
            flat = xp.astype(flat, xp.int64)
        mixed = flat ^ self._keys[flat.shape[1]]  # each world's value through all of SplitMix64, or high bits cancel
        for shift, factor in MIXING:
            mixed = (mixed ^ (mixed >> shift & (1 << (64 - shift)) - 1)) * factor
        hashes = xp.sum(mixed ^ (mixed >> LAST & (1 << (64 - LAST)) - 1), axis=1)
        order = xp.argsort(hashes, stable=True)
        hashes = hashes[order]
        first = xp.concat([xp.ones((1,), dtype=xp.bool, device=self.device), hashes[1:] != hashes[:-1]])
        seen = self.seen[symbol]
        if seen.shape[0]:
            at = xp.clip(xp.searchsorted(seen, hashes), 0, seen.shape[0] - 1)
            first = first & (seen[at] != hashes)
        if bool(xp.any(first)):
            self.seen[symbol] = xp.sort(xp.concat([seen, hashes[first]]), stable=True)
            rows = xp.sort(order[first])
            yield cells[rows], origin[rows]

    def _leaf(self, head: object, t: AnyType) -> Any:
        if isinstance(head, Input):
            return self.inputs[head.index][None, ...]
        assert isinstance(head, Const)
        self.tried += 1
        cell = self.put(encode([head.value], t, self.most))
        return self.xp.broadcast_to(cell[None, ...], (1, self.worlds, *cell.shape[1:]))
