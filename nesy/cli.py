"""The command line: nesy list, eval, solve, reproduce, report, train, data. Errors are one line and exit code 2."""

import errno
import json
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from dsl.errors import NesyError
from dsl.interpret import roomy
from nesy import __version__, display
from nesy.cli_data import data_app
from nesy.cli_train import Folder, Json, train_app
from nesy.config import MOST, eval_config, read_given, within

# Typer brings its own copy of click from some version on: its errors are known by their base alone.
Refused: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                  help="Neuro-symbolic program synthesis: propose, solve, verify.")
app.add_typer(data_app, name="data")
app.add_typer(train_app, name="train")

KEPT = {"eval", "train"}  # commands that go on with --resume


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nesy {__version__}")
        raise typer.Exit


@app.callback()
def top(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True,
                                              help="Print the version.")] = False) -> None:
    """Neuro-symbolic program synthesis: propose, solve, verify."""


@app.command("list")
def list_(
    language: Annotated[str | None, typer.Argument(help="A language, as --language takes it: its primitives, each "
                                                        "with an example.")] = None,
    as_json: Json = False,
) -> None:
    """List benchmarks with their splits and data, languages, solvers and experiments; or the words of a language."""
    from nesy.listing import inventory, words

    if language is not None:
        from nesy.problem import find_language

        dsl = find_language(language)
        if as_json:
            typer.echo(json.dumps([w.record for w in words(dsl)], indent=1))
        else:
            display.vocabulary(dsl, words(dsl))
        return
    with display.busy("looking at the data"):
        found = inventory()
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    else:
        display.inventory(found)


@app.command("eval")
def eval_(
    target: Annotated[str, typer.Argument(metavar="BENCH[/SPLIT]", help="A benchmark, or one split of it.")],
    limit: Annotated[int | None, typer.Option(help="Ask only the first N test tasks.")] = None,
    train: Annotated[int | None, typer.Option(help="Learn from N training items drawn by the seed.")] = None,
    seed: Annotated[int, typer.Option(help="The seed, or the first of them.")] = 0,
    seeds: Annotated[int, typer.Option(help="How many seeds to run, counted up from --seed.")] = 1,
    seconds: Annotated[float, typer.Option(help="Wall seconds a task, for what searches or reads; learning, and a "
                                                "network's answers, are not timed.")] = 10.0,
    memory: Annotated[int, typer.Option(help="Memory in MB.")] = 4096,
    jobs: Annotated[int, typer.Option(help="Tasks, or runs, at the same time.")] = 1,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Solve the tasks on the machines of a ray "
                                                "cluster: auto for the one found, local for this machine.")] = None,
    solver: Annotated[str | None, typer.Option(help="What answers the tasks [default: machine where there is something "
                                                    "to learn from, asp for puzzles, else portfolio].")] = None,
    proposer: Annotated[str | None, typer.Option(help="A trained proposer's folder, or one that ships: lists.")] = None,
    library: Annotated[str | None, typer.Option(help="A folder that `nesy train library` wrote.")] = None,
    given: Annotated[str, typer.Option(help="Modules replaced by ground truth: perception,syntax,semantics.")] = "",
    out: Annotated[Path | None, Folder(help="Folder of the run [default: a new one below runs/].")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was ended.")] = False,
    as_json: Json = False,
) -> None:
    """Learn what a benchmark asks to be learned, evaluate, print a table, write a run."""
    from nesy.runs.suite import Suite

    for name, value in (("seeds", seeds), ("jobs", jobs)):
        within(name, value, 1, MOST)
    if cluster is not None and jobs != 1:
        raise NesyError(f"--jobs {jobs}: with --cluster its machines say how many tasks run at a time; leave it out")
    options = dict(limit=limit, train=train, seconds=seconds, memory=memory, solver=solver, given=read_given(given),
                   proposer=proposer, library=library)
    suite = Suite.of(target, range(seed, seed + seeds), options, eval_config)
    with display.progress() as watch:
        done = suite.run(out, resume=resume, jobs=jobs, watch=watch, cluster=cluster)
    summaries = [s for _, s in done]
    if as_json:
        typer.echo(json.dumps(summaries[0] if len(summaries) == 1 else summaries, indent=1))
    else:
        display.runs(done)


