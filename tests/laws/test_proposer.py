"""The proposer: tokens that lose nothing, decoding that cannot leave the grammar, samples that keep apart."""

import json
import shutil
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import torch
from huggingface_hub import RepoUrl
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from dsl import DSL, Example, NesyError, Spec, load, parse, primitive
from dsl.errors import ProgramFault
from dsl.grammar import Grammar
from dsl.inputs import seeded
from dsl.languages.grids import Grid
from dsl.pcfg import PCFG
from dsl.types import INT, sequence
from nesy.config import eval_config
from nesy.engine import solve
from nesy.problem import find_language
from nesy.proposer.constrain import Automaton
from nesy.proposer.graft import grafted, twins
from nesy.proposer.model import build, known, padded
from nesy.proposer.propose import Proposal, Transformer
from nesy.proposer.replay import Mixed, collect
from nesy.proposer.samples import Stream
from nesy.proposer.solver import Proposing
from nesy.proposer.spelling import spelled
from nesy.proposer.tokens import END, PLAIN, Vocabulary, written
from nesy.proposer.train import Config, Drawn, train
from solvers.base import Budget, Status
from tasks import Task

LANGUAGES = ("integers", "lists", "strings", "deepcoder", "sequences", "booleans", "naturals", "bitvectors", "grids")
GRIDS = st.integers(0, 10**6).map(lambda seed: Grid.sampled(seeded("grid", seed)))
VALUES = st.recursive(st.integers() | st.booleans() | st.text(max_size=5) | st.floats(allow_nan=False) | GRIDS,
                      lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=8)


@cache
def signatures(name: str):
    return Stream(load(name)).signatures


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(LANGUAGES), st.integers(0, 10**6), st.integers(1, 12))
def test_a_program_written_as_tokens_is_read_back(name, seed, size):
    dsl = load(name)
    grammar = Grammar(dsl, *seeded("signature", seed).choice(signatures(name)))
    program = PCFG.uniform(grammar).sample_sized(seeded("program", seed), size)
    if program is not None:
        words = Vocabulary.of(dsl)
        numbers = words.numbers(words.program(grammar, program))
        assert Automaton(grammar, words, program.size).program(numbers) == program
        assert Automaton(grammar, words, program.size).after(numbers).stack == ()


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_different_values_are_spelled_differently_and_none_begins_as_another(a, b):
    if repr(a) != repr(b):
        first, second = spelled(a), spelled(b)
        assert first != second
        assert first != second[:len(first)] and second != first[:len(second)]


@settings(max_examples=50, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=4), VALUES)
def test_each_input_stands_under_the_name_that_programs_have_for_it(inputs, output):
    words = written(Example(*inputs, output=output))
    assert [w for w in words if w.startswith("x")] == [f"x{i}" for i in range(len(inputs))]
    plain = written(Example(*inputs, output=output), plain=True)
    assert [PLAIN if w.startswith("x") else w for w in words] == plain


def test_a_vocabulary_without_names_for_inputs_is_written_in_as_it_was_learned():
    now, before = Vocabulary.of(load("lists")), Vocabulary(Transformer.load("lists").model.config.words)
    example = Example((3, 1), 2, output=5)
    assert [now.words[n] for n in now.example(example)] == written(example)
    assert [before.words[n] for n in before.example(example)] == written(example, plain=True)
    assert before.question(example.inputs) == before.example(example)[:-2]


def test_decoding_reaches_every_program_of_a_size_and_no_other():
    @primitive
    def add(a: int, b: int) -> int:
        return a + b

    @primitive
    def neg(a: int) -> int:
        return -a

    dsl = DSL("tiny", [add, neg], constants={int: [1, 100]})
    grammar, words, size = Grammar(dsl, (INT,), INT), Vocabulary.of(dsl), 4
    machine, found, todo = Automaton(grammar, words, size), set(), [((), Automaton(grammar, words, size).start)]
    while todo:
        read, state = todo.pop()
        options = machine.allowed(state)
        assert options
        if options == (words.number[END],):
            program = machine.program(read)
            assert program is not None and program.size <= size
            found.add(program)
        else:
            todo += [((*read, n), machine.move(state, n)) for n in options]
    by_brute_force = {p for p in Grammar(dsl, (INT,), INT).programs(size) if p.size <= size}
    assert by_brute_force <= found  # laws leave some out that may be decoded
    assert all(p.type == INT for p in found)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from(("lists", "integers", "sequences")), st.integers(0, 10**6), st.booleans())
