"""Task, Benchmark, Split: what is asked, and what may be learned from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Protocol

import numpy as np

from dsl.errors import NesyError, nearest
from dsl.inputs import seeded
from dsl.language import DSL
from dsl.program import Program
from dsl.spec import Example, Spec


class TaskError(NesyError):
    """A benchmark, split or data file that is not there or not as it should be."""


@dataclass(frozen=True)
class Task:
    """A spec, the language to meet it in, and held-out tests, whose outputs no solver is handed.

    Their inputs may be the spec's queries: a program has to have a value there, and search tells programs apart there.
    `write` puts an answer as the benchmark's own format does. So many `attempts` are taken: programs that give
    different answers, of which one has to be right.
    """

    id: str
    dsl: DSL
    spec: Spec
    tests: tuple[Example, ...] = ()
    write: Callable[[Program], str] = str
    attempts: int = 1


@dataclass(frozen=True)
class TaskSet:
    """Tasks that are each solved on their own: nothing is learned from one for the next.

    A task is read when it is asked for: some benchmarks are a thousand files.
    """

    benchmark: str
    name: str
    ids: tuple[str, ...]
    task: Callable[[str], Task]

    @property
    def title(self) -> str:
        """benchmark/split."""
        return f"{self.benchmark}/{self.name}"


def task_set(benchmark: str, name: str, tasks: Iterable[Task]) -> TaskSet:
    """A set of tasks that are read already."""
    found = {t.id: t for t in tasks}
    return TaskSet(benchmark, name, tuple(found), found.__getitem__)


def draw(make: Callable[[Random], Task | None], *parts: object) -> Task:
    """The first task that `make` makes of a random generator which depends on the parts and the attempt alone."""
    return next(task for n in count() if (task := make(seeded(*parts, n))) is not None)


@dataclass(frozen=True)
class Sentence:
    """A raw input, token by token, and what it denotes; of a test, only the score sees the answer."""

    id: str
    tokens: tuple[str, ...]
    answer: object
    group: str = ""  # the part of the test that it belongs to


@dataclass(frozen=True)
class Split:
    """Sentences to learn from and sentences to be asked, with the truth for oracle modules.

    truth says what `--given` puts in the place of syntax and semantics; a split without it cannot be asked to.
    """

    benchmark: str
    name: str
    train: tuple[Sentence, ...]
    test: tuple[Sentence, ...]
    truth: "Truth | None" = None
    domain: str = "sequences"  # what the sentences denote: the name of its language

    @property
    def title(self) -> str:
        """benchmark/split."""
        return f"{self.benchmark}/{self.name}"


@dataclass(frozen=True)
class Scene:
    """Images, by their numbers, and what follows from them; of a test, only the score sees the answer."""

    id: str
    images: tuple[int, ...]
    answer: object
    group: str = ""  # the part of the test that it belongs to


@dataclass(frozen=True, kw_only=True)
class Scenes:
    """Scenes to learn perception from and scenes to be asked; no image of training is in test.

    images: (n, h, w), bytes, of training; test_images likewise. symbols: the values of the
    classes that an image may be of. background: what symbols lead to, a program over them
    (one for each number of images), or the file of a theory. labels: the class of each test
    image, for error attribution alone; train_labels: of each training image, for that and `--given`.

    Where some symbol stands for an `open` position, an answer has the symbols that belong there
    by the rule which `background` is then, and `open` at the other positions.

    Without background, what symbols lead to is to be learned, too, as programs of the `domain`:
    then learners are told no symbol, and symbols are what `truth` calls the classes.
    """

    benchmark: str
    name: str
    train: tuple[Scene, ...]
    test: tuple[Scene, ...]
    images: np.ndarray
    test_images: np.ndarray
    symbols: tuple[object, ...]
    background: Program | Mapping[int, Program] | Path | None
    labels: np.ndarray | None = None
    train_labels: np.ndarray | None = None
    truth: "Truth | None" = None
    domain: str = ""
    open: object | None = None

    @property
    def title(self) -> str:
        """benchmark/split."""
        return f"{self.benchmark}/{self.name}"


OPEN = -1  # the class of a position that is not given


@dataclass(frozen=True)
class Puzzle:
    """Classes that are given, `OPEN` at the others, and the whole that it was made from, where that is known."""

    id: str
    givens: tuple[int, ...]
    answer: tuple[int, ...] | None = None
    group: str = ""  # the part of the test that it belongs to


@dataclass(frozen=True, kw_only=True)
class Puzzles:
    """Puzzles to complete so that a rule holds, and others to learn from; learners see no `answer`.

    background: the rule, a program over the symbols of all positions; symbols[k] is the value of class k.
    """

    benchmark: str
    name: str
    train: tuple[Puzzle, ...]
    test: tuple[Puzzle, ...]
    symbols: tuple[object, ...]
    background: Program

    @property
    def title(self) -> str:
        """benchmark/split."""
        return f"{self.benchmark}/{self.name}"


Part = Split | TaskSet | Scenes | Puzzles


class Truth(Protocol):
    """The published analysis of a benchmark's sentences; only `--given` and error attribution read it."""

    def tree(self, tokens: tuple[str, ...]) -> tuple[int, ...]:
        """The head of each position, -1 for the root.

        Raises:
            ValueError: where this is no sentence.
        """
        ...

    def meanings(self) -> dict[str, tuple[int, str]]:
        """Each word's number of children and program, as text of the benchmark's language."""
        ...


Files = tuple[tuple[str, str], ...]  # each as data set and name


@dataclass(frozen=True)
class Benchmark:
    """A named set of splits, loaded when asked for: sentences to learn from, or tasks to solve.

    `needs` names the files of a split, each with its data set; `prefers` those that take the place of what is drawn
    by the published rules where they are here; `ships` the package that brings the tasks.
    """

    name: str
    about: str
    source: str
    splits: dict[str, str]
    load: Callable[[str], Part]
    needs: Callable[[str], Files] = lambda split: ()
    prefers: Callable[[str], Files] = lambda split: ()
    ships: str = ""
    size: Callable[[str], int | None] | None = None  # of a split's test, where that is known without loading it
    trained: Callable[[str], int | None] = lambda split: None  # and of its training part, where it has one
    draw: Mapping[str, Callable[[int], Part]] = field(default_factory=dict)  # those by a seed
    solver: str = "portfolio"  # what answers it where nothing else is asked for

    def split(self, name: str, seed: int = 0) -> Part:
        """One split; the seed matters to those that are drawn.

        Raises:
            TaskError: for an unknown split; says which is near.
        """
        if name not in self.splits:
            raise TaskError(f"no such split of {self.name}: {name!r}; {nearest(name, self.splits)}")
        return self.draw[name](seed) if name in self.draw else self.load(name)
