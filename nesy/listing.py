"""Listing: what there is, and which data are here."""

from dsl.languages import NAMES, load
from nesy.config import LEARNERS, PROPOSERS, SOLVERS
from nesy.experiments.run import load as load_experiment
from nesy.experiments.run import names
from solvers.names import ABOUT
from tasks import BENCHMARKS, TaskSet
from tasks.data import SOURCES, local


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
