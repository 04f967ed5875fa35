"""Integer arithmetic with conditionals."""

from dsl.language import DSL
from dsl.primitive import primitive


@primitive(commutative=True, associative=True, identity=0, smt=lambda a, b: a + b)
def add(a: int, b: int) -> int:
    """a + b."""
    return a + b


@primitive(smt=lambda a, b: a - b)
def subtract(a: int, b: int) -> int:
    """a - b."""
    return a - b


@primitive(commutative=True, associative=True, identity=1, absorbing=0, smt=lambda a, b: a * b)
def multiply(a: int, b: int) -> int:
    """a * b."""
    return a * b


@primitive(involutive=True, smt=lambda a: -a)
def negate(a: int) -> int:
    """-a."""
    return -a


@primitive(commutative=True, associative=True, idempotent=True)
def maximum(a: int, b: int) -> int:
    """The larger of two."""
    return max(a, b)


@primitive(commutative=True, associative=True, idempotent=True)
def minimum(a: int, b: int) -> int:
    """The smaller of two."""
    return min(a, b)


@primitive(smt=lambda a, b: a < b)
def less(a: int, b: int) -> bool:
    """Whether a < b."""
    return a < b


@primitive(commutative=True, smt=lambda a, b: a == b)
def equal(a: int, b: int) -> bool:
    """Whether a = b."""
    return a == b


@primitive
def choose(condition: bool, a: int, b: int) -> int:
    """A where the condition holds, else b."""
    return a if condition else b


integers = DSL("integers", [add, subtract, multiply, negate, maximum, minimum, less, equal, choose],
               constants={int: [0, 1, 2, 3]})
