"""Run an experiment: its rows over its seeds, resumable, with the paper's figures beside."""

import json
from importlib.resources import files
from pathlib import Path
from statistics import mean, stdev
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from dsl.errors import NesyError, nearest
from nesy.config import EvalConfig, eval_config, writable
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
    seconds: float = 10.0
    metric: Literal["accuracy", "cells"] = "accuracy"
    paper: float | None = None
    quick: bool | None = None


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
    return Experiment(**yaml.safe_load(files("nesy.experiments").joinpath(f"{name}.yaml").read_text()))


def reproduce(plan: Experiment, out: Path, *, quick: bool, jobs: int, watch: Watch) -> dict:
    """Run what is not yet there, and return the table; a plot too, where the rows have an x."""
    writable(out)
    rows = [r for r in plan.rows if not quick or r.quick is not False and (r.quick or plan.quick_seeds)]
    seeds = plan.quick_seeds if quick and plan.quick_seeds else plan.seeds
    configs = [[eval_config(benchmark=r.benchmark, split=r.split, train=r.train, seed=s, seconds=r.seconds,
                            solver=r.solver or benchmark(r.benchmark).solver,
                            limit=plan.quick_limit if quick else None) for s in seeds] for r in rows]
    wanted = tuple(dict.fromkeys(c for row in configs for c in row))
    folders = tuple(out / place(c) for c in wanted)
    done = dict(zip(wanted, Suite(wanted, folders).run(None, resume=True, jobs=jobs, watch=watch), strict=True))
    table: list[dict] = []
    for row, runs in zip(rows, configs, strict=True):
        summaries = [done[c][1] for c in runs]
        a = [s[row.metric] for s in summaries]
        table.append({"name": row.name, "paper": row.paper, "mean": mean(a),
                      "deviation": stdev(a) if len(a) > 1 else 0.0, "worst": min(a), "accuracies": a,
                      "solved": [s["solved"] for s in summaries], "n": summaries[0]["n"],
                      "seeds": len(a), "cpu_seconds": mean(s["cpu_seconds"] for s in summaries)})
    record = {"experiment": plan.about, "source": plan.source, "rows": table, "files": []}
    if plan.x:
        record["files"].append(str(plot(plan, table, out / "curve.svg")))
    (out / "table.json").write_text(json.dumps(record, indent=1) + "\n")
    record["files"].append(str(out / "table.json"))
    return record


def place(config: EvalConfig) -> str:
    """The folder of a run among those of its experiment."""
    trained = "" if config.train is None else f"-train{config.train}"
    return f"{config.benchmark}-{config.split}-{config.solver}{trained}-seed{config.seed}"


def plot(plan: Experiment, table: list[dict], path: Path) -> Path:
    """Accuracy over x, the mean as a line and every seed as a point."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    xs = [int(row["name"]) for row in table]
    axes.plot(xs, [100 * row["mean"] for row in table], color="C0", label="mean")
    for x, row in zip(xs, table, strict=True):
        axes.scatter([x] * row["seeds"], [100 * a for a in row["accuracies"]], color="C0", s=14, alpha=0.6)
    axes.set_xscale("log")
    axes.set_xticks(xs, [str(x) for x in xs])
    axes.minorticks_off()
    axes.set_ylim(-3, 103)
    axes.set_xlabel("training sentences")
    axes.set_ylabel("accuracy on the whole test split, %")
    axes.set_title(plan.about)
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path
