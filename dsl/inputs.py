"""Sample inputs by type: probes that tell programs apart where the examples do not."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from functools import cache, reduce
from hashlib import sha256
from operator import or_
from random import Random
from typing import TYPE_CHECKING, get_type_hints

from dsl.errors import RAISED, DSLError, in_order
from dsl.imprint import imprint
from dsl.interpret import Stop, time_limit
from dsl.primitive import Primitive
from dsl.spec import Spec
from dsl.types import (
    BASE,
    BOOL,
    FLOAT,
    INT,
    STR,
    AnyType,
    Type,
    belongs,
    is_function,
    read_annotation,
    root,
    variables,
    width_of,
)

if TYPE_CHECKING:
    from dsl.language import DSL

LEASTLESS = object()
ROUNDS, BUILDING = 3, 0.5  # in which values are built of others, and seconds that it may take


def seeded(*parts: object) -> Random:
    """A generator that depends on these parts alone: item i of seed s is `seeded(s, i)`."""
    return Random(sha256(repr(parts).encode()).digest())


def probes(spec: Spec, n: int, seed: int = 0, dsl: "DSL | None" = None) -> tuple[tuple[object, ...], ...]:
    """Up to `n` inputs that fit a signature, made of values like those in the examples.

    Values of a dataclass are built from its fields. Those of classes that are opaque are taken from the examples, or
    are what the language's primitives make of them and of its constants.
    """
    seen = seen_values(spec)
    if dsl is not None and any(map(opaque, spec.inputs)):
        build(dsl, seen, n, BUILDING)
    made = {}
    for i in range(4 * n):
        rng = seeded("probe", seed, i)
        try:
            inputs = spec.spread(spec.shown(tuple(sample(t, rng, seen) for t in spec.inputs)))
        except LookupError:  # a class of which no example has a value
            break
        made.setdefault(imprint(inputs), inputs)
        if len(made) == n:
            break
    return tuple(made.values())


def opaque(t: AnyType) -> bool:
    """Whether no values of a type can be sampled but those seen before.

    >>> from dsl.types import sequence
    >>> one = Type("Opaque", python=object)
    >>> opaque(INT), opaque(one), opaque(sequence(one))
    (False, True, True)
    """
    return _shut(t) is not None


def _shut(t: AnyType, within: tuple[AnyType, ...] = ()) -> AnyType | None:
    """The type itself, or one of its parts, of which no values can be made; None where there is none."""
    if not isinstance(t, Type) or t.python is None or is_function(t) or width_of(t) is not None:
        return None
    parts: tuple[AnyType, ...] = t.args
    if t.name not in MAKERS:
        if t in within or _of_class(t) is None:  # one that holds itself has no end
            return t
        parts = () if callable(getattr(t.python, "sampled", None)) else tuple(f for _, f in fields_of(t.python))
    return next(filter(None, (_shut(p, (*within, t)) for p in parts)), None)


def unseen(spec: Spec, inputs: Sequence[tuple[object, ...]]) -> AnyType | None:
    """A type of which no values can be made and these inputs hold none that the examples lack."""
    shown: dict[AnyType, list[object]] = {}
    made: dict[AnyType, list[object]] = {}
    for rows, into in (([e.inputs for e in spec.examples], shown), (inputs, made)):
        for row in rows:
            for v, t in zip(row, spec.inputs, strict=True):
                collect(v, t, into)
    for t in filter(None, map(_shut, spec.inputs)):
        if {imprint(v) for v in made.get(t, ())} <= {imprint(v) for v in shown.get(t, ())}:
            return t
    return None


def build(dsl: "DSL", seen: dict[AnyType, list[object]], enough: int, seconds: float) -> None:
    """Add to the values seen the language's constants, and what its primitives make of types that are opaque.

    enough: values of a type, after which no more of it are built.
    """
    had = {t: len(values) for t, values in seen.items()}
    for c in dsl.constants:
        seen.setdefault(c.type, []).append(c.value)
    with suppress(Stop), time_limit(seconds):
        for n in range(ROUNDS):
            for p in dsl.primitives:
                lacking = enough + had.get(p.result, 0) - len(seen.get(p.result, ()))
                if lacking > 0 and not variables(p.type) and opaque(p.result):
                    _call(p, seeded("built", p.name, n), seen, enough)


def _call(p: Primitive, rng: Random, seen: dict[AnyType, list[object]], times: int) -> None:
    for _ in range(times):
        try:
            args = [sample(t, rng, seen) for t in p.params]
        except LookupError:  # of a parameter's type none is known
            return
        try:
            value = p.function(*args)
        except RAISED:
            continue
        if belongs(value, p.result):
            collect(value, p.result, seen)


def seen_values(spec: Spec) -> dict[AnyType, list[object]]:
    """The values of each type that a spec's inputs show, parts of values included."""
    seen: dict[AnyType, list[object]] = {}
    for e in (*(x.inputs for x in spec.examples), *spec.queries):
        for t, v in zip(spec.inputs, e, strict=True):
            collect(v, t, seen)
    return seen


