"""The symbols of the SMT-LIB theories, as primitives of the languages that ship."""

from collections.abc import Sequence
from dataclasses import replace

from dsl.languages import booleans as b
from dsl.languages import integers as i
from dsl.languages import strings as s
from dsl.languages.bitvectors import extend, extract, join, operations
from dsl.primitive import Primitive, primitive
from dsl.types import BOOL, INT, STR, WIDEST_BITS, AnyType, Type, bits, width_of

FACTOR = Type("factor", python=int, base=INT)
LETTERS = 0x30000  # of SMT-LIB's alphabet
OLD_NAMES = {"int.to.str": "str.from_int", "str.to.int": "str.to_int", "str.replaceall": "str.replace_all"}


@primitive(commutative=True, smt="=", witness={"b": lambda out, a: (a,) if out else (not a,)})
def same_truth(a: bool, b: bool) -> bool:
    """Whether both hold or neither does."""
    return a == b


@primitive(smt="<=")
def at_most(a: int, b: int) -> bool:
    """Whether a <= b."""
    return a <= b


@primitive(smt="*", witness={"factor": lambda out, a: (out // a,) if a and out % a == 0 else ()})
def scaled(factor: int, a: int) -> int:
    """A multiple of a."""
    return factor * a


@primitive(smt=">")
def more(a: int, b: int) -> bool:
    """Whether a > b."""
    return a > b


@primitive(smt=">=")
def at_least(a: int, b: int) -> bool:
    """Whether a >= b."""
    return a >= b


@primitive(smt="div")
def quotient(a: int, b: int) -> int:
    """The quotient that leaves a remainder of at least 0; fails for b = 0."""
    return a // b if b > 0 else -(a // -b)


@primitive(smt="mod")
def remainder(a: int, b: int) -> int:
    """What is left after division, at least 0; fails for b = 0."""
    return a % abs(b)


@primitive(smt="abs")
def absolute(a: int) -> int:
    """The distance from 0."""
    return abs(a)


@primitive(smt="ite")
def if_truth(condition: bool, then: bool, otherwise: bool) -> bool:
    """One truth value where the condition holds, else the other."""
    return then if condition else otherwise


@primitive(smt="str.to_code")
def to_code(text: str) -> int:
    """The number of the only letter, -1 for any other text."""
    return ord(text) if len(text) == 1 else -1


@primitive(smt="str.from_code")
def from_code(code: int) -> str:
    """The letter with this number; empty where there is none."""
    return chr(code) if 0 <= code < LETTERS else ""


@primitive(smt="str.is_digit")
def is_digit(text: str) -> bool:
    """Whether a text is one of the digits 0 to 9."""
    return len(text) == 1 and "0" <= text <= "9"


FIXED = (
    to_code, from_code, is_digit, i.add, i.subtract, i.multiply, i.negate, i.less, i.equal, i.choose, at_most, more,
    at_least, quotient, remainder, absolute, b.both, b.either, b.negation, b.implies, b.differ, same_truth,
    if_truth, s.concat, s.replace, s.replace_all, s.at, s.substring, s.from_int, s.to_int, s.length, s.index_of,
    s.prefix_of, s.suffix_of, s.contains, s.before, s.not_after, s.if_text, s.same_text
)
BY_SYMBOL: dict[str, list[Primitive]] = {}
for _p in FIXED:
    symbol = {"maximum": "", "minimum": ""}.get(_p.name, _p.smt or "")
    BY_SYMBOL.setdefault(symbol, []).append(_p)
LEFT_NESTED = {"+", "-", "*", "and", "or", "xor", "str.++", "bvand", "bvor", "bvxor", "bvadd", "bvmul"}
CHAINED = {"=", "<", "<=", ">", ">="}
LOGICS = {"LIA": ("Int", "Bool"), "NIA": ("Int", "Bool"), "SLIA": ("String", "Int", "Bool"),
          "S": ("String", "Int", "Bool"), "UF": ("Bool",), "BV": ("Bool",), "ALL": ("String", "Int", "Bool"),
          "PBE_SLIA": ("String", "Int", "Bool"), "PBE_BV": ("Bool",), "CLIA": ("Int", "Bool")}
LINEAR = ("LIA", "CLIA", "SLIA", "PBE_SLIA")  # logics in which one factor of a product is a constant
SCALED = replace(scaled, params=(FACTOR, INT))
DEFAULT = {
    "Int": (i.add, i.subtract, i.multiply, i.choose), "Bool": (i.less, at_most, i.equal, b.both, b.either, b.negation),
    "String": (s.concat, s.replace, s.at, s.substring, s.from_int, s.to_int, s.length, s.index_of, s.prefix_of,
               s.suffix_of, s.contains, s.if_text),
    "Truth": (b.both, b.either, b.negation),
}


def known(symbol: str) -> bool:
    """Whether a symbol is a function of the theories that have fixed sorts, or a word of the language."""
    return symbol in BY_SYMBOL or symbol in OLD_NAMES or symbol in ("let", "distinct", "true", "false", "_", "!")


def find(symbol: str, args: Sequence[AnyType]) -> Primitive | None:
    """The primitive that a symbol stands for between arguments of these types."""
    symbol = OLD_NAMES.get(symbol, symbol)
    for p in BY_SYMBOL.get(symbol, ()):
        if p.params == tuple(args):
            return p
    width = next((w for w in map(width_of, args) if w is not None), None)
    if symbol == "concat" and len(args) == 2 and None not in (widths := [width_of(t) for t in args]):
        return join(*widths) if sum(widths) <= WIDEST_BITS else None  # type: ignore[arg-type]
    if width is not None:
        p = operations(width).get(symbol)
        if p is not None and p.params == tuple(args):
            return p
    return None


def indexed(head: Sequence, args: Sequence[AnyType]) -> Primitive | None:
    """The primitive of a symbol with numbers, such as (_ extract 7 0), between arguments of these types."""
    width = width_of(args[0]) if len(args) == 1 else None
    if len(head) < 3 or head[0] != "_" or width is None or not all(str(n).isdecimal() for n in head[2:]):
        return None
    numbers = [int(n) for n in head[2:]]
    if head[1] == "extract" and len(numbers) == 2 and width > numbers[0] >= numbers[1]:
        return extract(width, *numbers)
    if head[1] in ("zero_extend", "sign_extend") and len(numbers) == 1 and width + numbers[0] <= WIDEST_BITS:
        return extend(width, numbers[0], head[1] == "sign_extend")
    return None


def sort(node: object) -> Type | None:
    """The type that a sort stands for, None for one that is not supported."""
    if isinstance(node, tuple):
        width = int(node[2]) if len(node) == 3 and node[:2] == ("_", "BitVec") and str(node[2]).isdecimal() else 0
        return bits(width) if 1 <= width <= WIDEST_BITS else None
    return {"Int": INT, "Bool": BOOL, "String": STR}.get(str(node))
