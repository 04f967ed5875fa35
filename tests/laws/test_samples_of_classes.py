"""What a proposer is shown of a user's own classes: drawn, written, and learned from, whatever they refuse."""

from dataclasses import dataclass
from enum import Enum, Flag
from random import Random
from typing import TypeVar

import pytest

from dsl import DSL, Grammar, NesyError, load, primitive
from dsl.errors import SpecError
from dsl.program import Const
from dsl.types import INT, STR, Type, read_annotation, width_of
from nesy.proposer.constrain import Automaton
from nesy.proposer.model import build
from nesy.proposer.propose import Transformer
from nesy.proposer.samples import LARGEST, Stream
from nesy.proposer.spelling import members, read, spelled
from nesy.proposer.tokens import Vocabulary
from nesy.proposer.train import Config, judged, tokens, train

A, B = TypeVar("A"), TypeVar("B")


class Suit(Enum):
    """Of a card."""

    HEARTS = 1
    SPADES = 2


class May(Flag):
    """What is allowed."""

    READ = 1
    WRITE = 2
    RUN = 4


@dataclass(frozen=True)
class Card:
    """A card, whose suit no primitive speaks of."""

    suit: Suit
    rank: int


@dataclass(frozen=True)
class Span:
    """Numbers from one to another that is not smaller."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("it ends before it begins")


class Box:
    """A number in a class that is no dataclass, and is not shown by what is in it."""

    def __init__(self, number: int):
        self.number = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box) and self.number == other.number

    def __hash__(self) -> int:
        return hash(self.number)

    def parts(self) -> tuple[int]:
        """What it is written as."""
        return (self.number,)

    @staticmethod
    def sampled(rng: Random) -> "Box":
        """One of them."""
        return Box(rng.randint(-9, 20))


@dataclass(frozen=True)
class Never:
    """Of which there is no value."""

    number: int

    def __post_init__(self) -> None:
        raise ValueError(self.number)


@primitive
def rank(c: Card) -> int:
    """Its number."""
    return c.rank


@primitive
def up(c: Card) -> Card:
    """The next one."""
    return Card(c.suit, c.rank + 1)


@primitive
def add(a: int, b: int) -> int:
    """Their sum."""
    return a + b


@primitive
def both(a: May, b: May) -> May:
    """What either allows."""
    return a | b


@primitive
def number(a: May) -> int:
    """As a number."""
    return a.value


@primitive
def width(s: Span) -> int:
    """How many numbers."""
    return s.high - s.low


@primitive
def wider(s: Span) -> Span:
    """One more at either end."""
    return Span(s.low - 1, s.high + 1)


@primitive
def more(b: Box) -> Box:
    """One more."""
    return Box(b.number + 1)


@primitive
def less(b: Box) -> Box:
    """The other side of 0."""
    return Box(-b.number)


@primitive
def of(n: Never) -> int:
    """Never."""
    return n.number


@primitive
def power(a: int, b: int) -> int:
    """A whole number, but for b below 0."""
    return a**b  # pyright: ignore[reportReturnType]


LANGUAGES = {
    Card: DSL("cards", [rank, up, add], constants={int: [1]}), May: DSL("rights", [both, number]),
    Span: DSL("spans", [width, wider, add]), Box: DSL("boxes", [more, less])}


@pytest.mark.parametrize("kind", LANGUAGES, ids=lambda kind: kind.__name__)
def test_values_of_classes_are_inputs_beside_numbers_and_can_be_written(kind):
    dsl, taken = LANGUAGES[kind], read_annotation(kind)
    stream, words = Stream(dsl, seed=2), Vocabulary.of(LANGUAGES[kind])
    samples = [stream.sample(i) for i in range(20)]
    assert sum(taken in s.spec.inputs for s in samples) > 10
    for s in samples:
        assert s.spec.holds(s.program) and len({spelled(e.output) for e in s.spec.examples}) > 1
        assert tokens(stream, words, s)["labels"]


def test_bitvectors_are_inputs_and_outputs_of_all_sizes():
    stream = Stream(load("bitvectors"), seed=1)
    samples = [stream.sample(i) for i in range(40)]
    assert all(width_of(t) == 64 for s in samples for t in s.spec.inputs)
    assert any(e.output > LARGEST for s in samples for e in s.spec.examples)


def test_what_programs_make_of_plain_values_is_no_input():
    stream = Stream(load("spreadsheet"))
    assert {t for inputs, _ in stream.signatures for t in inputs} <= {INT, STR}


def test_rights_are_written_by_their_number_and_read_back():
    for value in (May(0), May.READ, May.READ | May.RUN):
        assert read(spelled(value), Type("May", python=May)) == value
    with pytest.raises(NesyError, match="spells no May"):
        read(("e:May", "(", "+", "1"), Type("May", python=May))


def test_a_class_brings_the_words_of_its_fields():
    assert set(members(read_annotation(Card))) == {"e:Card", "e:Suit.HEARTS", "e:Suit.SPADES"}


def test_results_of_another_type_than_declared_are_not_learned_from():
    stream = Stream(DSL("powers", [power, add], constants={int: [2]}), seed=4)
    outputs = [e.output for i in range(150) for e in stream.sample(i).spec.examples]
    assert all(type(out) is int for out in outputs)


def test_classes_without_values_are_named_with_the_cure():
    with pytest.raises(NesyError, match="give primitives whose parameters"):
        Stream(DSL("never", [of])).sample(0)


def test_what_a_worker_says_is_said_in_one_line(tmp_path):
    drawn = Stream.sample

    def sample(self, i):
        if i > 5:
            raise SpecError("a primitive is wrong: mend it")
        return drawn(self, i)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stream, "sample", sample)
        with pytest.raises(NesyError, match=r"^a primitive is wrong: mend it$"):
            train(load("integers"), tmp_path, Config(minutes=0.2, size="tiny", batch=4))


def test_judging_ends_where_no_behaviour_is_held_out():
    @primitive
    def negate(x: int) -> int:
        return -x

    dsl = DSL("few", [negate])
    stream = Stream(dsl)
    assert judged(build(dsl, "tiny"), stream, Config(held_out=20))["held_out"] <= 1  # each program once


def test_pairs_of_all_plain_types_have_words():
    @primitive
    def pair(a: A, b: B) -> tuple[A, B]:
        return a, b

    @primitive
    def first(p: tuple[A, B]) -> A:
        return p[0]

    dsl = DSL("pairs", [pair, first, add], constants={int: [1]})
    sample = Stream(dsl, seed=1).sample(3)
    assert Transformer(build(dsl, "tiny")).propose(dsl, sample.spec, 8)


def test_what_has_no_words_is_left_out_of_what_is_decoded_and_said_where_nothing_is_left():
    dsl, other = DSL("sums", [add], constants={int: [1]}), DSL("more", [add, rank, up], constants={int: [1]})
    words = Vocabulary.of(dsl)
    machine = Automaton(Grammar(other, (INT,), INT), words, 5)
    assert not machine.empty and machine.unknown is not None
    assert {words.words[n] for n in machine.allowed(machine.start)} >= {"x0", "f:add"}
    strange = Grammar(other, (read_annotation(Card),), read_annotation(Card))
    machine = Automaton(strange, Vocabulary(tuple(w for w in words.words if w != "x0")), 5)
    assert machine.empty and "no word" in str(machine.unknown)


def test_long_constants_are_decoded():
    long = "ab" * 300
    dsl = DSL("long", [add], constants={int: [1], str: [long]})
    grammar, words = Grammar(dsl, (STR,), STR), Vocabulary.of(dsl)
    numbers = words.numbers(["const", *spelled(long)])
    assert Automaton(grammar, words, 3).program(numbers) == Const(long, STR)
