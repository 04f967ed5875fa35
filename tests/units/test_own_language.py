"""A language of a user's own, about dates: search, filling, uniqueness and dialogue come with it."""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from dsl import DSL, Example, Spec, parse, primitive
from dsl.languages import integers, lists
from dsl.types import INT, read_annotation
from nesy import Budget, solve
from nesy.dialogue import NoAnswer, narrow, read_answer
from solvers.base import Status
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp
from solvers.smt.fill import fill


@dataclass(frozen=True, order=True)
class Date:
    year: int
    month: int
    day: int


@primitive
def year(d: Date) -> int:
    return d.year


@primitive
def month(d: Date) -> int:
    return d.month


@primitive
def day(d: Date) -> int:
    return d.day


@primitive
def next_year(d: Date) -> Date:
    return Date(d.year + 1, d.month, d.day)


@primitive
def next_month(d: Date) -> Date:
    return Date(d.year + d.month // 12, d.month % 12 + 1, d.day)


@primitive(idempotent=True)
def month_start(d: Date) -> Date:
    return Date(d.year, d.month, 1)


@primitive(idempotent=True)
def year_start(d: Date) -> Date:
    return Date(d.year, 1, 1)


@primitive
def before(a: Date, b: Date) -> bool:
    return a < b


@primitive(commutative=True, idempotent=True, associative=True)
def later(a: Date, b: Date) -> Date:
    return max(a, b)


@primitive(commutative=True, idempotent=True, associative=True)
def earlier(a: Date, b: Date) -> Date:
    return min(a, b)


@primitive(commutative=True, associative=True, identity=0, smt="+")
def plus(a: int, b: int) -> int:
    return a + b


@primitive(smt="-")
def minus(a: int, b: int) -> int:
    return a - b


@primitive(commutative=True, smt="*")
def times(a: int, b: int) -> int:
    return a * b


@primitive(smt="(ite (<= a b) a b)", commutative=True)
def least(a: int, b: int) -> int:
    return min(a, b)


@primitive
def choose_date(c: bool, a: Date, b: Date) -> Date:
    return a if c else b


dates = DSL("dates", [year, month, day, next_year, next_month, month_start, year_start, before, later, earlier, plus,
                      minus, times, least, choose_date], constants={int: [0, 1, 12]})


def test_search_finds_a_program_over_values_of_a_class():
    spec = Spec(inputs=[Date], output=Date, examples=[
        Example(Date(2024, 3, 17), output=Date(2024, 4, 1)), Example(Date(2023, 12, 5), output=Date(2024, 1, 1))])
    result = solve(dates, spec, budget=Budget(seconds=10))
    assert str(result.program) in ("month_start(next_month(x0))", "next_month(month_start(x0))")
    assert result.certificate.unique_up_to is not None


def test_holes_are_filled_where_primitives_declare_a_meaning():
    sketch = parse("plus(times(hole(int), x0), hole(int))", dates, (INT,))
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=31), Example(10, output=127)])
    assert str(fill(spec, sketch)) == "plus(times(12, x0), 7)"
    bent = [Example(1, output=1), Example(2, output=1), Example(3, output=5)]
    nothing = Spec(inputs=[int], output=int, examples=bent)
    assert fill(nothing, sketch) is None


def test_questions_narrow_the_programs_down_to_the_one_that_is_meant():
    asked = []

    def oracle(inputs, outputs):
        asked.append(inputs)
        return inputs[0].year * 12 + inputs[0].month

    spec = Spec(inputs=[Date], output=int, examples=[Example(Date(1, 2, 2), output=14)])
    rounds = list(narrow(dates, spec, oracle, budget=Budget(seconds=3)))
    spec, result = rounds[-1]
    assert asked and len(spec.examples) == 1 + len(asked)
    assert result.program(Date(2024, 5, 6)) == 2024 * 12 + 5
    assert not result.certificate.ambiguous


def test_a_user_without_an_answer_ends_the_dialogue():
    def silent(inputs, outputs):
        assert len(outputs) > 1
        raise NoAnswer

    spec = Spec(inputs=[Date], output=int, examples=[Example(Date(3, 3, 3), output=3)])
    rounds = list(narrow(dates, spec, silent, budget=Budget(seconds=5)))
    assert len(rounds) == 1
    assert rounds[0][1].certificate.separating_input is not None


def test_answers_are_read_as_json_or_as_text():
    from dsl.errors import NesyError

    text, numbers = read_annotation(str), read_annotation(tuple[int, ...])
    assert read_answer("[1, 2]", numbers) == (1, 2)
    assert read_answer("a b", text) == "a b" and read_answer('"a"', text) == "a" and read_answer("12", text) == "12"
    with pytest.raises(NesyError, match="is no int"):
        read_answer("many", INT)


def test_every_solved_status_was_run_again():
    spec = Spec(inputs=[Date], output=bool, examples=[Example(Date(1, 1, 1), output=False)])
    result = solve(dates, spec, budget=Budget(seconds=5))
    assert result.status is Status.SOLVED and spec.holds(result.program)


@primitive
def first_even(xs: tuple[int, ...]) -> int:
    return next(x for x in xs if x % 2 == 0)


@pytest.mark.parametrize("solver", [BottomUp(), Bidirectional()], ids=lambda s: s.name)
def test_a_primitive_that_ends_an_iterator_fails_in_that_world_alone(solver):
    iterating = DSL("iterating", [first_even, lists.head, integers.add, integers.multiply], constants={int: [1, 7]})
    spec = Spec(inputs=[tuple[int, ...]], output=int, examples=[
        Example((x, 1), output=7 * x + 49) for x in (2, 3, 4)])
    result = solver.solve(iterating, spec, Budget(seconds=20, size=8))
    assert result.status is Status.SOLVED, result.reason
    assert "first_even" not in str(result.program)


def test_what_examples_suggest_is_the_same_in_every_process():
    said = ("from dsl import Example, Spec; from dsl.suggest import numbers; "
            "rows = [((1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 9)), ((3, 1, 3, 4, 5, 7), (3, 1, 3, 4, 5, 10))]; "
            "print(numbers(Spec(inputs=[tuple[int, ...]], output=tuple[int, ...], "
            "examples=[Example(a, output=b) for a, b in rows])))")
    found = {subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True,
                            env={**os.environ, "PYTHONHASHSEED": str(seed)}).stdout for seed in range(4)}
    assert len(found) == 1
