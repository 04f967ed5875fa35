"""Experiments: every one that ships can be read, and what one trains first is made once and used by its rows."""

import json
from contextlib import contextmanager

import pytest

from dsl.errors import NesyError
from nesy.experiments import made as making
from nesy.experiments.made import Made
from nesy.experiments.run import Experiment, Row, load, names, place, reproduce, runs_of
from nesy.library import store
from nesy.runs.watch import Watcher
from tasks import BENCHMARKS


class Silent:
    @contextmanager
    def run(self, title):
        yield Watcher()


@pytest.mark.parametrize("name", names())
def test_every_experiment_asks_for_what_there_is(name):
    plan = load(name)
    known = {m.name for m in plan.made} | {None, "lists"}
    assert plan.rows and plan.seeds
    for quick in (False, True):
        asked = {c for _, runs in runs_of(plan, quick, {}) for c in runs}
        assert len(set(map(place, asked))) == len(asked)
    for row in plan.rows:
        assert row.split in BENCHMARKS[row.benchmark].splits
        assert row.proposer in known and row.library in known
    for m in plan.made:
        benchmark, _, split = m.tasks.partition("/")
        assert split in BENCHMARKS[benchmark].splits


def test_guesses_are_figures_of_their_own():
    summary = {"n": 8, "correct": 2, "accuracy": 0.25, "guessed": 3, "either": 4}
    row = Row(name="a", benchmark="miniarc", split="all")
    told = {metric: row.model_copy(update={"metric": metric}).figure(summary) for metric in (
        "accuracy", "guessed", "either")}
    assert told == {"accuracy": 0.25, "guessed": 0.375, "either": 0.5}
    without = {"n": 8, "correct": 2, "accuracy": 0.25}
    assert row.model_copy(update={"metric": "guessed"}).figure(without) == 0.0
    assert row.model_copy(update={"metric": "either"}).figure(without) == 0.25


def test_a_library_is_made_once_and_rows_take_it_by_name(tmp_path, monkeypatch):
    calls = []

    def library(what, folder, quick, jobs, notice):
        calls.append((what.name, quick))
        store.save(store.of("lists/deepcoder", (), []), folder)

    monkeypatch.setattr(making, "_library", library)
    plan = Experiment(
        about="a test", source="none", seeds=(0,), quick_seeds=(0,), quick_limit=1, solved=True,
        made=(Made(name="own", kind="library", tasks="lists/deepcoder"),),
        rows=(Row(name="without", benchmark="lists", split="deepcoder", seconds=5),
              Row(name="with", benchmark="lists", split="deepcoder", seconds=5, library="own")))
    for _ in range(2):
        table = reproduce(plan, tmp_path, quick=True, jobs=1, watch=Silent())
    assert calls == [("own", True)]
    with pytest.raises(NesyError, match="made by other settings"):
        reproduce(plan, tmp_path, quick=False, jobs=1, watch=Silent())
    assert [r["name"] for r in table["rows"]] == ["without", "with"] and table["rows"][1]["n"] == 1
    (run,) = tmp_path.glob("lists-deepcoder-*made-own*/run.json")
    assert json.loads(run.read_text())["config"]["library"] == str(tmp_path / "made-own")
