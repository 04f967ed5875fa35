"""What each part of the solver for grids adds, and what more time adds, on a fifth of the training tasks.

    python tests/benchmarks/parts.py --seconds 12 --jobs 2
    python tests/benchmarks/parts.py --seconds 1 3 10 30 --whole --jobs 2 --out curve.jsonl

Each row is the one before and one part more, on the same tasks, with the same seconds a task; with `--whole` all parts
at once, a row for each number of seconds. The tasks are drawn by a fixed seed; `--out` keeps what became of each.
"""

import argparse
import json
import random
from pathlib import Path

from nesy.engine import solve_each
from nesy.runs.store import plain
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
    asked.add_argument("--seconds", type=float, nargs="+", default=[12.0])
    asked.add_argument("--whole", action="store_true")
    asked.add_argument("--limit", type=int, default=80)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--out", type=Path)
    args = asked.parse_args()
    tasks, ids = benchmark("arc").split("training"), held_out()[:args.limit]
    for seconds in args.seconds:
        for n in range(len(ADDED) if args.whole else 1, len(ADDED) + 1):
            solver, name = Pictures(parts=frozenset(ADDED[1:n])), f"{' + '.join(ADDED[:n])}, {seconds:g} s"
            budget = Budget(seconds=seconds, memory_mb=2048)
            lines = []
            for task, result in solve_each(ids, tasks.task, solver, budget, args.jobs):
                lines.append(line(task, result))
                if args.out is not None:
                    with args.out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps({"row": name, **plain(lines[-1])}) + "\n")
            right, cpu = sum(x["correct"] for x in lines), sum(x["cpu_seconds"] for x in lines)
            print(f"{name:80} {right:3} of {len(ids)}  {cpu / len(ids):5.1f} CPU s a task", flush=True)


if __name__ == "__main__":
    main()
