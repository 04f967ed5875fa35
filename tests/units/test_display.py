"""What a run looks like on the screen, whatever it learned."""

import json
from unittest.mock import patch

import pytest

from dsl import DSL, NesyError, load, primitive
from dsl.languages import NAMES
from dsl.laws import same
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


def test_a_languages_words_are_listed_with_calls_that_hold():
    for name in NAMES:
        dsl = load(name)
        found = words(dsl)
        assert [w.primitive for w in found] == list(dsl.primitives)
        for w in found:
            if w.args:
                assert same(w.primitive(*w.args), w.value), w.record
    shown = [w for w in words(load("grids")) if w.args]
    assert len(shown) > 0.9 * len(load("grids").primitives)


def test_a_primitive_that_loops_or_fails_is_listed_without_an_example():
    @primitive
    def loops(a: int) -> int:
        while True:
            a += 1

    @primitive
    def fails(a: int) -> int:
        raise LookupError(a)

    assert [w.record["example"] for w in words(DSL("bad", [fails]))] == [""]
    with patch("nesy.listing.TRIES", 2), patch("nesy.listing.SECONDS", 0.05):
        assert [w.record["example"] for w in words(DSL("bad", [loops]))] == [""]