def sample(t: AnyType, rng: Random, seen: dict[AnyType, list[object]] | None = None, share: float = 0.5) -> object:
    """A random value of a type; this share of the time one of those seen, if any.

    >>> from dsl.types import sequence
    >>> sample(sequence(INT), seeded(0, 3)) == sample(sequence(INT), seeded(0, 3))
    True
    """
    pool = (seen or {}).get(t, [])
    width = width_of(t)
    make = MAKERS.get(getattr(t, "name", "")) or _of_class(t)
    if pool and (make is None or rng.random() < share):
        return rng.choice(pool)
    if width is not None:
        return rng.getrandbits(width) >> rng.choice((0, 0, width // 2, width - 1))
    if make is not None:
        try:
            return make(t, rng, seen)
        except RecursionError:  # a class that holds itself
            pass
    raise LookupError(f"no values of type {t} to sample from")


def least(types: Sequence[AnyType]) -> list[tuple[object, ...]]:
    """Arguments of no size at all: 0, no text, no items; none where a type has no such value.

    >>> least([INT, STR])
    [(0, '')]
    """
    values = {INT.name: 0, BOOL.name: False, FLOAT.name: 0.0, STR.name: "", "tuple": (),
              "frozenset": frozenset()}
    found = [0 if width_of(t) is not None else values.get(getattr(root(t), "name", ""), LEASTLESS) for t in types]
    return [] if LEASTLESS in found else [tuple(found)]


def _text(t: Type, rng: Random, seen) -> str:
    letters = sorted({c for s in (seen or {}).get(STR, ()) for c in s} | set("ab c1"))
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, 6)))


MAKERS = {
    INT.name: lambda t, rng, seen: rng.randint(-9, 20),
    BOOL.name: lambda t, rng, seen: rng.random() < 0.5,
    FLOAT.name: lambda t, rng, seen: rng.randint(-20, 20) / 4,
    STR.name: _text,
    "tuple": lambda t, rng, seen: tuple(sample(t.args[0], rng, seen) for _ in range(rng.randint(0, 6))),
    "product": lambda t, rng, seen: tuple(sample(a, rng, seen) for a in t.args),
    "frozenset": lambda t, rng, seen: frozenset(sample(t.args[0], rng, seen) for _ in range(rng.randint(0, 6))),
}


STANDARD: dict[type, Callable[[Random], object]] = {
    Fraction: lambda rng: Fraction(rng.randint(-9, 20), rng.choice((1, 1, 2, 3, 4, 5, 10))),
    Decimal: lambda rng: Decimal(rng.randint(-999, 2000)).scaleb(-rng.randint(0, 3)),
    complex: lambda rng: complex(rng.randint(-9, 9), rng.randint(-9, 9)),
    bytes: lambda rng: rng.randbytes(rng.randint(0, 6)),
    date: lambda rng: date(1990, 1, 1) + timedelta(days=rng.randrange(15_000)),
    timedelta: lambda rng: timedelta(rng.randint(-3, 40), rng.choice((0, 1, 60, 3600)) * rng.randint(0, 9)),
    datetime: lambda rng: datetime(1990, 1, 1) + timedelta(rng.randrange(15_000), rng.choice((1, 60, 3600))
                                                           * rng.randint(0, 23)),
}


def _of_class(t: AnyType):
    """How values are made of a class: by its own `sampled(rng)`, as what it renames, by its members, by its fields.

    Those of Python's own numbers and days as `STANDARD` says.
    """
    kind = getattr(t, "python", None)
    own = getattr(kind, "sampled", None)
    if callable(own):
        return lambda t, rng, seen: own(rng)
    plain = next((MAKERS[b.name] for b in BASE.values() if kind is b.python), None)
    if plain is not None or kind is None:
        return plain
    if kind in STANDARD:
        return lambda t, rng, seen: STANDARD[kind](rng)
    if issubclass(kind, Flag):  # of which any may be set together
        return lambda t, rng, seen: reduce(or_, (m for m in kind if rng.random() < 0.5), kind(0))
    if issubclass(kind, Enum) and len(kind):
        return lambda t, rng, seen: rng.choice(list(kind))
    if fields_of(kind):
        return lambda t, rng, seen: _built(t, kind, rng, seen)
    return None


@cache
def fields_of(kind: type) -> tuple[tuple[str, AnyType], ...]:
    """The fields that a dataclass or a NamedTuple is built from, with their types; none where one cannot be read."""
    names = [f.name for f in fields(kind) if f.init] if is_dataclass(kind) else getattr(kind, "_fields", ())
    try:
        hints = get_type_hints(kind)
        return tuple((name, read_annotation(hints[name])) for name in names)
    except (DSLError, NameError, TypeError, KeyError):
        return ()


def _built(t: AnyType, kind: type, rng: Random, seen: dict[AnyType, list[object]] | None) -> object:
    """A value of a dataclass from sampled fields, or one that was seen where the class refuses them."""
    values = {name: sample(f, rng, seen, 0.75) for name, f in fields_of(kind)}
    try:
        return kind(**values)
    except Exception:  # what the class says to fields that do not fit
        pool = (seen or {}).get(t)
        if not pool:
            raise LookupError(f"no values of type {t} to sample from") from None
        return rng.choice(pool)


def collect(value: object, t: AnyType, seen: dict[AnyType, list[object]]) -> None:
    """Add a value and all its parts to the values seen of each type."""
    seen.setdefault(t, []).append(value)
    if isinstance(t, Type) and type(value) is frozenset and t.args:
        for v in in_order(value):
            collect(v, t.args[0], seen)
    elif isinstance(t, Type) and type(value) is tuple and (t.args or t.name == "product"):
        items: Sequence[AnyType] = t.args if t.name == "product" else [t.args[0]] * len(value)
        for v, item in zip(value, items, strict=True):
            collect(v, item, seen)
    else:
        for name, f in fields_of(type(value)):
            collect(getattr(value, name), f, seen)
