"""Bitvectors of a fixed width, as SMT-LIB has them; the shipped language has 64 bits."""

from functools import cache

from dsl.language import DSL
from dsl.languages import bit_arrays
from dsl.primitive import Primitive, described, primitive
from dsl.types import BOOL, Type, bits
from dsl.witness import ANY, Bits

DERIVED = ("bvnand", "bvnor", "bvxnor", "bvsgt", "bvsge")  # what a language need not have beside the others

MEANS = {
    "bvnot": "Every bit the other one.", "bvneg": "The number with the other sign.",
    "bvand": "The bits that both have.", "bvor": "The bits that one or both have.",
    "bvxor": "The bits that just one has.", "bvadd": "The sum, as far as it fits.",
    "bvsub": "The difference, as far as it fits.",
    "bvmul": "The product, as far as it fits.", "bvudiv": "The quotient without signs; all ones by zero.",
    "bvurem": "What that quotient leaves; the first number by zero.",
    "bvsdiv": "The quotient with signs, rounded towards zero; 1 or -1 by zero.",
    "bvsrem": "What that quotient leaves, with the sign of the first number; that number by zero.",
    "bvshl": "The bits so many places up, zeros below.", "bvlshr": "The bits so many places down, zeros above.",
    "bvashr": "The bits so many places down, the sign above.", "bvnand": "The bits that not both have.",
    "bvnor": "The bits that neither has.", "bvxnor": "The bits that are alike in both.",
    "=": "Whether both are the same.", "bvult": "Whether the first is less, without signs.",
    "bvule": "Whether the first is less or the same, without signs.",
    "bvugt": "Whether the first is greater, without signs.",
    "bvuge": "Whether the first is greater or the same, without signs.",
    "bvslt": "Whether the first is less, with signs.", "bvsle": "Whether the first is less or the same, with signs.",
    "bvsgt": "Whether the first is greater, with signs.",
    "bvsge": "Whether the first is greater or the same, with signs."}


@cache
def operations(width: int) -> dict[str, Primitive]:
    """The SMT-LIB operations on bitvectors of a width, by their SMT-LIB names."""
    t, top = bits(width), (1 << width) - 1

    def signed(a: int) -> int:
        return a - top - 1 if a >> (width - 1) else a

    def quotient(a: int, b: int) -> int:
        return a // b if b else top

    def signed_quotient(a: int, b: int) -> int:
        x, y = signed(a), signed(b)
        if y == 0:
            return 1 if x < 0 else top
        return (abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)) & top

    def signed_remainder(a: int, b: int) -> int:
        x, y = signed(a), signed(b)
        return a if y == 0 else (abs(x) % abs(y) * (-1 if x < 0 else 1)) & top

    plain = {"commutative": True, "associative": True}
    unary = {
        "bvnot": (lambda a: a ^ top, {"involutive": True, "witness": {"a": lambda out: (out ^ top,)}}),
        "bvneg": (lambda a: -a & top, {"involutive": True, "witness": {"a": lambda out: (-out & top,)}}),
    }
    binary = {
        "bvand": (lambda a, b: a & b, {**plain, "idempotent": True, "identity": top, "absorbing": 0, "witness": {
            "b": lambda out, a: Bits(a, out, width) if out & ~a == 0 else ()}}),
        "bvor": (lambda a, b: a | b, {**plain, "idempotent": True, "identity": 0, "absorbing": top, "witness": {
            "b": lambda out, a: Bits(top ^ a, out ^ a, width) if a & ~out == 0 else ()}}),
        "bvxor": (lambda a, b: a ^ b, {**plain, "identity": 0, "witness": {"b": lambda out, a: (out ^ a,)}}),
        "bvadd": (lambda a, b: (a + b) & top, {**plain, "identity": 0, "witness": {
            "b": lambda out, a: (out - a & top,)}}),
        "bvsub": (lambda a, b: (a - b) & top, {"witness": [
            {"b": lambda out, a: (a - out & top,)}, {"a": lambda out, b: (out + b & top,)}]}),
        "bvmul": (lambda a, b: (a * b) & top, {**plain, "identity": 1, "absorbing": 0}),
        "bvudiv": (quotient, {}),
        "bvurem": (lambda a, b: a % b if b else a, {}),
        "bvsdiv": (signed_quotient, {}),
        "bvsrem": (signed_remainder, {}),
        "bvshl": (lambda a, b: (a << b) & top if b < width else 0,
                  {"witness": {"a": lambda out, b: Bits(top >> b, out >> b, width)
                               if b < width and out & (1 << b) - 1 == 0 else ()}}),
        "bvlshr": (lambda a, b: a >> b if b < width else 0,
                   {"witness": {"a": lambda out, b: Bits(top >> b << b, out << b, width)
                                if b < width and out >> width - b == 0 else ()}}),
        "bvashr": (lambda a, b: (signed(a) >> min(b, width)) & top, {}),
        "bvnand": (lambda a, b: a & b ^ top, {"commutative": True}),
        "bvnor": (lambda a, b: (a | b) ^ top, {"commutative": True}),
        "bvxnor": (lambda a, b: a ^ b ^ top, {"commutative": True, "associative": True, "identity": top}),
    }
    tests = {
        "=": ("same_bits", lambda a, b: a == b, {"commutative": True}),
        "bvult": ("bvult", lambda a, b: a < b, {}),
        "bvule": ("bvule", lambda a, b: a <= b, {}),
        "bvugt": ("bvugt", lambda a, b: a > b, {}),
        "bvuge": ("bvuge", lambda a, b: a >= b, {}),
        "bvslt": ("bvslt", lambda a, b: signed(a) < signed(b), {}),
        "bvsle": ("bvsle", lambda a, b: signed(a) <= signed(b), {}),
        "bvsgt": ("bvsgt", lambda a, b: signed(a) > signed(b), {}),
        "bvsge": ("bvsge", lambda a, b: signed(a) >= signed(b), {}),
    }
    batch = bit_arrays.operations(width)

    def declare(name: str, smt: str, f, params: tuple, result: Type, options: dict) -> Primitive:
        names = ("a", "b")[:len(params)]
        meaning = described(MEANS[smt], _of_arity(f, len(params)))
        meaning.__annotations__ = {**dict(zip(names, params, strict=True)), "return": result}
        return primitive(name=name, smt=smt, batch=batch.get(smt), **options)(meaning)

    found = {smt: declare(smt, smt, f, (t,), t, options) for smt, (f, options) in unary.items()}
    found |= {smt: declare(smt, smt, f, (t, t), t, options) for smt, (f, options) in binary.items()}
    found |= {smt: declare(name, smt, f, (t, t), BOOL, options) for smt, (name, f, options) in tests.items()}

    def if_bits(condition, then, otherwise):
        """One of two, as a condition says."""
        return then if condition else otherwise

    if_bits.__annotations__ = {"condition": BOOL, "then": t, "otherwise": t, "return": t}
    found["ite"] = primitive(smt="ite", batch=batch.get("ite"), witness={
        "then": lambda out, condition: (out,) if condition else ANY,
        "otherwise": lambda out, condition: ANY if condition else (out,)})(if_bits)
    return found


