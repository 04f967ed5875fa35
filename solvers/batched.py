"""Batched bottom-up search: whole layers of programs as arrays, for languages with vectorised meanings.

A row holds a program's values on some of the examples; rows are told apart by a 64-bit
hash. Programs that are right on a part of the examples are put together by a decision tree
learned over all of them (EUSolver: Alur et al. 2017). Every answer is run on every example.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dsl.grammar import Grammar, Production, Symbol, splits
from dsl.language import DSL
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.spec import Spec
from dsl.types import INT, AnyType, array_type
from solvers.bank import used_mb
from solvers.base import Budget, Nearest, Result, Status, reason, verdict
from solvers.bidirectional import UNDIVIDED, choose
from solvers.trees import Branch, decide

WORLDS = 16  # examples on which programs are told apart
BLOCK = 1 << 17  # candidates computed at a time
LARGEST = 2**31 - 1  # integers beyond it are left to the unbatched search
MOST_TERMS, MOST_TESTS = 4000, 4000


@dataclass(frozen=True, kw_only=True)
class Batched:
    """Integers, booleans and bitvectors of up to 64 bits, where every primitive declares `batch`."""

    name: str = "batched"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """A program that satisfies the spec: the cheapest, or one that decides between several."""
        start = time.monotonic()
        grammar = Grammar(dsl, spec.inputs, spec.output)
        cannot = unfit(grammar, spec)
        if cannot:
            return Result(status=Status.UNKNOWN, reason=f"batched: {cannot}")
        every = [((e.inputs, ()), e.output) for e in spec.examples]
        cases, tried, left_out = choose(every, WORLDS), 0, ""
        while True:  # once more with the examples that a program which fits those chosen gets wrong
            search = Layers(grammar, [w[0] for w, _ in cases], budget, start + budget.seconds)
            goal = np.array([out for _, out in cases], array_type(spec.output))
            shown = {w[0] for w, _ in cases}
            found = self._round(search, goal, spec, shown, start + UNDIVIDED * budget.seconds)
            tried += search.tried
            wrong = {e.inputs for e, _ in spec.failures(found)} - shown if isinstance(found, Program) else set()
            if not wrong:
                break
            cases += choose([c for c in every if c[0][0] in wrong], len(cases))
        if isinstance(found, Program):
            return Result(status=Status.SOLVED, programs=(found,), tried=tried, seconds=time.monotonic() - start,
                          searched_to=search.cost)
        status = found
        if found is Status.INFEASIBLE:
            left_out = f"integers beyond {LARGEST:,} were left out" if search.dropped else ""
            status = verdict(grammar, left_out)
        near = search.program(grammar.start, int(np.argmax((search.values[grammar.start] == goal).sum(axis=1)))) \
            if len(search.values[grammar.start]) else None
        return Result(status=status, tried=tried, seconds=time.monotonic() - start, searched_to=search.cost,
                      nearest=near and Nearest(program=near, failures=spec.failures(near)),
                      reason=reason(grammar, status, search.cost, budget.size, left_out))

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that `solve` finds, if it finds one."""
        yield from self.solve(dsl, spec, budget).programs

    def _round(self, search: "Layers", goal: np.ndarray, spec: Spec, shown: set,
               undivided: float) -> Program | Status:
        """A program that is right on every example, or one that fails where none was shown; or how the search ended."""
        budget = search.budget
        try:
            while budget.size is None or search.cost < budget.size:
                search.grow()
                late, short = search.complete or time.monotonic() > undivided, None
                for program in self._answers(search, goal, spec, late):
                    if budget.size is not None and program.cost > budget.size:
                        continue
                    failed = spec.failures(program)
                    if not failed:
                        return program
                    if short is None and any(e.inputs not in shown for e, _ in failed):
                        short = program
                if short is not None:
                    return short
                if search.complete:
                    break
        except MemoryError:
            return Status.MEMORY
        except TimeoutError:
            return Status.TIMEOUT
        return Status.INFEASIBLE

    def _answers(self, search: "Layers", goal: np.ndarray, spec: Spec, divided: bool) -> Iterator[Program]:
        """Programs that are right on the worlds, then decision trees that are right on all examples."""
        start = search.grammar.start
        hits = search.values[start] == goal
        for row in np.flatnonzero(hits.all(axis=1))[:4]:
            yield search.program(start, int(row))
        branches = [r for r in search.grammar.productions[start] if is_branch(r)]
        if not divided or not branches or len(spec.examples) < 2:
            return
        inputs = columns([e.inputs for e in spec.examples], spec.inputs)
        wanted = np.array([e.output for e in spec.examples], goal.dtype)
        rows = distinct_rows(hits)[:MOST_TERMS]
        terms = [search.program(start, int(r)) for r in rows]
        right = np.array([np.broadcast_to(evaluate(t, inputs), wanted.shape) == wanted for t in terms])
        if not len(terms) or not right.any(axis=0).all():
            return
        for rule in branches:
            tests, taken = conditions(search, rule, inputs, len(wanted))
            search.check()
            tree = decide(right, taken, search.check)
            if tree is not None:
                yield build(tree, rule, terms, tests)


