"""The grid language: what its primitives promise holds, and grids are values."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.inputs import seeded
from dsl.languages.grids import Colour, Grid, grids
from dsl.languages.grids.grid import LARGEST, LONGEST, Nothing
from dsl.languages.grids.growth import WAYS, Step, back, seen
from dsl.languages.grids.motion import Say
from dsl.languages.grids.parts import plain_pieces
from dsl.languages.grids.relations import holding, touching
from dsl.languages.grids.views import FIXED, FORMS, Make, on_blocks, on_panels, renaming, renaming_all
from dsl.laws import violation
from dsl.types import belongs, read_annotation

ONE, MANY, COLOUR, INT, MAKE, STEP, SAY = map(read_annotation, (Grid, tuple[Grid, ...], Colour, int, Make, Step, Say))


@st.composite
def pictures(draw):
    height, width = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    colours = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    drawn = draw(st.binary(min_size=height * width, max_size=height * width))  # a list of lists takes ten times as long
    cells = np.array([0, *colours])[np.frombuffer(drawn, np.uint8) % (1 + len(colours))].reshape(height, width)
    return Grid(cells, draw(st.tuples(st.integers(-1, 3), st.integers(-1, 3))))


def as_it_is(g):
    return g


def upside_down(g):
    return Grid(g.cells[::-1])


def spreading(given, now):
    return Grid(np.where(now.cells == 0, np.roll(now.cells, 1, 0), now.cells))


def never_still(given, now):
    return Grid((now.cells + 1) % 3)


def none(piece):
    return 0


def its_height(piece):
    return piece.shape[0]


LOSSLESS = [view for head, view in FORMS.items() if head not in (on_panels, on_blocks)]
VALUES = {ONE: pictures(), MANY: st.lists(pictures(), min_size=1, max_size=4).map(tuple),
          COLOUR: st.sampled_from(list(Colour)), INT: st.integers(0, 4),
          FIXED: st.lists(st.sampled_from(list(Colour))).map(tuple),
          MAKE: st.sampled_from([as_it_is, upside_down]), STEP: st.sampled_from([spreading, never_still]),
          SAY: st.sampled_from([none, its_height])}


def tried(call, *args):
    try:
        return call(*args)
    except Exception as error:  # what a search takes as the value of a call
        return type(error)


@pytest.mark.parametrize("p", grids.primitives, ids=lambda p: p.name)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_primitive_gives_what_it_says_changes_nothing_and_keeps_its_laws(p, data):
    args = [data.draw(VALUES[t]) for t in p.params]
    before = pickle.dumps(args)
    found = tried(p.function, *args)
    assert pickle.dumps(args) == before
    assert isinstance(found, type) and issubclass(found, ValueError) or belongs(found, p.result)
    assert tried(p.function, *args) == found
    for g in found if isinstance(found, tuple) else [found]:
        if isinstance(g, Grid):
            assert g.cells.max() <= 9 and g.cells.size <= LARGEST and max(g.shape) <= LONGEST
    assert violation(p.function, p.laws, [[data.draw(VALUES[t]) for _ in range(3)] for t in p.params]) is None


@given(pictures(), pictures())
def test_grids_are_values(a, b):
    same = a.at == b.at and a.shape == b.shape and bool((a.cells == b.cells).all())
    assert (a == b) == same and (not same or hash(a) == hash(b))
    assert pickle.loads(pickle.dumps(a)) == a
    with pytest.raises(ValueError, match="read-only"):
        a.cells[0, 0] = 1
    with pytest.raises(AttributeError, match="cannot be changed"):
        a.at = (5, 5)


@given(pictures(), st.lists(st.integers(1, 9)))
def test_what_is_seen_is_seen_back(g, fixed):
    for way in WAYS["grown_all_ways"]:
        assert (back(seen(g.cells, way), way) == g.cells).all()
    for there, again in (renaming(g, fixed), renaming_all(g, fixed), *(view(g) for view in LOSSLESS)):
        assert (again(there(g.cells)) == g.cells).all()
    for view in FORMS.values():
        try:
            there, again = view(g)
        except Nothing:
            continue
        once = there(g.cells)
        assert (there(again(once)) == once).all()


@given(pictures(), st.permutations(range(1, 10)))
def test_colours_by_frequency_do_not_depend_on_their_names(g, names):
    other = Grid(np.array([0, *names], dtype=np.uint8)[g.cells])
    assert (renaming(g, [])[0](g.cells) == renaming(other, [])[0](other.cells)).all()


@given(st.data())
def test_what_is_hidden_of_a_symmetric_picture_is_seen(data):
    quarter = data.draw(pictures()).cells
    whole = np.block([[quarter, quarter[:, ::-1]], [quarter[::-1], quarter[::-1, ::-1]]]) % 9
    hidden = whole.copy()
    rows, columns = (sorted(data.draw(st.tuples(st.integers(0, n), st.integers(0, n)))) for n in quarter.shape)
    hidden[rows[0]:rows[1], columns[0]:columns[1]] = 9
    by_name = {p.name: p.function for p in grids.primitives}
    found = tried(by_name["unveiled"], Grid(hidden), Colour.MAROON)
    if rows[0] == rows[1] or columns[0] == columns[1]:
        assert found is Nothing
    else:
        assert found.cells.tolist() == whole.tolist()
        part = tried(by_name["behind"], Grid(hidden), Colour.MAROON)
        assert part.cells.tolist() == whole[rows[0]:rows[1], columns[0]:columns[1]].tolist()


@given(pictures())
def test_what_is_gathered_keeps_its_cells(g):
    found = tried({p.name: p.function for p in grids.primitives}["gathered"], g)
    assert found is Nothing or sorted(found.cells.ravel().tolist()) == sorted(g.cells.ravel().tolist())


def test_transforms_keep_what_symmetry_says():
    by_name = {p.name: p for p in grids.primitives}
    for n in range(20):
        rng = np.random.default_rng(seeded("grid", n).getrandbits(32))
        g = Grid(rng.integers(0, 4, (3, 3)))
        turned = g
        for _ in range(4):
            turned = by_name["turn"](turned)
        assert turned == g and by_name["turn_back"](by_name["turn"](g)) == g
        assert by_name["half_turn"](g) == by_name["flip"](by_name["flop"](g))
        least = tried(by_name["shrunk"].function, g)
        assert by_name["shrunk"](by_name["scaled"](g, 3)) == (least if isinstance(least, Grid) else g)


@given(pictures())
def test_relations_of_pieces_are_as_brute_force_says(g):
    try:
        ps = plain_pieces.function(g)
    except ValueError:
        return
    cells = [{(y + p.at[0], x + p.at[1]) for y, x in zip(*(a.tolist() for a in np.nonzero(p.cells)), strict=True)}
             for p in ps]
    near = [{(y + a, x + b) for y, x in c for a in (-1, 0, 1) for b in (-1, 0, 1)} for c in cells]
    joined, held = touching(g, ps), holding(ps)
    for a in range(len(ps)):
        for b in range(len(ps)):
            if a != b:
                assert joined.has_edge(a, b) == bool(near[a] & cells[b])
                area = [{(p.at[0] + y, p.at[1] + x) for y in range(p.shape[0]) for x in range(p.shape[1])}
                        for p in (ps[a], ps[b])]
                assert held.has_edge(a, b) == (area[1] < area[0])
