"""Task, Benchmark, Split: what is asked, and what may be learned from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dsl.errors import NesyError, nearest
from dsl.spec import Example, Spec


class TaskError(NesyError):
    """A benchmark, split or data file that is not there or not as it should be."""


@dataclass(frozen=True)
class Task:
    """A spec together with held-out tests, which no solver is handed."""

    id: str
    spec: Spec
    tests: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """A raw input, token by token, and what it denotes; of a test, only the score sees the answer."""

    id: str
    tokens: tuple[str, ...]
    answer: object


@dataclass(frozen=True)
class Split:
    """Sentences to learn from and sentences to be asked, with the truth for oracle modules.

    truth maps the name of a module (perception, syntax, semantics) to what `--given`
    puts in its place; a split that has none for a module cannot be asked to give it.
    """

    benchmark: str
    name: str
    train: tuple[Sentence, ...]
    test: tuple[Sentence, ...]
    truth: "Truth | None" = None

    @property
    def title(self) -> str:
        """benchmark/split."""
        return f"{self.benchmark}/{self.name}"


class Truth(Protocol):
    """The published analysis of a benchmark's sentences; only `--given` and error attribution read it."""

    def tree(self, tokens: tuple[str, ...]) -> tuple[int, ...]:
        """The head of each position, -1 for the root."""
        ...

    def meanings(self) -> dict[str, str]:
        """Each word's program, as text of the benchmark's language."""
        ...


@dataclass(frozen=True)
class Benchmark:
    """A named set of splits, loaded when asked for."""

    name: str
    about: str
    source: str
    splits: dict[str, str]
    load: Callable[[str], Split]
    needs: Callable[[str], tuple[str, ...]] = lambda split: ()

    def split(self, name: str) -> Split:
        """One split.

        Raises:
            TaskError: for an unknown split; says which is near.
        """
        if name not in self.splits:
            raise TaskError(f"no such split of {self.name}: {name!r}; {nearest(name, self.splits)}")
        return self.load(name)
