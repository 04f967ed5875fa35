"""Sight: perception, grammar and meanings learned from images of symbols that nothing names."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from dsl import NesyError
from nesy.abduction.network import Network
from nesy.cli import app
from nesy.config import eval_config
from nesy.machine.domains import NUMBERS
from nesy.machine.semantics import ABSENT
from nesy.runs.reading import Reader
from nesy.runs.training import seen
from nesy.sight import store
from nesy.sight.contexts import groups
from nesy.sight.formula import cut, understand
from nesy.sight.learn import Config, learn
from nesy.sight.uses import Row, told
from tasks import Scene, Scenes
from tasks.hint import grammar

SMALL = Config(sketch=60, steps=80, sketched=8, width=8, clusters=40, shaped=100, lessons=2_000, abduced=(300, 600))
SYMBOLS = "0123456+-*()"
EACH = 40


def bitmaps(seed: int) -> np.ndarray:
    """Images (symbols * EACH, 16, 16): a random pattern for each symbol, noisy."""
    rng = np.random.default_rng(seed)
    patterns = np.kron(np.random.default_rng(7).random((len(SYMBOLS), 8, 8)) > 0.5, np.ones((2, 2)))
    noisy = np.repeat(patterns, EACH, 0) + rng.normal(0, 0.35, (len(SYMBOLS) * EACH, 16, 16))
    return (noisy.clip(0, 1) * 255).astype(np.uint8)


def scenes(n: int, seed: int) -> list[Scene]:
    """Expressions over a few digits, an image for each symbol."""
    rng, found = Random(seed), []
    while len(found) < n:
        tree = grammar.draw(rng, len(found) % 5, "+-*")
        text = tree and grammar.write(tree)
        if tree and set(text) <= set(SYMBOLS) and max(x.value for x in tree.nodes()) <= 60:
            found.append(Scene(str(len(found)), tuple(SYMBOLS.index(c) * EACH + rng.randrange(EACH) for c in text),
                               tree.value))
    return found


@pytest.fixture(scope="module")
def sighted():
    return learn(bitmaps(0), scenes(4_000, 0), NUMBERS, SMALL)


def test_symbols_grammar_and_meanings_are_learned_from_answers_alone(sighted):
    found, log = sighted
    p, right = found.network.probabilities(bitmaps(1)), 0
    asked = scenes(300, 1)
    for scene in asked:
        right += found.machine.read(list(p[list(scene.images)])).value == scene.answer
    assert right >= 0.95 * len(asked)
    assert log.explained >= 0.95 * log.abduced
    shown = {w: m.show("it") for w, m in found.machine.lexicon.items()}
    assert {shown[str(d)] for d in range(7)} == {f"it = {d}" for d in range(7)}


def test_a_saved_machine_sees_the_same(sighted, tmp_path):
    found, _ = sighted
    store.save(found, tmp_path)
    again = store.load(tmp_path)
    p = again.network.probabilities(bitmaps(1))
    for scene in scenes(20, 2):
        raw = list(p[list(scene.images)])
        assert again.machine.read(raw) == found.machine.read(raw)
    assert again.evidence.keys() == found.evidence.keys()
    (tmp_path / "sight.json").write_text((tmp_path / "sight.json").read_text().replace("0", "1", 1))
    with pytest.raises(NesyError, match="not a whole sight"):
        store.load(tmp_path)


def test_the_module_at_fault_is_the_first_that_put_right_makes_the_answer_right(sighted):
    found, _ = sighted
    seen = {w: i for i, w in enumerate(found.words)}
    called = {c: found.words[found.network.probabilities(bitmaps(1)[[i * EACH]]).argmax()]
              for i, c in enumerate(SYMBOLS)}

    def faced(text: str) -> list[np.ndarray]:
        return list(np.eye(len(seen))[[seen[called[c]] for c in text]])

    def line(shown: str, truth: str, answer: int) -> dict:
        reader = Reader(found.machine, found.evidence, lambda scene: faced(shown),
                        lambda scene: tuple(called[c] for c in truth))
        return reader.answer(Scene("a", (), answer), 10.0)

    assert "fault" not in line("1+2", "1+2", 3)
    assert line("1+3", "1+2", 3)["fault"] == "perception"
    assert line("1+2*3", "1+2*3", 9)["fault"] == "syntax"
    assert line("1+2", "1+2", 99)["fault"] == "semantics"


def formula(text: str, path: Path, seed: int = 1) -> Path:
    """An image of a formula, ink dark on bright."""
    symbols = bitmaps(seed)[[SYMBOLS.index(c) * EACH for c in text]]
    Image.fromarray(255 - np.concatenate(list(symbols), 1)).save(path)
    return path


def test_a_formula_is_explained_and_what_would_have_to_change(sighted, tmp_path):
    store.save(sighted[0], tmp_path)
    asked = formula("2*(1+3)", tmp_path / "formula.png")
    found = understand(tmp_path, asked)
    assert found.reading.value == 8 and found.changes == ()
    assert len(found.symbols) == 7 and [s[0][0] for s in found.symbols][::6] == ["2", found.reading.words[6]]
    assert found.nodes[0][2] == 8 and sorted(n[2] for n in found.nodes if n[0] == 0) == [8]
    other = understand(tmp_path, asked, expected=10)
    assert {"perception", "semantics"} <= {c.module for c in other.changes}
    perceived = next(c for c in other.changes if c.module == "perception")
    assert perceived.cost is not None and perceived.cost > 0 and "instead of" in perceived.said
    (together,) = (c for c in other.changes if c.module == "together")
    assert together.cost is not None and 0 < together.cost <= perceived.cost + 0.01
    assert CliRunner().invoke(app, ["solve", str(asked), "--machine", str(tmp_path), "--expect", "10"]).exit_code == 0


@pytest.mark.parametrize(("make", "said"), [
    (lambda path: path.write_text("no image"), "not an image"),
    (lambda path: Image.new("RGB", (32, 16)).save(path), "mode RGB"),
    (lambda path: Image.new("L", (33, 16)).save(path), "33 x 16 pixels"),
    (lambda path: Image.new("L", (32, 17)).save(path), "32 x 17 pixels"),
    (lambda path: None, "No such file"),
])
def test_an_image_that_is_not_as_the_machine_needs_it_is_named(tmp_path, make, said):
    path = tmp_path / "formula.png"
    make(path)
    with pytest.raises(NesyError, match=said):
        cut(path, (16, 16))


def test_a_folder_without_a_machine_is_named(tmp_path):
    with pytest.raises(NesyError, match="holds no machine that reads images"):
        understand(tmp_path, tmp_path / "formula.png")


def test_without_scenes_of_one_image_there_is_no_beginning():
    with pytest.raises(NesyError, match="no answer has 5 scenes of one image"):
        learn(bitmaps(0), [Scene("a", (0, 300, 1), 3)], NUMBERS, SMALL)
    with pytest.raises(NesyError, match="no scene has more than 1 image"):
        learn(bitmaps(0), [Scene(str(i), (i,), 0) for i in range(8)], NUMBERS, SMALL)


def test_images_of_one_symbol_leave_nothing_to_tell_apart():
    alike = [Scene(str(i), (i,) if i < 20 else (i, i - 1, i - 2), 1) for i in range(40)]
    with pytest.raises(NesyError, match="all images look like one symbol, 1"):
        learn(np.zeros((40, 8, 8), np.uint8), alike, NUMBERS, SMALL)


def test_functions_of_unknown_symbols_are_told_apart_and_misread_scenes_do_not_matter():
    rng, rows, cluster = Random(0), [], {}
    for image in range(1_200):
        symbol, a, b = rng.choice("+-*"), rng.randrange(8), rng.randrange(8)
        cluster[image] = "+-*".index(symbol) * 4 + rng.randrange(4) if rng.random() < 0.9 else rng.randrange(12)
        answer = {"+": a + b, "-": max(0, a - b), "*": a * b}[symbol]
        rows.append(Row(image, 1, (a, b), answer if rng.random() < 0.98 else rng.randrange(60)))
    result = told(rows, cluster, NUMBERS, 0, lambda text: None)
    found = {tuple(m.value((a, b)) for a in range(8) for b in range(8)) for m in result.meanings}
    assert found == {tuple(f(a, b) for a in range(8) for b in range(8))
                     for f in (lambda a, b: a + b, lambda a, b: max(0, a - b), lambda a, b: a * b)}
    assert all(m.missing is ABSENT and m.left == 1 for m in result.meanings)
    assert result.shares.shape == (1_200, 3)


def test_unknown_images_are_told_apart_by_their_neighbours():
    rng = Random(0)
    rows = [[2 + rng.randrange(50), 0, 52 + rng.randrange(50), 1] for _ in range(2_000)]  # a value between two others
    kind = np.array([0, 1, *[2] * 100])
    found = groups(rows, kind, 2, 0, lambda text: None)
    assert sorted((set(f) for f in found), key=min) == [set(range(2, 52)), set(range(52, 102))]


def test_a_deep_network_judges_by_several_looks_whatever_else_is_judged():
    images = np.random.default_rng(0).integers(0, 256, (5, 40, 40)).astype(np.uint8)
    deep, plain = Network(4, build="deep"), Network(4)
    judged = deep.judged(images)
    assert np.allclose(judged.sum(1), 1) and not np.allclose(judged, deep.probabilities(images))
    assert np.allclose(judged[2:3], deep.judged(images[2:3]), atol=1e-6)
    assert np.allclose(plain.judged(images), plain.probabilities(images))


def test_of_scenes_that_are_not_drawn_no_image_is_learned_from():
    images = np.arange(12, dtype=np.uint8).reshape(12, 1, 1)
    train = tuple(Scene(f"train-{i}", (i, 11 - i, i), i) for i in range(6))
    whole = Scenes(benchmark="b", name="n", train=train, test=(), images=images, test_images=images[:0],
                   symbols=("a", "b"), background=None, train_labels=np.arange(12) % 2)
    some = seen(eval_config(benchmark="b", split="n", train=2, seed=3), whole)
    assert len(some.train) == 2 and len(some.images) == len(some.train_labels) == 4
    for scene in some.train:
        was = next(s for s in train if s.id == scene.id)
        assert (some.images[list(scene.images)] == images[list(was.images)]).all()
        assert (some.train_labels[list(scene.images)] == whole.train_labels[list(was.images)]).all()
    assert seen(eval_config(benchmark="b", split="n"), whole) is whole
