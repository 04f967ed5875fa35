"""The SMT solver: formulas by their atoms, by sketches whose constants z3 fills in, or by what z3 does not refute."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.grammar import Grammar
from dsl.language import DSL
from dsl.program import Apply, Const, Program
from dsl.spec import Spec
from dsl.types import INT
from solvers.base import Budget, Result, Status, reason
from solvers.smt import single
from solvers.smt.cegis import search
from solvers.smt.equal import counterexample
from solvers.smt.fill import fill, sketches
from solvers.smt.lift import NotInLanguage
from solvers.smt.lower import Undecided

SKETCHED = 0.6  # of the time, at most, for what is read off a formula and for sketches; enumeration has the rest


@dataclass(frozen=True, kw_only=True)
class SmtSolver:
    """Sound, not complete: what it returns for a formula, z3 has proved.

    It finds functions that are called at one place, linear pieces where the language is
    open for integer constants, and else the cheapest program of the grammar that z3 cannot refute.
    """

    name: str = "smt"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """A program that satisfies the spec."""
        start, tried = time.monotonic(), 0
        deadline, said = start + budget.seconds, []
        share = deadline if spec.formula is None else start + SKETCHED * budget.seconds
        for program, proved in self._candidates(dsl, spec, share, said):
            if budget.used_up(tried):
                break
            tried += 1
            if program is None or not spec.holds(program):
                continue
            small = tidy(program)
            if not budget.fits(small.cost):
                said.append(f"{small} is larger than {budget.size}")
                continue
            try:
                proved = proved or spec.formula is None \
                    or counterexample(spec, program, deadline - time.monotonic()) is None
            except Undecided as error:
                said.append(str(error))
                continue
            if proved:
                return Result(status=Status.SOLVED, programs=(small,), tried=tried,
                              seconds=time.monotonic() - start)
        over = time.monotonic() >= deadline or budget.used_up(tried)
        ended: Program | Status = Status.TIMEOUT if over else Status.UNKNOWN
        if spec.formula is not None and not over:
            said.clear()
            ended, more = search(dsl, spec, deadline - time.monotonic(), budget, said)
            tried += more
        spent = {"tried": tried, "seconds": time.monotonic() - start}
        if isinstance(ended, Program):
            return Result(status=Status.SOLVED, programs=(ended,), **spent)
        grammar, why = Grammar(dsl, spec.inputs, spec.output), "; ".join(dict.fromkeys(said))
        said_why = why if ended is Status.INFEASIBLE else ""
        if ended is Status.UNKNOWN and spec.formula is None:
            said_why = "smt: no sketch of its own fits the examples; it is for formulas, and for sketches to `fill`"
        return Result(status=ended, **spent,
                      reason=said_why or reason(grammar, ended, budget.size or 0, budget.size, why))

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that `solve` finds, if it finds one."""
        yield from self.solve(dsl, spec, budget).programs

    def _candidates(self, dsl: DSL, spec: Spec, deadline: float, said: list[str],
                    ) -> Iterator[tuple[Program | None, bool]]:
        """Programs to be tried, and whether the way in which one was found is a proof of it."""
        if any(u.params != spec.inputs for u in spec.unknowns):  # a grammar that takes parameters elsewhere, or twice
            return

        def left() -> float:
            return max(0.01, deadline - time.monotonic())

        try:
            yield single.solve(dsl, spec, left() if spec.formula is None else left() / 2), True
        except (Undecided, NotInLanguage) as error:
            said.append(str(error))
        for sketch, largest in sketches(dsl, spec):
            if time.monotonic() >= deadline:
                return
            try:
                yield fill(spec, sketch, min(left(), max(1.0, left() / 3)), largest), spec.formula is not None
            except Undecided as error:
                said.append(str(error))


def tidy(p: Program) -> Program:
    """A program without sums and products that constants make idle."""
    p = p.rebuild(tuple(map(tidy, p.children)))
    if isinstance(p, Apply) and p.function.smt in ("+", "*") and p.type == INT and len(p.args) == 2:
        a, b = p.args
        for x, y in ((a, b), (b, a)):
            if isinstance(x, Const):
                if p.function.smt == "+" and x.value == 0 or p.function.smt == "*" and x.value == 1:
                    return y
                if p.function.smt == "*" and x.value == 0:
                    return Const(0, INT)
        if isinstance(a, Const) and isinstance(b, Const):
            return Const(p.function(a.value, b.value), INT)
    return p
