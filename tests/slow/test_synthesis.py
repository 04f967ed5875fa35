"""Floors of the synthesis benchmarks, each task within the budget that the README states. Run with -m slow."""

import pytest

from nesy.config import eval_config
from nesy.runs.run import evaluate
from tasks import benchmark
from tasks.data import SOURCES, local

FLOORS = [("sygus", "euphony", 10, 80), ("sygus", "strings", 10, 170), ("sygus", "bitvectors-100", 10, 96),
          ("sygus", "lia", 10, 80), ("bustle", "sygus", 30, 69), ("bustle", "new", 30, 31),
          ("lists", "handwritten", 60, 57), ("lists", "synthetic", 60, 76), ("lists", "deepcoder", 10, 97)]


@pytest.mark.slow
@pytest.mark.parametrize("name,split,seconds,floor", FLOORS, ids=lambda x: str(x))
def test_at_least_so_many_tasks_are_solved(name, split, seconds, floor, tmp_path):
    missing = [f for data, f in benchmark(name).needs(split) if local(SOURCES[data], f) is None]
    if missing:
        pytest.skip(f"{missing[0]} is not here; `nesy data fetch` or NESY_DATA brings it")
    config = eval_config(benchmark=name, split=split, seconds=seconds, solver="portfolio")
    summary = evaluate(config, tmp_path / "run", jobs=2)
    assert summary["solved"] >= floor
    assert summary["correct"] <= summary["solved"]
