"""Types: what values a term can have, read from Python annotations.

A type is a constructor applied to types: `int`, `tuple[int]` (a homogeneous tuple
of any length), `product[int, str]`, `->[int, int]` (the last argument is the result).
"""

import collections.abc
import types as python_types
import typing
from dataclasses import dataclass, field

from dsl.errors import DSLError, in_order, shown


@dataclass(frozen=True, slots=True)
class TypeVar:
    """A type that any type may stand for; the same name means the same type."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Type:
    """A type constructor applied to its arguments; `python` is the class of its values.

    `base` is the type that this one is another name of, as the nonterminals of one sort are.
    """

    name: str
    args: "tuple[AnyType, ...]" = ()
    python: type | None = field(default=None, compare=False, repr=False)
    base: "Type | None" = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        if self.name == "->":
            return f"Callable[[{', '.join(map(str, self.args[:-1]))}], {self.args[-1]}]"
        if self.name == "tuple":
            return f"tuple[{self.args[0]}, ...]"
        if self.name == "frozenset":
            return f"frozenset[{self.args[0]}]"
        if self.name == "product":
            return f"tuple[{', '.join(map(str, self.args)) or '()'}]"
        return self.name

    @property
    def is_function(self) -> bool:
        """Whether values of this type are functions."""
        return self.name == "->"


AnyType = Type | TypeVar
Substitution = dict[str, AnyType]

INT = Type("int", python=int)
BOOL = Type("bool", python=bool)
STR = Type("str", python=str)
FLOAT = Type("float", python=float)
BITS, WIDEST_BITS = "BitVec", 4096
OWN = ("tuple", "product", "frozenset", "->")
BASE = {t.python: t for t in (INT, BOOL, STR, FLOAT)}


def bits(width: int) -> Type:
    """The type of bitvectors of a width; their values are ints from 0 to 2 ** width - 1.

    Raises:
        DSLError: for a width below 1 or over 4096.
    """
    if not 1 <= width <= WIDEST_BITS:
        raise DSLError(f"bitvectors are 1 to {WIDEST_BITS} bits wide, not {width}")
    return Type(f"{BITS}{width}", python=int)


def width_of(t: AnyType) -> int | None:
    """The width of a bitvector type, None for any other.

    >>> width_of(bits(8)), width_of(INT)
    (8, None)
    """
    name = getattr(root(t), "name", "")
    width = name.removeprefix(BITS) if name.startswith(BITS) else ""
    return int(width) if width.isdecimal() else None


def root(t: AnyType) -> AnyType:
    """The type itself, or the one that it is another name of."""
    return (isinstance(t, Type) and t.base) or t


def function(params: collections.abc.Iterable[AnyType], result: AnyType) -> Type:
    """The type of functions from `params` to `result`."""
    return Type("->", (*params, result))


def sequence(item: AnyType) -> Type:
    """The type of tuples of any length with items of one type."""
    return Type("tuple", (item,), python=tuple)


def frozen_set(item: AnyType) -> Type:
    """The type of frozen sets with items of one type."""
    return Type("frozenset", (item,), python=frozenset)


def read_annotation(annotation: object, where: str = "annotation") -> AnyType:
    """The type that a Python annotation stands for.

    >>> str(read_annotation(tuple[int, ...]))
    'tuple[int, ...]'

    Raises:
        DSLError: for mutable containers and for annotations that name no type.
    """
    if isinstance(annotation, Type | TypeVar):
        return annotation
    if isinstance(annotation, typing.TypeVar):
        if annotation.__bound__ or annotation.__constraints__:
            raise DSLError(f"{where}: {annotation} is bounded, and type variables stand for any type; declare a "
                           "primitive for each type")
        return TypeVar(annotation.__name__)
    if annotation in (typing.Any, type(None), None):
        raise DSLError(f"{where}: {annotation} is no type of values; name one, or a TypeVar for any type")
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in (list, set, dict) or origin in (list, set, dict):
        raise DSLError(f"{where}: {annotation} is mutable; use tuple[T, ...] so that values stay frozen")
    if annotation in (tuple, typing.Tuple):  # noqa: UP006
        raise DSLError(f"{where}: a bare tuple has no item type; write tuple[int, ...] or tuple[int, str]")
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return sequence(read_annotation(args[0], where))
        if any(getattr(a, "__unpacked__", False) or typing.get_origin(a) is typing.Unpack for a in args):
            raise DSLError(f"{where}: no reading for {annotation}; write tuple[int, ...] or tuple[int, str]")
        return Type("product", tuple(read_annotation(a, where) for a in args), python=tuple)
    if annotation in (frozenset, typing.FrozenSet):  # noqa: UP006
        raise DSLError(f"{where}: a bare frozenset has no item type; write frozenset[int]")
    if origin is frozenset:
        return frozen_set(read_annotation(args[0], where))
    if isinstance(annotation, typing.NewType):
        found = read_annotation(annotation.__supertype__, where)
        if isinstance(found, TypeVar) or found.args:
            raise DSLError(f"{where}: {annotation} is a new name of {found}; name int, str, bool, float or a "
                           "class anew")
        name = getattr(annotation, "__name__", str(annotation))
        return _unlike(Type(name, python=found.python, base=root(found)), where)  # type: ignore[arg-type]
    if collections.abc.Callable in (origin, annotation):
        if len(args) != 2 or not isinstance(args[0], list):
            raise DSLError(f"{where}: write Callable[[int], bool], with its parameters listed")
        return function((read_annotation(a, where) for a in args[0]), read_annotation(args[1], where))
    if origin is not None or isinstance(annotation, python_types.UnionType):
        raise DSLError(f"{where}: no reading for {annotation}; use a class, tuple[...] or Callable[...]")
    if isinstance(annotation, type):
        if annotation.__hash__ is None:
            raise DSLError(f"{where}: values of class {annotation.__name__} cannot be hashed; make it frozen, or use "
                           "a frozen class or tuples")
        return BASE.get(annotation) or _unlike(Type(annotation.__name__, python=annotation), where)
    raise DSLError(f"{where}: {annotation!r} is no type; use int, str, tuple[int, ...] or a class of yours")


def _unlike(found: Type, where: str) -> Type:
    """A type that is called unlike those that are there already.

    Raises:
        DSLError: where it is not.
    """
    if found in BASE.values() or found.name in OWN or (
            found.name.startswith(BITS) and found.name.removeprefix(BITS).isdecimal()):
        raise DSLError(f"{where}: class {found.name} is called as a type that is there already; rename it")
    return found


def parts(t: AnyType) -> collections.abc.Iterator[AnyType]:
    """A type, and the types within it."""
    yield t
    for a in getattr(t, "args", ()):
        yield from parts(a)


def is_function(t: AnyType) -> bool:
    """Whether values of a type are functions."""
    return isinstance(t, Type) and t.is_function


def substitute(t: AnyType, by: Substitution) -> AnyType:
    """Replace type variables until none of the substitution's is left."""
    if isinstance(t, TypeVar):
        return substitute(by[t.name], by) if t.name in by else t
    args = tuple(substitute(a, by) for a in t.args)
    return t if all(a is b for a, b in zip(args, t.args, strict=True)) else Type(t.name, args, python=t.python)


