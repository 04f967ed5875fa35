"""Integer arithmetic with conditionals."""

import numpy as np

from dsl.language import DSL
from dsl.primitive import primitive
from dsl.witness import ANY


@primitive(commutative=True, associative=True, identity=0, smt="+", batch=np.add,
           witness={"b": lambda out, a: (out - a,)})
def add(a: int, b: int) -> int:
    """a + b."""
    return a + b


@primitive(smt="-", batch=np.subtract,
           witness=[{"b": lambda out, a: (a - out,)}, {"a": lambda out, b: (out + b,)}])
def subtract(a: int, b: int) -> int:
    """a - b."""
    return a - b


@primitive(commutative=True, associative=True, identity=1, absorbing=0, smt="*", batch=np.multiply,
           witness={"b": lambda out, a: (out // a,) if a and out % a == 0 else ()})
def multiply(a: int, b: int) -> int:
    """a * b."""
    return a * b


@primitive(involutive=True, smt="-", batch=np.negative, witness={"a": lambda out: (-out,)})
def negate(a: int) -> int:
    """-a."""
    return -a


@primitive(commutative=True, associative=True, idempotent=True, smt="(ite (< a b) b a)", batch=np.maximum)
def maximum(a: int, b: int) -> int:
    """The larger of two."""
    return max(a, b)


@primitive(commutative=True, associative=True, idempotent=True, smt="(ite (< a b) a b)", batch=np.minimum)
def minimum(a: int, b: int) -> int:
    """The smaller of two."""
    return min(a, b)


@primitive(smt="<", batch=np.less)
def less(a: int, b: int) -> bool:
    """Whether a < b."""
    return a < b


@primitive(commutative=True, smt="=", batch=np.equal)
def equal(a: int, b: int) -> bool:
    """Whether a = b."""
    return a == b


@primitive(smt="ite", batch=np.where, witness={"a": lambda out, condition: (out,) if condition else ANY,
                                              "b": lambda out, condition: ANY if condition else (out,)})
def choose(condition: bool, a: int, b: int) -> int:
    """A where the condition holds, else b."""
    return a if condition else b


integers = DSL("integers", [add, subtract, multiply, negate, maximum, minimum, less, equal, choose],
               constants={int: [0, 1, 2, 3]})
