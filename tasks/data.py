"""Data files: where each comes from, and by which checksum it is known.

`NESY_DATA` names a folder that already holds them; files found there are used as they
are. Others are fetched once into the user's cache.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pooch

from dsl.errors import nearest
from tasks.base import TaskError


@dataclass(frozen=True)
class Source:
    """A data set: its address, licence, citation, and the SHA-256 of each of its files."""

    name: str
    address: str
    licence: str
    citation: str
    files: dict[str, str]


SCAN = Source(
    name="scan",
    address="https://raw.githubusercontent.com/brendenlake/SCAN/master/",
    licence="BSD",
    citation="Lake and Baroni (2018), Generalization without Systematicity, ICML",
    files={
        "simple_split/tasks_train_simple.txt": "941bb8a088c5f53ceff12fde902dc008933cf0c4203cc672c47b5f79d73262dd",
        "simple_split/tasks_test_simple.txt": "1fe1c8f5a19d0dc40e41bab94278f45f66f3dc415a978bd29855a23440610fc6",
    })

SOURCES = {SCAN.name: SCAN}


def source(name: str) -> Source:
    """The data set of this name.

    Raises:
        TaskError: for an unknown name; says which is near.
    """
    if name not in SOURCES:
        raise TaskError(f"no such data set: {name!r}; {nearest(name, SOURCES)}")
    return SOURCES[name]


def cache() -> Path:
    """The folder into which files are fetched."""
    return Path(pooch.os_cache("nesy"))


def local(data: Source, file: str) -> Path | None:
    """Where a file is on this machine, in `NESY_DATA` or the cache; None if it is not."""
    given = os.environ.get("NESY_DATA")
    for folder in ([Path(given)] if given else []) + [cache()]:
        path = folder / data.name / file
        if path.is_file():
            return path
    return None


def intact(path: Path, sha256: str) -> bool:
    """Whether a file has its checksum."""
    return hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def fetch(data: Source, file: str) -> Path:
    """A file's path, downloaded if need be.

    Raises:
        TaskError: if it is not here and cannot be had, or is not the one published.
    """
    path = local(data, file)
    if path is None:
        pooch.get_logger().setLevel("WARNING")
        try:
            path = Path(pooch.retrieve(data.address + file, "sha256:" + data.files[file], fname=file,
                                       path=cache() / data.name, progressbar=False))
        except Exception as error:
            reason = type(error).__name__
            raise TaskError(f"{data.name}/{file} is not here and could not be fetched ({reason}); "
                            f"set NESY_DATA to a folder that holds {data.name}/{file}") from None
    if not intact(path, data.files[file]):
        raise TaskError(f"{path}: not the published file (its SHA-256 differs); remove it and fetch again")
    return path
