"""Primitive: one typed function with its laws, cost and SMT meaning, declared in one place."""

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from keyword import iskeyword

from dsl.arrays import by_name
from dsl.errors import DSLError
from dsl.laws import Laws, read_laws, within
from dsl.types import AnyType, Type, function, read_annotation, variables
from dsl.witness import Plan, read_plans

F = typing.TypeVar("F", bound=Callable)


@dataclass(frozen=True, slots=True, repr=False)
class Primitive:
    """A named, typed function; callable like the Python function it came from.

    Equal when name, type and function are. `cost` is a positive whole number, what one use
    adds to a program's cost; `smt` is its meaning in SMT-LIB: a symbol ("str.len"), or a term
    over the parameters ("(ite (< a b) b a)"); `infix` is how people write it between two
    arguments, whose `names` it uses; `witness` tells what arguments must have been (see `dsl.witness`, and
    `dsl.passing` for what need not be told); `batch` is its meaning on whole arrays of arguments (see `dsl.arrays`): a
    function, or the name of one of the array API.
    """

    name: str
    params: tuple[AnyType, ...]
    result: AnyType
    function: Callable[..., object]
    laws: Laws = field(default=Laws(), compare=False)
    cost: int = field(default=1, compare=False)
    smt: str | None = field(default=None, compare=False, repr=False)
    infix: str | None = field(default=None, compare=False, repr=False)
    witness: tuple[Plan, ...] = field(default=(), compare=False, repr=False)
    batch: Callable[..., object] | None = field(default=None, compare=False, repr=False)
    names: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __hash__(self) -> int:
        return hash((self.name, self.function))

    @property
    def type(self) -> Type:
        """The arrow from parameters to result."""
        return function(self.params, self.result)

    @property
    def arity(self) -> int:
        """How many arguments it takes."""
        return len(self.params)

    @property
    def __name__(self) -> str:
        """Its name, as of any function."""
        return self.name

    def __call__(self, *args: object, **named: object) -> object:
        """Its value on arguments, as the Python function gives it."""
        return self.function(*args, **named)

    def __repr__(self) -> str:
        return f"<primitive {self}>"

    def __str__(self) -> str:
        return f"{self.name}: ({', '.join(map(str, self.params))}) -> {self.result}"


@typing.overload
def primitive(function: Callable[..., object], /) -> Primitive: ...
@typing.overload
def primitive(*, name: str | None = None, cost: int = 1, smt: str | None = None, infix: str | None = None,
              witness: object = None, batch: Callable[..., object] | str | None = None,
              **laws: object) -> Callable[[Callable[..., object]], Primitive]: ...
def primitive(function: Callable[..., object] | None = None, /, *,  # pyright: ignore[reportInconsistentOverload]
              name: str | None = None, cost: int = 1, smt: str | None = None, infix: str | None = None,
              witness: object = None, batch: Callable[..., object] | str | None = None, **laws: object):
    """Declare a function as a primitive; its annotations are its type.

    `primitive(Place)` of a class of yours makes its values, under the class's name in small letters.

    >>> @primitive(commutative=True)
    ... def add(a: int, b: int) -> int:
    ...     return a + b
    >>> print(add, add(1, b=2))
    add: (int, int) -> int 3

    Raises:
        DSLError: for a missing or unreadable annotation, an unknown law, or a cost below 1.
    """
    if function is None:
        return lambda f: _declare(f, name, cost, laws, smt=smt, infix=infix, witness=witness, batch=batch)
    return _declare(function, name, cost, laws, smt=smt, infix=infix, witness=witness, batch=batch)


def _declare(f, name, cost, laws, *, smt, infix, witness, batch) -> Primitive:
    makes = isinstance(f, type) and f.__module__ != "builtins"
    if not makes and not inspect.isfunction(f):
        raise DSLError(f"@primitive: {f!r} is no function; write def f(a: int) -> int: ... and decorate that")
    name = name or (f.__name__.lower() if makes else f.__name__)
    where = f"primitive {name!r}"
    if inspect.iscoroutinefunction(f) or inspect.isgeneratorfunction(f) or inspect.isasyncgenfunction(f):
        raise DSLError(f"{where}: returns no value but something that is to be waited for; write a plain function, "
                       "of which tuples are the sequences")
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii() or iskeyword(name):
        raise DSLError(f"{where}: the name must be a plain identifier and no Python keyword; pass name='...'")
    if type(cost) is not int or cost < 1:
        raise DSLError(f"{where}: cost must be a whole number of at least 1, not {cost!r}")
    try:
        hints = {**typing.get_type_hints(f), **typing.get_type_hints(f.__init__), "return": f} if makes else \
            typing.get_type_hints(f)
        given = inspect.signature(f).parameters
    except Exception as error:  # whatever an annotation raises when it is read
        raise DSLError(f"{where}: annotations cannot be read: {error}") from None
    params = []
    for p in given.values():
        if p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            raise DSLError(f"{where}: parameter {p.name} must be positional, not *args, **kwargs or keyword-only")
        if p.name not in hints:
            raise DSLError(f"{where}: no annotation for {p.name}")
        params.append(read_annotation(hints[p.name], f"{where}, parameter {p.name}"))
    if "return" not in hints:
        raise DSLError(f"{where}: no annotation for its result")
    if not params:
        raise DSLError(f"{where}: takes no argument; declare its value as a constant of the DSL")
    result = read_annotation(hints["return"], f"{where}, result")
    free = variables(result) - set().union(*(variables(p) for p in params))
    if free:
        raise DSLError(f"{where}: result type has {', '.join(sorted(free))}, which no parameter has")
    if infix is not None and len(params) != 2:
        raise DSLError(f"{where}: infix {infix!r} needs 2 parameters, it has {len(params)}")
    if smt is not None and not isinstance(smt, str):
        raise DSLError(f"{where}: smt is SMT-LIB text, such as \"bvadd\" or \"(ite (< a b) b a)\", not {smt!r}")
    batch = None if batch is None else by_name(where, batch)
    names, declared = tuple(given), read_laws(name, len(params), laws)
    for law in declared.declared().keys() - within(declared, params, result).declared().keys():
        raise DSLError(f"{where}: {law}, but it takes ({', '.join(map(str, params))}) and gives {result}; "
                       "the law leaves a term of another type")
    return Primitive(name, tuple(params), result, f, declared, cost, smt, infix,
                     read_plans(where, names, witness), batch, names)


def described(text: str, function: F) -> F:
    """A function that says what it does, as one of a family that is made and not written.

    >>> described("Nothing.", lambda g: g).__doc__
    'Nothing.'
    """
    function.__doc__ = text
    return function
