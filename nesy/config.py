"""Config: what an evaluation is asked to do; the same on the command line, in Python and in run.json."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dsl.errors import NesyError, nearest
from solvers.names import NAMES

LEARNERS = {"machine": "benchmarks to learn from", "network": "puzzles, from those that the solver completed"}
PROPOSERS = {"proposer": "what a trained proposer writes, verified (--proposer)",
             "guided": "the same, then the most probable of a grammar that its proposals weigh",
             "direct": "outputs that it says outright, which nothing verifies: guesses, reported apart"}
SOLVERS = (*LEARNERS, *PROPOSERS, *NAMES)
MODULES = ("perception", "syntax", "semantics")


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


def writable(folder: Path) -> Path:
    """The folder, made if need be.

    Raises:
        NesyError: if nothing can be written there.
    """
    if not str(folder).strip(" ."):
        raise NesyError("--out: names no folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise NesyError(f"--out {folder}: cannot be written ({error.strerror}); name another folder") from None
    return folder
