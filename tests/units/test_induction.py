"""Meanings synthesised one by one: strings that are turned round, numbers, an open class of words."""

from random import Random

import pytest

from dsl import Example, NesyError, Spec, load, parse
from dsl.inputs import seeded
from dsl.interpret import Limits, run
from dsl.types import INT
from nesy.machine.candidates import Lesson
from nesy.machine.classes import open_class, own_constants
from nesy.machine.domains import NUMBERS, SEQUENCES
from nesy.machine.learn import Config, learn
from nesy.machine.machine import Machine
from solvers.base import Budget, Status
from solvers.recursion import Recursion
from solvers.smt.induct import equals
from tasks import benchmark
from tasks.hint import grammar as hint
from tasks.hint.load import SMALL, expression
from tasks.pcfg import grammar as pcfg

FUNCTIONS = {
    "+": (lambda a, b: a + b, 0, "add(x0, x1)", "all"),
    "-": (lambda a, b: max(0, a - b), 0, "maximum(0, subtract(x0, x1))", "all"),
    "*": (lambda a, b: a * b, 1, "multiply(x0, x1)", "all"),
    "/": (lambda a, b: -(-a // b), 2, "quotient(add(x0, subtract(x1, 1)), x1)", "x1 > 0"),
}


def table(f, least=0):
    pairs = [(a, b) for a in range(10) for b in range(least, 10)]
    return [Example(a, b, output=f(a, b)) for a, b in Random(0).sample(pairs, 60)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arithmetic_is_found_as_recursion_and_proved_equal_to_the_machines(name):
    from dsl.defined import inlined
    from nesy.machine.inventors import functions
    from nesy.machine.semantics import ABSENT, Meaning

    f, known, native, guard = FUNCTIONS[name]
    natives = [parse(t, NUMBERS.language, (INT, INT), INT) for _, _, t, _ in list(FUNCTIONS.values())[:known]]
    library = functions([Meaning(p, ABSENT, takes=2) for p in natives])
    language = load("naturals").extend("known", [p for p, _ in library])
    spec = Spec(inputs=[int, int], output=int, examples=table(f, least=1 if name == "/" else 0))
    result = Recursion().solve(language, spec, Budget(seconds=30))
    assert result.status is Status.SOLVED
    program = inlined(result.program, dict(library))
    assert all(program(a, b) == f(a, b) for a in range(20) for b in range(1, 20))
    if "linrec" in str(program):
        proof = equals(program, parse(native, NUMBERS.language, (INT, INT), INT))
        assert proof is not None and proof.guard == guard
        wrong = parse("add(x0, add(x1, multiply(x0, x1)))", NUMBERS.language, (INT, INT), INT)
        assert equals(program, wrong) is None


def test_a_recursion_a_hundred_thousand_deep_runs_and_one_without_end_fails():
    text = ("linrec(lam(int, int)(equal(y1, 0)), lam(int, int)(y0), lam(int, int, int)(succ(y2)), lam(int, int)(y0), "
            "lam(int, int)({}), x0, x1)")
    plus = parse(text.format("pred(y1)"), load("naturals"), (INT, INT))
    assert plus(1, 9_000) == 9_001
    endless = parse(text.format("succ(y1)"), load("naturals"), (INT, INT))
    with pytest.raises(NesyError):
        endless(1, 1)
    assert "no end" in str(run(endless, (1, 1), Limits(seconds=60)))  # a busy machine takes long to get there


def test_recursion_refuses_what_it_does_not_do():
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=2)])
    assert Recursion().solve(load("naturals"), spec).status is Status.UNKNOWN
    assert Recursion().solve(load("integers"), spec).status is Status.UNKNOWN


def lessons_of_hint(n: int, seed: int) -> list[Lesson]:
    rng = seeded("hint", seed)
    texts = [expression(rng, i % 6, i % 6, 0, SMALL) for i in range(n)]
    return [Lesson(tuple(t), hint.parse(t).value) for t in texts]


def right(machine: Machine, lessons: list[Lesson]) -> float:
    return sum(machine.read(x.words).value == x.answer for x in lessons) / len(lessons)


def test_arithmetic_is_learned_from_results_and_carries_over_to_longer_expressions():
    machine, log = learn(lessons_of_hint(3000, 0), NUMBERS, Config(seed=0))
    assert {w: m.arity for w, m in machine.lexicon.items() if w in "+-*/"} == dict.fromkeys("+-*/", 2)
    assert any("proved by z3" in n for n in log.notes)
    rng = seeded("longer", 0)
    longer = [expression(rng, 11, 20, 0, 10_000) for _ in range(300)]
    assert right(machine, [Lesson(tuple(t), hint.parse(t).value) for t in longer]) > 0.98


def test_a_new_symbol_is_learned_beside_the_old_ones():
    rng = seeded("few", 0)
    few = [expression(rng, i % 4 + 1, i % 4 + 1, 0, SMALL, "+-*/a") for i in range(2000)]
    few = [t for t in few if "a" in t]
    lessons = lessons_of_hint(2500, 1) + [Lesson(tuple(t), hint.parse(t).value) for t in few]
    machine, _ = learn(lessons, NUMBERS, Config(seed=1))
    asked = [t for t in (expression(rng, 3, 8, 0, SMALL, "+-*/a") for _ in range(300)) if "a" in t]
    assert right(machine, [Lesson(tuple(t), hint.parse(t).value) for t in asked]) > 0.95


def lessons_of_pcfg(n: int, seed: int, rename: bool = False) -> list[Lesson]:
    rng = seeded("pcfg", seed)
    commands = [pcfg.command(rng, 6) for _ in range(n)]
    names = {w: w for w in (*pcfg.LETTERS, *pcfg.FUNCTIONS, ",")}
    if rename:
        shuffled = [f"w{i}" for i in range(len(names))]
        rng.shuffle(shuffled)
        names = dict(zip(names, shuffled, strict=True))
    return [Lesson(tuple(names[w] for w in c), pcfg.interpret(c)) for c in commands]


@pytest.mark.parametrize("rename", [pytest.param(False, marks=pytest.mark.slow), True])
def test_string_edits_are_learned_whatever_their_words_are_called(rename):
    lessons = lessons_of_pcfg(10_000, 3, rename)
    machine, log = learn(lessons[:9_700], SEQUENCES, Config(seed=2, checked=20_000))
    assert log.open_class is not None and len(log.open_class.constants) == 520
    assert right(machine, lessons[9_700:]) > 0.97
    assert {str(e) for e in log.evidence(machine, lessons[:2000]).values()}


def test_scan_has_no_open_class_and_its_own_constants_are_its_verbs():
    lessons = [Lesson(s.tokens, s.answer) for s in benchmark("scan").split("length").train]
    assert open_class(lessons, SEQUENCES, 0) is None
    assert own_constants(lessons, SEQUENCES)["jump"] == ("I_JUMP",)
