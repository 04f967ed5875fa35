"""What a proposer is shown: inputs of real tasks, and programs like those that were found."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import Example, NesyError, Spec, load
from dsl.grammar import Grammar
from dsl.inputs import seeded
from dsl.interpret import run
from dsl.languages.grids import Grid
from dsl.pcfg import PCFG
from dsl.program import Apply, Const
from dsl.types import INT, STR
from nesy.proposer.given import Given
from nesy.proposer.like import Like
from nesy.proposer.samples import Stream
from nesy.proposer.train import Config, streamed
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
