"""BUSTLE's own 38 tasks and the 89 of SyGuS in its form, each with held-out tests."""

import json

from dsl.languages.spreadsheet import for_spec
from dsl.spec import Example, Spec
from tasks.base import Benchmark, Task, TaskSet, task_set
from tasks.data import BUSTLE, fetch

ABOUT = {"new": "BUSTLE's own 38 spreadsheet tasks", "sygus": "89 of SyGuS' text editing tasks, in BUSTLE's form"}


def load(split: str) -> TaskSet:
    """The tasks of a split; the language of each has the constants that its examples suggest."""
    rows = json.loads(fetch(BUSTLE, _file(split)).read_text("utf-8"))
    return task_set("bustle", split, map(_task, rows))


def _task(row: dict) -> Task:
    train, test = ([Example(*e["inputs"], output=e["output"]) for e in row[k]]
                   for k in ("trainExamples", "testExamples"))
    kind = type(train[0].output)
    spec = Spec(inputs=[type(v) for v in train[0].inputs], output=kind, examples=train,
                queries=[e.inputs for e in test])
    return Task(row["name"].removesuffix(".sl"), for_spec(spec), spec, tuple(test))


def _file(split: str) -> str:
    return f"{split}/{split}_benchmarks.json"


BENCHMARK = Benchmark(
    name="bustle", about="spreadsheet formulas by example", source="BUSTLE (2021), in CrossBeam's files",
    splits=ABOUT, load=load, needs=lambda split: (("bustle", _file(split)),))
