"""SMT-LIB text of types, values and programs: what z3, cvc5 and SyGuS files read."""

import re
from collections.abc import Callable, Sequence

from dsl.errors import DSLError
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.types import AnyType, width_of

SORTS = {"int": "Int", "bool": "Bool", "str": "String"}


def sort(t: AnyType) -> str:
    """The SMT-LIB sort of a type; sequences of any length are `Seq`.

    >>> from dsl.types import INT, sequence
    >>> sort(sequence(INT))
    '(Seq Int)'

    Raises:
        DSLError: for a type that SMT-LIB has no sort for.
    """
    name = getattr(t, "name", "")
    if name in SORTS:
        return SORTS[name]
    width = width_of(t)
    if width is not None:
        return f"(_ BitVec {width})"
    if name == "tuple":
        return f"(Seq {sort(t.args[0])})"  # type: ignore[union-attr]
    raise DSLError(f"type {t} has no sort in SMT-LIB; use int, bool, str, bitvectors or tuples of them")


def constant(value: object, t: AnyType) -> str:
    """A value as SMT-LIB writes it.

    >>> from dsl.types import INT, STR
    >>> print(constant(-2, INT), constant('say "a"', STR))
    (- 2) "say ""a""\"
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        safe = "".join(c if " " <= c <= "~" and c != "\\" else f"\\u{{{ord(c):x}}}" for c in value)
        return '"' + safe.replace('"', '""') + '"'
    if isinstance(value, tuple):
        item = t.args[0]  # type: ignore[union-attr]
        units = [f"(seq.unit {constant(v, item)})" for v in value]
        return f"(as seq.empty {sort(t)})" if not units else units[0] if len(units) == 1 else f"(seq.++ {' '.join(units)})"
    n = width_of(t)
    if isinstance(value, int) and n is not None:
        return f"#x{value:0{n // 4}x}" if n % 4 == 0 else f"#b{value:0{n}b}"
    if isinstance(value, int):
        return str(value) if value >= 0 else f"(- {-value})"
    raise DSLError(f"value {value!r} cannot be written in SMT-LIB")


def unescape(text: str) -> str:
    """The text that a string literal stands for, without its outer quotes."""
    return re.sub(r"\\u\{([0-9a-fA-F]{1,5})\}|\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1] or m[2], 16)),
                  text.replace('""', '"'))


def term(p: Program, inputs: Sequence[str], symbol: Callable[[Primitive], str | None] = lambda p: p.smt) -> str:
    """A program as an SMT-LIB term over named inputs; `symbol` says what stands for a primitive.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> term(parse("maximum(x0, 3)", load("integers"), (INT,)), ["n"])
    '(let ((a n) (b 3)) (ite (< a b) b a))'

    Raises:
        DSLError: names the primitive that declares no meaning in SMT-LIB.
    """
    match p:
        case Input():
            return inputs[p.index]
        case Const():
            return constant(p.value, p.type)
        case Apply():
            head, args = symbol(p.function), [term(a, inputs, symbol) for a in p.args]
            if head is None:
                raise DSLError(f"primitive {p.function.name!r} declares no SMT-LIB meaning; add smt='...' to it")
            if not args:
                return head
            if head.startswith("("):
                bound = " ".join(f"({n} {a})" for n, a in zip(p.function.names, args, strict=True))
                return f"(let ({bound}) {head})"
            return f"({head} {' '.join(args)})"
    raise DSLError(f"no SMT-LIB term for {p}")
