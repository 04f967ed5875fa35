"""Wake and sleep: solve tasks, compress the solutions into a library, solve more with it (Ellis et al. 2021)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dsl.defined import inlined
from dsl.errors import NesyError
from nesy.engine import solve_each
from nesy.library import store
from nesy.library.compress import Abstraction, Solution, compress
from solvers.base import Budget, Solver, Status
from tasks import TaskSet


@dataclass(frozen=True, kw_only=True)
class Config:
    """How a library is learned."""

    rounds: int = 2
    budget: Budget = Budget(seconds=10.0)  # of one task
    most: int = 8  # abstractions
    arity: int = 3
    jobs: int = 1


def learn(tasks: TaskSet, solver: Solver, config: Config = Config(), ids: Sequence[str] = (),
          notice: Callable[[str], None] = lambda text: None,
          keep: Callable[[store.Library], None] = lambda library: None) -> store.Library:
    """A library learned from these tasks, and what each round solved; `keep` gets it after each of them.

    Every round is a wake phase, in which what is not solved yet is tried with the library so far, and a sleep
    phase, in which all solutions, written without a library, are compressed anew.

    Raises:
        NesyError: where the tasks are of several languages.
    """
    asked = {i: tasks.task(i) for i in (ids or tasks.ids)}
    first, *others = asked.values()
    other = next((t for t in others if t.dsl != first.dsl), None)
    if other is not None:
        raise NesyError(f"{tasks.title}: task {other.id!r} is of another language than {first.id!r}; a library is "
                        "learned for one")
    solved: dict[str, Solution] = {}
    found: tuple[Abstraction, ...] = ()
    rounds: list[dict[str, object]] = []
    library = store.of(tasks.title, found, rounds)
    for number in range(1, config.rounds + 1):
        start, tried = time.monotonic(), 0
        dsl = first.dsl.extend(first.dsl.name, [a.primitive for a in found])
        bodies = {a.primitive: a.body for a in found}
        left = {i: replace(t, dsl=dsl) for i, t in asked.items() if i not in solved}
        work = solve_each(left, left.__getitem__, solver, config.budget, config.jobs)
        for done, (task, result) in enumerate(work, 1):
            tried += result.tried
            if result.status is Status.SOLVED and result.program is not None:
                plain = inlined(result.program, bodies)
                if task.spec.holds(plain):
                    solved[task.id] = Solution(task.spec, plain)
            notice(f"round {number}: {done} of {len(left)} tried, {len(solved)} solved")
        before = sum(s.program.cost for s in solved.values())
        found, short = compress(first.dsl, [solved[i] for i in sorted(solved)], config.most, config.arity)
        rounds.append({"round": number, "tried": len(left), "solved": len(solved), "programs": tried,
                       "cost": before, "compressed": sum(s.program.cost for s in short),
                       "abstractions": len(found), "seconds": round(time.monotonic() - start, 1)})
        notice(f"round {number}: {len(solved)} of {len(asked)} solved; {len(found)} abstractions")
        library = store.of(tasks.title, found, rounds)
        keep(library)
        if not found or len(solved) == len(asked) or number > 1 and rounds[-1]["solved"] == rounds[-2]["solved"]:
            break
    return library
