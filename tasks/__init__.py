"""What is asked: benchmarks, their splits, their data, their score."""

from dsl.errors import nearest
from tasks.base import Benchmark, Sentence, Split, Task, TaskError
from tasks.scan.load import BENCHMARK as SCAN

BENCHMARKS = {b.name: b for b in (SCAN,)}


def benchmark(name: str) -> Benchmark:
    """The benchmark of this name.

    Raises:
        TaskError: for an unknown name; says which is near.
    """
    if name not in BENCHMARKS:
        raise TaskError(f"no such benchmark: {name!r}; {nearest(name, BENCHMARKS)}")
    return BENCHMARKS[name]


__all__ = ["BENCHMARKS", "Benchmark", "Sentence", "Split", "Task", "TaskError", "benchmark"]
