"""Joint abduction by answer sets agrees with brute force over options, trees and meanings."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from nesy.machine.tree import Tree, projective
from solvers.asp.joint import NOTHING, Option, Problem

MEANINGS = {  # word -> its meanings: arity, and what they do
    "1": [(0, lambda: 1), (0, lambda: 3)],
    "2": [(0, lambda: 2)],
    "+": [(2, lambda a, b: a + b), (2, lambda a, b: a - b)],
    "*": [(2, lambda a, b: a * b)],
    "-": [(1, lambda a: -a), (0, lambda: 0)],
}
COSTS = st.integers(0, 50).map(lambda n: n / 10)
VALUES = (1, 2, 3, -1, 4, 0, 9)


def call(arity, function):
    return lambda children: function(*children) if len(children) == arity else NOTHING


@st.composite
def problems(draw):
    n = draw(st.integers(1, 4))
    words = [draw(st.lists(st.sampled_from(sorted(MEANINGS)), min_size=1, max_size=3, unique=True)) for _ in range(n)]
    options = [[Option(w, m, w, tuple((a, arity - a) for a in range(arity + 1)), call(arity, f), draw(COSTS))
                for w in row for m, (arity, f) in enumerate(MEANINGS[w])] for row in words]
    tags: list = [None, *MEANINGS]
    table: dict = {(head, slot, child): draw(st.one_of(st.none(), COSTS, st.just(0.0)))
             for head in tags for slot in (0, 1) for child in MEANINGS}
    after: dict = {(a, b): draw(COSTS) for a in MEANINGS for b in MEANINGS}
    meanings = {(w, m): draw(COSTS) for w, ms in MEANINGS.items() for m in range(len(ms))}
    return Problem(options, lambda h, s, c: table[h, s, c], lambda a, b: after[a, b], meanings)


def worth(problem: Problem, row: tuple[int, ...], tree: Tree, answer: object) -> float | None:
    """What an explanation costs, or nothing where it is none."""
    chosen = [options[k] for options, k in zip(problem.options, row, strict=True)]
    taken = {(o.word, o.meaning) for o in chosen}
    if len({w for w, _ in taken}) < len(taken):
        return None
    cost = [problem.fits(None, 0, chosen[tree.head].tag)]
    cost += [problem.fits(chosen[head].tag, slot, chosen[child].tag) for head, slot, child in tree.arcs()]

    def value(node: Tree) -> object:
        before = sum(c.head < node.head for c in node.children)
        children = tuple(value(c) for c in node.children)
        fits = (before, len(children) - before) in chosen[node.head].frames
        return chosen[node.head].call(children) if fits and NOTHING not in children else NOTHING

    if None in cost or value(tree) != answer:
        return None
    total = sum(c for c in cost if c is not None) + sum(o.cost for o in chosen)
    total += sum(problem.after(a.word, b.word) for a, b in zip(chosen, chosen[1:], strict=False))
    return total + sum(problem.meanings[m] for m in taken)


@settings(max_examples=30, deadline=None)
@given(problem=problems(), answer=st.sampled_from(VALUES))
def test_explanations_come_by_rising_cost_and_none_is_left_out(problem, answer):
    n = len(problem.options)
    every = {}
    for row in product(*(range(len(options)) for options in problem.options)):
        for tree in projective(n, 2):
            cost = worth(problem, row, tree, answer)
            if cost is not None:
                heads = [-1] * n
                for head, _, child in tree.arcs():
                    heads[child] = head
                every[row, tuple(heads)] = cost
    found = problem.abduce(answer, most=4)
    assert found.proved
    assert len(found.explanations) == min(4, len(every))
    for explanation, cost in zip(found.explanations, sorted(every.values()), strict=False):
        assert abs(explanation.cost - cost) < 0.005
        assert abs(every[explanation.options, explanation.heads] - cost) < 0.005


def test_impossible_answers_have_no_explanation():
    one = Option("1", 0, "1", ((0, 0),), lambda children: 1, 0.5)
    assert Problem([[one]], lambda *rule: 0.0).abduce(2).explanations == ()
    (only,) = Problem([[one]], lambda *rule: 0.0).abduce(1, most=3).explanations
    assert (only.options, only.heads, only.cost) == ((0,), (-1,), 0.5)
