"""Config: what an evaluation is asked to do; the same on the command line, in Python and in run.json."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dsl.errors import NesyError, nearest
from solvers.names import NAMES

LEARNERS = {"machine": "benchmarks to learn from", "network": "puzzles, from those that the solver completed"}
PROPOSERS = {"proposer": "what a trained proposer writes, verified (--proposer)",
             "guided": "the same, then the most probable of a grammar that its proposals weigh",
             "direct": "outputs that it says outright, which nothing verifies: guesses, reported apart"}
SOLVERS = (*LEARNERS, *PROPOSERS, *NAMES)
MODULES = ("perception", "syntax", "semantics")
MOST = 10_000  # seeds of one command, or tasks at the same time


class EvalConfig(BaseModel):
    """One evaluation of one split with one seed; a run can be resumed only under an equal config."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    benchmark: str
    split: str
    seed: int = Field(0, ge=0, le=2**31)
    limit: int | None = Field(None, ge=1)
    train: int | None = Field(None, ge=1)
    seconds: float = Field(10.0, ge=0.001, le=10**6, allow_inf_nan=False)
    memory: int = Field(4096, ge=512, le=10**8)
    solver: str = "machine"
    given: tuple[Literal["perception", "syntax", "semantics"], ...] = ()
    proposer: str | None = None
    library: str | None = None

    @field_validator("solver")
    @classmethod
    def _known_solver(cls, name: str) -> str:
        if name not in SOLVERS:
            raise ValueError(f"no such solver for evaluation: {name!r}; {nearest(name, SOLVERS)}")
        return name


def eval_config(**options: object) -> EvalConfig:
    """A checked config.

    Raises:
        NesyError: names the option that is wrong, and what it takes.
    """
    try:
        return EvalConfig(**options)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        where = str(first["loc"][0])
        said = str(first["msg"]).removeprefix("Value error, ")
        raise NesyError(f"--{where} {first['input']!r}: {said[0].lower()}{said[1:]}") from None


def within(name: str, value: float, least: float, most: float) -> None:
    """Check an option's range.

    Raises:
        NesyError: names the option and its range.
    """
    if not least <= value <= most:
        raise NesyError(f"--{name} {value}: must be from {least} to {most:,}")


def read_options(file: Path, known: Collection[str]) -> dict[str, object]:
    """A command's options as a file gives them, YAML or JSON, by their names on the command line.

    Raises:
        NesyError: if it cannot be read, is no mapping, or has a name that is not among those known.
    """
    try:
        found = yaml.safe_load(file.read_text("utf-8-sig"))
    except OSError as error:
        raise NesyError(f"--config {file}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise NesyError(f"--config {file}: not YAML or JSON ({' '.join(str(error).split())})") from None
    if not isinstance(found, dict):
        raise NesyError(f"--config {file}: needs options and their values, such as minutes: 5")
    names = {str(name).replace("-", "_"): name for name in found}
    for name, written in names.items():
        if name not in known:
            raise NesyError(f"--config {file}: no such option: {written!r}; {nearest(name, known)}")
    return {name: found[written] for name, written in names.items() if found[written] is not None}


def read_given(text: str) -> tuple[str, ...]:
    """The modules named in `--given`, in a fixed order.

    >>> read_given("syntax,perception")
    ('perception', 'syntax')
    """
    names = [n.strip() for n in text.split(",") if n.strip()]
    for name in names:
        if name not in MODULES:
            raise NesyError(f"--given {name!r}: no such module; {nearest(name, MODULES)}")
    return tuple(m for m in MODULES if m in names)


def folder_named(text: str) -> Path:
    """The folder that --out names.

    Raises:
        NesyError: if it is empty, as of a variable that is not set.
    """
    if not text.strip():
        raise NesyError("--out: names no folder")
    return Path(text)


def writable(folder: Path) -> Path:
    """The folder, made if need be.

    Raises:
        NesyError: if nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".writable-{os.getpid()}"
        probe.write_text("", "utf-8")
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise NesyError(f"--out {folder}: cannot be written ({error.strerror}); name another folder") from None
    return folder
