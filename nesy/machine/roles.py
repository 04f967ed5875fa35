"""Roles: words that mean alike, and yet stand in sentences differently.

Syntax sees categories. A bracket and a word that copies may both pass on a value, a digit and
a bracket may both bring one; their neighbours tell them apart.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nesy.machine.candidates import Lesson
from nesy.machine.neighbours import apart, neighbours
from nesy.machine.semantics import Lexicon, Meaning

OFTEN = 30  # sentences from which a word's neighbours are taken seriously
APART = 0.4  # how far the neighbours of words of one role may differ: total variation


def with_roles(lexicon: Lexicon, lessons: Sequence[Lesson]) -> dict[str, Meaning]:
    """A lexicon whose words of one category have a role of their own where their neighbours differ from the others'."""
    around = neighbours(lessons, lexicon, lambda w: lexicon[w].category if w in lexicon else None)
    seen = Counter(w for lesson in lessons for w in set(lesson.words))
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
