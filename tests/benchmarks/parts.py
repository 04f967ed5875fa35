"""What each part of the solver for grids adds, on a fifth of the training tasks, drawn by a fixed seed.

    python tests/benchmarks/parts.py --seconds 12 --jobs 2

Each row is the one before and one part more, on the same tasks, with the same seconds a task.
"""

import argparse
import random

from nesy.engine import solve_each
from nesy.runs.synthesis import line
from solvers.base import Budget
from solvers.grids.solver import Pictures
from tasks import benchmark

ADDED = ("bank", "rules", "layers", "sizes", "moves", "growth", "smaller", "views", "each")


def held_out() -> list[str]:
    """A fifth of the training tasks, drawn by a fixed seed."""
    ids = list(benchmark("arc").split("training").ids)
    random.Random(7).shuffle(ids)
    return ids[:len(ids) // 5]


def main() -> None:
    """Print a row for each set of parts."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=12.0)
    asked.add_argument("--jobs", type=int, default=2)
    args = asked.parse_args()
    tasks, ids = benchmark("arc").split("training"), held_out()
    for n in range(1, len(ADDED) + 1):
        solver = Pictures(parts=frozenset(ADDED[1:n]))
        budget = Budget(seconds=args.seconds)
        lines = [line(task, result) for task, result in solve_each(ids, tasks.task, solver, budget, args.jobs)]
        right, cpu = sum(x["correct"] for x in lines), sum(x["cpu_seconds"] for x in lines)
        print(f"{' + '.join(ADDED[:n]):32} {right:3} of {len(ids)}  {cpu / len(ids):5.1f} CPU s a task", flush=True)


if __name__ == "__main__":
    main()
