"""Example and Spec: what a program must satisfy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dsl.errors import DSLError, SpecError
from dsl.interpret import Limits, run
from dsl.laws import same
from dsl.program import Program
from dsl.types import AnyType, belongs, read_annotation


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
        return f"({', '.join(map(repr, self.inputs))}) -> {self.output!r}"


@dataclass(frozen=True, init=False)
class Spec:
    """A signature and examples that a program must satisfy.

    `queries` are further inputs whose outputs are asked for; they are not known here.

    Raises:
        SpecError: for values that do not fit the signature.
    """

    inputs: tuple[AnyType, ...]
    output: AnyType
    examples: tuple[Example, ...]
    queries: tuple[tuple[object, ...], ...]

    def __init__(self, *, inputs: Sequence[object], output: object, examples: Iterable[Example],
                 queries: Iterable[Sequence[object]] = ()):
        set_ = object.__setattr__
        try:
            set_(self, "inputs", tuple(read_annotation(t, f"input x{i}") for i, t in enumerate(inputs)))
            set_(self, "output", read_annotation(output, "output"))
        except DSLError as error:
            raise SpecError(f"spec: {error}") from None
        set_(self, "examples", tuple(examples))
        set_(self, "queries", tuple(tuple(q) for q in queries))
        if not self.examples:
            raise SpecError("spec: no examples; give at least one Example(inputs..., output=...)")
        for n, e in enumerate(self.examples, 1):
            self._check_inputs(e.inputs, f"example {n}")
            if not belongs(e.output, self.output):
                raise SpecError(f"spec, example {n}: output {e.output!r} is no {self.output}")
        for n, q in enumerate(self.queries, 1):
            self._check_inputs(q, f"query {n}")

    def _check_inputs(self, values: tuple[object, ...], where: str) -> None:
        if len(values) != len(self.inputs):
            raise SpecError(f"spec, {where}: {len(values)} input(s), the signature has {len(self.inputs)}")
        for i, (value, t) in enumerate(zip(values, self.inputs, strict=True)):
            if not belongs(value, t):
                raise SpecError(f"spec, {where}: input x{i} = {value!r} is no {t}")

    def contradiction(self) -> str | None:
        """The first two examples that ask for different outputs of the same inputs, in words."""
        for n, a in enumerate(self.examples, 1):
            for m, b in enumerate(self.examples[:n - 1], 1):
                if same(a.inputs, b.inputs) and not same(a.output, b.output):
                    return f"examples {m} and {n} contradict each other: {b} and {a}"
        return None

    def failures(self, program: Program, limits: Limits = Limits()) -> tuple[tuple[Example, object], ...]:
        """The examples that a program gets wrong, each with the value (or `Failure`) it gave."""
        values = ((e, run(program, e.inputs, limits)) for e in self.examples)
        return tuple((e, v) for e, v in values if not same(v, e.output))

    def holds(self, program: Program, limits: Limits = Limits()) -> bool:
        """Whether a program gives the right output on every example."""
        return not self.failures(program, limits)
