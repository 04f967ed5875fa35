"""Program: an immutable term of a language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import replace as _replace

from dsl.errors import ProgramFault, shown
from dsl.imprint import imprint
from dsl.lazy import cached_property
from dsl.primitive import Primitive
from dsl.types import AnyType, function, substitute, unify


class Program:
    """A term: `Input`, `Variable`, `Const`, `Apply`, `Lambda` or `Hole`.

    Equal by structure; a constant's type counts, so that 1, True and 1.0 differ.
    A closed program is callable on its inputs and raises `ProgramFault` where it
    fails; `dsl.interpret.run` returns failures as values instead.
    """

    type: AnyType

    @property
    def children(self) -> "tuple[Program, ...]":
        """The direct subterms, in order."""
        return ()

    @cached_property
    def size(self) -> int:
        """The number of nodes; a lambda counts as one."""
        return 1 + sum(c.size for c in self.children)

    @cached_property
    def cost(self) -> int:
        """The sum of the nodes' costs: a primitive's own, 1 for anything else."""
        return 1 + sum(c.cost for c in self.children)

    def walk(self) -> "Iterator[Program]":
        """This term and all its subterms, outermost first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def parts(self) -> "Iterator[Program]":
        """The subterms, without this one, that stand outside of lambdas; each before its own.

        >>> from dsl import load, parse
        >>> from dsl.types import INT
        >>> [str(p) for p in parse("add(negate(x0), 1)", load("integers"), (INT,)).parts()]
        ['negate(x0)', 'x0', '1']
        """
        return iter(())

    def rebuild(self, children: "tuple[Program, ...]") -> "Program":
        """The same node over other subterms."""
        return self

    def replace(self, choose: "Callable[[Program], Program | None]") -> "Program":
        """Replace, outermost first, every subterm for which `choose` gives another.

        >>> from dsl.types import INT
        >>> print(Hole(INT).replace(lambda p: Const(2, INT) if isinstance(p, Hole) else None))
        2
        """
        new = choose(self)
        if new is not None:
            return new
        return self.rebuild(tuple(c.replace(choose) for c in self.children))

    @property
    def is_sketch(self) -> bool:
        """Whether a part is still missing."""
        return any(isinstance(p, Hole) for p in self.walk())

    @property
    def lambda_free(self) -> bool:
        """Whether no part is a lambda."""
        return not any(isinstance(p, Lambda) for p in self.walk())

    def __call__(self, *inputs: object) -> object:
        """Its value on inputs; raises `ProgramFault` where it fails."""
        from dsl.interpret import Failure, Stop, run

        value = run(self, inputs)
        if isinstance(value, Failure):
            raise ProgramFault(f"{self} on {', '.join(map(shown, inputs))}: {value}")
        if not callable(value) or not isinstance(self, Lambda):
            return value

        def function(*args: object) -> object:
            try:
                return value(*args)
            except Stop as stop:
                raise ProgramFault(f"{self} on {', '.join(map(shown, args))}: {stop.failure}") from None

        return function

    def __getstate__(self) -> dict[str, object]:
        return {k: v for k, v in self.__dict__.items() if k != "_hash"}  # another process hashes text differently

    def __repr__(self) -> str:
        return f"<program {self}>"

    def __str__(self) -> str:
        from dsl.interpret import roomy
        from dsl.syntax import show

        with roomy():
            return show(self)


@dataclass(frozen=True, repr=False)
class Input(Program):
    """The input with this index, counted from 0."""

    index: int
    type: AnyType


@dataclass(frozen=True, repr=False)
class Variable(Program):
    """A lambda's parameter, by the number of parameters bound outside it."""

    level: int
    type: AnyType


@dataclass(frozen=True, repr=False, eq=False)
class Const(Program):
    """A value written in the program; two are the same where nothing tells their values apart."""

    value: object
    type: AnyType

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Const):
            return NotImplemented
        return self.type == other.type and imprint(self.value) == imprint(other.value)

    def __hash__(self) -> int:
        return hash((imprint(self.value), self.type))


@dataclass(frozen=True, repr=False)
class Hole(Program):
    """A missing part of this type; a program with holes is a sketch."""

    type: AnyType


@dataclass(frozen=True, repr=False)
class Apply(Program):
    """A primitive applied to arguments."""

    function: Primitive
    args: tuple[Program, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.function, self.args))

    @property
    def children(self) -> tuple[Program, ...]:
        """The arguments."""
        return self.args

    @cached_property
    def cost(self) -> int:
        """The primitive's cost and the arguments'."""
        return self.function.cost + sum(a.cost for a in self.args)

    @cached_property
    def type(self) -> AnyType:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The result type, with type variables resolved from the arguments."""
        by = {}
        for param, arg in zip(self.function.params, self.args, strict=True):
            by = unify(param, arg.type, by) or by
        return substitute(self.function.result, by)

    def parts(self) -> Iterator[Program]:
        """The arguments, and their parts."""
        for arg in self.args:
            yield arg
            yield from arg.parts()

    def rebuild(self, children: tuple[Program, ...]) -> "Apply":
        """The same primitive on other arguments."""
        return _replace(self, args=children)


@dataclass(frozen=True, repr=False)
class Lambda(Program):
    """An anonymous function; `level` parameters are bound outside it."""

    params: tuple[AnyType, ...]
    body: Program
    level: int = 0

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.params, self.body, self.level))

    @property
    def children(self) -> tuple[Program, ...]:
        """The body."""
        return (self.body,)

    @property
    def type(self) -> AnyType:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The arrow from its parameters to its body's type."""
        return function(self.params, self.body.type)

    def rebuild(self, children: tuple[Program, ...]) -> "Lambda":
        """The same parameters over another body."""
        return _replace(self, body=children[0])
