"""Given: the inputs of real tasks, from which samples may take theirs; no output of a task is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from dsl.errors import NesyError
from dsl.inputs import seeded
from dsl.lazy import cached_property
from dsl.types import AnyType
from tasks.base import Task

Signature = tuple[tuple[AnyType, ...], AnyType]
Row = tuple[object, ...]


@dataclass(frozen=True)
class Given:
    """For each task its signature and its inputs, those of tests among them.

    A sample takes the inputs of one task, changed all alike where a class says how its values vary (a static
    method `variation(rng)` that returns a function).

    >>> from dsl import Example, Spec, load
    >>> spec = Spec(inputs=[int], output=int, examples=[Example(3, output=4), Example(5, output=6)])
    >>> given = Given.of([Task("a", load("integers"), spec)])
    >>> sorted(given.rows(Random(0), spec.inputs, spec.output, 9))
    [(3,), (5,)]
    """

    tasks: tuple[tuple[Signature, tuple[Row, ...]], ...]

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> "Given":
        """The inputs of these tasks.

        Raises:
            NesyError: where no task has two inputs to tell programs apart by.
        """
        found = []
        for task in tasks:
            rows = (*(e.inputs for e in task.spec.examples), *task.spec.queries)
            if len(set(map(repr, rows))) > 1:
                found.append(((task.spec.inputs, task.spec.output), tuple(rows)))
        if not found:
            raise NesyError("none of these tasks has two inputs from which samples could be made")
        return cls(tuple(found))

    @cached_property
    def signatures(self) -> list[Signature]:
        """The signature of each task."""
        return [signature for signature, _ in self.tasks]

    def knows(self, inputs: tuple[AnyType, ...], output: AnyType) -> bool:
        """Whether a task has this signature."""
        return (inputs, output) in self._by

    def rows(self, rng: Random, inputs: tuple[AnyType, ...], output: AnyType, most: int) -> list[Row]:
        """Different inputs of one of the tasks of a signature, at most so many."""
        rows = list(rng.choice(self._by[inputs, output]))
        rng.shuffle(rows)
        varied = {t: t.python.variation(rng) for t in inputs  # type: ignore[union-attr]
                  if callable(getattr(getattr(t, "python", None), "variation", None))}
        return [tuple(varied[t](v) if t in varied else v for t, v in zip(inputs, row, strict=True))
                for row in rows[:most]]

    def probes(self, inputs: tuple[AnyType, ...], output: AnyType, many: int) -> list[Row]:
        """Fixed inputs of different tasks, by which behaviours are told apart."""
        rng = seeded("probe", *map(str, inputs))
        return [self.rows(rng, inputs, output, 1)[0] for _ in range(many)]

    @cached_property
    def _by(self) -> dict[Signature, list[tuple[Row, ...]]]:
        found: dict[Signature, list[tuple[Row, ...]]] = {}
        for signature, rows in self.tasks:
            found.setdefault(signature, []).append(rows)
        return found
