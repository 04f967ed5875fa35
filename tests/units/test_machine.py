"""Parts of the machine: trees, parser, charts, evidence, saving."""

import time
from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import NesyError, primitive
from dsl.interpret import Limits, Stop, Why, run, time_limit
from dsl.program import Apply, Input
from dsl.syntax import parse
from dsl.types import INT
from nesy.machine import store
from nesy.machine.candidates import Lesson, TooMany, analyses, uses
from nesy.machine.deduce import Chart, Rules, value
from nesy.machine.domains import SEQUENCES
from nesy.machine.evidence import gather, standing
from nesy.machine.grammar import Parser, move, oracle, train
from nesy.machine.machine import Machine
from nesy.machine.neighbours import apart
from nesy.machine.semantics import ABSENT, Category, Meaning, Pool
from nesy.machine.tree import from_heads, projective, trees_of
from nesy.threads import one_thread

TYPES = (SEQUENCES.type,) * 2


@primitive(name="late")
def LATE(a: int) -> int:
    time.sleep(0.2)
    return a


def meaning(text):
    return Meaning(parse(text, SEQUENCES.language, TYPES, SEQUENCES.type))


LEXICON = {"ba": meaning("('A',)"), "bo": meaning("('B',)"), "du": meaning("repeat(x0, 2)"),
           "ni": meaning("concat(x1, x0)")}
LESSONS = [Lesson(("ba",), ("A",)), Lesson(("bo",), ("B",)), Lesson(("ba", "du"), ("A", "A")),
           Lesson(("ba", "ni", "bo"), ("B", "A")), Lesson(("ba", "du", "ni", "bo"), ("B", "A", "A"))]


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.sampled_from(projective(n, 3)))))
def test_the_oracle_rebuilds_every_projective_tree(case):
    n, tree = case
    state = None
    for state, action in oracle(tree, n):
        state = move(state, action, 0.0)
    assert state.stack == (tree,)


@given(st.integers(1, 7), st.integers(1, 4))
def test_trees_are_counted_without_being_listed(length, widest):
    assert trees_of(length, widest) == len(projective(length, widest))


def test_a_sentence_of_more_trees_than_can_be_listed_is_too_many():
    for words in (13, 400):
        with pytest.raises(TooMany):
            Lesson(("a",) * words, 1).trees(2)


@given(st.sampled_from(projective(5, 2)))
def test_heads_give_the_tree_back(tree):
    heads = [-1] * 5
    for head, _, child in tree.arcs():
        heads[child] = head
    assert from_heads(heads) == tree


@given(st.integers(0, 10**6), st.lists(st.tuples(*[st.integers(0, 5)] * 8, *[st.integers(0, 4)] * 4), min_size=1,
                                       max_size=20))
@settings(max_examples=30)
def test_what_a_parser_works_out_once_is_what_its_network_computes(seed, windows):
    generator = torch.Generator().manual_seed(seed)
    parser = Parser([Category(str(n), 2) for n in range(4)], generator)
    for p in parser.parameters():
        torch.nn.init.normal_(p, std=0.4, generator=generator)
    wanted = parser(torch.tensor(windows)).detach()
    assert torch.allclose(torch.tensor(parser.scores(windows)), wanted, atol=1e-4)


def test_a_trained_parser_gives_its_trees_and_probabilities():
    lexicon = LEXICON
    trees = [(x, Chart(x, lexicon, SEQUENCES, Rules()).best()) for x in LESSONS]
    parser = Parser(sorted({m.category for m in lexicon.values()}), torch.Generator().manual_seed(0))
    losses = train(parser, [(parser.numbers(lexicon[w].category for w in x.words), t) for x, t in trees])
    assert losses[-1] < 0.05 < losses[0]
    for x, tree in trees:
        found = parser.parse(parser.numbers(lexicon[w].category for w in x.words),
                             tuple((None, lexicon[w].arity) for w in x.words))
        assert found[0][1] == tree
        assert sum(2.718281828**p for p, _ in found) <= 1 + 1e-3


@given(st.lists(st.sampled_from(sorted(LEXICON)), min_size=1, max_size=5).map(tuple))
@settings(max_examples=100, deadline=None)
def test_the_chart_finds_a_right_tree_if_there_is_one(words):
    trees = projective(len(words), 2)
    values = {v for v in (value(t, words, LEXICON) for t in trees) if isinstance(v, tuple)}
    for answer in values:
        best = Chart(Lesson(words, answer), LEXICON, SEQUENCES, Rules()).best()
        assert value(best, words, LEXICON) == answer
    assert Chart(Lesson(words, ("C",)), LEXICON, SEQUENCES, Rules()).best() is None


def test_analyses_are_right_and_uses_cover_them():
    pool = Pool(SEQUENCES, [("A",), ("B",)], 4)
    lesson = Lesson(("ba", "mi"), ("A", "A"))
    known = {"ba": (LEXICON["ba"],)}
    found = analyses(lesson, known, pool)
    assert found
    for a in found:
        assert a.uses[a.tree.head][1] == lesson.answer
        assert {(w, a.uses[i]) for i, w in enumerate(lesson.words)} <= set(uses(lesson, known, pool))


