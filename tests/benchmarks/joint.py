"""Two ways to abduce what misread formulas are, side by side: best-first over rows of symbols, and answer sets.

    nesy eval hint/images --out runs/images
    python tests/benchmarks/joint.py runs/images

Scenes of the test set that the run's machine gets wrong are explained by their answers: by the most probable row of
symbols whose tree has it (as learning does it), and by the least change of symbols, tree and meanings together.
"""

import json
import sys
import time
from pathlib import Path

from dsl.errors import NesyError
from nesy.sight import store
from nesy.sight.formula import other_row
from nesy.sight.together import cheapest
from tasks import Scenes, benchmark

LONGEST, SCENES, SECONDS = 9, 60, 5.0


def main(folder: Path) -> None:
    """Print how many were explained, in how many seconds, and where all modules together cost less."""
    stored, scenes = store.load(folder), benchmark("hint").split("images")
    assert isinstance(scenes, Scenes)
    machine, rows = stored.machine, []
    for scene in scenes.test:
        p = stored.network.judged(scenes.test_images[list(scene.images)])
        if len(p) > LONGEST or machine.read(list(p)).value == scene.answer:
            continue
        start = time.perf_counter()
        found_row, _ = other_row(machine, p, scene.answer, time.monotonic() + SECONDS)
        row = found_row and found_row[1]
        between = time.perf_counter()
        try:
            found = cheapest(machine, p, stored.evidence, scene.answer, seconds=SECONDS)
        except NesyError:  # it took too long
            found = None
        rows.append((row, between - start, found and found.cost, time.perf_counter() - between))
        if len(rows) == SCENES:
            break
    both = [(row, cost) for row, _, cost, _ in rows if row is not None and cost is not None]
    print(json.dumps({
        "scenes": len(rows), "best_first_explains": sum(r is not None for r, *_ in rows),
        "best_first_seconds": round(sum(s for _, s, _, _ in rows), 2),
        "answer_sets_explain": sum(c is not None for *_, c, _ in rows),
        "answer_sets_seconds": round(sum(s for *_, s in rows), 2),
        "cheaper_together": sum(bool(cost < row - 0.01) for row, cost in both),
        "dearer_together": sum(bool(cost > row + 0.01) for row, cost in both)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
