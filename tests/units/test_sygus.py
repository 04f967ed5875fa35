"""SyGuS-IF: what is read, what is refused and where, and answers that another reader of the format accepts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import z3

from dsl.errors import NesyError
from dsl.spec import Example
from nesy.engine import solve
from solvers.base import Budget, Status
from tasks import TaskError, benchmark
from tasks.sygus.reader import load, parse

STRINGS = """(set-logic SLIA)
(synth-fun f ((s String) (n Int)) String ((Start String) (I Int))
  ((Start String (s "-" (str.++ Start Start) (str.substr Start I I) (str.at Start I)))
   (I Int (n 0 1 (+ I I) (str.len Start)))))
(constraint (= (f "abc" 1) "b-"))
(constraint (= (f "xyzw" 2) "z-"))
(check-synth)"""
MAX = """(set-logic LIA)
(synth-fun biggest ((x Int) (y Int)) Int)
(declare-var a Int)
(declare-var b Int)
(constraint (>= (biggest a b) a))
(constraint (>= (biggest a b) b))
(constraint (or (= a (biggest a b)) (= b (biggest a b))))
(check-synth)"""

ROOT = Path(__file__).parents[2]


def answered(text, seconds=10.0):
    found = parse(text, "problem.sl")
    return found, solve(found.dsl, found.spec, budget=Budget(seconds=seconds))


def test_examples_are_read_and_the_answer_is_a_define_fun():
    problem, result = answered(STRINGS)
    assert problem.spec.examples == (Example("abc", 1, output="b-"), Example("xyzw", 2, output="z-"))
    assert result.status is Status.SOLVED
    text = problem.define(result.program)
    assert text.startswith("(define-fun f ((s String) (n Int)) String (str.++ ")
    assert holds_in_z3(text, ['(= (f "abc" 1) "b-")', '(= (f "xyzw" 2) "z-")'])


def holds_in_z3(define, claims):
    solver = z3.Solver()
    solver.from_string(define + "".join(f"(assert {c})" for c in claims))
    return solver.check() == z3.sat


def test_a_formula_is_proved_for_all_inputs():
    problem, result = answered(MAX)
    assert result.certificate.proved
    assert result.program(3, -7) == 3 and result.program(-3, 7) == 7
    assert "biggest" in problem.define(result.program)


def test_several_functions_are_found_together():
    text = MAX.replace("(synth-fun biggest ((x Int) (y Int)) Int)",
                       "(synth-fun biggest ((x Int) (y Int)) Int)\n(synth-fun twice ((x Int) (y Int)) Int)")
    text = text.replace("(constraint (>= (biggest a b) a))\n(constraint (>= (biggest a b) b))\n"
                        "(constraint (or (= a (biggest a b)) (= b (biggest a b))))",
                        "(constraint (= (biggest a b) (+ a (* 2 b))))\n"
                        "(constraint (= (twice a b) (+ (biggest a b) (biggest a b))))")
    problem, result = answered(text)
    assert result.status is Status.SOLVED
    assert result.program(1, 10) == (21, 42)
    assert problem.define(result.program).count("define-fun") == 2


def test_two_nonterminals_of_one_sort_are_kept_apart():
    text = """(set-logic LIA)
(synth-fun f ((x Int)) Int ((S Int) (C Int))
  ((S Int (x (+ S C))) (C Int (1 2))))
(constraint (= (f 5) 8))
(check-synth)"""
    problem, result = answered(text)
    assert result.status is Status.SOLVED
    assert problem.define(result.program) in (
        "(define-fun f ((x Int)) Int (+ (+ x 1) 2))", "(define-fun f ((x Int)) Int (+ (+ x 2) 1))")
    none = text.replace("(C Int (1 2))", "(C Int (2))")
    assert answered(none, 2.0)[1].program is None


def test_macros_of_the_file_are_written_by_their_names():
    text = """(set-logic BV)
