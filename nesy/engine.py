"""solve(): propose, solve, re-check. The one loop behind every front end."""

import time
from dataclasses import replace

from dsl.errors import DSLError, SpecError
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from solvers import isolate
from solvers.base import Budget, Certificate, Result, Solver, Status
from solvers.bottom_up import BottomUp
from solvers.names import named
from solvers.uniqueness import certify


def solve(dsl: DSL, spec: Spec, *, solver: Solver | None = None, budget: Budget = Budget(),
          trusted: bool = False) -> Result:
    """The cheapest program that a solver finds for a spec, with a certificate; or why there is none.

    The solver (by default the portfolio) works in a process of its own that ends when the budget does, and
    every answer is run again here: a back-end cannot lie. Laws that the primitives declare are tried on
    sampled values first, for search relies on them; `trusted` languages have been tested already.

    >>> from dsl import Example, load
    >>> print(solve(load("integers"), Spec(inputs=[int], output=int, examples=[
    ...     Example(2, output=5), Example(3, output=7)])).program)
    add(x0, add(x0, 1))

    Raises:
        DSLError: for a law, or a meaning on arrays, that a primitive declares and breaks, and for one that changes
            its arguments.
    """
    start, solver = time.monotonic(), solver or named("portfolio")
    for given, kind in ((dsl, DSL), (spec, Spec), (budget, Budget)):
        if not isinstance(given, kind):
            raise SpecError(f"solve: {given!r} is no {kind.__name__}; call solve(dsl, spec, budget=Budget(...))")
    broken = None if trusted else isolate.broken_promise(dsl, spec)
    if broken:
        raise DSLError(broken)
    conflict = spec.contradiction()
    if conflict:
        result = isolate.solve(BottomUp(), dsl, spec, replace(budget, seconds=min(budget.seconds, 2.0)))
        return replace(result, status=Status.INFEASIBLE, programs=(), reason=conflict)
    result = isolate.solve(solver, dsl, spec, budget)
    if result.status is not Status.SOLVED:
        return result
    if spec.formula is not None:
        return replace(result, **_proved(spec, result.programs[0], budget, solver.name))
    small = tuple(p for p in result.programs if budget.size is None or p.cost <= budget.size)
    try:
        sound, wrong = isolate.holding(dsl, spec, small, budget), "fails when run"
    except isolate.Killed as killed:
        sound, wrong = (), f"could not be run again: {killed.reason}"
    if not sound:
        wrong = wrong if small else f"is larger than {budget.size}"
        return replace(result, status=Status.UNKNOWN, programs=(),
                       reason=f"{solver.name} returned {result.program}, which {wrong}")
    spent = time.monotonic() - start
    left = replace(budget, seconds=max(0.1, min(budget.seconds - spent, max(1.0, spent))))
    certificate = certify(dsl, spec, sound[0], left)
    return replace(result, programs=sound, certificate=certificate)


def _proved(spec: Spec, program: Program, budget: Budget, name: str) -> dict:
    """What z3 makes of a program for a formula: a certificate, or why the answer does not stand."""
    try:
        point = isolate.limited(_counterexample, spec, program, seconds=isolate.allowed(budget.seconds),
                                memory_mb=budget.memory_mb)
    except isolate.Killed as killed:
        point = f"could not be proved: {killed.reason}"
    if point is None:
        return {"programs": (program,), "certificate": Certificate(checked=len(spec.examples), proved=True),
                "reason": "a program satisfies the formula for all inputs, proved by z3"}
    said = point if isinstance(point, str) else f"fails at {point}"
    return {"status": Status.UNKNOWN, "programs": (), "reason": f"{name}'s answer {program} {said}"}


def _counterexample(spec: Spec, program: Program) -> object:
    from solvers.smt.equal import counterexample
    from solvers.smt.lower import Undecided

    try:
        return counterexample(spec, program, 3600)
    except Undecided as undecided:
        return f"could not be proved: {undecided}"
