"""Digits: scenes of handwritten digits, each with what follows from them."""

from functools import partial

from tasks import crohme
from tasks.base import Benchmark
from tasks.data import CROHME, HWF, MNIST
from tasks.digits import addition, hwf, puzzles, sudoku

SUMS = (1, 2, 4, 15)
SIDES = {"sudoku4": 4, "sudoku": 9}
SPLITS = {
    **{f"addition-{n}": f"two numbers of {n} handwritten digit{'s' if n > 1 else ''}, and their sum" for n in SUMS},
    **{name: f"boards of {side} x {side} handwritten digits, and whether each is a Sudoku"
       for name, side in SIDES.items()},
    puzzles.NAME: "Sudokus with handwritten digits given, and the digits of their open cells",
    "hwf": "handwritten formulas of one to seven symbols, and their values",
}
DRAW = {**{f"addition-{n}": partial(addition.load, n) for n in SUMS},
        **{name: partial(sudoku.load, side) for name, side in SIDES.items()},
        puzzles.NAME: puzzles.load, "hwf": hwf.load}
TESTS = {**{f"addition-{n}": 10_000 // (2 * n) for n in SUMS}, **dict.fromkeys(SIDES, sudoku.BOARDS),
         puzzles.NAME: puzzles.TESTED, "hwf": 2_000}
TRAINED = {**{f"addition-{n}": 60_000 // (2 * n) for n in SUMS}, **dict.fromkeys(SIDES, sudoku.BOARDS),
           puzzles.NAME: puzzles.TRAINED, "hwf": 9_000}
NEEDS = {"hwf": ((CROHME.name, crohme.FILE), *((HWF.name, file) for file in hwf.FILES.values()))}

BENCHMARK = Benchmark(
    name="digits", about="handwritten digits, learned without labels from what follows from them",
    source="MNIST, and CROHME for hwf; which images stand together is drawn by the seed", splits=SPLITS,
    load=lambda split: DRAW[split](seed=0), draw=DRAW, size=TESTS.get, trained=TRAINED.get,
    needs=lambda split: NEEDS.get(split, tuple((MNIST.name, f) for f in MNIST.files)), solver="machine")
