"""Batched bottom-up search: whole layers of programs as arrays, for languages with vectorised meanings.

Programs that are right on a part of the examples are put together by a decision tree
learned over all of them (EUSolver: Alur et al. 2017). Every answer is run on every example.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from dsl.arrays import LARGEST, encode, is_sequence
from dsl.grammar import Grammar, Production
from dsl.language import DSL
from dsl.passing import plans
from dsl.primitive import Primitive
from dsl.program import Program
from dsl.spec import Spec
from dsl.types import BOOL, root
from dsl.vectorised import evaluate
from solvers.base import Budget, Nearest, Result, Status, reason, verdict
from solvers.bidirectional import UNDIVIDED, choose
from solvers.bottom_up import further
from solvers.layers import Layers, longest, unfit
from solvers.trees import Branch, decide

WORLDS = 16  # examples on which programs are told apart
MOST_TERMS, MOST_TESTS = 4000, 4000


@dataclass(frozen=True, kw_only=True)
class Batched:
    """Integers, booleans, bitvectors of up to 64 bits and sequences of them, where every primitive declares `batch`.

    In numpy, or in torch on a `device`: "cpu", "cuda", "cuda:1", or "auto".
    """

    device: str | None = None
    name: str = "batched"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """A program that satisfies the spec: the cheapest, or one that decides between several."""
        start = time.monotonic()
        grammar = Grammar(dsl, spec.inputs, spec.output)
        cannot = unfit(grammar, spec)
        if cannot:
            return Result(status=Status.UNKNOWN, reason=f"{self.name}: {cannot}")
        every = [((e.inputs, ()), e.output) for e in spec.examples]
        cases, tried, left_out = choose(every, WORLDS), 0, ""
        while True:  # once more with the examples that a program which fits those chosen gets wrong
            if budget.used_up(tried):
                return Result(status=Status.TIMEOUT, tried=tried, seconds=time.monotonic() - start,
                              reason=Status.TIMEOUT.value)
            rest = budget if budget.programs is None else replace(budget, programs=budget.programs - tried)
            search = Layers(grammar, [w[0] for w, _ in cases], rest, start + budget.seconds, device=self.device,
                            most=longest(grammar, spec), goal=[out for _, out in cases])
            shown = {w[0] for w, _ in cases}
            found = self._round(search, spec, shown, start + UNDIVIDED * budget.seconds)
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
            left_out = f"integers beyond {LARGEST:,}, or sequences of over {search.most} items, were left out" \
                if search.dropped else "the functions differ from their meanings on arrays" if search.early else ""
            status = verdict(grammar, left_out, budget.size)
        near = None
        if search.cells[grammar.start].shape[0]:
            hits = search.get(search.hits(search.cells[grammar.start]))
            near = search.program(grammar.start, int(np.argmax(hits.sum(axis=1))))
        return Result(status=status, tried=tried, seconds=time.monotonic() - start, searched_to=search.cost,
                      nearest=near and Nearest(program=near, failures=spec.failures(near)),
                      reason=reason(grammar, status, search.cost, budget.size, left_out))

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that `solve` finds, then others that an enumeration finds and that behave differently."""
        yield from further(self.solve(dsl, spec, budget), dsl, spec, budget)

    def _round(self, search: Layers, spec: Spec, shown: set, undivided: float) -> Program | Status:
        """A program that is right on every example, or one that fails where none was shown; or how the search ended."""
        budget, took, late = search.budget, 0.0, False
        try:
            while budget.size is None or search.cost < budget.size:
                began, before = time.monotonic(), took
                search.grow()
                took = time.monotonic() - began
                coming = took * max(1.0, took / before) if before else took  # layers grow by about a constant factor
                late, short = search.complete or time.monotonic() + coming > undivided, None
                for program in self._answers(search, spec, late):
                    if not budget.fits(program.cost):
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
            search.full = True
        except TimeoutError:
            return Status.TIMEOUT
        if not search.full:
            return Status.INFEASIBLE
        try:  # decision trees of what there is, if none were looked for yet
            found = () if late else self._answers(search, spec, True)
            return next((p for p in found if budget.fits(p.cost) and not spec.failures(p)), Status.MEMORY)
        except (MemoryError, TimeoutError):
            return Status.MEMORY

    def _answers(self, search: Layers, spec: Spec, divided: bool) -> Iterator[Program]:
        """Programs that are right on the worlds, then decision trees that are right on all examples."""
        start = search.grammar.start
        hits = search.get(search.hits(search.cells[start]))
        for row in np.flatnonzero(hits.all(axis=1))[:4]:
            yield search.program(start, int(row))
        branches = [r for r in search.grammar.productions[start] if is_branch(r)]
        if not divided or not branches or len(spec.examples) < 2:
            return
        inputs = {i: encode([e.inputs[i] for e in spec.examples], spec.inputs[i], search.most) for i in search.inputs}
        wanted = encode([e.output for e in spec.examples], spec.output, search.most)
        rows = distinct_rows(hits)[:MOST_TERMS]
        terms = [search.program(start, int(r)) for r in rows]
        right = np.array([_right(t, inputs, wanted, search.most) for t in terms])
        if not len(terms) or not right.any(axis=0).all():
            return
        for rule in branches:
            tests, taken = conditions(search, rule, inputs, len(wanted))
            search.check()
            tree = decide(right, taken, search.check)
            if tree is not None:
                yield build(tree, rule, terms, tests)


