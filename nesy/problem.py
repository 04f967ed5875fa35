"""Problem: an examples file, JSON or YAML, read as a language and a spec.

    language: lists                  # a shipped language, FILE.py:NAME, BENCH/SPLIT, or a library's folder
    inputs: ["tuple[int, ...]"]      # may be left out: read off the examples then; ["a", "b"] may be
    output: int                      # tuple[str, ...] or tuple[str, str]
    examples:
      - {inputs: [[1, 9]], output: 4}
    queries: [[[10, 3]]]             # inputs whose outputs are asked for; may be left out
"""

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from os.path import isfile
from pathlib import Path

import yaml

from dsl import DSL, Example, NesyError, Spec, SpecError, load
from dsl.errors import nearest, shown
from dsl.interpret import Stop, time_limit
from dsl.languages import NAMES
from dsl.program import Program
from dsl.syntax import parse_type
from dsl.types import FLOAT, AnyType, Type, belongs, is_function, substitute, type_of, unify, variables
from nesy.library import store as libraries
from tasks import BENCHMARKS
from tasks.sygus.reader import load as load_sygus

FIELDS = ("language", "inputs", "output", "examples", "queries")
LARGEST = 10_000_000  # bytes
MOST_VALUES, MOST_IN_FILE = 100_000, 1_000_000
DEEPEST = 20
EXACT = 2**53  # up to which whole numbers are floats, too
LONGEST_IMPORT = 20  # seconds
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Posed:
    """A problem as it was read: language, spec, how its answer is written, where its examples stand."""

    dsl: DSL
    spec: Spec
    write: Callable[[Program], str] | None = None
    lines: tuple[int, ...] = ()

    def located(self, text: str) -> str:
        """A message about numbered examples, with their lines where those are known."""
        def at(m: re.Match) -> str:
            return f"{m[0]} (line {self.lines[int(m[1]) - 1]})" if int(m[1]) <= len(self.lines) else m[0]

        return re.sub(r"(?:(?<=examples )|(?<=and ))([0-9]+)(?= |$)", at, text)


def pose(path: Path, language: str | None = None) -> Posed:
    """The problem of a file: SyGuS-IF for `.sl`, a task of grids where JSON is written as one, else examples.

    Raises:
        NesyError: names the file, the part of it that is wrong, and what belongs there.
    """
    if path.exists() and not path.is_file():  # which might never end
        raise NesyError(f"{path}: no ordinary file; give a .json, .yaml, .yml or .sl file")
    if path.exists() and path.stat().st_size > LARGEST:
        raise NesyError(f"{path}: over {LARGEST // 10**6} MB; give a smaller problem")
    if path.suffix.lower() == ".json" and (row := _task(path)) is not None:
        from tasks.arc.reading import task  # here, for it loads grids

        found = task(path.stem, row["train"], row["test"], str(path))
        dsl = found.dsl if language in (None, "grids") else find_language(language)
        if found.spec.output not in dsl.types():
            raise NesyError(f"--language {language}: has no grids, of which {path} is a task; leave the option out, or "
                            "extend the language grids")
        return Posed(dsl, found.spec)
    if path.suffix.lower() != ".sl":
        return Posed(*read(path, language))
    if language is not None:
        raise NesyError(f"--language {language}: {path} brings a grammar of its own; leave the option out")
    found = load_sygus(path)
    return Posed(found.dsl, found.spec, found.define, found.lines)


def _task(path: Path) -> dict | None:
    """What a file holds, if that is written as a task of grids, whatever its grids are."""
    try:
        row = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):  # what is the matter with it, reading it as examples will say
        return None
    return row if isinstance(row, dict) and all(isinstance(row.get(k), list) for k in ("train", "test")) else None


