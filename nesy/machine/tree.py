"""Trees: projective dependency trees over the positions of a sentence.

A node's children stand in the order of the words, whichever side of the head they are
on; that order is the order of the arguments. Nothing says how many a word takes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Tree:
    """A head position with its subtrees, in sentence order."""

    head: int
    children: "tuple[Tree, ...]" = ()

    def nodes(self) -> "Iterator[Tree]":
        """This node and all below it."""
        todo: list[Tree] = [self]
        while todo:
            node = todo.pop()
            yield node
            todo.extend(reversed(node.children))

    def arcs(self) -> Iterator[tuple[int, int, int]]:
        """(head, slot, child) for every arc; slots count from 0."""
        for node in self.nodes():
            for slot, child in enumerate(node.children):
                yield node.head, slot, child.head

    def shift(self, by: int) -> "Tree":
        """The same tree, its positions moved."""
        return Tree(self.head + by, tuple(c.shift(by) for c in self.children))

    def show(self, words: "tuple[str, ...]") -> str:
        """The tree as nested calls.

        >>> Tree(1, (Tree(0),)).show(("walk", "left"))
        'left(walk)'
        """
        shown: dict[int, str] = {}
        for node in reversed(list(self.nodes())):
            inner = ", ".join(shown[c.head] for c in node.children)
            shown[node.head] = f"{words[node.head]}({inner})" if inner else words[node.head]
        return shown[self.head]


def from_heads(heads: Sequence[int]) -> Tree:
    """The tree in which each position has this head, -1 for the root.

    >>> from_heads((1, -1)) == Tree(1, (Tree(0),))
    True
    """
    below: dict[int, list[int]] = {}
    for i, head in enumerate(heads):
        below.setdefault(head, []).append(i)
    order, built = list(below[-1]), {}
    for at in order:
        order += below.get(at, ())
    for at in reversed(order):
        built[at] = Tree(at, tuple(built[i] for i in below.get(at, ())))
    return built[order[0]]


@cache
def projective(length: int, widest: int) -> tuple[Tree, ...]:
    """Every projective tree over `length` positions whose nodes have at most `widest` children.

    >>> [len(projective(n, 9)) for n in range(1, 6)]
    [1, 2, 7, 30, 143]
    """
    found = []
    for head in range(length):
        for left in forests(head, widest, widest):
            for right in forests(length - head - 1, widest - len(left), widest):
                found.append(Tree(head, (*left, *(t.shift(head + 1) for t in right))))
    return tuple(found)


@cache
def trees_of(length: int, widest: int) -> int:
    """How many there are of `projective`, without listing them.

    >>> [trees_of(n, 9) for n in range(1, 6)]
    [1, 2, 7, 30, 143]
    """
    return sum(_rows_of(head, left, widest) * _rows_of(length - head - 1, right, widest) for head in range(length)
               for left in range(widest + 1) for right in range(widest - left + 1))


@cache
def _rows_of(length: int, trees: int, widest: int) -> int:
    if trees == 0:
        return int(length == 0)
    return sum(trees_of(first, widest) * _rows_of(length - first, trees - 1, widest) for first in range(1, length + 1))


@cache
def forests(length: int, most: int, widest: int) -> tuple[tuple[Tree, ...], ...]:
    """Every sequence of at most `most` trees, each node of at most `widest` children, over `length` positions."""
    if length == 0:
        return ((),)
    if most == 0:
        return ()
    found = []
    for first in range(1, length + 1):
        for tree in projective(first, widest):
            for others in forests(length - first, most - 1, widest):
                found.append((tree, *(t.shift(first) for t in others)))
    return tuple(found)
