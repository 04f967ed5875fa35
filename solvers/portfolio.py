"""Portfolio: several solvers on one budget, each in a process of its own; the first verified answer wins."""

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dsl.arrays import is_sequence
from dsl.grammar import Grammar
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from solvers.attempt import Attempt
from solvers.base import Budget, Result, Solver, Status
from solvers.bottom_up import further
from solvers.grids import suits
from solvers.isolate import allowed
from solvers.layers import unfit
from solvers.names import named

if TYPE_CHECKING:
    from solvers.bidirectional import Meeting

SHARE = 0.95  # of the time, in which each solver is to end by itself


def fitting(dsl: DSL, spec: Spec) -> tuple[Solver, ...]:
    """The solvers that suit a problem: by formula, in arrays, or one value at a time."""
    if spec.formula is not None:
        return (named("smt"),)
    if suits(spec):
        return (named("pictures"),)
    grammar = Grammar(dsl, spec.inputs, spec.output)
    lists = any(is_sequence(s.type) for s in grammar.productions)  # which are searched no faster in arrays
    if not lists and not unfit(grammar, spec):
        return (named("batched"), named("bidirectional"))
    return (named("bidirectional"),)


@dataclass(frozen=True, init=False)
class Portfolio:
    """Runs its solvers side by side; `reason` says of each how it ended.

    Memory is shared out among them. A solver that proves that there is no program ends the
    others too. Without solvers of its own it takes those that fit the kind of specification.

    >>> from solvers.bottom_up import BottomUp
    >>> [s.name for s in Portfolio(BottomUp(), named("top-down")).solvers]
    ['bottom-up', 'top-down']
    """

    solvers: tuple[Solver, ...]
    name: str

    def __init__(self, *solvers: Solver, name: str = "portfolio"):
        object.__setattr__(self, "solvers", solvers)
        object.__setattr__(self, "name", name)

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The first program that satisfies the spec when run again."""
        solvers = self.solvers or fitting(dsl, spec)
        if len(solvers) == 1:
            result = solvers[0].solve(dsl, spec, budget)
            return replace(result, solver=result.solver or solvers[0].name)
        start = time.monotonic()
        memory = max(256, budget.memory_mb // len(solvers))
        share = replace(budget, seconds=SHARE * budget.seconds, memory_mb=memory)
        ended: dict[Attempt, Result] = {}
        until = start + allowed(share.seconds)
        attempts = (Attempt(s, dsl, spec, share) for s in solvers)
        running = {a.call.future: a for a in attempts}
        try:
            while running:
                done, _ = wait(running, timeout=max(0.0, until - time.monotonic()), return_when=FIRST_COMPLETED)
                if not done:
                    ended |= {a: Result(status=Status.TIMEOUT, reason=Status.TIMEOUT.value) for a in running.values()}
                    break
                for future in done:
                    attempt = running.pop(future)
                    result = ended[attempt] = _run_again(attempt, spec)
                    if result.status in (Status.SOLVED, Status.INFEASIBLE):
                        return self._sum(ended, result, time.monotonic() - start)
        finally:
            for attempt in running.values():
                attempt.call.end()
        best = max(ended.values(), key=lambda r: -len(r.nearest.failures) if r.nearest else -10**9)
        status = next((s for s in (Status.TIMEOUT, Status.MEMORY) if any(r.status is s for r in ended.values())),
                      best.status)
        return self._sum(ended, replace(best, status=status), time.monotonic() - start)

    def begin(self, dsl: DSL, spec: Spec, budget: Budget) -> "Meeting | None":
        """The search of its solver, where that is one alone and can be left for something else and gone on with."""
        solvers = self.solvers or fitting(dsl, spec)
        begin = getattr(solvers[0], "begin", None)
        return begin(dsl, spec, budget) if begin is not None and len(solvers) == 1 else None

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The programs of the solver that is done first, then, but of pictures, others that an enumeration finds."""
        found = self.solve(dsl, spec, budget)
        yield from found.programs if suits(spec) else further(found, dsl, spec, budget)

    def _sum(self, ended: dict[Attempt, Result], result: Result, seconds: float) -> Result:
        result = replace(result, tried=sum(r.tried for r in ended.values()), seconds=seconds)
        if result.program is not None or len(ended) < 2:
            return result
        said = "; ".join(f"{a.solver.name}: {r.status.name}" for a, r in ended.items())
        return replace(result, reason=f"{result.reason} ({said})")


def _run_again(attempt: Attempt, spec: Spec) -> Result:
    """What an attempt found, and no program of it where none is right."""
    result = attempt.result()
    if result.status is not Status.SOLVED or any(map(spec.holds, result.programs)):
        return result
    return replace(result, status=Status.UNKNOWN, programs=(), shares=(),
                   reason=f"{attempt.solver.name} returned {result.program}, which fails when run")
