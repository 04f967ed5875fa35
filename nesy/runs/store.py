"""Store: a run as a folder: run.json, tasks.jsonl, summary.json; whole lines only, whatever ends the process."""

import fcntl
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from math import isfinite
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dsl.errors import NesyError, in_order, shown
from dsl.interpret import Failure
from nesy.config import EvalConfig, writable

FILES = ("tasks.jsonl", "summary.json", "learning.json", "machine.json", "perception.json", "sight.json",
         "completion.json")
PACKAGES = ("nesy", "torch", "clingo", "z3-solver", "numpy")
MOST_BITS = 10_000  # of a number that run files hold: readers of JSON take about 4,000 digits


class Attempted(BaseModel):
    """A further attempt at a task."""

    model_config = ConfigDict(strict=True, extra="forbid")

    program: str
    prediction: list


class Guess(BaseModel):
    """What was said outright of a task's tests: each attempt's outputs."""

    model_config = ConfigDict(strict=True, extra="forbid")

    prediction: list[list]
    correct: bool


class TaskLine(BaseModel):
    """One line of tasks.jsonl."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: str
    status: str
    correct: bool
    program: str
    certificate: str
    prediction: Any
    seconds: float = Field(ge=0, allow_inf_nan=False)
    cpu_seconds: float = Field(ge=0, allow_inf_nan=False)
    tried: int | None = None  # programs, where some were searched through
    route: str | None = None  # the solver that was right
    peak_memory_mb: int | None = None  # of the processes that searched, where they lived to say so
    cells: float | None = Field(None, ge=0, le=1)  # of a puzzle: the share of positions as in its only completion
    share: float | None = Field(None, ge=0, le=1)  # how likely the answer is said to be
    first: bool | None = None  # whether the answer itself is right, where others may be right in its place
    guess: Guess | None = None  # outputs said outright, apart from the answer, and whether one is right
    others: list[Attempted] | None = None  # further attempts, where several are taken
    fault: str | None = None  # the module at fault, where an answer is wrong and the truth about modules known


class Learning(BaseModel):
    """What learning.json says of a learner, as far as summaries need it."""

    model_config = ConfigDict(strict=True, extra="allow")

    sentences: int
    called: dict[str, str] | None = None
    threshold: float | None = None
    lexicon: dict[str, dict[str, str]] | None = None
    symbol_accuracy: float | None = None
    calibration_error: float | None = None
    inconsistent: int | None = None
    held_out_accuracy: float | None = None
    seconds: float
    cpu_seconds: float
    peak_memory_mb: int


class Group(BaseModel):
    """A part of a run's tasks."""

    model_config = ConfigDict(strict=True)

    n: int
    accuracy: float


class Summary(BaseModel):
    """summary.json: the figures of a run."""

    model_config = ConfigDict(strict=True, extra="allow")

    benchmark: str
    split: str
    seed: int
    solver: str
    n: int
    solved: int
    correct: int
    accuracy: float
    interval: list[float] = Field(min_length=2, max_length=2)
    statuses: dict[str, int]
    certificates: dict[str, int]
    train: int | None
    held_out_accuracy: float | None
    train_seconds: float | None
    seconds: float
    cpu_seconds: float
    peak_memory_mb: int
    groups: dict[str, Group] | None = None
    faults: dict[str, int] | None = None
    with_: list[str] = Field([], alias="with")
    tried: int | None = None
    routes: dict[str, int] | None = None
    guessed: int | None = None
    either: int | None = None
    cells: float | None = None
    symbol_accuracy: float | None = None
    calibration_error: float | None = None
    inconsistent: int | None = None


