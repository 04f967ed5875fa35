"""Page: runs as one HTML page, with its pictures inside: figures, a plot, and every task with what answers it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import mean, stdev

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from dsl.errors import NesyError
from dsl.languages.grids.grid import Grid
from dsl.spec import Spec
from nesy import __version__
from nesy.runs.report import plots
from nesy.runs.report.draw import grid, is_grid, program
from nesy.runs.report.read import Run
from nesy.runs.store import TaskLine
from solvers.grids import suits
from tasks import TaskSet, benchmark

MOST = 1_000  # tasks of a run that are shown one by one, those answered wrongly first
BINS = (0.0, 0.5, 0.8, 0.95, 1.0)  # how likely answers are said to be


@dataclass(frozen=True)
class Group:
    """Runs that differ in the seed alone."""

    name: str
    accuracies: tuple[float, ...]

    @property
    def said(self) -> str:
        """Mean, deviation and worst seed, in percent."""
        a = [100 * x for x in self.accuracies]
        return f"{self.name}: mean {mean(a):.2f} %, deviation {stdev(a):.2f}, worst seed {min(a):.2f} of {len(a)}"


def groups(runs: Sequence[Run]) -> list[Group]:
    """The runs of several seeds, put together; of runs that differ in nothing but the folder, the last."""
    found: dict[str, dict[int, float]] = {}
    for run in runs:
        found.setdefault(run.title, {})[run.config.seed] = run.summary.accuracy
    return [Group(title, tuple(a.values())) for title, a in found.items() if len(a) > 1]


def calibration(run: Run) -> list[tuple[str, int, int]]:
    """How likely first answers are said to be, as a range; how many are, and how many of these are right."""
    told = [(x.share, x.correct if x.first is None else x.first) for x in run.lines
            if x.share is not None and x.status == "SOLVED"]
    found = []
    for low, high in zip(BINS, BINS[1:], strict=False):
        inside = [right for share, right in told if low <= share < high or share == high == BINS[-1]]
        found.append((f"{100 * low:g} to {100 * high:g} %", len(inside), sum(inside)))
    return found if told else []


def demonstrations(run: Run) -> dict[str, Spec]:
    """The tasks of grids that a run was asked, as far as their data are here."""
    try:
        part = benchmark(run.config.benchmark).split(run.config.split, run.config.seed)
        asked = {x.id for x in run.lines}
        ids = [i for i in part.ids if i in asked] if isinstance(part, TaskSet) else []
        if not ids or not suits(part.task(ids[0]).spec):  # type: ignore[union-attr]
            return {}
        return {i: part.task(i).spec for i in ids}  # type: ignore[union-attr]
    except NesyError:  # a run of elsewhere is shown without them
        return {}


def shown(value: object) -> Markup | str:
    """A value: a picture where it is one."""
    rows = value.tolist() if isinstance(value, Grid) else value
    return grid(rows) if is_grid(rows) else f"{value}"  # type: ignore[arg-type]


def plot(runs: Sequence[Run]) -> Markup:
    """Tasks solved over CPU seconds; nothing where no run searches."""
    taken: dict[str, list[float]] = {}
    for run in (r for r in runs if r.summary.tried is not None):
        name = f"{run.name} ({run.folder})" if run.name in taken else run.name
        taken[name] = [x.cpu_seconds for x in run.lines if x.correct]
    if not any(taken.values()):
        return Markup()
    file = BytesIO()
    plots.solved("tasks solved", taken, file)
    text = file.getvalue().decode()
    return Markup(text[text.index("<svg"):])


def sections(runs: Sequence[Run]) -> list[dict]:
    """What the page says of each run."""
    found = []
    for run in runs:
        specs = demonstrations(run)
        lines = sorted(run.lines, key=lambda x: x.correct)[:MOST]
        found.append({
            "run": run, "calibration": calibration(run), "left_out": len(run.lines) - len(lines),
            "statuses": Counter(x.status for x in run.lines), "routes": run.summary.routes or {},
            "lexicon": (run.learning.lexicon if run.learning else None) or {},
            "tasks": [(x, specs.get(x.id), attempts(x)) for x in lines]})
    return found


def attempts(line: TaskLine) -> list[tuple[str, list]]:
    """The programs of a task's answer, each with its predictions; then what was guessed outright."""
    given = line.prediction
    values = given if isinstance(given, list) and line.tried is not None else [given]
    found = [(line.program, values if line.program else [])]
    found += [(other.program, other.prediction) for other in line.others or ()]
    return [*found, *(("guessed outright", given) for given in (line.guess.prediction if line.guess else ()))]


def page(runs: Sequence[Run]) -> str:
    """The page."""
    engine = Environment(loader=PackageLoader("nesy.runs.report", "."), undefined=StrictUndefined, trim_blocks=True,
                         lstrip_blocks=True, autoescape=select_autoescape())
    return engine.get_template("page.html").render(
        runs=runs, groups=groups(runs), plot=plot(runs), sections=sections(runs), shown=shown, program=program,
        version=__version__)


def write(folders: Sequence[Path], out: Path) -> None:
    """Write the page of the runs in these folders.

    Raises:
        NesyError: for a folder that holds no whole run, and a page that cannot be written.
    """
    text = page([Run.of(folder) for folder in folders])
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, "utf-8")
    except OSError as error:
        raise NesyError(f"-o {out}: cannot be written ({error.strerror}); name another file") from None