def test_all_that_an_untrained_model_proposes_is_typed_and_small_enough(name, seed, beams):
    dsl = load(name)
    sample = Stream(dsl, seed=seed).sample(0)
    proposer = Transformer(build(dsl, "tiny", seed))
    found = proposer.propose(dsl, sample.spec, 6, 7, beams=beams, seed=seed)
    grammar = Grammar(dsl, sample.spec.inputs, sample.spec.output)
    assert found and len({p.program for p in found}) == len(found)
    assert [p.logp for p in found] == sorted((p.logp for p in found), reverse=True)
    for p in found:
        assert p.program.size <= 7 and parse(str(p.program), dsl, sample.spec.inputs, sample.spec.output) == p.program
        PCFG.uniform(grammar).score(p.program)  # is of the grammar, else it raises


def test_the_order_of_examples_changes_nothing():
    dsl = load("lists")
    sample = Stream(dsl, seed=1, examples=(4, 4)).sample(0)
    words, model = Vocabulary.of(dsl), build(dsl, "tiny").eval()
    rows = [words.example(e) for e in sample.spec.examples]
    target = torch.tensor([words.numbers(words.program(Grammar(dsl, sample.spec.inputs, sample.spec.output),
                                                       sample.program))])
    with torch.inference_mode():
        logits = [model(input_ids=padded([[rows[i] for i in order]]), labels=target).logits
                  for order in ((0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0))]
    assert all(torch.allclose(logits[0], x, atol=1e-4) for x in logits[1:])


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(("lists", "integers", "strings", "deepcoder")), st.integers(0, 10**6))
def test_samples_depend_on_their_number_alone_and_are_right_and_say_something(name, seed):
    dsl = load(name)
    stream = Stream(dsl, seed=seed)
    for i in (0, 7):
        one, again = stream.sample(i), Stream(dsl, seed=seed).sample(i)
        assert one.program == again.program and one.spec == again.spec
        assert one.spec.holds(one.program)
        assert len({repr(e.output) for e in one.spec.examples}) > 1
        assert not any([e.output for e in one.spec.examples] == [e.inputs[k] for e in one.spec.examples]
                       for k in range(len(one.spec.inputs)))


def test_no_behaviour_is_on_both_sides_of_the_hold_out():
    dsl = load("integers")
    shown, held = Stream(dsl, sizes=(2, 5)), Stream(dsl, sizes=(2, 5), held_out=True)

    def behaviour(stream, i):
        s = stream.sample(i)
        n = len(s.spec.inputs)
        rows = list(product(((*range(-15, 40), -90, 90), (-60, -7, -2, -1, 0, 1, 3, 8, 30), (-30, -2, 0, 3, 8))[n - 1],
                            repeat=n))
        try:
            return len(s.spec.inputs), str(s.spec.output), tuple(repr(s.program(*row)) for row in rows)
        except ProgramFault:  # a program that fails somewhere is none to compare
            return None

    ours, theirs = ({b for i in range(n) if (b := behaviour(stream, i)) is not None}
                    for stream, n in ((shown, 400), (held, 40)))
    assert len(theirs) > 3 and not ours & theirs


def test_batches_are_the_same_whoever_draws_them():
    dsl = load("integers")
    stream, words = Stream(dsl), Vocabulary.of(dsl)
    whole = iter(Drawn(stream, words, 4, 0))
    rows = [next(whole) for _ in range(16)]
    later = iter(Drawn(stream, words, 4, 2))
    assert [next(later) for _ in range(8)] == rows[8:]


