"""The several meanings of a primitive agree: its function, its arrays, its SMT-LIB term, its witnesses, its laws."""

from itertools import islice

import numpy as np
import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import load
from dsl.arrays import call, decode, encode, fits
from dsl.inputs import sample, seeded
from dsl.interpret import Failure, run
from dsl.languages import NAMES
from dsl.languages.bitvectors import operations
from dsl.languages.spreadsheet import spreadsheet
from dsl.laws import same
from dsl.program import Apply, Const, Input
from dsl.types import BOOL, INT, is_function, variables
from dsl.witness import ANY, Table
from solvers.layers import library
from solvers.smt.equal import broken_law, separate
from solvers.smt.lower import Undecided, lower, value, witness
from tasks.sygus.theory import FIXED

PRIMITIVES = {f"{n}.{p.name}": p for n in NAMES for p in load(n).primitives if not variables(p.type)}
PRIMITIVES |= {f"theory.{p.name}": p for p in FIXED}
SEEN = {c.type: [k.value for k in spreadsheet.constants if k.type == c.type] for c in spreadsheet.constants}


def drawn(p, n):
    """Sampled arguments on which a primitive does not fail, with its value."""
    for i in range(n):
        rng = seeded("meaning", p.name, i)
        args = tuple(sample(t, rng, SEEN) for t in p.params)
        out = run(Apply(p, tuple(Const(a, t) for a, t in zip(args, p.params, strict=True))), ())
        if not isinstance(out, Failure):
            yield args, out


def having(attribute):
    return [pytest.param(p, id=n) for n, p in PRIMITIVES.items() if getattr(p, attribute)]


@pytest.mark.parametrize("p", having("smt"))
def test_smt_agrees_with_running(p):
    for args, out in drawn(p, 25):
        term, constants = lower(Apply(p, tuple(Input(i, t) for i, t in enumerate(p.params))), p.params)
        literals = [lower(Const(a, t), ())[0] for a, t in zip(args, p.params, strict=True)]
        found = z3.simplify(z3.simplify(z3.substitute(term, *zip(constants, literals, strict=True))))
        assert same(value(found, p.result), out), (p.name, args)


@pytest.mark.parametrize("p", [x for x in having("smt") if x.values[0].laws.declared()])
def test_z3_proves_every_declared_law(p):
    assert broken_law(p, seconds=20) is None


@pytest.mark.parametrize("device", [None, "cpu"], ids=["numpy", "torch"])
@pytest.mark.parametrize("p", having("batch"))
def test_arrays_agree_with_running(p, device):
    types, longest = (*p.params, p.result), 12
    rows = [(args, out) for args, out in drawn(p, 80) if all(map(fits, (*args, out), types))]
    xp, _ = library(device)
    columns = [xp.asarray(encode([args[i] for args, _ in rows], t, longest)) for i, t in enumerate(p.params)]
    found = call(p.batch, p.params, p.result, columns, longest)
    assert found.ok is None or bool(xp.all(found.ok))
    assert found.held is None or bool(xp.all(found.held))
    assert all(map(same, decode(np.asarray(found.cells), p.result), [out for _, out in rows]))


@pytest.mark.parametrize("p", [x for x in having("batch") if x.id.startswith(("lists", "deepcoder"))])
def test_arrays_say_where_a_function_fails(p):
    for i in range(40):
        args = tuple(sample(t, seeded("failing", p.name, i)) for t in p.params)
        out = run(Apply(p, tuple(Const(a, t) for a, t in zip(args, p.params, strict=True))), ())
        found = call(p.batch, p.params, p.result, [encode([a], t, 8) for a, t in zip(args, p.params, strict=True)],
                     8)
        assert (found.ok is None or bool(found.ok[0])) != isinstance(out, Failure), args


@pytest.mark.parametrize("width", [1, 3, 8, 32, 64])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_bitvectors_of_every_width_agree_in_arrays(width, data):
    p = data.draw(st.sampled_from(sorted(operations(width).values(), key=lambda p: p.name)))
    rows = data.draw(st.lists(st.tuples(*(st.booleans() if t == BOOL else st.integers(0, 2**width - 1)
                                          for t in p.params)), min_size=1, max_size=5))
    columns = [encode([r[i] for r in rows], t, 0) for i, t in enumerate(p.params)]
    assert decode(call(p.batch, p.params, p.result, columns, 0).cells, p.result) == [p.function(*r) for r in rows]


@pytest.mark.parametrize("p", [x for x in having("witness") if not any(map(is_function, x.values[0].params))])
def test_what_a_witness_names_gives_the_output(p):
    asked = 0
    for args, out in drawn(p, 60):
        for plan in p.witness:
            step = plan[-1]
            back = step.witness(out, *(args[i] for i in step.needs))
            if back is ANY or isinstance(back, Table):
                continue
            for v in islice(back, 20):
                changed = tuple(v if i == step.index else a for i, a in enumerate(args))
                if len(plan) > 1 and set(range(p.arity)) - {step.index} - set(step.needs):
                    continue
                asked += 1
                assert same(p.function(*changed), out), (p.name, changed, out)
    assert asked or any(len(plan) > 1 or p.arity > 1 for plan in p.witness)


def test_unequal_programs_are_told_apart_and_equal_ones_proved_so():
    from dsl import parse

    dsl = load("integers")
    a, b, c = (parse(t, dsl, (INT, INT)) for t in
               ("maximum(x0, x1)", "choose(less(x0, x1), x1, x0)", "choose(less(x0, x1), x0, x1)"))
    assert separate(a, b, (INT, INT)) is None
    point = separate(a, c, (INT, INT))
    assert point is not None and run(a, point) != run(c, point)


def test_a_false_law_is_refuted_with_values():
    from dsl.primitive import primitive

    @primitive(commutative=True, smt="-")
    def minus(a: int, b: int) -> int:
        return a - b

    assert "commutative" in broken_law(minus)


def test_z3_says_so_where_it_cannot_tell():
    x, y, n = z3.Ints("x y n")
    with pytest.raises(Undecided):
        witness([x**3 + y**3 + n**3 == 114, x > 10**6, y > 10**6], [x, y, n], [INT] * 3, seconds=0.2)
