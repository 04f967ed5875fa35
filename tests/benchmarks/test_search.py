"""Programs considered per second: a plain enumerator, values in a bank, and arrays, side by side in one run.

Run with --benchmark-enable; the ratios are in the extra info. No absolute time is asserted.
"""

import gc
import time

import pytest

from dsl import Grammar, load
from dsl.interpret import run
from dsl.types import INT, bits
from solvers.bank import Bank, Over
from solvers.base import Budget
from solvers.batched import Layers

SECONDS = 1.0
LANGUAGES = {
    "integers": (load("integers"), (INT, INT), INT, ((3, 1), (0, 2), (-4, 5), (7, 7), (12, -1))),
    "bitvectors": (load("bitvectors").extend("b"), (bits(64),), bits(64),
                   tuple((0x9E3779B97F4A7C15 * i % 2**64,) for i in range(1, 6))),
}


def arrays_only(dsl):
    """The part of a language that has a vectorised meaning."""
    from dsl import DSL

    return DSL(dsl.name, [p for p in dsl.primitives if p.batch],
               constants={c.type: [d.value for d in dsl.constants if d.type == c.type] for c in dsl.constants})


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


@pytest.mark.parametrize("name", LANGUAGES)
def test_programs_per_second(name, benchmark):
    dsl, inputs, output, worlds = LANGUAGES[name]
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
