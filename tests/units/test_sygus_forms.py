"""SyGuS-IF in its many forms: each answer is put back into the file's own commands and checked there by z3 alone."""

import pytest
import z3

from dsl.inputs import seeded
from nesy.engine import solve
from solvers.base import Budget, Status
from tasks import TaskError, benchmark
from tasks.data import SYGUS, local
from tasks.sygus.reader import parse
from tasks.sygus.text import read, show

SAMPLE = 6  # published files of each track
LIA, X = "(set-logic LIA)", "(declare-var x Int)"
ADDS = "((S Int (x 0 1 (+ S S))))"


def claims(text, answer):
    """The file as an SMT-LIB script that is unsatisfiable if the answer meets every constraint."""
    lines, asserted, assumed = [], [], []
    for command in read(text, "test.sl"):
        head = show(command[0])
        if head in ("define-fun", "define-sort"):
            lines.append(show(command))
        elif head in ("synth-fun", "synth-inv"):
            lines.append(answer if answer not in lines else "")
        elif head == "declare-var":
            lines.append(f"(declare-const {show(command[1])} {show(command[2])})")
        elif head == "constraint":
            asserted.append(show(command[1]))
        elif head == "assume":
            assumed.append(show(command[1]))
        elif head == "inv-constraint":
            inv, pre, trans, post = map(show, command[1:])
            lines.append("(declare-const a Int) (declare-const b Int) (declare-const c Int) (declare-const d Int)")
            asserted += [f"(=> ({pre} a b) ({inv} a b))", f"(=> ({inv} a b) ({post} a b))",
                         f"(=> (and ({inv} a b) ({trans} a b c d)) ({inv} c d))"]
    return "\n".join([*lines, *(f"(assert {a})" for a in assumed), f"(assert (not (and true {' '.join(asserted)})))"])


