"""Fill: constants for the holes of a sketch, by counterexamples (Solar-Lezama 2006)."""

import time
from collections.abc import Iterator

import z3

from dsl.language import DSL
from dsl.program import Apply, Const, Hole, Input, Program
from dsl.spec import Spec
from dsl.types import INT, AnyType, root
from solvers.smt.equal import counterexample
from solvers.smt.lower import Term, Undecided, checked, constant, lower, value

MOST_POINTS = 200


def fill(spec: Spec, sketch: Program, seconds: float = 10.0, largest: int | None = None) -> Program | None:
    """The sketch with constants in its holes, so that it satisfies a spec; None where no constants do.

    Examples are met all at once; a formula is proved by z3, and refuted at a point, which is met then
    as well. `largest` bounds the size of integers.

    >>> from dsl import Example, load, parse
    >>> spec = Spec(inputs=[int], output=int, examples=[Example(2, output=11), Example(5, output=17)])
    >>> print(fill(spec, parse("add(multiply(hole(int), x0), hole(int))", load("integers"), (INT,))))
    add(multiply(2, x0), 7)

    Raises:
        Undecided: where z3 cannot tell, or time runs out.
        DSLError: for a primitive of the sketch that declares no SMT-LIB meaning.
    """
    deadline = time.monotonic() + seconds
    holes: list[AnyType] = []

    def numbered(p: Program) -> Program | None:
        if isinstance(p, Hole):
            holes.append(p.type)
            return Input(first + len(holes) - 1, p.type)
        return None

    first = len(spec.variables) if spec.formula is not None else len(spec.inputs)
    offset = 0 if spec.formula is None else 10_000  # holes in a body are told from its inputs by their index
    first += offset
    open_ = sketch.replace(numbered)
    solver = z3.Solver()
    consts = [constant(f"h{i}", t) for i, t in enumerate(holes)]
    if largest is not None:
        solver.add(*[z3.And(c >= -largest, c <= largest) for c, t in zip(consts, holes, strict=True) if root(t) == INT])
    claim = None
    if spec.formula is None:
        whole, names = lower(open_, (*spec.inputs, *holes))
        for e in spec.examples:
            given = [(c, _literal(v, t)) for c, v, t in zip(names, e.inputs, spec.inputs, strict=False)]
            term = z3.substitute(whole, *given, *zip(names[len(spec.inputs):], consts, strict=True))
            solver.add(term == _literal(e.output, spec.output))
    else:
        n = len(spec.variables)
        stated = spec.stated(open_).replace(
            lambda p: Input(p.index - offset, p.type) if isinstance(p, Input) and p.index >= offset else None)
        claim, names = lower(stated, (*spec.variables, *holes))
        claim = z3.substitute(claim, *zip(names[n:], consts, strict=True))
        variables = names[:n]
        solver.add(z3.substitute(claim, *[(c, _literal(_zero(t), t)) for c, t in
                                          zip(variables, spec.variables, strict=True)]))
    for _ in range(MOST_POINTS):
        model = checked(solver, deadline - time.monotonic())
        if model is None:
            return None
        program = open_
        for i, (c, t) in enumerate(zip(consts, holes, strict=True)):
            program = _put(program, first + i, Const(value(model.eval(c, True), t), t))
        if spec.formula is None:
            return program
        point = counterexample(spec, program, max(0.01, deadline - time.monotonic()))
        if point is None:
            return program
        assert claim is not None
        solver.add(z3.substitute(claim, *[(c, _literal(v, t)) for c, v, t in
                                          zip(variables, point, spec.variables, strict=True)]))
    raise Undecided(f"{MOST_POINTS} counterexamples were not enough")


def _put(p: Program, index: int, constant: Const) -> Program:
    return p.replace(lambda q: constant if isinstance(q, Input) and q.index == index else None)


def _zero(t: AnyType) -> object:
    return {"int": 0, "bool": False, "str": "", "tuple": ()}.get(getattr(root(t), "name", ""), 0)


def _literal(v: object, t: AnyType) -> Term:
    return lower(Const(v, t), ())[0]


def sketches(dsl: DSL, spec: Spec) -> Iterator[tuple[Program, int | None]]:
    """Sums of multiples of the inputs, then choices between them, each with growing bounds on the constants."""
    named = {p.smt: p for p in dsl.primitives if p.smt in ("+", "*", "ite", "<", "<=") and INT in p.params}
    numbers = [Input(i, t) for i, t in enumerate(spec.inputs) if t == INT]
    outputs = spec.output.args if len(spec.unknowns) > 1 else (spec.output,)  # type: ignore[union-attr]
    if not {"+", "*"} <= set(named) or any(t != INT for t in outputs) or INT not in dsl.open:
        return
    factor = named["*"].params[0]  # a number, or the constants of a logic in which one factor is one

    def linear() -> Program:
        total: Program = Hole(INT)
        for x in numbers:
            total = Apply(named["+"], (total, Apply(named["*"], (Hole(factor), x))))
        return total

    def tree(depth: int) -> Program:
        if depth == 0:
            return linear()
        test = Apply(named.get("<=") or named["<"], (Const(0, INT), linear()))
        return Apply(named["ite"], (test, tree(depth - 1), tree(depth - 1)))

    deepest = 3 if "ite" in named and ("<=" in named or "<" in named) else 0
    for depth in range(deepest + 1):
        for largest in (1, 3, 20, 2000, *((None,) if depth == 0 else ())):  # of many pieces, z3 finds no large numbers
            body = tree(depth)
            if len(spec.unknowns) > 1:
                yield Apply(dsl.primitive("bundle"), tuple(tree(depth) for _ in outputs)), largest
            else:
                yield body, largest
