"""Digits: scenes of handwritten digits, each with what follows from them."""

from functools import partial

from tasks.base import Benchmark
from tasks.data import MNIST
from tasks.digits import addition

SUMS = (1, 2, 4, 15)
DRAW = {f"addition-{n}": partial(addition.load, n) for n in SUMS}

BENCHMARK = Benchmark(
    name="digits", about="handwritten digits, learned without labels from what follows from them",
    source="MNIST; which images stand together is drawn by the seed",
    splits={f"addition-{n}": f"two numbers of {n} handwritten digit{'s' if n > 1 else ''}, and their sum"
            for n in SUMS},
    load=lambda split: DRAW[split](seed=0), draw=DRAW, size={f"addition-{n}": 10_000 // (2 * n) for n in SUMS}.get,
    needs=lambda split: tuple((MNIST.name, f) for f in MNIST.files), solver="machine")
