"""A run on a ray cluster: the same lines as here; where there is none, it is said before a run begins."""

import importlib.util
import json

import pytest
from typer.testing import CliRunner

from dsl import NesyError
from nesy.cli import app

ASKED = ("eval", "sudoku/masked-10", "--limit", "2")
TASKS = ("eval", "arc/training", "--limit", "2", "--seconds", "3", "--memory", "1024")


def test_what_is_learned_from_takes_one_machine(tmp_path):
    done = CliRunner().invoke(app, [*ASKED, "--cluster", "local", "--out", str(tmp_path / "run")])
    assert isinstance(done.exception, NesyError) and "--cluster local" in str(done.exception)
    assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="ray is here")
def test_without_ray_the_cure_is_named(tmp_path):
    done = CliRunner().invoke(app, [*TASKS, "--cluster", "local", "--out", str(tmp_path / "run")])
    assert isinstance(done.exception, NesyError) and "nesy[cluster]" in str(done.exception)


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="pip install 'nesy[cluster]'")
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_lines_of_one_machine(tmp_path):
    lines = {}
    for name, options in (("here", []), ("there", ["--cluster", "local"])):
        done = CliRunner().invoke(app, [*TASKS, *options, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.exception
        records = map(json.loads, (tmp_path / name / "tasks.jsonl").read_text().splitlines())
        lines[name] = {r["id"]: (r["status"], r["correct"]) for r in records}
    assert lines["here"] == lines["there"] and len(lines["here"]) == 2