def read(path: Path, language: str | None = None) -> tuple[DSL, Spec]:
    """The language and spec of a file; `language` overrides the one that the file names.

    Raises:
        NesyError: names the file, the part of it that is wrong, and what belongs there.
    """
    data = _load(path)
    if not isinstance(data, dict):
        raise NesyError(f"{path}: needs a mapping with examples, not a {type(data).__name__}")
    for key in data:
        if key not in FIELDS:
            raise NesyError(f"{path}: no such field: {key!r}; {nearest(str(key), FIELDS)}")
    name = language or _beside(path, data.get("language"))
    if not isinstance(name, str):
        raise NesyError(f"{path}: names no language; add `language:` to it or pass --language ({', '.join(NAMES)})")
    dsl = find_language(name)
    rows = data.get("examples")
    if not isinstance(rows, list) or not rows:
        raise NesyError(f"{path}: needs `examples`, a list of {{inputs: [...], output: ...}}")
    pairs, freezer = [], _Freezer(MOST_IN_FILE)
    for n, row in enumerate(rows, 1):
        if not isinstance(row, dict) or set(row) != {"inputs", "output"} or not isinstance(row["inputs"], list):
            raise NesyError(f"{path}, example {n}: needs {{inputs: [...], output: ...}}")
        try:
            pairs.append((tuple(map(freezer.frozen, row["inputs"])), freezer.frozen(row["output"])))
        except NesyError as error:
            raise NesyError(f"{path}, example {n}: {error}") from None
    classes = dsl.classes
    inputs = data.get("inputs")
    if inputs is None:
        inputs = [_common([p[0][i] for p in pairs if i < len(p[0])], path, f"input x{i}", dsl.types(),
                          [t for p in dsl.primitives for t in p.params]) for i in range(len(pairs[0][0]))]
    elif isinstance(inputs, list) and all(isinstance(t, str) for t in inputs):
        inputs = [_type(t, classes, f"{path}, inputs") for t in inputs]
    else:
        raise NesyError(f"{path}: `inputs` is a list of types, such as [int, \"tuple[int, ...]\"]")
    output = data.get("output")
    out = _common([p[1] for p in pairs], path, "output", dsl.types(), [p.result for p in dsl.primitives]) \
        if output is None else \
        _type(output, classes, f"{path}, output")
    queries = data.get("queries") or []
    if not isinstance(queries, list) or not all(isinstance(q, list) for q in queries):
        raise NesyError(f"{path}: `queries` is a list of input lists")
    try:
        asked = [tuple(map(freezer.frozen, q)) for q in queries]
    except NesyError as error:
        raise NesyError(f"{path}, queries: {error}") from None

    def row(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(map(fitted, values, inputs)) if len(values) == len(inputs) else values

    try:
        spec = Spec(inputs=inputs, output=out, queries=[row(q) for q in asked],
                    examples=[Example(*row(i), output=fitted(o, out)) for i, o in pairs])
    except SpecError as error:
        raise NesyError(f"{path}: {error}") from None
    return load(name, spec) if name in NAMES else dsl, spec


def _type(text: object, classes: dict[str, Type], where: str) -> AnyType:
    try:
        return parse_type(str(text), classes)
    except NesyError as error:
        raise NesyError(f"{where}: {error}") from None


def _beside(problem: Path, name: object) -> object:
    """The language that a problem names: a file is looked for beside the problem first."""
    file, colon, attribute = name.rpartition(":") if isinstance(name, str) else ("", "", "")
    return f"{problem.parent / file}:{attribute}" if colon and (problem.parent / file).is_file() else name


def find_language(name: str) -> DSL:
    """A shipped language; FILE.py:NAME, of a Python file; BENCH/SPLIT, of its tasks; or that of a library's folder.

    Raises:
        NesyError: if there is no such language or file, or the file fails.
    """
    file, colon, attribute = name.rpartition(":")
    if isfile(Path(name) / libraries.NAME):  # which, unlike a path's own, says no to names that are too long
        return libraries.language(Path(name))
    if not colon:
        if name.endswith(".py"):
            raise NesyError(f"--language {name}: which language of the file? write {name}:NAME")
        if name.partition("/")[0] in BENCHMARKS and "/" in name:
            return libraries.language_of(name)
        if name not in NAMES:
            raise NesyError(f"no such language: {name!r}; {nearest(name, NAMES)}, or FILE.py:NAME, or BENCH/SPLIT for "
                            "that of its tasks, or the folder of a library")
        return load(name)
    path = Path(file)
    if not isfile(path):
        raise NesyError(f"--language {name}: no such file: {file}")
    spec = importlib.util.spec_from_file_location(f"language_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise NesyError(f"--language {name}: {file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses, and annotations, look for their names
    sys.path.insert(0, str(path.resolve().parent))  # as Python has it for a script
    try:
        with redirect_stdout(sys.stderr), time_limit(LONGEST_IMPORT):  # what it prints is not the command's answer
            spec.loader.exec_module(module)
    except NesyError:
        raise
    except KeyboardInterrupt:
        raise
    except Stop:
        raise NesyError(f"--language {name}: {file} takes over {LONGEST_IMPORT} s to import; "
                        "let it only declare") from None
    except BaseException as error:
        raise NesyError(f"--language {name}: {file} fails: {type(error).__name__}: {error}") from None
    found = {k: v for k, v in vars(module).items() if isinstance(v, DSL)}
    if attribute not in found:
        raise NesyError(f"--language {name}: {file} declares no language {attribute!r}; "
                        f"{nearest(attribute, found) if found else 'it declares none'}")
    return found[attribute]


def freeze(value: object) -> object:
    """JSON lists as tuples, all the way down.

    >>> freeze([1, [2]])
    (1, (2,))
    """
    return _Freezer(MOST_VALUES).frozen(value)


class _Freezer:
    """Freezes the lists of one file; one that an alias repeats is frozen once, and counted each time."""

    def __init__(self, room: int):
        self.room, self.most = room, room
        # By id: the list itself, so that its id stays its own; frozen; its values; how deep it is.
        self.known: dict[int, tuple[list, tuple, int, int]] = {}

    def frozen(self, value: object, depth: int = 0) -> object:
        """A value with its lists as tuples."""
        self.room -= 1
        if depth > DEEPEST:
            raise NesyError(f"a value is nested over {DEEPEST} lists deep; give a flatter problem")
        if self.room < 0:
            raise NesyError(f"over {self.most:,} values; give a smaller problem")
        if isinstance(value, list):
            known = self.known.get(id(value))
            if known is None:
                before = self.room
                items = tuple([self.frozen(v, depth + 1) for v in value])
                height = 1 + max((self.known[id(v)][3] for v in value if isinstance(v, list)), default=0)
                known = self.known[id(value)] = value, items, before - self.room, height
            else:
                self.room -= known[2]
            if depth + known[3] > DEEPEST + 1:
                raise NesyError(f"a value is nested over {DEEPEST} lists deep; give a flatter problem")
            return known[1]
        plain = type(value) in (int, bool, str) or type(value) is float and isfinite(value)
        if not plain or isinstance(value, str) and not value.isascii() and SURROGATE.search(value):
            what = f"a {type(value).__name__}" if isinstance(value, dict) else f"value {str(value)[:40]!a}"
            raise NesyError(f"{what}: write finite numbers, text, true, false or lists of them")
        return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"field {_twice([k for k, _ in pairs])!r} is given twice")
    return found


def _twice(names: list) -> object:
    """The first name that comes a second time; None where none does."""
    seen: set = set()
    return next((n for n in names if n in seen or seen.add(n)), None)


class _Loader(yaml.SafeLoader):
    """Plain data only, each field once, dates left as text."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """A mapping; a field given twice is an error."""
        name = _twice([key.value for key, _ in node.value if isinstance(key.value, str)])
        if name is not None:
            raise ValueError(f"field {name!r} is given twice")
        return super().construct_mapping(node, deep)


def _load(path: Path) -> object:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NesyError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'no text'})") from None
    kind = path.suffix.lower()
    try:
        if kind == ".json":
            return json.loads(text, object_pairs_hook=_once)
        if kind in (".yaml", ".yml"):
            return yaml.load(text, _Loader)
    except json.JSONDecodeError as error:
        raise NesyError(f"{path}, line {error.lineno}: not JSON ({error.msg})") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise NesyError(f"{path}{where}: not YAML ({getattr(error, 'problem', 'malformed')})") from None
    except RecursionError:
        raise NesyError(f"{path}: nested too deeply") from None
    except (ValueError, LookupError, AttributeError, TypeError) as error:  # as PyYAML lets through for odd tags
        raise NesyError(f"{path}: not readable ({(str(error) or type(error).__name__).splitlines()[0]})") from None
    raise NesyError(f"{path}: no reader for {kind or 'a file without ending'}; give .json, .yaml or .yml")


def _common(values: list[object], path: Path, where: str, known: Sequence[AnyType], used: Sequence[AnyType],
            ) -> AnyType:
    """The one type that all these values are of: the language's own, if one alone holds them, or one of those used.

    Whole numbers are floats beside others, or where the language knows them as such alone; and lists are sets where
    it knows those alone.
    """
    found, floats = _read_off(values), [_floating(v) for v in values]
    if found is None or not any(unify(found, k) is not None for k in known):
        other = _read_off(floats)
        if other is not None and (found is None or other in known):
            found, values = other, floats
        elif found is not None and all(isinstance(v, tuple) for v in values):
            sets = [_setting(v) for v in values]
            other = _read_off(sets)
            if other is not None and any(unify(other, k) is not None for k in known):
                found, values = other, sets
    if found is None:
        one, other = next(((a, b) for a, b in combinations(values, 2) if unify(type_of(a), type_of(b)) is None),
                          (values[0], values[-1]))
        raise NesyError(f"{path}, {where}: {shown(one)} and {shown(other)} are of different types")
    if not all(belongs(v, found) for v in values) or variables(found):
        raise NesyError(f"{path}, {where}: its type cannot be read off the examples; name it in `inputs` or `output`")
    fit = [k for k in known if k == found or not is_function(k) and not variables(k)
           and all(belongs(v, k) for v in values)]
    taken = [k for k in fit if any(unify(k, t) is not None for t in used)]
    if len(fit) > 1 and found not in taken:  # a list may be a sequence, or a tuple of so many
        fit = taken
    return fit[0] if len(fit) == 1 else found


def _read_off(values: list[object]) -> AnyType | None:
    """The type of all these values; None where there is none."""
    t = type_of(values[0])
    for v in values[1:]:
        by = unify(t, type_of(v))
        if by is None:
            return None
        t = substitute(t, by)
    return t


def _floating(value: object) -> object:
    """A value with its whole numbers as floats."""
    if isinstance(value, tuple):
        return tuple(map(_floating, value))
    return float(value) if type(value) is int and abs(value) <= EXACT else value


def _setting(value: object) -> object:
    """A value with its lists as sets."""
    return frozenset(map(_setting, value)) if isinstance(value, tuple) else value


def fitted(value: object, t: AnyType) -> object:
    """A value with floats where a type has them and whole numbers were written, and sets where lists were.

    >>> fitted((1, 2), FLOAT), fitted(3, FLOAT)
    ((1.0, 2.0), 3.0)
    """
    if isinstance(value, tuple) and isinstance(t, Type) and t.name == "frozenset":
        return frozenset(fitted(v, t.args[0]) for v in value)
    if isinstance(value, tuple) and isinstance(t, Type) and t.name in ("tuple", "product"):
        items = t.args if t.name == "product" else t.args * len(value)
        return tuple(map(fitted, value, items)) if len(items) == len(value) else value
    return _floating(value) if t == FLOAT else value
