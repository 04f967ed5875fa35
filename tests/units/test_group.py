"""Groups of pictures: the simplest, the best of the others, and those that tell most."""

from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import load, parse
from dsl.languages.grids import Grid
from dsl.types import read_annotation
from solvers.grids import group as groups
from solvers.grids.rules import CHEAP, DEAR, Picture

PROGRAM = parse("x0", load("grids"), (read_annotation(Grid),))


@pytest.fixture(autouse=True, scope="module")
def few():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "PICTURES", 3)
        patch.setattr(groups, "BEST", 4)
        yield


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 60))
def test_the_simplest_are_kept_and_of_the_others_those_that_are_right_on_most(seed, many):
    rng = np.random.default_rng(seed)
    target = rng.integers(0, 3, 5).astype(np.uint8)
    pictures = [Picture(PROGRAM, cost, rng.integers(0, 3, 7).astype(np.uint8)) for cost in np.sort(
        rng.integers(1, 5, many)).tolist()]
    group = groups.Group(target)
    for p in pictures:
        group.add(p, p.cells[:5] == target)
    first, kept = pictures[:3], group.pictures
    assert kept[:3] == first and group.seen == many
    assert [p.cost for p in kept] == sorted(p.cost for p in kept)

    right = [p.cells[:5] == target for p in first if not (p.cells[:5] == target).all()]
    wrong = ~max(right, key=lambda r: r.mean()) if right else np.ones(5, dtype=bool)
    distinct = {p.cells[:5].tobytes(): p for p in reversed(pictures[3:])}.values()  # the first of those alike
    for worth in (lambda p: (p.cells[:5] == target).mean() - CHEAP * p.cost,
                  lambda p: (p.cells[:5] == target)[wrong].mean() - DEAR * p.cost,
                  lambda p: told(first[0].cells[:5], p.cells[:5], target) - p.cost):
        best = sorted(map(worth, distinct), reverse=True)[:4]
        assert sorted(map(worth, kept[3:]), reverse=True)[:4] == pytest.approx(best)


def told(known, shown, target) -> float:
    """The logarithm of how probable the target's cells are, by their shares among cells alike, less each number's."""
    alike = list(zip(known.tolist(), shown.tolist(), strict=True))
    found = 0.0
    for kind in set(alike):
        wanted = [t for a, t in zip(alike, target.tolist(), strict=True) if a == kind]
        found += sum(log2(wanted.count(t) / len(wanted)) for t in wanted)
        found -= (len(set(target.tolist())) - 1) * log2(len(target)) / 2
    return found


def test_of_simple_pictures_those_come_first_that_tell_where_cells_change():
    given = np.array([0, 0, 0, 0, 1, 1, 1, 1] * 4)
    target = np.where(np.arange(32) % 8 < 2, 2, given)  # some of the black cells, all alike, become red
    where = np.where(np.arange(32) % 8 < 2, 3, 0)
    group = groups.Group(target)
    shown = {"given": given, "noise": np.arange(32) % 3, "one": np.ones(32, dtype=int), "where": where,
             "renamed": np.where(where, 5, 0), "dear": where[::-1]}
    for n, cells in enumerate(shown.values()):
        group.add(Picture(PROGRAM, 1 + n // 3 + 3 * (n == 5), cells.astype(np.uint8)), cells == target)
    found = [next(k for k, c in shown.items() if (c == p.cells).all()) for p in group.simple(2, 3)]
    assert found == ["given", "where", "one"]
    assert len(group.simple(9, 9)) == 5  # one of those that differ in a colour's name
