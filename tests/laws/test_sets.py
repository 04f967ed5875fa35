"""Frozen sets, and new names of types: read, sampled, written the same in every process, searched over."""

import subprocess
import sys
from collections.abc import Callable
from itertools import product
from json import dumps
from typing import NewType, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import DSL, Apply, DSLError, Example, Grammar, Input, Spec, SpecError, parse, primitive, show
from dsl.errors import text
from dsl.inputs import sample, seeded
from dsl.laws import same
from dsl.program import Const
from dsl.reach import unexplored
from dsl.types import INT, STR, belongs, frozen_set, parts, read_annotation, type_of, unify
from nesy import solve
from nesy.problem import read
from nesy.proposer.tokens import Vocabulary
from nesy.runs.store import plain
from solvers.base import Budget, Status
from solvers.names import named

T = TypeVar("T")
Metres, Feet = NewType("Metres", float), NewType("Feet", float)
NUMBERS = frozen_set(INT)


@primitive(commutative=True, associative=True, idempotent=True)
def union(a: frozenset[T], b: frozenset[T]) -> frozenset[T]:
    return a | b


@primitive(commutative=True, associative=True, idempotent=True)
def both(a: frozenset[T], b: frozenset[T]) -> frozenset[T]:
    return a & b


@primitive
def without(a: frozenset[T], b: frozenset[T]) -> frozenset[T]:
    return a - b


@primitive
def size(a: frozenset[T]) -> int:
    return len(a)


@primitive
def only(x: T) -> frozenset[T]:
    return frozenset({x})


@primitive
def image(f: Callable[[int], int], a: frozenset[int]) -> frozenset[int]:
    return frozenset(map(f, a))


@primitive
def double(x: int) -> int:
    return 2 * x


@primitive
def metres(x: Feet) -> Metres:
    return Metres(x * 0.25)


@primitive
def longer(a: Metres, b: Metres) -> Metres:
    return max(a, b)


SETS = DSL("sets", [union, both, without, size, only, image, double], constants={frozenset[int]: [frozenset({10, 9})]})
UNITS = DSL("units", [metres, longer], constants={Metres: [Metres(1.0)]})
F = frozenset
SOLVED = [
    ("without(union(x0, x1), both(x0, x1))", [(F({1, 2}), F({2, 3})), (F({5}), F({7, 5, 1})), (F(), F({4}))]),
    ("image(lam(int)(double(y0)), both(x0, x1))", [(F({1, 2}), F({2, 3})), (F({5, 7}), F({7, 5, 1})), (F(), F({4}))]),
    ("union(only(size(x0)), x1)", [(F({1, 2}), F({9, 3})), (F({5, 7, 8}), F({7, 5})), (F(), F({4}))])]


@pytest.mark.parametrize("name", ["bottom-up", "top-down", "bidirectional", "portfolio"])
@pytest.mark.parametrize("meant, given_", SOLVED)
def test_programs_over_sets_are_found(name, meant, given_):
    target = parse(meant, SETS, (NUMBERS, NUMBERS), NUMBERS)
    examples = [Example(*row, output=target(*row)) for row in given_]
    spec = Spec(inputs=[frozenset[int]] * 2, output=frozenset[int], examples=examples)
    result = solve(SETS, spec, solver=named(name), budget=Budget(seconds=30))
    assert result.status is Status.SOLVED and result.program.cost <= target.cost


@given(st.recursive(st.integers() | st.text(max_size=2), lambda s: st.tuples(s, s) | st.frozensets(s, max_size=4)))
def test_a_value_with_sets_is_written_in_one_way_and_read_back(value):
    assert text(value) == text(eval(text(value)))  # noqa: S307 of what was just written
    try:
        kind = type_of(value)
    except DSLError:
        return
    assert belongs(value, kind)
    if not any(str(t) == "?" for t in parts(kind)):
        program = Const(value, kind)
        assert parse(show(program), SETS, (), kind) == program


def test_sets_of_equal_values_of_two_classes_are_two():
    assert same(F({1, 2}), F({2, 1})) and not same(F({1}), F({True})) and not same(F({1}), F({1, 2}))
    assert belongs(F({1}), NUMBERS) and not belongs(F({True}), NUMBERS) and not belongs({1}, NUMBERS)
    with pytest.raises(SpecError, match="is no frozenset"):
        Spec(inputs=[frozenset[int]], output=int, examples=[Example(F({"a"}), output=1)])
    with pytest.raises(DSLError, match="different types"):
        type_of(F({1, "a"}))
    with pytest.raises(DSLError, match=r"write frozenset\[int\]"):
        read_annotation(frozenset)


