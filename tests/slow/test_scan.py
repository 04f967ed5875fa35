"""The floors of SCAN: every split, every seed, the whole test set."""

import time

import pytest

from nesy.machine.candidates import Lesson
from nesy.machine.domains import SEQUENCES
from nesy.machine.learn import Config, learn
from tasks import benchmark
from tasks.data import SCAN, local

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("split", benchmark("scan").splits)
def test_every_split_is_learned_whole(split, seed):
    if split == "simple" and any(local(SCAN, f) is None for f in SCAN.files):
        pytest.skip("SCAN's simple split is not here")
    data = benchmark("scan").split(split)
    start = time.process_time()
    machine, _ = learn([Lesson(s.tokens, s.answer) for s in data.train], SEQUENCES, Config(seed=seed))
    right = sum(machine.read(s.tokens).value == s.answer for s in data.test)
    assert right == len(data.test)
    assert time.process_time() - start < 600


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_thousand_sentences_suffice(seed):
    from dsl.inputs import seeded

    data = benchmark("scan").split("length")
    train = seeded("train", seed).sample(list(data.train), 1000)
    machine, _ = learn([Lesson(s.tokens, s.answer) for s in train], SEQUENCES, Config(seed=seed))
    assert all(machine.read(s.tokens).value == s.answer for s in data.test)
