"""Bidirectional search: a bank grown from the leaves, and deduction down from the goal, turn by turn.

The whole specification is met through a few of its examples: those that a found
program gets wrong are added until none is left (counterexample-guided: Solar-Lezama 2006).
So are the queries on which it fails, where any value will do; if no program has one, the first found is the answer.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from dsl.grammar import Grammar, Symbol
from dsl.imprint import exact
from dsl.interpret import Failure, Limits, run
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from dsl.witness import ANY
from solvers.ahead import Ahead
from solvers.backward import Backward, Late
from solvers.bank import Bank, Over, World
from solvers.base import Budget, Nearest, Result, Status, reason, verdict
from solvers.bottom_up import SAMPLED, further
from solvers.cases import branches
from solvers.columns import Goal, exactly, meets
from solvers.entry import FAULTS, Closure, Entry

FIRST = 6  # examples of the first round
DEEPEST = 5  # nested deductions
MOST_INNER = 300  # lambdas hunted for at once
SHORTEST_LOOK = 0.03  # of the time, for deducing over each layer of the bank
UNDIVIDED = 0.1  # of the time, first, for programs without case distinctions: those fit anything
SHORTEST_TURN = 0.01  # seconds that each of them gets at least
LARGEST_PART = 0.2  # of the time at hand that one of them may take, so that it reaches others
FIRST_TURN = 0.02  # of the time, for the first of them; the n-th gets an n-th of it

PATIENT = 0.5  # of the time, for another one than a branch for each example

QUERY = Limits(seconds=0.2)  # of a program on a query

Case = tuple[World, object]


@dataclass(frozen=True, kw_only=True)
class Bidirectional:
    """Meets in the middle: complete as bottom-up is, faster where primitives declare a witness.

    Once a program is found it looks for cheaper ones as long again as it took; where no
    primitive has a witness the first is the cheapest.
    """

    contexts: int = 8
    guide: Callable[[Grammar, Spec], Grammar] | None = None  # what productions cost, for a spec
    name: str = "bidirectional"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """A program that satisfies the spec."""
        if spec.formula is not None:
            return Result(status=Status.UNKNOWN, reason=f"{self.name} takes examples; formulas are for smt and cvc5")
        found = self.begin(dsl, spec, budget).run()
        assert found is not None  # for it ran to the end
        return found

    def begin(self, dsl: DSL, spec: Spec, budget: Budget) -> "Meeting":
        """The search for a spec by examples, to be run for some time, and on."""
        return Meeting(self, dsl, spec, budget)

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that `solve` finds, then others that an enumeration finds and that behave differently."""
        yield from further(self.solve(dsl, spec, budget), dsl, spec, budget)


class Meeting:
    """A search under way, which may be left for something else and gone on with; its time runs out all the same."""

    def __init__(self, how: Bidirectional, dsl: DSL, spec: Spec, budget: Budget):
        self.spec, self.budget, self._name, self._start = spec, budget, how.name, time.monotonic()
        cases = [((e.inputs, ()), e.output) for e in spec.examples]
        grammar = Grammar(dsl, spec.inputs, spec.output)
        self._hunt = Hunt(how.guide(grammar, spec) if how.guide else grammar, cases, budget, how.contexts,
                          asked=[((q, ()), ANY) for q in spec.queries])
        self._result: Result | None = None

    @property
    def reached(self) -> tuple[Bank, tuple[object, ...]] | None:
        """The values known so far, in some of the worlds, and those that are wanted there."""
        return self._hunt.reached

    @property
    def tried(self) -> int:
        """Programs considered so far, and goals deduced."""
        return self._hunt.tried if self._result is None else self._result.tried

    def run(self, seconds: float = float("inf")) -> Result | None:
        """Search on for so long: what came of it, or None where it is not at its end."""
        found = self._hunt.run(seconds) if self._result is None else None
        if found is not None:
            self._result = self._told(found)
            self._hunt.forget()
        return self._result

    def _told(self, found: Status | Entry) -> Result:
        hunt = self._hunt
        spent = {"tried": hunt.tried, "seconds": time.monotonic() - self._start, "searched_to": hunt.done,
                 "solver": self._name}
        if isinstance(found, Entry):
            return Result(status=Status.SOLVED, programs=(found.program,), **spent)
        status, left_out = found, hunt.left_out
        if status is Status.INFEASIBLE:
            status = verdict(hunt.grammar, left_out, self.budget.size)
        near = hunt.best[1] and hunt.best[1].program
        return Result(status=status, nearest=near and Nearest(program=near, failures=self.spec.failures(near)),
                      reason=reason(hunt.grammar, status, hunt.done, self.budget.size, left_out), **spent)


