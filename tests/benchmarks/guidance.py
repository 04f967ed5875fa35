"""Whether a proposer pays: programs tried for held-out problems of a language, by search with it and without.

    nesy train proposer --language tests/benchmarks/calc.py:calc --minutes 5 --out calc-model
    python tests/benchmarks/guidance.py tests/benchmarks/calc.py:calc calc-model

Problems are programs drawn from the grammar whose behaviour no training for the language shows.
"""

import sys
from argparse import ArgumentParser
from math import exp, log

from dsl.program import Program
from nesy import Budget, solve
from nesy.problem import find_language
from nesy.proposer.propose import Transformer
from nesy.proposer.samples import Stream


def main() -> None:
    """Draw, solve, and say how many programs that took."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("language")
    parser.add_argument("proposer")
    parser.add_argument("--many", type=int, default=60, help="problems")
    parser.add_argument("--nodes", type=int, nargs=2, default=(7, 11), help="of their programs")
    parser.add_argument("--seconds", type=float, default=10.0, help="for one problem")
    asked = parser.parse_args()
    dsl, proposer = find_language(asked.language), Transformer.load(asked.proposer)
    stream = Stream(dsl, seed=1, held_out=True, sizes=tuple(asked.nodes))
    seen: set[Program] = set()
    pairs: list[tuple[int, int]] = []
    solved = [0, 0]
    for sample in stream.samples():
        if len(seen) == asked.many:
            break
        if sample.program in seen:
            continue
        seen.add(sample.program)
        budget = Budget(seconds=asked.seconds)
        found = [solve(dsl, sample.spec, budget=budget, proposer=p, trusted=True) for p in (None, proposer)]
        solved = [n + (result.program is not None) for n, result in zip(solved, found, strict=True)]
        if all(result.program is not None for result in found):
            pairs.append((max(1, found[0].tried), max(1, found[1].tried)))
        sys.stdout.write(f"{sample.program}: {found[0].tried:,} programs, {found[1].tried:,} with {found[1].solver}\n")
        sys.stdout.flush()
    fewer = exp(sum(log(a / b) for a, b in pairs) / max(1, len(pairs)))
    sys.stdout.write(f"of {len(seen)} problems {solved[0]} solved without, {solved[1]} with; {fewer:.1f} times as many "
                     f"programs without, at least ten times for {sum(a >= 10 * b for a, b in pairs)}\n")


if __name__ == "__main__":
    main()
