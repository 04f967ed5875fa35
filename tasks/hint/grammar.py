"""HINT's expressions and what they mean, by the published rules (Li et al. 2023, section 3).

Numbers are single digits; a-b is max(0, a-b), a/b is rounded up, and nothing is divided by
zero; * and / bind tighter than + and -, all of them to the left, and brackets stand only
where they are needed. Only the benchmark's loader and its tests read this.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

DIGITS = "0123456789"
OPERATORS: dict[str, tuple[int, Callable[[int, int], int]]] = {  # precedence, meaning
    "+": (1, lambda a, b: a + b),
    "-": (1, lambda a, b: max(0, a - b)),
    "*": (2, lambda a, b: a * b),
    "/": (2, lambda a, b: -(-a // b)),
}
CONCEPTS: dict[str, int | tuple[int, Callable[[int, int], int]]] = {  # few-shot: numbers and operators
    "x": 11,
    "y": 12,
    "a": (1, max),
    "b": (1, min),
    "c": (2, lambda a, b: -(-(a + b) // 2)),
    "d": (2, lambda a, b: -(-2 * a * b // (a + b))),
}


@dataclass(frozen=True)
class Node:
    """A symbol with its subexpressions, and the value of the whole."""

    symbol: str
    at: int
    value: int
    children: "tuple[Node, ...]" = ()

    def nodes(self) -> "Iterator[Node]":
        """This node and all below it."""
        todo: list[Node] = [self]
        while todo:
            node = todo.pop()
            yield node
            todo.extend(node.children)


def operator(symbol: str) -> tuple[int, Callable[[int, int], int]] | None:
    """The precedence and meaning of an operator; None for any other symbol."""
    found = OPERATORS.get(symbol) or CONCEPTS.get(symbol)
    return found if isinstance(found, tuple) else None


def parse(expression: tuple[str, ...] | str) -> Node:
    """The tree of an expression, with every value; its brackets are left out.

    >>> parse("2*(1+3)").value
    8

    Raises:
        ValueError: if it is no expression.
        ZeroDivisionError: for a division by zero.
    """
    values: list[Node] = []
    waiting: list[tuple[str, int]] = []

    def apply() -> None:
        symbol, at = waiting.pop()
        found = operator(symbol)
        if found is None or len(values) < 2:
            raise ValueError(f"{''.join(expression)}: not an expression")
        right, left = values.pop(), values.pop()
        values.append(Node(symbol, at, found[1](left.value, right.value), (left, right)))

    complete = False  # whether what was read so far ends in an operand
    for at, symbol in enumerate(expression):
        here = operator(symbol)
        if complete != (here is not None or symbol == ")"):
            raise ValueError(f"{''.join(expression)}: not an expression, {symbol!r} can't stand at position {at + 1}")
        if here is not None:
            while waiting and (above := operator(waiting[-1][0])) is not None and above[0] >= here[0]:
                apply()
            waiting.append((symbol, at))
            complete = False
        elif symbol == "(":
            waiting.append((symbol, at))
        elif symbol == ")":
            while waiting and waiting[-1][0] != "(":
                apply()
            if not waiting:
                raise ValueError(f"{''.join(expression)}: a bracket is closed that was not opened")
            waiting.pop()
        else:
            number = CONCEPTS.get(symbol, int(symbol) if symbol in DIGITS else None)
            if not isinstance(number, int):
                raise ValueError(f"{''.join(expression)}: {symbol!r} is no symbol of HINT")
            values.append(Node(symbol, at, number))
            complete = True
    while waiting:
        apply()
    if len(values) != 1:
        raise ValueError(f"{''.join(expression)}: not an expression")
    return values[0]


def heads(expression: tuple[str, ...]) -> tuple[int, ...]:
    """The head of each position, -1 for the root: an opening bracket governs what it holds and the closing one.

    Raises:
        ValueError: if it is no expression, or divides by zero.
    """
    try:
        root = parse(expression)
    except ZeroDivisionError as error:
        raise ValueError(f"{''.join(expression)}: {error}") from None
    found = [-1] * len(expression)
    close: dict[int, int] = {}
    opened: list[int] = []
    for at, symbol in enumerate(expression):
        if symbol == "(":
            opened.append(at)
        elif symbol == ")":
            close[opened.pop()] = at
    span: dict[int, tuple[int, int]] = {}

    def attach(node: Node, head: int) -> None:
        start, end = span[node.at]
        while (start - 1) in close and close[start - 1] == end + 1:
            start, end = start - 1, end + 1
        brackets = range(start, span[node.at][0])
        for at in brackets:
            found[at], head = head, at
            found[close[at]] = at
        found[node.at] = head
        for child in node.children:
            attach(child, node.at)

    def extent(node: Node) -> tuple[int, int]:
        ends = [outer(c) for c in node.children]
        span[node.at] = (min([node.at, *(a for a, _ in ends)]), max([node.at, *(b for _, b in ends)]))
        return span[node.at]

    def outer(node: Node) -> tuple[int, int]:
        start, end = extent(node)
        while (start - 1) in close and close[start - 1] == end + 1:
            start, end = start - 1, end + 1
        return start, end

    outer(root)
    attach(root, -1)
    return tuple(found)


def meanings() -> dict[str, tuple[int, str]]:
    """Each symbol's number of children and program, in the language of numbers, that fit `heads`."""
    return {
        **{d: (0, d) for d in DIGITS}, "x": (0, "11"), "y": (0, "12"),
        "(": (2, "x0"), ")": (0, "0"),
        "+": (2, "add(x0, x1)"), "-": (2, "maximum(0, subtract(x0, x1))"), "*": (2, "multiply(x0, x1)"),
        "/": (2, "quotient(add(x0, subtract(x1, 1)), x1)"),
        "a": (2, "maximum(x0, x1)"), "b": (2, "minimum(x0, x1)"),
        "c": (2, "quotient(add(1, add(x0, x1)), 2)"),
        "d": (2, "quotient(subtract(add(add(x0, x1), multiply(2, multiply(x0, x1))), 1), add(x0, x1))"),
    }


def write(node: Node) -> str:
    """An expression as text, with the brackets that it needs."""
    here = operator(node.symbol)
    if here is None:
        return node.symbol
    sides = []
    for child, right in zip(node.children, (False, True), strict=True):
        below = operator(child.symbol)
        bare = below is None or below[0] > here[0] or (below[0] == here[0] and not right)
        sides.append(write(child) if bare else f"({write(child)})")
    return sides[0] + node.symbol + sides[1]


def draw(rng: Random, operators: int, symbols: str = "+-*/") -> Node | None:
    """A random expression with so many operators; None where it divides by zero."""
    if operators == 0:
        digit = rng.choice(DIGITS)
        return Node(digit, 0, int(digit))
    symbol = rng.choice(symbols)
    before = rng.randrange(operators)
    left, right = draw(rng, before, symbols), draw(rng, operators - 1 - before, symbols)
    found = operator(symbol)
    if left is None or right is None or found is None:
        return None
    try:
        return Node(symbol, 0, found[1](left.value, right.value), (left, right))
    except ZeroDivisionError:
        return None
