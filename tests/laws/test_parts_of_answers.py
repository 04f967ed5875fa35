"""Answers put together: quilts of pictures that a bank holds, and smaller answers that all are made of."""

from hypothesis import given
from hypothesis import strategies as st

from dsl import Example, Grammar, Spec
from dsl.interpret import run
from dsl.languages.grids import Grid, grids
from dsl.languages.grids.combine import coloured_for_each, for_each
from dsl.languages.grids.transforms import above, beside, flip, flop, half_turn
from dsl.program import Apply, Input
from solvers.bank import Bank
from solvers.base import Budget
from solvers.grids.made_of import KINDS, smaller
from solvers.grids.quilt import MOST, Quilt, woven
from solvers.grids.say import ONE

pictures = st.integers(1, 4).flatmap(lambda width: st.lists(
    st.lists(st.integers(0, 3), min_size=width, max_size=width), min_size=1, max_size=4)).map(Grid)
IMAGES = (flip, flop, half_turn)


@given(st.lists(pictures, min_size=1, max_size=3), st.lists(st.sampled_from((None, *IMAGES)), min_size=4, max_size=4))
def test_four_images_side_by_side_are_a_quilt(given_, images):
    parts = [Input(0, ONE) if p is None else Apply(p, (Input(0, ONE),)) for p in images]
    whole = Apply(above, (Apply(beside, tuple(parts[:2])), Apply(beside, tuple(parts[2:]))))
    worlds = [((g,), ()) for g in given_]
    wanted = [run(whole, inputs) for inputs, _ in worlds]
    quilt = Quilt(wanted)  # type: ignore[arg-type]
    language = grids.without({p for p in grids.primitives if p not in IMAGES})
    bank = Bank(Grammar(language, (ONE,), ONE), worlds, Budget(size=2, seconds=20))
    for new in bank.grow():
        for entry in new:
            quilt.see(entry)
    found = list(quilt.found())
    assert found
    for cost, program in found:
        assert cost == program.cost and [run(program, inputs) for inputs, _ in worlds] == wanted


@given(st.lists(st.tuples(pictures, pictures), min_size=1, max_size=3), st.sampled_from((for_each, coloured_for_each)))
def test_what_is_put_for_each_cell_is_found(worlds, head):
    """But where one of the two is a single cell, or black."""
    wanted: list[Grid] = [head.function(*inputs) for inputs in worlds]  # type: ignore[misc]
    language = grids.without(grids.primitives)
    bank = Bank(Grammar(language, (ONE, ONE), ONE), [(inputs, ()) for inputs in worlds], Budget(size=1, seconds=20))
    found = woven(wanted, [entry for new in bank.grow() for entry in new])
    assert any(g.cells.size == 1 or not g.cells.any() for pair in worlds for g in pair) or any(
        [run(program, inputs) for inputs in worlds] == wanted for _, program in found)


@given(st.lists(pictures, min_size=1, max_size=3), st.sampled_from(KINDS), st.integers(2, MOST))
def test_what_is_made_of_smaller_answers_is_made_again_of_them(parts, kind, n):
    """Whatever program gives the smaller answers, what is told back gives the answers."""
    head, _ = kind
    args = (n,) if head.params != (ONE,) else ()
    wanted: list[Grid] = [head.function(g, *args) for g in parts]  # type: ignore[misc]
    spec = Spec(inputs=[ONE], output=ONE, examples=[
        Example(Grid([[k] * 31]), output=g) for k, g in enumerate(wanted)])
    seen = list(smaller(spec))
    assert seen
    for small in seen:
        assert all(isinstance(e.output, Grid) and e.output.cells.size < g.cells.size
                   for e, g in zip(small.spec.examples, wanted, strict=True))
        for e, g in zip(small.spec.examples, wanted, strict=True):
            assert run(small.back(Input(0, ONE)), (e.output,)) == g


def test_answers_of_the_size_of_what_is_given_are_made_of_nothing_smaller():
    g = Grid([[1, 2, 1, 2]])
    assert not list(smaller(Spec(inputs=[Grid], output=Grid, examples=[Example(g, output=g)])))