def test_training_learns_saves_goes_on_and_is_refused_for_another_language(tmp_path):
    dsl = load("integers")
    config = Config(minutes=0.05, size="tiny", batch=4, held_out=2, save=0.5)
    record = train(dsl, tmp_path / "a", config)
    assert record["steps"] > 0 and (tmp_path / "a" / "README.md").read_text().count("integers") > 0
    with pytest.raises(NesyError, match="--resume"):
        train(dsl, tmp_path / "a", config)
    with pytest.raises(NesyError, match="direct=0.0, not 0.3"):
        train(dsl, tmp_path / "a", replace(config, direct=0.3), resume=True)
    with pytest.raises(NesyError, match="language='integers', not 'lists'"):
        train(load("lists"), tmp_path / "a", config, resume=True)
    more = train(dsl, tmp_path / "a", replace(config, minutes=0.1, size=None), resume=True)
    assert more["steps"] > record["steps"]
    proposer = Transformer.load(tmp_path / "a")
    spec = Spec(inputs=[sequence(INT)], output=INT, examples=[Example((1, 2), output=3)])
    with pytest.raises(NesyError, match="primitive head"):
        proposer.propose(load("lists"), spec)


class Writes:
    """Proposes these programs for every task."""

    def __init__(self, *programs):
        self.programs = programs

    def propose(self, dsl, spec, many, size, *, beams=True, seed=0):
        return tuple(Proposal(p, -1.0) for p in self.programs)


def test_in_hindsight_a_program_is_right_and_what_is_nearer_to_the_goal_is_drawn_more_often():
    dsl = load("lists")
    t = sequence(INT)
    rows = ((3, 1), (2, 1, 9), (5, 4))
    spec = Spec(inputs=[t], output=t, examples=[Example(x, output=tuple(sorted(x))) for x in rows])
    near, far, same, constant, fails = (parse(text, dsl, (t,), t) for text in (
        "reverse(x0)", "map(lam(int)(add(y0, y0)), x0)", "x0", "take(0, x0)", "take(head(take(0, x0)), x0)"))
    stream = Stream(dsl)
    found = collect(Writes(near, far, same, constant, fails), [Task("a", dsl, spec)], stream)  # type: ignore[arg-type]
    shown = {str(s.program): w for s, w in zip(found.samples, found.priorities, strict=True)}
    for s in found.samples:
        assert s.spec.holds(s.program) and [e.inputs for e in s.spec.examples] == [e.inputs for e in spec.examples]
        assert not stream.holds_out(s.program, s.spec.inputs, s.spec.output)
    assert set(shown) <= {str(near), str(far)} and len(shown) > 0
    if len(shown) == 2:
        assert shown[str(near)] > shown[str(far)]
    mixed = Mixed(stream, found, 0.5)
    drawn = [mixed.sample(i).program for i in range(60)]
    assert drawn == [Mixed(stream, found, 0.5).sample(i).program for i in range(60)]
    replayed = sum(p in [s.program for s in found.samples] for p in drawn)
    assert 15 < replayed < 45


def test_replay_needs_a_proposer_to_begin_with(tmp_path):
    with pytest.raises(NesyError, match="--start"):
        train(load("lists"), tmp_path, Config(minutes=0.05, replay="lists/handwritten"))


def test_training_may_begin_with_a_proposer_of_another_language():
    """Each of its layers is kept, and each word that both languages have; a new one of no primitive is as untrained."""
    lists, strings = build(load("lists"), "tiny", 1), load("strings")
    found, fresh = grafted(lists, strings, 2), build(strings, "tiny", 2)
    known(found.config, strings)
    for name, weights in lists.state_dict().items():
        if "block" in name:
            assert torch.equal(found.state_dict()[name], weights)
    for n, word in enumerate(found.config.words):
        old = lists.config.words.index(word) if word in lists.config.words else None
        if word.startswith("f:") and word[2:] not in twins(lists, strings):
            continue
        begun = fresh.lm_head.weight[n] if old is None else lists.lm_head.weight[old]
        assert torch.equal(found.lm_head.weight[n], begun) and torch.equal(found.shared.weight[n], begun)
    assert {"[", "x0", "'a"} <= set(lists.config.words) & set(found.config.words)


def test_programs_in_hindsight_are_written_by_a_proposer_of_the_language(tmp_path):
    build(load("lists"), "tiny").save_pretrained(tmp_path / "lists")
    with pytest.raises(NesyError, match="trained for language 'lists'"):
        train(load("strings"), tmp_path / "out", Config(minutes=0.01, start=str(tmp_path / "lists"),
                                                         replay="sygus/strings"))


