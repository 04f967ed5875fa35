"""Tokens: programs and examples as sequences of words of one vocabulary, derived from a language.

A program is written outermost first, as a grammar derives it: the name of a primitive, the types
that it leaves open, then its arguments; constants are spelled out like any value.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from itertools import product as combinations

from dsl.errors import DSLError, NesyError
from dsl.grammar import Grammar, Production, Symbol
from dsl.language import DSL
from dsl.lazy import cached_property
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Hole, Input, Lambda, Program, Variable
from dsl.spec import Example
from dsl.types import AnyType, Type, TypeVar, is_function, parts, substitute, unify, variables
from nesy.proposer.spelling import DIGIT, LETTERS, members, spelled

PAD, START, END = "<pad>", "<start>", "<end>"
INPUTS, SCOPE = 8, 4  # inputs of a program, and parameters of lambdas around a place, at most
MOST_PRODUCTS = 100  # of one kind, that polymorphic primitives may be told
LONGEST = 256  # tokens of an example
PLAIN = "in"  # an input, in vocabularies that have no other word for them among examples


@dataclass(frozen=True)
class Vocabulary:
    """The words in which programs and examples of a language are written; a word's number is its place.

    >>> from dsl import load
    >>> from dsl.types import INT
    >>> words = Vocabulary.of(load("integers"))
    >>> grammar = Grammar(load("integers"), (INT,), INT)
    >>> from dsl import parse
    >>> " ".join(words.program(grammar, parse("add(x0, 1)", load("integers"), (INT,), INT)))
    'f:add x0 const + 1'
    """

    words: tuple[str, ...]

    @classmethod
    def of(cls, dsl: DSL) -> "Vocabulary":
        """The vocabulary of a language."""
        classes = sorted({w for whole in dsl.types() for t in parts(whole) for w in members(t)})
        return cls((
            PAD, START, END, "out", "lam", "hole", "const", *(f"x{i}" for i in range(INPUTS)),
            *(f"y{i}" for i in range(SCOPE)), "true", "false", "+", "-", "more", *map(str, range(DIGIT)),
            "[", "]", "(", ")", "float", "quote", "unquote", "letter", *(f"'{c}" for c in LETTERS), *classes,
            *(f"t:{t}" for t in _instances(dsl)), *(f"f:{p.name}" for p in dsl.primitives)))

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of each word."""
        return {w: i for i, w in enumerate(self.words)}

    def numbers(self, words: Sequence[str]) -> list[int]:
        """Words as numbers.

        Raises:
            NesyError: for a word that the vocabulary does not have.
        """
        try:
            return [self.number[w] for w in words]
        except KeyError as missing:
            raise NesyError(f"the proposer's vocabulary has no word {missing}: it was trained for another language"
                            ) from None

    def example(self, example: Example) -> list[int]:
        """An example's words as numbers.

        Raises:
            NesyError: for a value that the vocabulary has no words for.
        """
        return self.numbers(written(example, PLAIN in self.number))

    def question(self, inputs: Sequence[object]) -> list[int]:
        """The words of inputs whose output is asked for, as numbers.

        Raises:
            NesyError: for a value that the vocabulary has no words for.
        """
        return self.numbers(asked(inputs, PLAIN in self.number))

    def program(self, grammar: Grammar, program: Program) -> list[str]:
        """A program of the grammar; a hole stands for a part of any kind.

        Raises:
            DSLError: for a program that is not of the grammar.
        """
        return [w for part in derived(grammar, program, grammar.start) for w in part]


def derived(grammar: Grammar, program: Program, symbol: Symbol) -> Iterator[tuple[str, ...]]:
    """The words of each production that a program is built with, outermost first.

    Raises:
        DSLError: for a program that is not of the grammar.
    """
    if isinstance(program, Hole | Const):  # constants are spelled, also those that the grammar does not list
        yield ("hole",) if isinstance(program, Hole) else ("const", *spelled(program.value))
        return
    head = program.function if isinstance(program, Apply) else None if isinstance(program, Lambda) else program
    for rule in grammar.productions.get(symbol, ()):
        if rule.head == head:
            try:
                inner = [list(derived(grammar, c, a)) for c, a in zip(program.children, rule.args, strict=True)]
            except DSLError:  # the same primitive, of other types
                continue
            yield path(rule)
            for parts in inner:
                yield from parts
            return
    raise DSLError(f"{program} is not of the grammar of {grammar.dsl.name!r} for {symbol.type}")


def written(example: Example, plain: bool = False) -> list[str]:
    """An example's inputs and output, each input under the name that programs have for it; or all alike, if `plain`.

    >>> " ".join(written(Example(-1234, output=5)))
    'x0 - more 12 34 out + 5'
    """
    return [*asked(example.inputs, plain), *spelled(example.output)]


def asked(inputs: Sequence[object], plain: bool = False) -> list[str]:
    """Inputs whose output is left open."""
    return [*(w for i, v in enumerate(inputs) for w in (PLAIN if plain else f"x{i}", *spelled(v))), "out"]


def path(rule: Production) -> tuple[str, ...]:
    """The words that say which production is used."""
    head = rule.head
    if isinstance(head, Primitive):
        return (f"f:{head.name}", *(f"t:{t}" for t in _chosen(head, rule)))
    if isinstance(head, Input):
        return (f"x{head.index}",)
    if isinstance(head, Variable):
        return (f"y{head.level}",)
    if isinstance(head, Const):
        return ("const", *spelled(head.value))
    return ("lam",)


def _chosen(head: Primitive, rule: Production) -> list[AnyType]:
    """The types of the primitive's variables that its result does not tell."""
    free = sorted(set().union(*(variables(t) for t in head.params)) - variables(head.result))
    if not free:
        return []
    by: dict[str, AnyType] = {}
    for param, symbol in zip(head.params, rule.args, strict=True):
        by = unify(param, symbol.type, by) or by
    return [by.get(name, TypeVar(name)) for name in free]


def _instances(dsl: DSL) -> list[str]:
    """The types that polymorphic primitives may be told, nested twice at most; none where no primitive asks."""
    if not any(set().union(*(variables(t) for t in p.params)) - variables(p.result) for p in dsl.primitives):
        return []
    types = [t for whole in dsl.types() for t in parts(whole)]
    ground = [t for _, t in sorted({str(t): t for t in types if not variables(t) and not is_function(t)}.items())]
    nested = [Type("tuple", (t,), python=tuple) for t in ground]
    products = [substitute(t, dict(zip(sorted(variables(t)), by, strict=True))) for t in types
                if getattr(t, "name", "") == "product" and variables(t)
                for by in islice(combinations(ground, repeat=len(variables(t))), MOST_PRODUCTS)]
    return sorted({str(t) for t in (*ground, *nested, *products)})
