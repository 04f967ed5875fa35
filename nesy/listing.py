"""Listing: what there is, which data are here, and the words of a language with an example of each."""

from dataclasses import dataclass

from dsl.errors import RAISED
from dsl.inputs import sample, seeded
from dsl.interpret import Stop, time_limit
from dsl.language import DSL
from dsl.languages import NAMES, load
from dsl.primitive import Primitive
from dsl.types import variables
from nesy.config import LEARNERS, PROPOSERS, SOLVERS
from nesy.experiments.run import load as load_experiment
from nesy.experiments.run import names
from solvers.names import ABOUT
from tasks import BENCHMARKS, TaskSet
from tasks.data import SOURCES, local

TRIES = 60  # arguments drawn for the example of a primitive
SECONDS = 0.5  # of one call
LONGEST = 120  # letters of an example that is as good as a shorter one


@dataclass(frozen=True)
class Word:
    """A primitive, what its docstring begins with, and a call that shows what it does, if one was found."""

    primitive: Primitive
    about: str
    args: tuple[object, ...] = ()
    value: object = None

    @property
    def record(self) -> dict:
        """It as plain data; the call as text."""
        p = self.primitive
        call = f"{p.name}({', '.join(map(repr, self.args))}) = {self.value!r}" if self.args else ""
        return {"name": p.name, "type": str(p.type), "cost": p.cost, "about": self.about, "example": call}


def words(dsl: DSL) -> list[Word]:
    """The primitives of a language, in its order.

    >>> words(load("lists"))[6].record["type"]
    'Callable[[tuple[int, ...]], tuple[int, ...]]'
    """
    return [_word(p) for p in dsl.primitives]


def _word(p: Primitive) -> Word:
    """A primitive with the first drawn call that changes its arguments; with any, where none does."""
    about = (p.function.__doc__ or "").strip().split("\n")[0]
    found: list[tuple[tuple, tuple, object]] = []
    for i in range(TRIES if not any(map(variables, p.params)) else 0):
        rng = seeded("example", p.name, i)
        try:
            args = tuple(sample(t, rng) for t in p.params)
        except LookupError:  # no values of a type can be drawn: of functions, for one
            break
        try:
            with time_limit(SECONDS):
                value = p(*args)
        except (*RAISED, Stop):
            continue
        size = len(repr((args, value)))
        dull = any(repr(value) == repr(a) for a in args), len(repr(value)) < 3
        found.append(((*dull, size > LONGEST), args, value))
        if not any(found[-1][0]):
            break
    if not found:
        return Word(p, about)
    _, args, value = min(found, key=lambda f: f[0])
    return Word(p, about, args, value)


def inventory() -> dict:
    """Benchmarks with splits and sizes, languages, solvers and experiments, as plain data."""
    rows = []
    for b in BENCHMARKS.values():
        for split, about in b.splits.items():
            missing = [f for data, f in b.needs(split) if local(SOURCES[data], f) is None]
            loaded = None if missing or b.size else b.split(split)
            train = b.trained(split) if b.size else loaded and len(getattr(loaded, "train", ()))
            asked = loaded.ids if isinstance(loaded, TaskSet) else loaded and loaded.test
            test = b.size(split) if b.size else asked and len(asked)
            rows.append({"benchmark": b.name, "split": split, "about": about, "source": b.source,
                         "train": train, "test": test,
                         "data": "generated" if not b.needs(split) else "to be fetched" if missing else "here"})
    return {
        "benchmarks": rows,
        "languages": [{"name": n, "about": str(load(n)).split(": ")[1]} for n in NAMES],
        "solvers": [{"name": s, "serves": {**ABOUT, **LEARNERS, **PROPOSERS}[s]} for s in SOLVERS],
        "experiments": [{"name": n, "about": load_experiment(n).about} for n in names()],
    }
