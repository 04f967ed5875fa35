"""What is asked: benchmarks, their splits, their data, their score."""

from dsl.errors import nearest
from tasks.arc.load import ARC, ARC2, MINI, ONE_ROW
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

BENCHMARKS = {b.name: b for b in (SCAN, PCFG, HINT, DIGITS, SUDOKU, SYGUS, BUSTLE, LISTS, EXEDEC, REGEX, ARC,
                                  ARC2, ONE_ROW, MINI)}


def benchmark(name: str) -> Benchmark:
    """The benchmark of this name.

    Raises:
        TaskError: for an unknown name; says which is near.
    """
    if name not in BENCHMARKS:
        raise TaskError(f"no such benchmark: {name!r}; {nearest(name, BENCHMARKS)}")
    return BENCHMARKS[name]


def tasks_of(target: str, seed: int = 0) -> TaskSet:
    """The tasks of BENCH/SPLIT, which programs of a language solve; the seed matters where they are drawn.

    Raises:
        TaskError: if there are no such tasks, or they are not solved by programs.
    """
    name, slash, split = target.partition("/")
    if not slash:
        raise TaskError(f"{target}: of which split? write {name}/SPLIT; `nesy list` names them")
    found = benchmark(name).split(split, seed)
    if not isinstance(found, TaskSet):
        raise TaskError(f"{target}: is not solved by programs of a language; `nesy list` names what is")
    return found


__all__ = ["BENCHMARKS", "Benchmark", "Part", "Puzzle", "Puzzles", "Scene", "Scenes", "Sentence", "Split", "Task",
           "TaskError", "TaskSet", "benchmark", "tasks_of"]
