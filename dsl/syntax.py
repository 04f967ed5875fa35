"""Show and parse: programs as text, one form for each, so that parse(show(p)) == p.

    add(2, double(head(x0)))       inputs are x0, x1, ...
    map(lam(int)(double(y0)), x0)  lambdas name their parameters' types; parameters are y0, y1, ...
    add(x0, hole(int))             a missing part
    2, -1, 'ab', (1, 2), True      constants are literals; any other is named by its repr

Text is parsed, never evaluated.
"""

import ast
import re
from collections.abc import Sequence
from contextlib import suppress

from dsl.errors import NesyError, SyntaxFault
from dsl.errors import text as text_of
from dsl.interpret import roomy
from dsl.language import DSL
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Hole, Input, Lambda, Program, Variable
from dsl.types import (
    BASE,
    FLOAT,
    AnyType,
    Type,
    TypeVar,
    bits,
    frozen_set,
    function,
    read_annotation,
    sequence,
    substitute,
    suits,
    type_of,
    unify,
)

ENDLESS = ("inf", "-inf", "nan")  # floats that Python writes so, and does not read
BITVECTOR = re.compile(r"BitVec([1-9]\d{0,3})")
TOKEN = re.compile(r"""([A-Za-z_]\w*)|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\s+|.""", re.DOTALL)
Tokens = Sequence[re.Match[str]]


def show(p: Program) -> str:
    """A program as text."""
    match p:
        case Input():
            return f"x{p.index}"
        case Variable():
            return f"y{p.level}"
        case Const():
            return text_of(p.value)
        case Hole():
            return f"hole({p.type})"
        case Lambda():
            return f"lam({', '.join(map(str, p.params))})({show(p.body)})"
        case Apply():
            return f"{p.function.name}({', '.join(map(show, p.args))})"
    raise TypeError(f"not a program: {p!r}")


def readable(p: Program, nested: bool = False) -> str:
    """A program for people to read: infix where a primitive has one, sequences of words in brackets.

    >>> from dsl.languages.sequences import sequences
    >>> readable(parse("concat(('JUMP',), repeat(x0, 2))", sequences, (sequence(BASE[str]),)))
    '[JUMP] ++ (x0 * 2)'
    """
    match p:
        case Const(value=tuple() as value) if all(isinstance(v, str) for v in value):
            return f"[{' '.join(value)}]"
        case Apply(function=Primitive(infix=str(sign)), args=(a, b)):
            text = f"{readable(a, True)} {sign} {readable(b, True)}"
            return f"({text})" if nested else text
        case Apply():
            return f"{p.function.name}({', '.join(map(readable, p.args))})"
    return show(p)


def parse(text: str, dsl: DSL, inputs: Sequence[object] = (), output: object = None) -> Program:
    """The program that a text stands for, type-checked against a signature, of types or Python annotations.

    Raises:
        SyntaxFault: names the part that is no program, or is of the wrong type.
    """
    inputs = tuple(read_annotation(t, f"input x{i}") for i, t in enumerate(inputs))
    output = None if output is None else read_annotation(output, "output")
    try:
        with roomy():
            return _Reader(dsl, inputs).read(_tree(text.strip(), dsl), output, ())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise SyntaxFault(f"not a program: {text.strip()[:80]!r}") from None


