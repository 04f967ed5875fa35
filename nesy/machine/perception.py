"""Perception: from raw tokens to distributions over symbols, one per position.

Text needs none; a network over images has the same interface.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Perception(Protocol):
    """Says which symbols a raw token may be, with log-probabilities."""

    def perceive(self, raw: Sequence[object]) -> tuple[Mapping[str, float], ...]:
        """For each token, its candidate symbols and their log-probabilities."""
        ...


@dataclass(frozen=True)
class Identity:
    """A token is its own symbol, for certain.

    >>> Identity().perceive(["walk"])
    ({'walk': 0.0},)
    """

    def perceive(self, raw: Sequence[object]) -> tuple[Mapping[str, float], ...]:
        """Each token as a symbol of probability one."""
        return tuple({str(token): 0.0} for token in raw)
