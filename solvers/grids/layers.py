"""Layers: pictures of the answer's size on one another, black lets through; answer sets pick the cheapest stack.

Where a lower layer is wrong an upper one must cover it, so that the order matters. Layers that are alike on all
training cells may differ on what is asked: each such answer is told, with what speaks for it.
"""

import time
from collections.abc import Iterator, Sequence

import numpy as np

from dsl.languages.grids.combine import laid
from dsl.program import Apply, Program
from solvers.asp.stack import cheapest
from solvers.grids.rules import ALIKE, SLACK, Induced, Picture

LEVELS = 4  # layers of a stack, at most
MOST = 150  # pictures that are stacked: those that are right on most cells, and wrong on few
WRONG = 0.5  # what a wrong cell counts beside a right one
FACTS, SECOND = 60_000, 40_000  # cells told of layers, at most, and for each second left: grounding does not stop


def stacked(pictures: Sequence[Picture], target: np.ndarray, until: float) -> Iterator[Induced]:
    """Stacks of pictures that show the target, of the least cost; those that are alike in training too.

    pictures: cheapest first, all of one size in each world; their first cells are those of the target.
    """
    n = len(target)
    layers: dict[bytes, list[Picture]] = {}
    for p in pictures:
        seen = p.cells[:n]
        right, wrong = (seen == target) & (seen != 0), (seen != target) & (seen != 0)
        if not p.strange and right.any() and not (wrong & (target == 0)).any():  # nothing covers with black
            alike = layers.setdefault(np.where(right, seen, wrong * 10).tobytes(), [])
            if len(alike) < ALIKE and (not alike or p.cost <= alike[0].cost + SLACK):
                alike.append(p)
    some = list(layers.values())
    if not some:
        return
    seen = np.stack([alike[0].cells[:n] for alike in some])
    columns, counts = np.unique(np.concatenate([target[None], seen]), axis=1, return_counts=True)
    wanted, seen = columns[0], columns[1:]
    right, wrong = (seen == wanted) & (seen != 0), (seen != wanted) & (seen != 0)
    worth = (right * counts).sum(1) - WRONG * (wrong * counts).sum(1)
    best = np.argsort(-worth, kind="stable")[:MOST]
    facts = (right | wrong).sum(1)[best].cumsum()
    chosen = sorted(best[facts <= min(FACTS, SECOND * (until - time.monotonic()))].tolist())
    if not chosen or not right[chosen].any(0)[wanted != 0].all():
        return
    asked = [(some[k][0].cost, np.flatnonzero(right[k]).tolist(), np.flatnonzero(wrong[k]).tolist()) for k in chosen]
    found = cheapest(asked, np.flatnonzero(wanted).tolist(), LEVELS,
                     seconds=min(3.0, max(0.1, until - time.monotonic())))
    if found is None or len(found[0]) < 2:
        return
    stack = [some[chosen[k]] for k in found[0]]
    cheap = [alike[0] for alike in stack]
    yield _told(cheap)
    for k, alike in enumerate(stack):
        for other in alike[1:]:
            yield _told([*cheap[:k], other, *cheap[k + 1:]])


def _told(stack: Sequence[Picture]) -> Induced:
    cost = sum(p.cost for p in stack) + len(stack) - 1
    program: Program = stack[-1].program
    for p in reversed(stack[:-1]):
        program = Apply(laid, (p.program, program))
    return Induced(program, cost, 2.0 ** -cost)
