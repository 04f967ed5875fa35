"""Run folders: torn, corrupted, shared or unwritable, they are refused in one line and lose nothing."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dsl import Failure, NesyError
from dsl.interpret import Why
from nesy.config import eval_config
from nesy.runs.store import RunFolder, TaskLine, latest

CONFIG = eval_config(benchmark="scan", split="length", limit=3)
LINE = {"id": "test-00000", "status": "SOLVED", "correct": True, "program": "walk", "certificate": "unique: x",
        "prediction": ["A"], "seconds": 0.1, "cpu_seconds": 0.1}


def opened(path, resume=False):
    folder = RunFolder(path, CONFIG, resume)
    folder.close()
    return folder


def test_lines_survive_and_a_torn_last_line_is_dropped(tmp_path):
    folder = RunFolder(tmp_path / "run", CONFIG, False)
    with folder.appending() as lines:
        lines.add(LINE)
        lines.add({**LINE, "id": "test-00001"})
    folder.close()
    path = tmp_path / "run" / "tasks.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert list(opened(tmp_path / "run", resume=True).lines) == ["test-00000"]
    assert path.read_text() == json.dumps(LINE) + "\n"


@pytest.mark.parametrize("line", ["{}", "[1]", "nonsense", json.dumps({**LINE, "correct": "yes"}),
                                  json.dumps({**LINE, "more": 1}), json.dumps({**LINE, "others": [{"program": "x"}]}),
                                  json.dumps({**LINE, "guess": {"prediction": [1], "correct": True}})])
def test_a_line_that_is_no_record_is_named(tmp_path, line):
    opened(tmp_path)
    (tmp_path / "tasks.jsonl").write_text(json.dumps(LINE) + "\n" + line + "\n")
    with pytest.raises(NesyError, match="line 2"):
        opened(tmp_path, resume=True)


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    folder = RunFolder(tmp_path, CONFIG, False)
    with folder.appending() as lines:
        with pytest.raises(ValidationError, match="more"):
            lines.add({**LINE, "more": 1})
        lines.add({**LINE, "share": 0.5})
    folder.close()
    assert list(opened(tmp_path, resume=True).lines.values()) == [TaskLine(**LINE, share=0.5).model_dump()]


NESTED = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.builds(lambda: 10**5_000)
                      | st.just(Failure(Why.RAISED, "no value")) | st.just(np.float32("nan")),
                      lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.just(np.arange(3)))


@given(NESTED)
def test_whatever_was_predicted_is_json_and_read_again_as_it_was_written(prediction):
    with TemporaryDirectory() as name:
        folder = RunFolder(Path(name), CONFIG, False)
        with folder.appending() as lines:
            lines.add({**LINE, "prediction": prediction, "others": [{"program": "p", "prediction": [prediction]}]})
        folder.write("learning.json", {"likelihood": [prediction]})
        folder.close()
        for file in ("tasks.jsonl", "learning.json"):
            json.loads((folder.path / file).read_text(), parse_constant=pytest.fail)
        kept = {name: TaskLine(**record).model_dump() for name, record in folder.lines.items()}
        assert opened(folder.path, resume=True).lines == kept


@pytest.mark.parametrize("name", ["summary.json", "learning.json", "machine.json"])
@pytest.mark.parametrize("content", ["{", "[]", "\udcff"])
def test_a_corrupted_file_is_named(tmp_path, name, content):
    folder = opened(tmp_path)
    (tmp_path / name).write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(NesyError, match=name):
        folder.read(name)


@pytest.mark.parametrize("content", ["{", "{}", '{"config": {"benchmark": 1}}', "[]"])
def test_a_corrupted_record_is_named(tmp_path, content):
    opened(tmp_path)
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(NesyError, match="run.json"):
        opened(tmp_path, resume=True)


@pytest.mark.parametrize("name, wrong", [("learning.json", {"called": [1]}), ("learning.json", {"lexicon": 3}),
                                         ("summary.json", {"groups": {"I": 1}}), ("summary.json", {"cells": "all"})])
def test_what_is_optional_is_checked_where_it_is_there(tmp_path, name, wrong):
    summary = {"benchmark": "b", "split": "s", "seed": 0, "solver": "asp", "n": 1, "solved": 1, "correct": 1,
               "accuracy": 1.0, "interval": [0.0, 1.0], "statuses": {}, "certificates": {}, "train": None,
               "held_out_accuracy": None, "train_seconds": None, "seconds": 1.0, "cpu_seconds": 1.0,
               "peak_memory_mb": 1}
    learning = {"sentences": 1, "seconds": 1.0, "cpu_seconds": 1.0, "peak_memory_mb": 1}
    whole = summary if name == "summary.json" else learning
    folder = opened(tmp_path)
    folder.write(name, whole)
    assert folder.read(name) == whole
    folder.write(name, {**whole, **wrong})
    with pytest.raises(NesyError, match=f"{name}.*{next(iter(wrong))}"):
        folder.read(name)


def test_a_run_goes_on_with_its_own_tasks_alone(tmp_path):
    RunFolder(tmp_path, CONFIG, False, "published").close()
    RunFolder(tmp_path, CONFIG, True, "published").close()
    with pytest.raises(NesyError, match="NESY_DATA"):
        RunFolder(tmp_path, CONFIG, True, "drawn")


def test_two_processes_do_not_write_one_run(tmp_path):
    folder = RunFolder(tmp_path, CONFIG, False)
    with pytest.raises(NesyError, match="another process"):
        RunFolder(tmp_path, CONFIG, True)
    folder.close()
    opened(tmp_path, resume=True)


def test_another_config_is_refused_and_the_newest_equal_one_found(tmp_path):
    opened(tmp_path / "a")
    with pytest.raises(NesyError, match="limit=3"):
        RunFolder(tmp_path / "a", eval_config(benchmark="scan", split="length", limit=4), True)
    assert latest(tmp_path, CONFIG) == tmp_path / "a"
    assert latest(tmp_path, eval_config(benchmark="scan", split="length")) is None


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NesyError, match="--out"):
        opened(tmp_path / "file")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "tasks.jsonl").write_text("")
    with pytest.raises(NesyError, match=r"no run\.json"):
        opened(tmp_path / "odd")


@pytest.mark.parametrize(("name", "content", "part"), [
    ("summary.json", {"interval": "x"}, "summary.json: not a record of a run"),
    ("learning.json", {"sentences": 3, "seconds": "x", "cpu_seconds": 1.0, "peak_memory_mb": 1}, r"\(seconds\)")])
def test_a_record_with_a_wrong_field_is_named(tmp_path, name, content, part):
    folder = opened(tmp_path)
    (tmp_path / name).write_text(json.dumps(content))
    with pytest.raises(NesyError, match=part):
        folder.read(name)


def test_a_folder_that_another_process_took_first_is_not_written(tmp_path):
    first = RunFolder(tmp_path / "run", CONFIG, False)
    record = (tmp_path / "run" / "run.json").read_text()
    (tmp_path / "run" / "run.json").unlink()  # as it is before the first process has written it
    with pytest.raises(NesyError, match="another process"):
        RunFolder(tmp_path / "run", eval_config(benchmark="scan", split="length", limit=4), False)
    assert not (tmp_path / "run" / "run.json").exists() and record
    first.close()
