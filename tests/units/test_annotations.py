"""What users write as types, constants and values: read as it is meant, or refused in one line."""

import collections
import copy
import enum
import pickle
import time
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import pytest

from dsl import DSL, DSLError, Example, NesyError, Spec, SpecError, load, parse, primitive
from dsl.errors import ProgramFault
from dsl.grammar import Grammar
from dsl.inputs import probes
from dsl.interpret import Failure, Why, run, too_large
from dsl.laws import ABSENT, violation
from dsl.pcfg import PCFG
from dsl.program import Const
from dsl.types import FLOAT, INT, STR, read_annotation, sequence
from dsl.witness import ANY
from nesy import Budget, solve
from nesy.proposer.spelling import read, spelled

A, B, U = TypeVar("A"), TypeVar("B"), TypeVar("U")
BOUNDED, EITHER = TypeVar("BOUNDED", bound=int), TypeVar("EITHER", int, str)


class Place(NamedTuple):
    """A pair with names."""

    x: int
    y: int


class Level(enum.IntEnum):
    """Numbers with names."""

    LOW = 1
    HIGH = 2


@dataclass
class Changing:
    """Can be changed, and so not hashed."""

    x: int


@primitive
def east(p: Place) -> int:
    """The first of a place."""
    return p.x


@primitive
def joined(a: tuple[U, ...], b: tuple[U, ...]) -> tuple[U, ...]:
    """Both."""
    return a + b


def test_named_tuples_are_values_like_others():
    spec = Spec(inputs=[Place], output=int, examples=[Example(Place(1, 2), output=1), Example(Place(3, 2), output=3)])
    assert all(isinstance(row[0], Place) for row in probes(spec, 3))
    assert str(solve(DSL("places", [east]), spec).program) == "east(x0)"

    @primitive(commutative=True)
    def minus(a: int, b: int) -> int:
        return a - b

    with pytest.raises(DSLError, match="breaks its law commutative"):
        solve(DSL("places", [east, minus]), spec)


@pytest.mark.parametrize("value", [Level.LOW, Place(1, -2), (Place(0, 7), Place(3, 3))])
def test_values_of_classes_are_spelled_by_their_class(value):
    words = spelled(value)
    assert any(w.startswith("e:") for w in words)
    if isinstance(value, Level):
        assert read(words, read_annotation(Level)) is value


@pytest.mark.parametrize(("annotation", "said"), [
    (typing.Tuple, "no item type"), (tuple[int, *tuple[str, ...]], "no reading"),  # noqa: UP006
    (Callable, "with its parameters listed"), (collections.deque, "cannot be hashed"), (bytearray, "cannot be hashed"),
    (Changing, "frozen"), (BOUNDED, "bounded"), (EITHER, "bounded")])
def test_annotations_that_cannot_be_kept_to_are_refused_where_they_stand(annotation, said):
    def f(a):
        return 0

    f.__annotations__ = {"a": annotation, "return": int}
    with pytest.raises(DSLError, match=said) as refused:
        primitive(f)
    assert "primitive 'f', parameter a" in str(refused.value)


def test_functions_that_give_no_value_at_once_are_refused():
    async def late(a: int) -> int:
        return a

    def some(a: int) -> int:
        yield a

    for f in (late, some):
        with pytest.raises(DSLError, match="write a plain function"):
            primitive(f)


@pytest.mark.parametrize(("constants", "said"), [
    ({str: "abc"}, "come as a list"), ({str: 5}, "come as a list"), ([1], "as a mapping"),
    ({tuple[U, ...]: [()]}, "type variable"), ({int: [10**5000, "a"]}, "is not of type int")])
def test_constants_are_checked_alike_at_first_and_in_extensions(constants, said):
    for make in (DSL, lambda name, primitives, **more: DSL(name, primitives).extend("more", **more)):
        with pytest.raises(DSLError, match=said):
            make("mine", [east], constants=constants)
    with pytest.raises(DSLError, match="come as a list"):
        DSL("mine", [east]).extend("more", east)


def test_a_constant_that_is_written_like_an_input_is_refused():
    @dataclass(frozen=True)
    class Odd:
        def __repr__(self) -> str:
            return "x0"

    with pytest.raises(DSLError, match="written as inputs are"):
        DSL("odd", [east], constants={Odd: [Odd()]})


def test_signatures_have_no_type_variables_and_classes_no_namesakes():
    with pytest.raises(SpecError, match="output: U has a type variable"):
        Spec(inputs=[int], output=U, examples=[Example(1, output=1)])
    other = type("Place", (), {})
    spec = Spec(inputs=[other], output=int, examples=[Example(other(), output=1)])
    with pytest.raises(DSLError, match="class Place is another"):
        solve(DSL("places", [east]), spec)


