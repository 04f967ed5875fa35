"""Agree: whether a primitive's SMT-LIB meaning is that of its function, on sampled arguments."""

from collections.abc import Sequence

import z3

from dsl.errors import RAISED, DSLError
from dsl.laws import same
from dsl.primitive import Primitive
from dsl.program import Apply, Const
from solvers.smt.lower import Undecided, lower, value


def disagreement(p: Primitive, samples: Sequence[tuple[object, ...]]) -> str:
    """Where z3 reads a primitive's `smt=` otherwise than its function does, in words; empty where nothing was seen.

    >>> from dsl.languages.integers import subtract
    >>> disagreement(subtract, [(1, 2), (3, 3)])
    ''
    """
    for args in samples:
        try:
            out = p.function(*args)
        except RAISED:  # outside its domain nothing is promised
            continue
        try:
            term, _ = lower(Apply(p, tuple(Const(a, t) for a, t in zip(args, p.params, strict=True))), ())
            found = value(z3.simplify(z3.simplify(term)), p.result)
        except Undecided:
            continue
        except DSLError as error:
            return f"declares smt={p.smt!r}, but {error}"
        if not same(found, out):
            return f"declares smt={p.smt!r}, which gives {found!r} for {args}, where the function gives {out!r}"
    return ""
