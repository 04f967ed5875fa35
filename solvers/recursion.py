"""Recursion: functions of two natural numbers that call themselves once, from examples.

The examples stand in for the function that is sought: where the recursive call would go to
an example's arguments, its value is that example's output (after Albarghouthi, Gulwani and
Kincaid 2013, Escher). So what is done with that value is a task without recursion, which
bottom-up search solves; the whole is then run, with its own calls, on every example.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from dsl.grammar import Grammar
from dsl.interpret import Failure, Limits, compiled, run
from dsl.language import DSL
from dsl.languages.naturals import linrec
from dsl.program import Apply, Input, Lambda, Program, Variable
from dsl.spec import Example, Spec
from dsl.types import BOOL, INT, AnyType
from solvers.base import Budget, Result, Status
from solvers.bottom_up import BottomUp, distinct

Pair = tuple[int, int]
LONGEST = 300  # calls that an example may nest
HUNTING = 0.6  # share of the seconds that recursions get
SHOWN = 8  # examples that a larger program without recursion is first searched for on
LEAST = 3  # examples from which what follows the recursive call is found
PASSES = (2, 3, 5)  # sizes of what follows the recursive call
LIMITS = Limits(seconds=0)


@dataclass(frozen=True)
class Descent:
    """When a recursion ends, and where it goes otherwise."""

    stop: Program
    left: Program
    right: Program

    @property
    def size(self) -> int:
        """The nodes of all three."""
        return self.stop.size + self.left.size + self.right.size


@dataclass(frozen=True, kw_only=True)
class Recursion:
    """Without recursion up to `plain` nodes; linear recursions of parts up to `part` nodes; without up to `wide`."""

    plain: int = 5
    part: int = 3
    wide: int = 9
    name: str = "recursion"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """A program that satisfies the spec: two whole numbers to one, in a language with `linrec`."""
        start = time.monotonic()
        if linrec not in dsl.primitives or spec.inputs != (INT, INT) or spec.output != INT or spec.formula is not None:
            return Result(status=Status.UNKNOWN, reason=f"{self.name} takes examples of (int, int) -> int, and a "
                                                        "language with linrec")
        bare = DSL(dsl.name, [p for p in dsl.primitives if p != linrec],
                   constants={INT: [c.value for c in dsl.constants if c.type == INT]})
        direct = BottomUp(probes=0).solve(bare, spec, budget.within(self.plain))
        if direct.status is Status.SOLVED:
            return direct
        hunt = _Hunt(bare, spec, start + HUNTING * budget.seconds, self.part)
        found, tried = next((p for p in hunt.programs() if budget.fits(p.cost)), None), direct.tried + hunt.tried
        if found is None:
            last = refuted(bare, spec, budget.within(self.wide), start + budget.seconds)
            found, tried = last.program, tried + last.tried
        late = time.monotonic() > start + budget.seconds
        status = Status.SOLVED if found else Status.TIMEOUT if late else Status.UNKNOWN
        return Result(status=status, programs=(found,) if found else (), tried=tried,
                      seconds=time.monotonic() - start, reason="" if found else f"{self.name}: {status.value}")

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that `solve` finds, if it finds one."""
        yield from self.solve(dsl, spec, budget).programs


