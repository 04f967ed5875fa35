"""What the tests share: tiny languages, random programs, and brute force as the oracle."""

from itertools import product
from random import Random

from dsl import DSL, Grammar, Program, load, primitive
from dsl.languages import NAMES
from dsl.languages.grids import Grid
from dsl.languages.regex import Letter
from dsl.pcfg import PCFG
from dsl.primitive import Primitive
from dsl.program import Apply
from dsl.types import BOOL, INT, STR, Type, bits, read_annotation, sequence

SHIPPED = {
    "bitvectors": (load("bitvectors"), (bits(64), bits(64)), bits(64)),
    "booleans": (load("booleans"), (BOOL, BOOL), BOOL),
    "spreadsheet": (load("spreadsheet"), (STR, INT), STR),
    "regex": (load("regex").extend("r", constants={Letter: [Letter("a"), Letter("b")]}), (STR,), BOOL),
    "robustfill": (load("robustfill"), (STR,), STR),
    "deepcoder": (load("deepcoder"), (sequence(INT), INT), sequence(INT)),
    "strings": (load("strings"), (STR, INT), STR),
    "grids": (load("grids"), (read_annotation(Grid), read_annotation(Grid)), read_annotation(Grid)),
    "integers": (load("integers"), (INT, INT), INT),
    "naturals": (load("naturals"), (INT, INT), INT),
    "list_functions": (load("list_functions"), (sequence(INT), INT), sequence(INT)),
    "lists": (load("lists"), (sequence(INT), INT), sequence(INT)),
    "sequences": (load("sequences"), (load("sequences").constants[0].type,) * 2, load("sequences").constants[0].type),
}
assert set(SHIPPED) == set(NAMES)


@primitive(commutative=True, associative=True, identity=0)
def plus(a: int, b: int) -> int:
    return a + b


@primitive
def minus(a: int, b: int) -> int:
    return a - b


@primitive(involutive=True)
def negate(a: int) -> int:
    return -a


@primitive(cost=2)
def positive(a: int) -> bool:
    return a > 0


@primitive
def pick(c: bool, a: int, b: int) -> int:
    return a if c else b


LAWLESS = {p.name: Primitive(p.name, p.params, p.result, p.function, cost=p.cost)
           for p in (plus, minus, negate, positive, pick)}


def tiny(*names: str, constants=(0, 1), laws: bool = True) -> DSL:
    """A language of some of the primitives above."""
    pool = {p.name: p for p in (plus, minus, negate, positive, pick)}
    return DSL("tiny", [(pool if laws else LAWLESS)[n] for n in names], constants={int: list(constants)})


def brute(dsl: DSL, inputs, output, most: int) -> list[Program]:
    """Every program up to a cost, by recursion over costs; knows nothing of laws, banks or merging."""
    from dsl.program import Input

    def of(t: Type, cost: int) -> list[Program]:
        found: list[Program] = []
        if cost == 1:
            found += [Input(i, x) for i, x in enumerate(inputs) if x == t]
            found += [c for c in dsl.constants if c.type == t]
        for p in dsl.primitives:
            if p.result == t:
                for costs in product(range(1, cost), repeat=p.arity):
                    if sum(costs) == cost - p.cost:
                        pools = [of(a, c) for a, c in zip(p.params, costs, strict=True)]
                        found += [Apply(p, args) for args in product(*pools)]
        return found

    return [p for cost in range(1, most + 1) for p in of(output, cost)]


def random_program(grammar: Grammar, rng: Random, depth: int = 4) -> Program:
    """A program of the grammar drawn at random; below the depth it ends as soon as it can."""
    return PCFG.uniform(grammar).sample(rng, depth)


VECTORISED = {
    "integers": (load("integers"), (INT, INT), INT, ((3, 1), (0, 2), (-4, 5), (7, 7), (12, -1))),
    "bitvectors": (load("bitvectors").extend("b"), (bits(64),), bits(64),
                   tuple((0x9E3779B97F4A7C15 * i % 2**64,) for i in range(1, 6))),
}


def arrays_only(dsl):
    """The part of a language that has a vectorised meaning."""
    return DSL(dsl.name, [p for p in dsl.primitives if p.batch],
               constants={c.type: [d.value for d in dsl.constants if d.type == c.type] for c in dsl.constants})