@dataclass(frozen=True, kw_only=True)
class Torch(Batched):
    """The same in torch, on a GPU where there is one."""

    device: str | None = "auto"
    name: str = "batched-torch"


def _right(p: Program, inputs: dict[int, np.ndarray], wanted: np.ndarray, most: int) -> np.ndarray:
    """On which examples a program gives what is wanted."""
    found, ok = evaluate(p, inputs, most, np.zeros(len(wanted)))
    right = found == wanted
    right = right.all(axis=1) if right.ndim == 2 else right
    return right if ok is None else right & ok


def distinct_rows(hits: np.ndarray) -> np.ndarray:
    """The first row of each pattern of hits, those with most hits first."""
    some = np.flatnonzero(hits.any(axis=1))
    _, first = np.unique(np.packbits(hits[some], axis=1), axis=0, return_index=True)
    rows = some[np.sort(first)]
    return rows[np.argsort(-hits[rows].sum(axis=1), kind="stable")]


def is_branch(rule: Production) -> bool:
    """Whether a rule chooses between two arguments of its own symbol by the truth of a third."""
    head = rule.head
    return isinstance(head, Primitive) and any(
        len(plan) == 2 and plan[0].needs == plan[1].needs and len(plan[0].needs) == 1
        and not any(is_sequence(head.params[i]) for i in (plan[0].index, *plan[0].needs)) for plan in plans(head))


def conditions(search: Layers, rule: Production, inputs: dict[int, np.ndarray], n: int,
               ) -> tuple[list[Program], np.ndarray]:
    """Programs for the condition of a rule that choose differently, and where they choose the first branch."""
    head = rule.head
    assert isinstance(head, Primitive) and head.batch is not None
    plan = next(p for p in plans(head) if len(p) == 2)
    given, (first, second) = plan[0].needs[0], (plan[0].index, plan[1].index)
    symbol, kind = rule.args[given], np.bool_ if root(head.result) == BOOL else np.int64

    def chosen(values: np.ndarray) -> np.ndarray:
        args = [values, values, values]
        args[first], args[second] = np.ones(values.shape, kind), np.zeros(values.shape, kind)
        return np.asarray(head.batch(*args)).astype(bool)  # type: ignore[misc]

    patterns = np.packbits(chosen(search.get(search.cells[symbol])), axis=1)
    _, rows = np.unique(patterns, axis=0, return_index=True)
    tests = [search.program(symbol, int(r)) for r in np.sort(rows)[:MOST_TESTS]]
    values = [evaluate(t, inputs, search.most, np.zeros(n)) for t in tests]
    tests = [t for t, (_, ok) in zip(tests, values, strict=True) if ok is None or ok.all()]
    taken = np.array([chosen(v) for v, ok in values if ok is None or ok.all()], dtype=bool).reshape(len(tests), n)
    if not tests:
        return [], taken
    _, keep = np.unique(np.packbits(taken, axis=1), axis=0, return_index=True)
    keep.sort()
    return [tests[i] for i in keep], taken[keep]


def build(tree: "Branch | int", rule: Production, terms: list[Program], tests: list[Program]) -> Program:
    """A decision tree as a program."""
    if isinstance(tree, int):
        return terms[tree]
    plan = next(p for p in plans(rule.head) if len(p) == 2)  # type: ignore[arg-type]
    parts = {plan[0].needs[0]: tests[tree.test], plan[0].index: build(tree.then, rule, terms, tests),
             plan[1].index: build(tree.otherwise, rule, terms, tests)}
    return rule.build(tuple(parts[i] for i in range(3)))