class RunFolder:
    """One run's files. Open a new one, or an old one of an equal config, on the same tasks, to go on with it."""

    def __init__(self, path: Path, config: EvalConfig, resume: bool, tasks: str = ""):
        self.path, self.config, self.tasks = path, config, tasks
        record = path / "run.json"
        if record.exists():
            self._check(record, resume)
        writable(path)
        self._lock = self._alone()
        try:
            if record.exists():  # perhaps since a moment ago, by another process
                self._check(record, resume)
            else:
                stray = [n for n in FILES if (path / n).exists()]
                if stray:
                    raise NesyError(f"{path}: holds {stray[0]} but no run.json; name another --out")
                self.write("run.json", {"config": config.model_dump(mode="json"), "seed": config.seed, "tasks": tasks,
                                        **surroundings()})
            self.lines = self._read()
        except NesyError:
            self.close()
            raise

    def _check(self, record: Path, resume: bool) -> None:
        if not resume:
            raise NesyError(f"{self.path}: holds a run already; add --resume to go on with it, or name another --out")
        try:
            found = json.loads(record.read_text("utf-8"))
            old, tasks = EvalConfig(**found["config"]), found.get("tasks", self.tasks)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            said = ".".join(map(str, error.errors()[0]["loc"])) + ": " + error.errors()[0]["msg"] if isinstance(
                error, ValidationError) else str(error).splitlines()[0]
            raise NesyError(f"{record}: not the record of a run ({said}); name another --out") from None
        new = self.config.model_dump()
        for key, was in old.model_dump().items():
            if was != new[key]:
                raise NesyError(f"{self.path}: that run had {key}={was!r}, not {new[key]!r}; name another --out")
        if tasks != self.tasks:
            raise NesyError(f"{self.path}: that run had other tasks, or another library or proposer (published data "
                            "differ from what is drawn where they are not there: see NESY_DATA); name another --out")

    def _alone(self):
        """Keep other processes off the folder as long as this one lives."""
        lock = open(self.path / ".lock", "w", encoding="utf-8")  # noqa: SIM115 (held as long as the run)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise NesyError(f"{self.path}: another process is writing this run; wait for it, or name another --out") \
                from None
        return lock

    def close(self) -> None:
        """Let others have the folder."""
        self._lock.close()

    def _read(self) -> dict[str, dict]:
        path = self.path / "tasks.jsonl"
        if not path.exists():
            return {}
        try:
            data = path.read_bytes()
        except OSError as error:
            raise NesyError(f"{path}: cannot be read ({error.strerror})") from None
        whole = data[:data.rfind(b"\n") + 1]
        if len(whole) != len(data):  # the line that was being written when the process ended
            with open(path, "r+b") as f:
                f.truncate(len(whole))
        lines = {}
        for n, line in enumerate(whole.split(b"\n")[:-1], 1):
            try:
                record = TaskLine.model_validate_json(line.decode())
                lines[record.id] = record.model_dump()
            except (ValidationError, UnicodeDecodeError):
                raise NesyError(f"{path}, line {n}: not a task's record; remove the line and resume") from None
        return lines

    @contextmanager
    def appending(self) -> Iterator["Appender"]:
        """Add lines; each is with the operating system when `add` returns."""
        with said_in_one_line(self.path):
            f = open(self.path / "tasks.jsonl", "a", encoding="utf-8")  # noqa: SIM115 closed below
        with f:
            yield Appender(f, self.lines, self.path)

    def write(self, name: str, content: object) -> None:
        """Write one JSON file, whole or not at all."""
        with said_in_one_line(self.path):
            write_whole(self.path / name, content)

    def read(self, name: str) -> dict | None:
        """A JSON file of the run, if it is there."""
        path = self.path / name
        try:
            found = json.loads(path.read_text("utf-8")) if path.exists() else None
        except PermissionError as error:
            raise NesyError(f"{path}: cannot be read ({error.strerror}); allow it to be read") from None
        except (OSError, ValueError, RecursionError) as error:
            raise NesyError(f"{path}: cannot be read ({str(error).splitlines()[0]}); remove it and resume") from None
        kind = {"summary.json": Summary, "learning.json": Learning}.get(name)
        try:
            if found is not None and kind is not None:
                kind.model_validate(found)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise NesyError(f"{path}: not a record of a run ({where or 'no mapping'}); remove it and resume") from None
        if found is not None and not isinstance(found, dict):
            raise NesyError(f"{path}: not a record of a run; remove it and resume")
        return found


class Appender:
    """Writes task lines."""

    def __init__(self, file, lines: dict[str, dict], path: Path):
        self.file, self.lines, self.path = file, lines, path

    def add(self, record: dict) -> None:
        """One task's line; what could not be read again is not written."""
        record = plain(record)
        TaskLine.model_validate(record)
        with said_in_one_line(self.path):
            self.file.write(json.dumps(record, allow_nan=False) + "\n")
            self.file.flush()
        self.lines[record["id"]] = record


def write_whole(path: Path, content: object) -> None:
    """Write a JSON file, whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(plain(content), indent=1, allow_nan=False) + "\n", "utf-8")
    part.rename(path)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: sequences as lists; as text what fails, and numbers that its readers do not take.

    >>> plain({"prediction": (1, float("inf"))})
    {'prediction': [1, 'inf']}
    """
    match value:
        case dict():
            return {key: plain(v) for key, v in value.items()}
        case list() | tuple():
            return [*map(plain, value)]
        case frozenset():
            return [*map(plain, in_order(value))]
        case Failure():
            return str(value)
        case float() if not isfinite(value):
            return repr(value)
        case int() if value.bit_length() > MOST_BITS:
            return shown(value)
    return plain(value.tolist()) if hasattr(value, "tolist") else value


@contextmanager
def said_in_one_line(path: Path) -> Iterator[None]:
    """Turn a failed write into the user's error; what was written stays."""
    try:
        yield
    except OSError as error:
        raise NesyError(f"{path}: cannot be written ({error.strerror}); make room and go on with --resume") from None


def surroundings() -> dict[str, object]:
    """Versions, git revision and host: what a reader needs to judge a figure."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return {"versions": versions, "revision": _revision(), "command": sys.argv,
            "host": {"system": platform.platform(), "machine": platform.machine(), "cores": os.cpu_count()}}


def _revision() -> str | None:
    try:
        _git("ls-files", "--error-unmatch", Path(__file__).name)  # else the repository around it is another's
        return _git("describe", "--always", "--dirty")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*args: str) -> str:
    return subprocess.run(["git", *args], cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10,
                          check=True).stdout.strip()


def latest(root: Path, config: EvalConfig) -> Path | None:
    """The newest run folder below `root` with an equal config."""
    found = []
    for record in root.glob("*/run.json"):
        try:
            if EvalConfig(**json.loads(record.read_text("utf-8"))["config"]) == config:
                found.append((record.stat().st_mtime, record.parent))
        except (ValueError, KeyError, TypeError, OSError, RecursionError):
            continue
    return max(found)[1] if found else None