def _tree(text: str, dsl: DSL) -> ast.expr:
    """The calls that a text writes; by hand where Python cannot read it: nested too deep, or with odd constants."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError):
        tokens = [m for m in TOKEN.finditer(text) if m[0].strip()]
        node, end = _expression(text, tokens, 0, dsl)
        if end < len(tokens):
            raise SyntaxError(text) from None
        return node


def _expression(text: str, tokens: Tokens, at: int, dsl: DSL) -> tuple[ast.expr, int]:
    """The expression that begins at a token, and the number of the token after it."""
    if at + 1 < len(tokens) and tokens[at][1] and tokens[at + 1][0] == "(":
        with suppress(SyntaxError, IndexError):  # a constant may look like a call, and be none
            node, end = ast.Name(tokens[at][1]), at + 1
            while end < len(tokens) and tokens[end][0] == "(":
                args, end = _arguments(text, tokens, end + 1, dsl)
                node = ast.Call(node, args, [])
            if end == len(tokens) or tokens[end][0] in ",)":
                return node, end
    return _constant(text, tokens, at, dsl)


def _arguments(text: str, tokens: Tokens, at: int, dsl: DSL) -> tuple[list[ast.expr], int]:
    """What stands between brackets of which the first is the token before this one."""
    args = []
    while tokens[at][0] != ")":
        arg, at = _expression(text, tokens, at, dsl)
        args.append(arg)
        at += tokens[at][0] == ","
    return args, at + 1


def _constant(text: str, tokens: Tokens, at: int, dsl: DSL) -> tuple[ast.expr, int]:
    """What is no call, up to a comma or a closing bracket of a call around it."""
    depth, end = 0, at
    while end < len(tokens) and (depth or tokens[end][0] not in (",", ")")):
        depth += (tokens[end][0] in "([{") - (tokens[end][0] in ")]}")
        end += 1
    whole = text[tokens[at].start():tokens[end - 1].end()] if end > at else ""
    return ast.Name(whole) if whole in dsl.spelled else ast.parse(whole, mode="eval").body, end


def parse_type(text: str, classes: dict[str, Type] | None = None) -> AnyType:
    """The type that a text stands for, as `str` shows it.

    >>> str(parse_type("Callable[[int], tuple[bool, ...]]"))
    'Callable[[int], tuple[bool, ...]]'
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise SyntaxFault(f"not a type: {text!r}; write for example int or tuple[int, ...]") from None
    return _read_type(tree, classes or {}, text)


