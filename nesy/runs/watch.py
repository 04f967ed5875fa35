"""Watch: who is told how runs get on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """Who is told how one run gets on."""

    note: Callable[[str], None] = lambda text: None
    total: Callable[[int, int], None] = lambda done, of: None


class Watch(Protocol):
    """Shows how several runs get on."""

    def run(self, title: str) -> AbstractContextManager[Watcher]:
        """The watcher of one run."""
        ...
