"""Store: a learned network as files: perception.json and perception.safetensors."""

import hashlib
import json
from pathlib import Path

from safetensors.torch import load_file, save_file

from dsl.errors import NesyError
from nesy.abduction.network import Network

RECORD, WEIGHTS = "perception.json", "perception.safetensors"


def save(network: Network, folder: Path) -> None:
    """Write a network; the record comes last and so marks a whole one.

    Raises:
        NesyError: if the folder cannot be written.
    """
    try:
        save_file(dict(network.state_dict()), folder / WEIGHTS)
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
        part = folder / (RECORD + ".part")
        part.write_text(json.dumps({"classes": network.classes, "width": network.width, "sha256": digest}) + "\n")
        part.rename(folder / RECORD)
    except Exception as error:  # safetensors has exceptions of its own for a full disk
        raise NesyError(f"{folder}: the network cannot be saved ({str(error).splitlines()[0]}); make room and go on "
                        "with --resume") from None


def load(folder: Path) -> Network:
    """A saved network.

    Raises:
        NesyError: if the files are not those of a network.
    """
    try:
        record = json.loads((folder / RECORD).read_text())
        if record["sha256"] != hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest():
            raise ValueError(f"{WEIGHTS} is not as it was written")
        network = Network(int(record["classes"]), int(record["width"]))
        network.load_state_dict(load_file(folder / WEIGHTS))
    except Exception as error:  # whatever a damaged file leads to: it is said, not hidden
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise NesyError(f"{folder}: not a whole network ({said}); remove the folder and learn again") from None
    return network
