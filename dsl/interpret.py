"""Interpret: run a program on inputs; failures come back as values, and the work is bounded.

Three bounds hold a run: steps (primitive applications and calls of lambdas), the size
of every value made, and seconds. The last one interrupts a primitive that does not
return; it works in the main thread, on systems with interval timers. Elsewhere, and
for memory, run the solver under `solvers.isolate`.
"""

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from dsl.errors import RAISED, said
from dsl.laws import same
from dsl.program import Apply, Const, Hole, Input, Lambda, Program, Variable

DEEPEST = 10_000  # frames of Python's stack
HOLDERS = (tuple, bytes, frozenset)
SLOWLY = 50  # calls between two looks, at most, where they are slow
LEAST_PATIENCE = 0.05  # seconds that a call gets, however many took longer


class Why(Enum):
    """Why a run failed; the value is the phrase shown to the user."""

    RAISED = "a primitive raised"
    STEPS = "too many steps"
    SIZE = "a value grew too large"
    TIME = "took too long"
    HOLE = "a part of the program is missing"
    INPUT = "an input is missing"


@dataclass(frozen=True, slots=True)
class Failure:
    """The value of a run that failed: why, and what was said."""

    why: Why
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.why.value}: {self.detail}" if self.detail else self.why.value


def alike(a: object, b: object) -> bool:
    """Whether two runs gave the same; two that failed did, whatever each of them said.

    >>> alike(Failure(Why.RAISED, "head"), Failure(Why.RAISED, "access")), alike(1, True)
    (True, False)
    """
    return isinstance(a, Failure) and isinstance(b, Failure) or same(a, b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one run: steps, elements of a value (or bits of an int), seconds (0: no limit)."""

    steps: int = 1_000_000
    size: int = 20_000
    seconds: float = 1.0


class Stop(BaseException):
    """Carries a failure out of nested calls; no primitive's `except Exception` holds it."""

    def __init__(self, failure: Failure, limit: object = None):
        super().__init__(str(failure))
        self.failure, self.limit = failure, limit  # and the block whose time was up, if that is what ended it


def too_large(value: object, limit: int) -> bool:
    """Whether a value has more than `limit` elements and letters in all, or an int more bits.

    Looked into are texts, bytes, tuples and frozen sets; objects of a class count as one.
    """
    kind = type(value)
    if kind is int:
        return value.bit_length() > limit  # type: ignore[attr-defined]
    if kind is str:
        return len(value) > limit  # type: ignore[arg-type]
    if not isinstance(value, HOLDERS):
        return False
    room, todo = limit, [value]
    while todo:
        part = todo.pop()
        room -= len(part)  # type: ignore[arg-type]
        if room < 0:
            return True
        if isinstance(part, bytes):
            continue
        for item in part:
            kind = type(item)
            if kind is str:
                room -= len(item)
            elif kind is int:
                if item.bit_length() > limit:
                    return True
            elif isinstance(item, HOLDERS):
                todo.append(item)
    return room < 0


def _alarm_free() -> bool:
    """Whether an alarm can be set here, and none is set already."""
    return (hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
            and signal.getitimer(signal.ITIMER_REAL)[0] == 0)


@contextmanager
def time_limit(seconds: float):
    """Interrupt the block with `Stop` after these seconds, where that is possible; gives what that `Stop` is of.

    The alarm repeats, in case a primitive swallowed the first one.
    """
    mine = object()
    if seconds <= 0 or not _alarm_free():
        yield mine
        return

    def stop(*_: object) -> None:
        raise Stop(Failure(Why.TIME, f"over {seconds:g} s"), mine)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield mine
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Room:
    """Limits of the whole process: the first block that asks for room sets them, the last one sets them back."""

    def __init__(self):
        self.lock, self.blocks, self.before = threading.Lock(), 0, (0, 0)
        if hasattr(os, "register_at_fork"):  # a thread that held the lock is not there in a child
            os.register_at_fork(after_in_child=self.unlock)

    def unlock(self) -> None:
        self.lock = threading.Lock()

    def __enter__(self) -> None:
        with self.lock:
            if self.blocks == 0:
                self.before = sys.getrecursionlimit(), sys.get_int_max_str_digits()
                sys.setrecursionlimit(max(self.before[0], DEEPEST))
                sys.set_int_max_str_digits(0)
            self.blocks += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.blocks -= 1
            if self.blocks == 0:
                sys.setrecursionlimit(self.before[0])
                sys.set_int_max_str_digits(self.before[1])


_ROOM = _Room()


def roomy() -> _Room:
    """Room in the block for programs of thousands of nested calls, and for numbers of any length as text."""
    return _ROOM


class Watch:
    """Interrupt single calls that take over `seconds`, in a block that makes very many; after `until`, slow ones, too.

    One repeating alarm looks whether the call under way is the one it saw before: no
    system call per primitive call. Where alarms cannot be used it does nothing.
    """

    def __init__(self, seconds: float = 0.5, until: float = math.inf):
        self.until = until
        self.seconds, self.calls, self.inside, self._seen = seconds, 0, False, -1
        self.usable = False

    def __enter__(self) -> "Watch":
        self.usable = _alarm_free()
        if self.usable:
            self._before = signal.signal(signal.SIGALRM, self._look)
            signal.setitimer(signal.ITIMER_REAL, self.seconds / 2, self.seconds / 2)
        return self

    def __exit__(self, *_: object) -> None:
        if self.usable:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)

    def hurry(self) -> None:
        """Wait half as long from now on: where one call takes too long, others will."""
        self.seconds = max(LEAST_PATIENCE, self.seconds / 2)
        if self.usable:
            signal.setitimer(signal.ITIMER_REAL, self.seconds / 2, self.seconds / 2)

    def _look(self, *_: object) -> None:
        few = SLOWLY if time.monotonic() > self.until else 0
        if self.inside and 0 <= self._seen >= self.calls - few:
            raise Stop(Failure(Why.TIME, f"over {self.seconds:g} s"))
        self._seen = self.calls if self.inside else -1


