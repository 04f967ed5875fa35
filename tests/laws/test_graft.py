"""Grafted proposers: what a primitive does, not what it is called, says with which weights it begins."""

import json

import pytest
import torch
from typer.testing import CliRunner

from dsl import DSL, Example, Spec, load, primitive
from dsl.types import INT, sequence
from nesy.cli import app
from nesy.proposer.graft import grafted, suggested, twins
from nesy.proposer.propose import Transformer
from nesy.proposer.train import BEGUN, Config, began_with, train


@primitive
def minus(a: int, b: int) -> int:
    """One less the other."""
    return a - b


@primitive
def double(a: int) -> int:
    """Twice."""
    return 2 * a


@primitive
def nothing(xs: tuple[int, ...]) -> int:
    """Never anything."""
    raise ValueError(xs)


@primitive
def rev(xs: tuple[int, ...]) -> tuple[int, ...]:
    """The last first."""
    return xs[::-1]


@primitive
def asc(xs: tuple[int, ...]) -> tuple[int, ...]:
    """The smallest first."""
    return tuple(sorted(xs))


@primitive
def put(x: int, xs: tuple[int, ...]) -> tuple[int, ...]:
    """One more in front."""
    return (x, *xs)


@primitive
def endless(a: int, b: int) -> int:
    """Never done."""
    while True:
        a += b


MINE = DSL("mine", [minus, double, nothing, rev, asc, put], constants={int: [0, 1]})
ENDLESS = DSL("endless", [endless, rev], constants={int: [0, 1]})
LISTS = Transformer.load("lists").model


def test_primitives_that_do_the_same_are_found_whatever_they_are_called():
    assert twins(LISTS, MINE) == {"minus": "subtract", "rev": "reverse", "asc": "sort", "put": "cons"}
    assert twins(LISTS, ENDLESS) == {"rev": "reverse"}
    assert "length" not in twins(LISTS, load("strings"))  # of texts, not of lists
    assert twins(LISTS, load("lists")) == {p.name: p.name for p in load("lists").primitives}


def test_they_begin_with_the_weights_that_those_have_and_new_ones_between_others():
    found = grafted(LISTS, MINE, 1)
    words, old = found.config.words, LISTS.config.words
    weights, given = found.lm_head.weight, LISTS.lm_head.weight
    for mine, theirs in (("f:rev", "f:reverse"), ("f:put", "f:cons"), ("[", "["), ("x0", "x0"), ("in", "in")):
        assert torch.equal(weights[words.index(mine)], given[old.index(theirs)])
    new = weights[words.index("f:double")]
    between = given[[n for n, w in enumerate(old) if w.startswith("f:")]]
    assert (new - between.mean(0)).norm() < (between - between.mean(0)).norm(dim=1).median()


def test_a_grafted_proposer_proposes_at_once():
    proposer = Transformer(grafted(LISTS, MINE))
    rows = ((3, 1, 2), (5, 9), (4, 2, 8, 1), (7, 7, 0))
    spec = Spec(inputs=[sequence(INT)], output=sequence(INT), examples=[
        Example(row, output=tuple(sorted(row, reverse=True))) for row in rows])
    assert any(spec.holds(p.program) for p in proposer.propose(MINE, spec, 16))


def test_training_begins_with_what_ships_where_that_knows_half_of_a_language(tmp_path):
    assert suggested(MINE) == "lists" and suggested(load("strings")) is None
    file = tmp_path / "mine.py"
    file.write_text("from tests.laws.test_graft import MINE\n", "utf-8")
    common = ["train", "proposer", "--language", f"{file}:MINE", "--minutes", "0.01", "--batch", "2", "--json"]
    for more, start in (([], "lists"), (["--start", "none"], None), (["--size", "tiny"], None)):
        out = tmp_path / str(len(more) + len("".join(more)))
        result = CliRunner().invoke(app, [*common, *more, "--out", str(out)])
        assert result.exit_code == 0, result.output
        record = json.loads(result.stdout)
        assert record["config"]["start"] == start == began_with(out)
        assert record["config"]["rate"] == (1e-4 if start else 1e-3)
        assert ("Begun with the weights of `lists`" in (out / "README.md").read_text("utf-8")) == bool(start)
    (tmp_path / BEGUN).write_text("[]", "utf-8")
    assert began_with(tmp_path) is None and began_with(tmp_path / "none") is None


def test_untrained_models_say_as_much_of_a_word_as_their_weights_do(tmp_path):
    """T5 makes what it says smaller by far, for larger embeddings: from scratch, it would learn next to nothing."""
    record = train(MINE, tmp_path, Config(minutes=0.02, size="tiny", batch=8, held_out=0))
    assert record["twins"] == {}
    loaded = Transformer.load(tmp_path).model
    assert loaded.config.scale_decoder_outputs is False and LISTS.config.scale_decoder_outputs is False
    with torch.inference_mode():
        said = loaded(input_ids=torch.tensor([[[8, 9, 10]]]), labels=torch.tensor([[8, 9, 2]])).logits
    assert said.std() == pytest.approx(1.0, rel=0.6)
