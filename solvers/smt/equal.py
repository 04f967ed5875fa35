"""Equal: prove two programs equal, or find an input that tells them apart; prove a primitive's laws."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import z3

from dsl.errors import ProgramFault
from dsl.inputs import least, sample, seeded
from dsl.interpret import Failure, alike, compiled, run
from dsl.laws import ABSENT
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.spec import Spec
from dsl.types import AnyType
from solvers.smt.lower import Undecided, lower, witness

SAMPLES = 25  # of a formula's variables, on which a program that is proved is run
CALLS, FEWEST = 200_000, 3  # of primitives, after which no more samples are taken; and how many there are all the same

Point = tuple[object, ...]
Path = tuple[tuple[Program, bool], ...]  # conditions, and whether they hold


def separate(p: Program, q: Program, types: Sequence[AnyType], seconds: float = 5.0) -> tuple[object, ...] | None:
    """An input on which two programs differ; None where they are proved equal.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> a, b = (parse(t, load("integers"), (INT,)) for t in ("add(x0, x0)", "multiply(2, x0)"))
    >>> separate(a, b, (INT,)) is None
    True

    Raises:
        Undecided: where z3 cannot tell, or tells an input on which running shows no difference; and where it proves
            what it can, but one of them may fail, of which z3 knows nothing.
    """
    left, constants = lower(p, types)
    right, _ = lower(q, types)
    found = witness([left != right], constants, types, seconds)
    if found is not None and alike(run(p, found), run(q, found)):
        raise Undecided(f"z3 tells {p} and {q} apart at {found}, running does not")
    if found is None and (partial(p) or partial(q)):
        found = next((point for point in sampled(types) if not alike(run(p, point), run(q, point))), None)
        if found is None:
            raise Undecided(f"{p} and {q} are equal where both have a value; where one fails is not known")
    return found


def counterexample(spec: Spec, program: Program, seconds: float = 5.0) -> tuple[object, ...] | None:
    """Values of a formula's variables for which a program breaks it; None where it is proved to hold.

    Where the formula calls the function at one place, each branch of the program is proved on its own, under
    the conditions that lead to it: many small questions are answered sooner than one large one.

    Raises:
        Undecided: where z3 cannot tell.
    """
    deadline, place = time.monotonic() + seconds, spec.call_place() or ()
    for path, leaf in branches(program) if place else [((), program)]:
        claim, constants = lower(spec.stated(leaf), spec.variables)
        asked = [z3.Not(claim)]
        for condition, truth in path:
            at = condition.replace(lambda p: place[spec.tied[p.index]] if isinstance(p, Input) else None)
            term, _ = lower(at, spec.variables)
            asked.append(term if truth else z3.Not(term))
        found = witness(asked, constants, spec.variables, deadline - time.monotonic())
        if found is not None:
            return found
    return None


def places(spec: Spec) -> Callable[[Point], Iterator[Point]] | None:
    """The arguments with which a formula calls its unknowns, as a function of a point; None where calls are nested."""
    found = []
    for p in spec.formula.walk() if spec.formula is not None else ():
        if isinstance(p, Apply) and p.function in spec.unknowns:
            if any(isinstance(q, Apply) and q.function in spec.unknowns for a in p.args for q in a.walk()):
                return None
            found.append([compiled(a) for a in p.args])

    def at(point: Point) -> Iterator[Point]:
        for codes in found:
            args = tuple(codes[k](point) for k in spec.tied)
            if not any(isinstance(a, Failure) for a in args):
                yield args

    return at


def sampled(types: Sequence[AnyType]) -> Iterator[Point]:
    """Values on which what z3 says is looked at again: the least ones, and some that are drawn."""
    yield from least(types)
    for n in range(SAMPLES):
        yield tuple(sample(t, seeded("failing", n, i)) for i, t in enumerate(types))


def some(spec: Spec, program: Program) -> Iterator[Point]:
    """Sampled values of a formula's variables, the fewer the larger the program is, and the oftener it is called."""
    assert spec.formula is not None
    called = sum(isinstance(p, Apply) and p.function in spec.unknowns for p in spec.formula.walk())
    return islice(sampled(spec.variables), max(FEWEST, CALLS // max(1, called * program.size)))


def claimed(spec: Spec, program: Program) -> Callable[[Point], object]:
    """What a formula says of a program at a point, where the program is run at each call of its own."""
    assert spec.formula is not None
    bodies = program.children if len(spec.unknowns) > 1 else (program,)

    def run_by(body: Program) -> Callable[..., object]:
        step = compiled(body)

        def call(*args: object) -> object:
            value = step(tuple(args[k] if k < len(args) else None for k in spec.tied))
            if isinstance(value, Failure):
                raise ProgramFault(str(value))
            return value

        return call

    made = {u: replace(u, function=run_by(body)) for u, body in zip(spec.unknowns, bodies, strict=True)}

    def asked(p: Program) -> Program:
        p = p.rebuild(tuple(map(asked, p.children)))
        return Apply(made[p.function], p.args) if isinstance(p, Apply) and p.function in made else p

    return compiled(asked(spec.formula))


def refuting(spec: Spec, program: Program) -> Point | None:
    """Sampled values of a formula's variables for which it is false of a program when run, whatever z3 says of it."""
    claim = claimed(spec, program)
    return next((p for p in some(spec, program) if claim(p) is False), None)


def failing(spec: Spec, program: Program) -> Point | None:
    """Sampled values of a formula's variables for which a program fails: z3 knows total functions alone."""
    calls = places(spec) if len(spec.unknowns) == 1 else None
    if calls is None:
        return None
    step = compiled(program)
    return next((p for p in some(spec, program)
                 if any(isinstance(step(args), Failure) for args in calls(p))), None)


def partial(program: Program) -> bool:
    """Whether a function in a program fails on sampled arguments, of which its constants are those in the program.

    >>> from dsl import load, parse
    >>> from dsl.types import INT, sequence
    >>> [partial(parse(t, load("lists"), (sequence(INT),))) for t in ("head(x0)", "head((1, 2))", "length(x0)")]
    [True, False, False]
    """
    calls = dict.fromkeys(
        Apply(p.function, tuple(a if isinstance(a, Const) else Input(n, a.type) for n, a in enumerate(p.args)))
        for p in program.walk() if isinstance(p, Apply))
    return any(isinstance(step(point), Failure) for call in calls for step in [compiled(call)]
               for point in sampled([a.type for a in call.args]))


def branches(program: Program, path: Path = ()) -> Iterator[tuple[Path, Program]]:
    """What a program does case by case: conditions with their truth, and the program that is left where they have it.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> for path, leaf in branches(parse("choose(less(x0, 1), 1, x0)", load("integers"), (INT,))):
    ...     print(path, leaf)
    ((<program less(x0, 1)>, True),) 1
    ((<program less(x0, 1)>, False),) x0
    """
    if isinstance(program, Apply) and program.function.smt == "ite":
        condition, then, otherwise = program.args
        yield from branches(then, (*path, (condition, True)))
        yield from branches(otherwise, (*path, (condition, False)))
    else:
        yield path, program


def broken_law(p: Primitive, seconds: float = 5.0) -> str | None:
    """A declared law of a primitive that z3 refutes, with the values that do; None where all are proved.

    Raises:
        Undecided: where z3 cannot tell of one, and refutes none.
    """
    undecided = None
    for law, left, right in equations(p):
        types = p.params if law != "associative" else (*p.params, p.params[-1])
        try:
            found = separate(left, right, types, seconds)
        except Undecided as error:
            undecided = Undecided(f"{p.name}, {law}: {error}")
            continue
        if found is not None and not isinstance(run(left, found), Failure):
            return f"{law}: {left} and {right} differ at {found!r}"
    if undecided is not None:
        raise undecided
    return None


def equations(p: Primitive) -> list[tuple[str, Program, Program]]:
    """Each declared law as two programs that it says are equal."""
    laws, x = p.laws, [Input(i, t) for i, t in enumerate((*p.params, p.params[-1]))]

    def call(*args: Program) -> Program:
        return Apply(p, args)

    found: list[tuple[str, Program, Program]] = []
    if p.arity == 1:
        if laws.involutive:
            found.append(("involutive", call(call(x[0])), x[0]))
        if laws.idempotent:
            found.append(("idempotent", call(call(x[0])), call(x[0])))
        return found
    if laws.commutative:
        found.append(("commutative", call(x[0], x[1]), call(x[1], x[0])))
    if laws.associative:
        found.append(("associative", call(call(x[0], x[1]), x[2]), call(x[0], call(x[1], x[2]))))
    if laws.idempotent:
        found.append(("idempotent", call(x[0], x[0]), x[0]))
    for law in ("identity", "absorbing"):
        unit = getattr(laws, law)
        if unit is not ABSENT:
            e = Const(unit, p.params[0])
            out = x[0] if law == "identity" else e
            found += [(law, call(x[0], e), out), (law, call(e, x[0]), out)]
    return found
