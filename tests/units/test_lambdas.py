"""Programs with lambdas: found from their calls, from merged bodies, and from bodies kept apart."""

import pytest

from dsl import Example, Spec, load
from nesy import Budget, solve
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp

LISTS = tuple[int, ...]
TASKS = {
    "map": ([LISTS, int], LISTS, [((1, 5, 3), 2), ((4, 9), 3), ((7,), 5)], lambda xs, n: tuple(n * x + 1 for x in xs)),
    "filter": ([LISTS, int], LISTS, [((1, 5, 3), 2), ((4, 9, 1, 2), 3), ((7, 5, 6), 5)],
               lambda xs, n: tuple(x for x in xs if x > n)),
    "zip": ([LISTS, LISTS], LISTS, [((1, 5), (2, 2)), ((4, 9, 3), (3, 1, 8)), ((7,), (5,))],
            lambda xs, ys: tuple(abs(x - y) for x, y in zip(xs, ys, strict=True))),
    "scan": ([LISTS], LISTS, [((1, 5, 3),), ((4, 9, 11, 2),), ((7, 1),)],
             lambda xs: tuple(max(xs[:i + 1]) for i in range(len(xs)))),
    "count": ([LISTS, int], int, [((1, 5, 3), 2), ((4, 9, 1), 3), ((7, 2, 2, 1), 5)],
              lambda xs, n: sum(x < n for x in xs)),
}


@pytest.mark.parametrize("name", TASKS)
def test_higher_order_tasks_are_solved_and_hold_on_inputs_not_seen(name):
    inputs, output, given, meant = TASKS[name]
    spec = Spec(inputs=inputs, output=output, examples=[Example(*i, output=meant(*i)) for i in given])
    result = solve(load("lists"), spec, solver=Bidirectional(), budget=Budget(seconds=20), trusted=True)
    assert result.program is not None
    assert spec.holds(result.program)
    assert any("lam" in str(p) for p in (result.program, *result.certificate.alternatives)) or name == "count"


@pytest.mark.parametrize("contexts", [0, 8])
def test_bodies_kept_apart_or_merged_give_right_programs(contexts):
    spec = Spec(inputs=[LISTS], output=LISTS,
                examples=[Example((1, 9), output=(2, 10)), Example((5, 0, 7), output=(6, 1, 8))])
    result = BottomUp(contexts=contexts).solve(load("lists"), spec, Budget(seconds=30))
    assert str(result.program) == "map(lam(int)(add(y0, 1)), x0)"
