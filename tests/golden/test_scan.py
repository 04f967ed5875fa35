"""SCAN by rule against SCAN as published, file by file."""

import os
from collections import Counter
from pathlib import Path

import pytest

from dsl import load, parse
from dsl.languages.sequences import Sequence
from dsl.types import read_annotation
from nesy.machine.deduce import value
from nesy.machine.semantics import Meaning
from nesy.machine.tree import from_heads
from tasks.scan.grammar import commands, heads, interpret, meanings
from tasks.scan.splits import BY_RULE

DATA = Path(os.environ.get("NESY_DATA", "no NESY_DATA")) / "scan"
FOLDERS = {"length": "length_split", "addprim_jump": "add_prim_split", "addprim_turn_left": "add_prim_split"}


def published(path):
    if not path.is_file():
        pytest.skip(f"{path} is not here; NESY_DATA names the folder of the published files")
    found = Counter()
    for line in path.read_text().splitlines():
        command, actions = line.removeprefix("IN: ").split(" OUT: ")
        found[tuple(command.split()), tuple(actions.split())] += 1
    return found


def differences(ours, theirs):
    ours = Counter((c, interpret(c)) for c in ours)
    return {"only ours": list((ours - theirs).items())[:5], "only published": list((theirs - ours).items())[:5]}


NONE = {"only ours": [], "only published": []}


def test_all_commands_are_the_published_ones():
    assert differences(commands(), published(DATA / "tasks.txt")) == NONE


@pytest.mark.parametrize("name", BY_RULE)
@pytest.mark.parametrize("part", ["train", "test"])
def test_each_split_is_the_published_one(name, part):
    folder = FOLDERS.get(name, "filler_split" if name.startswith("filler") else "template_split")
    theirs = published(DATA / folder / f"tasks_{part}_{name}.txt")
    assert differences(BY_RULE[name]()[part == "test"], theirs) == NONE


@pytest.mark.parametrize("name", BY_RULE)
def test_no_test_command_is_trained_on(name):
    train, test = BY_RULE[name]()
    assert not set(train) & set(test)
    assert len(set(test)) == len(test) > 1000


def test_the_given_trees_and_meanings_denote_the_actions():
    t = read_annotation(Sequence)
    lexicon = {w: Meaning(parse(p, load("sequences"), (t, t), t)) for w, (_, p) in meanings().items()}
    for command in commands():
        assert value(from_heads(heads(command)), command, lexicon) == interpret(command)
