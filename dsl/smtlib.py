"""SMT-LIB text of types, values and programs: what z3, cvc5 and SyGuS files read."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

from dsl.errors import DSLError
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.types import AnyType, root, width_of

TOKEN = r'"(?:[^"]|"")*"|\|[^|]*\||[()]|[^\s()"|]+'
LAST_LETTER = 0x2FFFF  # of strings in SMT-LIB
SORTS = {"int": "Int", "bool": "Bool", "str": "String"}


def sort(t: AnyType) -> str:
    """The SMT-LIB sort of a type; sequences of any length are `Seq`.

    >>> from dsl.types import INT, sequence
    >>> sort(sequence(INT))
    '(Seq Int)'

    Raises:
        DSLError: for a type that SMT-LIB has no sort for.
    """
    t = root(t)
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
    t = root(t)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        beyond = next((c for c in value if ord(c) > LAST_LETTER), None)
        if beyond is not None:
            raise DSLError(f"the letter U+{ord(beyond):X} is beyond what SMT-LIB can write (U+{LAST_LETTER:X})")
        safe = "".join(c if " " <= c <= "~" and c != "\\" else f"\\u{{{ord(c):x}}}" for c in value)
        return '"' + safe.replace('"', '""') + '"'
    if isinstance(value, tuple):
        item = t.args[0]  # type: ignore[union-attr]
        units = [f"(seq.unit {constant(v, item)})" for v in value]
        if len(units) < 2:
            return units[0] if units else f"(as seq.empty {sort(t)})"
        return f"(seq.++ {' '.join(units)})"
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
    '(ite (< n 3) 3 n)'

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
                return _applied(head, dict(zip(p.function.names, args, strict=True)))
            return f"({head} {' '.join(args)})"
    raise DSLError(f"no SMT-LIB term for {p}")


def _applied(meaning: str, args: Mapping[str, str]) -> str:
    """A term over parameters with arguments in their place; `let` holds those that would be written twice.

    It does so under names that stand nowhere in meaning or arguments, of which none is thus captured.
    """
    body, uses = _parsed(meaning)
    doubled = [n for n, a in args.items() if a.startswith("(") and uses.get(n, 0) > 1]
    taken = "".join((meaning, *args.values())) if doubled else ""
    free = (name for n in count(1) if (name := f"it!{n}") not in taken)
    shared = {n: next(free) for n in doubled}
    text = flat(inlined(body, {**args, **shared}))
    return f"(let ({' '.join(f'({new} {args[n]})' for n, new in shared.items())}) {text})" if shared else text


@cache
def _parsed(meaning: str) -> tuple[list, Counter[str]]:
    """A term as nested lists of symbols without `let`, and how often each symbol stands there."""
    body = inlined(nested(meaning))
    return body, Counter(re.findall(TOKEN, flat(body)))


def nested(text: str) -> list:
    """A bracketed term as nested lists of symbols; the first one of a text.

    >>> nested('(f (- 1) "a ""b")')
    ['f', ['-', '1'], '"a ""b"']

    Raises:
        ValueError: where brackets do not match.
    """
    stack: list[list] = [[]]
    for token in re.findall(TOKEN, text):
        if token == "(":
            stack.append([])
        elif token == ")":
            if len(stack) < 2:
                raise ValueError("a bracket is closed that was not opened")
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
        if len(stack) == 1 and stack[0]:
            return stack[0][0]
    raise ValueError("a bracket is not closed")


def inlined(node, bound: Mapping[str, Any] = {}) -> Any:  # noqa: B006 (never written to)
    """Nested lists of symbols with what `let` names put in its place.

    >>> inlined(nested("(let ((a (f x))) (g a a))"))
    ['g', ['f', 'x'], ['f', 'x']]
    """
    if isinstance(node, str):
        return bound.get(node, node)
    if node[:1] == ["let"]:
        return inlined(node[2], {**bound, **{name: inlined(term, bound) for name, term in node[1]}})
    return [inlined(n, bound) for n in node]


def flat(node: object) -> str:
    """Nested lists of symbols as text again."""
    return f"({' '.join(map(flat, node))})" if isinstance(node, list) else str(node)


def value(node: object) -> object:
    """The value that a literal stands for, given as `nested` gives it.

    >>> value(['-', '3']), value('#x0f'), value('"a"')
    (-3, 15, 'a')

    Raises:
        ValueError: for anything but a literal.
    """
    if isinstance(node, list) and len(node) == 2 and node[0] == "-":
        return -int(node[1])
    if isinstance(node, list) and len(node) == 3 and node[0] == "_" and node[1].startswith("bv"):
        return int(node[1][2:])
    if isinstance(node, str):
        if node in ("true", "false"):
            return node == "true"
        if node.startswith('"'):
            return unescape(node[1:-1])
        if node[:2] in ("#x", "#b"):
            return int(node[2:], 16 if node[1] == "x" else 2)
        return int(node)
    raise ValueError(f"no literal: {node}")
