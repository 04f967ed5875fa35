"""Plots: figures of runs as pictures, into an SVG file or a buffer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

Place = TypeVar("Place", Path, BinaryIO)


def curve(title: str, table: Sequence[Mapping], path: Place) -> Place:
    """Accuracy over the number that a row is called by, the mean as a line and every seed as a point."""
    with _axes(path) as axes:
        xs = [int(row["name"]) for row in table]
        axes.plot(xs, [100 * row["mean"] for row in table], color="C0", label="mean")
        for x, row in zip(xs, table, strict=True):
            axes.scatter([x] * row["seeds"], [100 * a for a in row["accuracies"]], color="C0", s=14, alpha=0.6)
        axes.set_xscale("log")
        axes.set_xticks(xs, [str(x) for x in xs])
        axes.minorticks_off()
        axes.set_ylim(-3, 103)
        axes.set_xlabel("training sentences")
        axes.set_ylabel("accuracy on the whole test split, %")
        axes.set_title(title)
    return path


def solved(title: str, seconds: Mapping[str, Sequence[float]], path: Place) -> Place:
    """How many tasks each row has solved within so many CPU seconds a task.

    seconds: for each row, what every task that it solved took.
    """
    with _axes(path) as axes:
        for name, taken in seconds.items():
            xs = sorted(max(0.001, s) for s in taken)
            axes.step([0.001, *xs], range(len(xs) + 1), where="post", label=name)
        axes.set_xscale("log")
        axes.set_xlabel("CPU seconds a task")
        axes.set_ylabel("tasks solved")
        axes.set_title(title)
        axes.legend(fontsize="small")
    return path


@contextmanager
def _axes(path: Path | BinaryIO) -> Iterator:
    """The axes of a picture that is then written."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    yield axes
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)
