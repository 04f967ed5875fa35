"""Draw: pictures and programs as markup."""

import ast
from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from nesy.grids import SHADES

CELL = 9  # pixels
WIDEST = 220  # pixels of a picture


def grid(rows: Sequence[Sequence[int]]) -> Markup:
    """A picture: for each colour one path, along the runs of its cells.

    >>> grid([[0, 2, 2]]).count("path"), "M1 0h2v1h-2z" in grid([[0, 2, 2]])
    (1, True)
    """
    height, width = len(rows), len(rows[0])
    paths: dict[int, list[str]] = {}
    for y, row in enumerate(rows):
        x = 0
        while x < width:
            end = x
            while end < width and row[end] == row[x]:
                end += 1
            if row[x]:
                paths.setdefault(row[x], []).append(f"M{x} {y}h{end - x}v1h-{end - x}z")
            x = end
    size = min(CELL, WIDEST / max(height, width))
    inner = "".join(f'<path fill="{SHADES[k]}" d="{"".join(d)}"/>' for k, d in sorted(paths.items()))
    return Markup(f'<svg class="grid" width="{width * size:.0f}" height="{height * size:.0f}" '
                  f'viewBox="0 0 {width} {height}" shape-rendering="crispEdges">{inner}</svg>')


def is_grid(value: object) -> bool:
    """Whether a value from a file is rows of colours.

    >>> is_grid([[0, 9]]), is_grid([[0, 10]]), is_grid([[1], [1, 2]]), is_grid([])
    (True, False, False, False)
    """
    rows = value if isinstance(value, list) else []
    return bool(rows) and all(isinstance(row, list) and row and len(row) == len(rows[0]) for row in rows) and all(
        type(c) is int and 0 <= c < len(SHADES) for row in rows for c in row)


def program(text: str) -> Markup:
    """A program as a tree of nested lists where it is one of calls, else as it is.

    >>> str(program("add(x0, 1)"))
    '<ul><li>add<ul><li>x0</li><li>1</li></ul></li></ul>'
    >>> str(program("(define-fun f () Int 1)"))
    '<code>(define-fun f () Int 1)</code>'
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if not isinstance(tree, ast.Call):
        return Markup(f"<code>{escape(text)}</code>")
    return Markup(f"<ul>{_node(tree)}</ul>")


def _node(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return f"<li>{escape(ast.unparse(node))}</li>"
    return f"<li>{escape(ast.unparse(node.func))}<ul>{''.join(map(_node, node.args))}</ul></li>"
