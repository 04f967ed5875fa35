"""ExeDec's compositional splits (Shi et al. 2024), 1,000 tests each: lists (DeepCoder), texts (RobustFill).

The splits say what a learner would have seen; solvers that learn nothing are asked the same. Each task has three
examples (lists) or four (texts), and no held-out tests.
"""

import gzip
import json
import zlib

from dsl.errors import NesyError
from dsl.languages import robustfill
from dsl.languages.deepcoder import deepcoder
from dsl.spec import Example, Spec
from dsl.types import INT, AnyType, sequence
from tasks.base import Benchmark, Task, TaskError, TaskSet
from tasks.data import EXEDEC, fetch

FOLDERS = {"lists": "deepcoder", "strings": "robustfill"}
FILES = {"": "NONE", "-length": "LENGTH_GENERALIZATION", "-different": "COMPOSE_DIFFERENT_CONCEPTS",
         "-order": "SWITCH_CONCEPT_ORDER", "-new-op": "COMPOSE_NEW_OP", "-functionality": "ADD_OP_FUNCTIONALITY"}
ABOUT = {"lists": "as in training: one to four functions",
         "lists-length": "programs of five functions, trained on one to four",
         "lists-different": "functions of two kinds, trained on programs of one kind",
         "lists-order": "one kind of function before the other, trained on the other order",
         "lists-new-op": "a function within programs that in training stands alone",
         "lists-functionality": "functions with arguments that they do not have in training",
         "strings": "texts of one to ten parts, as in training",
         "strings-length": "texts of seven to ten parts, trained on one to six",
         "strings-different": "parts of two kinds, trained on programs of one kind",
         "strings-order": "one kind of part before the other, trained on the other order",
         "strings-new-op": "a function within programs that in training stands alone",
         "strings-functionality": "functions composed, that in training stand alone"}
UNREAD = (ValueError, LookupError, TypeError, AttributeError, RecursionError, NesyError)  # of a malformed line


def path(split: str) -> str:
    """The file of a split."""
    kind, dash, way = split.partition("-")
    return f"test_data/{FOLDERS[kind]}/{FILES[dash + way]}.jsonl.gz"


def load(split: str) -> TaskSet:
    """The tasks of a split.

    Raises:
        TaskError: for a file that is not as it was published.
    """
    file, made = fetch(EXEDEC, path(split)), _text if split.startswith("strings") else _task
    try:
        lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]
        rows = {f"{row['index']:04}": row for row in lines}
    except (*UNREAD, OSError, EOFError, zlib.error) as error:
        raise TaskError(f"{file}: {error}; remove it and put it there again") from None

    def task(name: str) -> Task:
        try:
            return made(name, rows[name])
        except UNREAD as error:
            raise TaskError(f"{file}, task {name}: {error}; remove it and put it there again") from None

    return TaskSet("exedec", split, tuple(rows), task)


def _task(name: str, row: dict) -> Task:
    inputs = [tuple(value(part.split("=")[1]) for part in text.split("|")) for text in row["inputs"]]
    outputs = [value(text) for text in row["outputs"]]
    spec = Spec(inputs=[_type(v) for v in inputs[0]], output=_type(outputs[0]),
                examples=[Example(*i, output=o) for i, o in zip(inputs, outputs, strict=True)])
    return Task(name, deepcoder, spec)


def _text(name: str, row: dict) -> Task:
    spec = Spec(inputs=[str], output=str,
                examples=[Example(i, output=o) for i, o in zip(row["inputs"], row["outputs"], strict=True)])
    return Task(name, robustfill.for_spec(spec), spec)


def value(text: str) -> object:
    """A number, or a list of them in brackets.

    >>> value("[ 1 -2 ]"), value("7")
    ((1, -2), 7)
    """
    words = text.split()
    return tuple(map(int, words[1:-1])) if words[0] == "[" else int(words[0])


def _type(v: object) -> AnyType:
    return sequence(INT) if isinstance(v, tuple) else INT


BENCHMARK = Benchmark(
    name="exedec", about="programs composed in other ways than in training", source="Shi et al. (2024), ExeDec",
    splits=ABOUT, load=load, needs=lambda split: (("exedec", path(split)),))
