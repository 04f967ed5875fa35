"""Time against the size of programs searched through, with and without laws, one value at a time and in arrays.

Run with --benchmark-enable -s; prints the table, and draws it in .benchmarks/scaling-LANGUAGE.svg. Memory is that of
a million kept programs, measured in a process of its own. No absolute time is asserted.
"""

import multiprocessing
import time
from dataclasses import replace
from pathlib import Path

import pytest
from languages import VECTORISED, arrays_only

from dsl import DSL, Grammar
from dsl.interpret import run
from dsl.laws import Laws
from solvers.bank import Bank, Over
from solvers.base import Budget
from solvers.layers import Layers
from solvers.memory import used_mb

SECONDS = 15.0  # of each way to search
PLOT = Path(".benchmarks/scaling.svg")


def lawless(dsl: DSL) -> DSL:
    """The same primitives, of which no law is known."""
    kinds = {c.type: [d.value for d in dsl.constants if d.type == c.type] for c in dsl.constants}
    return DSL(dsl.name, [replace(p, laws=Laws()) for p in dsl.primitives], constants=kinds)


def by_syntax(grammar, worlds, until):
    for size in range(1, 99):
        for p in grammar.programs(size):
            if p.cost == size:
                for w in worlds:
                    run(p, w)
            if time.monotonic() > until:
                return
        yield size


def in_a_bank(grammar, worlds, until):
    bank, size = Bank(grammar, [(w, ()) for w in worlds], Budget(seconds=until - time.monotonic())), 0
    try:
        for _ in bank.grow():
            if bank.done > size:
                size = bank.done
                yield size
    except Over:
        return


def in_arrays(grammar, worlds, until):
    layers = Layers(grammar, list(worlds), Budget(seconds=until - time.monotonic()), until)
    try:
        while True:
            layers.grow()
            yield layers.cost
    except TimeoutError:
        return


WAYS = {"syntax, no laws": (by_syntax, False), "syntax": (by_syntax, True), "bank, no laws": (in_a_bank, False),
        "bank": (in_a_bank, True), "arrays, no laws": (in_arrays, False), "arrays": (in_arrays, True)}


def curves(name: str, seconds: float) -> dict[str, dict[int, float]]:
    """For each way to search, the seconds after which each size was searched through."""
    dsl, inputs, output, worlds = VECTORISED[name]
    found: dict[str, dict[int, float]] = {}
    for way, (search, laws) in WAYS.items():
        grammar = Grammar(arrays_only(dsl) if laws else lawless(arrays_only(dsl)), inputs, output)
        start = time.monotonic()
        found[way] = {size: time.monotonic() - start for size in search(grammar, worlds, start + seconds)}
    return found


def memory(name: str, way: str, tell) -> None:
    """MiB per million kept programs, of one way to search."""
    dsl, inputs, output, worlds = VECTORISED[name]
    grammar, before = Grammar(arrays_only(dsl), inputs, output), used_mb()
    if way == "bank":
        bank = Bank(grammar, [(w, ()) for w in worlds], Budget(seconds=SECONDS, memory_mb=8000))
        for _ in bank.grow():
            if bank.kept > 500_000:
                break
        kept = bank.kept
    else:
        layers = Layers(grammar, list(worlds), Budget(seconds=SECONDS, memory_mb=8000), time.monotonic() + SECONDS)
        while layers.kept < 500_000:
            layers.grow()
        kept = layers.kept
    tell.send(round((used_mb() - before) / kept * 10**6))


def measured(name: str, way: str) -> int:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=memory, args=(name, way, there))
    process.start()
    process.join()
    return here.recv()


@pytest.mark.parametrize("name", VECTORISED)
def test_time_against_size(name, benchmark):
    found = benchmark.pedantic(curves, args=(name, SECONDS if benchmark.enabled else 0.3), rounds=1, iterations=1)
    assert all(curve for curve in found.values())
    if not benchmark.enabled:
        return
    sizes = sorted({s for curve in found.values() for s in curve})
    print(f"\n{name}: seconds until all programs up to a size are searched through")
    print("size".ljust(8), *(way.rjust(16) for way in found))
    for size in sizes:
        print(str(size).ljust(8), *(f"{c[size]:16.3f}" if size in c else "-".rjust(16) for c in found.values()))
    benchmark.extra_info["MiB per million programs kept"] = kept = {w: measured(name, w) for w in ("bank", "arrays")}
    print("MiB per million programs kept:", kept)
    plot(name, found)
    for one, other in (("bank", "syntax"), ("arrays", "bank")):
        last = max(found[other])
        assert found[one].get(last, SECONDS) < found[other][last] or found[other][last] < 0.05


def plot(name: str, found: dict[str, dict[int, float]]) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    for way, curve in found.items():
        axes.plot(list(curve), list(curve.values()), "--" if "no laws" in way else "-", marker=".", label=way,
                  color={"s": "C0", "b": "C1", "a": "C2"}[way[0]])
    axes.set_yscale("log")
    axes.set_xlabel("size of programs (cost)")
    axes.set_ylabel("seconds until all of them are searched")
    axes.set_title(name)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(PLOT.with_stem(f"scaling-{name}"), metadata={"Date": None})
    pyplot.close(figure)
