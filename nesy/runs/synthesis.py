"""Synthesis: tasks put to a solver, several at a time, each in processes of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dsl.laws import same
from nesy.config import EvalConfig
from nesy.engine import equipped, solve_each
from nesy.library import store
from solvers.attempt import outputs
from solvers.base import Budget, Result, Status
from tasks import Task, TaskSet
from tasks.score import correct

TESTING = 5.0  # seconds


def solving(config: EvalConfig, tasks: TaskSet, jobs: int = 1) -> Callable[[Sequence[str]], Iterator[dict]]:
    """What gives a line for each of these tasks, in the order in which they end.

    Raises:
        NesyError: for a proposer or a library that is not there or not whole.
    """
    solver = equipped(config.solver, config.proposer)
    library = None if config.library is None else store.load(Path(config.library))
    budget = Budget(seconds=config.seconds, memory_mb=config.memory)

    def task(name: str) -> Task:
        found = tasks.task(name)
        return found if library is None else replace(found, dsl=library.extend(found.dsl))

    return lambda ids: (line(asked, found, budget) for asked, found in solve_each(ids, task, solver, budget, jobs))


def line(task: Task, found: Result, budget: Budget = Budget()) -> dict:
    """A task's record: what was found, and whether it, or another of its attempts, is right on the held-out tests.

    On these it may take as much as the search, and five seconds at least.
    """
    tests, seconds = [e.inputs for e in task.tests], max(TESTING, budget.seconds)
    tried = [outputs(task.dsl, task.spec, p, tests, seconds, budget.memory_mb)
             for p in found.programs[:task.attempts]] if tests else []
    fits = [all(map(correct, given, (e.output for e in task.tests))) for given in tried]
    right = found.status is Status.SOLVED and (not tests or any(fits))
    return {
        "id": task.id, "status": found.status.name, "correct": right,
        "program": task.write(found.program) if found.program is not None else "",
        "certificate": str(found.certificate) if found.certificate else f"none: {found.reason}",
        "prediction": list(tried[0]) if tried else [],
        **({"share": round(found.shares[0], 4)} if found.shares else {}),
        **({"first": fits[0]} if fits[1:] else {}),
        **({"others": [{"program": task.write(p), "prediction": list(given)}
                       for p, given in zip(found.programs[1:], tried[1:], strict=False)]} if tried[1:] else {}),
        **({"guess": _guess(task, found)} if found.guesses else {}),
        "tried": found.tried, "route": found.solver,
        **({"peak_memory_mb": found.peak_mb} if found.peak_mb else {}),
        "seconds": round(found.seconds, 4), "cpu_seconds": round(found.cpu_seconds, 4),
    }


def _guess(task: Task, found: Result) -> dict:
    """What was said outright of the queries: each attempt, and whether one is right on all of the tests."""
    attempts = [g for g in found.guesses[:task.attempts] if len(g) == len(task.spec.queries)]
    known = bool(task.tests) and same(tuple(e.inputs for e in task.tests), task.spec.queries)
    right = known and any(all(map(correct, given, (e.output for e in task.tests))) for given in attempts)
    return {"prediction": list(map(list, attempts)), "correct": right}
