"""Made: what an experiment trains before its rows are run: libraries, and proposers; kept among its runs."""

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from dsl.errors import NesyError
from nesy.config import writable
from nesy.runs.store import write_whole
from nesy.runs.watch import Watch
from solvers.base import Budget

DONE = "made.json"


class Made(BaseModel):
    """A library learned from tasks, or a proposer of their language, by a name that rows take it by.

    tasks: BENCH/SPLIT. A proposer begins with the weights of `start` and learns in hindsight from what that one
    writes for the tasks; where `language` names one, it learns that language on the tasks' inputs, programs of at most
    `largest` nodes. `direct` is the share of samples from which it learns to say outputs outright. `quick_limit` tasks,
    or `quick_minutes`, are what `--quick` learns from, or for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["library", "proposer"]
    tasks: str
    seconds: float = 10.0
    rounds: int = 2
    quick_limit: int = 10
    start: str | None = None
    language: str | None = None
    direct: float = 0.0
    largest: int = 12
    minutes: float = 10.0
    quick_minutes: float = 1.0


def make(what: Made, out: Path, *, quick: bool, jobs: int, watch: Watch) -> Path:
    """The folder of it, made unless it is there already."""
    folder, record = out / f"made-{what.name}", {**what.model_dump(), "quick": quick}
    if (folder / DONE).exists():
        try:
            known = json.loads((folder / DONE).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise NesyError(f"{folder / DONE}: damaged ({str(error).splitlines()[0]}); remove {folder}, which is then "
                            "made anew") from None
        if known != record:
            raise NesyError(f"{folder}: was made by other settings; remove it, or name another --out")
        return folder
    writable(folder)
    with watch.run(f"{what.kind} {what.name}") as watcher:
        (_library if what.kind == "library" else _proposer)(what, folder, quick, jobs, watcher.note)
    write_whole(folder / DONE, record)
    return folder


def _library(what: Made, folder: Path, quick: bool, jobs: int, notice) -> None:
    from nesy.engine import equipped
    from nesy.library import store
    from nesy.library.wake_sleep import Config, learn
    from tasks import tasks_of

    tasks = tasks_of(what.tasks)
    config = Config(rounds=what.rounds, budget=Budget(seconds=what.seconds), jobs=jobs)
    learn(tasks, equipped("portfolio", None), config, tasks.ids[:what.quick_limit if quick else None], notice,
          lambda library: store.save(library, folder))


def _proposer(what: Made, folder: Path, quick: bool, jobs: int, notice) -> None:
    from nesy.problem import find_language
    from nesy.proposer.train import Config, train

    minutes = what.quick_minutes if quick else what.minutes
    config = Config(minutes=minutes, start=what.start, replay=what.tasks if what.start else None, held_out=20,
                    inputs=what.tasks if what.language else None, direct=what.direct, sizes=(2, what.largest))
    train(find_language(what.language or what.tasks), folder, config, resume=(folder / "checkpoints").is_dir(),
          notice=notice)