def test_sets_are_the_same_in_every_process():
    code = ("from dataclasses import dataclass; from dsl.inputs import *;"
            " from dsl.types import *; from dsl import *; from dsl.errors import text;"
            "s = frozen_set(STR); v = [sample(s, seeded(n)) for n in range(9)];"
            "spec = Spec(inputs=[s], output=s, examples=[Example(x, output=x) for x in v]);"
            "many = frozenset(v); pairs = frozenset((x, 1) for x in v); k = dataclass(frozen=True)(type('K', (),"
            " {'__annotations__': {'s': frozenset}}));"
            "print(text(tuple(v)), text(probes(spec, 9)), text(many), text(pairs), text(k(v[0])),"
            " text(frozenset(map(k, v))))")
    told = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                           env={"PYTHONHASHSEED": str(n), "PYTHONPATH": ":".join(sys.path)}).stdout for n in range(3)}
    assert len(told) == 1 and "frozenset" in told.pop()


def test_sets_have_words_and_are_json_and_stand_in_problem_files(tmp_path):
    words = Vocabulary.of(SETS)
    assert words.example(Example(F({2, 1}), output=1)) == words.example(Example(F({1, 2}), output=1))
    assert plain(F({10, 9})) == [9, 10] and sample(NUMBERS, seeded(3)) == sample(NUMBERS, seeded(3))
    (tmp_path / "mine.py").write_text(
        "from dsl import DSL, primitive\n\n@primitive\ndef joined(a: frozenset[int], b: frozenset[int]) -> "
        "frozenset[int]:\n    return a | b\n\nmine = DSL('mine', [joined])\n", "utf-8")
    problem = tmp_path / "problem.json"
    problem.write_text(dumps({"inputs": ["frozenset[int]", "frozenset[int]"], "output": "frozenset[int]", "examples": [
        {"inputs": [[1, 2], [2, 3]], "output": [3, 2, 1]}, {"inputs": [[], [4]], "output": [4]}]}), "utf-8")
    dsl, spec = read(problem, f"{tmp_path / 'mine.py'}:mine")
    assert spec.examples[0].inputs == (F({1, 2}), F({2, 3}))
    assert str(solve(dsl, spec, budget=Budget(seconds=20)).program) == "joined(x0, x1)"
    problem.write_text(dumps({"examples": [{"inputs": [[1], [2, 3]], "output": [3, 2, 1]}]}), "utf-8")
    assert read(problem, f"{tmp_path / 'mine.py'}:mine")[1].output == NUMBERS  # the language has no other lists


def test_new_names_of_a_type_keep_apart_what_is_meant():
    examples = [Example(4.0, 2.0, output=2.0), Example(8.0, 1.0, output=2.0), Example(4.0, 0.5, output=1.0)]
    spec = Spec(inputs=[Feet, Metres], output=Metres, examples=examples)
    result = solve(UNITS, spec, budget=Budget(seconds=20, size=6))
    assert str(result.program) == "longer(x1, metres(x0))" or str(result.program) == "longer(metres(x0), x1)"
    for taken in (NewType("int", str), NewType("tuple", int), NewType("BitVec8", int)):
        with pytest.raises(DSLError, match="there already"):
            read_annotation(taken)
    with pytest.raises(DSLError, match="name int, str"):
        read_annotation(NewType("Row", tuple[int, ...]))
    assert not {str(STR), "float"} & {str(t) for t in UNITS.types()}


def every(dsl, inputs, largest):
    """All well-typed programs without lambdas up to a size, by the types of their arguments alone."""
    found = {1: [Input(n, t) for n, t in enumerate(inputs)] + list(dsl.constants)}
    for n in range(2, largest + 1):
        found[n] = []
        for p in dsl.primitives:
            for sizes in product(range(1, n), repeat=p.arity):
                for args in product(*(found[k] for k in sizes)) if sum(sizes) == n - p.cost else ():
                    by = {}
                    for param, arg in zip(p.params, args, strict=True):
                        by = by if by is None else unify(param, arg.type, by)
                    if by is not None:
                        found[n].append(Apply(p, args))
    return {p for its in found.values() for p in its}


@pytest.mark.parametrize("names", [("union", "size"), ("both", "without"), ("only", "size"), ("only", "union")],
                         ids=" ".join)
def test_a_grammar_has_the_types_of_which_there_are_values(names):
    dsl = SETS.without([p for p in SETS.primitives if p.name not in names]).lawless(frozenset(names))
    inputs = NUMBERS, INT
    grammar = Grammar(dsl, inputs, NUMBERS)
    whole = min(5, unexplored(grammar)[0] - 1)
    assert set(grammar.programs(whole)) == {p for p in every(dsl, inputs, whole) if p.type == NUMBERS} and whole > 2
    assert grammar.open_ended == ("only" in names)
    assert "only" in names or grammar.ground_types == (NUMBERS, INT)


def test_answers_in_a_language_of_sets_are_certified():
    dsl = SETS.without([only])
    spec = Spec(inputs=[frozenset[int]] * 2, output=frozenset[int], examples=[
        Example(F({1, 2}), F({2, 3}), output=F({1, 3})), Example(F({5}), F({7, 5}), output=F({7}))])
    certificate = solve(dsl, spec, budget=Budget(seconds=20, size=7)).certificate
    assert certificate.unique_up_to >= 7 and not certificate.unsettled
