"""Store: a learned network as files: completion.json and completion.safetensors."""

from pathlib import Path

from nesy import saved
from nesy.completion.network import Relational

NAME, WHAT = "completion", "network"


def save(network: Relational, folder: Path) -> None:
    """Write a network.

    Raises:
        NesyError: if the folder cannot be written.
    """
    record = {"positions": network.positions, "classes": network.classes, "groups": network.groups,
              "width": network.width, "rounds": network.rounds}
    saved.save(folder, NAME, WHAT, record, network.state_dict())


def load(folder: Path) -> Relational:
    """A saved network.

    Raises:
        NesyError: if the files are not those of a network.
    """
    return saved.load_network(folder, NAME, WHAT, lambda record: Relational(
        int(record["positions"]), int(record["classes"]), record["groups"], int(record["width"]),
        int(record["rounds"])))
