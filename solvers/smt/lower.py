"""Lower: programs as z3 terms, and z3's models as values."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import z3

from dsl import smtlib
from dsl.errors import DSLError
from dsl.program import Program
from dsl.types import BOOL, INT, AnyType, root, width_of

Term = Any  # a z3 term or sort; z3's own annotations are unions that no operator takes


class Undecided(Exception):
    """z3 gave up, or ran out of time: nothing is known."""


def lower(p: Program, types: Sequence[AnyType]) -> tuple[Term, list[Term]]:
    """A program as a z3 term, and the z3 constants that stand for its inputs, of these types.

    Raises:
        DSLError: names the primitive that declares no SMT-LIB meaning, or the text that z3 refuses.
    """
    names = {f"v{i}": t for i, t in enumerate(types)}
    return read(smtlib.term(p, list(names)), names, p.type), [constant(n, t) for n, t in names.items()]


def read(text: str, names: Mapping[str, AnyType], result: AnyType) -> Term:
    """An SMT-LIB term over named constants, as a z3 term.

    Raises:
        DSLError: for a text that z3 refuses.
    """
    declared = "".join(f"(declare-const {n} {smtlib.sort(t)})" for n, t in (*names.items(), ("out", result)))
    try:
        parsed: Term = z3.parse_smt2_string(f"{declared}(assert (= out {text}))")
    except z3.Z3Exception as error:
        raise DSLError(f"z3 refuses {text[:200]}: {error}") from None
    return parsed[0].arg(1)


def constant(name: str, t: AnyType) -> Term:
    """A z3 constant of a type."""
    return z3.Const(name, sort(t))


def sort(t: AnyType) -> Term:
    """The z3 sort of a type."""
    width = width_of(t)
    if width is not None:
        return z3.BitVecSort(width)
    name = getattr(root(t), "name", "")
    if name == "tuple":
        return z3.SeqSort(sort(root(t).args[0]))  # type: ignore[union-attr]
    found = {"int": z3.IntSort, "bool": z3.BoolSort, "str": z3.StringSort}.get(name)
    if found is None:
        raise DSLError(f"type {t} has no sort in z3; use int, bool, str, bitvectors or tuples of them")
    return found()


def value(term: Term, t: AnyType) -> object:
    """The value that a closed z3 term stands for.

    Raises:
        Undecided: for a term that is no literal.
    """
    name = getattr(root(t), "name", "")
    if name == "bool":
        if z3.is_true(term) or z3.is_false(term):
            return z3.is_true(term)
    elif z3.is_int_value(term) or z3.is_bv_value(term):
        return term.as_long()  # type: ignore[attr-defined]
    elif z3.is_string_value(term):
        return smtlib.unescape(term.as_string().replace('"', '""'))  # type: ignore[attr-defined]
    elif name == "tuple":
        return tuple(_items(term, root(t).args[0]))  # type: ignore[union-attr]
    raise Undecided(f"no literal: {term}")


def _items(term: Term, item: AnyType) -> list[object]:
    kind = term.decl().kind()
    if kind == z3.Z3_OP_SEQ_EMPTY:
        return []
    if kind == z3.Z3_OP_SEQ_UNIT:
        return [value(term.arg(0), item)]
    if kind == z3.Z3_OP_SEQ_CONCAT:
        return [v for a in term.children() for v in _items(a, item)]
    raise Undecided(f"no sequence of literals: {term}")


def checked(solver: z3.Solver, seconds: float) -> Term | None:
    """A model of what a solver was told; None where there is none.

    Raises:
        Undecided: where z3 cannot tell in time.
    """
    if seconds <= 0:
        raise Undecided("out of time")
    solver.set("timeout", max(1, int(seconds * 1000)))
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer != z3.sat:
        raise Undecided(solver.reason_unknown())
    return solver.model()


def linear() -> z3.Solver:
    """A solver for linear arithmetic: on its clauses z3's older simplex is several times faster."""
    solver = z3.SimpleSolver()
    solver.set("arith.solver", 2)
    return solver


def witness(claims: Sequence[Term], constants: Sequence[Term], types: Sequence[AnyType], seconds: float,
            ) -> tuple[object, ...] | None:
    """Values of the constants under which claims hold; None where it is proved that there are none.

    Raises:
        Undecided: where z3 cannot tell in time. Its time limit is not always kept: call it under
            `isolate.limited` where that matters.
    """
    deadline = time.monotonic() + seconds
    numbers = all(root(t) in (INT, BOOL) for t in types)
    solver = linear() if numbers else z3.Solver()
    solver.add(*claims)
    try:
        model = checked(solver, seconds / 2 if numbers else seconds)
    except Undecided:
        if not numbers:
            raise
        solver = z3.Solver()
        solver.add(*claims)
        model = checked(solver, deadline - time.monotonic())
    if model is None:
        return None
    return tuple(value(model.eval(c, model_completion=True), t) for c, t in zip(constants, types, strict=True))
