"""What a proposer is shown: inputs of real tasks, and programs like those that were found."""

import json
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import DSL, Example, NesyError, Spec, load, parse, primitive
from dsl.grammar import Grammar
from dsl.inputs import seeded
from dsl.interpret import Failure, run
from dsl.languages.grids import Grid
from dsl.pcfg import PCFG
from dsl.program import Apply, Const
from dsl.types import INT, STR, sequence
from nesy import Budget, solve
from nesy.proposer.given import Given
from nesy.proposer.like import Like
from nesy.proposer.model import known
from nesy.proposer.propose import Transformer, legible
from nesy.proposer.replay import hindsight
from nesy.proposer.samples import Stream
from nesy.proposer.texts import column
from nesy.proposer.texts import text as alone
from nesy.proposer.train import Config, streamed, train
from tasks import Task, tasks_of


def given_tasks():
    """Two tasks of pictures."""
    def picture(seed):
        return Grid.sampled(seeded("picture", seed))

    return [Task(name, load("grids"), Spec(inputs=[Grid], output=Grid, examples=[
        Example(picture(f"{name}{i}"), output=picture(0)) for i in range(3)], queries=[(picture(name),)]))
        for name in ("a", "b")]


def test_samples_take_inputs_of_one_task_varied_alike_and_never_an_output():
    tasks = given_tasks()
    stream = Stream(load("grids"), sizes=(2, 4), given=Given.of(tasks))
    pools = [[g for e in (*(e.inputs for e in t.spec.examples), *t.spec.queries) for g in e] for t in tasks]

    def kept(g):  # by whatever exchange of colours but black, and symmetry
        return sorted(g.shape), sorted(np.bincount(g.cells.ravel(), minlength=10)[1:]), int((g.cells == 0).sum())

    for i in range(20):
        sample = stream.sample(i)
        assert sample.spec.inputs == tasks[0].spec.inputs and sample.spec.output == tasks[0].spec.output
        shown = [kept(e.inputs[0]) for e in sample.spec.examples]
        assert any(all(k in [kept(g) for g in pool] for k in shown) for pool in pools)
        assert sample.spec.holds(sample.program)
        assert stream.sample(i).program == sample.program


def test_tasks_of_another_language_are_refused_at_once():
    with pytest.raises(NesyError, match="'lists': no program of it makes Grid of Grid"):
        Stream(load("lists"), given=Given.of(given_tasks())).sample(0)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(("integers", "lists", "strings")), st.integers(0, 10**6))
def test_programs_like_others_are_of_the_grammar_and_mostly_share_a_part_with_one(name, seed):
    dsl = load(name)
    sample = Stream(dsl, seed=seed).sample(0)
    signature = sample.spec.inputs, sample.spec.output
    grammar = Grammar(dsl, *signature)
    like = Like({signature: (sample.program,)})
    pcfg = like.pcfg(grammar)
    assert pcfg is not None and pcfg.score(sample.program) > PCFG.uniform(grammar).score(sample.program)
    for n in range(8):
        made = like.draw(seeded("like", n), pcfg)
        assert made.type == sample.spec.output
        pcfg.score(made)  # is of the grammar, else it raises
    assert Like({}).pcfg(grammar) is None and Like({}).draw(seeded(0), pcfg) is None


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(("integers", "lists", "strings", "deepcoder")), st.integers(0, 10**6),
       st.sampled_from((0.0, 0.5)))
def test_no_part_of_a_drawn_program_does_what_a_shorter_one_does(name, seed, vary):
    stream = Stream(load(name), seed=seed, vary=vary)
    sample = stream.sample(0)
    rows = [e.inputs for e in sample.spec.examples]

    def parts(p):
        return [q for c in (p.children if isinstance(p, Apply) else ()) for q in (c, *parts(c))]

    for p in (sample.program, *parts(sample.program)):
        if isinstance(p, Apply):
            shows = [run(p, row) for row in rows]
            assert not any(q.type == p.type and [run(q, row) for row in rows] == shows for q in parts(p))
            assert not (all(v == shows[0] for v in shows) and stream.writes(Const(shows[0], p.type)))


def test_programs_of_types_that_are_asked_for_are_drawn():
    config = Config(types=("str, int -> str", "str -> int"))
    drawn = [streamed(load("strings"), config).sample(i).spec for i in range(20)]
    assert {(s.inputs, s.output) for s in drawn} == {((STR, INT), STR), ((STR,), INT)}
    for text in ("str", "-> str", "str ->", "str -> Colour", "str -> __import__('os')"):
        with pytest.raises(NesyError, match="--types"):
            streamed(load("strings"), Config(types=(text,)))
    with pytest.raises(NesyError, match="no program of it makes tuple"):
        streamed(load("strings"), Config(types=("str -> tuple[int, ...]",))).sample(0)