@app.command()
def solve(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An examples file, .json or .yaml, a task of grids, .json, a SyGuS-IF "
                                              "problem, .sl, or, with --machine, the image of a formula.")],
    language: Annotated[str | None, typer.Option(help="A shipped language, FILE.py:NAME, BENCH/SPLIT for that of its "
                                              "tasks, or the folder of a library.")] = None,
    seconds: Annotated[float, typer.Option(help="Wall seconds.")] = 10.0,
    memory: Annotated[int, typer.Option(help="Memory in MB.")] = 4096,
    size: Annotated[int | None, typer.Option(help="Largest program to try.")] = None,
    solver: Annotated[str, typer.Option(help="What solves it; `nesy list` names them.")] = "portfolio",
    machine: Annotated[Path | None, typer.Option(help="The folder of a run that learned to read images: FILE is one "
                                                      "of symbols side by side.")] = None,
    expect: Annotated[int | None, typer.Option(help="With --machine: what would have to change for it.")] = None,
    proposer: Annotated[str | None, typer.Option(help="A trained proposer's folder, or one that ships: lists.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for outputs until no other program fits.")] = False,
    svg: Annotated[Path | None, typer.Option(help="Draw a task of grids, and its answer, into this file.")] = None,
    as_json: Json = False,
) -> None:
    """Solve one problem; print program, certificate and alternatives, or why there is none."""
    from nesy import problem
    from nesy.dialogue import narrow
    from nesy.engine import equipped
    from nesy.engine import solve as run
    from nesy.grids import drawable, save
    from solvers.base import Budget, Status

    for name, value, most in (("seconds", seconds, 10**6), ("memory", memory, 10**8), ("size", size, 10**6)):
        if value is not None and not 0 < value <= most:
            raise NesyError(f"--{name} {value}: must be above 0, and at most {most:,}")
    if machine is not None:
        for name in ("language", "memory", "size", "solver", "proposer", "ask", "svg"):
            if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE":
                raise NesyError(f"--{name}: does not go with --machine; leave it out")
        from nesy.sight.formula import understand

        with display.busy(f"reading {file.name}"):
            found = understand(machine, file, expect, seconds)
        if as_json:
            typer.echo(json.dumps(display.understood_record(found), indent=1))
        else:
            display.understood(found)
        if found.reading.tree is None:
            raise typer.Exit(1)
        return
    if expect is not None:
        raise NesyError("--expect: needs --machine, the folder of a machine that reads images")
    posed = problem.pose(file, language)
    if svg is not None:
        drawable(svg, file, posed.spec)
    spec, budget, chosen = posed.spec, Budget(seconds=seconds, memory_mb=memory, size=size), equipped(solver, proposer)
    if ask:
        result = None
        question = display.question(spec.output, stopped := [])
        for asked, found in narrow(posed.dsl, posed.spec, question, solver=chosen, budget=budget):
            spec, result = asked, found
            if not as_json:
                display.result(result, posed.dsl, spec, posed.write)
        assert result is not None
        if not as_json and not stopped and result.program is not None:
            display.nothing_to_ask()
    else:
        with display.busy(f"solving {file.name}"):
            result = run(posed.dsl, spec, solver=chosen, budget=budget)
    if as_json:
        typer.echo(json.dumps(display.result_record(result, posed.dsl, spec, posed.write), indent=1))
    elif not ask:
        display.result(result, posed.dsl, spec, posed.write)
    if svg is not None and result.program is not None:
        save(posed.dsl, spec, result.program, svg)
    if spec.contradiction():
        raise NesyError(f"{file}: {posed.located(result.reason)}; remove one of them")
    if result.status is not Status.SOLVED:
        raise typer.Exit(1)


@app.command()
def reproduce(
    experiment: Annotated[str, typer.Argument(help="An experiment that `nesy list` names.")],
    quick: Annotated[bool, typer.Option("--quick", help="Fewer points, the same code.")] = False,
    out: Annotated[Path | None, Folder(help="Folder for its runs [default: runs/EXPERIMENT].")] = None,
    jobs: Annotated[int, typer.Option(help="Runs at the same time.")] = 1,
    as_json: Json = False,
) -> None:
    """Run an experiment over its seeds; print the paper's figures and ours side by side."""
    from nesy.experiments.run import load
    from nesy.experiments.run import reproduce as run

    within("jobs", jobs, 1, MOST)
    plan = load(experiment)
    with display.progress() as watch:
        table = run(plan, Path("runs") / (experiment + ("-quick" if quick else "")) if out is None else out,
                    quick=quick, jobs=jobs, watch=watch)
    if as_json:
        typer.echo(json.dumps(table, indent=1))
    else:
        display.experiment(plan, table)


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders that `nesy eval` wrote.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The page.")] = Path("report.html"),
) -> None:
    """Write runs as one self-contained page: tables, plots, and every task with its program, drawn."""
    from nesy.runs.report.page import write

    with display.busy(f"writing {out.name}"):
        write(runs, out)
    typer.echo(f"report: {out}")


def main() -> None:
    """The `nesy` script: run a command; say what is wrong in one line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # of what a terminal has no letter for, the number
    try:
        with roomy():  # answers may be numbers of many digits
            code = typer.main.get_command(app).main(args=sys.argv[1:], prog_name="nesy", standalone_mode=False)
    except NesyError as error:
        _fail(str(error))
    except Refused as error:
        text = error.format_message()  # type: ignore[attr-defined]
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(text)
            sys.exit(2)
        _fail(text)
    except (KeyboardInterrupt, typer.Abort):
        _fail(_interrupted(), 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        _fail(_unwritten(error))
    except Exception as error:  # ours to mend
        if os.environ.get("NESY_TRACEBACK"):
            raise
        _fail(f"a defect of nesy, please report it: {type(error).__name__}: {error} (NESY_TRACEBACK=1 shows where)")
    else:
        if code == 130:  # how some versions of Typer return from an interrupt
            _fail(_interrupted(), 130)
        sys.exit(code if isinstance(code, int) else 0)


def _unwritten(error: OSError) -> str:
    what = f"{error.filename}: " if error.filename else "output cannot be written: "
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    resumed = KEPT & set(sys.argv[1:2]) and sys.argv[1:3] != ["train", "library"]
    again = "; make room and " + ("go on with --resume" if resumed else "give the command again") if full else ""
    return f"{what}{error.strerror or error}{again}"


def _interrupted() -> str:
    if sys.argv[1:3] == ["train", "library"]:
        return "interrupted; the library of the rounds that ended is kept"
    if sys.argv[1:2] == ["reproduce"]:
        return "interrupted; what was computed is kept, the same command goes on with it"
    return "interrupted; what was saved is kept, go on with --resume" if KEPT & set(sys.argv[1:2]) else "interrupted"


def _fail(text: str, code: int = 2) -> None:
    line = " ".join(text.split())
    typer.echo(f"nesy: {line}", err=True)
    sys.exit(code)
