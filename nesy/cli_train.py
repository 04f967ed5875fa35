"""The command line's part for training: nesy train proposer, library."""

import json
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from dsl.errors import NesyError
from nesy import display
from nesy.config import MOST, folder_named, read_options, within, writable

Json = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]
Folder = partial(typer.Option, parser=folder_named, metavar="DIR")
SCRATCH = "none"  # as what training begins with
train_app = typer.Typer(no_args_is_help=True, help="Train what helps to solve.")


def _from_file(context: typer.Context, file: Path | None) -> None:
    """Let a file say what options are where the command line does not."""
    if file is None:
        return
    options = {flag.removeprefix("--").replace("-", "_"): p for p in context.command.params for flag in p.opts
               if flag not in ("--config", "--help", "--json")}
    found: dict[str, object] = {}
    for name, value in read_options(file, options).items():
        several = getattr(options[name], "multiple", False)
        found[str(options[name].name)] = list(map(str, value)) if several and isinstance(value, list) else (
            [str(value)] if several else str(value))
    context.default_map = {**(context.default_map or {}), **found}


@train_app.command("proposer")
def train_proposer(
    language: Annotated[str, typer.Option(help="A shipped language, FILE.py:NAME, BENCH/SPLIT for that of its "
                                              "tasks, or the folder of a library.")],
    out: Annotated[Path | None, Folder(help="Folder of the proposer [default: proposers/LANGUAGE].")] = None,
    minutes: Annotated[float, typer.Option(help="How long to train; loading and judging come on top.")] = 5.0,
    size: Annotated[str | None, typer.Option(help="tiny, small or base: half a million, 3 or 24 million parameters "
                                                  "[default: small on a GPU, else tiny].")] = None,
    seed: Annotated[int, typer.Option(help="The seed.")] = 0,
    batch: Annotated[int | None, typer.Option(help="Programs a step [default: 64 on a GPU, else 16].")] = None,
    largest: Annotated[int, typer.Option(help="Nodes of the largest programs drawn.")] = 12,
    rate: Annotated[float | None, typer.Option(help="The highest learning rate [default: 0.001; with --start "
                                                    "0.0001].")] = None,
    start: Annotated[Path | None, typer.Option(help="A proposer, or one that ships: lists, whose weights are trained "
                                                 "further; of another language, too; none: from scratch [default: one "
                                                 "that ships, where at least half of the primitives do what its own "
                                                 "do, unless --size is given].")] = None,
    replay: Annotated[str | None, typer.Option(metavar="BENCH/SPLIT", help="With --start: learn also from what that "
                                               "proposer writes for these tasks, in hindsight.")] = None,
    vary: Annotated[float, typer.Option(help="Share of the numbers and texts in programs that the language does not "
                                             "list.")] = 0,
    types: Annotated[list[str] | None, typer.Option(metavar='"TYPE, TYPE -> TYPE"', help="Draw programs of these "
                                                    "types alone; may be given again [default: all].")] = None,
    inputs: Annotated[str | None, typer.Option(metavar="BENCH/SPLIT", help="Show programs at work on the inputs of "
                                               "these tasks, varied; their outputs are not looked at.")] = None,
    like: Annotated[Path | None, typer.Option(help="Draw programs like those that this run found.")] = None,
    direct: Annotated[float, typer.Option(help="Share of the samples from which it learns to say outputs outright, "
                                               "beside programs.")] = 0,
    config: Annotated[Path | None, typer.Option(callback=_from_file, is_eager=True, metavar="FILE", help="Options in a "
                                                "file, .yaml or .json; those of the command line come first.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a training that was ended.")] = False,
    as_json: Json = False,
) -> None:
    """Train a transformer that proposes programs of a language; save it with a model card."""
    from nesy.problem import find_language
    from nesy.proposer.graft import suggested
    from nesy.proposer.train import Config, began_with, train

    for name, value, least, most in (("minutes", minutes, 0.01, 10**5), ("batch", batch, 1, 10**5),
                                     ("largest", largest, 2, 60), ("vary", vary, 0, 1), ("seed", seed, 0, 2**31),
                                     ("rate", rate, 1e-9, 1), ("direct", direct, 0, 1)):
        if value is not None:
            within(name, value, least, most)
    dsl = find_language(language)
    folder = writable(Path("proposers") / dsl.name if out is None else out)
    begin = None if start is None or str(start) == SCRATCH else str(start)
    if start is None and size is None and replay is None:
        begin = began_with(folder) if resume else suggested(dsl)
    chosen = Config(minutes=minutes, size=size, seed=seed, batch=batch or 0, sizes=(2, largest), vary=vary,
                    rate=rate or 0, held_out=int(min(100, max(20, 20 * minutes))), start=begin,
                    replay=replay, inputs=inputs, like=None if like is None else str(like), direct=direct,
                    types=tuple(types or ()))
    with display.progress() as watch, watch.run(f"proposer for {dsl.name}") as watcher:
        record = train(dsl, folder, chosen, resume=resume, command="nesy " + shlex.join(sys.argv[1:]),
                       notice=watcher.note)
    if as_json:
        typer.echo(json.dumps(record, indent=1))
    else:
        display.trained(record, folder)


