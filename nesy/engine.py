"""solve(): propose, solve, re-check. The one loop behind every front end."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from dataclasses import replace
from enum import Enum
from threading import get_ident
from typing import TYPE_CHECKING

from dsl.errors import DSLError, SpecError
from dsl.interpret import Failure, Why, alike, roomy
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from solvers import attempt, isolate
from solvers.base import Budget, Certificate, Result, Solver, Status
from solvers.bottom_up import BottomUp
from solvers.names import named
from solvers.uniqueness import certify

if TYPE_CHECKING:
    from nesy.proposer.propose import Transformer
    from tasks import Task

PROMISES = 0.2  # of the time, at most, for what primitives promise
SHORTEST = 0.05  # seconds that a step gets at least
FAR = 3  # sizes beyond those that a solver searched to the end, from which on others are not looked for
QUERIES = 1.0  # seconds at least in which answers are told apart
ENDING = 0.1  # seconds until calls that began while others were being ended are ended, too
PROOF = 0.8  # of the time in which a program is proved once more, for the proof; the rest says how far that reaches
RECHECK, LAST = 0.3, 0.05  # seconds, and share of all, in which what came at the last moment may be run again


def solve(dsl: DSL, spec: Spec, *, solver: Solver | None = None, budget: Budget = Budget(),
          proposer: "Transformer | None" = None, trusted: bool = False) -> Result:
    """The program that a solver finds for a spec, with a certificate; or why there is none.

    The solver (by default the portfolio) works in a process of its own that ends when the budget does, and
    every answer is run again here: a back-end cannot lie. A `proposer` writes programs beside it, and guides a
    search. Laws that the primitives declare are tried on sampled values first, for search relies on them;
    `trusted` languages have been tested already.

    >>> from dsl import Example, load
    >>> print(solve(load("integers"), Spec(inputs=[int], output=int, examples=[
    ...     Example(2, output=5), Example(3, output=7)])).program)
    add(x0, add(x0, 1))

    Raises:
        DSLError: for a law, or a meaning on arrays, that a primitive declares and breaks, and for one that changes
            its arguments.
    """
    for given, kind in ((dsl, DSL), (spec, Spec), (budget, Budget)):
        if not isinstance(given, kind):
            raise SpecError(f"solve: {given!r} is no {kind.__name__}; call solve(dsl, spec, budget=Budget(...))")
    if solver is not None and (isinstance(solver, type) or not callable(getattr(solver, "solve", None))):
        raise SpecError(f"solve: solver={solver!r} is no solver; pass an object, such as BottomUp(), or "
                        "solvers.names.named('bottom-up')")
    chosen = solver or named("portfolio")
    if proposer is not None:
        chosen = _beside(proposer, chosen)
    with roomy():
        return _solve(dsl, spec, chosen, budget, trusted)


def solve_each(ids: Iterable[str], task: "Callable[[str], Task]", solver: Solver, budget: Budget,
               jobs: int = 1) -> "Iterator[tuple[Task, Result]]":
    """Each task, read when its turn comes, and what a solver finds for it, `jobs` at a time, in the order of ending."""
    def attempted(name: str) -> "tuple[Task, Result]":
        asked = task(name)
        return asked, solve(asked.dsl, asked.spec, solver=solver, budget=budget, trusted=True)

    threads: set[int] = set()
    with ThreadPoolExecutor(jobs, initializer=lambda: threads.add(get_ident())) as pool:  # each waits for a process
        waiting = [pool.submit(attempted, name) for name in ids]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:  # an interrupt, or a caller that has enough, ends what is under way
            pool.shutdown(wait=False, cancel_futures=True)
            while working := [f for f in waiting if not f.done()]:
                isolate.end_calls(threads)
                wait(working, timeout=ENDING)


def equipped(solver: str, proposer: str | None) -> Solver:
    """The solver of this name, with the proposer of a folder, or a shipped one, where there is one.

    Raises:
        NesyError: where a solver needs a proposer and there is none, and for one that cannot be loaded.
    """
    from nesy.config import LEARNERS, PROPOSERS  # here, for they load pydantic, which `import nesy` does not need

    if solver in LEARNERS:
        raise SpecError(f"--solver {solver}: learns from a benchmark, with `nesy eval`; it solves no single problem")
    if proposer is None:
        if solver in PROPOSERS:
            raise SpecError(f"--solver {solver}: needs --proposer, a folder that `nesy train proposer` wrote")
        return named(solver)
    from nesy.proposer.propose import Transformer
    from nesy.proposer.solver import Proposing

    found = Transformer.load(proposer)
    if solver == "direct":
        from nesy.proposer.direct import Direct, taught

        if not taught(found.model):
            raise SpecError(f"--solver direct: {proposer} was not taught to say outputs; train one with --direct 0.3")
        return Direct(found)
    if solver in PROPOSERS:
        return Proposing(found, guided=solver == "guided", name=solver)
    return _beside(found, named(solver))


def _beside(proposer: "Transformer", solver: Solver) -> Solver:
    from nesy.proposer.solver import Beside

    return Beside(proposer, solver)


def _solve(dsl: DSL, spec: Spec, solver: Solver, budget: Budget, trusted: bool) -> Result:
    start = time.monotonic()

    def left(share: float = 1.0) -> float:
        return max(SHORTEST, share * budget.seconds - (time.monotonic() - start))

    dsl.knows((*spec.inputs, spec.output))
    if not trusted:
        broken, untried = attempt.promises(dsl, spec, min(1.0, max(SHORTEST, PROMISES * budget.seconds)))
        if broken:
            raise DSLError(broken)
        dsl = dsl.lawless(untried)
    conflict = spec.contradiction()
    if conflict:
        result = attempt.solve(BottomUp(), dsl, spec, replace(budget, seconds=min(budget.seconds, 2.0)))
        return replace(result, status=Status.INFEASIBLE, programs=(), reason=conflict)
    result = attempt.solve(solver, dsl, spec, replace(budget, seconds=left()))
    if result.status is not Status.SOLVED:
        return replace(result, reason=f"{result.reason}{_singular(spec)}")
    small = tuple(p for p in result.programs if budget.fits(p.cost))
    if spec.formula is not None and small:
        return replace(result, **_proved(spec, small[0], replace(budget, seconds=left(1.05)), solver.name))
    try:
        sound = attempt.holding(dsl, spec, small, replace(budget, seconds=max(left(), RECHECK, LAST * budget.seconds)))
        wrong = "fails when run"
    except isolate.Killed as killed:
        sound, wrong = (), f"could not be run again: {killed.reason}"
    if not sound:
        wrong = wrong if small else f"is larger than {budget.size}"
        return replace(result, status=Status.UNKNOWN, programs=(), shares=(),
                       reason=f"{solver.name} returned {result.program}, which {wrong}")
    shares = tuple(s for p, s in zip(result.programs, result.shares, strict=False) if p in sound)
    result, share = replace(result, programs=sound, shares=shares), shares[0] if shares else None
    told = _told_apart(dsl, spec, sound, replace(budget, seconds=max(QUERIES, left())))
    if told is not None:
        return replace(result, certificate=replace(told, share=share))
    spent = time.monotonic() - start
    unsettled = ""
    if budget.seconds - spent < SHORTEST:
        unsettled = "no time was left to look for others"
    elif result.searched_to and sound[0].cost > result.searched_to + FAR:
        unsettled = f"its size is {sound[0].cost}, and programs were enumerated to size {result.searched_to} alone"
    if unsettled:
        told = Certificate(checked=len(spec.examples), unsettled=unsettled)
    else:
        told = certify(dsl, spec, sound[0], replace(budget, seconds=min(left(), max(1.0, spent))))
    return replace(result, certificate=replace(told, share=share))


def _singular(spec: Spec) -> str:
    """That no program can make an output anew, as its class tells each of its values from all others."""
    kinds = {type(e.output) for e in spec.examples if type(e.output).__eq__ is object.__eq__
             and not isinstance(e.output, Enum) and not callable(e.output)}
    return "".join(f"; values of {name} equal nothing but themselves: give it __eq__ and __hash__, or make it a frozen "
                   "dataclass" for name in sorted(k.__name__ for k in kinds))


def _told_apart(dsl: DSL, spec: Spec, programs: tuple[Program, ...], budget: Budget) -> Certificate | None:
    """What is known of an answer where a solver gave several that differ on a query, as far as time and memory tell."""
    if len(programs) < 2 or not spec.queries:
        return None
    seconds = budget.seconds / len(programs)
    first, *others = (attempt.outputs(dsl, spec, p, spec.queries, seconds, budget.memory_mb) for p in programs)
    for n, query in enumerate(spec.queries):
        differ = tuple(p for p, values in zip(programs[1:], others, strict=True)
                       if not (alike(values[n], first[n]) or _cut_short(values[n]) or _cut_short(first[n])))
        if differ:
            return Certificate(checked=len(spec.examples), alternatives=differ, separating_input=query)
    return None


def _cut_short(value: object) -> bool:
    """Whether a limit kept a value from coming about, so that it is not known."""
    return isinstance(value, Failure) and value.why in (Why.TIME, Why.SIZE)


def _proved(spec: Spec, program: Program, budget: Budget, name: str) -> dict:
    """What z3 makes of a program for a formula: a certificate, or why the answer does not stand."""
    try:
        seconds = max(budget.seconds, RECHECK)
        point, where = isolate.limited(  # type: ignore[misc]
            _counterexample, spec, program, PROOF * seconds, seconds=seconds, memory_mb=budget.memory_mb)
    except isolate.Killed as killed:
        point, where = f"could not be proved: {killed.reason}", {}
    if point is None:
        proof = Certificate(checked=len(spec.examples), proved=True, **where)
        return {"programs": (program,), "certificate": proof,
                "reason": "a program satisfies the formula for all inputs, proved by z3"}
    said = point if isinstance(point, str) else f"fails at {point}"
    return {"status": Status.UNKNOWN, "programs": (), "reason": f"{name}'s answer {program} {said}"}


def _counterexample(spec: Spec, program: Program, seconds: float) -> tuple[object, dict]:
    """Where a program breaks the formula, or why that is not known; where it nowhere does, how far that reaches."""
    from solvers.smt.equal import counterexample, failing, partial, refuting
    from solvers.smt.lower import Undecided

    try:
        point = counterexample(spec, program, seconds)
    except Undecided as undecided:
        return f"could not be proved: {undecided}", {}
    if point is not None:
        return point, {}
    refuted = refuting(spec, program)
    if refuted is not None:
        return f"fails at {refuted!r} when run, where z3 finds no fault: a function's smt is not what it does", {}
    return None, {"fails_at": failing(spec, program), "partial": partial(program)}
