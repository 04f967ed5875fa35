"""The several meanings of a primitive agree: its function, its arrays, its SMT-LIB term, its witnesses, its laws."""

from itertools import islice

import numpy as np
import pytest
import z3

from dsl import load
from dsl.inputs import sample, seeded
from dsl.interpret import Failure, run
from dsl.languages import NAMES
from dsl.languages.spreadsheet import spreadsheet
from dsl.laws import same
from dsl.program import Apply, Const, Input
from dsl.types import INT, array_type, is_function, variables
from dsl.witness import ANY, Table
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


@pytest.mark.parametrize("p", having("batch"))
def test_arrays_agree_with_running(p):
    rows = list(drawn(p, 40))
    columns = [np.array([args[i] for args, _ in rows], array_type(t)) for i, t in enumerate(p.params)]
    with np.errstate(all="ignore"):
        found = np.asarray(p.batch(*columns), array_type(p.result))
    assert [x.item() for x in found] == [out for _, out in rows]


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
        witness(z3.And(x**3 + y**3 + n**3 == 114, x > 10**6, y > 10**6), [x, y, n], [INT] * 3, seconds=0.2)
