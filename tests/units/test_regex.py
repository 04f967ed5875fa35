"""Regular expressions: the language agrees with Python's own matcher, and its tasks with their rules."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import Example, Grammar, Spec, SyntaxFault
from dsl.inputs import seeded
from dsl.interpret import run
from dsl.languages.regex import Kind, Letter, for_spec, pattern, regex
from dsl.pcfg import PCFG
from dsl.program import Input
from dsl.types import BOOL, STR
from nesy import Budget, solve
from tasks import benchmark
from tasks.regex.textbook import TEXTBOOK

KNOWN = regex.extend("regex", constants={Letter: [Letter("a"), Letter("."), Letter("0")], Kind: [Kind.DIGIT]})
DRAWN = PCFG.uniform(Grammar(KNOWN, (STR,), BOOL))


@given(st.integers(0, 10**6), st.integers(4, 16), st.text("a.0b", max_size=5))
@settings(max_examples=200, deadline=None)
def test_a_program_matches_what_its_pattern_matches(seed, size, text):
    program = DRAWN.sample_sized(seeded("regex", seed), size)
    if program is not None:
        assert run(program, (text,)) is (re.fullmatch(pattern(program), text, re.DOTALL) is not None)


def test_a_part_without_a_pattern_is_refused_by_name():
    with pytest.raises(SyntaxFault, match="x0 has no regular expression"):
        pattern(Input(0, STR))


def test_an_expression_is_found_from_membership():
    inside, outside = ("ab", "abab", "ababab"), ("", "a", "b", "ba", "aab", "abb")
    spec = Spec(inputs=[str], output=bool, examples=[
        *(Example(t, output=True) for t in inside), *(Example(t, output=False) for t in outside)])
    found = solve(for_spec(spec), spec, budget=Budget(seconds=20))
    assert found.program is not None and found.program("ab" * 9) is True and found.program("ab" * 9 + "a") is False


@pytest.mark.parametrize("split", ["textbook", "drawn"])
def test_tasks_are_the_same_each_time_and_hold_their_tests_apart(split):
    tasks, again = (benchmark("regex").split(split, 3) for _ in range(2))
    for name in tasks.ids[::10]:
        task = tasks.task(name)
        assert task == again.task(name)
        shown, held = ({e.inputs for e in of} for of in (task.spec.examples, task.tests))
        assert len(held) >= 8 and not shown & held
        for side in (True, False):
            assert sum(e.output is side for e in task.spec.examples) >= 8
        if split == "textbook":
            assert all(TEXTBOOK[name](e.inputs[0]) is e.output for e in (*task.spec.examples, *task.tests))


def test_another_seed_draws_other_tasks():
    one, two = (benchmark("regex").split("drawn", seed) for seed in (0, 1))
    assert one.task("size12-00").spec != two.task("size12-00").spec
    one, two = (benchmark("lists").split("deepcoder", seed) for seed in (0, 1))
    assert one.task("size5-03").spec != two.task("size5-03").spec
