"""Prune: right trees by few rules, where sentences have several right trees.

``copy A B`` may be ``copy A`` with ``B`` put after it. Which tree was accepted depends on what
came before it, and a grammar that holds both reads long sentences by chance. So accepted
trees are settled among themselves first; then rules that no sentence needs are given up.
"""

from nesy.machine.candidates import Lesson
from nesy.machine.deduce import Chart, Rule, Rules, rules
from nesy.machine.semantics import Domain, Lexicon
from nesy.machine.tree import Tree

PASSES = 10  # of Viterbi training at most

Parsed = list[tuple[Lesson, Tree]]


def settle(accepted: Parsed, lexicon: Lexicon, domain: Domain, passes: int = PASSES) -> tuple[Parsed, Rules]:
    """The most probable right trees under the rules of these trees, and so on until they stay; with their rules.

    This is Viterbi training (Spitkovsky et al. 2010).
    """
    trees = accepted
    for _ in range(passes):
        again = reread(trees, lexicon, domain, Rules.of(trees, lexicon))
        if again == trees:
            break
        trees = again
    return trees, Rules.of(trees, lexicon)


def prune(trees: Parsed, lexicon: Lexicon, domain: Domain) -> tuple[Parsed, bool]:
    """Right trees of fewer rules, and whether there are any that do without some of the rules.

    Each rule, the least probable first, goes if all sentences have right trees of the others.
    """
    trees, counts = list(trees), Rules.of(trees, lexicon)
    used = [rules(t, x.words, lexicon) for x, t in trees]
    kept = frozenset[Rule]().union(*used)
    before = len(kept)
    for rule in counts.rarest():
        touched = [i for i, found in enumerate(used) if rule in found]
        again = reread([trees[i] for i in touched], lexicon, domain, counts, kept - {rule})
        if len(again) == len(touched):
            kept -= {rule}
            for i, (lesson, tree) in zip(touched, again, strict=True):
                trees[i], used[i] = (lesson, tree), rules(tree, lesson.words, lexicon)
    return trees, len(kept) < before


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
