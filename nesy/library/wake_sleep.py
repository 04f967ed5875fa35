"""Wake and sleep: solve tasks, compress the solutions into a library, solve more with it (Ellis et al. 2021)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dsl.defined import inlined
from dsl.errors import NesyError
from dsl.grammar import parts
from dsl.language import DSL
from nesy.engine import solve_each
from nesy.library import store
from nesy.library.compress import Abstraction, Solution, compress, needs_stitch
from nesy.library.dreams import Dreaming
from solvers.base import Budget, Solver, Status
from tasks import Task, TaskSet

LITERAL = ("int", "bool", "str", "tuple")  # types whose values are written as they are


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
          keep: Callable[[store.Library], None] = lambda library: None, dreaming: Dreaming | None = None,
          ) -> store.Library:
    """A library learned from these tasks, and what each round solved; `keep` gets it after each of them.

    Every round is a wake phase, in which what is not solved yet is tried with the library so far, and a sleep
    phase, in which all solutions, written without a library, are compressed anew, and a proposer is taught
    the language with its new words, if there is `dreaming`.

    Raises:
        NesyError: where the tasks are of several languages, and where stitch is not installed.
    """
    needs_stitch()  # before anything is solved
    asked = {i: tasks.task(i) for i in (ids or tasks.ids)}
    language = _shared(tasks.title, list(asked.values()))
    solved: dict[str, Solution] = {}
    found: tuple[Abstraction, ...] = ()
    rounds: list[dict[str, object]] = []
    library = store.of(tasks.title, found, rounds)
    for number in range(1, config.rounds + 1):
        start, tried = time.monotonic(), 0
        new = [a.primitive for a in found]
        bodies = {a.primitive: a.body for a in found}
        left = {i: replace(t, dsl=t.dsl.extend(t.dsl.name, new)) for i, t in asked.items() if i not in solved}
        work = solve_each(left, left.__getitem__, solver, config.budget, config.jobs)
        for done, (task, result) in enumerate(work, 1):
            tried += result.tried
            if result.status is Status.SOLVED and result.program is not None:
                plain = inlined(result.program, bodies)
                if task.spec.holds(plain):
                    solved[task.id] = Solution(task.spec, plain)
            notice(f"round {number}: {done} of {len(left)} tried, {len(solved)} solved")
        before = sum(s.program.cost for s in solved.values())
        found, short = compress(language, [solved[i] for i in sorted(solved)], config.most, config.arity)
        rounds.append({"round": number, "tried": len(left), "solved": len(solved), "programs": tried,
                       "cost": before, "compressed": sum(s.program.cost for s in short),
                       "abstractions": len(found), "seconds": round(time.monotonic() - start, 1)})
        notice(f"round {number}: {len(solved)} of {len(asked)} solved; {len(found)} abstractions")
        library = store.of(tasks.title, found, rounds)
        keep(library)
        idle = number > 1 and rounds[-1]["solved"] == rounds[-2]["solved"]
        nothing_new = not found and (dreaming is None or not short)
        if idle or nothing_new or len(solved) == len(asked) or number == config.rounds:
            break
        if dreaming is not None and short:
            solver = dreaming.taught(language.extend(language.name, [a.primitive for a in found]), short, number)
    return library


def _shared(title: str, tasks: Sequence[Task]) -> DSL:
    """The language of all tasks: the same primitives, and the constants that any of them has.

    Those that differ have to be such as any language can write: an abstraction is read in each of them.

    Raises:
        NesyError: where they have other primitives, or other constants.
    """
    first, *others = tasks
    other = next((t for t in others if t.dsl.primitives != first.dsl.primitives), None)
    if other is not None:
        raise NesyError(f"{title}: task {other.id!r} is of another language than {first.id!r}; a library is learned "
                        "for one")
    common = {*first.dsl.constants}.intersection(*(t.dsl.constants for t in others))
    shared = first.dsl
    for task in tasks:
        own = (c for c in task.dsl.constants if c not in common)
        named = next((c for c in own if any(getattr(t, "name", "") not in LITERAL for t in parts(c.type))), None)
        if named is not None:
            raise NesyError(f"{title}: task {task.id!r} has constants that others lack, such as {named}; a library is "
                            "learned for one language")
        for c in task.dsl.constants:
            if c not in shared.constants:
                shared = shared.extend(shared.name, constants={c.type: [c.value]})
    return shared
