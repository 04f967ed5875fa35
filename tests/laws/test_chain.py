"""Chains of parts: what can be put together is."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import DSL, Example, Spec
from dsl.languages.strings import concat
from solvers.base import Budget, Status
from solvers.bidirectional import Bidirectional

WORLDS = 3
texts = st.text("ab", max_size=3)
pieces = st.lists(st.tuples(*[texts] * WORLDS), min_size=2, max_size=4)


@given(pieces=pieces, order=st.data())
@settings(max_examples=60)
def test_an_output_of_many_parts_is_put_together_of_the_inputs_that_they_are(pieces, order):
    row = order.draw(st.lists(st.integers(0, len(pieces) - 1), min_size=2, max_size=12))
    worlds = {tuple(p[w] for p in pieces): "".join(pieces[i][w] for i in row) for w in range(WORLDS)}
    spec = Spec(inputs=[str] * len(pieces), output=str, examples=[Example(*i, output=o) for i, o in worlds.items()])
    found = Bidirectional().solve(DSL("joining", [replace(concat, cost=9)]), spec, Budget(seconds=10))
    assert found.status is Status.SOLVED and spec.holds(found.program)


def test_twelve_parts_are_found_at_once():
    names = ("Ann Bee", "Cy Dow", "Eve Fox")
    spec = Spec(inputs=[str, str], output=str, examples=[
        Example(*name.split(), output="".join(name.split()[i] for i in (0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1)))
        for name in names])
    found = Bidirectional().solve(DSL("joining", [replace(concat, cost=9)]), spec, Budget(seconds=2))
    assert found.status is Status.SOLVED and str(found.program).count("concat") == 11
