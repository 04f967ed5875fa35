"""Examples files: hostile values are refused before anything is searched."""

import json
import time

import pytest

from dsl import Example, NesyError
from nesy import Budget, solve
from nesy.problem import find_language, freeze, read
from solvers.base import Status


def problem(tmp_path, text, name="p.json"):
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(("text", "said"), [
    ('{"examples": 1, "examples": 2}', "given twice"),
    ('{"language": "integers", "examples": [{"inputs": [NaN], "output": 1}]}', "finite"),
    ('{"language": "integers", "examples": [{"inputs": [1' + "0" * 5000 + '], "output": 1}]}', "not readable"),
    ('{"language": "integers", "examples": [{"inputs": ["\\ud800"], "output": 1}]}', "text"),
    ("[" * 100_000, "nested too deeply"),
    ('{"language": "integers", "examples": [{"inputs": [1, 2], "output": 1}, {"inputs": [1], "output": 1}]}',
     "example 2"),
])
def test_json_that_is_refused(tmp_path, text, said):
    with pytest.raises(NesyError, match=said) as error:
        read(problem(tmp_path, text))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("text", "said"), [
    ("examples: 1\nexamples: 2", "given twice"),
    ("!!python/object/apply:os.system [echo]", "not YAML"),
    ("a: [", "line 1|not YAML"),
    ("language: integers\nexamples: [{inputs: [2020-01-01], output: 1}, {inputs: [1], output: 1}]", "different types"),
    ("a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
     "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e]\n",
     "no such field"),
])
def test_yaml_that_is_refused(tmp_path, text, said):
    with pytest.raises(NesyError, match=said) as error:
        read(problem(tmp_path, text, "p.yaml"))
    assert "\n" not in str(error.value)


def test_values_without_end_are_cut_off():
    bomb: list = [1]
    for _ in range(18):
        bomb = [bomb, bomb]
    with pytest.raises(NesyError, match="values"):
        freeze(bomb)


def test_files_of_languages(tmp_path, capsys):
    path = problem(tmp_path, "from nesy import DSL, primitive\nprint('hello')\n@primitive\ndef f(a: int) -> int:\n"
                             "    return a\nmine = DSL('mine', [f])\n", "mine.py")
    assert find_language(f"{path}:mine").name == "mine"
    assert capsys.readouterr().out == ""
    with pytest.raises(NesyError, match="which language"):
        find_language(str(path))
    broken = problem(tmp_path, "1/0", "broken.py")
    with pytest.raises(NesyError, match="ZeroDivisionError"):
        find_language(f"{broken}:mine")


def test_types_are_read_off_the_examples(tmp_path):
    rows = [{"inputs": [[], 1], "output": "a"}, {"inputs": [[2], 3], "output": "b"}]
    _, spec = read(problem(tmp_path, json.dumps({"language": "lists", "examples": rows})))
    assert [str(t) for t in spec.inputs] == ["tuple[int, ...]", "int"]


PAIRS = '''
from nesy import DSL, primitive


@primitive
def cut(text: str, by: str) -> tuple[str, ...]:
    return tuple(text.split(by))


@primitive
def left(pair: tuple[str, str]) -> str:
    return pair[0]


@primitive
def number(pair: tuple[str, int]) -> int:
    return pair[1]


@primitive
def half(a: float) -> float:
    return a / 2


pairs, mixed, halves = DSL("pairs", [cut, left]), DSL("mixed", [number]), DSL("halves", [half])
'''


@pytest.mark.parametrize(("language", "given", "outputs", "types"), [
    ("pairs", [["a", "b"], ["x", "y"]], ["a", "x"], ["tuple[str, str]", "str"]),
    ("mixed", [["a", 1], ["b", 2]], [1, 2], ["tuple[str, int]", "int"]),
    ("halves", [3, 1.5], [1.5, 0.75], ["float", "float"]),
    ("halves", [4, 6], [2, 3], ["float", "float"]),
    ("halves", [10**400], [2], ["int", "float"]),
])
def test_a_type_is_the_one_that_the_language_takes(tmp_path, language, given, outputs, types):
    problem(tmp_path, PAIRS, "pairs.py")
    rows = [{"inputs": [i], "output": o} for i, o in zip(given, outputs, strict=True)]
    file = problem(tmp_path, json.dumps({"language": f"pairs.py:{language}", "examples": rows, "queries": [given[:1]]}))
    dsl, spec = read(file)
    assert [*map(str, spec.inputs), str(spec.output)] == types
    if types[0] != "int":
        assert solve(dsl, spec, budget=Budget(seconds=5)).status is Status.SOLVED


