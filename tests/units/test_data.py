"""Data files: found, checked, refused."""

import pytest

from tasks import TaskError, benchmark
from tasks.data import SCAN, fetch, local
from tasks.scan.load import read
from tasks.score import correct, wilson


def test_files_in_nesy_data_are_used_and_checked(tmp_path, monkeypatch):
    monkeypatch.setenv("NESY_DATA", str(tmp_path))
    file = next(iter(SCAN.files))
    path = tmp_path / "scan" / file
    path.parent.mkdir(parents=True)
    path.write_text("IN: walk OUT: I_WALK\n")
    assert local(SCAN, file) == path
    with pytest.raises(TaskError, match="SHA-256"):
        fetch(SCAN, file)


def test_a_malformed_line_is_named(tmp_path):
    path = tmp_path / "scan.txt"
    path.write_text("IN: walk OUT: I_WALK\nIN: run\n")
    with pytest.raises(TaskError, match="line 2"):
        read(path)
    path.write_text("IN: walk OUT: I_RUN\n")
    with pytest.raises(TaskError, match="line 1"):
        read(path)


def test_simple_is_the_published_draw():
    if any(local(SCAN, f) is None for f in SCAN.files):
        pytest.skip("SCAN's simple split is not here; `nesy data fetch scan` or NESY_DATA brings it")
    split = benchmark("scan").split("simple")
    assert (len(split.train), len(split.test)) == (16728, 4182)


def test_scores():
    assert not correct(True, 1) and not correct(1.0, 1) and correct((1, "a"), (1, "a"))
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(50, 100)
    assert low < 0.5 < high and abs((low + high) / 2 - 0.5) < 1e-9
    assert wilson(100, 100)[1] > 0.9999
