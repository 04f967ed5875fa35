"""Microseconds a call of every primitive of grids, at 10 x 10 and 30 x 30 cells: extra_info of --benchmark-json."""

from contextlib import suppress
from timeit import repeat

import numpy as np
import pytest

from dsl.inputs import seeded
from dsl.languages.grids import Colour, Grid, grids
from dsl.languages.grids.growth import Step
from dsl.languages.grids.motion import Say
from dsl.languages.grids.parts import objects
from dsl.languages.grids.views import FIXED, Make
from dsl.types import read_annotation

CALLS, ROUNDS = 20, 3
SLOW = 20_000  # microseconds that no primitive may take


def picture(side: int) -> Grid:
    rng = np.random.default_rng(seeded("picture", side).getrandbits(32))
    cells = np.where(rng.random((side, side)) < 0.25, rng.integers(1, 4, (side, side)), 0)
    return Grid(cells)


@pytest.mark.parametrize("side", [10, 30])
def test_microseconds_of_every_primitive(benchmark, side):
    g = picture(side)
    few = Grid(np.where(picture(side).cells == 1, 1, 0))
    values = {read_annotation(Grid): g, read_annotation(tuple[Grid, ...]): objects(few), read_annotation(int): 2,
              read_annotation(Colour): Colour.RED, FIXED: (Colour.RED,), read_annotation(Make): lambda seen: seen,
              read_annotation(Say): lambda piece: 0,
              read_annotation(Step): lambda given, now: now}
    taken = {}

    def all_of_them() -> None:
        for p in grids.primitives:
            args = [values[t] for t in p.params]

            def call(p=p, args=args) -> None:
                with suppress(ValueError):  # not every picture has what is asked for
                    p.function(*args)

            taken[p.name] = min(repeat(call, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6

    benchmark.pedantic(all_of_them, rounds=1)
    slowest = sorted(taken.items(), key=lambda x: -x[1])
    benchmark.extra_info |= {name: round(us, 1) for name, us in slowest}
    assert slowest[0][1] < SLOW
