"""What it saves to build parts when whole programs may hold them: the same layers of a bank, with and without.

    python tests/benchmarks/stages.py
"""

import time

from dsl import Grammar, load
from dsl.types import INT, STR, sequence
from solvers.bank import Bank
from solvers.base import Budget

LIST = sequence(INT)
ASKED = (("lists", LIST, INT, 6), ("lists", LIST, LIST, 5), ("strings", STR, INT, 8), ("deepcoder", LIST, LIST, 6))
VALUES = {LIST: ((3, 1, 2), (0, 5)), STR: ("ab c", "x-y")}


def main() -> None:
    """Print a row for each language, output and way."""
    print(f"{'language, output, size':36} {'all alike':>24} {'as programs need them':>24}")
    for name, given, output, size in ASKED:
        row = []
        for early in (None, 0):
            began = time.process_time()
            worlds = [((value,), ()) for value in VALUES[given]]
            bank = Bank(Grammar(load(name), (given,), output), worlds, Budget(size=size, seconds=300), early=early)
            list(bank.grow())
            row.append(f"{bank.tried:,} in {time.process_time() - began:.2f} s")
        print(f"{f'{name}, {output}, {size}':36} {row[0]:>24} {row[1]:>24}")


if __name__ == "__main__":
    main()