def _read_type(node: ast.expr, classes: dict[str, Type], text: str) -> AnyType:
    names = {t.name: t for t in BASE.values()} | classes
    match node:
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.Name(id=name) if (width := BITVECTOR.fullmatch(name)):
            return bits(int(width[1]))
        case ast.Name(id=name) if len(name) == 1 and name.isupper():
            return TypeVar(name)
        case ast.Subscript(value=ast.Name(id="tuple"),
                           slice=ast.Tuple(elts=[item, ast.Constant(value=v)])) if v is Ellipsis:
            return sequence(_read_type(item, classes, text))
        case ast.Subscript(value=ast.Name(id="tuple"), slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return Type("product", tuple(_read_type(i, classes, text) for i in parts), python=tuple)
        case ast.Subscript(value=ast.Name(id="frozenset"), slice=item):
            return frozen_set(_read_type(item, classes, text))
        case ast.Subscript(value=ast.Name(id="Callable"), slice=ast.Tuple(elts=[ast.List(elts=params), result])):
            return function((_read_type(i, classes, text) for i in params), _read_type(result, classes, text))
    raise SyntaxFault(f"not a type: {text!r}; write for example int or tuple[int, ...]")


def _given_back(want: AnyType | None, params: tuple[AnyType, ...]) -> AnyType | None:
    """What a function of these parameters is to give, where one of type `want` is needed."""
    if not isinstance(want, Type) or not want.is_function or len(want.args) != len(params) + 1:
        return None
    by = {}
    for wanted, param in zip(want.args, params, strict=False):
        by = unify(wanted, param, by) or by
    return substitute(want.args[-1], by)


def _is_set(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "frozenset"


def _literal(node: ast.expr) -> object:
    """The value that is written so, sets and tuples of literals among them.

    Raises:
        ValueError: where it is none.
    """
    if isinstance(node, ast.Tuple):
        return tuple(map(_literal, node.elts))
    if not _is_set(node):
        return ast.literal_eval(node)
    match node:
        case ast.Call(args=[], keywords=[]):
            return frozenset()
        case ast.Call(args=[ast.Set(elts=items)], keywords=[]):
            return frozenset(map(_literal, items))
    raise ValueError(ast.unparse(node))


class _Reader:
    def __init__(self, dsl: DSL, inputs: tuple[AnyType, ...]):
        self.dsl, self.inputs, self.classes, self.constants = dsl, inputs, dsl.classes, dsl.spelled

    def read(self, node: ast.expr, want: AnyType | None, bound: tuple[AnyType, ...]) -> Program:
        p = self._read(node, want, bound)
        if want is not None and not suits(p.type, want):
            raise SyntaxFault(f"{ast.unparse(node)!r} is of type {p.type}, needed is {want}")
        return p

    def _read(self, node, want, bound) -> Program:
        if not self._applies(node):
            text = ast.unparse(node)
            if text in self.constants:  # before calls, which the repr of a value may look like
                return self._constant(node, want, text)
        match node:
            case ast.Name(id=name) if re.fullmatch(r"[xy]\d+", name):
                is_input, index = name[0] == "x", int(name[1:])
                pool = self.inputs if is_input else bound
                if index >= len(pool):
                    raise SyntaxFault(f"{name!r}: there are {len(pool)} such "
                                      f"{'inputs' if is_input else 'lambda parameters in scope'}")
                return Input(index, pool[index]) if is_input else Variable(index, pool[index])
            case ast.Call(func=ast.Name(id="hole"), args=[t], keywords=[]):
                return Hole(_read_type(t, self.classes, ast.unparse(node)))
            case ast.Call(func=ast.Call(func=ast.Name(id="lam"), args=types, keywords=[]), args=[body], keywords=[]):
                params = tuple(_read_type(t, self.classes, ast.unparse(node)) for t in types)
                return Lambda(params, self.read(body, _given_back(want, params), (*bound, *params)), len(bound))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if not _is_set(node):
                return self._apply(node, name, args, bound)
        return self._constant(node, want, ast.unparse(node))

    def _applies(self, node: ast.expr) -> bool:
        """Whether it calls a primitive, and no constant is written like a call of that name."""
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return name in self.dsl.named and name not in self.dsl.heads
        return False

    def _apply(self, node: ast.expr, name: str, args: list[ast.expr], bound) -> Program:
        primitive = self.dsl.primitive(name)
        if len(args) != primitive.arity:
            raise SyntaxFault(f"{ast.unparse(node)!r}: {name} takes {primitive.arity} argument(s), not {len(args)}")
        by, read = {}, []
        for param, arg in zip(primitive.params, args, strict=True):
            read.append(self.read(arg, substitute(param, by), bound))
            by = unify(param, read[-1].type, by) or by
        return Apply(primitive, tuple(read))

    def _constant(self, node: ast.expr, want: AnyType | None, text: str) -> Const:
        for c in self.constants.get(text, ()):
            if want is None or suits(c.type, want):
                return c
        if isinstance(node, ast.Tuple) and isinstance(want, Type) and want.name == "tuple":
            parts, by = [], {}
            for part in node.elts:
                parts.append(self._constant(part, substitute(want.args[0], by), ast.unparse(part)))
                by = None if by is None else unify(parts[-1].type, want.args[0], by)
                if by is None:
                    break
            else:
                return Const(tuple(p.value for p in parts), substitute(want, by))
        if text in ENDLESS and want in (None, FLOAT):
            return Const(float(text), FLOAT)
        try:
            value = _literal(node)
            kind = type_of(value)
        except (ValueError, TypeError, SyntaxError, NesyError):
            raise SyntaxFault(f"{text!r} is no program, constant or input of language {self.dsl.name!r}") from None
        if isinstance(want, Type) and (by := unify(kind, want)) is not None:
            kind = substitute(want, by)
        return Const(value, kind)
