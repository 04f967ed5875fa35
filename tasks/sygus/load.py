"""The SyGuS benchmarks: strings and bitvectors by example, linear integer arithmetic by formula."""

from dsl.inputs import seeded
from tasks.base import Benchmark, Task, TaskSet
from tasks.data import SYGUS, fetch
from tasks.sygus import reader

TRACKS = {"strings": "PBE_SLIA_Track/", "euphony": "PBE_SLIA_Track/euphony/", "bitvectors": "PBE_BV_Track/",
          "bitvectors-100": "PBE_BV_Track/", "lia": "CLIA_Track/"}
ABOUT = {
    "strings": "PBE_SLIA: text editing by example",
    "euphony": "the 100 of PBE_SLIA that Euphony brought in",
    "bitvectors": "PBE_BV: 64-bit arithmetic by example",
    "bitvectors-100": "100 of PBE_BV, drawn by a seed",
    "lia": "CLIA: linear integer arithmetic by formula",
}
SAMPLE = 100


def files(split: str) -> tuple[str, ...]:
    """The files of a split, in order."""
    found = [f for f in SYGUS.files if f.startswith(TRACKS[split])]
    if split == "bitvectors-100":
        found = sorted(seeded("sygus", split).sample(found, SAMPLE))
    return tuple(found)


def load(split: str) -> TaskSet:
    """A track's problems, one a file."""
    found = {_name(f): f for f in files(split)}

    def task(name: str) -> Task:
        problem = reader.load(fetch(SYGUS, found[name]))
        return Task(name, problem.dsl, problem.spec, write=problem.define)

    return TaskSet("sygus", split, tuple(found), task)


def _name(file: str) -> str:
    _, kind, name = file.split("/")
    return f"{kind}/{name.removesuffix('.sl')}"


BENCHMARK = Benchmark(
    name="sygus", about="syntax-guided synthesis", source="SyGuS competition 2018 and 2019",
    splits=ABOUT, load=load, needs=lambda split: tuple(("sygus", f) for f in files(split)),
    size=lambda split: len(files(split)))
