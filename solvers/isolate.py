"""Isolate: hard wall-clock and memory limits on any call, from outside its process.

The call runs in a forked child, which is killed when its time is up: nothing a solver,
a primitive or a native library does can hold the caller for longer.
"""

import ctypes
import gc
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Container, Iterator
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager, suppress
from threading import Lock, current_thread, get_ident, main_thread
from typing import ClassVar
from weakref import WeakSet

from pebble import ProcessExpired, concurrent

from dsl.errors import NesyError
from dsl.interpret import roomy
from solvers.base import Status
from solvers.memory import begin, used_mb

GRACE, SHARE = 0.4, 0.05  # seconds beyond the budget, and share of it, in which a solver may still stop by itself
PID_BYTES = 8
PR_SET_PDEATHSIG = 1  # as linux/prctl.h has it


class Killed(Exception):
    """A call overran a limit and its process was ended: the status says which, the reason how."""

    def __init__(self, status: Status, reason: str):
        super().__init__(reason)
        self.status, self.reason = status, reason


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold an interrupt back until the block is over: in what Python runs at a fork it would be lost."""
    before, came = signal.getsignal(signal.SIGINT), list[tuple]()
    if current_thread() is not main_thread() or not callable(before):  # no other thread is interrupted
        yield
        return
    signal.signal(signal.SIGINT, lambda *told: came.append(told))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        before(*came[0])


def allowed(seconds: float) -> float:
    """When a call that should take so long is ended."""
    return seconds * (1 + SHARE) + GRACE


class Call:
    """A call under way in a process of its own, within hard limits."""

    under_way: ClassVar["WeakSet[Call]"] = WeakSet()

    def __init__(self, function: Callable[..., object], args: tuple, seconds: float, memory_mb: int):
        if sys.platform == "win32":
            raise OSError("isolate needs fork; run under Linux, macOS or WSL")
        self.seconds, self.memory_mb = seconds, memory_mb
        context = multiprocessing.get_context("fork")
        confined = concurrent.process(timeout=seconds, context=context, daemon=False)(_confined)  # pyright: ignore
        self.thread, self._lock, self._pid = get_ident(), Lock(), b""
        self._told: int | None
        self._told, tell = os.pipe()  # through which the process says who it is
        try:
            with uninterrupted():
                try:
                    self.future = confined(function, args, memory_mb, tell)
                finally:
                    os.close(tell)
        except KeyboardInterrupt:
            self.end()
            raise
        self.under_way.add(self)

    def result(self) -> object:
        """Its value, once it has ended.

        Raises:
            Killed: when time or memory ran out, or the process died.
        """
        try:
            self._who()
            try:
                return self.future.result()
            finally:
                self._sweep()
        except Late:
            raise Killed(Status.TIMEOUT, f"its process was ended after {self.seconds:g} s") from None
        except MemoryError:
            raise Killed(Status.MEMORY, f"it asked for more than {self.memory_mb} MB") from None
        except ProcessExpired as died:
            if died.exitcode == -signal.SIGKILL:  # what a system short of memory sends
                raise Killed(Status.MEMORY, "its process was killed from outside, as for want of memory") from None
            raise Killed(Status.UNKNOWN, f"its process ended by itself with code {died.exitcode}") from None
        except KeyboardInterrupt:
            self.end()
            raise
        except NesyError:
            raise
        except Exception as broken:  # one call's result, not the end of a suite: also what cannot be sent back
            raise Killed(Status.UNKNOWN, f"it broke down: {broken}") from None

    def end(self) -> None:
        """Kill its process, if it still runs."""
        pid = self._who()
        if pid and not self.future.done():
            self._sweep()

    def _sweep(self) -> None:
        """Kill what the ended call has left running."""
        pid = self._who()
        if pid:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(int.from_bytes(pid), signal.SIGKILL)

    def _who(self) -> bytes:
        """What its process says that it is; the pipe is read, and closed, once: its number may be another's later."""
        with self._lock:
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


def end_calls(threads: Container[int]) -> None:
    """Kill the process of each call under way that one of these threads began."""
    for call in list(Call.under_way):
        if call.thread in threads:
            call.end()


def limit_memory(memory_mb: int) -> None:
    """Bound the memory that this process may hold from now on; beyond it, allocation fails."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = min(int((used_mb(data=True) + memory_mb) * 2**20), sys.maxsize)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))


def forget_peak() -> None:
    """Let the most memory that this process has held be counted from now on (where the system can: Linux)."""
    with suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def _confined(function: Callable[..., object], args: tuple, memory_mb: int, tell: int) -> object:
    begin()
    os.setsid()  # whatever the call starts is ended with it
    os.write(tell, os.getpid().to_bytes(PID_BYTES))
    os.close(tell)
    os.dup2(2, 1)  # what a primitive prints is not the command's answer
    sys.stdout = sys.stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # to be ended at once, also inside of native code
    _die_with_parent()
    gc.disable()  # the process is short-lived, and going through a bank of millions takes seconds
    limit_memory(memory_mb)
    try:
        with roomy():
            return function(*args)
    except (NesyError, MemoryError):
        raise
    except BaseException as error:  # which may be of a class that only this process knows
        raise RuntimeError(f"{type(error).__name__}: {error}") from None


def _die_with_parent() -> None:
    """Let no solver outlive the process that asked it (where the system can: Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