def variables(t: AnyType) -> set[str]:
    """The names of the type variables in a type."""
    if isinstance(t, TypeVar):
        return {t.name}
    return set().union(*(variables(a) for a in t.args))


def unify(a: AnyType, b: AnyType, given: Substitution | None = None) -> Substitution | None:
    """The most general substitution that makes two types equal, or None.

    >>> unify(sequence(TypeVar("T")), sequence(INT))["T"] is INT
    True
    """
    by = dict(given or {})
    todo = [(a, b)]
    while todo:
        left, right = (substitute(t, by) for t in todo.pop())
        if left == right:
            continue
        if isinstance(left, TypeVar) or isinstance(right, TypeVar):
            var, other = (left, right) if isinstance(left, TypeVar) else (right, left)
            if var.name in variables(other):
                return None
            by[var.name] = other
        elif left.name != right.name or len(left.args) != len(right.args):
            return None
        else:
            todo.extend(zip(left.args, right.args, strict=True))
    return by


def suits(given: AnyType, wanted: AnyType) -> bool:
    """Whether what is of one type may stand where another is wanted: they unify, or are a class and its base class.

    >>> class Animal: ...
    >>> class Dog(Animal): ...
    >>> animal, dog = read_annotation(Animal), read_annotation(Dog)
    >>> suits(dog, animal), suits(animal, dog), suits(BOOL, INT)
    (True, False, False)
    """
    return unify(given, wanted) is not None or _extends(given, wanted)


def _extends(given: AnyType, wanted: AnyType) -> bool:
    if not all(isinstance(t, Type) and t.base is None and not t.args and isinstance(t.python, type)
               and t.python not in (*BASE, tuple) for t in (given, wanted)):
        return False
    one, other = given.python, wanted.python  # type: ignore[union-attr]
    try:
        return one is not other and other is not object and issubclass(one, other)  # type: ignore[arg-type]
    except TypeError:  # a protocol with attributes has no classes that extend it
        return False


def belongs(value: object, t: AnyType) -> bool:
    """Whether a value is of a type; a bool is no int, and a function fits any arrow.

    >>> belongs(True, INT), belongs((1, 2), sequence(INT)), belongs((1, "a"), sequence(INT))
    (False, True, False)
    """
    if isinstance(t, TypeVar):
        return True
    if t.name == "->":
        return callable(value)
    if t.name == "tuple":
        return type(value) is tuple and all(belongs(v, t.args[0]) for v in value)
    if t.name == "frozenset":
        return type(value) is frozenset and all(belongs(v, t.args[0]) for v in value)
    if t.name == "product":
        return (type(value) is tuple and len(value) == len(t.args)
                and all(belongs(v, a) for v, a in zip(value, t.args, strict=True)))
    if t.python in BASE:
        return type(value) is t.python and (t.python is not int or _in_range(value, t))
    return t.python is not None and isinstance(value, t.python)


def _in_range(value: object, t: Type) -> bool:
    width = width_of(t)
    return width is None or 0 <= value < 1 << width  # type: ignore[operator]


def type_of(value: object) -> AnyType:
    """The type of a value; an empty tuple is a tuple of anything.

    Raises:
        DSLError: for mutable values, whose meaning could change under a program.
    """
    if isinstance(value, list | set | dict):
        raise DSLError(f"value {value!r} is mutable; use a tuple")
    if type(value) is frozenset:
        items = in_order(value)
        one = type_of(items[0]) if items else TypeVar("?")
        if not all(belongs(v, one) for v in items):
            raise DSLError(f"value {shown(value)} is a set of values of different types; make them of one class")
        return frozen_set(one)
    if type(value) is not tuple:
        return BASE.get(type(value)) or Type(type(value).__name__, python=type(value))
    if not value:
        return sequence(TypeVar("?"))  # no variable of anyone's
    items = [type_of(v) for v in value]
    by: Substitution | None = {}
    for item in items[1:]:
        by = unify(items[0], item, by) if by is not None else None
    if by is not None:
        return sequence(substitute(items[0], by))
    return Type("product", tuple(items), python=tuple)
