"""What is asked: benchmarks, their splits, their data, their score."""

from dsl.errors import nearest
from tasks.base import Benchmark, Part, Puzzle, Puzzles, Scene, Scenes, Sentence, Split, Task, TaskError, TaskSet
from tasks.bustle.load import BENCHMARK as BUSTLE
from tasks.digits.load import BENCHMARK as DIGITS
from tasks.exedec.load import BENCHMARK as EXEDEC
from tasks.hint.benchmark import BENCHMARK as HINT
from tasks.lists.load import BENCHMARK as LISTS
from tasks.pcfg.load import BENCHMARK as PCFG
from tasks.regex.load import BENCHMARK as REGEX
from tasks.scan.load import BENCHMARK as SCAN
from tasks.sudoku.load import BENCHMARK as SUDOKU
from tasks.sygus.load import BENCHMARK as SYGUS

BENCHMARKS = {b.name: b for b in (SCAN, PCFG, HINT, DIGITS, SUDOKU, SYGUS, BUSTLE, LISTS, EXEDEC, REGEX)}


def benchmark(name: str) -> Benchmark:
    """The benchmark of this name.

    Raises:
        TaskError: for an unknown name; says which is near.
    """
    if name not in BENCHMARKS:
        raise TaskError(f"no such benchmark: {name!r}; {nearest(name, BENCHMARKS)}")
    return BENCHMARKS[name]


__all__ = ["BENCHMARKS", "Benchmark", "Part", "Puzzle", "Puzzles", "Scene", "Scenes", "Sentence", "Split", "Task",
           "TaskError", "TaskSet", "benchmark"]