@cache
def extract(width: int, high: int, low: int) -> Primitive:
    """The bits from high down to low, counted from 0."""
    top = (1 << (high - low + 1)) - 1

    def part(a):
        return a >> low & top

    part.__annotations__ = {"a": bits(width), "return": bits(high - low + 1)}
    return primitive(name=f"bits_{high}_to_{low}_of_{width}", smt=f"((_ extract {high} {low}) a)",
                     batch=(lambda a: a >> low) if width <= 64 else None)(part)


@cache
def extend(width: int, more: int, signed: bool) -> Primitive:
    """The number in more bits, as one with a sign or without."""
    half, top, wide = 1 << (width - 1), (1 << (width + more)) - 1, width + more <= 64

    def extended(a):
        return (a ^ half) - half & top if signed else a

    extended.__annotations__ = {"a": bits(width), "return": bits(width + more)}
    kind = "sign" if signed else "zero"
    meaning = (lambda a: (a ^ half) - half) if signed and width < 64 else (lambda a: a)
    return primitive(name=f"{kind}_extend_{width}_by_{more}", smt=f"((_ {kind}_extend {more}) a)",
                     batch=meaning if wide else None)(extended)


@cache
def join(high: int, low: int) -> Primitive:
    """The bits of one number before those of another."""
    def joined(a, b):
        return a << low | b

    joined.__annotations__ = {"a": bits(high), "b": bits(low), "return": bits(high + low)}
    return primitive(name=f"concat_{high}_{low}", smt="concat",
                     batch=(lambda a, b: a << low | b) if high + low <= 64 else None)(joined)


def _of_arity(f, n: int):
    if n == 1:
        def one(a):
            return f(a)
        return one

    def two(a, b):
        return f(a, b)
    return two


def language(width: int) -> DSL:
    """The language of bitvectors of a width."""
    top = (1 << width) - 1
    return DSL(f"bitvectors{width}", [p for n, p in operations(width).items() if n not in DERIVED],
               constants={bits(width): [0, 1, top]})


bitvectors = DSL("bitvectors", language(64).primitives, constants={bits(64): [0, 1, (1 << 64) - 1]})
