"""Display: what the command line shows of results: tables, programs, progress."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from dsl.errors import NesyError
from dsl.errors import text as text_of
from dsl.interpret import Failure
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Spec
from dsl.types import AnyType
from nesy.config import LEARNERS
from nesy.dialogue import Ask, NoAnswer, read_answer
from nesy.grids import drawn
from nesy.library.store import Library
from nesy.runs.store import plain
from nesy.runs.watch import Watcher
from solvers.attempt import outputs
from solvers.base import Result
from solvers.grids import suits
from tasks.data import Source, local

if TYPE_CHECKING:  # it loads the experiments
    from nesy.listing import Shown, Word

CERTIFIED = ("checked", "proved", "partial", "fails_at", "unique_up_to", "exhausted", "ambiguous", "unsettled", "share")
LITTLE = 0.1  # of the held-out tasks, below which a proposer is of little use
FAILING = 5  # examples shown that the nearest program fails
WIDE = None if sys.stdout.isatty() else 150
# What is shown is shown as it is.
out = Console(width=WIDE, highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)


class _Watch:
    def __init__(self, bars: Progress | None):
        self.bars = bars

    @contextmanager
    def run(self, title: str, said: str = "learning") -> Iterator[Watcher]:
        """The watcher of one run, which is doing what is said: a bar on a terminal, nothing elsewhere."""
        if self.bars is None:
            yield Watcher()
            return
        bars, task = self.bars, self.bars.add_task(title, total=None, said=said)

        def total(done: int, of: int) -> None:
            bars.update(task, completed=done, total=of, said=f"{done} of {of}")

        yield Watcher(note=lambda text: bars.update(task, said=text), total=total)


@contextmanager
def busy(title: str) -> Iterator[None]:
    """A bar while something takes its time; on a terminal it is gone when that is done."""
    with progress(transient=True) as watch, watch.run(title, ""):
        yield


@contextmanager
def progress(transient: bool = False) -> Iterator[_Watch]:
    """Progress on standard error, if that is a terminal; one that is transient leaves nothing there."""
    if not err.is_terminal:
        yield _Watch(None)
        return
    with Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(),
                  TextColumn("{task.fields[said]}", markup=False), console=err, transient=transient) as bars:
        yield _Watch(bars)


def percent(x: float) -> str:
    """A share as the tables show it."""
    return f"{100 * x:.2f} %"


def runs(done: list[tuple[Path, dict]]) -> None:
    """Runs as a table; over several seeds their mean, deviation and worst; then lexicon and folder."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("benchmark", "seed", "solver", "solved", "correct", "accuracy", "95 % interval", "cpu s"):
        table.add_column(column, justify="left" if column == "benchmark" else "right", no_wrap=True)
    groups: dict[str, list[dict]] = {}
    for _, s in done:
        name = f"{s['benchmark']}/{s['split']}"
        groups.setdefault(name, []).append(s)
        low, high = s["interval"]
        solver = " + ".join([s["solver"], *s.get("with", ())])
        table.add_row(name, str(s["seed"]), Text(solver), str(s["solved"]), f"{s['correct']}/{s['n']}",
                      percent(s["accuracy"]), f"{100 * low:.2f}-{100 * high:.2f}", f"{s['cpu_seconds']:.1f}")
    out.print(table)
    for name, group in groups.items():
        if len(group) > 1:
            a = [s["accuracy"] for s in group]
            out.print(f"{name}: mean {percent(mean(a))}, deviation {percent(stdev(a))}, worst seed {percent(min(a))}")
    if len(done) == 1 and done[0][1]["solver"] not in LEARNERS:
        s = done[0][1]
        statuses = ", ".join(f"{k} {n}" for k, n in s["statuses"].items())
        out.print(f"{statuses}; {s['seconds']:.1f} s over all tasks, at most {s['peak_memory_mb']} MB")
        if "guessed" in s:
            out.print(f"said outright, and verified by nothing: {s['guessed']} right; either right: {s['either']}")
    elif len(done) == 1:
        lexicon(done[0][0])
        s = done[0][1]
        certificates = ", ".join(f"{k} {n}" for k, n in s["certificates"].items())
        held = s["held_out_accuracy"]
        right = "" if held is None else f", right on {percent(held)} of those held out of them"
        out.print(f"learned from {s['train']} items in {s['train_seconds']:.1f} s{right}; {s['seconds']:.1f} s in all, "
                  f"{s['peak_memory_mb']} MB; answers: {certificates}")
        if "symbol_accuracy" in s:
            out.print(f"single images told rightly {percent(s['symbol_accuracy'])}, their probabilities off by "
                      f"{percent(s['calibration_error'])}; scenes that nothing explains: {s.get('inconsistent', 0)}")
        if "cells" in s:
            out.print(f"of the cells of the boards {percent(s['cells'])} are told rightly")
        for name, g in s.get("groups", {}).items():
            out.print(f"{name}: {percent(g['accuracy'])} of {g['n']}")
        if s.get("faults"):
            out.print(f"at fault where wrong: {', '.join(f'{k} {n}' for k, n in s['faults'].items())}")
    out.print(f"run{'s' if len(done) > 1 else ''}: {', '.join(str(f) for f, _ in done)}")