FORMS = {
    "a parameter inside a rule": f"""{LIA}
(synth-fun f ((x Int) (y Int)) Int ((S Int (0 1 (+ x S) (+ y S) (- S 1)))))
{X}(declare-var y Int)(constraint (= (f x y) (+ x (+ y 1))))""",
    "functions with rules of their own": f"""{LIA}
(synth-fun f ((x Int)) Int ((S Int (x (+ S C))) (C Int (1 2))))
(synth-fun g ((x Int)) Int ((T Int (x (+ T D))) (D Int (5))))
{X}(constraint (= (f x) (+ x 2)))(constraint (= (g x) (+ x 5)))""",
    "functions of different parameters": f"""{LIA}
(synth-fun inc ((x Int)) Int {ADDS})
(synth-fun sum ((x Int) (y Int)) Int ((S Int (x y (+ S S)))))
(synth-fun c () Int ((S Int (0 1 (+ S S)))))
{X}(declare-var y Int)(constraint (= (inc x) (+ x 1)))(constraint (= (sum x y) (+ x y c -2)))(constraint (= c 2))""",
    "a literal that looks like a hole": """(set-logic SLIA)
(synth-fun f ((s String)) String ((S String (s "a" (str.++ S "?hole0" S)))))
(constraint (= (f "x") "x?hole0a"))(constraint (= (f "yz") "yz?hole0a"))""",
    "names as macros have them": f"""{LIA}
(define-fun a () Int 5)
(synth-fun f ((x Int)) Int ((S Int (x 0 (+ S (* a S))))))
(constraint (= (f 1) 6))(constraint (= (f 2) 12))""",
    "let in a rule": f"""{LIA}
(synth-fun f ((x Int) (y Int)) Int ((S Int (x y (let ((a S) (b S)) (- a b))))))
(constraint (= (f 5 3) 2))(constraint (= (f 10 4) 6))""",
    "a function named as ours are": f"""{LIA}
(define-fun add ((a Int) (b Int)) Int (- a b))
(synth-fun f ((x Int) (y Int)) Int ((S Int (x y (+ S S) (add S S)))))
(constraint (= (f 5 3) 2))(constraint (= (f 10 4) 6))""",
    "a definition over what is to be found": f"""{LIA}
(synth-fun f ((x Int)) Int {ADDS})
(define-fun good ((y Int)) Bool (> (f y) y))
{X}(constraint (good x))""",
    "definitions that are no calls": f"""{LIA}
(define-fun same ((x Int)) Int x)(define-fun none ((x Int)) Int 0)(define-fun yes ((x Int)) Bool true)
(synth-fun f ((x Int)) Int ((S Int (x 1 (+ S S) (none S)))))
{X}(constraint (=> (yes x) (> (f (same x)) (none x) (- x))))""".replace("(> (f (same x)) (none x) (- x))",
                                                                      "(> (f (same x)) (+ (none x) x))"),
    "bars that are not needed": f"""{LIA}
(synth-fun |f| ((x Int)) Int ((S Int (|x| 1 (+ S S)))))
{X}(constraint (= (f x) (+ x 1)))""",
    "nonterminals named as sorts of ours": """(set-logic SLIA)
(synth-fun f ((s String)) String ((int String (s "-" (str.++ int int) (str.substr int str bool)))
  (str Int (0 1)) (bool Int (2 (str.len int)))))
(constraint (= (f "abcd") "bc-"))(constraint (= (f "wxyz") "xy-"))""",
    "assumptions": f"""{LIA}
(synth-fun f ((x Int)) Int {ADDS})
{X}(assume (> x 3))(constraint (> (f x) 3))(constraint (= (f x) x))""",
    "an invariant": f"""{LIA}
(define-fun pre ((x Int) (y Int)) Bool (and (= x 0) (= y 0)))
(define-fun trans ((x Int) (y Int) (x! Int) (y! Int)) Bool (and (= x! (+ x 1)) (= y! (+ y 1))))
(define-fun post ((x Int) (y Int)) Bool (=> (= x 9) (= y 9)))
(synth-inv inv ((x Int) (y Int)) ((B Bool ((= I I) (<= I I) (and B B))) (I Int (x y 0))))
(inv-constraint inv pre trans post)""",
    "sorts by another name": f"""{LIA}
(define-sort Number () Int)
(synth-fun f ((x Number)) Number {ADDS})
(declare-var x Number)(constraint (= (f x) (+ x 2)))""",
    "calls within calls": f"""{LIA}
(synth-fun f ((x Int)) Int ((S Int (x 0 1 2 (+ S S) (- S S)))))
{X}(constraint (= (f (f x)) (+ x 4)))""",
    "distinct, and annotations": f"""{LIA}
(synth-fun f ((x Int) (y Int)) Int)
{X}(declare-var y Int)(constraint (! (=> (distinct x y 0) (distinct (f x y) x y)) :named one))""",
    "bits taken apart and put together": """(set-logic BV)
(synth-fun f ((x (_ BitVec 8))) (_ BitVec 8) ((S (_ BitVec 8) (x (concat H H) (bvor S S)))
  (H (_ BitVec 4) (((_ extract 3 0) S) ((_ extract 7 4) S) #x0))))
(constraint (= (f #x12) #x21))(constraint (= (f #xa5) #x5a))(constraint (= (f #x0f) #xf0))""",
    "numbers of bits with a sign": """(set-logic BV)
(synth-fun f ((x (_ BitVec 8)) (y (_ BitVec 8))) (_ BitVec 8)
  ((S (_ BitVec 8) (x y (ite B S S) (bvashr S #x01) (bvsdiv S S))) (B Bool ((bvsgt S S) (bvslt S S)))))
(constraint (= (f #x80 #x01) #xc0))(constraint (= (f #x10 #x20) #x08))(constraint (= (f #x90 #x03) #xc8))""",
    "any constant": """(set-logic BV)
(synth-fun f ((x (_ BitVec 16))) (_ BitVec 16) ((S (_ BitVec 16) (x (Constant (_ BitVec 16)) (bvand S S) (bvxor S S)))))
(constraint (= (f #x1234) #x5634))(constraint (= (f #x0000) #x4400))(constraint (= (f #xffff) #xbbff))""",
    "the formula's own constants": f"""{LIA}
(synth-fun f ((x Int)) Int ((S Int (x (+ S C) (* C S))) (C Int ((Constant Int)))))
{X}(constraint (= (f x) (+ (* 3 x) 14)))""",
    "any text": """(set-logic SLIA)
(synth-fun f ((s String)) String ((S String ((Variable String) (Constant String) (str.++ S S)))))
(constraint (= (f "abc") "Dr. abc, PhD"))(constraint (= (f "q") "Dr. q, PhD"))""",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_an_answer_holds_in_the_files_own_commands(text):
    text += "(check-synth)"
    problem = parse(text, "form.sl")
    result = solve(problem.dsl, problem.spec, budget=Budget(seconds=20))
    assert result.status is Status.SOLVED, result.reason
    answer = problem.define(result.program)
    solver = z3.Solver()
    solver.from_string(claims(text, answer))
    assert solver.check() == z3.unsat, answer


@pytest.mark.parametrize("split", ["strings", "bitvectors", "lia"])
def test_what_is_solved_of_published_files_holds_there_too(split):
    tasks, proved = benchmark("sygus").split(split), 0
    for name in seeded("checked", split).sample(tasks.ids, SAMPLE):
        file = next(f for f in SYGUS.files if f.endswith(f"/{name}.sl"))
        if local(SYGUS, file) is None:
            pytest.skip(f"sygus/{file} is not here; `nesy data fetch sygus` or NESY_DATA brings it")
        task = tasks.task(name)
        result = solve(task.dsl, task.spec, budget=Budget(seconds=4), trusted=True)
        if result.status is not Status.SOLVED:
            continue
        solver = z3.Solver()
        solver.from_string(claims(local(SYGUS, file).read_text(), task.write(result.program)))
        assert solver.check() == z3.unsat, (name, task.write(result.program))
        proved += 1
    assert proved >= SAMPLE // 2


def test_a_thousand_constraints_are_one_formula():
    asked = "".join(f"(constraint (>= (f {i}) {i + 1}))" for i in range(1500))
    problem = parse(f"{LIA}(synth-fun f ((x Int)) Int {ADDS}){asked}(check-synth)", "many.sl")
    result = solve(problem.dsl, problem.spec, budget=Budget(seconds=20))
    assert result.status is Status.SOLVED and all(result.program(i) > i for i in (0, 7, 1499))


def test_a_function_that_its_rules_cannot_make_is_not_claimed():
    """The first function's rules hold a 2 that the second's do not."""
    text = f"""{LIA}(synth-fun f ((x Int)) Int ((S Int (x 1 2 (+ S S)))))
(synth-fun g ((x Int)) Int ((S Int (x 1 (+ S S))))){X}
(constraint (= (f x) (+ x 2)))(constraint (= (g x) (+ x 2)))(check-synth)"""
    problem = parse(text, "two.sl")
    answer = problem.define(solve(problem.dsl, problem.spec, budget=Budget(seconds=20)).program)
    assert "2" not in answer.splitlines()[1].removeprefix("(define-fun g ((x Int)) Int ")


def test_the_order_of_parameters_in_the_rules_does_not_matter():
    for order in ("d c b a", "a b c d"):
        text = f"""{LIA}(synth-fun f ((a Int) (b Int) (c Int) (d Int)) Int ((S Int ({order} 0 1 2 3 (ite B S S)))
  (B Bool ((<= S S) (and B B) (or B B) (not B)))))
(declare-var a Int)(declare-var b Int)(declare-var c Int)(declare-var d Int)
(constraint (=> (and (< a b) (< b c) (< d a)) (= (f a b c d) 0)))
(constraint (=> (and (< a b) (< b c) (< a d) (< d b)) (= (f a b c d) 1)))
(constraint (=> (and (< a b) (< b c) (< b d) (< d c)) (= (f a b c d) 2)))
(constraint (=> (and (< a b) (< b c) (< c d)) (= (f a b c d) 3)))(check-synth)"""
        problem = parse(text, "order.sl")
        assert solve(problem.dsl, problem.spec, budget=Budget(seconds=20)).status is Status.SOLVED


def test_a_parameter_that_no_rule_reads_makes_no_contradiction():
    text = f"""{LIA}(synth-fun f ((x Int) (y Int)) Int ((S Int (x 1))))
(constraint (= (f 1 2) 2))(constraint (= (f 1 3) 3))(check-synth)"""
    problem = parse(text, "unread.sl")
    result = solve(problem.dsl, problem.spec, budget=Budget(seconds=5))
    assert result.status is Status.INFEASIBLE and "contradict" not in result.reason


GROWING = "".join(f"(define-fun d{i} ((x Int)) Int (+ (d{i - 1} x) (d{i - 1} x)))" for i in range(1, 27))


@pytest.mark.parametrize(("text", "said"), [
    (f"{LIA}(define-fun d0 ((x Int)) Int (+ x x)){GROWING}(synth-fun f ((x Int)) Int)(check-synth)",
     "letters when written out"),
    (f"{LIA}(synth-fun f ((x Int)) Int ((S Int (x (* (Constant Int) S)))))(check-synth)", "are whole rules"),
    (f"{LIA}(synth-fun f ((x Int)) Int ((S Int (x (Constant Bool)))))(check-synth)", "are whole rules"),
    (f"{LIA}(synth-fun f ((x Int)) Int ((B Bool ((< I I))) (I Int (x))))(check-synth)", "not of the function's sort"),
    (f"{LIA}(synth-fun f ((x Int)) Int)(check-synth)(constraint (= (f 1) 1))", "after check-synth"),
    (f"{LIA}(synth-fun f ((x Int)) Int)(inv-constraint g f f f)(check-synth)", "no such function: g"),
    ("(set-logic BV)(synth-fun f ((x (_ BitVec 8))) (_ BitVec 8) ((S (_ BitVec 8) (x ((_ extract 9 2) S)))))"
     "(check-synth)", r"no support for a function \(_ extract 9 2\)"),
    (f"{LIA}(synth-fun f ((x Int)) Int){X}(constraint (= (f x) {'(let ((x (+ x x))) ' * 30}x{')' * 32}(check-synth)",
     "nodes when written out"),
])
def test_what_is_refused_is_named(text, said):
    with pytest.raises(TaskError, match=rf"bad.sl, line \d+, column \d+: .*{said}"):
        parse(text, "bad.sl")