def test_a_type_that_is_named_takes_whole_numbers_for_floats(tmp_path):
    content = {"language": "halves", "inputs": ["tuple[float, ...]"], "output": "float",
               "examples": [{"inputs": [[1, 2.5]], "output": 2}]}
    problem(tmp_path, PAIRS, "pairs.py")
    _, spec = read(problem(tmp_path, json.dumps({**content, "language": "pairs.py:halves"})))
    assert repr(spec.examples[0]) == repr(Example((1.0, 2.5), output=2.0))


def test_numbers_are_bitvectors_where_the_language_knows_no_others(tmp_path):
    file = problem(tmp_path, json.dumps({"language": "bitvectors", "examples": [{"inputs": [5], "output": 6}]}))
    _, spec = read(file)
    assert str(spec.inputs[0]) == str(spec.output) == "BitVec64"


def test_a_language_takes_the_constants_that_the_examples_suggest(tmp_path):
    rows = [{"inputs": [text], "output": inside} for text, inside in (("ab", True), ("abab", True), ("b", False))]
    dsl, _ = read(problem(tmp_path, json.dumps({"language": "regex", "examples": rows})))
    assert [str(c) for c in dsl.constants if str(c.type) == "Letter"] == ["Letter('a')", "Letter('b')"]


def test_an_alias_counts_each_time_and_doubled_fields_are_found_at_once(tmp_path):
    many = ",".join(["1"] * 9000)
    repeated = f"language: lists\nexamples:\n  - &e {{inputs: [[{many}]], output: 1}}\n" + "  - *e\n" * 2000
    with pytest.raises(NesyError, match=r"example \d+: over 1,000,000 values"):
        read(problem(tmp_path, repeated, "p.yaml"))
    start = time.monotonic()
    doubled = '{"x": {' + ",".join(f'"k{i}": 1' for i in range(200_000)) + ',"k9": 1}}'
    with pytest.raises(NesyError, match="field 'k9' is given twice"):
        read(problem(tmp_path, doubled))
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(("field", "where"), [
    ("inputs: [fooo]", "p.yaml, inputs: "), ("output: fooo", "p.yaml, output: "),
    ("queries: [[.nan]]", "p.yaml, queries: ")])
def test_a_field_that_is_wrong_is_named_with_its_file(tmp_path, field, where):
    text = f"language: integers\nexamples: [{{inputs: [1], output: 2}}]\n{field}\n"
    with pytest.raises(NesyError, match=where):
        read(problem(tmp_path, text, "p.yaml"))


def test_a_byte_order_mark_is_no_part_of_a_problem(tmp_path):
    path = problem(tmp_path, "")
    path.write_text('{"language": "integers", "examples": [{"inputs": [1], "output": 2}]}', encoding="utf-8-sig")
    assert len(read(path)[1].examples) == 1


def test_a_language_file_is_an_ordinary_module_with_neighbours(tmp_path):
    (tmp_path / "beside_it.py").write_text("ONE = 1\n")
    path = problem(tmp_path, "from __future__ import annotations\nfrom dataclasses import dataclass\n"
                             "from beside_it import ONE\nfrom nesy import DSL, primitive\n"
                             "@dataclass(frozen=True)\nclass P:\n    x: int\n"
                             "@primitive\ndef f(p: P) -> int:\n    return p.x + ONE\nmine = DSL('mine', [f])\n",
                   "lang.py")
    assert find_language(f"{path}:mine").primitives[0].params[0].name == "P"


def test_a_language_file_that_never_ends_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("nesy.problem.LONGEST_IMPORT", 0.3)
    path = problem(tmp_path, "while True:\n    pass\n", "endless.py")
    with pytest.raises(NesyError, match="takes over 0.3 s to import"):
        find_language(f"{path}:mine")
