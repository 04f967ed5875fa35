"""Solver: the one contract of every back-end, and the values that it speaks in."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from math import inf
from typing import Protocol

from dsl.errors import SpecError
from dsl.grammar import Grammar
from dsl.language import DSL
from dsl.program import Program
from dsl.reach import unexplored
from dsl.spec import Example, Spec

LARGEST = 1e12  # of any bound


class Status(Enum):
    """How a search ended; the value is the sentence shown to the user."""

    SOLVED = "a program satisfies every example, checked by running it"
    INFEASIBLE = "no program of the search space satisfies the specification"
    TIMEOUT = "the time or program budget ran out before the search space did"
    MEMORY = "the memory budget ran out before the search space did"
    UNKNOWN = "the solver gave up without a verdict"


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a search may use; `size` bounds the cost of programs, None sets no bound.

    Raises:
        SpecError: for a bound that is not positive.
    """

    seconds: float = 10.0
    memory_mb: int = 4096
    programs: int | None = None
    size: int | None = None

    def __post_init__(self) -> None:
        for name in ("seconds", "memory_mb", "programs", "size"):
            value = getattr(self, name)
            if value is None and name in ("programs", "size"):
                continue
            whole = name == "seconds" or isinstance(value, int)
            if not (whole and isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < LARGEST):
                raise SpecError(f"budget: {name} must be a {'' if name == 'seconds' else 'whole '}number above 0, "
                                f"and below {LARGEST:g}, not {str(value)[:40]}")


    def used_up(self, tried: int) -> bool:
        """Whether no program may be tried beyond so many."""
        return self.programs is not None and tried >= self.programs

    def fits(self, cost: float) -> bool:
        """Whether a program of this cost is no larger than asked for."""
        return self.size is None or cost <= self.size

    def within(self, size: int) -> "Budget":
        """The same, with programs of at most this size, too."""
        return replace(self, size=size if self.size is None else min(size, self.size))


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """How strong an answer is.

    checked: examples that the program was run on; proved: the formula holds for all
    values of its variables, by z3, to which every function has a value everywhere; partial: some function of the
    program has none somewhere; fails_at: values on which the program fails when run; unique_up_to: every program up to
    this size that fits them behaves alike on the queries, or on sampled inputs where there are none; alternatives:
    programs that fit too but differ on `separating_input`; exhausted: no program
    is left beyond that size; unsettled: why nothing is known of others; share: the part of all that speaks for one
    answer or another that speaks for this one, where the solver weighs answers.
    """

    checked: int
    proved: bool = False
    partial: bool = False
    fails_at: tuple[object, ...] | None = None
    unique_up_to: int | None = None
    alternatives: tuple[Program, ...] = ()
    separating_input: tuple[object, ...] | None = None
    exhausted: bool = False
    unsettled: str = ""
    share: float | None = None

    @property
    def ambiguous(self) -> bool:
        """Whether another program fits that differs somewhere."""
        return bool(self.alternatives)

    def __str__(self) -> str:
        return self._stands() + ("" if self.share is None else f" ({min(self.share, 0.999):.1%} likely)")

    def _stands(self) -> str:
        checked = f"checked on {self.checked} example{'' if self.checked == 1 else 's'}"
        if self.proved:
            where = "" if self.fails_at is None else f" (it fails at {self.fails_at!r})"
            where = f" on which it has a value{where}" if self.partial or where else ""
            return f"proved for all inputs{where} by z3" + (f"; {checked}" if self.checked else "")
        if self.ambiguous:
            where = f", tell apart by {self.separating_input!r}" if self.separating_input else ""
            fit = "fits" if len(self.alternatives) == 1 else "fit"
            return f"{checked}; ambiguous: {', '.join(map(str, self.alternatives))} also {fit}{where}"
        if self.unique_up_to is not None:
            bound = "in the whole space" if self.exhausted else f"up to size {self.unique_up_to}"
            return f"{checked}; unique {bound}"
        why = f" ({self.unsettled})" if self.unsettled else ""
        return f"{checked}; whether another program fits was not settled{why}"


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The best program that was found wrong, and the examples that it fails with its values."""

    program: Program
    failures: tuple[tuple[Example, object], ...]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a search found, how sure that is, what it took, and which solver it was.

    shares: how likely each program is to be meant, beside all others, where the solver weighs them; guesses: outputs of
    all queries, a tuple for each attempt, that were said outright: no program stands behind them.
    """

    status: Status
    programs: tuple[Program, ...] = ()
    shares: tuple[float, ...] = ()
    guesses: tuple[tuple[object, ...], ...] = ()
    certificate: Certificate | None = None
    tried: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: int = 0
    searched_to: int = 0
    nearest: Nearest | None = None
    solver: str = ""
    reason: str = field(default="")

    @property
    def program(self) -> Program | None:
        """The first program, or None: the cheapest, or the likeliest where the solver weighs them."""
        return self.programs[0] if self.programs else None


def verdict(grammar: Grammar, left_out: str = "", size: int | None = None) -> Status:
    """What a search may say that has come to the end of its space: no more than what it did not leave out allows."""
    other = size is not None and grammar.repriced
    return Status.UNKNOWN if left_out or other or unlisted(grammar) or missing(grammar, size) else Status.INFEASIBLE


def missing(grammar: Grammar, size: int | None = None) -> str:
    """What programs up to a size may need that the grammar does not explore; empty where that is nothing."""
    cost, what = unexplored(grammar)
    return f"programs of size {cost:g} and more were left out that need {what}" if cost < inf and (
        size is None or size >= cost) else ""


def reason(grammar: Grammar, status: Status, done: int, size: int | None, left_out: str = "") -> str:
    """Why nothing was found, where there is more to say than the status does."""
    nothing = unbuildable(grammar)
    if nothing:
        return nothing
    if status is Status.INFEASIBLE and done == size:
        return f"no program up to size {done} satisfies the specification"
    if size is not None and grammar.repriced:
        return f"searched up to size {size} of the prices that guide it, which programs of that size may be beyond"
    left_out = left_out or missing(grammar, size)
    if status is Status.UNKNOWN and left_out:
        return left_out
    if status is Status.UNKNOWN and unlisted(grammar):
        return f"no program with the constants tried fits; others may be written ({unlisted(grammar)})"
    return status.value


def unlisted(grammar: Grammar) -> str:
    """The types of a grammar of which programs may write values that are not listed; empty where there are none."""
    return ", ".join(sorted({str(s.type) for s in grammar.productions if s.type in grammar.dsl.open}))


def unbuildable(grammar: Grammar) -> str:
    """Why the grammar has no program at all: the types of which nothing can be built; empty where it has one."""
    if grammar.start not in grammar.barren or grammar.skipped:
        return ""
    leafless = [str(s.type) for s in grammar.barren if not grammar.productions[s]]
    if leafless == [str(grammar.output)]:
        return f"the language has no input, constant or primitive of type {grammar.output}"
    names = ", ".join(dict.fromkeys(leafless or [str(s.type) for s in grammar.barren]))
    return f"no program of type {grammar.output} can be built: nothing gives {names}; add a constant or primitive"


class Solver(Protocol):
    """Finds programs that satisfy a specification."""

    @property
    def name(self) -> str:
        """What results call it."""
        ...

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = ...) -> Result:
        """The cheapest program, or why there is none."""
        ...

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = ...) -> Iterator[Program]:
        """Programs that satisfy the specification and differ in behaviour, in order of cost, or the likeliest first."""
        ...
