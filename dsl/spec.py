"""Example and Spec: what a program must satisfy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from dsl.errors import DSLError, SpecError, shown
from dsl.imprint import imprint
from dsl.interpret import Limits, run
from dsl.laws import same
from dsl.primitive import Primitive
from dsl.program import Apply, Input, Program
from dsl.types import BOOL, AnyType, Type, belongs, read_annotation
from dsl.types import variables as unbound


@dataclass(frozen=True, init=False)
class Example:
    """Inputs, in order, and the output that they must give.

    >>> Example((1, 9), output=4).inputs
    ((1, 9),)
    """

    inputs: tuple[object, ...]
    output: object

    def __init__(self, *inputs: object, output: object):
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "output", output)

    def __str__(self) -> str:
        return f"({', '.join(map(shown, self.inputs))}) -> {shown(self.output)}"


@cache
def bundle(types: tuple[AnyType, ...]) -> Primitive:
    """The primitive that holds the bodies of several functions together."""
    return Primitive("bundle", types, Type("product", types, python=tuple), _tuple)


def _tuple(*values: object) -> tuple[object, ...]:
    return values


@dataclass(frozen=True, init=False)
class Spec:
    """A signature, and examples or a formula that a program must satisfy.

    `queries` are further inputs whose outputs are asked for; they are not known here.
    `formula` is a truth-valued program that must hold for all its inputs (of the types `variables`);
    in it stand calls of `unknowns`, the functions that are to be found. Where there are
    several, the program is the `bundle` of their bodies. Inputs with the same number in `tied`
    always hold the same value: one parameter that a grammar takes in several places. Of a formula's
    unknowns the numbers in `tied` are the parameters.

    Raises:
        SpecError: for values that do not fit the signature.
    """

    inputs: tuple[AnyType, ...]
    output: AnyType
    examples: tuple[Example, ...]
    queries: tuple[tuple[object, ...], ...]
    formula: Program | None
    variables: tuple[AnyType, ...]
    unknowns: tuple[Primitive, ...]
    tied: tuple[int, ...]

    def __init__(self, *, inputs: Sequence[object], output: object, examples: Iterable[Example] = (),
                 queries: Iterable[Sequence[object]] = (), formula: Program | None = None,
                 variables: Sequence[AnyType] = (), unknowns: Sequence[Primitive] = (),
                 tied: Sequence[int] = ()):
        set_ = object.__setattr__
        try:
            if isinstance(inputs, type | str) or not isinstance(inputs, Sequence):
                raise SpecError(f"spec: inputs is a list of types, such as [int, str], not {inputs!r}")
            set_(self, "inputs", tuple(read_annotation(t, f"input x{i}") for i, t in enumerate(inputs)))
            set_(self, "output", read_annotation(output, "output"))
        except DSLError as error:
            raise SpecError(f"spec: {error}") from None
        for i, t in enumerate((*self.inputs, self.output)):
            if unbound(t):
                where = f"input x{i}" if i < len(self.inputs) else "output"
                raise SpecError(f"spec, {where}: {t} has a type variable; name a type")
        set_(self, "examples", _listed(examples, Example, "examples", "Example(inputs..., output=...)"))
        set_(self, "queries", tuple(map(tuple, _listed(queries, (tuple, list), "queries", "inputs, as tuples"))))
        set_(self, "formula", formula)
        set_(self, "variables", tuple(variables))
        set_(self, "unknowns", tuple(unknowns))
        set_(self, "tied", tuple(tied) or tuple(range(len(self.inputs))))
        if formula is not None and (formula.type != BOOL or not self.unknowns):
            raise SpecError("spec: a formula is a program of type bool, with the functions to be found as unknowns")
        if not self.examples and formula is None:
            raise SpecError("spec: no examples; give at least one Example(inputs..., output=...)")
        for n, e in enumerate(self.examples, 1):
            self._check_inputs(e.inputs, f"example {n}")
            if not belongs(e.output, self.output):
                raise SpecError(f"spec, example {n}: output {shown(e.output)} is no {self.output}")
            _settled(e.output, f"spec, example {n}: the output")
        for n, q in enumerate(self.queries, 1):
            self._check_inputs(q, f"query {n}")

    def _check_inputs(self, values: tuple[object, ...], where: str) -> None:
        if len(values) != len(self.inputs):
            raise SpecError(f"spec, {where}: {len(values)} input(s), the signature has {len(self.inputs)}")
        for i, (value, t) in enumerate(zip(values, self.inputs, strict=True)):
            if not belongs(value, t):
                raise SpecError(f"spec, {where}: input x{i} = {shown(value)} is no {t}")
            _settled(value, f"spec, {where}: input x{i}")

    def shown(self, inputs: tuple[object, ...]) -> tuple[object, ...]:
        """Inputs as people know them: of those that are tied, one."""
        return tuple(dict(zip(self.tied, inputs, strict=True)).values())

    def spread(self, shown: tuple[object, ...]) -> tuple[object, ...]:
        """The inputs that `shown` made one of."""
        values = dict(zip(dict.fromkeys(self.tied), shown, strict=True))
        return tuple(values[i] for i in self.tied)

    def stated(self, program: Program) -> Program:
        """The formula with a program in the place of the unknowns: a claim about its variables alone.

        Raises:
            SpecError: if there is no formula.
        """
        if self.formula is None:
            raise SpecError("spec: no formula to state; it has examples only")
        bodies = program.children if len(self.unknowns) > 1 else (program,)
        body_of = dict(zip(self.unknowns, bodies, strict=True))

        def inlined(p: Program) -> Program:
            p = p.rebuild(tuple(map(inlined, p.children)))
            if isinstance(p, Apply) and p.function in body_of:
                args = p.args
                return body_of[p.function].replace(
                    lambda q: args[self.tied[q.index]] if isinstance(q, Input) and q.index < len(self.tied) else None)
            return p

        return inlined(self.formula)

    def call_place(self) -> tuple[Input, ...] | None:
        """The arguments of the formula's only call of its only unknown, where they are variables, all different."""
        if len(self.unknowns) != 1 or self.formula is None:
            return None
        places = {p.args for p in self.formula.walk() if isinstance(p, Apply) and p.function == self.unknowns[0]}
        args = places.pop() if len(places) == 1 else ()
        if not args or len(set(args)) != len(args):
            return None
        inputs = tuple(a for a in args if isinstance(a, Input))
        return inputs if len(inputs) == len(args) else None

    def contradiction(self) -> str | None:
        """The first two examples that ask for different outputs of the same inputs, in words."""
        asked: dict[object, tuple[int, Example]] = {}
        for n, a in enumerate(self.examples, 1):
            m, b = asked.setdefault(imprint(a.inputs), (n, a))
            if not _alike(a.output, b.output):
                return f"examples {m} and {n} contradict each other: {b} and {a}"
        return None

    def failures(self, program: Program, limits: Limits = Limits()) -> tuple[tuple[Example, object], ...]:
        """The examples that a program gets wrong, each with the value (or `Failure`) it gave."""
        values = ((e, run(program, e.inputs, limits)) for e in self.examples)
        return tuple((e, v) for e, v in values if not same(v, e.output))

    def holds(self, program: Program, limits: Limits = Limits()) -> bool:
        """Whether a program gives the right output on every example."""
        return counterexample(self, program, limits) is None


