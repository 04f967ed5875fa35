"""Listing: what there is, and which data are here."""

from dsl.languages import NAMES, load
from nesy.config import SOLVERS
from nesy.experiments.run import load as load_experiment
from nesy.experiments.run import names
from tasks import BENCHMARKS
from tasks.data import SOURCES, local


def inventory() -> dict:
    """Benchmarks with splits and sizes, languages, solvers and experiments, as plain data."""
    rows = []
    for b in BENCHMARKS.values():
        for split, about in b.splits.items():
            missing = [f for f in b.needs(split) if local(SOURCES[b.name], f) is None]
            sizes = None if missing else b.split(split)
            rows.append({"benchmark": b.name, "split": split, "about": about, "source": b.source,
                         "train": sizes and len(sizes.train), "test": sizes and len(sizes.test),
                         "data": "generated" if not b.needs(split) else "to be fetched" if missing else "here"})
    return {
        "benchmarks": rows,
        "languages": [{"name": n, "about": str(load(n)).split(": ")[1]} for n in NAMES],
        "solvers": [*({"name": s, "serves": "eval"} for s in SOLVERS), {"name": "bottom-up", "serves": "solve"}],
        "experiments": [{"name": n, "about": load_experiment(n).about} for n in names()],
    }
