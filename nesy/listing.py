"""Listing: what there is, which data are here, and the words of a language with an example of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from dsl.errors import RAISED, shown
from dsl.inputs import sample, seeded
from dsl.language import DSL
from dsl.languages import NAMES, load
from dsl.primitive import Primitive
from dsl.types import belongs, variables
from nesy.config import LEARNERS, PROPOSERS, SOLVERS
from nesy.experiments.run import load as load_experiment
from nesy.experiments.run import names
from solvers.isolate import Killed, limited
from solvers.names import ABOUT
from tasks import BENCHMARKS, TaskSet
from tasks.base import Benchmark, TaskError
from tasks.data import SOURCES, local

TRIES = 60  # arguments drawn for the example of a primitive
SECONDS, MEMORY = 2.0, 2048  # for the examples of one primitive; MB
TOGETHER = 20.0  # seconds for those of all: where that is not enough, each has its own
LONGEST = 120  # letters of an example that is as good as a shorter one
HERE, GENERATED = "here", "generated"  # what is said of a split that can be loaded as it is
UNSHOWN = 2_000  # letters of one that is not shown


@dataclass(frozen=True)
class Shown:
    """A value as text, and the rows of the pictures that it is made of, if it is."""

    text: str
    pictures: tuple[list[list[int]], ...] = ()


@dataclass(frozen=True)
class Word:
    """A primitive, what its docstring begins with, and a call that shows what it does, if one was found."""

    primitive: Primitive
    about: str
    args: tuple[Shown, ...] = ()
    value: Shown = Shown("")

    @property
    def record(self) -> dict:
        """It as plain data; the call as text."""
        p = self.primitive
        call = f"{p.name}({', '.join(a.text for a in self.args)}) = {self.value.text}" if self.args else ""
        return {"name": p.name, "type": str(p.type), "cost": p.cost, "about": self.about, "example": call}


def words(dsl: DSL) -> list[Word]:
    """The primitives of a language, in its order. What runs them is a process of its own, within hard limits.

    >>> words(load("lists"))[6].record["type"]
    'Callable[[tuple[int, ...]], tuple[int, ...]]'
    """
    try:
        found = limited(_examples, dsl.primitives, seconds=TOGETHER, memory_mb=MEMORY)
    except Killed:
        found = [_alone(p) for p in dsl.primitives]
    return [Word(p, _about(p), *example) for p, example in zip(dsl.primitives, found, strict=True)]  # type: ignore


def _about(p: Primitive) -> str:
    first = (p.function.__doc__ or "").strip().split("\n")[0]
    return "".join(c if c.isprintable() else "?" for c in first)


def _alone(p: Primitive) -> tuple:
    try:
        return limited(_examples, (p,), seconds=SECONDS, memory_mb=MEMORY)[0]  # type: ignore[index]
    except Killed:
        return ()


def _examples(primitives: Sequence[Primitive]) -> list[tuple]:
    return [_example(p) for p in primitives]


def _example(p: Primitive) -> tuple:
    """Arguments and value of the first drawn call that changes its arguments; of any, where none does."""
    found: list[tuple[tuple, tuple[Shown, ...], Shown]] = []
    for i in range(TRIES if not any(map(variables, p.params)) else 0):
        rng = seeded("example", p.name, i)
        try:
            args = tuple(sample(t, rng) for t in p.params)
        except LookupError:  # no values of a type can be drawn: of functions, for one
            break
        try:
            value = p(*args)
        except RAISED:
            continue
        if not belongs(value, p.result):
            continue
        seen, out = tuple(map(_shown, args)), _shown(value)
        long = sum(len(s.text) for s in (*seen, out))
        dull = (any(out.text == s.text for s in seen), len(out.text) < 3, long > LONGEST)
        if long < UNSHOWN:
            found.append((dull, seen, out))
        if found and not any(dull):
            break
    return min(found, key=lambda f: f[0])[1:] if found else ()


def _shown(value: object) -> Shown:
    from dsl.languages.grids.grid import Grid  # here, for with it come all languages' heaviest libraries

    parts = value if isinstance(value, tuple) else (value,)
    drawn = tuple(v.tolist() for v in parts if isinstance(v, Grid))
    return Shown(shown(value), drawn if drawn and len(drawn) == len(parts) else ())


def inventory() -> dict:
    """Benchmarks with splits and sizes, languages, solvers and experiments, as plain data."""
    return {
        "benchmarks": [row(b, split) for b in BENCHMARKS.values() for split in b.splits],
        "languages": [{"name": n, "about": str(load(n)).split(": ")[1]} for n in NAMES],
        "solvers": [{"name": s, "serves": {**ABOUT, **LEARNERS, **PROPOSERS}[s]} for s in SOLVERS],
        "experiments": [{"name": n, "about": load_experiment(n).about} for n in names()],
    }


def row(b: Benchmark, split: str) -> dict:
    """A split, how many items it has where that is known, where its data come from, and whether they are whole."""
    state, train, test = "", None, None
    try:
        state = where(b, split)
        if b.size:
            train, test = b.trained(split), b.size(split)
        elif state in (HERE, GENERATED):
            loaded = b.split(split)
            train = len(getattr(loaded, "train", ()))
            test = len(loaded.ids if isinstance(loaded, TaskSet) else loaded.test)
    except TaskError as error:
        state = f"damaged: {error}"
    return {"benchmark": b.name, "split": split, "about": b.splits[split], "source": b.source,
            "train": train, "test": test, "data": state}


def where(b: Benchmark, split: str) -> str:
    """Where the data of a split are, or are to come from.

    Raises:
        TaskError: for an archive that cannot be unpacked.
    """
    missing = [(SOURCES[data], f) for data, f in b.needs(split) if local(SOURCES[data], f) is None]
    if missing:
        names = ", ".join(dict.fromkeys(data.name for data, f in missing if data.url(f) is None))
        return f"NESY_DATA has to hold {names}" if names else "to be fetched"
    if b.needs(split):
        return HERE
    if b.ships:
        return f"comes with {b.ships}"
    preferred = b.prefers(split)
    return HERE if preferred and all(local(SOURCES[data], f) for data, f in preferred) else GENERATED