def test_parse_and_grammars_take_annotations_and_keep_to_types():
    integers = load("integers")
    assert str(parse("add(x0, 1)", integers, [int], int)) == "add(x0, 1)"
    assert Grammar(integers, [int], int).productions == Grammar(integers, (INT,), INT).productions
    mine = DSL("mine", [joined])
    assert parse("joined((1,), ())", mine).type == sequence(INT)
    with pytest.raises(NesyError, match="is of type"):
        parse("joined((1,), ('a',))", mine)


def test_numbers_of_any_length_are_read_and_what_fails_on_them_is_said():
    integers, lists = load("integers"), load("lists")
    long = "9" * 5000
    assert parse(f"add(x0, {long})", integers, (INT,)).children[1].value % 10 == 9
    value = run(parse("access(x0, x1)", lists, (INT, sequence(INT))), (-10**5000, (1,)))
    assert isinstance(value, Failure) and value.why is Why.RAISED
    with pytest.raises(ProgramFault):
        parse("access(x0, x1)", lists, (INT, sequence(INT)))(-10**5000, (1,))


def test_a_function_that_a_program_gives_fails_like_a_program():
    halves = parse("lam(int)(divide(y0, 0))", load("lists"))()
    with pytest.raises(ProgramFault, match="raised"):
        halves(3)


def test_letters_bytes_and_sets_count_towards_the_size_of_a_value():
    assert too_large(("a" * 200,) * 200, 20_000) and too_large(b"a" * 300, 200)
    assert too_large(frozenset(range(300)), 200) and too_large((Place(1, 2),) * 100, 200)
    assert not too_large(("a" * 20,) * 5, 105)


def test_units_are_tried_where_their_type_belongs():
    def power(x: float, n: int) -> float:
        return x ** n

    @primitive(identity=1)
    def kept(x: float, n: int) -> float:
        """A power."""
        return power(x, n)

    assert violation(power, kept.laws, [(2.0, 5.0), (3, 1)], (FLOAT, INT)) is None

    def take(n: int, xs: tuple[int, ...]) -> tuple[int, ...]:
        return xs[:n]

    said = violation(take, primitive(identity=0)(take).laws, [(1, 2), ((), (1, 2))], (INT, sequence(INT)))
    assert said == "identity: f(0, (1, 2)) = () but (1, 2) = (1, 2)"


def test_what_stands_for_no_value_is_itself_when_copied():
    assert copy.deepcopy(ABSENT) is ABSENT is pickle.loads(pickle.dumps(ABSENT))
    assert copy.deepcopy(ANY) is ANY is pickle.loads(pickle.dumps(ANY))


def test_zeros_of_two_signs_are_two_constants_and_nan_is_one():
    @primitive
    def same(a: float) -> float:
        return a

    floats = DSL("floats", [same], constants={float: [0.0, -0.0, 1.0, float("nan")]})
    grammar = Grammar(floats, [float], float)
    pcfg = PCFG.uniform(grammar)
    assert abs(sum(2 ** b for (s, _), b in pcfg.bits.items() if s == grammar.start) - 1) < 1e-9
    for c in floats.constants:
        assert parse(str(c), floats, (), float) == c and hash(parse(str(c), floats, (), float)) == hash(c)
    assert Const(0.0, FLOAT) != Const(-0.0, FLOAT) and Const("", STR) != Const(0, INT)


def test_a_language_of_generic_functions_is_explored_within_its_time():
    @primitive
    def mapped(f: Callable[[A], B], xs: tuple[A, ...]) -> tuple[B, ...]:
        return tuple(map(f, xs))

    @primitive
    def kept(f: Callable[[A], bool], xs: tuple[A, ...]) -> tuple[A, ...]:
        return tuple(filter(f, xs))

    @primitive
    def fold(f: Callable[[A, B], B], b: B, xs: tuple[A, ...]) -> B:
        for x in xs:
            b = f(x, b)
        return b

    @primitive
    def fst(p: tuple[A, B]) -> A:
        return p[0]

    @primitive
    def snd(p: tuple[A, B]) -> B:
        return p[1]

    @primitive
    def plus(a: int, b: int) -> int:
        return a + b

    generic = DSL("generic", [mapped, kept, fold, fst, snd, plus], constants={int: [0]})
    pairs = tuple[tuple[int, str], ...]
    begin = time.process_time()
    Grammar(generic, [pairs], int).productions  # noqa: B018
    assert time.process_time() - begin < 2
    spec = Spec(inputs=[pairs], output=int, examples=[
        Example(((1, "a"), (2, "b")), output=3), Example(((5, "a"),), output=5)])
    assert solve(generic, spec, budget=Budget(seconds=20)).program(((4, "c"), (7, "d"))) == 11