def counterexample(spec: Spec, program: Program, limits: Limits = Limits()) -> Example | None:
    """The first example that a program gets wrong; None where it gets all right.

    >>> from dsl import load, parse
    >>> spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4), Example(3, output=6)])
    >>> print(counterexample(spec, parse("add(x0, 2)", load("integers"), spec.inputs)))
    (3) -> 6
    """
    return next((e for e in spec.examples if not same(run(program, e.inputs, limits), e.output)), None)


def _listed(given: object, kind: type | tuple, name: str, what: str) -> tuple:
    """The items of a list, all of a kind.

    Raises:
        SpecError: says what belongs there.
    """
    if isinstance(given, str | Example) or not isinstance(given, Iterable):
        raise SpecError(f"spec: {name} is a list of {what}, not {shown(given)}")
    items = tuple(given)
    for n, item in enumerate(items, 1):
        if not isinstance(item, kind):
            raise SpecError(f"spec, {name}: number {n} is {shown(item)}; give {what}")
    return items


def _settled(value: object, where: str) -> None:
    """Refuse a value that cannot be looked up or compared.

    Raises:
        SpecError: names the class and the cure.
    """
    try:
        hash(value)
        known = same(value, value) is True
    except Exception as error:  # whatever the class says to it
        raise SpecError(f"{where} is of {type(value).__name__}, which cannot be hashed and compared ({error}); "
                        "use tuples, or a frozen class") from None
    if not known:
        raise SpecError(f"{where} = {shown(value)} does not equal itself; mend __eq__ of {type(value).__name__}")


def _alike(a: object, b: object) -> bool:
    try:
        return bool(same(a, b))
    except Exception as error:  # whatever a class of the user's says to being compared
        raise SpecError(f"spec: {shown(a)} and {shown(b)} cannot be compared ({type(error).__name__}: {error}); "
                        "mend __eq__ of their class") from None
