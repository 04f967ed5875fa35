"""Solver: proposals run and verified, then search over their parts, sketches of them filled, and search they guide."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, takewhile

import torch

from dsl.errors import DSLError
from dsl.grammar import Grammar
from dsl.imprint import exact
from dsl.interpret import Failure, Limits, run
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from nesy.proposer.direct import guesses
from nesy.proposer.propose import Proposal, Transformer, Unread, weighted
from nesy.proposer.sketches import calls, sketches, without_numbers
from solvers.bank import Bank
from solvers.base import Budget, Result, Solver, Status
from solvers.bidirectional import Bidirectional, Meeting
from solvers.bottom_up import Search
from solvers.entry import telling
from solvers.fill import Filler
from solvers.smt.fill import fill
from solvers.smt.lower import Undecided

ROUNDS = ((16, True), (64, True), (128, False), (256, False))  # proposals at a time, and whether by beams
FIRST = 0.15  # of the time, in which another solver searches after the first of them, where it can be interrupted
EARLY = 0.1  # of the time, at most, for these, and for their sketches
COMPOSED = 0.2  # of it, for search that may use what they are made of; as long as for these beside one that comes last
NEAR, FAR = (8, 2), (48, 3)  # of their parts, the most probable: how many, and what each costs there
LARGEST = 16  # nodes of a proposed program, where the budget sets no bound
GUESS = 0.05  # of the time, but for the last query, in which outputs are said outright
RUN = Limits(steps=100_000, seconds=0.5)  # of one proposal on one example
SCALE = 0.4  # what a bit costs in search: a production as probable as thirty others costs two
FILLINGS = 5  # of one sketch, tried on the examples that its bank does not have
NUMBERED = 10  # sketches whose numbers z3 is asked for
NUMBER = 0.3  # seconds for one of them


@dataclass(frozen=True)
class Proposing:
    """A proposer's programs, as soon as one is right; then, where `guided`, what comes of those that are wrong.

    z3 seeks other numbers for them, their parts are leaves of a search, and their sketches are filled from a bank of
    values; then search goes by what was proposed.
    """

    proposer: Transformer
    guided: bool = True
    share: float = 0.3  # of the time, at most, for proposals
    composed: float = 0.2  # for what they are made of, put together in another way
    sketched: float = 0.2  # and for their sketches; half of it for other numbers in them
    name: str = "proposer"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The most probable program that satisfies the spec; `solver` says by which route it was found."""
        if spec.formula is not None:
            return Result(status=Status.UNKNOWN, reason=f"{self.name} takes examples; formulas are for smt and cvc5")
        torch.set_num_threads(1)  # this is one process among others
        work = Work(self, dsl, spec, budget)
        found = work.proposed()
        if self.guided and found is None and work.left > 0:
            found = work.numbered() or work.composed() or work.filled() or work.guided()
        return found if found is not None and found.program is not None else work.spared or found or work.failed()

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that is found."""
        yield from self.solve(dsl, spec, budget).programs


class Work:
    """One problem under work: what was proposed, and what that took."""

    def __init__(self, how: Proposing, dsl: DSL, spec: Spec, budget: Budget):
        self.how, self.dsl, self.spec, self.budget = how, dsl, spec, budget
        self.start, self.tried = time.monotonic(), 0
        self.seen: dict[Program, Proposal] = {}
        self.rounds, self.pace = 0, 0.0  # of proposals, and seconds for one in the last of them
        self.why = ""  # nothing could be proposed
        self.spared: Result | None = None  # a program that is right, but fails on a query

    @property
    def spent(self) -> float:
        """Seconds."""
        return time.monotonic() - self.start

    @property
    def left(self) -> float:
        """Seconds."""
        return self.budget.seconds - self.spent

    @property
    def top(self) -> float:
        """The log-probability of the likeliest proposal."""
        return max((p.logp for p in self.seen.values()), default=0.0)

    def proposed(self, rounds: int = len(ROUNDS)) -> Result | None:
        """The first proposal of the rounds up to this one that is right; none where the examples cannot be read."""
        until = self.spent + self.budget.seconds * (self.how.share if self.how.guided else 1.0)
        while self.rounds < rounds and not self.why:
            (many, beams), began = ROUNDS[self.rounds], self.spent
            if self.how.guided and began + many * self.pace > until:
                break
            try:
                proposals = self.how.proposer.propose(self.dsl, self.spec, many, self.budget.size or LARGEST,
                                                      beams=beams, seed=self.rounds)
            except Unread as error:
                self.why = str(error)
                return None
            self.rounds, self.pace = self.rounds + 1, (self.spent - began) / many
            for found in proposals:
                if found.program in self.seen:
                    continue
                self.seen[found.program] = found
                self.tried += 1
                said = f"proposal {self.tried} of the transformer"
                if (answer := self._answer(found.program, "proposer", said)) or self.left < 0:
                    return answer
            if self.spent > until:
                break
        return None

    def numbered(self) -> Result | None:
        """The first proposal that is right with other numbers, which z3 finds."""
        until = self.spent + self.how.sketched * self.budget.seconds / 2
        for sketch in without_numbers(self.seen.values(), self.top, self.dsl.open)[:NUMBERED]:
            if self.spent > until:
                break
            try:
                program = fill(self.spec, sketch, NUMBER)
            except (Undecided, DSLError):  # it has primitives without a meaning that z3 knows, or is too hard
                continue
            if answer := self._answer(program, "sketch", f"its numbers are z3's: {sketch}"):
                return answer
        return None

    def filled(self, reached: tuple[Bank, tuple[object, ...]] | None = None) -> Result | None:
        """The first sketch of a proposal that can be filled so that it is right; from a bank reached, or one grown."""
        until = self.spent + self.how.sketched * self.budget.seconds
        if not self.seen:
            return None
        if reached is None:
            search = Search.of(self.dsl, self.spec, self.part((until - self.spent) / 2))
            program = next(search.run(), None)
            self.tried += search.tried
            if answer := self._answer(program, "guided", "found while values for sketches were enumerated"):
                return answer
            reached = search.bank, search.goal
        filler, before = Filler(*reached), self.tried
        for sketch in sketches(self.seen.values(), self.top):
            for program in islice(filler.fillings(sketch), FILLINGS):
                self.tried = before + filler.tried
                if answer := self._answer(program, "sketch", f"a sketch of the transformer, filled: {sketch}"):
                    return answer
            self.tried = before + filler.tried
            if self.spent > until or self.budget.used_up(self.tried):
                return None
        return None

    def composed(self) -> Result | None:
        """What search from both ends finds where the parts of proposals are leaves, as inputs are."""
        until = self.spent + min(self.left, self.how.composed * self.budget.seconds)
        leaves = self._leaves(until)
        if not leaves or self.spent >= until:
            return None
        search = Bidirectional(guide=lambda grammar, spec: grammar.with_leaves(leaves))
        result = search.solve(self.dsl, self.spec, self.part(until - self.spent))
        self.tried += result.tried
        return self._answer(result.program, "composed", "search that may use parts of what the transformer proposed")

    def _leaves(self, until: float) -> dict[Program, int]:
        """The likeliest parts of proposals that have a value on all examples, each behaviour once; and their costs."""
        leaves: dict[Program, int] = {}
        behaviours = set[object]()
        for part in calls(self.seen.values(), self.top):
            if len(leaves) == FAR[0] or self.spent > until:
                break
            runs = (run(part, e.inputs, RUN) for e in self.spec.examples)
            values = tuple(takewhile(lambda v: not isinstance(v, Failure), runs))
            behaviour = part.type, telling(values, exact((part.type,)))
            if len(values) == len(self.spec.examples) and behaviour not in behaviours:
                behaviours.add(behaviour)
                cost = NEAR[1] if len(leaves) < NEAR[0] else FAR[1]
                leaves[part] = cost if self.budget.size is None else max(cost, part.cost)
        return leaves

    def guided(self) -> Result | None:
        """What search from both ends finds, where the productions that proposals use most are cheapest."""
        if self.left <= 0:
            return None
        search = Bidirectional(guide=self._costs if self.budget.size is None else None)
        result = search.solve(self.dsl, self.spec, self.part(self.left))
        return replace(result, tried=result.tried + self.tried, seconds=self.spent, searched_to=0, solver="guided")

    def failed(self) -> Result:
        """Nothing found."""
        late = self.left <= 0
        said = Status.TIMEOUT.value if late else self.why or f"none of {self.tried} proposals is right"
        return Result(status=Status.TIMEOUT if late else Status.UNKNOWN, tried=self.tried, seconds=self.spent,
                      solver="proposer", reason=said)

    def _answer(self, program: Program | None, route: str, said: str) -> Result | None:
        """The result with this program, if it is right; one that fails on a query is spared for want of another."""
        if program is None or not self.budget.fits(program.cost) or not self.spec.holds(program, RUN):
            return None
        found = Result(status=Status.SOLVED, programs=(program,), tried=self.tried, seconds=self.spent, solver=route,
                       reason=said)
        if any(isinstance(run(program, q, RUN), Failure) for q in self.spec.queries):
            self.spared = self.spared or found
            return None
        return found

    def part(self, seconds: float) -> Budget:
        """So much of the time, and the programs that are left."""
        programs = self.budget.programs and max(1, self.budget.programs - self.tried)
        return replace(self.budget, seconds=max(0.01, seconds), programs=programs)

    def _costs(self, grammar: Grammar, spec: Spec) -> Grammar:
        return weighted(grammar, self.seen.values()).costs(SCALE)


@dataclass(frozen=True)
class Beside:
    """Another solver, or those that suit a problem, and a proposer with sketches of what it proposes.

    After a first few proposals, a search that can be interrupted begins, and goes on where further ones do not help;
    others wait until these, their parts and their sketches have had a tenth of the time each.
    """

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
        torch.set_num_threads(1)
        begin = getattr(self.solver, "begin", None)
        search: Meeting | None = begin(dsl, spec, budget) if begin is not None and budget.programs is None else None
        how = Proposing(self.proposer, share=EARLY, composed=EARLY if search is None else COMPOSED, sketched=EARLY)
        work = Work(how, dsl, spec, budget)
        said = guesses(self.proposer, dsl, spec, GUESS * budget.seconds)  # which is of the time that there is
        found = work.proposed(1)
        result = search.run(FIRST * budget.seconds) if search is not None and found is None else None
        if found is None and (result is None or result.status not in (Status.SOLVED, Status.INFEASIBLE)):
            found = work.proposed() or work.numbered() or work.composed() or work.filled(search and search.reached)
        if found is not None:
            return replace(found, tried=found.tried + (search.tried if search else 0), guesses=said)
        if result is None and search is not None:
            result = search.run()
        if result is None:
            result = self.solver.solve(dsl, spec, work.part(work.left))
        if result.program is None and work.spared is not None:
            result = replace(work.spared, tried=result.tried)
        return replace(result, tried=result.tried + work.tried, seconds=work.spent, guesses=said)

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that is found."""
        yield from self.solve(dsl, spec, budget).programs