(define-fun half ((x (_ BitVec 64))) (_ BitVec 64) (bvlshr x #x0000000000000001))
(synth-fun f ((x (_ BitVec 64))) (_ BitVec 64) ((S (_ BitVec 64))) ((S (_ BitVec 64) (x (half S) (bvnot S)))))
(constraint (= (f #x0000000000000008) #x0000000000000002))
(constraint (= (f #x00000000000000f0) #x000000000000003c))
(check-synth)"""
    problem, result = answered(text)
    assert problem.define(result.program) == "(define-fun f ((x (_ BitVec 64))) (_ BitVec 64) (half (half x)))"


@pytest.mark.parametrize("change,said", [
    (("SLIA", "QF_NIRA"), ["line 1", "QF_NIRA", "known are"]),
    (('(= (f "xyzw" 2) "z-")', '(= (g "xyzw" 2) "z-")'), ["line 6", "g"]),
    (("(str.at Start I)", "(str.frobnicate Start I)"), ["line 3", "str.frobnicate"]),
    (("(s \"-\" (str.++ Start Start) (str.substr Start I I) (str.at Start I))", "((str.++ Start Start))"),
     ["line 2", "derives nothing"]),
    (("(check-synth)", ""), ["check-synth", "cut off"]),
    (("(check-synth)", "(check-synth"), ["line 7", "not closed"]),
    (("(synth-fun f", "(synth-funs f"), ["line 2", "synth-funs"]),
    (("(n Int)", "(n Real)"), ["line 2", "Real"]),
    (("(I Int (n", "(Start Int (n"), ["twice"]),
], ids=lambda x: str(x)[:24])
def test_what_is_wrong_is_named_with_its_line(change, said):
    with pytest.raises(TaskError) as error:
        parse(STRINGS.replace(*change), "problem.sl")
    assert all(s in str(error.value) for s in said), str(error.value)
    assert "\n" not in str(error.value)


def test_terms_nested_without_end_are_refused_in_one_line():
    deep = "(not " * 3000 + "(= a a)" + ")" * 3000
    with pytest.raises(TaskError, match="nested over"):
        parse(MAX.replace("(check-synth)", f"(constraint {deep})(check-synth)"), "deep.sl")


def test_contradicting_constraints_are_infeasible_and_named():
    problem, result = answered(STRINGS.replace("(check-synth)", '(constraint (= (f "abc" 1) "c"))\n(check-synth)'), 2.0)
    assert result.status is Status.INFEASIBLE
    assert "examples 1 and 3 contradict" in result.reason
    assert problem.lines == (5, 6, 7)


@pytest.mark.parametrize("split,n", [("strings", 210), ("euphony", 100), ("bitvectors", 753), ("bitvectors-100", 100),
                                     ("lia", 88)])
def test_published_files_are_all_there(split, n):
    assert len(benchmark("sygus").split(split).ids) == n


@pytest.mark.parametrize(("text", "answer"), [
    ("(set-logic BV)(synth-fun f ((x (_ BitVec 3))) (_ BitVec 3))(declare-var x (_ BitVec 3))"
     "(constraint (= (bvadd (f x) x) #b000))", "(bvneg x)"),
    ("(set-logic LIA)(synth-fun f ((x Int)) Bool)(constraint (f 1))(constraint (not (f 2)))", "(< x 2)"),
    ("(set-logic LIA)(synth-fun f ((x Int)) Int ((I Int)) ((I Int (x 0 1 (+ I I)))))"
     "(constraint (= (f 1) 2))(constraint (or (= (f 2) 3) (= (f 2) 4)))", "(+ x x)"),
    ("(set-logic LIA)(synth-fun f ((x Int)) Int)(constraint true)", "0"),
    ("(set-logic LIA)(synth-fun f ((x Int) (y Int)) Int ((A Int) (B Int)) ((A Int (B (+ B A)))"
     "(B Int (x y 1 (- B B)))))(declare-var a Int)(declare-var b Int)"
     "(constraint (= (f a b) (+ (+ a 1) (- b a))))", "(+ y 1)"),
    ("(set-logic BV)(synth-fun f ((x (_ BitVec 8)) (y (_ BitVec 8))) (_ BitVec 8) ((A (_ BitVec 8)) (B (_ BitVec 8)))"
     "((A (_ BitVec 8) ((bvadd B B))) (B (_ BitVec 8) (y #x01 #x03))))(declare-var a (_ BitVec 8))"
     "(declare-var b (_ BitVec 8))(constraint (= (f a b) (bvadd b #x03)))", "(bvadd y #x03)"),
])
def test_formulas_without_a_sketch_are_met_by_what_z3_does_not_refute(text, answer):
    posed = parse(text + "(check-synth)", "t.sl")
    found = solve(posed.dsl, posed.spec, budget=Budget(seconds=10))
    assert found.program is not None and found.certificate is not None and found.certificate.proved
    assert posed.define(found.program).endswith(f" {answer})")


@pytest.mark.parametrize("constraints", ["(constraint false)", "(constraint (> (f x) (f x)))",
                                         "(constraint (= (f 1) 2))(constraint (< (f 1) 2))"])
def test_a_formula_that_no_function_meets_is_infeasible(constraints):
    posed = parse(f"(set-logic LIA)(synth-fun f ((x Int)) Int)(declare-var x Int){constraints}(check-synth)", "t.sl")
    found = solve(posed.dsl, posed.spec, budget=Budget(seconds=10))
    assert found.status is Status.INFEASIBLE and "no function meets the formula" in found.reason


def test_a_formula_that_no_program_of_a_finite_grammar_meets_is_infeasible():
    posed = parse("(set-logic LIA)(synth-fun f ((x Int)) Int ((I Int)) ((I Int (x 0 1))))(declare-var x Int)"
                  "(constraint (> (f x) x))(check-synth)", "t.sl")
    assert solve(posed.dsl, posed.spec, budget=Budget(seconds=10)).status is Status.INFEASIBLE


def test_a_bitvector_of_no_width_that_there_is_is_refused_and_a_mark_of_byte_order_is_read(tmp_path):
    text = "(set-logic BV)(synth-fun f ((x (_ BitVec 8))) (_ BitVec 8))(constraint (= (f {}) #x01))(check-synth)"
    for wrong in ("(_ bv1 999999999999999)", "(_ bv1 0)"):
        with pytest.raises(NesyError, match="bitvectors are 1 to 4096 bits wide"):
            parse(text.format(wrong), "t.sl")
    file = tmp_path / "t.sl"
    file.write_text("\ufeff" + text.format("(_ bv7 8)"))
    assert load(file).spec.examples[0].inputs == (7,)


def test_a_grammar_is_the_same_whatever_the_hash_seed_and_any_truth_value_may_be_written():
    text = ("(set-logic LIA)(synth-fun f ((x Int)) Int ((S Int) (A Int) (B Int) (C Int))"
            "((S Int (A B)) (A Int (C x)) (B Int (C x)) (C Int ((+ S 1) 0))))(constraint (= (f 1) 2))(check-synth)")
    code = f"from tasks.sygus.reader import parse; print(len(parse({text!r}, 't.sl').dsl.primitives))"
    said = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True,
                           env={**os.environ, "PYTHONHASHSEED": str(seed)}).stdout for seed in (1, 2, 3)}
    assert said == {"1\n"}
    posed = parse("(set-logic LIA)(synth-fun f ((x Int)) Bool ((B Bool)) ((B Bool ((Constant Bool)))))"
                  "(constraint (= (f 1) true))(check-synth)", "t.sl")
    found = solve(posed.dsl, posed.spec, budget=Budget(seconds=5))
    assert found.program is not None and posed.define(found.program).endswith(" true)")
