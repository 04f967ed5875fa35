"""Store: a machine that reads images as files: its network, its words (sight.json), and the machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dsl.errors import NesyError
from nesy import saved
from nesy.abduction import store as networks
from nesy.abduction.network import Network
from nesy.machine import store as machines
from nesy.machine.domains import DOMAINS
from nesy.machine.evidence import Evidence
from nesy.machine.machine import Machine
from nesy.machine.tree import Tree
from nesy.sight.sequences import Sequences

NAME = "sight"


@dataclass(frozen=True)
class Stored:
    """A machine whose perception is of `Sequences`, the network behind it for images of a side, and the evidence."""

    network: Network
    machine: Machine
    evidence: Mapping[str, Evidence]
    side: tuple[int, int]  # height and width of a symbol's image, pixels

    @property
    def words(self) -> tuple[str, ...]:
        """What the network's classes are called."""
        assert isinstance(self.machine.perception, Sequences)
        return self.machine.perception.words


def save(stored: Stored, folder: Path) -> None:
    """Write a machine and its network.

    Raises:
        NesyError: if the folder cannot be written.
    """
    assert isinstance(stored.machine.perception, Sequences)
    networks.save(stored.network, folder)
    saved.save(folder, NAME, NAME, {"words": list(stored.words), "after": stored.machine.perception.after.tolist(),
                              "rows": stored.machine.rows, "side": list(stored.side)})
    machines.save(stored.machine, stored.evidence, folder)


def load(folder: Path, syntax: Callable[[tuple[str, ...]], Tree | None] | None = None) -> Stored:
    """A saved machine and its network.

    Raises:
        NesyError: if the files are not those of such a machine.
    """
    if not (folder / f"{NAME}.json").exists():
        raise NesyError(f"{folder}: holds no machine that reads images ({NAME}.json is missing)")
    network, (record, _) = networks.load(folder), saved.load(folder, NAME, NAME)
    with saved.damage(folder, NAME):
        domain = DOMAINS[str(saved.load(folder, machines.NAME, machines.NAME)[0]["language"])]
        machine, evidence = machines.load(folder, domain, syntax)
        words, after = tuple(map(str, record["words"])), np.array(record["after"], dtype=float)
        if after.shape != (len(words) + 1, len(words) + 1) or len(words) != network.classes:
            raise ValueError(f"{len(words)} words for a network of {network.classes} classes")
        height, width = map(int, record["side"])
        machine = replace(machine, rows=int(record["rows"]), perception=Sequences(words, after))
        return Stored(network, machine, evidence, (height, width))
