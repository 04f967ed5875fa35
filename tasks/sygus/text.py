"""SyGuS-IF text as nested lists of tokens, each with its line and column."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from tasks.base import TaskError

DEEPEST = 220  # lists in lists: walking one takes some frames of Python's stack a level
LONGEST = 4000  # letters of a symbol, digits of a number
SIMPLE = re.compile(r"[A-Za-z~!@$%^&*_+=<>.?/-][0-9A-Za-z~!@$%^&*_+=<>.?/-]*")
PIECES = re.compile(r'"(?:[^"]|"")*"|;[^\n]*|\|[^|]*\||[()]|[^\s()";|]+')


class Group(tuple):
    """A bracketed list; knows where it begins."""

    line: int
    column: int


@cache
def _parser() -> Lark:
    grammar = files("tasks.sygus").joinpath("sygus.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True)


def read(text: str, name: str) -> Group:
    """The commands of a file.

    Raises:
        TaskError: names the line and column where it is no SyGuS-IF text.
    """
    _bounded(text, name)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        ends = getattr(getattr(error, "token", None), "type", "") == "$END"
        what = "a bracket is not closed by the end" if ends else "what stands here is no symbol, literal or list"
        raise TaskError(f"{name}, line {error.line}, column {error.column}: not SyGuS-IF, {what}") from None
    return _group(tree, tree.children)


def _bounded(text: str, name: str) -> None:
    """Refuse what would take the parser, or Python's stack, too far."""
    depth = 0
    for found in PIECES.finditer(text):
        piece = found.group()
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
        if depth > DEEPEST or piece[0] not in '";|' and len(piece) > LONGEST:
            line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
            what = f"lists are nested over {DEEPEST} deep" if depth > DEEPEST else \
                f"a symbol of {len(piece):,} letters; at most {LONGEST:,} are read"
            raise TaskError(f"{name}, line {line}, column {column}: {what}")


def _group(tree: Tree, children: Sequence) -> Group:
    """Nested groups, built without recursion: a file may nest deeper than Python does."""
    root: list = []
    todo = [(c, root) for c in reversed(children)]
    made: list[tuple[list, list, Tree]] = []
    while todo:
        node, into = todo.pop()
        if len(node.children) == 1 and isinstance(node.children[0], Token):
            into.append(_plain(node.children[0]))
            continue
        inner: list = []
        into.append(inner)
        made.append((inner, into, node))
        todo.extend((c, inner) for c in reversed(node.children))
    frozen: dict[int, Group] = {}
    for inner, _, node in reversed(made):
        group = Group(frozen.get(id(x), x) if isinstance(x, list) else x for x in inner)
        group.line, group.column = getattr(node.meta, "line", 0), getattr(node.meta, "column", 0)
        frozen[id(inner)] = group
    top = Group(frozen[id(x)] if isinstance(x, list) else x for x in root)
    top.line = top.column = 1
    return top


def _plain(token: Token) -> Token:
    """A symbol without bars that it does not need: |x| is x."""
    if token.type == "QUOTED" and SIMPLE.fullmatch(token[1:-1]):
        return token.update(type="SYMBOL", value=token[1:-1])
    return token


def place(node: object) -> str:
    """Where a node stands, for messages."""
    return f"line {getattr(node, 'line', '?')}, column {getattr(node, 'column', '?')}"


def show(node: object) -> str:
    """A node as text, as it was written."""
    if isinstance(node, Group):
        return f"({' '.join(map(show, node))})"
    return str(node)
