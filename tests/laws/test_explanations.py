"""Explanations: circuits and tables against brute force, and a user's own theory learned through."""

from itertools import permutations, product
from math import log

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import NesyError, load, parse
from dsl.types import INT
from nesy.abduction import store
from nesy.abduction.background import ByLength, ByProgram, ByRules
from nesy.abduction.explanations import Table
from nesy.abduction.learn import WITHHELD, WRONG, Abduction, Config, Log, learn, withheld_of
from nesy.abduction.network import Network
from tasks import Scene
from tasks.digits import hwf

SYMBOLS = (0, 1, 2)
PROGRAMS = ["add(x0, add(x1, x2))", "add(multiply(x0, x1), x2)", "maximum(add(x0, 1), multiply(x1, x2))",
            "add(add(x1, x2), multiply(3, x0))", "subtract(multiply(x0, x2), x1)"]


def background(text: str) -> ByProgram:
    return ByProgram(parse(text, load("integers"), (INT,) * 3, INT), SYMBOLS)


def brute(ground: ByProgram, answer: object, p: np.ndarray) -> tuple[np.ndarray, float, float]:
    found, best = np.zeros_like(p), 0.0
    for classes in product(range(3), repeat=3):
        if ground.answer(classes) == answer:
            weight = float(np.prod([p[i, c] for i, c in enumerate(classes)]))
            best = max(best, weight)
            for i, c in enumerate(classes):
                found[i, c] += weight
    total = found[0].sum()
    return found / total, log(total), best


@given(st.sampled_from(PROGRAMS), st.tuples(*[st.sampled_from(range(3))] * 3), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_circuit_gives_the_posterior_of_brute_force(text, hidden, seed):
    ground = background(text)
    answer = ground.answer(hidden)
    p = np.random.default_rng(seed).dirichlet(np.ones(3), 3)
    circuit, listed = ground.circuit(answer), ground.explanations(answer)
    assert circuit is not None and isinstance(listed, Table)
    rows = np.array([c for c in product(range(3), repeat=3) if ground.answer(c) == answer])
    expected, likelihood, best = brute(ground, answer, p)
    for way in (circuit, listed, Table(rows)):
        assert way.count == len(rows)
        posterior, logs = way.posterior(p[None])
        assert np.allclose(posterior[0], expected) and np.isclose(logs[0], likelihood)
        chosen = way.best(p[None])[0]
        assert ground.answer(chosen.tolist()) == answer
        assert np.isclose(np.prod([p[i, c] for i, c in enumerate(chosen)]), best)


@given(st.sampled_from(PROGRAMS), st.tuples(*[st.sampled_from(range(3))] * 5), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_an_image_in_two_scenes_is_what_brute_force_makes_of_both(text, hidden, seed):
    p, ground = np.random.default_rng(seed).dirichlet(np.ones(3), 5), background(text)
    scenes = [Scene(str(row), row, ground.answer([hidden[i] for i in row])) for row in ((0, 1, 2), (2, 3, 4))]
    told = Abduction(ground, 3, Log()).posteriors(scenes, p)
    shared = p[2].copy()
    for scene in scenes:
        alone = brute(ground, scene.answer, p[list(scene.images)])[0]
        for at, i in enumerate(scene.images):
            if i == 2:
                shared *= (1 - WRONG) * alone[at] / p[2] + WRONG
            else:
                assert np.allclose(told.labels[i], alone[at])
    assert np.allclose(told.labels[2], shared / shared.sum())
    assert told.seen.all() and told.inconsistent == 0


def test_an_answer_that_is_wrong_is_outvoted():
    ground, p = background(PROGRAMS[0]), np.full((9, 3), 1 / 3)
    scenes = [Scene(f"{k}", (0, 2 * k + 1, 2 * k + 2), answer) for k, answer in enumerate((6, 6, 0, 6))]
    for order in permutations(scenes):
        assert Abduction(ground, 3, Log()).posteriors(order, p).labels[0, 2] > 0.999


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=4), min_size=2, max_size=30), st.integers(0, 5))
def test_images_are_withheld_from_the_network_only_where_few_scenes_need_them(rows, many):
    scenes = [Scene(str(n), tuple(row), 0) for n, row in enumerate(rows)]
    held, train = scenes[:many], scenes[many:]
    places = [i for s in train for i in s.images]
    withheld = withheld_of(held, train).tolist()
    assert sum(places.count(i) for i in withheld) <= WITHHELD * len(places)
    shown = {i for s in held for i in s.images}
    assert set(withheld) <= shown
    assert all(places.count(i) <= places.count(j) for i in withheld for j in shown - set(withheld))


