"""Formula: one image of a formula, read by a learned machine: symbols, tree, values, and what else would do.

For a result other than the machine's, the least that would have to change is searched for in
each module on its own, in order of probability: other symbols, another tree, another meaning;
and in all of them together, by answer sets.
"""

import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from dsl.errors import NesyError
from dsl.interpret import Failure
from nesy.machine.deduce import value
from nesy.machine.evidence import Evidence, standing
from nesy.machine.machine import Machine, Reading
from nesy.machine.tree import Tree
from nesy.sight import store
from nesy.sight.store import Stored
from nesy.sight.together import cheapest, instead

SHOWN = 0.001  # probability from which another symbol is shown
MODES = ("1", "L")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "WEBP")  # of images that are read
MOST = 200  # symbols of a formula
JOINT = 9  # symbols at most of which everything is abduced together


@dataclass(frozen=True)
class Change:
    """What would have to be otherwise: in which module, and how much less probable that is (natural logarithm)."""

    module: str
    said: str
    cost: float | None = None


@dataclass(frozen=True)
class Understood:
    """A formula as it was understood."""

    symbols: tuple[tuple[tuple[str, float], ...], ...]  # at each place, by probability
    reading: Reading
    nodes: tuple[tuple[int, str, object], ...]  # depth, word, value; from the root down
    certificate: str
    expected: object = None
    changes: tuple[Change, ...] = ()
    tried: int = 0  # rows of symbols, for the changes
    seconds: float = 0.0


def cut(path: Path, side: tuple[int, int]) -> np.ndarray:
    """The symbols of an image, cut from left to right, ink bright: (symbols, height, width), bytes.

    A bright background is turned dark.

    Raises:
        NesyError: if it is no image, or not of the machine's size and mode.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=FORMATS) as image:
            if image.mode not in MODES:
                raise NesyError(f"{path}: an image of mode {image.mode}; convert it to 8-bit grey (L)")
            width, height = image.size
            if height != side[0] or width % side[1] or not 0 < width // side[1] <= MOST:
                raise NesyError(f"{path}: {width} x {height} pixels; this machine reads up to {MOST} symbols side by "
                                f"side, {side[0]} high and each {side[1]} wide")
            pixels = np.asarray(image.convert("L"))
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise NesyError(f"{path}: not an image ({str(error).splitlines()[0]})") from None
    except OSError as error:
        raise NesyError(f"{path}: {error.strerror or error}") from None
    if np.median(pixels) > 127:
        pixels = 255 - pixels
    return pixels.reshape(side[0], -1, side[1]).transpose(1, 0, 2)


def understand(folder: Path, path: Path, expected: object = None, seconds: float = 10.0) -> Understood:
    """What the machine in a folder makes of an image, and what would make it `expected`, looked for so long.

    Raises:
        NesyError: if the folder holds no such machine, or the image is not as it needs it.
    """
    stored = store.load(folder)
    return explain(stored, stored.network.judged(cut(path, stored.side)), expected, seconds)


def explain(stored: Stored, p: np.ndarray, expected: object = None, seconds: float = 10.0) -> Understood:
    """The same of symbols by their class probabilities p: (symbols, words)."""
    start, machine = time.monotonic(), stored.machine
    reading = machine.read(list(p))
    symbols = tuple(tuple((stored.words[k], float(row[k])) for n, k in enumerate(np.argsort(-row).tolist())
                          if n == 0 or row[k] > SHOWN) for row in p)
    changes, tried = (), 0
    if expected is not None and reading.value != expected:
        changes, tried = _changes(machine, p, reading, stored.evidence, expected, start + seconds)
    return Understood(symbols, reading, tuple(_nodes(machine, reading)), standing(machine, reading, stored.evidence),
                      expected, changes, tried, time.monotonic() - start)


def _nodes(machine: Machine, reading: Reading) -> Iterator[tuple[int, str, object]]:
    """Depth, word and value of every node of the tree."""
    todo: list[tuple[int, Tree]] = [(0, reading.tree)] if reading.tree else []
    while todo:
        depth, node = todo.pop()
        yield depth, reading.words[node.head], value(node, reading.words, machine.lexicon)
        todo.extend((depth + 1, child) for child in reversed(node.children))


def _changes(machine: Machine, p: np.ndarray, reading: Reading, evidence: Mapping[str, Evidence], expected: object,
             until: float) -> tuple[tuple[Change, ...], int]:
    found: list[Change] = []
    row, tried = other_row(machine, p, expected, until)
    if row is not None:
        found.append(Change("perception", " and ".join(_swaps(reading.words, row[0])), row[1]))
    if reading.tree is None:
        return tuple(found), tried
    tree = machine.right_tree(reading.words, expected)
    if tree is not None:
        found.append(Change("syntax", f"the tree {tree.show(reading.words)}"))
    for word in dict.fromkeys(reading.words):
        for meaning in instead(machine, word, evidence, expected):
            result = value(reading.tree, reading.words, {**machine.lexicon, word: meaning})
            if not isinstance(result, Failure) and result == expected:
                found.append(Change("semantics", meaning.show(word)))
                break
    return (*found, *_together(machine, p, reading, evidence, expected, until - time.monotonic())), tried


def other_row(machine: Machine, p: np.ndarray, expected: object,
              until: float) -> tuple[tuple[tuple[str, ...], float] | None, int]:
    """The most probable symbols that denote a value, what they cost beyond the first, and how many rows were tried."""
    first, tried = None, 0
    for logp, words in machine.perception.perceive(list(p)):
        if time.monotonic() > until:
            break
        first, tried = logp if first is None else first, tried + 1
        other, _ = machine.understand(words)
        if other.tree is not None and other.value == expected:
            return (words, first - logp), tried
    return None, tried


def _together(machine: Machine, p: np.ndarray, reading: Reading, evidence: Mapping[str, Evidence], expected: object,
              seconds: float) -> Iterator[Change]:
    """The least change of symbols, tree and meanings at once, as far as it is found in time."""
    if seconds <= 0 or len(p) > JOINT:
        return
    try:
        found = cheapest(machine, p, evidence, expected, seconds=seconds)
    except NesyError as error:
        yield Change("together", f"not known: {error}")
        return
    if found is not None:
        said = _swaps(reading.words, found.words)
        said += [f"the tree {found.tree.show(found.words)}"] if found.tree != reading.tree else []
        said += [meaning.show(word) for word, meaning in found.meanings.items()]
        said = " and ".join(said) + ("" if found.least else " (the least found in time)")
        yield Change("together", said, found.cost)


def _swaps(words: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    return [f"symbol {i + 1} a {w} instead of a {was}"
            for i, (was, w) in enumerate(zip(words, others, strict=True)) if w != was]
