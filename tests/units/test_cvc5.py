"""The cvc5 back-end, where it is installed: its answers come back as programs of the language."""

import pytest

from dsl import Example, NesyError, Spec, load
from nesy import Budget, solve
from solvers.base import Status
from solvers.smt import cvc5 as back_end
from solvers.smt.sygus import answer, problem
from tasks.sygus.reader import parse

SPEC = Spec(inputs=[int, int], output=int, examples=[Example(2, 5, output=9), Example(4, 1, output=9)])


def test_a_problem_is_written_and_an_answer_read_without_cvc5():
    dsl = load("integers")
    text = problem(dsl, SPEC)
    assert "(synth-fun f ((x0 Int) (x1 Int)) Int" in text and "(constraint (= (f 2 5) 9))" in text
    parse(text, "written.sl")
    assert str(answer("(define-fun f ((x0 Int) (x1 Int)) Int (+ x0 (+ x0 x1)))", dsl, SPEC)) == "add(x0, add(x0, x1))"


def test_what_is_missing_is_said_in_one_line(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(back_end, "import_module", missing)
    with pytest.raises(NesyError, match=r"pip install 'nesy\[cvc5\]'"):
        back_end.ask("", 1.0)


def test_cvc5_answers_are_run_again():
    pytest.importorskip("cvc5")
    result = solve(load("integers"), SPEC, solver=back_end.Cvc5(), budget=Budget(seconds=20))
    assert result.status is Status.SOLVED and SPEC.holds(result.program)
