"""What primitives on pieces, panels and places give, on small pictures written as text."""

import numpy as np
import pytest

from dsl import parse
from dsl.languages.grids import Grid, grids
from dsl.languages.grids.numbers import line
from dsl.types import read_annotation

CASES = {  # a call, the picture, and what it gives
    "agreeing(x0, flip(x0))": ("12.1", "1..1"),
    "differing(x0, flip(x0))": ("12.1", ".2.."),
    "numbered(how_many(pieces(x0)), x0)": ("12.1", "3333"),
    "slid_down(x0, red)": ("22.1/..../.1.3", "...1/22../.1.3"),
    "slid_left(x0, blue)": ("2..1/....", "21../...."),
    "all_slid_right(x0)": ("2.3./....", "..23/...."),
    "drawn_to(x0, red, blue)": ("2...1/.3.../2....", "...21/.3.../2...."),
    "beamed(x0, red, blue)": ("2...1/.3...", "22221/.3..."),
    "pulled(x0)": ("1.11/2.../..22", ".111/2.../..22"),
    "gathered(x0)": ("3..11/...11/4.2..", "..311/...11/4.2.."),
    "beaming(x0)": ("3..11/...11/..2..", "33311/...11/..2.."),
    "lined_up_across(x0, blue)": ("2..../..1../....3", "...../2.1.3/....."),
    "lined_up_along(x0, blue)": ("2..../..1../...33", "..2../..1../..33."),
    "fitted(x0)": ("111.2/1.1../111..", "111../121../111.."),
    "likened(x0)": ("12.../33.../...1.", "12.../33.23/...13"),
    "boxed(x0)": ("2..3/.2../2222", "2223/2222/2222"),
    "middles(x0)": ("111.2/1.1.2/111..", "....2/.1..2/....."),
    "spanned(x0)": ("1.../..2./1.12", "111./1122/1122"),
    "continued(x0)": ("123../23.../3....", "12312/23123/31231"),
    "completed(x0)": ("12.21/3...3/....5", "12.21/3...3/5...5"),
    "completed(to_origin(x0))": ("1.2.3/.4.4./2...2/.4.4./....1", "1.2.3/.4.4./2...2/.4.4./3.2.1"),
    "prolonged(x0, above(x0, x0))": ("1.../11../.1../.11.", "1.../11../.1../.11./..1./..11/...1/...1"),
    "prolonged(x0, beside(x0, x0))": ("12.1/....", "12.12.12/........"),
    "bars(colours(x0))": ("2..1/.222", "12/.2/.2/.2"),
    "corners(x0, red)": ("1../.../...", "1../.2./..."),
    "strung(x0)": ("1.21/..../1..1/..2.", "1111/..2./1111/..2."),
    "completed_turning(x0)": ("...../.1.1./..3../.1.../.....", "...../.1.1./..3../.1.1./....."),
    "objects_moved(x0, lam(Grid)(height(y0)), lam(Grid)(plus(columns_after(y0, x0), -1)))": (
        "1..../1..../...22/...../.....", "...../...../...1./..21./....."),
    "thickened(x0)": ("..../.12./..../...3", ".12./1122/.123/..33"),
    "thickened_around(x0)": ("..../.12./..../...3", "1122/1122/1123/..33"),
    "coloured_for_each(beside(x0, flip(x0)), x0)": ("2.", "2.....2."),
    "mirrored_about(x0, blue)": ("2..../..1../.....", "2...2/..1../2...2"),
    "mirrored_around(x0, span(x0, blue))": ("2..../..1../.....", "2...2/..1../2...2"),
    "pooled(x0, 2)": ("12.../.2.3./1....", "23./1.."),
    "plain(x0)": ("12.2", "22.2"),
    "mirrored_over(x0, scaled(x0, 2))": ("12/..", "1221/..../..../1221"),
    "untiled(x0)": ("1212/3.3./1212/3.3.", "12/3."),
    "swallowed(x0, grey)": ("1115./115../5.5..", "111../111../....."),
    "copied_to(x0, grey)": ("123.../....5./......", "123.../...123/......"),
    "piece_parity(x0)": ("22.1", "11.2"),
    "unveiled(x0, grey)": ("12.21/3...3/12.55", "12.21/3...3/12.21"),
    "behind(x0, grey)": ("12.21/3...3/12.55", "21"),
    "missing(x0)": ("1212/2121/12../2121", "12"),
    "only_largest(x0)": ("11..2/1..../..33.", "11.../1..../....."),
    "only_smallest(x0)": ("11..2/1..../..33.", "....2/...../....."),
    "rows_by_size(x0)": ("11./.../.22/3..", ".../3../11./.22"),
    "rays_down_right(x0)": ("1../.../..2", "1../.1./..2"),
    "rays_up_left(x0)": ("..3./..../..2.", "2.3./.2../..2."),
    "only_usual(x0)": ("11./.22/2..", ".../.22/2.."),
    "only_rare(x0)": ("11./.22/2..", "11./.../..."),
    "dressed(x0)": ("12.55/33.55/...../5....", "12.12/33.33/...../5...."),
    "piece_half_across(x0)": ("2.1/2../2..", "1.2/2../3.."),
    "piece_twin(x0)": ("22.11/.2..1/.3.1.", "11.22/.1..2/.1.3."),
    "within_area(x0)": ("2..3/.2../..2.", ".22./2.2./22.."),
    "on_panels(x0, lam(Grid)(flip(y0)))": ("11522/11522/55555/..533", "22511/22511/55555/335.."),
    "on_blocks(x0, lam(Grid)(flip(y0)))": ("1122/1122/..../....", "2211/2211/..../...."),
    "renamed_on_black(x0, (), lam(Grid)(recolour(y0, blue, red)))": ("5557/5537/5555", "5553/5533/5555"),
    "relabelled(x0, x0)": ("12/23", "23/33"),
    "tiled_around(x0)": ("...../.12../.34../.....", "43434/21212/43434/21212"),
    "span(x0, red)": (".2.1/...2/3...", "2.1/..2"),
    "largest_block(x0)": ("22.1/22.1/2211/3.11", "22/22/22"),
    "largest_clearing(x0)": ("1..2/...3/3...", "55/55/55"),
    "panels_cells(x0)": ("1.511/..5.1/55555/..5../.25..", "13/1."),
    "panel_usual(x0)": ("1.51./..5.3/55555/..5../.25..", "11.11/11.11/...../22.../22..."),
    "within_panel(x0)": ("12512/.353.", "12512/33533"),
    "piece_row(x0)": (".2./.2./33.", ".1./.2./11."),
    "object_ring(x0)": ("222/2.2/222", "111/1.1/111"),
    "middle_along(x0)": ("...../.....", "11211/11211"),
    "piece_nearest(x0)": ("2.1....3", "1.2....1"),
    "piece_touching(x0)": ("12.3", "22.1"),
    "rays_from_corners(x0)": ("..../.12./.11./....", "1..2/.12./.11./1..1"),
    "rays_from_black_corners(x0)": ("..../.1../.11./....", "...1/.1../.11./...."),
    "rays_from_lower_right_corners(x0)": (".2../22../..../....", ".2../22../..2./...2"),
    "joined_at(objects(x0), grey)": ("5..../1..../..35.", "35/.1"),
    "recalled(x0)": ("13.../33.../...1./.....", "13.../33.../...13/...33"),
}


