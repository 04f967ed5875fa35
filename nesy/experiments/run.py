"""Run an experiment: its rows over its seeds, resumable, with the paper's figures beside."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from statistics import mean, stdev
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from dsl.errors import NesyError, nearest
from nesy.config import EvalConfig, eval_config, writable
from nesy.experiments.made import Made, make
from nesy.runs.report import plots
from nesy.runs.suite import Suite
from nesy.runs.watch import Watch
from tasks import benchmark


class Row(BaseModel):
    """One row of a table: what is run, which figure of its summary is shown, and the paper's, in percent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    benchmark: str
    split: str
    train: int | None = None
    solver: str | None = None
    proposer: str | None = None
    library: str | None = None
    seconds: float = 10.0
    metric: Literal["accuracy", "cells", "guessed", "either"] = "accuracy"
    paper: float | None = None
    quick: bool | None = None

    def figure(self, summary: dict) -> float:
        """The figure of a run that is shown, as a share."""
        if self.metric in ("guessed", "either"):  # which count tasks; where nothing was guessed, they are not there
            return summary.get(self.metric, summary["correct"] if self.metric == "either" else 0) / summary["n"]
        return summary[self.metric]


class Experiment(BaseModel):
    """A table to reproduce. `quick` rows, or `quick_seeds`, are what `--quick` runs, on `quick_limit` tasks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    source: str
    note: str = ""
    seeds: tuple[int, ...]
    quick_seeds: tuple[int, ...] | None = None
    quick_limit: int | None = None
    x: str | None = None
    made: tuple[Made, ...] = ()  # what is trained first; rows take it as their proposer or library by its name
    solved: bool = False  # whether to draw how many tasks are solved within how many seconds
    rows: tuple[Row, ...]


def names() -> list[str]:
    """The experiments that ship."""
    return sorted(p.name.removesuffix(".yaml") for p in files("nesy.experiments").iterdir() if p.name.endswith(".yaml"))


def load(name: str) -> Experiment:
    """An experiment by name.

    Raises:
        NesyError: for an unknown name; says which is near.
    """
    if name not in names():
        raise NesyError(f"no such experiment: {name!r}; {nearest(name, names())}")
    return Experiment(**yaml.safe_load(files("nesy.experiments").joinpath(f"{name}.yaml").read_text("utf-8")))


def reproduce(plan: Experiment, out: Path, *, quick: bool, jobs: int, watch: Watch) -> dict:
    """Run what is not yet there, and return the table; a plot too, where the rows have an x."""
    writable(out)
    made = {m.name: str(make(m, out, quick=quick, jobs=jobs, watch=watch)) for m in plan.made}
    asked = runs_of(plan, quick, made)
    rows, configs = [row for row, _ in asked], [runs for _, runs in asked]
    wanted = tuple(dict.fromkeys(c for row in configs for c in row))
    folders = tuple(out / place(c) for c in wanted)
    done = dict(zip(wanted, Suite(wanted, folders).run(None, resume=True, jobs=jobs, watch=watch), strict=True))
    table: list[dict] = []
    lines = {c: _lines(done[c][0]) for c in wanted} if plan.solved else {}
    first: dict[tuple[str, str], EvalConfig] = {}
    for row, runs in zip(rows, configs, strict=True):
        summaries = [done[c][1] for c in runs]
        a = [row.figure(s) for s in summaries]
        table.append({"name": row.name, "paper": row.paper, "mean": mean(a),
                      "deviation": stdev(a) if len(a) > 1 else None, "worst": min(a), "accuracies": a,
                      "solved": [s["solved"] for s in summaries], "n": summaries[0]["n"],
                      "seeds": len(a), "cpu_seconds": mean(s["cpu_seconds"] for s in summaries)})
        if plan.solved:
            base = first.setdefault((row.benchmark, row.split), runs[0])
            table[-1] |= {"tried": [s.get("tried") for s in summaries], "fewer": fewer(lines[base], lines[runs[0]])}
    record = {"experiment": plan.about, "source": plan.source, "rows": table, "files": []}
    if plan.x:
        record["files"].append(str(plots.curve(plan.about, table, out / "curve.svg")))
    for name, split in first:
        taken = {row.name: [x["cpu_seconds"] for x in lines[runs[0]] if x["correct"]]
                 for row, runs in zip(rows, configs, strict=True) if (row.benchmark, row.split) == (name, split)}
        record["files"].append(str(plots.solved(f"{name}/{split}", taken, out / f"{name}-{split}.svg")))
    (out / "table.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    record["files"].append(str(out / "table.json"))
    return record


def runs_of(plan: Experiment, quick: bool, made: Mapping[str, str]) -> list[tuple[Row, list[EvalConfig]]]:
    """The rows of a plan and the runs of each, one a seed; made: the folders of what the plan has made first."""
    rows = [r for r in plan.rows if not quick or r.quick is not False and (r.quick or plan.quick_seeds)]
    seeds = plan.quick_seeds if quick and plan.quick_seeds else plan.seeds
    return [(r, [eval_config(benchmark=r.benchmark, split=r.split, train=r.train, seed=s, seconds=r.seconds,
                             solver=r.solver or benchmark(r.benchmark).solver,
                             proposer=made.get(r.proposer or "", r.proposer),
                             library=made.get(r.library or "", r.library),
                             limit=plan.quick_limit if quick else None) for s in seeds]) for r in rows]


def place(config: EvalConfig) -> str:
    """The folder of a run among those of its experiment."""
    trained = "" if config.train is None else f"-train{config.train}"
    helped = "".join(f"-{Path(x).name}" for x in (config.proposer, config.library) if x)
    timed = "" if config.seconds == EvalConfig.model_fields["seconds"].default else f"-{config.seconds:g}s"
    return f"{config.benchmark}-{config.split}-{config.solver}{helped}{trained}{timed}-seed{config.seed}"


def fewer(before: list[dict], after: list[dict]) -> float | None:
    """How many times as many programs the one run tried as the other, on tasks that both solved.

    >>> fewer([{"id": "a", "tried": 10, "correct": True}], [{"id": "a", "tried": 2, "correct": True}])
    5.0
    """
    old, new = ({x["id"]: x["tried"] for x in run if x["correct"] and x.get("tried") is not None}
                for run in (before, after))
    both = old.keys() & new.keys()
    return sum(old[i] for i in both) / max(1, sum(new[i] for i in both)) if both else None


def _lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "tasks.jsonl").read_text("utf-8").splitlines()]
