"""ExeDec's tasks: read as they are meant."""

import gzip
import json
import re

import pytest

from dsl.syntax import parse
from tasks.data import SOURCES, local
from tasks.exedec.load import BENCHMARK as EXEDEC
from tasks.exedec.load import path

FUNCTIONS = {
    "Head": "head", "Last": "last", "Take": "take", "Drop": "drop", "Access": "access", "Minimum": "smallest",
    "Maximum": "largest", "Reverse": "reverse", "Sort": "sort", "Sum": "sum",
    **{f"Map ({text})": f"map_{name}" for text, name in (
        ("+1", "increment"), ("-1", "decrement"), ("*(-1)", "negate"), ("*2", "double"), ("*3", "triple"),
        ("*4", "quadruple"), ("/2", "halve"), ("/3", "third"), ("/4", "quarter"), ("**2", "square"))},
    **{f"{kind} ({text})": f"{kind.lower()}_{name}" for kind in ("Filter", "Count") for text, name in (
        (">0", "positive"), ("<0", "negative"), ("%2==0", "even"), ("%2==1", "odd"))},
    **{f"{kind} ({text})": f"{ours}_{name}" for kind, ours in (("ZipWith", "zip_with"), ("Scanl1", "scan"))
       for text, name in (("+", "add"), ("-", "subtract"), ("*", "multiply"), ("min", "minimum"), ("max", "maximum"))}}


@pytest.mark.parametrize("split", EXEDEC.splits)
def test_exedecs_own_programs_do_in_our_language_what_its_files_say(split):
    if local(SOURCES["exedec"], path(split)) is None:
        pytest.skip("the data set is not here")
    tasks = EXEDEC.split(split)
    rows = map(json.loads, gzip.decompress(local(SOURCES["exedec"], path(split)).read_bytes()).decode().splitlines())
    other = []
    for name, row in zip(tasks.ids, rows, strict=True):
        task, variables = tasks.task(name), {}
        for step in row["program"].split(" | "):
            variable, text = step.split(" = ")
            if text == "INPUT":
                variables[variable] = variable
            else:
                function, *args = re.findall(r"x\d+|[A-Z]\w*(?: \((?:[^()]|\([^()]*\))*\))?", text)
                variables[variable] = f"{FUNCTIONS[function]}({', '.join(variables[a] for a in args)})"
        program = parse(variables[variable], task.dsl, task.spec.inputs)
        if not task.spec.holds(program):
            other.append(str(program))
    assert len(other) <= 5  # where a negative count takes or drops from the end, as Python's slices do
    assert all("take(" in text or "drop(" in text for text in other)
