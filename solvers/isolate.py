"""Isolate: hard wall-clock and memory limits on any call, from outside its process.

The call runs in a forked child, which is killed when its time is up: nothing a solver,
a primitive or a native library does can hold the caller for longer.
"""

import ctypes
import gc
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from dataclasses import replace

from pebble import ProcessExpired, concurrent

from dsl.errors import NesyError
from dsl.inputs import sample, seeded, seen_values
from dsl.language import DSL
from dsl.laws import violation
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Lambda, Program, Variable
from dsl.promise import unkept
from dsl.spec import Spec
from dsl.syntax import parse, parse_type, show
from dsl.types import Type
from solvers.bank import used_mb
from solvers.base import Budget, Nearest, Result, Solver, Status

GRACE, SHARE = 0.4, 0.05  # seconds beyond the budget, and share of it, in which a solver may still stop by itself
PID_BYTES = 8
DEEPEST = 10_000  # frames of a solver's stack
PR_SET_PDEATHSIG = 1  # as linux/prctl.h has it


class Killed(Exception):
    """A call overran a limit and its process was ended: the status says which, the reason how."""

    def __init__(self, status: Status, reason: str):
        super().__init__(reason)
        self.status, self.reason = status, reason


def allowed(seconds: float) -> float:
    """When a call that should take so long is ended."""
    return seconds * (1 + SHARE) + GRACE


class Call:
    """A call under way in a process of its own, within hard limits."""

    def __init__(self, function: Callable[..., object], args: tuple, seconds: float, memory_mb: int):
        if sys.platform == "win32":
            raise OSError("isolate needs fork; run under Linux, macOS or WSL")
        self.seconds, self.memory_mb = seconds, memory_mb
        context = multiprocessing.get_context("fork")
        confined = concurrent.process(timeout=seconds, context=context, daemon=False)(_confined)  # pyright: ignore
        self._pid = b""
        self._told: int | None
        self._told, tell = os.pipe()  # through which the process says who it is
        try:
            self.future = confined(function, args, memory_mb, tell)
        finally:
            os.close(tell)

    def result(self) -> object:
        """Its value, once it has ended.

        Raises:
            Killed: when time or memory ran out, or the process died.
        """
        try:
            self._who()
            return self.future.result()
        except Late:
            raise Killed(Status.TIMEOUT, f"its process was ended after {self.seconds:g} s") from None
        except MemoryError:
            raise Killed(Status.MEMORY, f"it asked for more than {self.memory_mb} MB") from None
        except ProcessExpired as died:
            if died.exitcode == -signal.SIGKILL:  # what a system short of memory sends
                raise Killed(Status.MEMORY, "its process was killed from outside, as for want of memory") from None
            raise Killed(Status.UNKNOWN, f"its process ended by itself with code {died.exitcode}") from None
        except RuntimeError as broken:  # what `_confined` makes of any other error
            raise Killed(Status.UNKNOWN, f"it broke down: {broken}") from None
        except KeyboardInterrupt:
            self.end()
            raise

    def end(self) -> None:
        """Kill its process, if it still runs."""
        pid = self._who()
        if pid and not self.future.done():
            with suppress(ProcessLookupError):
                os.kill(int.from_bytes(pid), signal.SIGKILL)

    def _who(self) -> bytes:
        """What its process says that it is; the pipe is read, and closed, once: its number may be another's later."""
        told, self._told = self._told, None
        if told is not None:
            with os.fdopen(told, "rb") as pipe:
                self._pid = pipe.read(PID_BYTES)
        return self._pid


def limited(function: Callable[..., object], *args: object, seconds: float, memory_mb: int) -> object:
    """The value of a call, within hard limits; what it returns must be plain data.

    Raises:
        Killed: when time or memory ran out, or the process died.
    """
    return Call(function, args, seconds, memory_mb).result()


