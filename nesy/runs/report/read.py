"""Read: what is on disk of a run, as it stands; nothing is written, and a run under way is none yet."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from dsl.errors import NesyError
from nesy.config import EvalConfig
from nesy.runs.store import Learning, Summary, TaskLine

M = TypeVar("M", bound=BaseModel)
UNUSUAL = ("train", "limit", "seconds", "memory", "given")  # options that are told where they are not the usual ones


@dataclass(frozen=True)
class Run:
    """A run: how it came about, its figures, a line for each task, what a learner said of itself."""

    folder: Path
    config: EvalConfig
    record: dict
    summary: Summary
    lines: tuple[TaskLine, ...]
    learning: Learning | None

    @property
    def name(self) -> str:
        """Benchmark, split, solver, options that are not the usual ones, and seed."""
        return f"{self.title}, seed {self.config.seed}"

    @property
    def title(self) -> str:
        """Its name but for the seed."""
        c, usual = self.config, EvalConfig.model_fields
        others = [f"{name} {'+'.join(v) if isinstance(v, tuple) else f'{v:g}'}" for name in UNUSUAL
                  if (v := getattr(c, name)) != usual[name].default]
        return ", ".join([f"{c.benchmark}/{c.split}", " + ".join([c.solver, *self.summary.with_]), *others])

    @classmethod
    def of(cls, folder: Path) -> "Run":
        """The run in a folder.

        Raises:
            NesyError: where there is none, where it has not ended, and for a file that is damaged.
        """
        if not (folder / "run.json").is_file():
            raise NesyError(f"{folder}: no run (it has no run.json); name a folder that `nesy eval` wrote")
        if not (folder / "summary.json").is_file():
            raise NesyError(f"{folder}: this run has not ended (it has no summary.json); go on with it by --resume")
        try:
            record = json.loads((folder / "run.json").read_text("utf-8"))
            config = EvalConfig(**record["config"])
            for key, kind in (("command", list), ("versions", dict), ("host", dict)):
                if not isinstance(record[key], kind):
                    raise TypeError(f"{key} is no {kind.__name__}")
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise NesyError(f"{folder / 'run.json'}: damaged ({str(error).splitlines()[0]}); run it again") from None
        lines = tuple(_checked(TaskLine, text, folder / "tasks.jsonl") for text in _text(folder / "tasks.jsonl").split(
            "\n") if text)
        learning = folder / "learning.json"
        return cls(folder, config, record, _checked(Summary, _text(folder / "summary.json"), folder / "summary.json"),
                   lines, _checked(Learning, _text(learning), learning) if learning.exists() else None)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NesyError(f"{path}: cannot be read ({str(error).splitlines()[0]})") from None


def _checked(kind: type[M], text: str, path: Path) -> M:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "no mapping"
        raise NesyError(f"{path}: damaged ({where}); go on with the run by --resume") from None
