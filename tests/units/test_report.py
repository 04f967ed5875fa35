"""Reports: one page that holds all of a run and asks for nothing beside it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dsl import NesyError
from nesy.cli import app
from nesy.config import eval_config
from nesy.runs.report.draw import grid, is_grid, program
from nesy.runs.report.page import calibration, groups
from nesy.runs.report.read import Run
from nesy.runs.store import RunFolder

LINES = [
    {"id": "a<b", "status": "SOLVED", "correct": True, "program": "add(x0, concat(('<b>',), x0))",
     "certificate": "checked on 2 examples", "prediction": [[[0, 2], [3, 0]]], "share": 0.97, "tried": 7,
     "route": "one", "guess": {"prediction": [[[[1]]]], "correct": False}, "seconds": 0.5, "cpu_seconds": 0.4},
    {"id": "c", "status": "TIMEOUT", "correct": False, "program": "", "certificate": "none: time", "prediction": [],
     "tried": 9, "route": None, "seconds": 2.0, "cpu_seconds": 2.0}]


def run_in(folder: Path, seed: int = 0) -> Path:
    """A run of two tasks, as an evaluation writes it."""
    config = eval_config(benchmark="miniarc", split="all", solver="portfolio", seed=seed)
    run = RunFolder(folder, config, resume=False)
    with run.appending() as lines:
        for line in LINES:
            lines.add(line)
    run.write("summary.json", {
        "benchmark": "miniarc", "split": "all", "seed": seed, "solver": "portfolio", "n": 2, "solved": 1, "correct": 1,
        "accuracy": 0.5 + 0.1 * seed, "interval": [0.1, 0.9], "statuses": {"SOLVED": 1, "TIMEOUT": 1},
        "certificates": {}, "train": None, "held_out_accuracy": None, "train_seconds": None, "seconds": 2.5,
        "cpu_seconds": 2.4, "peak_memory_mb": 100, "tried": 16, "routes": {"one": 1}, "guessed": 0})
    run.close()
    return folder


class Page(HTMLParser):
    """The tags of a page that are open, all that it refers to, and its text."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.refers, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br", "path", "use"):
            self.open.append(tag)
        self.refers += [v for k, v in attrs if k in ("src", "href", "xlink:href") and v and not v.startswith("#")]

    def handle_endtag(self, tag):
        if tag not in ("path", "use", "br"):
            while self.open and self.open[-1] != tag:
                self.open.pop()
            self.open.pop()

    def handle_data(self, data):
        self.text += data


def test_a_page_holds_every_task_and_refers_to_nothing_outside(tmp_path):
    folders = [str(run_in(tmp_path / f"run{seed}", seed)) for seed in (0, 1)]
    done = CliRunner().invoke(app, ["report", *folders, "-o", str(tmp_path / "deep" / "page.html")])
    assert done.exit_code == 0, done.output
    text = (tmp_path / "deep" / "page.html").read_text()
    found = Page(text)
    assert not found.refers and not found.open and "<script" not in text
    assert text.count("<details") == 4 and "a<b" in found.text and "'<b>'" in found.text
    assert "mean 55.00 %" in found.text and "worst seed 50.00 of 2" in found.text
    assert "guessed outright" in found.text and "95 to 100 %" in found.text
    assert text.count('class="grid"') == 4  # a prediction and a guess, twice


def test_how_likely_an_answer_is_said_to_be_is_compared_with_that_answer(tmp_path):
    folder = run_in(tmp_path / "run")
    line = {"id": "x", "status": "SOLVED", "correct": True, "program": "p", "certificate": "c", "prediction": [],
            "seconds": 0.1, "cpu_seconds": 0.1, "share": 0.96}
    text = "".join(json.dumps({**line, "id": str(n), **more}) + "\n" for n, more in enumerate(
        ({"first": False}, {"first": True}, {})))
    (folder / "tasks.jsonl").write_text(text)
    assert ("95 to 100 %", 3, 2) in calibration(Run.of(folder))


def test_runs_that_differ_in_more_than_the_seed_are_no_group(tmp_path):
    def run(name, **options):
        folder = run_in(tmp_path / name)
        record = json.loads((folder / "run.json").read_text())
        record["config"] |= options
        (folder / "run.json").write_text(json.dumps(record))
        return Run.of(folder)

    runs = [run("a"), run("b", limit=4), run("c", seconds=60.0), run("d", given=["syntax"]), run("e")]
    assert groups(runs) == []
    assert [r.name for r in runs[:4]] == [
        "miniarc/all, portfolio, seed 0", "miniarc/all, portfolio, limit 4, seed 0",
        "miniarc/all, portfolio, seconds 60, seed 0", "miniarc/all, portfolio, given syntax, seed 0"]
    (group,) = groups([*runs, run("f", seed=1)])
    assert group.name == "miniarc/all, portfolio" and len(group.accuracies) == 2


def test_what_is_no_whole_run_is_refused_in_one_line(tmp_path):
    folder = run_in(tmp_path / "run")
    for name, text, said in (("tasks.jsonl", '{"id": 1}\n', "damaged"), ("summary.json", "{}", "damaged"),
                             ("run.json", "[]", "damaged"), ("summary.json", None, "has not ended"),
                             ("run.json", None, "no run")):
        path = folder / name
        old = path.read_text()
        path.unlink() if text is None else path.write_text(text)
        with pytest.raises(NesyError, match=said) as refused:
            Run.of(folder)
        assert "\n" not in str(refused.value)
        if text is not None:
            path.write_text(old)
    run_in(tmp_path / "other")
    refused = CliRunner().invoke(app, ["report", str(tmp_path / "other"), "-o", "/proc/none/page.html"])
    assert isinstance(refused.exception, NesyError) and "cannot be written" in str(refused.exception)


@given(st.integers(1, 6).flatmap(lambda width: st.lists(
    st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=6)))
def test_a_picture_paints_every_cell_once(rows):
    assert is_grid(rows) and is_grid(json.loads(json.dumps(rows)))
    painted = sum(int(n) for n in re.findall(r"h([0-9]+)v1h", str(grid(rows))))
    assert painted == sum(cell != 0 for row in rows for cell in row)


@given(st.recursive(st.sampled_from(["x0", "1", "'<a>'", "(1, 2)"]), lambda inner: st.lists(
    inner, min_size=1, max_size=3).map(lambda args: f"f({', '.join(args)})"), max_leaves=8))
def test_a_program_is_drawn_with_all_its_parts(text):
    drawn = str(program(text))
    assert drawn.count("<li>") == (text.count("f(") + sum(text.count(leaf) for leaf in ("x0", "1, 2", "'<a>'")) +
                                   text.replace("(1, 2)", "").count("1") if text.startswith("f(") else 0)
    assert "<a>" not in drawn