def limit_memory(memory_mb: int) -> None:
    """Bound the memory that this process may hold from now on; beyond it, allocation fails."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = min(int((used_mb() + memory_mb) * 2**20), sys.maxsize)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))


def _confined(function: Callable[..., object], args: tuple, memory_mb: int, tell: int) -> object:
    os.write(tell, os.getpid().to_bytes(PID_BYTES))
    os.close(tell)
    os.dup2(2, 1)  # what a primitive prints is not the command's answer
    sys.stdout = sys.stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # to be ended at once, also inside of native code
    _die_with_parent()
    gc.disable()  # the process is short-lived, and going through a bank of millions takes seconds
    limit_memory(memory_mb)
    sys.setrecursionlimit(DEEPEST)  # programs of hundreds of nested calls are walked through by recursion
    try:
        return function(*args)
    except (NesyError, MemoryError):
        raise
    except BaseException as error:  # which may be of a class that only this process knows
        raise RuntimeError(f"{type(error).__name__}: {error}") from None


def _die_with_parent() -> None:
    """Let no solver outlive the process that asked it (where the system can: Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


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


def broken_promise(dsl: DSL, spec: Spec) -> str | None:
    """What a primitive declares and does not keep on sampled values, in words; it has a second to show."""
    try:
        return limited(_broken_promise, dsl, spec, seconds=1.0, memory_mb=500)  # type: ignore[return-value]
    except Killed:  # what else is the matter with it, the search will tell
        return None


def _broken_promise(dsl: DSL, spec: Spec) -> str | None:
    seen = seen_values(spec)
    for c in dsl.constants:
        seen.setdefault(c.type, []).append(c.value)
    for p in dsl.primitives:
        rng = seeded("laws", p.name)
        try:
            samples = [[sample(t, rng, seen) for _ in range(5)] for t in p.params]
        except LookupError:  # a class of which the examples show no value
            continue
        found = violation(p.function, p.laws, samples)
        if found:
            return f"primitive {p.name!r} breaks its law {found}; take the law away or mend the function"
        rows = list(zip(*samples, strict=True))
        found = unkept(p, rows) or spec.formula is not None and p.smt and _misread(p, rows)
        if found:
            return f"primitive {p.name!r} {found}"
    return None


def _misread(p: Primitive, rows: list[tuple[object, ...]]) -> str:
    from solvers.smt.agree import disagreement

    return disagreement(p, rows)


def _solve(solver: Solver, dsl: DSL, spec: Spec, budget: Budget) -> tuple[Result, list[object], object]:
    start, children = time.process_time(), _children()
    result = solver.solve(dsl, spec, budget)
    used = time.process_time() - start + _children() - children
    result = replace(result, solver=result.solver or solver.name, cpu_seconds=used)
    near = None
    if result.nearest:
        values = {id(e): v for e, v in result.nearest.failures}
        near = pack(result.nearest.program, dsl), [(i, _plain(values[id(e)])) for i, e in enumerate(spec.examples)
                                                   if id(e) in values]
    return replace(result, programs=(), nearest=None), [pack(p, dsl) for p in result.programs], near


def _plain(value: object) -> object:
    """A value that can cross processes: itself, or as text where its class cannot."""
    try:
        pickle.dumps(value)
    except Exception:  # whatever a class of the user's has against it
        return repr(value)
    return value


def holding(dsl: DSL, spec: Spec, programs: tuple[Program, ...], budget: Budget) -> tuple[Program, ...]:
    """Those programs that are right on every example when run again, in a process of its own.

    Raises:
        Killed: where that takes more than the budget.
    """
    packed = [pack(p, dsl) for p in programs]
    right = limited(_holding, dsl, spec, packed, seconds=allowed(max(budget.seconds, 1.0)), memory_mb=budget.memory_mb)
    return tuple(p for p, holds in zip(programs, right, strict=True) if holds)  # type: ignore[arg-type]


def _holding(dsl: DSL, spec: Spec, packed: list[object]) -> list[bool]:
    return [spec.holds(unpack(p, dsl, spec)) for p in packed]


def _children() -> float:
    """The processor time of child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pack(p: Program, dsl: DSL) -> object:
    """A program as plain data that can cross processes: primitives by name, the language's constants by index."""
    match p:
        case Input():
            return ("input", p.index)
        case Variable():
            return ("variable", p.level, str(p.type))
        case Const() if p in dsl.constants:
            return ("constant", dsl.constants.index(p))
        case Apply():
            return ("apply", p.function.name, [pack(a, dsl) for a in p.args])
        case Lambda():
            return ("lambda", [str(t) for t in p.params], pack(p.body, dsl), p.level)
    return ("text", show(p))


def unpack(data: object, dsl: DSL, spec: Spec) -> Program:
    """The program that `pack` took apart."""
    classes = {t.name: t for t in dsl.types() if isinstance(t, Type)}
    match data:
        case ("input", int(index)):
            return Input(index, spec.inputs[index])
        case ("variable", int(level), str(t)):
            return Variable(level, parse_type(t, classes))
        case ("constant", int(index)):
            return dsl.constants[index]
        case ("apply", str(name), list(args)):
            return Apply(dsl.primitive(name), tuple(unpack(a, dsl, spec) for a in args))
        case ("lambda", list(params), body, int(level)):
            return Lambda(tuple(parse_type(t, classes) for t in params), unpack(body, dsl, spec), level)
        case ("text", str(text)):
            return parse(text, dsl, spec.inputs)
    raise TypeError(f"not a packed program: {data!r}")