def test_symbols_are_read_so_that_they_lead_to_something():
    formulas = {n: ByProgram(hwf.background(n), hwf.SYMBOLS) for n in (1, 3)}
    ground, classes = ByLength(formulas), len(hwf.SYMBOLS)
    rng = np.random.default_rng(0)
    for n, seed in product((1, 3), range(20)):
        p = np.random.default_rng(seed).dirichlet(np.ones(classes), n)
        best = max((row for row in product(range(classes), repeat=n) if ground.answer(row) is not None),
                   key=lambda row: np.prod([p[i, c] for i, c in enumerate(row)]))
        assert tuple(ground.read(p).tolist()) == best
    assert ground.answer(ground.read(rng.dirichlet(np.ones(classes), 2)).tolist()) is None
    assert ground.explanations(1.0, rng.dirichlet(np.ones(classes), 2)) is None
    twelve = ground.explanations(12.0, rng.dirichlet(np.ones(classes), 3))
    pairs = list(product(range(1, 10), repeat=2))
    assert twelve is not None and twelve.count == sum((a + b == 12) + (a * b == 12) for a, b in pairs)


def test_what_no_symbols_lead_to_has_no_explanation():
    assert background(PROGRAMS[0]).explanations(99) is None


def test_a_sum_of_fifteen_digits_is_explained_without_listing_its_explanations():
    from tasks.digits.addition import background as columns

    ground = ByProgram(columns(15), tuple(range(10)))
    circuit = ground.explanations(10**15 - 1)
    assert circuit is not None
    assert circuit.count > 10**14
    assert len(circuit.nodes) < 2_000


def test_a_program_that_uses_an_input_twice_is_refused():
    with pytest.raises(NesyError, match="each of x0"):
        ByProgram(parse("add(x0, x0)", load("integers"), (INT,), INT), SYMBOLS)


RULES = """% Four kinds of shapes; two are shown, and their order and likeness are told.
answer(same)   :- symbol(0, A), symbol(1, A).
answer(rising) :- symbol(0, A), symbol(1, B), A + 1 = B.
answer(far)    :- symbol(0, A), symbol(1, B), A + 1 < B.
answer(fall)   :- symbol(0, A), symbol(1, B), A > B.
"""


