"""What a primitive may declare beside its meaning: on whole arrays, and what its arguments must have been."""

import numpy as np
import pytest

from dsl import DSL, DSLError, Example, Spec, primitive
from dsl.arrays import Partly, Sequences
from dsl.types import INT, bits
from nesy import Budget, solve
from solvers.base import Status
from solvers.batched import Batched
from solvers.names import named


def answer(dsl, spec, solver="portfolio", seconds=4.0):
    return solve(dsl, spec, solver=named(solver), budget=Budget(seconds=seconds))


def test_values_that_differ_in_their_highest_bit_are_told_apart_in_arrays():
    word, top = bits(64), 1 << 63

    @primitive(batch="bitwise_xor")
    def xor(a: word, b: word) -> word:  # type: ignore[valid-type]
        return a ^ b

    dsl = DSL("xor", [xor], constants={word: [top, 1, 2, 4]})
    for a, b in [(261, 120), (460, 483), (29, 914), (855, 399), (3, 9)]:
        spec = Spec(inputs=[word], output=word, examples=[Example(v, output=v ^ top ^ 3) for v in (a, b)])
        assert answer(dsl, spec, "batched").status is Status.SOLVED


def test_a_batch_has_no_value_where_its_function_fails():
    @primitive(name="div", batch=np.floor_divide)
    def careless(a: int, b: int) -> int:
        return a // b

    @primitive(name="div", batch=lambda a, b: Partly(a // np.where(b == 0, 1, b), b != 0))
    def careful(a: int, b: int) -> int:
        return a // b

    @primitive(batch=lambda a: a // 5, cost=3)
    def fifth(a: int) -> int:
        return a // 5

    spec = Spec(inputs=[int], output=int, examples=[Example(5, output=1), Example(0, output=0)])
    with pytest.raises(DSLError, match=r"'div' declares a batch that gives .* where the function fails; .*Partly"):
        answer(DSL("careless", [careless, fifth]), spec)
    assert str(answer(DSL("careful", [careful, fifth]), spec, "batched").program) == "fifth(x0)"


@pytest.mark.parametrize("back", [list, set, tuple, frozenset])
def test_a_witness_may_give_any_kind_of_choice(back):
    @primitive(witness={"left": lambda out: back(out[:i] for i in range(len(out) + 1)),
                        "right": lambda out, left: back([out[len(left):]]) if out.startswith(left) else back([])})
    def concat(left: str, right: str) -> str:
        return left + right

    goal = "{0}. {1}-{0}x{1}ab{0}".format
    spec = Spec(inputs=[str, str], output=str, examples=[Example(*p, output=goal(*p)) for p in
                                                         (("Ada", "Lovelace"), ("Alan", "Turing"))])
    dsl = DSL("names", [concat], constants={str: [". ", "-", "x", "ab"]})
    assert answer(dsl, spec, "bidirectional", seconds=10).status is Status.SOLVED


@pytest.mark.parametrize("back", [None, 3, (x for x in "ab")], ids=["None", "int", "generator"])
def test_a_witness_that_gives_no_choice_is_named(back):
    @primitive(witness={"left": lambda out, right: back})
    def join(left: str, right: str) -> str:
        return left + right

    spec = Spec(inputs=[str], output=str, examples=[Example("a", output="aaaaaaaaaaaaaaaaaaaaaaaaa!")])
    with pytest.raises(DSLError, match=r"'join': the witness for 'left' returned .*; give the possible values"):
        answer(DSL("joins", [join], constants={str: ["!"]}), spec, "bidirectional")


@pytest.mark.parametrize("device", [None, "cpu"])
def test_sequences_may_be_made_of_numbers_in_arrays(device):
    @primitive(batch=lambda n: Sequences(np.arange(20) + n[..., None] * 0 if device is None else _counting(n), n))
    def count_up(n: int) -> tuple[int, ...]:
        return tuple(range(max(n, 0)))

    @primitive(batch=lambda xs: xs.items.sum(-1))
    def total(xs: tuple[int, ...]) -> int:
        return sum(xs)

    spec = Spec(inputs=[int], output=int, examples=[Example(4, output=6), Example(5, output=10), Example(0, output=0)])
    found = solve(DSL("counting", [count_up, total]), spec, solver=Batched(device=device), trusted=True)
    assert str(found.program) == "total(count_up(x0))"


def _counting(n):
    import torch

    return torch.arange(20) + n[..., None] * 0


def test_integers_without_end_are_not_for_arrays():
    @primitive(batch=np.add)
    def plus(a: int, b: int) -> int:
        return a + b

    spec = Spec(inputs=[int, tuple[int, ...]], output=int, examples=[Example(2**70, (1,), output=2**71)])
    result = answer(DSL("plus", [plus]), spec, "batched")
    assert result.status is Status.UNKNOWN and "integers beyond" in result.reason
    small = Spec(inputs=[int, tuple[tuple[int, ...], ...]], output=int, examples=[Example(2, ((1,),), output=4)])
    assert answer(DSL("plus", [plus]), small, "batched").status is Status.SOLVED
    assert INT in small.inputs
