"""CEGIS by enumeration: the cheapest program that no counterexample refutes, until z3 finds none (Solar-Lezama 2006).

Programs are told apart by what they do at the calls that the formula makes at the points collected so far, so
that the search is one over behaviours there, and its end means that no program meets even those points.
"""

import time
from collections.abc import Generator
from dataclasses import replace
from itertools import takewhile

from dsl.errors import DSLError
from dsl.grammar import Grammar
from dsl.inputs import sample, seeded
from dsl.interpret import Failure, compiled
from dsl.language import DSL
from dsl.program import Apply, Const, Input, Program
from dsl.spec import Spec, bundle
from dsl.types import AnyType, is_function, root
from solvers.base import Budget, Status, verdict
from solvers.bottom_up import Search
from solvers.smt.equal import Point, claimed, counterexample, places
from solvers.smt.lower import Undecided, lower, witness

FIRST = 6  # points drawn to begin with
LARGEST = 100  # cost of programs listed by syntax
PARTIAL = "programs that fail when run, where z3 knows a value, are not told apart there"
LONGEST_LOOK = 1.0  # seconds, for whether a function can meet the formula at a point
LONGEST_PROOF = 0.3  # of the time left, for one program


def search(dsl: DSL, spec: Spec, seconds: float, budget: Budget, said: list[str]) -> tuple[Program | Status, int]:
    """The cheapest program that z3 proves, or how the search ended; and how many were put to z3."""
    tried, deadline = 0, time.monotonic() + seconds
    silent = [p for p in dsl.primitives if p is not bundle(p.params)
              and (p.smt is None or any(map(is_function, p.params)))]
    if silent:  # of programs with these nothing can be proved
        said.append(f"{', '.join(p.name for p in silent)} left out: without a meaning in SMT-LIB")
        dsl = dsl.without(silent)
    grammar = Grammar(with_constants(dsl, spec), spec.inputs, spec.output)
    calls = places(spec)
    anywhere = (tuple(sample(t, seeded("cegis", i)) for i, t in enumerate(spec.inputs)),)
    points: list[Point] = list(dict.fromkeys(
        tuple(sample(t, seeded("cegis", n, i)) for i, t in enumerate(spec.variables)) for n in range(FIRST)))
    looked_at = 0
    while True:
        bad = next((p for p in points[looked_at:] if impossible(spec, p, deadline)), None)
        looked_at = len(points)
        if bad is not None:
            said[:] = [f"no function meets the formula at {bad}" if bad else "no function meets the formula"]
            return Status.INFEASIBLE, tried
        left = replace(budget, seconds=max(0.01, deadline - time.monotonic()))
        if calls is None:
            found = by_syntax(grammar, left)
        else:
            worlds = tuple(dict.fromkeys(args for point in points for args in calls(point))) or anywhere
            found = Search(grammar, worlds, (), left).run()
        while True:
            try:
                program = next(found)
            except StopIteration as end:
                return (Status.UNKNOWN if said and end.value is Status.INFEASIBLE else end.value), tried
            claim = claimed(spec, program)
            kept = list(takewhile(lambda value: value is not False, map(claim, points)))
            if PARTIAL not in said and any(isinstance(v, Failure) for v in kept):
                said.append(PARTIAL)
            if len(kept) < len(points):
                continue
            tried += 1
            try:
                wrong = counterexample(spec, program, LONGEST_PROOF * max(0.1, deadline - time.monotonic()))
            except Undecided as error:
                said.append(str(error))
                continue
            if wrong is None:
                return program, tried
            if wrong not in points:
                points.append(wrong)
                break
            said.append(f"z3 refutes {program} at {wrong}, where running it does not")


def with_constants(dsl: DSL, spec: Spec) -> DSL:
    """The language with the formula's own constants, where any may be written: an answer rarely needs others."""
    named = [p for p in spec.formula.walk() if isinstance(p, Const)] if spec.formula is not None else []
    more: dict[object, list[object]] = {t: [c.value for c in named if root(c.type) == root(t)] for t in dsl.open}
    return dsl.extend(dsl.name, constants=more) if any(more.values()) else dsl


def by_syntax(grammar: Grammar, budget: Budget) -> Generator[Program, None, Status]:
    """Every program that the laws keep: where calls are nested, no values are known that tell programs apart."""
    deadline = time.monotonic() + budget.seconds
    try:
        for n, program in enumerate(grammar.programs(budget.size or LARGEST, deadline)):
            if time.monotonic() > deadline or budget.used_up(n):
                return Status.TIMEOUT
            yield program
    except TimeoutError:
        return Status.TIMEOUT
    return verdict(grammar, size=budget.size) if budget.size is not None else Status.UNKNOWN


def impossible(spec: Spec, point: Point, deadline: float) -> bool:
    """Whether no values of the unknown functions make the formula true at a point, as far as z3 soon says."""
    assert spec.formula is not None
    values: dict[tuple[object, Point], Input] = {}
    types: list[AnyType] = []

    def opened(p: Program) -> Program:
        p = p.rebuild(tuple(map(opened, p.children)))
        if isinstance(p, Input):
            return Const(point[p.index], p.type)
        if isinstance(p, Apply) and p.function in spec.unknowns:
            if any(isinstance(q, Input) for a in p.args for q in a.walk()):
                raise Undecided("a call on what another call gives")
            key = p.function, tuple(compiled(a)(()) for a in p.args)
            if any(isinstance(value, Failure) for value in key[1]):
                raise Undecided("a call on what has no value")
            if key not in values:
                values[key] = Input(len(types), p.type)
                types.append(p.type)
            return values[key]
        return p

    try:
        claim, constants = lower(opened(spec.formula), types)
        return witness([claim], constants, types, min(LONGEST_LOOK, max(0.01, deadline - time.monotonic()))) is None
    except (Undecided, DSLError):
        return False