def test_missing_children_are_neutral_and_surplus_ones_fail():
    m = meaning("concat(('A',), x0)")
    assert m.value(()) == ("A",)
    assert not isinstance(m.value((("B",), ("B",))), tuple)


def machine():
    parser = Parser(sorted({m.category for m in LEXICON.values()}), torch.Generator().manual_seed(0))
    trees = [(x, Chart(x, LEXICON, SEQUENCES, Rules()).best()) for x in LESSONS]
    train(parser, [(parser.numbers(LEXICON[w].category for w in x.words), t) for x, t in trees])
    return Machine(SEQUENCES, LEXICON, parser)


def test_evidence_tells_what_else_would_fit():
    m = machine()
    evidence = gather(m, LESSONS)
    assert evidence["ba"].others == ()
    assert evidence["du"].sentences == 2
    alternatives = {str(o.program) for o in evidence["du"].others}
    assert "concat(x0, ('A',))" in alternatives  # du was only ever seen with A
    assert standing(m, m.read(("bo", "du")), evidence).startswith("ambiguous: du(x0)")
    assert standing(m, m.read(("ba", "du")), evidence).startswith("unique")


def test_a_saved_machine_reads_the_same(tmp_path):
    m = machine()
    evidence = gather(m, LESSONS)
    store.save(m, evidence, tmp_path)
    again, kept = store.load(tmp_path, SEQUENCES)
    for x in LESSONS:
        assert again.read(x.words) == m.read(x.words)
    assert again.lexicon == m.lexicon
    assert {w: str(e) for w, e in kept.items()} == {w: str(e) for w, e in evidence.items()}
    for name in ("machine.json", "machine.safetensors"):
        good = (tmp_path / name).read_bytes()
        for bad in (b"", b"{", good[:-9], good.replace(b"1", b"2"), b"\xff" * len(good)):
            (tmp_path / name).write_bytes(bad)
            with pytest.raises(NesyError, match="not a whole machine"):
                store.load(tmp_path, SEQUENCES)
        (tmp_path / name).write_bytes(good)
    store.load(tmp_path, SEQUENCES)


def test_a_word_never_seen_is_named():
    reading = machine().read(("ba", "zu"))
    assert reading.tree is None
    assert "zu" in reading.failure
    assert machine().read(()).failure == "no symbols"


def test_meanings_that_need_their_children_need_them_when_read_from_a_file(tmp_path):
    m = machine()
    then = replace(meaning("concat(x0, x1)"), missing=ABSENT, takes=2, left=1)
    strict = replace(m, lexicon={**m.lexicon, "du": then})
    store.save(strict, gather(strict, LESSONS), tmp_path)
    again, _ = store.load(tmp_path, SEQUENCES)
    assert again.lexicon == strict.lexicon and again.lexicon["du"].frames == then.frames == ((1, 1),)


def test_nothing_is_said_to_be_unique_of_a_word_that_no_sentence_shows():
    m = machine()
    shown = [x for x in LESSONS if "du" not in x.words]
    evidence = gather(m, shown)
    assert str(evidence["du"]) == "0 training sentences, 0 uses; undetermined"
    assert standing(m, m.read(("ba", "du")), evidence).startswith("undetermined: no training sentence")
    assert standing(m, m.read(("ba",)), evidence).startswith("unique")


def test_where_smaller_programs_alone_were_looked_at_no_more_is_said():
    m = machine()
    evidence = gather(m, LESSONS)
    looked = {**evidence, "ba": replace(evidence["ba"], size=0)}
    assert standing(m, m.read(("ba",)), looked).startswith("unique up to size 0: ")
    assert standing(m, m.read(("ba",)), evidence).startswith("unique: ")


def test_that_a_sentences_time_is_up_is_no_value_of_a_word():
    slow = Meaning(Apply(LATE, (Input(0, INT),)))
    with pytest.raises(Stop), time_limit(0.05):
        slow.value((1,))
    assert slow.value((1,)) == 1
    with pytest.raises(Stop), time_limit(0.05):
        run(slow.program, (1,))
    assert run(slow.program, (1,)) == 1
    assert run(slow.program, (1,), Limits(seconds=0.05)).why is Why.TIME


def test_neighbours_differ_by_the_same_whatever_order_they_come_in():
    one, other = Counter(dict(zip("abcdefgh", [3, 13, 19, 2, 3, 1, 1, 8], strict=True))), \
        Counter(dict(zip("abcdefgh", [3, 12, 3, 2, 0, 8, 7, 5], strict=True)))
    for order in permutations("abcdefg", 3):
        first = Counter({k: one[k] for k in (*order, *one) if k in one})
        assert apart(first, other) == apart(other, first) == 0.4


def test_networks_learn_the_same_on_any_number_of_threads():
    @one_thread()
    def threads():
        return torch.get_num_threads()

    before = torch.get_num_threads()
    assert threads() == 1 and torch.get_num_threads() == before


def test_a_pool_that_is_cut_off_says_to_which_size_it_is_whole(monkeypatch):
    monkeypatch.setattr("nesy.machine.semantics.LISTING", 0.001)
    pool = Pool(SEQUENCES, [("A",), ("B",)], 6)
    assert pool.size < 6 and all(p.cost <= pool.size for p in pool.sketches)
