"""Programs considered per second: a plain enumerator, values in a bank, and arrays, side by side in one run.

Run with --benchmark-enable; the ratios are in the extra info. No absolute time is asserted.
"""

import gc
import time

import pytest
from languages import VECTORISED, arrays_only

from dsl import Grammar
from dsl.interpret import run
from solvers.bank import Bank, Over
from solvers.base import Budget
from solvers.layers import Layers

SECONDS = 1.0
def plain(grammar, worlds):
    """Every program by syntax, run on every world."""
    seen, until = set(), time.monotonic() + SECONDS
    for tried, p in enumerate(grammar.programs(99), 1):
        seen.add(tuple([run(p, w) for w in worlds]))
        if time.monotonic() > until:
            return tried


def bank(grammar, worlds):
    found = Bank(grammar, [(w, ()) for w in worlds], Budget(seconds=SECONDS))
    with pytest.raises(Over):
        list(found.grow())
    return found.tried


def arrays(grammar, worlds):
    found = Layers(grammar, list(worlds), Budget(seconds=SECONDS), time.monotonic() + SECONDS)
    with pytest.raises(TimeoutError):
        while True:
            found.grow()
    return found.tried


@pytest.mark.parametrize("name", VECTORISED)
def test_programs_per_second(name, benchmark):
    dsl, inputs, output, worlds = VECTORISED[name]
    grammar = Grammar(arrays_only(dsl), inputs, output)

    def rates():
        gc.disable()
        try:
            return {f.__name__: f(grammar, worlds) / SECONDS for f in (plain, bank, arrays)}
        finally:
            gc.enable()

    found = benchmark.pedantic(rates, rounds=1, iterations=1)
    benchmark.extra_info.update({f"{k}, programs a second": round(v) for k, v in found.items()})
    benchmark.extra_info.update({f"{k} to plain": round(found[k] / found["plain"], 1) for k in ("bank", "arrays")})
    assert found["arrays"] > found["bank"] > found["plain"]
