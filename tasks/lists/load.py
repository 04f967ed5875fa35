"""List tasks: LambdaBeam's handwritten and synthetic ones, and BIG-bench's list functions."""

import json

from dsl.language import DSL
from dsl.languages import lists as l
from dsl.languages.list_functions import for_spec
from dsl.spec import Example, Spec
from dsl.types import INT, sequence, type_of
from tasks.base import Benchmark, Task, TaskError, TaskSet, task_set
from tasks.data import INDUCTIVE, LAMBDABEAM, fetch
from tasks.lists.drawn import drawn

LAMBDABEAM_LANGUAGE = DSL("lambdabeam", [
    l.add, l.subtract, l.multiply, l.divide, l.square, l.minimum, l.maximum, l.greater, l.less, l.equal, l.is_even,
    l.is_odd, l.choose, l.head, l.last, l.take, l.drop, l.access, l.smallest, l.largest, l.reverse, l.sort, l.total,
    l.map_, l.filter_, l.count, l.zip_with, l.scan], constants={int: [-1, 0, 1, 2, 3, 4]})
ABOUT = {
    "handwritten": "LambdaBeam's 100 written by people",
    "synthetic": "LambdaBeam's 100 drawn from its language",
    "functions": "BIG-bench's 250 list functions, with 8 held-out tests each",
    "deepcoder": "100 drawn by the seed from DeepCoder's language, 20 of each size from 2 to 6, with 10 held-out tests",
}
NEEDS = {
    "handwritten": (("lambdabeam", "tasks.json"),), "synthetic": (("lambdabeam", "tasks.json"),),
    "functions": (("inductive_reasoning", "list_function.jsonl"),), "deepcoder": (),
}


def load(split: str) -> TaskSet:
    """The tasks of a split."""
    if split == "functions":
        lines = fetch(INDUCTIVE, "list_function.jsonl").read_text("utf-8").splitlines()
        found = [_function(i, line) for i, line in enumerate(lines)]
    else:
        found = list(map(_lambdabeam, json.loads(fetch(LAMBDABEAM, "tasks.json").read_text("utf-8"))[split]))
    return task_set("lists", split, found)


def _lambdabeam(row: dict) -> Task:
    columns = [[_frozen(v) for v in column] for column in row["inputs_dict"].values()]
    outputs = [_frozen(v) for v in row["outputs"]]
    examples = [Example(*inputs, output=out) for *inputs, out in zip(*columns, outputs, strict=True)]
    return Task(row["name"], LAMBDABEAM_LANGUAGE,
                Spec(inputs=[_type(c) for c in columns], output=_type(outputs), examples=examples))


def _function(i: int, line: str) -> Task:
    row = json.loads(line)
    train, test = ([Example(_frozen(json.loads(e["input"])), output=_frozen(json.loads(e["output"]))) for e in row[k]]
                   for k in ("train", "test"))
    spec = Spec(inputs=[sequence(INT)], output=sequence(INT), examples=train, queries=[e.inputs for e in test])
    return Task(f"c{i + 1:03}", for_spec(spec), spec, tuple(test))


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _type(values: list) -> object:
    """The type of a column: integers, truth values or lists of integers."""
    if all(isinstance(v, tuple) for v in values):
        return sequence(INT)
    found = {type_of(v) for v in values}
    if len(found) != 1:
        raise TaskError(f"a column mixes {', '.join(map(str, found))}: {values}")
    return found.pop()


BENCHMARK = Benchmark(
    name="lists", about="programs over lists of integers", source="LambdaBeam (2023), BIG-bench list functions",
    splits=ABOUT, load=load, needs=NEEDS.__getitem__, draw={"deepcoder": drawn})
