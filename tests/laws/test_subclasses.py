"""A value of a class stands where one of a base class is asked for, in every search, and not the other way round."""

from dataclasses import dataclass
from itertools import product
from typing import NewType, Protocol, runtime_checkable

import pytest

from dsl import DSL, Apply, Const, Example, Grammar, Input, Spec, SyntaxFault, parse, primitive, show
from dsl.interpret import Failure
from dsl.pcfg import PCFG
from dsl.types import INT, read_annotation, suits
from nesy import solve
from nesy.proposer.tokens import Vocabulary
from solvers.base import Budget, Status
from solvers.names import named


class Animal:
    years: int


@dataclass(frozen=True)
class Dog(Animal):
    years: int


@dataclass(frozen=True)
class Puppy(Dog):
    pass


@dataclass(frozen=True)
class Cat(Animal):
    years: int


@runtime_checkable
class Aged(Protocol):
    """Of which no class can be said to extend it."""

    years: int


@primitive
def older(d: Dog) -> Dog:
    return Dog(d.years + 1)


@primitive
def born(n: int) -> Puppy:
    return Puppy(n)


@primitive
def changed(a: Animal) -> Cat:
    return Cat(a.years * 2)


@primitive
def first(a: Animal, b: Animal) -> Animal:
    return a if a.years < b.years else b


@primitive
def age(a: Animal) -> int:
    return a.years


PETS = DSL("pets", [older, born, changed, first, age], constants={Cat: [Cat(9)]})
KINDS = {kind: read_annotation(kind) for kind in (Animal, Dog, Puppy, Cat, int)}
DOG = KINDS[Dog]


def every(size):
    """All programs over one Dog up to a size, with the class that Python gives their values."""
    found = {1: [Input(0, DOG), *PETS.constants]}
    for n in range(2, size + 1):
        made = found[n] = []
        for p in PETS.primitives:
            for sizes in product(range(1, n), repeat=p.arity):
                if sum(sizes) == n - 1:
                    made += [Apply(p, args) for args in product(*(found[k] for k in sizes))
                             if all(issubclass(a.type.python, t.python) for a, t in zip(args, p.params, strict=True))]
    return [p for its in found.values() for p in its]


@pytest.mark.parametrize("kind", [Animal, Dog, Cat, int])
def test_the_grammar_lists_what_python_would_run(kind):
    listed = set(Grammar(PETS, (DOG,), KINDS[kind]).programs(5))
    assert listed == {p for p in every(5) if issubclass(p.type.python, kind)}
    for p in listed:
        assert not isinstance(p(Dog(3)), Failure)
        assert parse(show(p), PETS, (DOG,), KINDS[kind]) == p
        assert PCFG.uniform(Grammar(PETS, (DOG,), KINDS[kind])).score(p) < 0


def test_a_base_class_is_not_taken_for_what_extends_it():
    assert suits(KINDS[Puppy], DOG) and suits(DOG, KINDS[Animal]) and not suits(KINDS[Animal], DOG)
    assert not suits(DOG, KINDS[Cat]) and not suits(INT, KINDS[Animal]) and not suits(DOG, read_annotation(object))
    pet, tags = NewType("Pet", Animal), type("Tags", (frozenset,), {})
    assert not suits(DOG, read_annotation(pet)) and not suits(read_annotation(NewType("Own", Dog)), KINDS[Animal])
    assert not suits(read_annotation(tags), read_annotation(frozenset[int]))
    assert not suits(DOG, read_annotation(Aged))
    with pytest.raises(SyntaxFault, match="of type Animal, needed is Dog"):
        parse("older(first(x0, x0))", PETS, (DOG,))


@pytest.mark.parametrize("name", ["bottom-up", "top-down", "bidirectional", "portfolio"])
@pytest.mark.parametrize("meant", ["age(changed(older(x0)))", "age(first(older(x0), Cat(years=9)))",
                                   "age(changed(born(age(x0))))"])
def test_programs_with_them_are_found(name, meant):
    target = parse(meant, PETS, (DOG,), INT)
    examples = [Example(Dog(n), output=target(Dog(n))) for n in (2, 5, 11)]
    result = solve(PETS, Spec(inputs=[Dog], output=int, examples=examples), solver=named(name),
                   budget=Budget(seconds=20, size=6))
    assert result.status is Status.SOLVED and all(result.program(e.inputs[0]) == e.output for e in examples)


def test_an_answer_may_be_of_a_class_that_extends_what_is_asked_for():
    spec = Spec(inputs=[Dog], output=Animal, examples=[Example(Dog(3), output=Dog(4)), Example(Dog(6), output=Dog(7))])
    result = solve(PETS, spec, budget=Budget(seconds=20, size=4))
    assert str(result.program) == "older(x0)" and result.certificate.unique_up_to


def test_constants_of_such_a_class_are_written_where_the_base_class_is_asked_for():
    assert parse("age(Cat(years=9))", PETS, (DOG,)) == Apply(age, (Const(Cat(9), KINDS[Cat]),))


def test_a_proposer_has_words_for_values_of_all_of_them():
    words = Vocabulary.of(PETS)
    told = {kind: words.example(Example(kind(3), output=4)) for kind in (Dog, Puppy, Cat)}
    assert len(set(map(tuple, told.values()))) == 3
