"""Uniqueness: is the answer determined by the examples, or does another program fit as well?"""

import time
from dataclasses import replace
from math import inf

from dsl.grammar import Grammar
from dsl.inputs import probes, unseen
from dsl.interpret import Failure, alike, run
from dsl.language import DSL
from dsl.program import Program
from dsl.reach import unexplored
from dsl.spec import Spec
from solvers.base import Budget, Certificate, Status, missing, unlisted
from solvers.bottom_up import BottomUp
from solvers.carry import pack, unpack
from solvers.isolate import Killed, allowed, limited

SHOWN = 3


def certify(dsl: DSL, spec: Spec, program: Program, budget: Budget, solver: BottomUp = BottomUp(),
            beyond: int = 1) -> Certificate:
    """Search on, up to `beyond` sizes above the program's, for others that fit the examples and differ elsewhere.

    Elsewhere is the spec's queries, or sampled inputs where it has none. Where time runs
    out the certificate speaks of the sizes that were searched to the end.
    """
    bound = replace(budget, size=program.cost + beyond)
    checked = Certificate(checked=len(spec.examples))
    try:
        packed = limited(_search, solver, dsl, spec, pack(program, dsl), bound, seconds=allowed(bound.seconds),
                         memory_mb=bound.memory_mb)
    except Killed as killed:
        return replace(checked, unsettled=killed.reason)
    found, done, exhausted, left_out = packed  # type: ignore[misc]
    grammar = Grammar(dsl, spec.inputs, spec.output)
    reach, _ = unexplored(grammar)
    done, exhausted = int(min(done, reach - 1)), exhausted and reach == inf
    if found:
        others = tuple(unpack(data, dsl, spec) for data, _ in found[:SHOWN])
        return replace(checked, alternatives=others, separating_input=spec.shown(found[0][1]))
    if done < program.cost or left_out:
        short = f"time for it ran out at size {done}" if done < reach - 1 else \
            missing(grammar)
        return replace(checked, unsettled=left_out or short)
    return replace(checked, unique_up_to=done, exhausted=exhausted)


def _search(solver: BottomUp, dsl: DSL, spec: Spec, answer: object, budget: Budget,
            ) -> tuple[list[tuple[object, tuple[object, ...]]], int, bool, str]:
    """Programs that fit and differ from the answer elsewhere, with where; how far that came, whether to the end.

    And what was left out.
    """
    until = time.monotonic() + budget.seconds
    program, search = unpack(answer, dsl, spec), solver.search(dsl, spec, budget)
    elsewhere = spec.queries or probes(spec, solver.probes, dsl=dsl)
    values = [run(program, i) for i in elsewhere]
    found, run_ = [], search.run()
    while len(found) <= SHOWN:
        try:
            other = next(run_)
        except StopIteration as end:
            exhausted = end.value is Status.INFEASIBLE and search.done < (budget.size or search.done + 1)
            if not found and not spec.queries:
                found = _rarely(dsl, spec, program, search.done, until)
            open_ = "other constants may be written" if unlisted(search.bank.grammar) else ""
            unknown = None if spec.queries else unseen(spec, elsewhere)
            if unknown is not None:
                open_ = f"no values of {unknown} are known but the examples'; give it a class method sampled(rng)"
            return found, search.done, exhausted, search.bank.left_out or open_
        split = [(i, run(other, i)) for i in elsewhere]
        split = [(i, v) for (i, v), mine in zip(split, values, strict=True) if not alike(v, mine)]
        if found:  # one input tells all of them from the answer
            split = [(i, v) for i, v in split if i == found[0][1]]
        if split:
            whole = (i for i, v in split if not isinstance(v, Failure))
            found.append((pack(other, dsl), next(whole, split[0][0])))
    return found, search.done, False, ""


def _rarely(dsl: DSL, spec: Spec, program: Program, size: int, until: float,
            ) -> list[tuple[object, tuple[object, ...]]]:
    """A program that differs from the answer on none of the probes, but somewhere, as z3 finds."""
    if not all(p.smt for p in dsl.primitives):
        return []
    from solvers.smt.rare import split

    found = split(dsl, spec, program, size, until)
    return [] if found is None else [(pack(found[0], dsl), found[1])]
