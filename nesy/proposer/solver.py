"""Solver: proposals run and verified, then search that they guide."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch

from dsl.grammar import Grammar
from dsl.interpret import Limits
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from nesy.proposer.propose import Transformer
from solvers.base import Budget, Result, Solver, Status
from solvers.portfolio import Portfolio, fitting
from solvers.top_down import TopDown

ROUNDS = ((16, True), (64, True), (128, False), (256, False))  # proposals at a time, and whether by beams
LARGEST = 16  # nodes of a proposed program, where the budget sets no bound
RUN = Limits(steps=100_000, seconds=0.5)  # of one proposal on one example


@dataclass(frozen=True)
class Proposing:
    """A proposer's programs, as soon as one is right; then, where `guided`, search by what it proposed."""

    proposer: Transformer
    guided: bool = True
    share: float = 0.3  # of the time, at most, for proposals
    name: str = "proposer"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The most probable program that satisfies the spec; `solver` says by which route it was found."""
        if spec.formula is not None:
            return Result(status=Status.UNKNOWN, reason=f"{self.name} takes examples; formulas are for smt and cvc5")
        torch.set_num_threads(1)  # this is one process among others
        start, tried = time.monotonic(), 0
        until = start + budget.seconds * (self.share if self.guided else 1.0)
        seen: set[Program] = set()
        for seed, (many, beams) in enumerate(ROUNDS):
            for found in self.proposer.propose(dsl, spec, many, budget.size or LARGEST, beams=beams, seed=seed):
                if found.program in seen:
                    continue
                seen.add(found.program)
                tried += 1
                if spec.holds(found.program, RUN):
                    return Result(status=Status.SOLVED, programs=(found.program,), tried=tried,
                                  seconds=time.monotonic() - start, solver="proposer",
                                  reason=f"proposal {tried} of the transformer")
                if time.monotonic() > start + budget.seconds:
                    break
            if time.monotonic() > until:
                break
        spent = time.monotonic() - start
        if not self.guided or spent >= budget.seconds:
            return Result(status=Status.TIMEOUT, tried=tried, seconds=spent, solver="proposer",
                          reason=Status.TIMEOUT.value)
        result = TopDown(guide=self._guide).solve(dsl, spec, replace(budget, seconds=budget.seconds - spent))
        return replace(result, tried=result.tried + tried, seconds=time.monotonic() - start,
                       solver="guided")

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that is found."""
        yield from self.solve(dsl, spec, budget).programs

    def _guide(self, grammar: Grammar, spec: Spec):
        return self.proposer.guide(grammar, spec)


@dataclass(frozen=True)
class Beside:
    """A proposer, and search that it guides, beside another solver, or those that suit a problem."""

    proposer: Transformer
    solver: Solver

    @property
    def name(self) -> str:
        """As the other is called."""
        return self.solver.name

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The first answer that holds when run again; `solver` says whose it is."""
        if spec.formula is not None:
            return self.solver.solve(dsl, spec, budget)
        others = (self.solver,)
        if isinstance(self.solver, Portfolio):
            others = self.solver.solvers or fitting(dsl, spec)
        return Portfolio(solvers=(Proposing(self.proposer), *others)).solve(dsl, spec, budget)

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that is found."""
        yield from self.solve(dsl, spec, budget).programs
