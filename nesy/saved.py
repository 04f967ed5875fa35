"""Saved: what was learned as files: a record as JSON, with a digest of itself and of the weights beside it.

The record is written last, and under another name first: where it stands, all is whole.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from dsl.errors import NesyError

Network = TypeVar("Network", bound=nn.Module)


def save(folder: Path, name: str, what: str, record: Mapping[str, object],
         weights: Mapping[str, Tensor] | None = None) -> None:
    """Write a machine, or `what` else it is: name.json and, where there are weights, name.safetensors.

    Raises:
        NesyError: if the folder cannot be written.
    """
    try:
        whole = dict(record)
        if weights is not None:
            save_file({k: w.contiguous() for k, w in weights.items()}, folder / f"{name}.safetensors")
            whole["weights_sha256"] = _digest((folder / f"{name}.safetensors").read_bytes())
        whole["sha256"] = _digest(json.dumps(whole, sort_keys=True).encode())
        part = folder / f"{name}.json.part"
        part.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
        part.rename(folder / f"{name}.json")
    except Exception as error:  # safetensors has exceptions of its own for a full disk
        raise NesyError(f"{folder}: the {what} cannot be saved ({_first_line(error)}); make room and go on with "
                        "--resume") from None


def load(folder: Path, name: str, what: str) -> tuple[dict, dict[str, Tensor]]:
    """The record and the weights (none, if none were saved) of a machine, or `what` else it is.

    Raises:
        NesyError: if they are not as they were written.
    """
    with damage(folder, what):
        record = json.loads((folder / f"{name}.json").read_text("utf-8"))
        if record.pop("sha256") != _digest(json.dumps(record, sort_keys=True).encode()):
            raise ValueError(f"{name}.json is not as it was written")
        if "weights_sha256" not in record:
            return record, {}
        if record.pop("weights_sha256") != _digest((folder / f"{name}.safetensors").read_bytes()):
            raise ValueError(f"{name}.safetensors is not as it was written")
        return record, load_file(folder / f"{name}.safetensors")


def load_network(folder: Path, name: str, what: str, build: Callable[[dict], Network]) -> Network:
    """A network that was saved with its state as weights, built anew from its record.

    Raises:
        NesyError: if the files are not those of such a network.
    """
    record, weights = load(folder, name, what)
    with damage(folder, what):
        network = build(record)
        network.load_state_dict(weights)
    return network


@contextmanager
def damage(folder: Path, what: str) -> Iterator[None]:
    """Whatever a damaged file leads to within this context is said in one line.

    >>> with damage(Path("runs/1"), "machine"):
    ...     {}["lexicon"]
    Traceback (most recent call last):
    ...
    dsl.errors.NesyError: runs/1: not a whole machine ('lexicon'); remove the folder and learn again
    """
    try:
        yield
    except NesyError:
        raise
    except PermissionError as error:
        raise NesyError(f"{error.filename or folder}: cannot be read ({error.strerror}); allow it to be read") from None
    except Exception as error:
        raise NesyError(f"{folder}: not a whole {what} ({_first_line(error)}); remove the folder and learn again") \
            from None


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
