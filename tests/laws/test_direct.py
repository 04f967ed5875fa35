"""Outputs said outright: values read back from their words, guesses that are no answers."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import Example, NesyError, Spec, load
from dsl.inputs import sample, seeded
from dsl.languages.grids import Grid
from dsl.types import BOOL, FLOAT, INT, STR, read_annotation, sequence
from nesy.engine import equipped
from nesy.proposer import spelling
from nesy.proposer.direct import Direct, guesses
from nesy.proposer.model import build
from nesy.proposer.propose import Transformer
from nesy.proposer.samples import Sample
from nesy.proposer.spelling import spelled
from nesy.proposer.tokens import Vocabulary
from nesy.proposer.train import collated, said
from nesy.runs import synthesis
from nesy.runs.store import TaskLine
from solvers.base import Status
from tasks import Task

ONE = read_annotation(Grid)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from((INT, BOOL, STR, ONE, sequence(INT), sequence(sequence(STR)), sequence(ONE))),
       st.integers(0, 10**6))
def test_values_are_read_back_from_their_words_and_nothing_else_is(t, seed):
    value = sample(t, seeded("value", seed))
    words = spelled(value)
    again = spelling.read(words, t)
    assert again == value and type(again) is type(value)
    for wrong in (words[:-1], (*words, words[-1]), ("out", *words)):
        with pytest.raises(NesyError):
            spelling.read(wrong, t)


@given(st.text() | st.floats(allow_nan=False) | st.integers())
def test_every_text_and_number_is_read_back(value):
    assert repr(spelling.read(spelled(value), {str: STR, float: FLOAT, int: INT}[type(value)])) == repr(value)


def test_outputs_are_said_outright_where_that_was_taught_and_reported_apart(tmp_path):
    def one(n):
        return Grid([[n, 0], [0, n]])

    spec = Spec(inputs=[Grid], output=Grid, examples=[Example(one(n), output=one(n)) for n in (1, 2)],
                queries=[(one(3),)])
    dsl = load("grids")
    model = build(dsl, "tiny")
    with pytest.raises(NesyError, match="--direct"):
        model.save_pretrained(tmp_path)
        equipped("direct", str(tmp_path))
    assert guesses(Transformer(model), dsl, spec) == ()
    model.config.direct = True
    words, rows = Vocabulary.of(dsl), []
    for k in (3, 5):  # by heart
        rows.append(said(None, words, Sample(Spec(inputs=[Grid], output=Grid, examples=[
            *(Example(one(n), output=one(n)) for n in (1, 2)), Example(one(k), output=one(k))]), None)))
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(150):
        optimiser.zero_grad()
        model(**collated(rows)).loss.backward()
        optimiser.step()
    found = Direct(Transformer(model)).solve(dsl, spec)
    assert found.status is Status.UNKNOWN and not found.programs and found.guesses[0] == (one(3),)
    line = synthesis.line(Task("a", dsl, spec, (Example(one(3), output=one(3)),), attempts=2), found)
    assert line["guess"]["correct"] and not line["correct"] and line["program"] == ""
    TaskLine.model_validate(line)
    wrong = synthesis.line(Task("a", dsl, spec, (Example(one(3), output=one(4)),), attempts=2), found)
    assert not wrong["guess"]["correct"]
