"""Reading: a task as the corpus writes it, training pairs and test inputs, as a spec over grids."""

from dsl.errors import NesyError
from dsl.languages.grids import Grid, for_spec
from dsl.spec import Example, Spec
from tasks.base import Task

SIDE = 30  # cells of a grid at most
ATTEMPTS = 2  # answers that are taken for each test input
Pairs = list[dict[str, list[list[int]]]]


def task(name: str, train: Pairs, test: Pairs, where: str, side: int = SIDE) -> Task:
    """A task of training pairs, and of tests, which need no output; of grids of at most so many cells a side.

    Raises:
        NesyError: for a grid that is none, by its pair; and where there is no training pair or no test.
    """
    if not train or not test:
        raise NesyError(f"{where}: no {'training pair' if not train else 'test input'}; a task needs at least one")
    shown = []
    for n, pair in enumerate(train, 1):
        given, wanted = (_grid(pair, part, f"{where}: training pair {n}", side) for part in ("input", "output"))
        shown.append(Example(given, output=wanted))
    asked = [_grid(pair, "input", f"{where}: test {n}", side) for n, pair in enumerate(test, 1)]
    spec = Spec(inputs=[Grid], output=Grid, examples=shown, queries=[(g,) for g in asked])
    known = all(isinstance(pair, dict) and pair.get("output") is not None for pair in test)
    tests = tuple(Example(g, output=_grid(pair, "output", f"{where}: test {n}", side))
                  for n, (g, pair) in enumerate(zip(asked, test, strict=True), 1)) if known else ()
    return Task(name, for_spec(spec), spec, tests, attempts=ATTEMPTS)


def _grid(pair: object, part: str, where: str, side: int) -> Grid:
    if not isinstance(pair, dict) or part not in pair:
        raise NesyError(f"{where}: has no {part}")
    rows = pair[part]
    if not isinstance(rows, list) or not rows or not all(isinstance(r, list) and r for r in rows):
        raise NesyError(f"{where}: its {part} is no grid; write rows of cells, [[0, 1], [1, 0]]")
    if len({len(r) for r in rows}) > 1:
        raise NesyError(f"{where}: the rows of its {part} differ in length")
    if len(rows) > side or len(rows[0]) > side:
        raise NesyError(f"{where}: its {part} is {len(rows)} x {len(rows[0])}; at most {side} x {side} is read")
    strange = [v for r in rows for v in r if type(v) is not int or not 0 <= v <= 9]
    if strange:
        raise NesyError(f"{where}: its {part} has {str(strange[0])[:20]!r} in a cell; colours are 0 to 9")
    return Grid(rows)
