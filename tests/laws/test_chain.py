"""Chains of parts: what can be put together is."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import DSL, Example, Spec, primitive
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


def test_joining_that_fails_on_what_is_asked_loses_no_answer():
    @primitive(associative=True, cost=9, witness={
        "a": lambda out: tuple(out[:i] for i in range(len(out) + 1)),
        "b": lambda out, a: (out[len(a):],) if out.startswith(a) else ()})
    def short(a: str, b: str) -> str:
        if len(a + b) > 8:
            raise ValueError("long")
        return a + b

    spec = Spec(inputs=[str, str], output=str, queries=[("aaaa", "bbbb")], examples=[
        Example("a", "b", output="abab"), Example("c", "d", output="cdcd"), Example("e", "fg", output="efgefg")])
    found = Bidirectional().solve(DSL("joining", [short]), spec, Budget(seconds=3))
    assert found.status is Status.SOLVED and spec.holds(found.program)
