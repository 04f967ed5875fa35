"""What primitives on pieces, panels and places give, on small pictures written as text."""

import pytest

from dsl import parse
from dsl.languages.grids import Grid, grids
from dsl.types import read_annotation

CASES = {  # a call, the picture, and what it gives
    "slid_down(x0, red)": ("22.1/..../.1.3", "...1/22../.1.3"),
    "slid_left(x0, blue)": ("2..1/....", "21../...."),
    "all_slid_right(x0)": ("2.3./....", "..23/...."),
    "drawn_to(x0, red, blue)": ("2...1/.3.../2....", "...21/.3.../2...."),
    "beamed(x0, red, blue)": ("2...1/.3...", "22221/.3..."),
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
    "recalled(x0)": ("13.../33.../...1./.....", "13.../33.../...13/...33"),
}


def picture(text: str) -> Grid:
    return Grid([[int(c.replace(".", "0")) for c in row] for row in text.split("/")])


@pytest.mark.parametrize("call", CASES)
def test_what_it_gives(call):
    given, wanted = CASES[call]
    found = parse(call, grids, (read_annotation(Grid),))(picture(given))
    assert found.tolist() == picture(wanted).tolist()