def run(program: Program, inputs: Sequence[object], limits: Limits = Limits()) -> object:
    """The value of a program on inputs, or a `Failure`; never raises for a program's fault.

    >>> from dsl.types import INT
    >>> run(Hole(INT), ())
    Failure(why=<Why.HOLE: 'a part of the program is missing'>, detail='int')
    """
    def timed() -> object:
        with time_limit(limits.seconds) as mine:
            try:
                return _Run(tuple(inputs), limits).value(program, ())
            except Stop as stop:
                if stop.limit is mine:
                    return stop.failure
                raise

    return _held(timed)


def _held(step: Callable[[], object]) -> object:
    """A value, or the `Failure` that kept it from coming about; that the time of a block around is up is none."""
    try:
        return step()
    except Stop as stop:
        if stop.limit is not None:
            raise
        return stop.failure
    except RecursionError:
        return Failure(Why.STEPS, "nested too deeply")
    except MemoryError:
        return Failure(Why.SIZE, "out of memory")


def closure(p: Lambda, inputs: Sequence[object], limits: Limits = Limits()) -> Callable[..., object]:
    """The function that a lambda denotes on these inputs; its calls share one allowance of steps."""
    return _Run(tuple(inputs), limits).closure(p, ())


def compiled(p: Program, size: int = 20_000) -> Callable[[tuple[object, ...]], object]:
    """A lambda-free program as a function of its inputs, all of which are there: the same values as `run`, faster.

    Values over `size` become failures as in `run`; primitives are taken to return.
    """
    step = _compile(p, size)
    return lambda inputs: _held(lambda: step(inputs))


def _compile(p: Program, size: int) -> Callable[[tuple[object, ...]], object]:
    match p:
        case Const(value=value):
            return lambda inputs: value
        case Input(index=index):
            return lambda inputs: inputs[index]
        case Apply(function=primitive, args=args):
            f, name, parts = primitive.function, primitive.name, [_compile(a, size) for a in args]
            return lambda inputs: apply(f, [part(inputs) for part in parts], size, name)
    raise TypeError(f"cannot be compiled: {p}")


def code(p: Program) -> Callable[[tuple[object, ...], tuple[object, ...]], object]:
    """A program as a function of its inputs and of the lambda parameters in scope: no limits; what fails, raises."""
    match p:
        case Const(value=value):
            return lambda inputs, env: value
        case Input(index=index):
            return lambda inputs, env: inputs[index]
        case Variable(level=level):
            return lambda inputs, env: env[level]
        case Apply(function=primitive, args=args):
            f, parts = primitive.function, [code(a) for a in args]
            return lambda inputs, env: f(*[part(inputs, env) for part in parts])
        case Lambda(level=level):
            body = code(p.body)
            return lambda inputs, env: _lambda(body, inputs, env[:level])
    raise TypeError(f"not a whole program: {p!r}")


def _lambda(body: Callable, inputs: tuple[object, ...], env: tuple[object, ...]) -> Callable[..., object]:
    def call(*args: object) -> object:
        try:
            return body(inputs, (*env, *args))
        except StopIteration as end:  # which the iterator that calls it would take for its own end
            raise LookupError("StopIteration") from end

    return call


class _Run:
    def __init__(self, inputs: tuple[object, ...], limits: Limits):
        self.inputs, self.limits, self.steps = inputs, limits, 0

    def step(self) -> None:
        self.steps += 1
        if self.steps > self.limits.steps:
            raise Stop(Failure(Why.STEPS, f"over {self.limits.steps}"))

    def value(self, p: Program, env: tuple[object, ...]) -> object:
        match p:
            case Apply():
                args = [self.value(a, env) for a in p.args]
                self.step()
                return apply(p.function.function, args, self.limits.size, p.function.name)
            case Input():
                if p.index >= len(self.inputs):
                    raise Stop(Failure(Why.INPUT, f"x{p.index}"))
                return self.inputs[p.index]
            case Const():
                return p.value
            case Variable():
                return env[p.level]
            case Lambda():
                return self.closure(p, env)
            case Hole():
                raise Stop(Failure(Why.HOLE, str(p.type)))
        raise TypeError(f"not a program: {p!r}")

    def closure(self, p: Lambda, env: tuple[object, ...]) -> Callable[..., object]:
        def call(*args: object) -> object:
            self.step()
            return self.value(p.body, (*env[: p.level], *args))

        return call


def apply(f: Callable[..., object], args: Sequence[object], size: int, name: str) -> object:
    """Call a primitive; what it raises and values over `size` become `Stop`."""
    try:
        value = f(*args)
    except (MemoryError, RecursionError):
        raise
    except RAISED as error:
        raise Stop(Failure(Why.RAISED, f"{name}: {said(error)}")) from None
    if too_large(value, size):
        raise Stop(Failure(Why.SIZE, f"{name}: over {size} elements or bits"))
    return value