def picture(text: str) -> Grid:
    return Grid([[int(c.replace(".", "0")) for c in row] for row in text.split("/")])


@pytest.mark.parametrize("call", CASES)
def test_what_it_gives(call):
    given, wanted = CASES[call]
    found = parse(call, grids, (read_annotation(Grid),))(picture(given))
    assert found.tolist() == picture(wanted).tolist()


def test_objects_are_recalled_enlarged_and_in_the_colour_beside_their_marks():
    given = picture("22....../21....../......../......../....3311/....3311")
    wanted = picture("22....../21....../....3333/....3333/....3311/....3311")
    assert parse("recalled(x0)", grids, (read_annotation(Grid),))(given) == wanted


def test_a_grid_is_no_view_of_what_it_was_made_of_and_has_ten_colours():
    whole = np.zeros((4, 2), np.uint8)
    grid, rows = Grid(whole[:2]), Grid(whole)
    whole[0, 0] = 5
    assert grid.tolist() == [[0, 0], [0, 0]] and grid == Grid([[0, 0], [0, 0]]) and not rows.cells.any()
    for cells in ([[12]], [[-1]], [[300]], [[1.5]], np.array([[10]], np.uint8), np.array([[256]]), [["1"]], [[]], []):
        with pytest.raises(ValueError, match="no grid"):
            Grid(cells)
    with pytest.raises(ValueError, match="a picture of 1 x 2000000000 cells"):
        line(2_000_000_000, 3)
