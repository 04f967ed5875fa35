"""Attempt: a solver, or a program, put to work in a process of its own; and whether it keeps what is relied on."""

import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from dsl.inputs import build, least, sample, seeded, seen_values
from dsl.interpret import Failure, Limits, Stop, Why, run, time_limit
from dsl.language import DSL
from dsl.laws import violation
from dsl.primitive import Primitive
from dsl.program import Program
from dsl.promise import unkept
from dsl.spec import Spec
from dsl.types import INT, STR, AnyType, substitute, variables
from solvers.base import Budget, Nearest, Result, Solver, Status
from solvers.carry import pack, plain, unpack
from solvers.isolate import Call, Killed, allowed, limited

SLOW, SHORTEST = 0.25, 0.02  # share of the time left, and seconds, that the promises of one primitive may take
TRIED = 5  # values of each argument


class Attempt:
    """A solver at work on a spec in a process of its own; programs travel as plain data and are built again."""

    def __init__(self, solver: Solver, dsl: DSL, spec: Spec, budget: Budget):
        self.solver, self.dsl, self.spec, self.budget = solver, dsl, spec, budget
        self.call = Call(_solve, (solver, dsl, spec, budget), allowed(budget.seconds), budget.memory_mb)

    def result(self) -> Result:
        """What the solver found, or how it was ended."""
        try:
            result, found, near = self.call.result()  # type: ignore[misc]
        except Killed as killed:
            return Result(status=killed.status, seconds=self.budget.seconds, cpu_seconds=self.budget.seconds,
                          reason=f"{self.solver.name}: {killed.reason}")
        programs = tuple(unpack(p, self.dsl, self.spec) for p in found)
        nearest = None
        if near is not None:
            program, failures = near
            nearest = Nearest(program=unpack(program, self.dsl, self.spec),
                              failures=tuple((self.spec.examples[i], v) for i, v in failures))
        return replace(result, programs=programs, nearest=nearest)


def solve(solver: Solver, dsl: DSL, spec: Spec, budget: Budget) -> Result:
    """A solver's result, from a process of its own."""
    return Attempt(solver, dsl, spec, budget).result()


def promises(dsl: DSL, spec: Spec, seconds: float = 1.0) -> tuple[str | None, frozenset[str]]:
    """What a primitive declares and does not keep on sampled values, in words, as far as that shows in time.

    And the names of those whose laws cannot be tried, for no arguments of theirs can be made.
    """
    try:
        return limited(_promises, dsl, spec, seconds, seconds=allowed(seconds), memory_mb=500)  # type: ignore
    except Killed:  # what is the matter with it, the search will tell
        return None, frozenset(p.name for p in dsl.primitives if p.laws.declared())


def _promises(dsl: DSL, spec: Spec, seconds: float) -> tuple[str | None, frozenset[str]]:
    until, untried = time.monotonic() + seconds, set[str]()
    seen = seen_values(spec)
    build(dsl, seen, TRIED, max(SHORTEST, SLOW * seconds))
    for n, p in enumerate(dsl.primitives):
        left = until - time.monotonic()
        if left <= 0:
            untried.update(p.name for p in dsl.primitives[n:] if p.laws.declared())
            break
        try:
            columns = [(params, _columns(params, seeded("laws", p.name), seen)) for params in _instances(p)]
        except LookupError:
            if p.laws.declared():
                untried.add(p.name)
            continue
        try:
            with time_limit(max(SHORTEST, SLOW * left)):
                found = (_broken(p, params, samples, spec.formula is not None) for params, samples in columns)
                broken = next(filter(None, found), None)
        except Stop:  # it takes too long; the search will tell
            if p.laws.declared():
                untried.add(p.name)
            continue
        if broken:
            return f"primitive {p.name!r} {broken}", frozenset(untried)
    return None, frozenset(untried)


def _instances(p: Primitive) -> list[tuple[AnyType, ...]]:
    """The types of a primitive's arguments, with plain types for its type variables."""
    free = variables(p.type)
    return [tuple(substitute(t, dict.fromkeys(free, plain)) for t in p.params) for plain in (INT, STR)[:1 + bool(free)]]


def _columns(params: Sequence[AnyType], rng: Random, seen: dict[AnyType, list[object]]) -> list[list[object]]:
    """Values to try for each argument.

    Raises:
        LookupError: for a type of which none can be made.
    """
    return [[sample(t, rng, seen) for _ in range(TRIED)] for t in params]


def _broken(p: Primitive, params: Sequence[AnyType], samples: list[list[object]], proofs: bool) -> str | None:
    found = violation(p.function, p.laws, samples, params)
    if found:
        return f"breaks its law {found}; take the law away or mend the function"
    rows = [*zip(*samples, strict=True), *least(p.params)]
    return unkept(p, rows) or (_misread(p, rows) if proofs and p.smt else None)


def _misread(p: Primitive, rows: list[tuple[object, ...]]) -> str:
    from solvers.smt.agree import disagreement

    return disagreement(p, rows)


def _solve(solver: Solver, dsl: DSL, spec: Spec, budget: Budget) -> tuple[Result, list[object], object]:
    start, children = time.process_time(), _children()
    result = solver.solve(dsl, spec, budget)
    used = time.process_time() - start + _children() - children
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    result = replace(result, solver=result.solver or solver.name, cpu_seconds=used, peak_mb=peak)
    near = None
    if result.nearest:
        values = {id(e): v for e, v in result.nearest.failures}
        near = pack(result.nearest.program, dsl), [(i, plain(values[id(e)])) for i, e in enumerate(spec.examples)
                                                   if id(e) in values]
    return replace(result, programs=(), nearest=None), [pack(p, dsl) for p in result.programs], near


def holding(dsl: DSL, spec: Spec, programs: tuple[Program, ...], budget: Budget) -> tuple[Program, ...]:
    """Those programs that are right on every example when run again, in a process of its own.

    Raises:
        Killed: where that takes more than the budget.
    """
    packed = [pack(p, dsl) for p in programs]
    try:
        right = limited(_holding, dsl, spec, packed, budget.seconds, seconds=budget.seconds, memory_mb=budget.memory_mb)
    except Killed:
        if len(programs) < 2:
            raise
        return holding(dsl, spec, programs[:1], budget)  # another one may be the one that takes so long
    return tuple(p for p, holds in zip(programs, right, strict=True) if holds)  # type: ignore[arg-type]


def _holding(dsl: DSL, spec: Spec, packed: list[object], seconds: float) -> list[bool]:
    limits = Limits(seconds=seconds)
    return [spec.holds(unpack(p, dsl, spec), limits) for p in packed]


def outputs(dsl: DSL, spec: Spec, program: Program, inputs: Sequence[tuple[object, ...]], seconds: float = 5.0,
            memory_mb: int = 4096) -> list[object]:
    """What a program gives for each of these inputs, in a process of its own; failures are values."""
    try:
        found = limited(_outputs, dsl, spec, pack(program, dsl), tuple(inputs), seconds=seconds, memory_mb=memory_mb)
    except Killed as killed:
        why = {Status.TIMEOUT: Why.TIME, Status.MEMORY: Why.SIZE}.get(killed.status, Why.RAISED)
        return [Failure(why, killed.reason)] * len(inputs)
    return found  # type: ignore[return-value]


def _outputs(dsl: DSL, spec: Spec, packed: object, inputs: tuple[tuple[object, ...], ...]) -> list[object]:
    program = unpack(packed, dsl, spec)
    return [plain(run(program, i)) for i in inputs]


def _children() -> float:
    """The processor time of child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
