"""Induct: prove by induction that a recursion over natural numbers equals a program without it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import z3

from dsl.languages.naturals import linrec
from dsl.program import Apply, Input, Lambda, Program, Variable
from dsl.types import INT
from solvers.smt.lower import Undecided, lower

Term = Any  # a z3 term; z3's own annotations are unions that no operator takes
Two = tuple[Term, Term]

GUARDS: dict[str, Callable[[Two], Term]] = {
    "all": lambda x: z3.BoolVal(True),
    "x1 > 0": lambda x: x[1] > 0,
    "x0 > 0": lambda x: x[0] > 0,
}
MEASURES: dict[str, Callable[[Two], Term]] = {
    "x0": lambda x: x[0], "x1": lambda x: x[1], "x0 + x1": lambda x: x[0] + x[1],
}


@dataclass(frozen=True)
class Proof:
    """For which natural numbers two programs are equal, and what falls with every call."""

    guard: str
    measure: str

    def __str__(self) -> str:
        where = "all natural numbers" if self.guard == "all" else f"all natural numbers with {self.guard}"
        return f"proved by z3, by induction on {self.measure}, for {where}"


def equals(recursion: Program, native: Program, seconds: float = 10.0) -> Proof | None:
    """The proof that a `linrec` over x0 and x1 equals a program without lambdas; None where there is none.

    Base: where the recursion stops, both are equal. Step: where the native program is right of the
    recursive call, it is right of the whole; the call's arguments are natural numbers, and a measure
    falls. Where that holds under a guard alone (`x1 > 0`), the guard holds of the call, too.

    >>> from dsl import load, parse
    >>> from dsl.types import function
    >>> text = '''linrec(lam(int, int)(equal(y1, 0)), lam(int, int)(y0), lam(int, int, int)(succ(y2)),
    ...     lam(int, int)(y0), lam(int, int)(pred(y1)), x0, x1)'''
    >>> plus = parse(text, load("naturals"), (INT, INT))
    >>> print(equals(plus, parse("add(x0, x1)", load("integers"), (INT, INT))))
    proved by z3, by induction on x1, for all natural numbers

    Raises:
        DSLError: names a primitive without SMT-LIB meaning.
    """
    if not (isinstance(recursion, Apply) and recursion.function == linrec
            and recursion.args[5:] == (Input(0, INT), Input(1, INT))):
        return None
    stop, base, after, left, right = (_function(p, 3 if k == 2 else 2) for k, p in enumerate(recursion.args[:5]))
    whole = _function(native, 2)
    x = (z3.Int("v0"), z3.Int("v1"))
    below = (left(*x), right(*x))
    deadline = time.monotonic() + seconds
    for guard, holds in GUARDS.items():
        here = [x[0] >= 0, x[1] >= 0, holds(x)]
        step = [*here, z3.Not(stop(*x))]
        try:
            if not (_valid(z3.Implies(stop(*x), whole(*x) == base(*x)), here, deadline)
                    and _valid(z3.And(below[0] >= 0, below[1] >= 0, holds(below)), step, deadline)
                    and _valid(whole(*x) == after(*x, whole(*below)), step, deadline)):
                continue
            for measure, of in MEASURES.items():
                if _valid(of(below) < of(x), step, deadline):
                    return Proof(guard, measure)
        except Undecided:
            continue
    return None


def _function(p: Program, arity: int) -> Callable[..., Term]:
    """A program over inputs, or a closed lambda, as a function from z3 terms to a z3 term."""
    body = p.body.replace(lambda q: Input(q.level, q.type) if isinstance(q, Variable) else None) \
        if isinstance(p, Lambda) else p
    term, names = lower(body, (INT,) * arity)
    return lambda *args: z3.substitute(term, *zip(names, map(_term, args), strict=True))


def _term(value: object) -> Term:
    return z3.IntVal(value) if isinstance(value, int) else value


def _valid(claim: Term, under: Sequence[Term], deadline: float) -> bool:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Undecided("out of time")
    solver = z3.Solver()
    solver.set("timeout", max(1, int(left * 1000)))
    solver.add(*under, z3.Not(claim))
    answer = solver.check()
    if answer == z3.unknown:
        raise Undecided(solver.reason_unknown())
    return answer == z3.unsat
