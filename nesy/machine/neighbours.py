"""Neighbours: what stands beside a word in sentences, and how far two words differ in that."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nesy.machine.candidates import Lesson

Neighbours = Counter[tuple[str, object]]  # ("before" or "after", what stands there)


def neighbours(lessons: Iterable[Lesson], words: Iterable[str], name: Callable[[str], object]) -> dict[str, Neighbours]:
    """How often each of these words stands beside what, as `name` calls it; None at either end of a sentence.

    >>> neighbours([Lesson(("a", "b"), 0)], ["a"], str.upper)
    {'a': Counter({('before', None): 1, ('after', 'B'): 1})}
    """
    found: dict[str, Neighbours] = {w: Counter() for w in words}
    for lesson in lessons:
        row = [None, *map(name, lesson.words), None]
        for i, w in enumerate(lesson.words):
            if w in found:
                found[w]["before", row[i]] += 1
                found[w]["after", row[i + 2]] += 1
    return found


def apart(one: Mapping[Any, int], other: Mapping[Any, int]) -> float:
    """The total variation between two tallies, as shares.

    >>> apart({"a": 1, "b": 1}, {"a": 5})
    0.5
    """
    n, m = max(1, sum(one.values())), max(1, sum(other.values()))
    return sum(abs(one.get(k, 0) * m - other.get(k, 0) * n) for k in {*one, *other}) / (2 * n * m)
