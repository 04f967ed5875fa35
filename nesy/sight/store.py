"""Store: a machine that reads images as files: its network, its words (sight.json), and the machine."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from nesy import saved
from nesy.abduction import store as networks
from nesy.abduction.network import Network
from nesy.machine import store as machines
from nesy.machine.evidence import Evidence
from nesy.machine.machine import Machine
from nesy.machine.semantics import Domain
from nesy.machine.tree import Tree
from nesy.sight.sequences import Sequences

NAME = "sight"


def save(network: Network, machine: Machine, evidence: Mapping[str, Evidence], folder: Path) -> None:
    """Write a machine whose perception is of `Sequences`, and the network behind it.

    Raises:
        NesyError: if the folder cannot be written.
    """
    assert isinstance(machine.perception, Sequences)
    networks.save(network, folder)
    seen = machine.perception
    saved.save(folder, NAME, {"words": list(seen.words), "after": seen.after.tolist(), "rows": machine.rows})
    machines.save(machine, evidence, folder)


def load(folder: Path, domain: Domain, syntax: Callable[[tuple[str, ...]], Tree] | None = None,
         ) -> tuple[Network, Machine, dict[str, Evidence]]:
    """A saved network, the machine that reads what it gives, and the evidence for the machine's words.

    Raises:
        NesyError: if the files are not those of such a machine.
    """
    network = networks.load(folder)
    machine, evidence = machines.load(folder, domain, syntax)
    record, _ = saved.load(folder, NAME)
    with saved.damage(folder, NAME):
        words, after = tuple(map(str, record["words"])), np.array(record["after"], dtype=float)
        if after.shape != (len(words) + 1, len(words) + 1) or len(words) != network.classes:
            raise ValueError(f"{len(words)} words for a network of {network.classes} classes")
        return network, replace(machine, rows=int(record["rows"]), perception=Sequences(words, after)), evidence
