"""Single invocation: a function that a formula calls at one place only, read off its own atoms.

Whether terms t1, ..., tn suffice is one question to z3: can all of them break the formula
at once? Its answer is a point, for which some atom's boundary gives the next
term (counterexample-guided quantifier instantiation: Reynolds et al. 2015, section 4).
"""

import time

import z3

from dsl.language import DSL
from dsl.program import Apply, Input, Program
from dsl.spec import Spec
from solvers.smt.lift import lift
from solvers.smt.lower import Term, checked, linear, lower

NEAR = (0, 1, -1)  # how far from a boundary a strict or a negated atom may lie


def solve(dsl: DSL, spec: Spec, seconds: float) -> Program | None:
    """A program for a formula that calls its unknown at one place; None where no atom gives one.

    Raises:
        Undecided: where z3 cannot tell, or time runs out.
    """
    args = spec.call_place()
    if args is None or spec.formula is None or not spec.unknowns or str(spec.output) != "int":
        return None
    deadline = time.monotonic() + seconds
    n = len(spec.variables)
    body = spec.formula.replace(lambda p: Input(n, spec.output) if isinstance(p, Apply)
                                and p.function == spec.unknowns[0] else None)
    phi, constants = lower(body, (*spec.variables, spec.output))
    out, xs = constants[-1], constants[:-1]
    place = {parameter: i for i, parameter in enumerate(spec.tied)}
    if set(place) != set(range(len(args))):  # a grammar that does not take every parameter
        return None
    inputs = {xs[a.index].get_id(): Input(place[i], a.type) for i, a in enumerate(args)}
    pool = [t for t in boundaries(phi, out) if _over(t, inputs)]
    chosen = cover(phi, out, pool, deadline)
    if chosen is None:
        return None
    answer: Term = chosen[-1]
    deadline = time.monotonic() + (deadline - time.monotonic()) / 4  # for what only makes the answer shorter
    for t in chosen[-2::-1]:
        answer = z3.If(_simple(z3.substitute(phi, (out, t)), deadline), t, answer)
    if len(chosen) == 1:
        answer = z3.simplify(answer)
    return lift(answer, inputs, dsl)


def cover(phi: Term, out: Term, pool: list[Term], deadline: float) -> list[Term] | None:
    """Terms of a pool of which at every point one makes the formula true."""
    solver, chosen = linear(), []
    while True:
        model = checked(solver, deadline - time.monotonic())
        if model is None:
            return chosen or None
        term = next((t for t in pool if z3.is_true(model.eval(z3.substitute(phi, (out, t)), True))), None)
        if term is None:
            return None
        chosen.append(term)
        solver.add(z3.Not(z3.substitute(phi, (out, term))))


def boundaries(phi: Term, out: Term) -> list[Term]:
    """Terms at which an atom of the formula changes its truth, the simplest first."""
    found: dict[int, tuple[int, Term]] = {}
    for atom in _atoms(phi):
        gap: Term = atom.arg(0) - atom.arg(1)
        rest: Term = z3.simplify(z3.substitute(gap, (out, z3.IntVal(0))))
        slope: Term = z3.simplify(z3.substitute(gap, (out, z3.IntVal(1))) - rest)
        if z3.is_int_value(slope) and slope.as_long() in (1, -1):  # type: ignore[attr-defined]
            for d in NEAR:
                t = z3.simplify(-slope * rest + d, som=True)
                found.setdefault(t.get_id(), (abs(d), t))
    for value in NEAR:
        found.setdefault(z3.IntVal(value).get_id(), (2, z3.IntVal(value)))
    return [t for _, t in sorted(found.values(), key=lambda x: (x[0], x[1].num_args(), len(str(x[1]))))]


def _atoms(phi: Term) -> list[Term]:
    """The comparisons of integers in a formula."""
    found, todo, seen = [], [phi], set()
    while todo:
        t = todo.pop()
        if t.get_id() in seen:
            continue
        seen.add(t.get_id())
        if t.num_args() == 2 and z3.is_bool(t) and z3.is_int(t.arg(0)):
            found.append(t)
        todo.extend(t.children())
    return found[::-1]


def _over(term: Term, inputs: dict[int, Input]) -> bool:
    """Whether a term has no constants but the function's inputs."""
    todo = [term]
    while todo:
        t = todo.pop()
        if z3.is_const(t) and t.decl().kind() == z3.Z3_OP_UNINTERPRETED and t.get_id() not in inputs:
            return False
        todo.extend(t.children())
    return True


def _simple(condition: Term, deadline: float) -> Term:
    """A condition with what follows from its other parts left out, as far as time allows."""
    left = (deadline - time.monotonic()) / 4
    plain: Term = z3.simplify(condition)
    if left <= 0.01:
        return plain
    try:
        better = z3.TryFor(z3.Tactic("ctx-solver-simplify"), int(left * 1000))(plain).as_expr()
    except z3.Z3Exception:  # the time for it is over
        return plain
    return z3.simplify(better)
