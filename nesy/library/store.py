"""Store: a library as library.json: where it was learned, and its abstractions as text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

from dsl.defined import defined
from dsl.errors import NesyError
from dsl.language import DSL
from dsl.syntax import parse, parse_type
from nesy.library.compress import Abstraction
from tasks import tasks_of

NAME = "library.json"
MOST = 20  # parameters of an abstraction
LONGEST = 10_000  # characters of its body


@dataclass(frozen=True)
class Library:
    """Abstractions as text, which any language with the primitives that they are made of can read."""

    learned_from: str  # benchmark/split
    abstractions: tuple[Mapping[str, object], ...]
    rounds: tuple[Mapping[str, object], ...] = ()

    def extend(self, dsl: DSL) -> DSL:
        """A language with the abstractions as primitives, under its own name.

        Raises:
            NesyError: where the language lacks what an abstraction is made of.
        """
        try:
            return self._extended(dsl)
        except NesyError as error:
            raise NesyError(f"the library was learned from {self.learned_from}, and does not fit language "
                            f"{dsl.name!r}: {error}") from None

    def _extended(self, dsl: DSL) -> DSL:
        classes = dsl.classes
        for a in self.abstractions:
            params = tuple(parse_type(str(t), classes) for t in a["params"])  # type: ignore[attr-defined]
            body = parse(str(a["body"]), dsl, params)
            if body.is_sketch:
                raise NesyError(f"{a['name']}: its body has a hole")
            dsl = dsl.extend(dsl.name, [defined(str(a["name"]), body, params)])
        return dsl


def _check(a: Mapping[str, object]) -> None:
    """Whether this is an abstraction as it is saved.

    Raises:
        ValueError: names what is wrong.
    """
    name, body, params = a["name"], a["body"], a["params"]
    if not isinstance(name, str) or not name.isascii() or not name.isidentifier() or iskeyword(name):
        raise ValueError(f"{name!r} is no name of an abstraction")
    if not isinstance(params, list) or not 0 < len(params) <= MOST or not all(isinstance(t, str) for t in params):
        raise ValueError(f"{name}: params are a list of one to {MOST} types")
    if not isinstance(body, str) or len(body) > LONGEST:
        raise ValueError(f"{name}: its body is no text of at most {LONGEST:,} characters")


def of(learned_from: str, found: Sequence[Abstraction], rounds: Sequence[Mapping[str, object]]) -> Library:
    """The library of these abstractions."""
    return Library(learned_from, tuple({"name": a.primitive.name, "params": [str(t) for t in a.primitive.params],
                                        "result": str(a.primitive.result), "body": str(a.body), "uses": a.uses}
                                       for a in found), tuple(rounds))


def save(library: Library, folder: Path) -> None:
    """Write library.json.

    Raises:
        NesyError: if the folder cannot be written.
    """
    record = {"learned_from": library.learned_from, "abstractions": list(library.abstractions),
              "rounds": list(library.rounds)}
    try:
        part = folder / (NAME + ".part")
        part.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
        part.rename(folder / NAME)
    except OSError as error:
        raise NesyError(f"{folder}: the library cannot be saved ({error.strerror}); make room and learn again"
                        ) from None


def language(folder: Path) -> DSL:
    """The language of the tasks from which a saved library was learned, with the library.

    Raises:
        NesyError: if there is no library, or its tasks are not to be had.
    """
    found = load(folder)
    dsl = found.extend(language_of(found.learned_from))
    return dsl.extend(f"{dsl.name}+{folder.name}")


def language_of(target: str) -> DSL:
    """The language of the tasks of BENCH/SPLIT; that of the first task, where they differ.

    Raises:
        NesyError: if there are no such tasks, or they are not solved by programs.
    """
    tasks = tasks_of(target)
    return tasks.task(tasks.ids[0]).dsl


def load(folder: Path) -> Library:
    """A library that was saved.

    Raises:
        NesyError: if there is none, or it is damaged.
    """
    path = folder / NAME
    try:
        record = json.loads(path.read_text("utf-8"))
        for a in record["abstractions"]:
            _check(a)
        return Library(str(record["learned_from"]), tuple(record["abstractions"]), tuple(record.get("rounds", ())))
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        said = " ".join(str(error).split())[:120]
        raise NesyError(f"{path}: no library ({said}); learn one with `nesy train library`") from None
