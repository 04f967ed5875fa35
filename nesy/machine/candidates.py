"""Candidates: the analyses that could make a sentence right, and the meanings they would need.

An analysis is a tree with a value at every node. A word that is known maps its
children's values by its candidate meanings; a word that is not may bring forth any
part of the answer that some meaning of the pool gives. Nothing is chosen here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from dsl.interpret import Failure
from nesy.machine.semantics import Meaning, Pool
from nesy.machine.tree import Tree, projective

Use = tuple[tuple[object, ...], object]  # children's values, own value


@dataclass(frozen=True)
class Analysis:
    """A tree and, for each position, what its word must do: map these values to that one."""

    tree: Tree
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Lesson:
    """A sentence to explain: its symbols and the value it denotes; its tree, if that is given."""

    words: tuple[str, ...]
    answer: object
    tree: Tree | None = None

    def trees(self, widest: int) -> tuple[Tree, ...]:
        """The trees that it may have."""
        return (self.tree,) if self.tree is not None else projective(len(self.words), widest)


Known = Mapping[str, tuple[Meaning, ...]]


def analyses(lesson: Lesson, known: Known, pool: Pool, most: int = 400) -> list[Analysis]:
    """At most `most` analyses of a sentence, those over each tree in turn."""
    found: list[Analysis] = []
    atoms = pool.domain.atoms(lesson.answer)
    parts = pool.domain.parts(lesson.answer)
    trees = lesson.trees(pool.domain.arguments)
    for tree in trees:
        step = Steps(lesson, known, pool, atoms, parts)
        table: dict[int, dict[object, list[tuple[object, ...]]]] = {}
        if step.fill(tree, table, root=True):
            found.extend(islice(_unfold(tree, lesson.answer, table, len(lesson.words)), max(10, most // len(trees))))
    return found


class Steps:
    """One sentence's values, filled in from the leaves of a tree to its root."""

    def __init__(self, lesson: Lesson, known: Known, pool: Pool, atoms: frozenset, parts: frozenset):
        self.lesson, self.known, self.pool, self.atoms, self.parts = lesson, known, pool, atoms, parts

    def fill(self, tree: Tree, table: dict, root: bool = False) -> bool:
        """Note each value that a node can have, with the children's values that lead there."""
        for child in tree.children:
            if not self.fill(child, table):
                return False
        values: dict[object, list[tuple[object, ...]]] = {}
        wanted = frozenset((self.lesson.answer,)) if root else self.parts
        for children in product(*(table[c.head] for c in tree.children)):
            for value in self.results(self.lesson.words[tree.head], children):
                if value in wanted:
                    values.setdefault(value, []).append(children)
        table[tree.head] = values
        return bool(values)

    def results(self, word: str, children: tuple[object, ...]) -> Iterator[object]:
        """The values that a word can have over these children."""
        meanings = self.known.get(word)
        if meanings is None:
            yield from self.pool.results(children, self.atoms)
            return
        seen = set()
        for m in meanings:
            value = m.value(children)
            if not isinstance(value, Failure) and value not in seen:
                seen.add(value)
                yield value


def _unfold(tree: Tree, value: object, table: dict, n: int) -> Iterator[Analysis]:
    def expand(node: Tree, value: object) -> Iterator[dict[int, Use]]:
        for children in table[node.head][value]:
            below = [list(expand(c, v)) for c, v in zip(node.children, children, strict=True)]
            for combo in product(*below):
                uses = {node.head: (children, value)}
                for part in combo:
                    uses |= part
                yield uses

    for uses in expand(tree, value):
        yield Analysis(tree, tuple(uses[i] for i in range(n)))


def supporters(word: str, use: Use, known: Known, pool: Pool, atoms: frozenset) -> list[Meaning]:
    """The candidate meanings of a word that do what a use asks."""
    children, value = use
    if word in known:
        return [m for m in known[word] if m.value(children) == value]
    return pool.results(children, atoms).get(value, [])


def uses(lesson: Lesson, known: Known, pool: Pool) -> set[tuple[str, Use]]:
    """What each word of a sentence does in some analysis of it; complete, without listing them all."""
    step = Steps(lesson, known, pool, pool.domain.atoms(lesson.answer), pool.domain.parts(lesson.answer))
    found: set[tuple[str, Use]] = set()
    for tree in lesson.trees(pool.domain.arguments):
        table: dict[int, dict[object, list[tuple[object, ...]]]] = {}
        if not step.fill(tree, table, root=True):
            continue
        asked: dict[int, set[object]] = {tree.head: {lesson.answer}}
        for node in tree.nodes():
            for value in asked[node.head]:
                for children in table[node.head][value]:
                    found.add((lesson.words[node.head], (children, value)))
                    for child, v in zip(node.children, children, strict=True):
                        asked.setdefault(child.head, set()).add(v)
    return found


def narrow(lessons: Sequence[Lesson], known: Known, pool: Pool, dominate: bool = True,
           tolerance: float = 0.0) -> dict[str, tuple[Meaning, ...]]:
    """The meanings that the lessons leave possible, for known words and for new ones.

    A meaning stays if it can serve in some analysis of every lesson with its word (but
    for a share of `tolerance`; if none can, those stay that serve most), and if no
    cheaper one serves wherever it does. One that is dominated so stays when its
    category is another word's, who would share the cost.
    """
    serves: dict[str, dict[Meaning, int]] = {}  # as bit sets over (lesson, use)
    lessons_of: dict[str, list[int]] = {}
    bit = 1
    for lesson in lessons:
        atoms = pool.domain.atoms(lesson.answer)
        blocks: dict[str, int] = {}
        for word, use in uses(lesson, known, pool):
            for m in supporters(word, use, known, pool, atoms):
                masks = serves.setdefault(word, {})
                masks[m] = masks.get(m, 0) | bit
            blocks[word] = blocks.get(word, 0) | bit
            bit <<= 1
        for word, block in blocks.items():
            lessons_of.setdefault(word, []).append(block)
    if not dominate:
        return {**known, **{w: tuple(sorted(_passing(masks, lessons_of[w], tolerance), key=lambda m: _rank(m, pool)))
                            for w, masks in serves.items()}}
    kept = {w: _undominated(_passing(masks, lessons_of[w], tolerance), pool) for w, masks in serves.items()}
    shared = {m.sketch for meanings in kept.values() for m in meanings}
    narrowed = dict(known)
    for word, masks in serves.items():
        passing = _passing(masks, lessons_of[word], tolerance)
        also = [m for m in passing if m.sketch in shared and m not in kept[word]]
        narrowed[word] = tuple(sorted((*kept[word], *also), key=lambda m: _rank(m, pool)))
    return narrowed


def _rank(m: Meaning, pool: Pool) -> tuple[float, str]:
    return pool.sketch_bits(m) + pool.constant_bits(m), str(m.program)


def _passing(masks: dict[Meaning, int], blocks: list[int], tolerance: float) -> dict[Meaning, int]:
    score = {m: sum(1 for b in blocks if mask & b) for m, mask in masks.items()}
    least = min(max(score.values()), (1 - tolerance) * len(blocks))
    return {m: mask for m, mask in masks.items() if score[m] >= least}


def _undominated(masks: dict[Meaning, int], pool: Pool) -> list[Meaning]:
    kept: list[Meaning] = []
    for m in sorted(masks, key=lambda m: _rank(m, pool)):
        if not any(masks[m] | masks[k] == masks[k] for k in kept):
            kept.append(m)
    return kept
