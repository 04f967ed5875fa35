"""Operations on bitvectors of up to 64 bits in arrays of int64, those of 64 bits in two's complement.

The array API knows signed numbers everywhere and unsigned ones in some libraries only.
"""

from collections.abc import Callable
from typing import Any

from dsl.arrays import namespace

SIGN, REST = -(1 << 63), (1 << 63) - 1


def below(a: Any, b: Any) -> Any:
    """Whether a < b as numbers without sign."""
    return (a ^ SIGN) < (b ^ SIGN)


def not_above(a: Any, b: Any) -> Any:
    """Whether a <= b as numbers without sign."""
    return (a ^ SIGN) <= (b ^ SIGN)


def operations(width: int) -> dict[str, Callable[..., Any] | str]:
    """Meanings on arrays of the SMT-LIB operations on bitvectors of a width; results are cut to the width elsewhere."""

    def signed(a: Any) -> Any:
        half = 1 << (width - 1)
        return a if width == 64 else (a ^ half) - half

    def shift_left(a: Any, b: Any) -> Any:
        xp, inside = namespace(a), ~below(b * 0 + (width - 1), b)
        return xp.where(inside, a << xp.where(inside, b, 0), 0)

    def shift_right(a: Any, b: Any) -> Any:
        xp, inside = namespace(a), ~below(b * 0 + (width - 1), b)
        by = xp.where(inside, b, 1)
        rest = xp.where(by > 0, (a >> by) & (REST >> xp.where(by > 0, by - 1, 0)), a)
        return xp.where(inside, rest, 0)

    def shift_right_signed(a: Any, b: Any) -> Any:
        xp, inside = namespace(a), ~below(b * 0 + (width - 1), b)
        return signed(a) >> xp.where(inside, b, width - 1)

    def parts(a: Any, b: Any) -> tuple[Any, Any]:
        """Quotient and remainder of numbers without sign, for b above 0."""
        xp = namespace(a)
        wide, divisor = b < 0, xp.where(b > 0, b, 1)
        half = (a >> 1) & REST
        q = (half // divisor) * 2
        r = a - q * divisor
        again = ~below(r, divisor)
        q, r = q + xp.astype(again, xp.int64), xp.where(again, r - divisor, r)
        once = xp.astype(~below(a, b), xp.int64)
        return xp.where(wide, once, q), xp.where(wide, a - once * b, r)

    def quotient(a: Any, b: Any) -> Any:
        return namespace(a).where(b == 0, -1, parts(a, b)[0])

    def remainder(a: Any, b: Any) -> Any:
        return namespace(a).where(b == 0, a, parts(a, b)[1])

    def size(a: Any) -> Any:
        return namespace(a).where(a < 0, -a, a)

    def signed_quotient(a: Any, b: Any) -> Any:
        xp, x, y = namespace(a), signed(a), signed(b)
        q = parts(size(x), size(y))[0]
        return xp.where(y == 0, xp.where(x < 0, 1, -1), xp.where((x < 0) == (y < 0), q, -q))

    def signed_remainder(a: Any, b: Any) -> Any:
        xp, x, y = namespace(a), signed(a), signed(b)
        r = parts(size(x), size(y))[1]
        return xp.where(y == 0, a, xp.where(x < 0, -r, r))

    return {
        "bvnot": "bitwise_invert", "bvneg": "negative", "bvand": "bitwise_and", "bvor": "bitwise_or",
        "bvxor": "bitwise_xor", "bvadd": "add", "bvsub": "subtract", "bvmul": "multiply",
        "bvnand": lambda a, b: ~(a & b), "bvnor": lambda a, b: ~(a | b), "bvxnor": lambda a, b: ~(a ^ b),
        "bvudiv": quotient, "bvurem": remainder, "bvsdiv": signed_quotient, "bvsrem": signed_remainder,
        "bvshl": shift_left, "bvlshr": shift_right, "bvashr": shift_right_signed,
        "=": "equal", "bvult": below, "bvule": not_above,
        "bvugt": lambda a, b: below(b, a), "bvuge": lambda a, b: not_above(b, a),
        "bvslt": lambda a, b: signed(a) < signed(b), "bvsle": lambda a, b: signed(a) <= signed(b),
        "bvsgt": lambda a, b: signed(a) > signed(b), "bvsge": lambda a, b: signed(a) >= signed(b),
        "ite": "where",
    } if width <= 64 else {}
