"""Store: a learned network as files: perception.json and perception.safetensors."""

from pathlib import Path

from nesy import saved
from nesy.abduction.network import Network

NAME, WHAT = "perception", "network"


def save(network: Network, folder: Path) -> None:
    """Write a network.

    Raises:
        NesyError: if the folder cannot be written.
    """
    record = {"classes": network.classes, "width": network.width, "build": network.build}
    saved.save(folder, NAME, WHAT, record, network.state_dict())


def load(folder: Path) -> Network:
    """A saved network.

    Raises:
        NesyError: if the files are not those of a network.
    """
    return saved.load_network(folder, NAME, WHAT, lambda record: Network(
        int(record["classes"]), int(record["width"]), build=str(record["build"])))
