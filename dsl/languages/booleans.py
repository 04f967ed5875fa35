"""Booleans."""

from functools import cache

import numpy as np

from dsl.language import DSL
from dsl.primitive import Primitive, primitive
from dsl.types import BOOL, INT
from dsl.witness import ANY


@primitive(name="both", commutative=True, associative=True, idempotent=True, identity=True, absorbing=False, smt="and",
           batch=np.logical_and, witness={"b": lambda out, a: (out,) if a else () if out else ANY})
def both(a: bool, b: bool) -> bool:
    """Whether both hold."""
    return a and b


@primitive(name="either", commutative=True, associative=True, idempotent=True, identity=False, absorbing=True,
           smt="or", batch=np.logical_or, witness={"b": lambda out, a: (out,) if not a else ANY if out else ()})
def either(a: bool, b: bool) -> bool:
    """Whether one of them holds, or both."""
    return a or b


@primitive(name="negation", involutive=True, smt="not", batch=np.logical_not, witness={"a": lambda out: (not out,)})
def negation(a: bool) -> bool:
    """Whether it does not hold."""
    return not a


@primitive(commutative=True, associative=True, identity=False, smt="xor", batch=np.logical_xor,
           witness={"b": lambda out, a: (out != a,)})
def differ(a: bool, b: bool) -> bool:
    """Whether exactly one of them holds."""
    return a != b


@primitive(smt="=>", batch=np.less_equal)
def implies(a: bool, b: bool) -> bool:
    """Whether the second holds where the first does."""
    return b or not a


@cache
def different(n: int) -> Primitive:
    """The primitive `different<n>`: whether n whole numbers are all different.

    >>> different(3)(1, 2, 1)
    False
    """
    return Primitive(f"different{n}", (INT,) * n, BOOL, lambda *values: len(set(values)) == n)


booleans = DSL("booleans", [both, either, negation, differ, implies], constants={bool: [True, False]})