class Hunt:
    """One search for a program, over growing sets of cases: worlds, and what is wanted there."""

    def __init__(self, grammar: Grammar, cases: Sequence[Case], budget: Budget, contexts: int,
                 start: Symbol | None = None, settle: bool = True, asked: Sequence[Case] = ()):
        self.grammar, self.cases, self.budget, self.contexts = grammar, list(cases), budget, contexts
        self.asked: Sequence[Case] = asked
        self.failing: Entry | None = None  # and a program that fits all cases, but fails on what is asked
        self.start = start or grammar.start
        self.settle = settle
        self.deadline = self.until = time.monotonic() + budget.seconds
        self._ran, self._since = 0.0, time.monotonic()  # seconds of the turns before, and when this one began
        self.cases_from = time.monotonic() + UNDIVIDED * budget.seconds
        self.best: tuple[int, Entry | None] = (-1, None)
        self.ended: Status | Entry | None = None
        self._inner: dict[tuple[Symbol, Goal], Hunt] = {}
        self._left = 0  # programs that lambdas were hunted among in the rounds before
        self._parts: list[tuple[Bank, Backward]] = []
        self._unasked: int | None = None  # rounds before those in which programs had to have a value on queries
        self.turn = 0.0  # how long it is run at a time, as the function of another program
        self.reached: tuple[Bank, tuple[object, ...]] | None = None  # the bank of this round, and what is wanted of it
        self.whole: Entry | None = None  # what was deduced and is right in all cases, while a cheaper one is looked for
        self._work = self._rounds()

    @property
    def tried(self) -> int:
        """Programs considered, and goals deduced."""
        hunts = self._inner.values()
        return self._left + sum(a.tried + b.steps for a, b in self._parts) + sum(h.tried for h in hunts)

    @property
    def done(self) -> int:
        """The cost up to which every behaviour on a round's cases was considered, whatever it does on what is asked."""
        rounds = self._parts[:self._unasked]
        return rounds[-1][0].done if rounds else 0

    @property
    def left_out(self) -> str:
        """What the search did not look at, so that its end proves nothing."""
        if self.contexts and any(s.scope for s in self.grammar.productions):
            return SAMPLED
        return next((bank.left_out for bank, _ in self._parts if bank.left_out), "")

    def run(self, seconds: float = float("inf")) -> Status | Entry | None:
        """Search on for so long: the entry found, or how the search ended; None where it has not."""
        self._since = time.monotonic()
        self.until = min(self.deadline, self._since + seconds)
        while self.ended is None:
            try:
                next(self._work)
            except StopIteration as end:
                self.ended = end.value
            if time.monotonic() >= self.until:
                break
        self._ran += time.monotonic() - self._since
        self.ended = self.ended or self.whole  # the turn was long enough to look for a cheaper one
        return self.ended or ((self.failing or Status.TIMEOUT) if self.until >= self.deadline else None)

    def forget(self) -> None:
        """Let go of all that was found: it would wait for a collector, which such processes have turned off."""
        self._work.close()
        self._leave()
        self.reached = None
        self._parts.clear()

    def _leave(self) -> None:
        """Give up the hunts for lambdas: goals of other worlds are others."""
        self._left += sum(h.tried for h in self._inner.values())
        for hunt in self._inner.values():
            hunt.forget()
        self._inner.clear()

    def searched(self) -> float:
        """Seconds of all turns."""
        return self._ran + time.monotonic() - self._since

    def _rounds(self) -> Generator[None, None, Status | Entry]:
        chosen = choose(self.cases, FIRST)
        while True:
            found = yield from self._round(chosen)
            if isinstance(found, Status):
                return self.failing or found
            wrong = [c for c in self.cases if not _gives(found, c)]
            self.best = max(self.best, (len(self.cases) - len(wrong), found), key=lambda x: x[0])
            if not wrong:
                self.failing, self._unasked = self.failing or found, self._unasked or len(self._parts)
                wrong = [c for c in self.asked if not _gives(found, c)]
            if not wrong:
                return found
            chosen = [*chosen, *choose(wrong, max(1, len(chosen) // 3))]

    def _round(self, cases: list[Case]) -> Generator[None, None, Status | Entry]:
        self._leave()
        programs = None if self.budget.programs is None else max(1, self.budget.programs - self.tried)
        left = replace(self.budget, seconds=max(0.01, self.deadline - time.monotonic()), programs=programs)
        bank = Bank(self.grammar, [w for w, _ in cases], left, contexts=self.contexts, start=self.start, early=1)
        back = Backward(bank, self._abstracted)
        self._parts.append((bank, back))
        values = tuple(out for _, out in cases)
        self.reached, self.whole = (bank, values), None
        least = SHORTEST_LOOK * self.budget.seconds
        best, settled = None, 0.0
        goal, grown, used, growth = exactly(values), 0.0, 0.0, _looking(bank, values)
        clock = self.searched if self.settle else time.monotonic  # a function's hunt is left most of the time
        try:
            while True:
                began, before = clock(), bank.done
                for new in growth:
                    for entry in new:
                        right = sum(map(meets, entry.values, values))
                        if right == len(values) and (best is None or entry.cost < best.cost and self._whole(entry)):
                            return entry
                        if right > self.best[0]:
                            self.best = right, entry
                    yield
                    if best is not None and (self.searched() > settled or best.cost <= bank.done + 1):
                        return best  # all that is cheaper was looked at
                    if bank.done > before or clock() - began > max(0.2, used):
                        break
                else:
                    return best or Status.INFEASIBLE
                grown += clock() - began
                began = clock()
                back.refresh()
                looks = 1 + (time.monotonic() > self.cases_from)
                for branching in (False, True)[:looks]:
                    until = time.monotonic() + max(least, (grown - used) / looks)
                    try:
                        found = back.find(goal, DEEPEST, min(self.until, until), branching)
                    except Late:
                        continue
                    if found is None or not self.budget.fits(found.cost) or not all(map(meets, found.values, values)):
                        continue  # values of two classes may be equal
                    whole = self._whole(found)
                    if not self.settle or not whole and best is None:
                        return found
                    if not whole:
                        continue
                    if best is None or found.cost < best.cost:
                        more = self._patience(found, least)
                        settled = self.searched() + more if best is None else min(settled, self.searched() + more)
                        best, self.until = found, min(self.deadline, max(self.until, time.monotonic() + more))
                        self.whole = found
                used += clock() - began
                yield
        except Over as over:
            return best or over.status

    def _patience(self, found: Entry, least: float) -> float:
        """For how long a cheaper program is looked for: as long again, or up to a share of the time.

        That is where each case has a branch of its own, of which little is to be hoped elsewhere.
        """
        passed = self.searched()
        apart = branches(found.program) >= max(2, len(self.cases))
        return max(least, passed, PATIENT * self.budget.seconds - passed if apart else 0)

    def _whole(self, entry: Entry) -> bool:
        """Whether it is right in all cases, and fails on nothing that is asked."""
        return all(_gives(entry, c) for c in (*self.cases, *self.asked))

    def _abstracted(self, bank: Bank, symbol: Symbol, goal: Goal, until: float) -> Entry | None:
        """A lambda whose calls give what tables ask for: its body is hunted for on its own."""
        key = (symbol, goal)
        hunt = self._inner.get(key)
        rule = self.grammar.productions[symbol][0]
        if hunt is None:
            cases = [((inputs, (*env, *args)), out) for (inputs, env), table in zip(bank.worlds, goal, strict=True)
                     if table is not ANY for args, out in table]
            if not cases or sum(h.ended is None for h in self._inner.values()) >= MOST_INNER:
                return None
            left = replace(self.budget, seconds=max(0.01, self.deadline - time.monotonic()))
            hunt = self._inner[key] = Hunt(self.grammar, list(dict.fromkeys(cases)), left, 0, rule.args[0],
                                           settle=False)
            hunt.turn = max(SHORTEST_TURN, FIRST_TURN * self.budget.seconds / len(self._inner))
        now = time.monotonic()
        found = hunt.run(min(hunt.turn, max(SHORTEST_TURN, LARGEST_PART * (until - now)), until - now))
        hunt.turn *= 1.5
        if isinstance(found, Entry):
            settled = exact(rule.params)
            values = tuple(Closure({}, found, inputs, env, settled) for inputs, env in bank.worlds)
            return Entry(rule, (found,), rule.cost + found.cost, -1, values)
        return None


def _looking(bank: Bank, values: tuple) -> Iterator[list[Entry]]:
    """What is new of the start symbol as the bank grows; a layer is looked through for the goal before it is built."""
    ahead, looked = Ahead(bank, values), 0
    for new in bank.grow():
        yield new
        if bank.done > looked:
            looked = bank.done
            yield from ahead.look()


def choose(cases: Sequence[Case], n: int) -> list[Case]:
    """Some of the cases, unlike one another: each next one is the farthest from those before."""
    pool = list(cases)
    if len(pool) <= n:
        return pool
    marks = [_marks(e) for e in pool]
    picked = [min(range(len(pool)), key=lambda i: len(repr(pool[i])))]
    while len(picked) < n:
        far = [min(len(marks[i] ^ marks[j]) for j in picked) if i not in picked else -1 for i in range(len(pool))]
        picked.append(max(range(len(pool)), key=lambda i: far[i]))
    return [pool[i] for i in picked]


def _marks(case: Case) -> frozenset:
    """Which kinds of letters, how many items: what a case has about it."""
    (inputs, env), out = case
    found = set()
    for n, v in enumerate((*inputs, *env, out)):
        text = v if isinstance(v, str) else repr(v)
        found |= {(n, "".join("9" if c.isdigit() else "a" if c.isalpha() else c for c in text)[:12]),
                  (n, len(text)), *((n, c) for c in text if not c.isalnum())}
    return frozenset(found)


def _gives(entry: Entry, case: Case) -> bool:
    (inputs, env), out = case
    if out is ANY:  # a query, on which a program may take longer than on what it was made for
        return not isinstance(run(entry.program, inputs, QUERY), Failure)
    try:
        value = entry.code()(inputs, env)
    except FAULTS:
        return False
    return meets(value, out)
