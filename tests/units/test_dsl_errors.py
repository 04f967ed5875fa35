"""What is declared wrongly is refused at once, by name and with the cure."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from dsl import DSL, DSLError, Example, Grammar, Spec, SpecError, SyntaxFault, load, parse, primitive
from dsl.pcfg import PCFG
from dsl.types import INT, sequence
from solvers.base import Budget
from solvers.names import named


def assert_refused(declare, *words):
    with pytest.raises(DSLError) as error:
        declare()
    text = str(error.value)
    assert "\n" not in text
    for w in words:
        assert w in text


def test_annotations():
    def bare(a, b: int) -> int:
        return b

    def no_result(a: int):
        return a

    def mutable(xs: list[int]) -> int:
        return 0

    def invented(a: int) -> "Nowhere":  # noqa: F821
        return a

    def nothing() -> int:
        return 0

    def star(*a: int) -> int:
        return 0

    assert_refused(lambda: primitive(bare), "'bare'", "no annotation for a")
    assert_refused(lambda: primitive(no_result), "'no_result'", "result")
    assert_refused(lambda: primitive(mutable), "xs", "tuple[")
    assert_refused(lambda: primitive(invented), "'invented'", "Nowhere")
    assert_refused(lambda: primitive(nothing), "'nothing'", "constant")
    assert_refused(lambda: primitive(star), "'star'", "positional")


def test_laws_and_costs():
    def f(a: int, b: int) -> int:
        return a

    assert_refused(lambda: primitive(comutative=True)(f), "comutative", "commutative")
    assert_refused(lambda: primitive(involutive=True)(f), "involutive", "1 argument")
    assert_refused(lambda: primitive(cost=0)(f), "cost")

    def g(a: int, xs: tuple[int, ...]) -> int:
        return a

    assert_refused(lambda: primitive(commutative=True)(g), "commutative", "tuple")


def test_languages():
    @primitive
    def f(a: int) -> int:
        return a

    assert_refused(lambda: DSL("two", [f, f]), "'two'", "'f'")
    assert_refused(lambda: DSL("raw", [lambda a: a]), "@primitive")
    assert_refused(lambda: DSL("ill", [f], constants={int: ["a"]}), "'a'", "int")
    assert_refused(lambda: DSL("odd", [f], constants={int: [True]}), "True")
    assert_refused(lambda: DSL("kept", [primitive(name="x0")(lambda_(f))]), "x0")
    assert_refused(lambda: load("list"), "did you mean lists?")
    assert_refused(lambda: load("lists").primitive("hed"), "did you mean head?")


def lambda_(p):
    def g(a: int) -> int:
        return p(a)

    return g


def test_a_primitive_that_breaks_its_own_annotation_is_named():
    from solvers.base import Budget
    from solvers.bottom_up import BottomUp

    @primitive
    def liar(a: int) -> int:
        return str(a)

    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=2)])
    assert_refused(lambda: BottomUp().solve(DSL("lies", [liar]), spec, Budget(seconds=2)), "'liar'", "int")


def test_specs():
    with pytest.raises(SpecError, match="no examples"):
        Spec(inputs=[int], output=int, examples=[])
    with pytest.raises(SpecError, match="example 1: 2 input"):
        Spec(inputs=[int], output=int, examples=[Example(1, 2, output=3)])
    with pytest.raises(SpecError, match="example 2.*x0 = True"):
        Spec(inputs=[int], output=int, examples=[Example(1, output=3), Example(True, output=3)])
    with pytest.raises(SpecError, match="output 'a'"):
        Spec(inputs=[int], output=int, examples=[Example(1, output="a")])
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=3), Example(1, output=4)])
    assert "examples 1 and 2 contradict" in spec.contradiction()


@pytest.mark.parametrize(("text", "said"), [
    ("add(x0", "not a program"), ("add(x0)", "2 argument"), ("adde(x0, 1)", "did you mean add?"),
    ("add(x7, 1)", "x7"), ("add(x0, 'a')", "needed is int"), ("__import__('os')", "no primitive"),
    ("[1].append(2)", "no program"), ("head(hole(wat))", "not a type"), ("y0", "y0")])
def test_texts_that_are_no_programs(text, said):
    with pytest.raises((SyntaxFault, DSLError), match="(?s)" + said.replace("(", r"\(").replace("?", r"\?")):
        parse(text, load("lists"), (INT, sequence(INT)), INT)


def test_functions_as_types_are_read():
    @primitive
    def twice(f: Callable[[int], int], a: int) -> int:
        return f(f(a))

    dsl = DSL("higher", [twice], constants={int: [1]})
    program = parse("twice(lam(int)(twice(lam(int)(y1), y0)), x0)", dsl, (INT,), INT)
    assert program(5) == 5
    assert str(program) == "twice(lam(int)(twice(lam(int)(y1), y0)), x0)"


def _called(name: str) -> type:
    return dataclass(frozen=True)(type(name, (), {"__annotations__": {"n": int}}))


@pytest.mark.parametrize("name", ["BitVec8", "int", "tuple"])
def test_a_class_called_as_a_type_that_is_there_is_refused(name):
    def make(n: int):
        return n

    make.__annotations__["return"] = _called(name)
    with pytest.raises(DSLError, match=f"class {name} is called as a type"):
        primitive(make)


def test_two_classes_of_one_name_are_refused():
    one, other = _called("Point"), _called("Point")

    def make(n: int):
        return n

    def take(p):
        return 1

    make.__annotations__["return"] = one
    take.__annotations__ = {"p": other, "return": int}
    with pytest.raises(DSLError, match="two classes are called Point"):
        DSL("points", [primitive(make), primitive(take)])


def test_a_probability_of_nothing_is_refused():
    grammar = Grammar(load("integers"), (INT,), INT)
    with pytest.raises(DSLError, match="pseudo=0"):
        PCFG.counted(grammar, [], pseudo=0)


def test_a_function_that_returns_none_is_told_to_raise():
    @primitive
    def text(a: str) -> str:
        return None  # type: ignore[return-value]

    spec = Spec(inputs=[str], output=str, examples=[Example("a", output="b")])
    for solver in ("bottom-up", "top-down"):
        with pytest.raises(DSLError, match="'text' returned None .*; raise an exception where it has no value"):
            named(solver).solve(DSL("texts", [text]), spec, Budget(seconds=2))
