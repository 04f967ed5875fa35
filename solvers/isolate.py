"""Isolate: hard wall-clock and memory limits on any call, from outside its process.

The call runs in a forked child, which is killed when its time is up: nothing a solver,
a primitive or a native library does can hold the caller for longer.
"""

import multiprocessing
import resource
import sys
from collections.abc import Callable
from concurrent.futures import TimeoutError as Late
from dataclasses import replace

from pebble import ProcessExpired, concurrent

from dsl.language import DSL
from dsl.spec import Spec
from dsl.syntax import parse, show
from solvers.base import Budget, Nearest, Result, Solver, Status
from solvers.bottom_up import used_mb

GRACE = 2.0  # seconds beyond the budget in which a solver may still stop by itself


class Killed(Exception):
    """A call overran a limit and its process was ended; `status` says which."""

    def __init__(self, status: Status):
        super().__init__(status.value)
        self.status = status


def limited(function: Callable[..., object], *args: object, seconds: float, memory_mb: int) -> object:
    """The value of a call, within hard limits; what it returns must be plain data.

    Raises:
        Killed: when time or memory ran out, or the process died.
    """
    if sys.platform == "win32":
        raise OSError("isolate needs fork; run under Linux, macOS or WSL")
    context = multiprocessing.get_context("fork")
    confined = concurrent.process(timeout=seconds, context=context)(_confined)  # pyright: ignore[reportCallIssue]
    future = confined(function, args, memory_mb)
    try:
        return future.result()
    except Late:
        raise Killed(Status.TIMEOUT) from None
    except MemoryError:
        raise Killed(Status.MEMORY) from None
    except ProcessExpired:
        raise Killed(Status.MEMORY) from None


def limit_memory(memory_mb: int) -> None:
    """Bound the memory that this process may hold from now on; beyond it, allocation fails."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (int((used_mb() + memory_mb) * 2**20), hard))


def _confined(function: Callable[..., object], args: tuple, memory_mb: int) -> object:
    limit_memory(memory_mb)
    return function(*args)


def solve(solver: Solver, dsl: DSL, spec: Spec, budget: Budget) -> Result:
    """A solver's result, from a process of its own; programs travel as text and are parsed again."""
    try:
        packed = limited(_solve, solver, dsl, spec, budget, seconds=budget.seconds + GRACE, memory_mb=budget.memory_mb)
    except Killed as killed:
        return Result(status=killed.status, seconds=budget.seconds, reason="the solver's process was ended")
    result, texts, near = packed  # type: ignore[misc]
    programs = tuple(parse(t, dsl, spec.inputs, spec.output) for t in texts)
    nearest = None
    if near is not None:
        program = parse(near, dsl, spec.inputs, spec.output)
        nearest = Nearest(program=program, failures=spec.failures(program))
    return replace(result, programs=programs, nearest=nearest)


def _solve(solver: Solver, dsl: DSL, spec: Spec, budget: Budget) -> tuple[Result, list[str], str | None]:
    result = solver.solve(dsl, spec, budget)
    near = show(result.nearest.program) if result.nearest else None
    return replace(result, programs=(), nearest=None), [show(p) for p in result.programs], near
