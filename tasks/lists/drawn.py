"""Tasks drawn from DeepCoder's language: a program of each size, and what it does to drawn inputs."""

from functools import cache, partial
from random import Random

from dsl.grammar import Grammar
from dsl.interpret import Failure, run
from dsl.languages.deepcoder import deepcoder
from dsl.pcfg import PCFG
from dsl.program import Input, Program
from dsl.spec import Example, Spec
from dsl.types import INT, AnyType, sequence
from tasks.base import Task, TaskSet, draw

SIZES = range(2, 7)
EACH = 20  # tasks of a size
EXAMPLES, TESTS = 5, 10
LONGEST = 10
RANGE = 255  # of the numbers in inputs and outputs, either way
LIST = sequence(INT)
SIGNATURES = (((LIST,), LIST), ((LIST,), INT), ((LIST, LIST), LIST), ((LIST, INT), LIST), ((LIST, INT), INT))


def drawn(seed: int) -> TaskSet:
    """The tasks of a seed; the i-th depends on the seed and i alone."""
    ids = tuple(f"size{size}-{i:02}" for size in SIZES for i in range(EACH))
    return TaskSet("lists", "deepcoder", ids, lambda name: draw(partial(_task, name), "deepcoder", seed, name))


def _task(name: str, rng: Random) -> Task | None:
    inputs, output = rng.choice(SIGNATURES)
    program = _language(inputs, output).sample_sized(rng, int(name.removeprefix("size").split("-")[0]))
    if program is None or _used(program) != set(range(len(inputs))):
        return None
    cases = _cases(program, inputs, rng)
    if not cases:
        return None
    shown, held = cases[:EXAMPLES], tuple(cases[EXAMPLES:])
    spec = Spec(inputs=inputs, output=output, examples=shown, queries=[e.inputs for e in held])
    return Task(name, deepcoder, spec, held)


@cache
def _language(inputs: tuple[AnyType, ...], output: AnyType) -> PCFG:
    return PCFG.uniform(Grammar(deepcoder, inputs, output))


def _used(program: Program) -> set[int]:
    return {p.index for p in program.walk() if isinstance(p, Input)}


def _cases(program: Program, inputs: tuple[AnyType, ...], rng: Random) -> list[Example]:
    """What the program does to drawn inputs; none where it fails, leaves the range, or does nothing with them."""
    found: list[Example] = []
    for _ in range(EXAMPLES + TESTS):
        values = tuple(_value(t, rng) for t in inputs)
        out = run(program, values)
        if isinstance(out, Failure) or out in values or any(abs(n) > RANGE for n in _numbers(out)):
            return []
        found.append(Example(*values, output=out))
    return found if len({e.output for e in found[:EXAMPLES]}) > 2 else []


def _value(t: AnyType, rng: Random) -> object:
    if t == INT:
        return rng.randint(0, LONGEST // 2)
    top = rng.choice((4, 16, 64, RANGE))
    return tuple(rng.randint(-top, top) for _ in range(rng.randint(LONGEST // 2, LONGEST)))


def _numbers(value: object) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)  # type: ignore[return-value]
