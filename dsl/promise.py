"""Promise: what a primitive is relied on for besides its laws, measured on sampled arguments."""

from collections.abc import Sequence

import numpy as np

from dsl.laws import FAILING, same
from dsl.primitive import Primitive
from dsl.types import array_type

DEEPEST = 6  # values in values that are looked at for changes


def unkept(p: Primitive, samples: Sequence[tuple[object, ...]]) -> str:
    """What a primitive does that no search can stand, in words; empty where nothing was seen.

    >>> from dsl.languages.integers import add
    >>> unkept(add, [(1, 2), (3, 4)])
    ''
    """
    rows, outs = [], []
    for args in samples:
        before = _imprint(args)
        try:
            out = p.function(*args)
        except FAILING:  # it may fail, but leave its arguments as they are
            out = p
        if _imprint(args) != before:
            return "changes its argument; let it make a new value, and freeze the class of its values"
        if out is not p:
            rows.append(args)
            outs.append(out)
    kinds = [array_type(t) for t in (*p.params, p.result)]
    if p.batch is None or not rows or None in kinds:
        return ""
    return _batch_differs(p, rows, outs, kinds)  # type: ignore[arg-type]


def _imprint(value: object, depth: int = 0) -> str:
    """A text that changes when a value does."""
    if isinstance(value, tuple | list):
        return f"{type(value)}{[_imprint(v, depth + 1) for v in value]}"
    fields = getattr(value, "__dict__", None)
    if not fields or callable(value) or depth > DEEPEST:
        return repr(value)
    return f"{type(value)}{[(k, _imprint(v, depth + 1)) for k, v in fields.items()]}"


def _batch_differs(p: Primitive, rows: list[tuple[object, ...]], outs: list[object], kinds: list[type]) -> str:
    *params, result = kinds
    try:
        columns = [np.array([r[i] for r in rows], k)[:, None] for i, k in enumerate(params)]
        with np.errstate(all="ignore"):
            found = np.asarray(p.batch(*columns), result)  # type: ignore[misc]
    except FAILING as error:
        return f"declares a batch that fails on arrays ({type(error).__name__}: {error}); mend it or take it away"
    if found.shape != (len(rows), 1):
        return f"declares a batch that gives an array of shape {found.shape} where its arguments have {(len(rows), 1)}"
    for row, out, value in zip(rows, outs, found[:, 0].tolist(), strict=True):
        if not same(value, out):
            return f"declares a batch that gives {value!r} for {row}, where the function gives {out!r}"
    return ""