def refuted(dsl: DSL, spec: Spec, budget: Budget, deadline: float) -> Result:
    """A program that holds on every example, searched for on a few of them and on those that refuted others."""
    ordered = sorted(spec.examples, key=lambda e: repr(e.inputs))
    shown, tried = ordered[::-(-len(ordered) // SHOWN)], 0
    while True:
        left = replace(budget, seconds=max(0.05, deadline - time.monotonic()))
        result = BottomUp(probes=0).solve(dsl, replace(spec, examples=shown), left)
        tried += result.tried
        wrong = result.program and [e for e in spec.examples if run(result.program, e.inputs, LIMITS) != e.output]
        if not wrong:
            return replace(result, tried=tried)
        shown = [*shown, wrong[0]]


class _Hunt:
    def __init__(self, bare: DSL, spec: Spec, deadline: float, part: int):
        self.bare, self.spec, self.deadline, self.part, self.tried = bare, spec, deadline, part, 0
        self.calls: dict[Program, Callable[[tuple[object, ...]], object]] = {}  # small programs, compiled once
        self.table: dict[Pair, int] = {e.inputs: e.output for e in spec.examples}  # type: ignore[misc]

    def late(self) -> bool:
        return time.monotonic() > self.deadline

    def parts(self, output: AnyType) -> list[Program]:
        """Small programs over the two arguments, one for each behaviour on the examples."""
        worlds = (*self.table, *((a, b) for a in range(3) for b in range(3)))
        left = max(0.1, self.deadline - time.monotonic())
        found = list(distinct(Grammar(self.bare, (INT, INT), output), worlds, Budget(size=self.part, seconds=left)))
        self.calls.update((p, compiled(p)) for p in found)
        return found

    def programs(self) -> Iterator[Program]:
        """Programs that hold on every example, those with the least to do after the call first."""
        numbers = self.parts(INT)
        descents = sorted(self.descents(self.parts(BOOL), numbers), key=lambda d: d.size)
        for size in PASSES:
            for descent in descents:
                if self.late():
                    return
                program = self.completed(descent, numbers, size)
                if program is not None and self.holds(program):
                    yield program

    def descents(self, conditions: Sequence[Program], numbers: Sequence[Program]) -> Iterator[Descent]:
        """The ways down that come to an end from every example."""
        steps = self.calls
        for stop in conditions:
            ends = [k for k in self.table if steps[stop](k) is True]
            if not ends or len(ends) == len(self.table):
                continue
            for left, right in product(numbers, numbers):
                if self.late():
                    return
                if self.ends(steps[stop], steps[left], steps[right]):
                    yield Descent(stop, left, right)

    def ends(self, stop, left, right) -> bool:
        """Whether a descent ends from every example, in few calls."""
        good: set[Pair] = set()
        for at in self.table:
            path: list[Pair] = []
            while at not in good and stop(at) is not True:
                path.append(at)
                at = left(at), right(at)
                if len(path) > LONGEST or at == path[-1] or any(isinstance(v, Failure) or v < 0 for v in at):
                    return False
            good.update(path)
        return True

    def completed(self, descent: Descent, numbers: Sequence[Program], size: int) -> Program | None:
        """The recursion of this descent whose base fits, and what follows the call, if there is any of this size."""
        stop, left, right = (self.calls[p] for p in (descent.stop, descent.left, descent.right))
        ends = {k for k in self.table if stop(k) is True}
        base = next((p for p in numbers if all(self.calls[p](k) == self.table[k] for k in ends)), None)
        if base is None:
            return None
        examples = []
        for k, value in self.table.items():
            below = (left(k), right(k))
            if k not in ends and below in self.table:
                examples.append(Example(*k, self.table[below], output=value))  # type: ignore[index]
        if len(examples) < LEAST:
            return None
        after = Spec(inputs=[INT] * 3, output=INT, examples=examples)
        if after.contradiction():
            return None
        budget = Budget(size=size, seconds=max(0.05, self.deadline - time.monotonic()))
        result = BottomUp(probes=0).solve(self.bare, after, budget)
        self.tried += result.tried
        if result.program is None:
            return None
        parts = (descent.stop, base, result.program, descent.left, descent.right)
        return Apply(linrec, (*map(as_lambda, parts, linrec.params), Input(0, INT), Input(1, INT)))

    def holds(self, program: Program) -> bool:
        """Whether the whole, with its own calls, gives every example's output."""
        return all(run(program, e.inputs, LIMITS) == e.output for e in self.spec.examples)


def as_lambda(program: Program, t: AnyType) -> Lambda:
    """A program over inputs as a closed function of this type, its inputs as parameters."""
    params = t.args[:-1]  # type: ignore[union-attr]
    body = program.replace(lambda p: Variable(p.index, p.type) if isinstance(p, Input) else None)
    return Lambda(tuple(params), body, 0)
