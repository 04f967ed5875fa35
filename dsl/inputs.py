"""Sample inputs by type: probes that tell programs apart where the examples do not."""

from collections.abc import Sequence
from hashlib import sha256
from random import Random

from dsl.spec import Spec
from dsl.types import BOOL, FLOAT, INT, STR, AnyType, Type


def seeded(*parts: object) -> Random:
    """A generator that depends on these parts alone: item i of seed s is `seeded(s, i)`."""
    return Random(sha256(repr(parts).encode()).digest())


def probes(spec: Spec, n: int, seed: int = 0) -> tuple[tuple[object, ...], ...]:
    """Up to `n` inputs that fit a signature, made of values like those in the examples.

    Values of classes of the user's own are taken from the examples as they are.
    """
    seen = seen_values(spec)
    made = {}
    for i in range(4 * n):
        rng = seeded("probe", seed, i)
        inputs = tuple(sample(t, rng, seen) for t in spec.inputs)
        made.setdefault(repr(inputs), inputs)
        if len(made) == n:
            break
    return tuple(made.values())


def seen_values(spec: Spec) -> dict[AnyType, list[object]]:
    """The values of each type that a spec's inputs show, parts of values included."""
    seen: dict[AnyType, list[object]] = {}
    for e in (*(x.inputs for x in spec.examples), *spec.queries):
        for t, v in zip(spec.inputs, e, strict=True):
            _collect(v, t, seen)
    return seen


def sample(t: AnyType, rng: Random, seen: dict[AnyType, list[object]] | None = None) -> object:
    """A random value of a type; half of the time one of those seen, if any.

    >>> from dsl.types import sequence
    >>> sample(sequence(INT), seeded(0, 3)) == sample(sequence(INT), seeded(0, 3))
    True
    """
    pool = (seen or {}).get(t, [])
    if pool and (rng.random() < 0.5 or not isinstance(t, Type) or t.name not in MAKERS):
        return rng.choice(pool)
    if isinstance(t, Type) and t.name in MAKERS:
        return MAKERS[t.name](t, rng, seen)
    raise LookupError(f"no values of type {t} to sample from")


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


def _collect(value: object, t: AnyType, seen: dict[AnyType, list[object]]) -> None:
    seen.setdefault(t, []).append(value)
    if isinstance(t, Type) and isinstance(value, tuple):
        items: Sequence[AnyType] = t.args if t.name == "product" else [t.args[0]] * len(value)
        for v, item in zip(value, items, strict=True):
            _collect(v, item, seen)