def shapes(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Four classes of noisy 12 x 12 images: a bar, a cross, a square, a diagonal."""
    base = np.zeros((4, 12, 12))
    base[0, :, 5:7] = base[1, 5:7, :] = base[1, :, 5:7] = 1
    base[2, 2:10, 2:10], base[2, 4:8, 4:8] = 1, 0
    base[3][np.arange(12), np.arange(12)] = base[3][np.arange(11), np.arange(1, 12)] = 1
    kind = rng.integers(0, 4, n)
    moved = np.stack([np.roll(base[k], tuple(rng.integers(-1, 2, 2)), (0, 1)) for k in kind])
    noisy = np.clip(200 * moved + rng.normal(30, 40, moved.shape), 0, 255)
    return noisy.astype(np.uint8), kind


@pytest.mark.parametrize("seed", [1, 6, 7])
def test_a_theory_of_a_users_own_teaches_a_network_its_classes(tmp_path, seed):
    path = tmp_path / "shapes.lp"
    path.write_text(RULES)
    rng = np.random.default_rng(0)
    images, kind = shapes(1600, rng)

    def said(a: int, b: int) -> str:
        return "same" if a == b else "fall" if a > b else "rising" if b - a == 1 else "far"

    scenes = [Scene(str(i), (i, i + 1), said(kind[i], kind[i + 1])) for i in range(0, 1600, 2)]
    wrong = [Scene("x", (0, 1), "sideways")]
    network, log = learn(images, scenes + wrong, ByRules(path, 2, 4), 4, Config(seed=seed))
    fresh, truth = shapes(400, rng)
    assert (network.probabilities(fresh).argmax(1) == truth).mean() > 0.95
    assert log.inconsistent <= 1 and log.scenes > 700


def test_the_likeliest_explanations_come_in_order(tmp_path):
    path = tmp_path / "shapes.lp"
    path.write_text(RULES)
    ground = ByRules(path, 2, 4)
    p = np.random.default_rng(3).dirichlet(np.ones(4), 2)
    found = ground.theory.best("far", p.tolist(), 10)
    everything = sorted(((a, b) for a in range(4) for b in range(4) if a + 1 < b),
                        key=lambda x: -p[0, x[0]] * p[1, x[1]])
    assert [symbols for symbols, _ in found] == everything
    assert ground.answer([0, 3]) == "far" and ground.theory.derived([0, 3]) == "far"


def test_a_rule_that_is_no_asp_is_named_by_file_and_line(tmp_path):
    path = tmp_path / "bad.lp"
    path.write_text("answer(yes) :- symbol(0, A).\nanswer(no) :- symbol(0 A).\n")
    with pytest.raises(NesyError, match=r"bad\.lp: 2:"):
        ByRules(path, 1, 2).explanations("yes", np.full((1, 2), 0.5))


def test_scenes_that_nothing_explains_are_refused_only_if_all_are(tmp_path):
    images, _ = shapes(40, np.random.default_rng(0))
    path = tmp_path / "shapes.lp"
    path.write_text(RULES)
    with pytest.raises(NesyError, match="explains no scene"):
        learn(images, [Scene(str(i), (i, i + 1), "sideways") for i in range(0, 40, 2)], ByRules(path, 2, 4), 4)


def test_a_saved_network_tells_the_same_and_a_damaged_one_is_refused(tmp_path):
    images, _ = shapes(20, np.random.default_rng(0))
    network = Network(4, seed=2)
    store.save(network, tmp_path)
    assert np.allclose(store.load(tmp_path).probabilities(images), network.probabilities(images))
    for name in ("perception.json", "perception.safetensors"):
        good = (tmp_path / name).read_bytes()
        for bad in (b"", b"{", good[:-9], b"\xff" * len(good)):
            (tmp_path / name).write_bytes(bad)
            with pytest.raises(NesyError, match="not a whole network"):
                store.load(tmp_path)
        (tmp_path / name).write_bytes(good)


def test_a_seed_fixes_what_is_learned_whatever_was_drawn_before():
    images = np.random.default_rng(0).integers(0, 255, (64, 40, 40)).astype(np.uint8)
    scenes = [Scene(str(i), (i, i + 1), i % 3) for i in range(0, 64, 2)]
    ground = ByProgram(parse("add(x0, x1)", load("integers"), (INT, INT), INT), (0, 1, 2))
    found = []
    for before in (1, 2):
        torch.manual_seed(before)
        network, _ = learn(images, scenes, ground, 3, Config(seed=5, epochs_deep=1, steps=3))
        found.append(network.state_dict())
    assert all(torch.equal(a, b) for a, b in zip(found[0].values(), found[1].values(), strict=True))


@pytest.mark.parametrize("scene, said", [
    (Scene("far", (0, 99), 1), "image 99, of 8"), (Scene("none", (), 1), "no images"),
    (Scene("long", (0, 1, 2), 1), "3 images, where"), (Scene("list", (0, 1), [1]), "cannot be hashed")])
def test_scenes_that_do_not_fit_are_named(tmp_path, scene, said):
    path = tmp_path / "same.lp"
    path.write_text('answer(1) :- symbol(0, C), symbol(1, C).')
    images = np.zeros((8, 28, 28), dtype=np.uint8)
    with pytest.raises(NesyError, match=f"scene '{scene.id}'.*{said}"):
        learn(images, [Scene("fine", (0, 1), 1), scene], ByRules(path, 2, 2), 2)
    with pytest.raises(NesyError, match="numpy.uint8"):
        learn(images.astype(float), [Scene("fine", (0, 1), 1)], ByRules(path, 2, 2), 2)


def test_what_rules_cost_hides_none_of_their_explanations(tmp_path):
    path = tmp_path / "same.lp"
    path.write_text('answer(1) :- symbol(0, C), symbol(1, C).\n:~ symbol(0, C). [C]')
    found = ByRules(path, 2, 3).explanations(1, np.full((2, 3), 1 / 3))
    assert sorted(found.rows.tolist()) == [[0, 0], [1, 1], [2, 2]]


@pytest.mark.parametrize("rules, value", [
    ('answer(far) :- symbol(0, 1).', "far"), ('answer("far") :- symbol(0, 1).', "far"),
    ('answer("Far out, A") :- symbol(0, 1).', "Far out, A"), ('answer((2, "x")) :- symbol(0, 1).', (2, "x")),
    ('answer("é") :- symbol(0, 1).', "é"), ('answer(-3) :- symbol(0, 1).', -3)])
def test_an_answer_is_a_value_not_text_of_a_rule(tmp_path, rules, value):
    path = tmp_path / "one.lp"
    path.write_text(rules)
    ground = ByRules(path, 1, 2)
    assert ground.answer([1]) == value and ground.answer([0]) is None
    for exact in (ground.explanations(value, np.full((1, 2), 0.5)).rows.tolist(),
                  [list(symbols) for symbols, _ in ground.theory.best(value, [[0.5, 0.5]], 3)]):
        assert exact == [[1]]
    assert ground.theory.best("far) :- symbol(0, 0", [[0.5, 0.5]]) == []
    with pytest.raises(NesyError, match="rules conclude numbers"):
        ground.theory.best(0.5, [[0.5, 0.5]])


def test_a_theory_with_several_answer_sets_counts_each_row_of_symbols_once(tmp_path):
    path = tmp_path / "aux.lp"
    path.write_text("answer(A+B) :- symbol(0, A), symbol(1, B). {aux} :- symbol(0, 0).\n")
    found = ByRules(path, 2, 2).explanations(1, np.full((2, 2), 0.5))
    assert isinstance(found, Table) and sorted(found.rows.tolist()) == [[0, 1], [1, 0]]
    path.write_text("1 { answer(0); answer(1) } 1 :- symbol(0, 0), symbol(1, 0).\n")
    with pytest.raises(NesyError, match="let each row of symbols lead to one answer"):
        ByRules(path, 2, 2).answer((0, 0))


def test_a_temperature_that_nothing_speaks_for_is_none():
    network = Network(3)
    assert network.calibrate(np.zeros((4, 8, 8), np.uint8), lambda p: float("-inf")) == 1.0
    assert network.calibrate(np.zeros((4, 8, 8), np.uint8), lambda p: 0.0) == 1.0
    assert network.calibrate(np.zeros((4, 8, 8), np.uint8), lambda p: -float(p.max())) == 3.0
