"""Answer sets against brute force: the same verdicts, and the fewest different parts."""

from hypothesis import given, settings
from hypothesis import strategies as st
from languages import brute

from dsl import Example, Spec, load, parse
from dsl.languages.bitvectors import language
from dsl.program import Apply
from dsl.types import BOOL, bits
from solvers.asp.solver import Asp
from solvers.base import Budget, Status

BOOLEANS, NIBBLES = load("booleans"), language(4)


def parts(p):
    return len(set(p.walk()))


@given(st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=16, deadline=None)
def test_truth_tables_are_met_with_the_fewest_parts(outputs):
    rows = [(a, b) for a in (False, True) for b in (False, True)]
    spec = Spec(inputs=[bool, bool], output=bool,
                examples=[Example(*r, output=o) for r, o in zip(rows, outputs, strict=True)])
    fits = [p for p in brute(BOOLEANS, (BOOL, BOOL), BOOL, 5) if spec.holds(p)]
    result = Asp().solve(BOOLEANS, spec, Budget(size=4, seconds=60))
    small = [parts(p) for p in fits if parts(p) <= 4]
    if small:
        assert result.status is Status.SOLVED
        assert spec.holds(result.program)
        assert parts(result.program) <= min(small)
    if result.status is Status.INFEASIBLE:
        assert not small


def test_bitvectors_of_four_bits():
    t = bits(4)
    target = parse("bvadd(x0, bvand(x0, x1))", NIBBLES, (t, t))
    inputs = [(3, 5), (7, 12), (15, 1), (8, 9), (2, 2)]
    spec = Spec(inputs=[t, t], output=t, examples=[Example(*i, output=target(*i)) for i in inputs])
    result = Asp().solve(NIBBLES, spec, Budget(seconds=60))
    assert result.status is Status.SOLVED and spec.holds(result.program)
    assert parts(result.program) <= parts(target)


def test_a_relation_is_met_for_every_assignment():
    from dsl.primitive import Primitive
    from dsl.program import Input

    unknown = Primitive("f", (BOOL, BOOL), BOOL, lambda a, b: None, names=("a", "b"))
    a, b = Input(0, BOOL), Input(1, BOOL)
    call = Apply(unknown, (a, b))
    implies, both = (next(p for p in BOOLEANS.primitives if p.name == n) for n in ("implies", "both"))
    formula = Apply(both, (Apply(implies, (call, a)), Apply(implies, (Apply(both, (a, b)), call))))
    spec = Spec(inputs=[bool, bool], output=bool, formula=formula, variables=(BOOL, BOOL), unknowns=(unknown,))
    result = Asp().solve(BOOLEANS, spec, Budget(seconds=30))
    assert result.status is Status.SOLVED
    assert all(spec.stated(result.program)(x, y) is True for x in (False, True) for y in (False, True))


def test_types_with_many_values_are_left_to_others():
    spec = Spec(inputs=[int], output=int, examples=[Example(1, output=2)])
    result = Asp().solve(load("integers"), spec)
    assert result.status is Status.UNKNOWN and "over" not in result.reason and "int" in result.reason
