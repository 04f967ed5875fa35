"""PCFG-SET and HINT by rule against the published files, and what no learner may see."""

from collections import Counter

import pytest

from dsl.inputs import seeded
from dsl.syntax import parse
from nesy.machine.deduce import value
from nesy.machine.domains import DOMAINS
from nesy.machine.semantics import Meaning
from nesy.machine.tree import from_heads
from tasks import benchmark
from tasks.data import HINT, SOURCES, local
from tasks.hint import grammar as hint
from tasks.hint.load import few_shot
from tasks.pcfg import grammar as pcfg
from tasks.pcfg.load import ABOUT, HELD_OUT, MOST_TRAINED, TWIN, plain, without


def here(name, split):
    missing = [f for source, f in benchmark(name).needs(split) if local(SOURCES[source], f) is None]
    if missing:
        pytest.skip(f"{missing[0]} is not here; NESY_DATA names the folder of the published files")
    return benchmark(name).split(split, 1)


def pairs_are_held_out(train, test):
    assert all(without(HELD_OUT, tokens) for tokens in train)
    assert not any(without(HELD_OUT, tokens) for tokens in test)


def the_longest_are_held_out(train, _):
    assert max(sum(w in pcfg.FUNCTIONS for w in tokens) for tokens in train) == MOST_TRAINED


def twins_are_seen_with_one_function(train, _):
    twins = Counter(tokens.count(w) for tokens in train for w in tokens if w.endswith(TWIN))
    assert set(twins) == {1} and twins[1] == 400


NOT_TRAINED = {"systematicity": pairs_are_held_out, "productivity": the_longest_are_held_out,
               "substitutivity_primitive": twins_are_seen_with_one_function}


@pytest.mark.parametrize("split", [s for s in ABOUT if s != "overgeneralisation"])
def test_nothing_that_pcfg_set_asks_is_trained_on(split):
    data = here("pcfg", split)  # every published line is checked against the rules as it is read
    train, test = ([s.tokens for s in part] for part in (data.train, data.test))
    assert not {tuple(map(plain, tokens)) for tokens in test} & {tuple(map(plain, tokens)) for tokens in train}
    assert len(set(train)) == len(train) >= 82_000
    if split in NOT_TRAINED:
        NOT_TRAINED[split](train, test)


@pytest.mark.parametrize("draw", range(40))
def test_the_given_trees_and_meanings_of_pcfg_set_denote_its_strings(draw):
    command = pcfg.command(seeded("golden", draw))
    assert denoted(pcfg, "sequences", command) == pcfg.interpret(command)


@pytest.mark.parametrize("draw", range(40))
def test_the_given_trees_and_meanings_of_hint_denote_its_results(draw):
    tree = None
    while tree is None:
        draw += 1000
        tree = hint.draw(seeded("golden", draw), draw % 12, "+-*/abcd")
    text = hint.write(tree)
    assert hint.parse(text).value == denoted(hint, "numbers", tuple(text)) == tree.value


def denoted(grammar, domain, tokens):
    d = DOMAINS[domain]
    lexicon = {w: Meaning(parse(t, d.language, (d.type,) * 2, d.type), d.missing, takes=n)
               for w, (n, t) in grammar.meanings().items()}
    return value(from_heads(grammar.heads(tokens)), tokens, lexicon)


def test_published_expressions_are_written_as_the_rules_write_them():
    if local(HINT, "expr_test.tsv.xz") is None:
        pytest.skip("HINT's files are not here; NESY_DATA names their folder")
    data = benchmark("hint").split("symbols", 0)
    assert Counter(s.group for s in data.test) == {"I": 9980, "SS": 8000, "LS": 10000, "SL": 8640, "LL": 10000}
    for s in data.test[::50]:
        assert hint.write(hint.parse(s.tokens)) == "".join(s.tokens)
    trained = {s.tokens for s in data.train}
    assert not trained & {s.tokens for s in data.test if s.group not in ("I", "")}
    for concept in hint.CONCEPTS:
        assert sum(s.id.startswith("train") for s in few_shot(concept, 0)) >= 1000


def test_without_files_expressions_are_drawn_by_the_rules(monkeypatch):
    monkeypatch.setattr("tasks.hint.load.local", lambda *_: None)
    monkeypatch.setattr("tasks.hint.load.TRAINED", 500)
    monkeypatch.setattr("tasks.hint.load.DRAWN", 20)
    data = benchmark("hint").split("symbols", 0)
    largest = {g: [max(n.value for n in hint.parse(s.tokens).nodes()) for s in data.test if s.group == g]
               for g in ("SS", "LS", "SL", "LL")}
    assert max(largest["SS"] + largest["LS"]) <= 100 < min(largest["SL"] + largest["LL"])
    assert max(largest["LL"]) <= 10_000
    assert data.train == benchmark("hint").split("symbols", 0).train != benchmark("hint").split("symbols", 1).train
    for concept in ("x", "a"):
        few = benchmark("hint").split(f"fewshot_{concept}", 0)
        assert len(few.test) == 1000 and not {s.tokens for s in few.train} & {s.tokens for s in few.test}




@pytest.mark.parametrize("name", ["hint/symbols", "hint/fewshot_x", "hint/fewshot_d", "digits/addition-4", "digits/hwf",
                                  "digits/sudoku4", "sudoku/masked-60", "sudoku/givens-17", "pcfg/overgeneralisation"])
def test_the_sizes_that_are_listed_are_so(name):
    bench, split = benchmark(name.split("/")[0]), name.split("/")[1]
    if any(local(SOURCES[data], file) is None for data, file in bench.needs(split)):
        pytest.skip("needs files that are not here")
    part = bench.split(split)
    assert (len(part.train), len(part.test)) == (bench.trained(split), bench.size(split))