class Layers:
    """The programs of every symbol, by cost, as rows of arrays."""

    def __init__(self, grammar: Grammar, worlds: list[tuple[object, ...]], budget: Budget, deadline: float):
        self.grammar, self.budget, self.deadline = grammar, budget, deadline
        self.rules = grammar.reachable(grammar.start)
        self.inputs = columns(worlds, grammar.inputs)
        self.cost = self.tried = self.dropped = self.last = 0
        k = len(worlds)
        self.weights = np.random.default_rng(0).integers(1, 2**63, k, np.uint64) | np.uint64(1)
        self.values = {s: np.empty((0, k), array_type(s.type)) for s in self.rules}
        self.origin = {s: np.empty((0, 5), np.int32) for s in self.rules}  # rule, cost, rows of up to three arguments
        self.ends: dict[Symbol, list[int]] = {s: [0] for s in self.rules}  # where each cost's rows end
        self.seen = {s: np.empty(0, np.uint64) for s in self.rules}

    @property
    def complete(self) -> bool:
        """Whether no larger program can behave in a new way."""
        rules = [r for rs in self.rules.values() for r in rs]
        return self.cost > max(len(r.args) for r in rules) * self.last + max(r.cost for r in rules)

    def grow(self) -> None:
        """Add the next layer.

        Raises:
            TimeoutError, MemoryError: where the budget runs out.
        """
        self.cost += 1
        new = {s: list(self._layer(s)) for s in self.rules}
        for s, parts in new.items():
            if parts:
                self.values[s] = np.concatenate([self.values[s], *[v for v, _ in parts]])
                self.origin[s] = np.concatenate([self.origin[s], *[o for _, o in parts]])
                self.last = self.cost
            self.ends[s].append(len(self.values[s]))

    def check(self) -> None:
        """Raise where time or memory is used up."""
        if time.monotonic() > self.deadline:
            raise TimeoutError
        if used_mb() > 0.8 * self.budget.memory_mb:
            raise MemoryError

    def _layer(self, symbol: Symbol) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for n, rule in enumerate(self.rules[symbol]):
            if not rule.args:
                if rule.cost == self.cost:
                    leaf = self._leaf(rule.head, symbol.type)
                    yield from self._new(symbol, leaf, np.array([[n, rule.cost, 0, 0, 0]]))
                continue
            for costs in splits(self.cost - rule.cost, len(rule.args)):
                spans = [(self.ends[a][c - 1], self.ends[a][c]) for a, c in zip(rule.args, costs, strict=True)]
                if all(a < b for a, b in spans):
                    yield from self._calls(symbol, n, rule, spans)

    def _calls(self, symbol: Symbol, n: int, rule: Production, spans: list[tuple[int, int]]):
        head, k = rule.head, len(self.weights)
        assert isinstance(head, Primitive) and head.batch is not None
        if head.laws.commutative and spans[0] > spans[1]:
            return
        tables = [self.values[a] for a in rule.args]
        total, sizes = 1, [b - a for a, b in spans]
        for size in sizes:
            total *= size
        for begin in range(0, total, BLOCK):
            self.check()
            flat = np.arange(begin, min(begin + BLOCK, total))
            rows = [a + i for (a, _), i in zip(spans, np.unravel_index(flat, sizes), strict=True)]
            if head.laws.commutative and spans[0] == spans[1]:
                keep = rows[0] <= rows[1]
                rows = [r[keep] for r in rows]
            with np.errstate(all="ignore"):
                out = head.batch(*[t[r] for t, r in zip(tables, rows, strict=True)])
            self.tried += len(flat)
            origin = np.zeros((len(rows[0]), 5), np.int32)
            origin[:, 0], origin[:, 1] = n, self.cost
            for i, r in enumerate(rows):
                origin[:, 2 + i] = r
            yield from self._new(symbol, np.asarray(out, array_type(symbol.type)).reshape(-1, k), origin)

    def _new(self, symbol: Symbol, values: np.ndarray, origin: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The rows that are not there yet."""
        if symbol.type == INT:
            small = (np.abs(values) <= LARGEST).all(axis=1)
            self.dropped += int((~small).sum())
            values, origin = values[small], origin[small]
        mixed = (values.astype(np.uint64, copy=False) + np.uint64(1)) * self.weights
        mixed ^= mixed >> np.uint64(31)
        hashes = (mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(axis=1, dtype=np.uint64)
        unique, first = np.unique(hashes, return_index=True)
        seen = self.seen[symbol]
        if len(seen):
            at = np.searchsorted(seen, unique)
            at[at == len(seen)] = 0
            fresh = seen[at] != unique
            unique, first = unique[fresh], first[fresh]
        if len(first):
            self.seen[symbol] = np.sort(np.concatenate([seen, unique]), kind="stable")
            first.sort()
            yield values[first], origin[first]

    def _leaf(self, head: object, t: AnyType) -> np.ndarray:
        if isinstance(head, Input):
            return self.inputs[head.index][None, :]
        assert isinstance(head, Const)
        self.tried += 1
        return np.full((1, len(self.weights)), head.value, array_type(t))

    def program(self, symbol: Symbol, row: int) -> Program:
        """The program of a row."""
        n, _, *args = self.origin[symbol][row]
        rule = self.rules[symbol][n]
        return rule.build(tuple(self.program(a, int(r)) for a, r in zip(rule.args, args, strict=False)))


def unfit(grammar: Grammar, spec: Spec) -> str:
    """Why a grammar cannot be searched in arrays; empty where it can."""
    if spec.formula is not None:
        return "takes examples; formulas are for smt and cvc5"
    for symbol, rules in grammar.productions.items():
        if symbol.scope or array_type(symbol.type) is None:
            return f"no arrays of {symbol.type}"
        for r in rules:
            if isinstance(r.head, Primitive) and (r.head.batch is None or r.head.arity > 3):
                return f"primitive {r.head.name!r} declares no vectorised meaning"
    return "" if grammar.productions[grammar.start] else f"nothing of type {grammar.output}"


def columns(rows: list[tuple[object, ...]], types: tuple[AnyType, ...]) -> list[np.ndarray]:
    """Inputs as one array for each."""
    return [np.array([r[i] for r in rows], array_type(t)) for i, t in enumerate(types)]


def evaluate(p: Program, inputs: list[np.ndarray]) -> np.ndarray:
    """A program's values on whole arrays of inputs."""
    if isinstance(p, Input):
        return inputs[p.index]
    if isinstance(p, Const):
        return np.array(p.value, array_type(p.type))
    assert isinstance(p, Apply) and p.function.batch is not None
    with np.errstate(all="ignore"):
        return p.function.batch(*[evaluate(a, inputs) for a in p.args])  # type: ignore[return-value]


def distinct_rows(hits: np.ndarray) -> np.ndarray:
    """The first row of each pattern of hits, those with most hits first."""
    some = np.flatnonzero(hits.any(axis=1))
    _, first = np.unique(np.packbits(hits[some], axis=1), axis=0, return_index=True)
    rows = some[np.sort(first)]
    return rows[np.argsort(-hits[rows].sum(axis=1), kind="stable")]


def is_branch(rule: Production) -> bool:
    """Whether a rule chooses between two arguments of its own symbol by a third."""
    head = rule.head
    return isinstance(head, Primitive) and any(len(plan) == 2 and plan[0].needs == plan[1].needs
                                               and len(plan[0].needs) == 1 for plan in head.witness)


def conditions(search: Layers, rule: Production, inputs: list[np.ndarray], n: int) -> tuple[list[Program], np.ndarray]:
    """Programs for the condition of a rule that choose differently, and where they choose the first branch."""
    head = rule.head
    assert isinstance(head, Primitive) and head.batch is not None
    plan = next(p for p in head.witness if len(p) == 2)
    given, (first, second) = plan[0].needs[0], (plan[0].index, plan[1].index)
    symbol = rule.args[given]

    def chosen(values: np.ndarray) -> np.ndarray:
        args = [values, values, values]
        kind = array_type(rule.args[first].type)
        args[first], args[second] = np.ones(values.shape, kind), np.zeros(values.shape, kind)
        return np.asarray(head.batch(*args)).astype(bool)  # type: ignore[misc]

    patterns = np.packbits(chosen(search.values[symbol]), axis=1)
    _, rows = np.unique(patterns, axis=0, return_index=True)
    tests = [search.program(symbol, int(r)) for r in np.sort(rows)[:MOST_TESTS]]
    kind = array_type(symbol.type)
    taken = np.array([chosen(np.broadcast_to(np.asarray(evaluate(t, inputs), kind), (n,))) for t in tests])
    _, keep = np.unique(np.packbits(taken, axis=1), axis=0, return_index=True)
    keep.sort()
    return [tests[i] for i in keep], taken[keep]


def build(tree: "Branch | int", rule: Production, terms: list[Program], tests: list[Program]) -> Program:
    """A decision tree as a program."""
    if isinstance(tree, int):
        return terms[tree]
    plan = next(p for p in rule.head.witness if len(p) == 2)  # type: ignore[union-attr]
    parts = {plan[0].needs[0]: tests[tree.test], plan[0].index: build(tree.then, rule, terms, tests),
             plan[1].index: build(tree.otherwise, rule, terms, tests)}
    return rule.build(tuple(parts[i] for i in range(3)))
