"""Few rules: what pruning leaves are right trees, and of its rules none is to spare."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.interpret import Failure
from dsl.syntax import parse
from nesy.machine.candidates import Lesson
from nesy.machine.deduce import Chart, Rules, rules, value
from nesy.machine.domains import SEQUENCES
from nesy.machine.prune import expected, prune, settle
from nesy.machine.semantics import ABSENT, Meaning
from nesy.machine.tree import projective
from tasks.pcfg import grammar

DOMAIN = replace(SEQUENCES, parts=None)


def meaning(text: str, takes: int, left: int, role: str = "") -> Meaning:
    program = parse(text, DOMAIN.language, (DOMAIN.type,) * 2, DOMAIN.type)
    return Meaning(program, ABSENT, takes=takes, left=left, role=role)


LETTERS = {w: meaning(f"concat(x0, ('{w}',))", 1, 1) for w in ("A1", "B1")}
STARTING = {w: meaning(f"('{w}',)", 0, 0) for w in ("C1", "D1")}
LEXICON = LETTERS | STARTING | {
    "copy": meaning("x0", 1, 0, "prefix"), "reverse": meaning("reverse(x0)", 1, 0),
    "append": meaning("concat(x0, x1)", 2, 0), "remove_first": meaning("x1", 2, 0), ",": meaning("x0", 1, 0, "comma")}


def command(rng: Random, depth: int) -> tuple[str, ...]:
    """A command of the lexicon's words: a letter that starts a string, and letters that go on with it."""
    if depth == 0 or rng.random() < 0.2:
        return (rng.choice(list(STARTING)), *rng.choices(list(LETTERS), k=rng.randint(0, 2)))
    name = rng.choice(["copy", "reverse", "append", "remove_first"])
    if name in grammar.UNARY:
        return (name, *command(rng, depth - 1))
    return (name, *command(rng, depth - 1), ",", *command(rng, depth - 1))


def lessons(seed: int, n: int, longest: int, depth: int) -> list[Lesson]:
    rng = Random(seed)
    commands = {command(rng, depth) for _ in range(n)}
    return [Lesson(c, grammar.interpret(c)) for c in sorted(commands) if len(c) <= longest]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_left_is_right_and_no_rule_is_to_spare(seed):
    asked = lessons(seed, 30, 9, 3)
    first = [(x, tree) for x in asked for tree in [Chart(x, LEXICON, DOMAIN, Rules()).best()] if tree is not None]
    assert len(first) == len(asked)
    trees, _ = settle(first, LEXICON, DOMAIN)
    left, fewer = prune(trees, LEXICON, DOMAIN)
    assert [x for x, _ in left] == asked
    assert all(value(t, x.words, LEXICON) == x.answer for x, t in left)
    before, after = ({r for x, t in some for r in rules(t, x.words, LEXICON)} for some in (trees, left))
    regular = expected(before)
    assert after <= before | regular and len(after - regular) <= len(before - regular)
    assert fewer == ((len(after - regular), len(after)) < (len(before - regular), len(before)))
    for rule in after:
        rest = frozenset(after - {rule})
        assert any(Chart(x, LEXICON, DOMAIN, Rules(), rest).best() is None for x in asked)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_a_chart_of_some_rules_finds_a_right_tree_where_enumeration_does(seed, rng):
    for lesson in lessons(seed, 6, 6, 2):
        right = [t for t in projective(len(lesson.words), 2) if fits(t, lesson)]
        every = sorted({r for t in right for r in rules(t, lesson.words, LEXICON)}, key=repr)
        only = frozenset(r for r in every if rng.random() < 0.8)
        allowed = {t for t in right if rules(t, lesson.words, LEXICON) <= only}
        best = Chart(lesson, LEXICON, DOMAIN, Rules(), only).best()
        assert best in allowed if allowed else best is None


def fits(tree, lesson: Lesson) -> bool:
    for node in tree.nodes():
        word = LEXICON[lesson.words[node.head]]
        if len(node.children) != word.arity or sum(c.head < node.head for c in node.children) != word.left:
            return False
    found = value(tree, lesson.words, LEXICON)
    return not isinstance(found, Failure) and found == lesson.answer


def test_what_other_slots_take_is_used_in_place_of_what_no_other_slot_takes():
    copy, letter, remove = LEXICON["copy"].category, LETTERS["A1"].category, LEXICON["remove_first"].category
    inner = {"copy": ("copy", "C1"), "reverse": ("reverse", "C1"), "append": ("append", "C1", ",", "D1"),
             "A1": ("C1", "A1")}
    words = [("remove_first", "copy", "C1", "A1", ",", "D1")]
    words += [(f, *phrase, *((",", "D1") if LEXICON[f].arity == 2 else ())) for f in (*inner, "remove_first")
              for g, phrase in inner.items() if f != "A1" and (f, g) != ("remove_first", "copy")]
    asked = [Lesson(c, grammar.interpret(c)) for c in words]
    odd = Chart(asked[0], LEXICON, DOMAIN, Rules(), frozenset({
        (None, 0, remove), (remove, 0, letter), (letter, 0, copy), (copy, 0, STARTING["C1"].category),
        (remove, 1, LEXICON[","].category), (LEXICON[","].category, 0, STARTING["D1"].category)})).best()
    assert odd is not None and odd.show(words[0]) == "remove_first(A1(copy(C1)), ,(D1))"
    others = [(x, tree) for x in asked[1:] for tree in [Chart(x, LEXICON, DOMAIN, Rules()).best()] if tree is not None]
    left, fewer = prune([(asked[0], odd), *others], LEXICON, DOMAIN)
    assert fewer and dict(left)[asked[0]].show(words[0]) != odd.show(words[0])
    assert (letter, 0, copy) not in {r for x, t in left for r in rules(t, x.words, LEXICON)}


def test_a_rule_that_only_ambiguous_commands_use_goes():
    words = [("copy", "C1", "A1"), ("copy", "D1"), ("reverse", "copy", "C1", "A1"), ("reverse", "D1", "A1", "B1")]
    asked = [Lesson(c, grammar.interpret(c)) for c in words]
    spurious = Chart(asked[0], LEXICON, DOMAIN, Rules(), frozenset({
        (None, 0, LETTERS["A1"].category), (LETTERS["A1"].category, 0, LEXICON["copy"].category),
        (LEXICON["copy"].category, 0, STARTING["C1"].category)})).best()
    assert spurious is not None and spurious.show(words[0]) == "A1(copy(C1))"
    others = [(x, tree) for x in asked[1:] for tree in [Chart(x, LEXICON, DOMAIN, Rules()).best()] if tree is not None]
    assert len(others) == 3
    trees, _ = settle([(asked[0], spurious), *others], LEXICON, DOMAIN)
    left, _ = prune(trees, LEXICON, DOMAIN)
    kept = {r for x, t in left for r in rules(t, x.words, LEXICON)}
    assert (LETTERS["A1"].category, 0, LEXICON["copy"].category) not in kept
