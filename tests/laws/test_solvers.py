"""Every solver against brute force: what it finds fits, and what is there to be found it finds."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from languages import brute, tiny

from dsl import DSL, Example, Failure, Spec, load, run
from dsl.grammar import Grammar
from dsl.inputs import seeded
from dsl.pcfg import PCFG
from dsl.types import INT, sequence
from solvers.base import Budget, Status
from solvers.batched import Batched
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp
from solvers.names import NAMES, named
from solvers.portfolio import Portfolio
from solvers.top_down import TopDown

LIST = sequence(INT)
LANGUAGES = [("plus",), ("minus", "negate"), ("plus", "minus", "negate"), ("positive", "pick", "minus"),
             ("plus", "positive", "pick")]
COMPLETE = [BottomUp(), BottomUp(contexts=8), Bidirectional(), TopDown(), Portfolio()]


@pytest.mark.parametrize("solver", COMPLETE, ids=lambda s: f"{s.name}-{getattr(s, 'contexts', '')}")
@given(names=st.sampled_from(LANGUAGES), pairs=st.dictionaries(st.integers(-3, 4), st.integers(-4, 6), min_size=1,
                                                              max_size=3))
@settings(max_examples=60, deadline=None)
def test_what_brute_force_finds_each_complete_solver_finds(solver, names, pairs):
    spec = Spec(inputs=[int], output=int, examples=[Example(i, output=o) for i, o in pairs.items()])
    result = solver.solve(tiny(*names), spec, Budget(size=5, seconds=20))
    fits = [p for p in brute(tiny(*names, laws=False), (INT,), INT, 5) if spec.holds(p)]
    if fits:
        assert result.status is Status.SOLVED
        assert spec.holds(result.program)
    if result.status is Status.INFEASIBLE:
        assert not fits
        assert result.nearest is None or result.nearest.failures


@given(st.dictionaries(st.tuples(st.integers(-3, 4), st.integers(0, 3)), st.integers(-4, 6), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_arrays_find_the_cheapest_as_values_do(pairs):
    dsl = load("integers")
    spec = Spec(inputs=[int, int], output=int, examples=[Example(*i, output=o) for i, o in pairs.items()])
    one, other = (s.solve(dsl, spec, Budget(size=4, seconds=60)) for s in (BottomUp(), Batched()))
    assert one.status is other.status
    if one.program is not None:
        assert spec.holds(other.program)
        assert one.program.cost == other.program.cost


@given(st.lists(st.lists(st.integers(-3, 9), max_size=5).map(tuple), min_size=1, max_size=3, unique=True),
       st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_arrays_of_lists_find_what_values_find_also_in_torch(inputs, seed):
    dsl = load("deepcoder")
    some = dict.fromkeys([dsl.primitive("head"), *seeded("some", seed).sample(dsl.primitives, 6)])
    small = DSL("small", some)
    target = PCFG.uniform(Grammar(small, (LIST,), INT)).sample(seeded("target", seed), 3)
    outs = [run(target, (i,)) for i in inputs]
    spec = Spec(inputs=[LIST], output=int, examples=[Example(i, output=o) for i, o in zip(inputs, outs, strict=True)
                                                     if not isinstance(o, Failure)] or [Example((2,), output=2)])
    found = [s.solve(small, spec, Budget(size=4, seconds=60))
             for s in (BottomUp(), Batched(), Batched(device="cpu"), Bidirectional())]
    assert len({r.status is Status.SOLVED for r in found}) == 1  # some say UNKNOWN where they left values out
    assert len({r.program.cost for r in found if r.program is not None}) <= 1
    assert found[1].program == found[2].program
    assert found[1].tried == found[2].tried


@pytest.mark.parametrize("name", [n for n in NAMES if n != "cvc5"])
def test_every_solver_keeps_its_budget_of_time(name):
    dsl = load("integers")
    spec = Spec(inputs=[int], output=int, examples=[Example(3, output=123456789), Example(5, output=-987654321)])
    result = named(name).solve(dsl, spec, Budget(seconds=1.0))
    assert result.program is None
    assert result.seconds <= 1.0 * 1.1 + 0.5


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_programs_drawn_from_a_language_are_found_again(seed):
    from languages import random_program

    rng, dsl = seeded("found again", seed), load("integers")
    target = random_program(Grammar(dsl, (INT, INT), INT), rng, 2)
    inputs = [(rng.randint(-5, 9), rng.randint(-5, 9)) for _ in range(5)]
    spec = Spec(inputs=[int, int], output=int, examples=[Example(*i, output=target(*i)) for i in inputs])
    result = Portfolio().solve(dsl, spec, Budget(seconds=10))
    assert result.status is Status.SOLVED, f"{target}: {result}"
    assert spec.holds(result.program)


@pytest.mark.parametrize("solver", [Portfolio(), Portfolio(BottomUp(), TopDown()), Bidirectional(), Batched()],
                         ids=["portfolio", "of two", "bidirectional", "batched"])
def test_further_solutions_fit_and_behave_differently(solver):
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4)], queries=[(7,), (-3,)])
    found = [*islice(solver.solutions(load("integers"), spec, Budget(seconds=20, size=4)), 8)]
    assert len(found) > 3 and all(map(spec.holds, found))
    assert [p.cost for p in found[1:]] == sorted(p.cost for p in found[1:])
    behaviours = {tuple(run(p, (a,)) for a in range(-20, 21)) for p in found}
    assert len(behaviours) == len(found)


def test_what_the_package_offers_is_there_and_works_together():
    import nesy

    assert all(getattr(nesy, name) is not None for name in nesy.__all__)
    with pytest.raises(AttributeError, match="Portfolo"):
        nesy.Portfolo  # noqa: B018
    spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4), Example(3, output=6)])
    found = nesy.solve(load("integers"), spec, solver=nesy.Portfolio(BottomUp(), nesy.SmtSolver()), trusted=True)
    assert found.program is not None and found.program(5) == 10
