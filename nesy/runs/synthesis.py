"""Synthesis: tasks put to a solver, several at a time, each in processes of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dsl.interpret import Failure
from nesy.config import EvalConfig
from nesy.engine import equipped, solve_each
from nesy.library import store
from solvers.attempt import outputs
from solvers.base import Budget, Result, Status
from tasks import Task, TaskSet
from tasks.score import correct


def solve_all(config: EvalConfig, tasks: TaskSet, ids: Sequence[str], jobs: int = 1) -> Iterator[dict]:
    """A line for each task, in the order in which they end."""
    solver = equipped(config.solver, config.proposer)
    library = None if config.library is None else store.load(Path(config.library))
    budget = Budget(seconds=config.seconds, memory_mb=config.memory)

    def task(name: str) -> Task:
        found = tasks.task(name)
        return found if library is None else replace(found, dsl=library.extend(found.dsl))

    for asked, found in solve_each(ids, task, solver, budget, jobs):
        yield line(asked, found)


def line(task: Task, found: Result) -> dict:
    """A task's record: what was found, and whether it is right on the held-out tests."""
    tests = [e.inputs for e in task.tests]
    given = outputs(task.dsl, task.spec, found.program, tests) if found.program is not None and tests else []
    right = found.status is Status.SOLVED and all(map(correct, given, (e.output for e in task.tests)))
    return {
        "id": task.id, "status": found.status.name, "correct": right,
        "program": task.write(found.program) if found.program is not None else "",
        "certificate": str(found.certificate) if found.certificate else f"none: {found.reason}",
        "prediction": [str(o) if isinstance(o, Failure) else o for o in given],
        "tried": found.tried, "route": found.solver,
        "seconds": round(found.seconds, 4), "cpu_seconds": round(found.cpu_seconds, 4),
    }