def test_programs_of_a_run_are_read_and_others_refused(tmp_path):
    tasks = tasks_of("lists/deepcoder")
    name = next(i for i in tasks.ids if str(tasks.task(i).spec.output) == "tuple[int, ...]"
                and len(tasks.task(i).spec.inputs) == 1)
    config = {"benchmark": "lists", "split": "deepcoder", "seed": 0}
    (tmp_path / "run.json").write_text(json.dumps({"config": config}))
    lines = [{"id": name, "status": status, "program": program} for status, program in (
        ("SOLVED", "reverse(x0)"), ("UNKNOWN", "sort(x0)"))]
    (tmp_path / "tasks.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = Like.of_run(tmp_path, load("deepcoder"))
    assert [str(p) for programs in found.programs.values() for p in programs] == ["reverse(x0)"]
    with pytest.raises(NesyError, match="language 'grids'"):
        Like.of_run(tmp_path, load("grids"))
    for broken in ("{", "[]", json.dumps({"config": {"benchmark": "lists"}})):
        (tmp_path / "run.json").write_text(broken)
        with pytest.raises(NesyError, match="no run"):
            Like.of_run(tmp_path, load("deepcoder"))


def test_what_is_held_out_does_not_depend_on_what_was_asked_first():
    lists, ints = (sequence(INT),), INT
    tasks = [Task(str(n), load("lists"), Spec(inputs=lists, output=out, examples=[
        Example((n, 1), output=given), Example((2, n, 3), output=given)]))
        for n, (out, given) in enumerate([(sequence(INT), (1,)), (ints, 1)] * 3)]
    program = parse("sort(x0)", load("lists"), lists)
    programs = [program, *(parse(f"map(lam(int)(add(y0, {k})), sort(x0))", load("lists"), lists) for k in range(3))]
    one, other = (Stream(load("lists"), given=Given.of(tasks)) for _ in range(2))
    other.holds_out(parse("head(x0)", load("lists"), lists), lists, INT)
    assert one._probes(lists, lists[0]) == other._probes(lists, lists[0]) != other._probes(lists, INT)
    for p in programs:
        assert one.holds_out(p, lists, lists[0]) == other.holds_out(p, lists, lists[0])


def test_programs_that_fail_alike_are_on_one_side_whatever_is_said_of_it():
    stream, lists = Stream(load("lists")), (sequence(INT),)
    for n in range(12):
        one = parse(f"add({n % 3}, access({n % 4}, x0))", load("lists"), lists)
        other = parse(f"add({n % 3}, head(drop({n % 4}, x0)))", load("lists"), lists)
        assert stream.holds_out(one, lists, INT) == stream.holds_out(other, lists, INT)


def test_what_takes_long_in_hindsight_or_is_of_types_that_no_task_has_is_no_error(monkeypatch):
    @primitive
    def slow(a: int) -> int:
        time.sleep(0.3)
        return a + 1

    monkeypatch.setattr("nesy.proposer.replay.SECONDS", 0.2)
    dsl = DSL("slow", [slow])
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=5), Example(2, output=6)])
    assert hindsight(parse("slow(x0)", dsl, (INT,)), spec, Stream(dsl)) is None
    stream = Stream(load("integers"), given=Given.of([Task("a", load("integers"), spec)]))
    two = Spec(inputs=[int, int], output=int, examples=[Example(1, 2, output=5), Example(2, 5, output=6)])
    found = hindsight(parse("add(x0, x1)", load("integers"), (INT, INT)), two, stream)
    assert found is None or found.spec.holds(found.program)


def test_a_proposer_is_shown_examples_of_all_outputs():
    words = Transformer.load("lists").model.config
    rows = [Example((n,), output=True) for n in range(12)] + [Example((n,), output=False) for n in range(12, 24)]
    shown = legible(known(words, load("lists")), Spec(inputs=[sequence(INT)], output=bool, examples=rows))
    assert len(shown) == 8 and len({row[-1] for row in shown}) == 2


def test_the_one_proposal_is_the_same_for_every_seed_and_what_has_no_words_is_not_proposed():
    lists, shipped = load("lists"), Transformer.load("lists")
    spec = Spec(inputs=[sequence(INT)], output=sequence(INT), examples=[Example((3, 1, 2), output=(1, 2, 3))])
    assert len({shipped.propose(lists, spec, 1, seed=seed) for seed in range(3)}) == 1
    nine = Spec(inputs=[int] * 9, output=int, examples=[Example(*range(9), output=8)])
    assert not any("x8" in str(p.program) for p in shipped.propose(lists, nine, 4))
    found = solve(lists, nine, proposer=shipped, budget=Budget(seconds=5), trusted=True)
    assert str(found.program) == "x8"


def test_a_language_of_few_behaviours_is_trained_on_and_saved_though_none_is_held_out(tmp_path, monkeypatch):
    drawn = Stream.sample

    def sample(self, i):
        if self.held_out:
            raise NesyError("none is held out")
        return drawn(self, i)

    monkeypatch.setattr(Stream, "sample", sample)
    record = train(load("integers"), tmp_path, Config(minutes=0.01, size="tiny", batch=4, held_out=5))
    assert record["held_out"] == 0 and (tmp_path / "model.safetensors").exists()
    assert "Not judged" in (tmp_path / "README.md").read_text()


def test_texts_of_a_sample_are_made_after_one_pattern():
    def words_alike(draw, rng):
        return len({len(draw(rng).split(" ")) for _ in range(5)}) == 1

    def longest_alike(draw, rng):
        return len({max(map(len, re.findall("[0-9]*", draw(rng)))) for _ in range(5)}) == 1

    rngs = [seeded("column", i) for i in range(200)]
    for alike in words_alike, longest_alike:
        assert sum(alike(column(rng), rng) for rng in rngs) > 2 * sum(alike(alone, rng) for rng in rngs)
    stream = Stream(load("spreadsheet"))
    rows = [list(stream._rows(rng, (STR,), STR)) for rng in rngs]
    for asked in ("token(x0, DIGITS, 1)", "token(x0, BLANKS, 1)", "token(x0, WORD, 2)"):
        program = parse(asked, stream.dsl, (STR,))
        done = [[not isinstance(run(program, row), Failure) for row in some] for some in rows]
        assert sum(map(all, done)) > sum(any(d) and not all(d) for d in done)
    mine = Stream(load("strings"), makers={STR: lambda rng: "mine" * rng.randint(1, 3)})
    assert all(value.startswith("mine") for e in mine.sample(1).spec.examples for value in e.inputs
               if isinstance(value, str))
