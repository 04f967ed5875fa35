"""Sample inputs by type: probes that tell programs apart where the examples do not."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from random import Random
from typing import get_type_hints

from dsl.errors import DSLError
from dsl.spec import Spec
from dsl.types import BASE, BOOL, FLOAT, INT, STR, AnyType, Type, read_annotation, root, width_of

LEASTLESS = object()


def seeded(*parts: object) -> Random:
    """A generator that depends on these parts alone: item i of seed s is `seeded(s, i)`."""
    return Random(sha256(repr(parts).encode()).digest())


def probes(spec: Spec, n: int, seed: int = 0) -> tuple[tuple[object, ...], ...]:
    """Up to `n` inputs that fit a signature, made of values like those in the examples.

    Values of a dataclass are built from its fields, those of other classes are taken from the examples as they are.
    """
    seen = seen_values(spec)
    made = {}
    for i in range(4 * n):
        rng = seeded("probe", seed, i)
        try:
            inputs = spec.spread(spec.shown(tuple(sample(t, rng, seen) for t in spec.inputs)))
        except LookupError:  # a class of which no example has a value
            break
        made.setdefault(repr(inputs), inputs)
        if len(made) == n:
            break
    return tuple(made.values())


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
    values = {INT.name: 0, BOOL.name: False, FLOAT.name: 0.0, STR.name: "", "tuple": ()}
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
}


def _of_class(t: AnyType):
    """How values are made of a class: by its own `sampled(rng)`, as what it renames, by its members, by its fields."""
    kind = getattr(t, "python", None)
    own = getattr(kind, "sampled", None)
    if callable(own):
        return lambda t, rng, seen: own(rng)
    plain = next((MAKERS[b.name] for b in BASE.values() if kind is b.python), None)
    if plain is not None or kind is None:
        return plain
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
    if isinstance(t, Type) and type(value) is tuple:
        items: Sequence[AnyType] = t.args if t.name == "product" else [t.args[0]] * len(value)
        for v, item in zip(value, items, strict=True):
            collect(v, item, seen)
    else:
        for name, f in fields_of(type(value)):
            collect(getattr(value, name), f, seen)
