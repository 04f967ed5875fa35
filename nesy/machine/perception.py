"""Perception: from raw tokens to the rows of symbols that they may be, the most probable first.

Text needs none; a network over images has the same interface.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


class Perception(Protocol):
    """Says which rows of symbols the raw tokens may be, with log-probabilities."""

    def perceive(self, raw: Sequence[object]) -> Iterator[tuple[float, tuple[str, ...]]]:
        """Log-probability and symbols, one for each token, by falling log-probability."""
        ...


@dataclass(frozen=True)
class Identity:
    """A token is its own symbol, for certain.

    >>> list(Identity().perceive(["walk", "twice"]))
    [(0.0, ('walk', 'twice'))]
    """

    def perceive(self, raw: Sequence[object]) -> Iterator[tuple[float, tuple[str, ...]]]:
        """The tokens as symbols."""
        yield 0.0, tuple(map(str, raw))
