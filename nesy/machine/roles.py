"""Roles: words that mean alike, and yet stand in sentences differently.

Syntax sees categories. A bracket and a word that copies may both pass on a value, a digit and
a bracket may both bring one; their neighbours tell them apart.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nesy.machine.candidates import Lesson
from nesy.machine.semantics import Lexicon, Meaning

OFTEN = 30  # sentences from which a word's neighbours are taken seriously
APART = 0.4  # how far the neighbours of words of one role may differ: total variation


def with_roles(lexicon: Lexicon, lessons: Iterable[Lesson]) -> dict[str, Meaning]:
    """A lexicon whose words of one category have a role of their own where their neighbours differ from the others'."""
    around: dict[str, Counter] = {w: Counter() for w in lexicon}
    seen = Counter()
    for lesson in lessons:
        row = [None, *(lexicon[w].category if w in lexicon else None for w in lesson.words), None]
        seen.update({w for w in lesson.words if w in lexicon})
        for i, w in enumerate(lesson.words):
            if w in around:
                around[w]["before", row[i]] += 1
                around[w]["after", row[i + 2]] += 1
    groups: dict[object, list[list[str]]] = {}
    for w in sorted(lexicon, key=lambda w: (-seen[w], w)):
        alike = groups.setdefault(lexicon[w].category, [])
        home = next((g for g in alike if seen[w] < OFTEN or apart(around[w], around[g[0]]) <= APART), None)
        if home is None:
            alike.append([w])
        else:
            home.append(w)
    roles = {w: "" if k == 0 else g[0] for alike in groups.values() for k, g in enumerate(alike) for w in g}
    return {w: replace(m, role=roles[w]) for w, m in lexicon.items()}


def apart(one: Mapping[object, int], other: Mapping[object, int]) -> float:
    """The total variation between two tallies, as shares.

    >>> apart({"a": 1, "b": 1}, {"a": 5})
    0.5
    """
    n, m = max(1, sum(one.values())), max(1, sum(other.values()))
    return sum(abs(one.get(k, 0) / n - other.get(k, 0) / m) for k in {*one, *other}) / 2
