"""What a run looks like on the screen, whatever it learned."""

import json
from ast import literal_eval
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from dsl import DSL, NesyError, load, primitive
from dsl.laws import same
from dsl.types import is_function
from nesy import display
from nesy.listing import words

SUMMARY = {"benchmark": "digits", "split": "sudoku4", "seed": 0, "solver": "machine", "n": 4, "solved": 4, "correct": 3,
           "accuracy": 0.75, "interval": [0.3, 0.95], "statuses": {"SOLVED": 4}, "certificates": {"weighed": 4},
           "train": 10, "held_out_accuracy": None, "train_seconds": 1.0, "seconds": 2.0, "cpu_seconds": 2.0,
           "peak_memory_mb": 9}


def test_a_network_alone_is_shown_by_its_symbols_and_parts(tmp_path, capsys):
    (tmp_path / "learning.json").write_text(json.dumps({"notes": []}))
    display.runs([(tmp_path, {**SUMMARY, "symbol_accuracy": 0.9, "calibration_error": 0.01, "inconsistent": 1,
                              "groups": {"I": {"n": 4, "accuracy": 0.75}}, "faults": {"perception": 1}})])
    said = capsys.readouterr().out
    for part in ("learned from 10 items in 1.0 s;", "single images told rightly 90.00 %", "I: 75.00 % of 4",
                 "at fault where wrong: perception 1"):
        assert part in said


def test_a_damaged_record_is_named_after_the_figures(tmp_path, capsys):
    (tmp_path / "learning.json").write_text('{"lexicon": 1}')
    with pytest.raises(NesyError, match="the figures above stand without it"):
        display.runs([(tmp_path, SUMMARY)])
    assert "75.00 %" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["lists", "list_functions", "integers", "strings", "booleans"])
def test_a_languages_words_are_listed_with_calls_that_hold(name):
    dsl = load(name)
    found = words(dsl)
    assert [w.primitive for w in found] == list(dsl.primitives)
    for w in found:
        if w.args:
            args = [literal_eval(a.text) for a in w.args]
            assert same(w.primitive(*args), literal_eval(w.value.text)), w.record
        else:
            assert any(map(is_function, w.primitive.params)), w.record


def test_grids_are_listed_as_pictures(capsys):
    found = words(load("grids"))
    assert sum(bool(w.value.pictures) for w in found) > 0.8 * len(found)
    display.vocabulary(load("grids"), found[:3])
    assert "flip: (Grid) -> Grid" in capsys.readouterr().out


@dataclass(frozen=True)
class Shy:
    n: int

    def __repr__(self) -> str:
        raise RuntimeError("no repr")


def bad(a: int) -> int:
    """A \x1b[31mred line."""
    print("hello")
    raise LookupError(a)


def tower(a: int) -> int:
    return 10**10**4


def loops(a: int) -> int:
    while True:
        a += 1


def untyped(a: int) -> int:
    return None  # type: ignore[return-value]


def shy(a: int) -> Shy:
    return Shy(a)


@pytest.mark.parametrize(("function", "said"), [(bad, ""), (untyped, ""), (loops, ""), (tower, ""),
                                                (shy, "cannot be shown")])
def test_a_primitive_that_misbehaves_is_listed_all_the_same(function, said, capfd):
    with patch("nesy.listing.SECONDS", 0.5), patch("nesy.listing.TOGETHER", 0.5):
        (word,) = words(DSL("odd", [primitive(function)]))
    assert said in word.record["example"] and (said or not word.record["example"])
    assert "\x1b" not in word.about and capfd.readouterr().out == ""
