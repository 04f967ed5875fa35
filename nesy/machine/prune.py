"""Prune: right trees by few rules, where sentences have several right trees.

``copy A B`` may be ``copy A`` with ``B`` put after it. Which tree was accepted depends on what
came before it, and a grammar that holds both reads long sentences by chance. So accepted
trees are settled among themselves first; then rules that no sentence needs are given up.
"""

from collections.abc import Iterable

from nesy.machine.candidates import Lesson
from nesy.machine.deduce import POOLED, Chart, Rule, Rules, rules
from nesy.machine.semantics import Category, Domain, Lexicon
from nesy.machine.tree import Tree

PASSES = 10  # of Viterbi training at most
ALIKE = 0.7  # of all that two slots take, both do: then they are alike
FEWEST = 2  # slots alike that tell what to expect

Parsed = list[tuple[Lesson, Tree]]


def settle(accepted: Parsed, lexicon: Lexicon, domain: Domain, pooled: float = POOLED) -> tuple[Parsed, Rules]:
    """The most probable right trees under the rules of these trees, and so on until they stay; with their rules.

    This is Viterbi training (Spitkovsky et al. 2010).
    """
    trees = accepted
    for _ in range(PASSES):
        again = reread(trees, lexicon, domain, Rules.of(trees, lexicon, pooled))
        if again == trees:
            break
        trees = again
    return trees, Rules.of(trees, lexicon, pooled)


def prune(trees: Parsed, lexicon: Lexicon, domain: Domain, pooled: float = POOLED) -> tuple[Parsed, bool]:
    """Right trees of fewer or more regular rules, and whether there are any that do without some of the rules.

    Each rule goes if all sentences have right trees of the others: those first that are not what is `expected`, the
    least probable of them before others. What is expected may be used instead, also where no tree has shown it; with
    `pooled` 0 nothing is.
    """
    trees, counts = list(trees), Rules.of(trees, lexicon, pooled)
    used = [rules(t, x.words, lexicon) for x, t in trees]
    before = frozenset[Rule]().union(*used)
    regular = expected(before) if pooled else frozenset()
    kept = before | regular
    for rule in (*sorted(counts.rarest(), key=lambda r: r in regular), *sorted(regular - before, key=repr)):
        touched = [i for i, found in enumerate(used) if rule in found]
        again = reread([trees[i] for i in touched], lexicon, domain, counts, kept - {rule})
        if len(again) == len(touched):
            kept -= {rule}
            for i, (lesson, tree) in zip(touched, again, strict=True):
                trees[i], used[i] = (lesson, tree), rules(tree, lesson.words, lexicon)
    after = frozenset[Rule]().union(*used)
    return trees, (len(after - regular), len(after)) < (len(before - regular), len(before))


def expected(known: Iterable[Rule]) -> frozenset[Rule]:
    """The rules that the others let one expect: what stands in most slots that are alike stands in this one, too.

    >>> f, g, h, a, b = (Category(name, 1) for name in "fghab")
    >>> grammar = [(s, 0, c) for s in (f, g, h) for c in (f, g, h, a, b)]
    >>> odd = [(a, 0, a), (a, 0, b)]
    >>> sorted(expected([*grammar, *odd])) == sorted(grammar), expected(grammar[1:] + odd) >= {grammar[0]}
    (True, True)
    """
    takes: dict[tuple[Category | None, int], set[Category]] = {}
    for head, slot, child in known:
        takes.setdefault((head, slot), set()).add(child)
    every = set[Category]().union(*takes.values())
    found = set()
    for slot, own in takes.items():
        for child in every:
            others = [other for at, other in takes.items() if at != slot and _alike(own - {child}, other - {child})]
            if len(others) >= FEWEST and sum(child in other for other in others) > len(others) / 2:
                found.add((*slot, child))
    return frozenset(found)


def _alike(a: set[Category], b: set[Category]) -> bool:
    return len(a & b) >= ALIKE * len(a | b) > 0


def reread(trees: Parsed, lexicon: Lexicon, domain: Domain, counts: Rules,
           only: frozenset[Rule] | None = None) -> Parsed:
    """The most probable right trees of these sentences, of these rules only, up to the first that has none."""
    found = []
    for lesson, _ in trees:
        tree = Chart(lesson, lexicon, domain, counts, only).best()
        if tree is None:
            break
        found.append((lesson, tree))
    return found