def test_damaged_proposers_are_refused_in_one_line(tmp_path):
    dsl = load("integers")
    build(dsl, "tiny").save_pretrained(tmp_path)
    weights = tmp_path / "model.safetensors"
    whole = weights.read_bytes()
    for damage in (whole[:1000], b"", b"\x80\x04pickle"):
        weights.write_bytes(damage)
        with pytest.raises(NesyError, match="not a whole proposer") as said:
            Transformer.load(tmp_path)
        assert "\n" not in str(said.value)
    tensors = load_file(weights) if weights.write_bytes(whole) else {}
    for wrong in (dict(list(tensors.items())[:3]), {k: torch.full_like(w, torch.nan) for k, w in tensors.items()}):
        save_file(wrong, weights, metadata={"format": "pt"})
        with pytest.raises(NesyError, match="not a whole proposer"):
            Transformer.load(tmp_path)
    weights.write_bytes(whole)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "words": None}))
    with pytest.raises(NesyError, match="not a whole proposer"):
        Transformer.load(tmp_path)
    weights.unlink()
    with pytest.raises(NesyError, match="has no model.safetensors"):
        Transformer.load(tmp_path)


def test_a_language_whose_primitives_all_fail_is_named():
    @primitive
    def broken(a: int) -> int:
        raise ValueError(a)

    with pytest.raises(NesyError, match="'ruin'"):
        Stream(DSL("ruin", [broken])).sample(0)


def test_the_shipped_proposer_solves_and_says_by_which_route():
    spec = Spec(inputs=[tuple[int, ...]], output=tuple[int, ...], examples=[
        Example((3, 1, 2), output=(1, 4, 9)), Example((5, 0), output=(0, 25)),
        Example((2, 7, 1, 1), output=(1, 1, 4, 49))])
    dsl = find_language("lists")
    proposer = Transformer.load("lists")
    result = solve(dsl, spec, solver=Proposing(proposer, guided=False), budget=Budget(seconds=30))
    assert result.status is Status.SOLVED and result.solver == "proposer" and spec.holds(result.program)
    beside = solve(dsl, spec, proposer=proposer, budget=Budget(seconds=30))
    assert beside.status is Status.SOLVED and spec.holds(beside.program)


def test_a_proposer_is_asked_for_by_the_solvers_that_need_one():
    from nesy.engine import equipped

    for name in ("proposer", "guided"):
        with pytest.raises(NesyError, match="needs --proposer"):
            equipped(name, None)
    assert eval_config(benchmark="lists", split="handwritten", solver="guided", proposer="lists").proposer == "lists"


def test_a_language_few_of_whose_signatures_say_anything_is_learned_all_the_same():
    @primitive
    def word(s: str, i: int) -> str:
        return s.split()[i]

    @primitive
    def join(a: str, b: str) -> str:
        return a + b

    stream = Stream(DSL("words", [word, join], constants={str: [" ", "."], int: [0, 1]}))
    for i in (*range(40), 581, 1854):
        assert stream.sample(i).spec.examples


def test_a_pushed_proposer_is_the_same_elsewhere(tmp_path, monkeypatch):
    def upload(self, repo_id, folder_path, commit_message, allow_patterns):
        there = tmp_path / repo_id
        there.mkdir(parents=True)
        for file in allow_patterns:
            shutil.copy(Path(folder_path) / file, there)

    monkeypatch.setattr("huggingface_hub.HfApi.upload_folder", upload)
    monkeypatch.setattr("huggingface_hub.HfApi.create_repo",
                        lambda self, repo, private, exist_ok: RepoUrl(f"https://huggingface.co/me/{repo}"))
    ours = Transformer.load("lists")
    assert ours.push_to_hub("lists") == "https://huggingface.co/me/lists"
    spec = Spec(inputs=[sequence(INT)], output=INT, examples=[Example((3, 1), output=3), Example((2,), output=2)])
    theirs = Transformer.load(tmp_path / "me" / "lists")
    assert theirs.propose(load("lists"), spec, many=4) == ours.propose(load("lists"), spec, many=4)
    assert "# A proposer for the language" in (tmp_path / "me" / "lists" / "README.md").read_text()
    with pytest.raises(NesyError, match="Transformer.load"):
        Transformer(ours.model).push_to_hub("me/lists")


def test_what_the_hub_refuses_is_said_in_one_line():
    with pytest.raises(NesyError, match="no such name!!: not pushed"):
        Transformer.load("lists").push_to_hub("no such name!!")
