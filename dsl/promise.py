"""Promise: what a primitive is relied on for besides its laws, measured on sampled arguments."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice, product

from dsl.arrays import call, decode, encode, fits, held
from dsl.errors import RAISED, shown
from dsl.imprint import imprint
from dsl.laws import same
from dsl.primitive import Primitive
from dsl.types import INT, AnyType, belongs

LARGE = (2**31 - 1, 1 << 22, 1 << 16, 1 << 30, -(1 << 22), 3_000_003)  # whose powers soon are over 64 bits
MOST_LARGE = 64  # arguments made of them


def unkept(p: Primitive, samples: Sequence[tuple[object, ...]]) -> str:
    """What a primitive does that no search can stand, in words; empty where nothing was seen.

    >>> from dsl.languages.integers import add
    >>> unkept(add, [(1, 2), (3, 4)])
    ''
    """
    rows, outs = [], []
    for args in samples:
        with suppress(TypeError):  # the search says so of what has none
            hash(args)  # which a class may keep, once it is known
        before = imprint(args)
        try:
            out = p.function(*args)
        except RAISED:  # it may fail, but leave its arguments as they are
            out = p
        if imprint(args) != before:
            return "changes its argument; let it make a new value, and freeze the class of its values"
        if out is not p and not belongs(out, p.result):
            return f"returned {out!r} for {args}, where its annotation says {p.result}{_cure(out, p.result)}"
        rows.append(args)
        outs.append(out)
    return _batch_differs(p, rows, outs) or _overflows(p) if p.batch is not None else ""


def mistyped(p: Primitive, value: object, t: AnyType) -> str:
    """That a primitive gave a value that is not of its type, in words."""
    return f"primitive {p.name!r} returned {value!r} where its annotation says {t}{_cure(value, t)}"


def _cure(value: object, t: AnyType) -> str:
    kind = getattr(t, "python", None)
    if isinstance(kind, type) and isinstance(value, kind) and type(value) is not kind:
        return f"; it is a {type(value).__name__}, let it be a plain {kind.__name__}"
    return "; raise an exception where it has no value" if value is None else ""


def _batch_differs(p: Primitive, rows: list[tuple[object, ...]], outs: list[object]) -> str:
    if not all(map(held, (*p.params, p.result))):
        return ""
    pairs = [(r, o) for r, o in zip(rows, outs, strict=True)
             if all(fits(v, t) for v, t in zip((*r, o), (*p.params, p.result), strict=True) if v is not p)]
    if not pairs:
        return ""
    longest = max([1, *(len(v) for r, o in pairs for v in (*r, o) if isinstance(v, tuple))])
    try:
        columns = [encode([r[i] for r, _ in pairs], t, longest)[:, None] for i, t in enumerate(p.params)]
        found = call(p.batch, p.params, p.result, columns, longest)  # type: ignore[arg-type]
    except RAISED as error:
        return f"declares a batch that fails on arrays ({type(error).__name__}: {error}); mend it or take it away"
    values = decode(found.cells[:, 0], p.result)
    fails = [False] * len(pairs) if found.ok is None else (~found.ok[:, 0]).tolist()
    for (row, out), value, failed in zip(pairs, values, fails, strict=True):
        if failed != (out is p) or not failed and not same(value, out):
            given, wanted = "no value" if failed else repr(value), "fails" if out is p else f"gives {out!r}"
            return f"declares a batch that gives {given} for {row}, where the function {wanted}" + \
                ("; let it give dsl.arrays.Partly(values, ok)" if out is p else "")
    return ""


def _overflows(p: Primitive) -> str:
    """Whether a batch over numbers gives one that looks like a value where the true one is beyond what arrays hold."""
    if p.result != INT or any(t != INT for t in p.params):
        return ""
    rows, outs = [], []
    for row in islice(product(LARGE, repeat=p.arity), MOST_LARGE):
        try:
            out = p.function(*row)
        except RAISED:
            continue
        if type(out) is int and not fits(out, INT):
            rows.append(row)
            outs.append(out)
    if not rows:
        return ""
    columns = [encode([r[i] for r in rows], INT, 1)[:, None] for i in range(p.arity)]
    try:
        found = call(p.batch, p.params, p.result, columns, 1)  # type: ignore[arg-type]
    except RAISED:
        return ""
    there = [True] * len(rows) if found.held is None else found.held[:, 0].tolist()
    ok = [True] * len(rows) if found.ok is None else found.ok[:, 0].tolist()
    for row, out, value, kept, valid in zip(rows, outs, decode(found.cells[:, 0], INT), there, ok, strict=True):
        if kept and valid:
            return f"declares a batch that gives {value} for {row}, where the function gives {shown(out)}: it is " \
                   "right up to 64 bits alone; bound what is computed (numpy.clip), or take the batch away"
    return ""
