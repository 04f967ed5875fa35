"""Learners at the edges: large vocabularies, contradictions, empty sentences, images alike or few."""

import numpy as np
import pytest

from dsl import NesyError, parse
from dsl.types import INT
from nesy.abduction.learn import Scene
from nesy.abduction.network import clusters
from nesy.library.compress import Solution, compress
from nesy.machine.candidates import Lesson
from nesy.machine.classes import open_class
from nesy.machine.domains import NUMBERS, SEQUENCES
from nesy.machine.evidence import gather, standing
from nesy.machine.inventors import BySearch, brought
from nesy.machine.learn import Config, learn
from nesy.sight.learn import learn as learn_sight


def nouns(many):
    """Nouns, two of them joined, and a word that puts a sign of its own around one."""
    words = [f"n{i}" for i in range(many)]
    found = [Lesson((w,), (w.upper(),)) for w in words]
    found += [Lesson(("loud", w), ("!", w.upper(), "!")) for w in words]
    found += [Lesson((a, "and", b), (a.upper(), b.upper())) for a, b in zip(words, words[3:], strict=False)]
    found += [Lesson(("loud", a, "and", b), ("!", a.upper(), "!", b.upper()))
              for a, b in zip(words, words[5:], strict=False)]
    return found


def test_a_word_may_bring_signs_of_its_own_in_a_large_vocabulary():
    uses = [((("A",),), ("!", "A", "!")), ((("B", "A"),), ("!", "B", "A", "!"))]
    assert brought(uses, SEQUENCES) == [("!",)]
    found = BySearch().invent([*uses, ((("C",),), ("!", "C", "!"))], 1, SEQUENCES, (), 10)
    assert found is not None and found.program(("D", "E")) == ("!", "D", "E", "!")
    machine, log = learn(nouns(26), SEQUENCES, Config())
    assert log.open_class is not None
    assert machine.read(("loud", "n25")).value == ("!", "N25", "!")


def test_words_for_numbers_are_no_open_class():
    lessons = [Lesson((f"w{i}",), 1000 * i + 7) for i in range(30)]
    assert open_class(lessons, NUMBERS, 0) is None


def test_a_sentence_of_no_words_is_left_out():
    lessons = [Lesson(("a",), ("A",)), Lesson(("b",), ("B",)), Lesson(("a", "b"), ("A", "B")), Lesson((), ())]
    machine, log = learn(lessons, SEQUENCES, Config())
    assert machine.read(("b", "a")).value == ("B", "A")
    assert log.held_out_accuracy is None
    with pytest.raises(NesyError, match="no sentences"):
        learn([Lesson((), ())], SEQUENCES, Config())


def test_what_contradicts_a_word_is_said_beside_it():
    lessons = [Lesson(("a",), ("A",)), Lesson(("a",), ("Z",)), Lesson(("b",), ("B",)), Lesson(("a", "b"), ("A", "B")),
               Lesson(("b", "a"), ("B", "A"))]
    machine, _ = learn(lessons, SEQUENCES, Config())
    evidence = gather(machine, lessons)
    assert evidence["a"].missed == 1 and " of 4 training sentences" in str(evidence["a"])
    said = standing(machine, machine.read(("a",)), evidence)
    assert "that are read rightly" in said
    assert "that fits training" in standing(machine, machine.read(("b",)), evidence)


def test_images_that_are_all_alike_are_one_cluster():
    images = np.full((30, 8, 8), 7, np.uint8)
    assert set(clusters(images, 5, 0).tolist()) == {0}


def test_a_scene_names_images_that_there_are():
    images = np.zeros((4, 8, 8), np.uint8)
    with pytest.raises(NesyError, match="image 9, of 4"):
        learn_sight(images, [Scene("a", (0, 9), 3)], NUMBERS)


def test_abstractions_may_be_made_of_others():
    pytest.importorskip("stitch_core")
    from dsl import Example, Spec, load

    integers = load("integers")

    def solution(text, *points):
        program = parse(text, integers, (INT,))
        return Solution(Spec(inputs=[int], output=int, examples=[Example(n, output=program(n)) for n in (1, 2, 5)]),
                        program)

    square = "add(multiply({0}, {0}), 1)"
    solutions = [solution(square.format(x))
                 for x in ("x0", "add(x0, 2)", "negate(x0)", "subtract(x0, 3)", "add(x0, x0)")]
    for y in ("x0", "add(x0, 1)", "negate(x0)"):
        twice = f"multiply(2, {square.format(y)})"
        solutions.append(solution(f"subtract({twice}, {square.format('x0')})"))
    found, written = compress(integers, solutions)
    assert len(found) > 1
    words = {a.primitive.name for a in found}
    assert any(words & {p.function.name for p in s.program.walk() if hasattr(p, "function")} for s in written)