@train_app.command("library")
def train_library(
    target: Annotated[str, typer.Argument(metavar="BENCH/SPLIT", help="Tasks to learn from.")],
    out: Annotated[Path | None, Folder(help="Folder of the library [default: libraries/BENCH-SPLIT].")] = None,
    rounds: Annotated[int, typer.Option(help="Of solving and compressing.")] = 2,
    seconds: Annotated[float, typer.Option(help="Wall seconds a task.")] = 10.0,
    memory: Annotated[int, typer.Option(help="Memory in MB.")] = 4096,
    limit: Annotated[int | None, typer.Option(help="Learn from the first N tasks alone.")] = None,
    most: Annotated[int, typer.Option(help="Abstractions at most.")] = 8,
    arity: Annotated[int, typer.Option(help="Parameters of an abstraction at most.")] = 3,
    solver: Annotated[str, typer.Option(help="What solves; `nesy list` names them.")] = "portfolio",
    jobs: Annotated[int, typer.Option(help="Tasks at the same time.")] = 1,
    minutes: Annotated[float, typer.Option(help="How long to train a proposer after each round, for the next, on "
                                                "dreams and solutions; 0: none.")] = 0,
    seed: Annotated[int, typer.Option(help="The proposers' seed.")] = 0,
    as_json: Json = False,
) -> None:
    """Learn abstractions from solved tasks, with which more are solved; save them as a library."""
    from nesy.engine import equipped
    from nesy.library import store
    from nesy.library.dreams import Dreaming
    from nesy.library.wake_sleep import Config, learn
    from solvers.base import Budget
    from tasks import tasks_of

    for name, value, least, top in (("rounds", rounds, 1, 100), ("most", most, 1, 1000), ("arity", arity, 1, 6),
                                    ("jobs", jobs, 1, MOST), ("limit", 1 if limit is None else limit, 1, 10**6),
                                    ("memory", memory, 512, 10**8), ("seconds", seconds, 0.001, 10**6),
                                    ("minutes", minutes, 0, 10**5), ("seed", seed, 0, 2**31)):
        within(name, value, least, top)
    tasks = tasks_of(target)
    folder = writable(Path("libraries") / target.replace("/", "-") if out is None else out)
    if (folder / store.NAME).exists():
        raise NesyError(f"--out {folder}: holds a library already; name another folder")
    config = Config(rounds=rounds, budget=Budget(seconds=seconds, memory_mb=memory), most=most, arity=arity, jobs=jobs)
    with display.progress() as watch, watch.run(f"library of {tasks.title}") as watcher:
        dreaming = Dreaming(folder=folder, solver=solver, minutes=minutes, seed=seed, notice=watcher.note)
        found = learn(tasks, equipped(solver, None), config, tasks.ids[:limit], watcher.note,
                      lambda library: store.save(library, folder), dreaming if minutes else None)
    if as_json:
        typer.echo((folder / store.NAME).read_text("utf-8"), nl=False)
    else:
        display.learned_library(found, folder)
