"""Learning from scratch: what must not be given is not, and what is not determined is said."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import parse
from dsl.inputs import seeded
from nesy.machine.candidates import Lesson
from nesy.machine.domains import SEQUENCES
from nesy.machine.evidence import gather, standing
from nesy.machine.learn import Config, Given, learn
from nesy.machine.semantics import Meaning
from nesy.machine.tree import from_heads
from tasks import benchmark
from tasks.hint.grammar import heads


def renamed(split: str, seed: int):
    """A split whose words and actions are random syllables."""
    data = benchmark("scan").split(split)
    rng = Random(seed)

    def names(things):
        syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
        return dict(zip(sorted(things), rng.sample([a + b for a in syllables for b in syllables], len(things)),
                        strict=True))

    words = names({w for s in data.train for w in s.tokens})
    actions = names({a for s in data.train for a in s.answer})

    def lessons(sentences):
        return [Lesson(tuple(words[w] for w in s.tokens), tuple(actions[a] for a in s.answer)) for s in sentences]

    return lessons(data.train), lessons(data.test)


def right(machine, lessons):
    return sum(machine.read(x.words).value == x.answer for x in lessons)


@pytest.mark.parametrize(("split", "seed"), [("length", 1), ("addprim_jump", 2)])
def test_scan_with_all_words_and_actions_renamed_is_learned_alike(split, seed):
    train, test = renamed(split, seed)
    machine, log = learn(train, SEQUENCES, Config(seed=seed))
    assert right(machine, test) == len(test)
    assert log.held_out_accuracy == 1.0


def scan(split):
    data = benchmark("scan").split(split)
    return ([Lesson(s.tokens, s.answer) for s in data.train], [Lesson(s.tokens, s.answer) for s in data.test],
            data.truth)


def test_given_modules_take_the_place_of_learned_ones():
    train, test, truth = scan("addprim_turn_left")
    types = (SEQUENCES.type,) * 2
    lexicon = {w: Meaning(parse(t, SEQUENCES.language, types, SEQUENCES.type))
               for w, (_, t) in truth.meanings().items()}

    def syntax(words):
        return from_heads(truth.tree(words))

    both, log = learn(train[:2000], SEQUENCES, given=Given(lexicon=lexicon, syntax=syntax))
    assert right(both, test) == len(test)
    assert log.theories == 0  # the lexicon is given: no theory is abduced
    semantics, _ = learn(train, SEQUENCES, given=Given(lexicon=lexicon))
    assert right(semantics, test) == len(test)
    assert semantics.lexicon == lexicon
    syntactic, _ = learn(train, SEQUENCES, given=Given(syntax=syntax))
    assert right(syntactic, test) == len(test)


def test_what_was_misread_has_no_tree_and_nothing_is_learned_from_it():
    train, test, truth = scan("addprim_turn_left")

    def syntax(words):
        return None if len(words) > 1 and words[0] == words[1] else from_heads(truth.tree(words))

    misread = [Lesson(("walk", "walk"), ("I_WALK",)), Lesson(("jump", "jump", "twice"), ())]
    machine, _ = learn([*misread, *train], SEQUENCES, given=Given(syntax=syntax))
    assert right(machine, test) == len(test)
    assert machine.read(("walk", "walk")).failure


@given(st.lists(st.sampled_from("0123+-*/()"), max_size=9).map(tuple))
def test_what_is_no_expression_is_refused_in_one_way(symbols):
    try:
        found = heads(symbols)
    except ValueError:
        return
    assert len(found) == len(symbols) and found.count(-1) == 1


def test_what_the_sentences_do_not_determine_is_called_ambiguous():
    lessons = [Lesson(("ba",), ("A",)), Lesson(("bo",), ("B",)), Lesson(("ba", "du"), ("A", "A"))]
    machine, _ = learn(lessons, SEQUENCES)
    evidence = gather(machine, lessons)
    assert machine.read(("ba", "du")).value == ("A", "A")
    assert standing(machine, machine.read(("bo", "du")), evidence).startswith("ambiguous")


def test_a_meaning_ruled_out_early_comes_back():
    data = benchmark("scan").split("length")
    pool = list({s.tokens: s for s in data.train}.values())
    few = [Lesson(s.tokens, s.answer) for s in seeded("train", 2).sample(pool, 500)]
    machine, log = learn(few, SEQUENCES, Config(seed=2))
    assert any("in doubt" in note for note in log.notes)
    assert right(machine, [Lesson(s.tokens, s.answer) for s in data.test]) == len(data.test)


def test_learning_is_the_same_for_the_same_seed():
    train, test, _ = scan("length")
    few = train[::40]
    a, _ = learn(few, SEQUENCES, Config(seed=3))
    b, _ = learn(few, SEQUENCES, Config(seed=3))
    assert a.lexicon == b.lexicon
    assert [a.read(x.words) for x in test[::50]] == [b.read(x.words) for x in test[::50]]
