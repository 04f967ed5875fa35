"""Bottom-up search: every behaviour of a grammar, cheapest first, until one fits."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from dsl.grammar import Grammar
from dsl.inputs import probes
from dsl.interpret import alike, run
from dsl.language import DSL
from dsl.laws import same
from dsl.program import Program
from dsl.spec import Spec
from solvers.bank import Bank, Over
from solvers.base import Budget, Nearest, Result, Status, reason, verdict
from solvers.entry import Entry

SAMPLED = "functions are told apart on samples: a program may have been taken for another"


@dataclass(frozen=True, kw_only=True)
class BottomUp:
    """Enumerates by cost; `probes` sampled inputs keep apart what examples alone would merge.

    `contexts` merges the bodies of lambdas that agree on so many sampled values of their
    parameters an example: far faster, and complete for lambda-free programs alone. With 0, the
    default, nothing is lost.
    """

    probes: int = 12
    contexts: int = 0
    name: str = "bottom-up"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The cheapest program that satisfies the spec; ties fall to what the language declares first."""
        if spec.formula is not None:
            return Result(status=Status.UNKNOWN, reason=f"{self.name} takes examples; formulas are for smt and cvc5")
        search = Search.of(dsl, spec, budget, contexts=self.contexts)
        start = time.monotonic()
        run, found, status = search.run(), (), Status.UNKNOWN
        try:
            found, status = (next(run),), Status.SOLVED
        except StopIteration as end:
            status = end.value
        return Result(status=status, programs=found, tried=search.tried, seconds=time.monotonic() - start,
                      searched_to=search.done, nearest=None if found else search.nearest(spec),
                      reason="" if found else reason(search.bank.grammar, status, search.done, budget.size,
                                                           search.bank.left_out))

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """Programs that fit, in order of cost, each differing from those before on a probe or query.

        >>> from dsl import Example, load
        >>> spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4)])
        >>> [str(p) for _, p in zip(range(3), BottomUp().solutions(load("integers"), spec))]
        ['add(x0, x0)', 'add(x0, 2)', 'add(1, 3)']
        """
        yield from self.search(dsl, spec, budget).run()

    def search(self, dsl: DSL, spec: Spec, budget: Budget) -> "Search":
        """A search that keeps apart programs which differ on probes and queries."""
        extra = (*spec.queries, *probes(spec, self.probes, dsl=dsl))
        return Search.of(dsl, spec, budget, extra, contexts=self.contexts)


def further(found: Result, dsl: DSL, spec: Spec, budget: Budget) -> Iterator[Program]:
    """The programs that were found, then others that fit and differ from them on a probe or query, in order of cost."""
    yield from found.programs
    left = budget.seconds - found.seconds
    if not found.programs or spec.formula is not None or left <= 0:
        return
    solver = BottomUp()
    elsewhere = (*spec.queries, *probes(spec, solver.probes, dsl=dsl))
    known = [[run(p, i) for i in elsewhere] for p in found.programs]
    for other in solver.search(dsl, spec, replace(budget, seconds=left)).run():
        values = [run(other, i) for i in elsewhere]
        if not any(all(map(alike, values, before)) for before in known):
            yield other


def distinct(grammar: Grammar, worlds: tuple[tuple[object, ...], ...], budget: Budget) -> Iterator[Program]:
    """Programs that behave differently on the worlds, each the cheapest of its kind, in order of cost.

    A program that fails somewhere is told apart by where it does.
    """
    return Search(grammar, worlds, (), budget).run()


class Search:
    """One enumeration under way, and the nearest miss so far."""

    def __init__(self, grammar: Grammar, worlds: tuple[tuple[object, ...], ...], goal: tuple[object, ...],
                 budget: Budget, contexts: int = 0):
        self.bank = Bank(grammar, [(w, ()) for w in worlds], budget, must=len(goal), contexts=contexts, early=0)
        self._sampled = contexts > 0
        self.goal, self._best = goal, (-1, None)  # the first worlds have these outputs; others only tell apart

    @classmethod
    def of(cls, dsl: DSL, spec: Spec, budget: Budget, extra: tuple[tuple[object, ...], ...] = (),
           contexts: int = 0) -> "Search":
        """The search for a spec; programs that differ on the extra inputs are kept apart."""
        worlds = (*(e.inputs for e in spec.examples), *extra)
        return cls(Grammar(dsl, spec.inputs, spec.output), worlds, tuple(e.output for e in spec.examples), budget,
                   contexts)

    @property
    def tried(self) -> int:
        """Programs considered."""
        return self.bank.tried

    @property
    def done(self) -> int:
        """The cost up to which every program was considered."""
        return self.bank.done

    def run(self) -> Generator[Program, None, Status]:
        """Yield programs that fit as they are found; return why the search ended."""
        try:
            for new in self.bank.grow():
                for entry in new:
                    if self._fits(entry):
                        yield entry.program
        except Over as over:
            return over.status
        sampled = self._sampled and any(s.scope for s in self.bank.rules)
        return verdict(self.bank.grammar, self.bank.left_out or (SAMPLED if sampled else ""), self.bank.budget.size)

    def _fits(self, entry: Entry) -> bool:
        goal, must = self.goal, len(self.goal)
        right = sum(map(same, entry.values[:must], goal))
        if right > self._best[0]:
            self._best = (right, entry)
        return right == must

    def nearest(self, spec: Spec) -> Nearest | None:
        """The program that gave the right output on most examples, and what it gets wrong."""
        entry = self._best[1]
        if entry is None:
            return None
        return Nearest(program=entry.program, failures=spec.failures(entry.program))
