"""Uniqueness: is the answer determined by the examples, or does another program fit as well?"""

from dataclasses import replace

from dsl.inputs import probes
from dsl.interpret import run
from dsl.language import DSL
from dsl.laws import same
from dsl.program import Program
from dsl.spec import Spec
from solvers.base import Budget, Certificate, Status
from solvers.bottom_up import BottomUp
from solvers.isolate import Killed, allowed, limited, pack, unpack

SHOWN = 3


def certify(dsl: DSL, spec: Spec, program: Program, budget: Budget, solver: BottomUp = BottomUp()) -> Certificate:
    """Search on to one size above the program's for others that fit the examples and differ elsewhere.

    Elsewhere is the spec's queries, or sampled inputs where it has none. Where time runs
    out the certificate speaks of the sizes that were searched to the end.
    """
    bound = replace(budget, size=program.cost + 1)
    checked = Certificate(checked=len(spec.examples))
    try:
        packed = limited(_search, solver, dsl, spec, bound, seconds=allowed(bound.seconds), memory_mb=bound.memory_mb)
    except Killed:
        return checked
    found, done, exhausted = packed  # type: ignore[misc]
    elsewhere = spec.queries or probes(spec, solver.probes)
    others, split = [], None
    for data in found:
        other = unpack(data, dsl, spec)
        where = next((i for i in elsewhere if not same(run(other, i), run(program, i))), None)
        if where is not None:
            split = split or where
            others.append(other)
    if others:
        return replace(checked, alternatives=tuple(others[:SHOWN]), separating_input=split)
    if done < program.cost:
        return checked
    return replace(checked, unique_up_to=done, exhausted=exhausted)


def _search(solver: BottomUp, dsl: DSL, spec: Spec, budget: Budget) -> tuple[list[object], int, bool]:
    search = solver.search(dsl, spec, budget)
    found, run_ = [], search.run()
    while True:
        try:
            found.append(pack(next(run_), dsl))
        except StopIteration as end:
            exhausted = end.value is Status.INFEASIBLE and search.done < (budget.size or search.done + 1)
            return found, search.done, exhausted
        if len(found) > 1 + SHOWN:
            return found, search.done, False