def lexicon(folder: Path) -> None:
    """The learned meanings of a run, each with its certificate."""
    path = folder / "learning.json"
    if not path.exists():
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("learned meaning")
    table.add_column("what determines it")
    try:
        words = json.loads(path.read_text("utf-8")).get("lexicon", {})  # none where meanings were not to be learned
        for entry in words.values():
            table.add_row(str(entry["program"]), str(entry["certificate"]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise NesyError(f"{path}: not a learner's record; the figures above stand without it") from None
    if words:
        out.print(table)


def nothing_to_ask() -> None:
    """Why there is no further question."""
    out.print("no other program was found that fits: there is nothing to ask")


def question(output: AnyType, stopped: list[bool]) -> Ask:
    """Ask on standard error for the output of an input; an empty line means that there is no answer: `stopped`."""
    def ask(inputs: tuple[object, ...], outputs: tuple[object, ...]) -> object:
        shown = " or ".join("an error" if isinstance(o, Failure) else text_of(o) for o in outputs)
        while True:
            err.print(f"which output belongs to ({', '.join(map(text_of, inputs))})? {shown} fits; enter to stop: ",
                      end="")
            text = sys.stdin.readline()
            if not text.strip():
                stopped.append(True)
                raise NoAnswer
            try:
                return read_answer(text.rstrip("\n"), output)
            except NesyError as error:
                err.print(str(error))

    return ask


def result(found: Result, dsl: DSL, spec: Spec, write: Callable[[Program], str] | None = None) -> None:
    """One problem's answer, or why there is none."""
    record = result_record(found, dsl, spec, write)
    out.print(f"{found.status.name}: {found.reason or found.status.value}")
    for key in ("program", "define", "certificate", "separating_input", "nearest"):
        if record.get(key) is not None:
            out.print(f"{key.replace('_', ' '):12} {record[key]}", soft_wrap=True)
    for other in record.get("alternatives", ()):
        out.print(f"{'alternative':12} {other}")
    failing = record.get("fails", ())
    for line in (*failing[:FAILING], *([f"and {len(failing) - FAILING} more"] if len(failing) > FAILING else [])):
        out.print(f"{'it fails':12} {line}")
    if "grids" in record:
        from nesy.grids import pictures

        out.print(pictures(spec, record["grids"]))
    for line in () if "grids" in record else record.get("answers", ()):
        out.print(f"{'answer':12} {line}")
    for line in record.get("guesses", ()):
        out.print(f"{'a guess':12} {line}", soft_wrap=True)
    by = f" by {found.solver}" if found.solver else ""
    whole = f", up to size {found.searched_to}" if found.searched_to else ""
    out.print(f"{'searched':12} {found.tried} programs{by}{whole}, {found.seconds:.2f} s")


def result_record(found: Result, dsl: DSL, spec: Spec, write: Callable[[Program], str] | None = None) -> dict:
    """A result as plain data."""
    record: dict = {"status": found.status.name, "reason": found.reason or found.status.value, "program": None,
                    "tried": found.tried, "searched_to": found.searched_to, "seconds": round(found.seconds, 4)}
    if found.program is not None and write is not None:
        record["define"] = write(found.program)
    if found.program is not None:
        record["program"] = str(found.program)
        given = outputs(dsl, spec, found.program, spec.queries)
        record["outputs"] = [plain(v) for v in given]
        record["answers"] = [f"{', '.join(map(text_of, q))} -> {text_of(v)}"
                             for q, v in zip(spec.queries, given, strict=True)]
    if spec.queries and found.programs and suits(spec):
        from dsl.languages.grids import Grid  # here, for it loads scipy

        record["grids"] = [[v.tolist() if isinstance(v, Grid) else str(v) for v in outputs(dsl, spec, p, spec.queries)]
                           for p in found.programs]
        record.pop("answers", None)
    if found.guesses:
        record["guesses"] = [", ".join(map(text_of, given)) for given in found.guesses]
    if found.certificate is not None:
        record["certificate"] = str(found.certificate)
        record["certified"] = {name: plain(getattr(found.certificate, name)) for name in CERTIFIED}
        record["alternatives"] = [str(p) for p in found.certificate.alternatives]
        split = found.certificate.separating_input
        record["separating_input"] = None if split is None else text_of(split)
    if found.nearest is not None:
        record["nearest"] = str(found.nearest.program)
        record["fails"] = [f"{e} (it gives {v!r})" if not hasattr(v, "why") else f"{e} ({v})"
                           for e, v in found.nearest.failures]
    return record


def understood(found) -> None:
    """A formula as a machine understood it: symbols, tree, values, and what would have to change."""
    record = understood_record(found)
    for n, place in enumerate(record["symbols"], 1):
        first, *others = (f"{word} ({p:.3f})" for word, p in place)
        out.print(f"{f'symbol {n}':12} {first}{', or ' + ', '.join(others) if others else ''}")
    out.print(f"{'tree':12} {record['tree']}", soft_wrap=True)
    for depth, word, value in record["values"]:
        out.print(f"{'value' if depth == 0 else '':12} {'  ' * depth}{word} = {value}")
    out.print(f"{'certificate':12} {record['certificate']}", soft_wrap=True)
    if found.expected is not None:
        if found.reading.value == found.expected:
            out.print(f"{'expected':12} {found.expected}: as it is")
        for change in record["changes"]:
            cost = "" if change["cost"] is None else f" ({change['cost']:.2f} nats less probable)"
            out.print(f"{change['module']:12} {change['change']}{cost}", soft_wrap=True)
        if not record["changes"] and found.reading.value != found.expected:
            out.print(f"{'expected':12} {found.expected}: no change of one module found that leads to it")
        out.print(f"{'searched':12} {found.tried} rows of symbols, {found.seconds:.2f} s")


def understood_record(found) -> dict:
    """The same as plain data."""
    return {
        "symbols": [[[word, round(p, 6)] for word, p in place] for place in found.symbols],
        "tree": found.reading.show(), "value": found.reading.value, "certificate": found.certificate,
        "values": [list(node) for node in found.nodes], "expected": found.expected,
        "changes": [{"module": c.module, "change": c.said, "cost": c.cost} for c in found.changes],
        "rows_tried": found.tried, "seconds": round(found.seconds, 4),
    }


def inventory(found: dict) -> None:
    """What `nesy list` shows."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("benchmark/split", "train", "test", "data", "about"):
        table.add_column(column)
    for row in found["benchmarks"]:
        train = row["train"] or ("-" if row["test"] else "?")
        table.add_row(f"{row['benchmark']}/{row['split']}", str(train), str(row["test"] or "?"), row["data"],
                      row["about"])
    out.print(table)
    for name, source in {row["benchmark"]: row["source"] for row in found["benchmarks"]}.items():
        out.print(f"source      {name}: {source}")
    for row in found["languages"]:
        out.print(f"language    {row['name']}: {row['about']}")
    for row in found["solvers"]:
        out.print(f"solver      {row['name']}: {row['serves']}")
    for row in found["experiments"]:
        out.print(f"experiment  {row['name']}: {row['about']}")


def vocabulary(dsl: DSL, words: "Sequence[Word]") -> None:
    """What `nesy list LANGUAGE` shows; pictures as pictures."""
    table = Table(title=str(dsl), box=SIMPLE_HEAD, pad_edge=False, show_lines=any(map(_pictured, words)))
    for column in ("primitive", "cost", "does", "example"):
        table.add_column(column, justify="right" if column == "cost" else "left", ratio=None)
    for w in words:
        example: Text | Table = Text(w.record["example"])
        if _pictured(w):
            example = Table.grid(padding=(0, 2))
            example.add_row(*map(_seen, w.args), "=", _seen(w.value))
        params = ", ".join(map(str, w.primitive.params))
        table.add_row(Text(f"{w.primitive.name}: ({params}) -> {w.primitive.result}"), str(w.primitive.cost),
                      Text(w.about), example)
    out.print(table)


def _pictured(w: "Word") -> bool:
    return any(v.pictures for v in (*w.args, w.value))


def _seen(value: "Shown") -> Text:
    return Text("\n\n").join(map(drawn, value.pictures)) if value.pictures else Text(value.text)


def sources(found: Mapping[str, Source]) -> None:
    """Data sets and the files of each that are here."""
    for data in found.values():
        out.print(f"{data.name}: {data.citation}; licence {data.licence}; {data.address or 'no public address'}")
        for file in data.files:
            try:
                out.print(f"  {file}: {local(data, file) or 'not here'}")
            except NesyError as error:
                out.print(f"  {file}: damaged: {error}")


def experiment(plan, table: dict) -> None:
    """An experiment's figures beside the paper's."""
    shown = Table(title=plan.about, box=SIMPLE_HEAD, pad_edge=False)
    fewer = any("fewer" in row for row in table["rows"])
    for column in ("row", "paper", "mean", "deviation", "worst seed", "seeds", "solved", "cpu s",
                   *(("fewer",) if fewer else ())):
        shown.add_column(column, justify="left" if column == "row" else "right")
    for row in table["rows"]:
        paper = "-" if row["paper"] is None else f"{row['paper']:g} %"
        deviation = "-" if row["deviation"] is None else percent(row["deviation"])
        shown.add_row(row["name"], paper, percent(row["mean"]), deviation, percent(row["worst"]),
                      str(row["seeds"]), f"{' / '.join(map(str, row['solved']))} of {row['n']}",
                      f"{row['cpu_seconds']:.1f}",
                      *([] if not fewer else ["-" if row["fewer"] is None else f"{row['fewer']:.1f}x"]))
    out.print(shown)
    if plan.note:
        out.print(plan.note)
    for path in table["files"]:
        out.print(f"written: {path}")


def learned_library(found: Library, folder: Path) -> None:
    """What a library holds, and what it did for solving."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("abstraction", "stands for", "uses"):
        table.add_column(column, justify="right" if column == "uses" else "left")
    for a in found.abstractions:
        params = ", ".join(map(str, a["params"]))  # type: ignore[call-overload]
        table.add_row(Text(f"{a['name']}: ({params}) -> {a['result']}"), Text(str(a["body"])), str(a["uses"]))
    if found.abstractions:
        out.print(table)
    elif any(r["solved"] for r in found.rounds):
        out.print("no abstraction shortens these solutions: the library is empty")
    else:
        out.print("no task was solved, so that the library is empty: give more --seconds")
    for r in found.rounds:
        out.print(f"round {r['round']}: {r['solved']} solved, {r['programs']:,} programs tried in {r['seconds']} s; "
                  f"solutions of cost {r['cost']}, with the library {r['compressed']}")
    out.print(f"library: {folder}", soft_wrap=True)


def trained(record: dict, folder: Path) -> None:
    """What a proposer learned from, and what it can do."""
    first, some = percent(record["solved_by_first"]), percent(record["solved_by_16"])
    out.print(f"{record['samples']:,} programs in {record['seconds'] / 60:.1f} minutes on {record['device']}; of "
              f"{record['held_out']} held-out tasks the first proposal solves {first}, one of 16 {some}")
    if record["twins"]:
        out.print(f"it began with the weights of {Path(record['config']['start']).name}, which knows "
                  f"{len(record['twins'])} primitives that do the same; --start none begins from scratch")
    if record["solved_by_16"] < LITTLE:
        out.print("it has learned little so far: go on with --resume and more --minutes")
    out.print(f"proposer: {folder}", soft_wrap=True)
