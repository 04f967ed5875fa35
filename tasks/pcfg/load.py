"""PCFG-SET (Hupkes et al. 2020): nested string edits, and the tests of compositionality on them."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from random import Random

from dsl.inputs import seeded
from tasks.base import Benchmark, Sentence, Split, TaskError
from tasks.data import PCFGSET, fetch
from tasks.pcfg import grammar
from tasks.pcfg.grammar import Text

ABOUT = {
    "iid": "as in training",
    "systematicity": "four pairs of neighbouring functions never seen in training",
    "productivity": "trained on at most 8 functions, asked for 9 to 35",
    "localism": "parts of the i.i.d. commands replaced by their values: far longer strings than in training",
    "substitutivity": "a synonym of a function, as frequent as the function",
    "substitutivity_primitive": "a synonym of a function, in training only in commands of one function",
    "overgeneralisation": "four pairs of functions mean something else in 0.5 % of training; asked by the rule",
}
SIZE = 82_000  # training sentences, about as published (81,012 to 82,662)
FILES = {
    "iid": "pcfgset/test", "systematicity": "systematicity/test", "productivity": "productivity/test",
    "localism": "localism/unrolled_test",
    "substitutivity": "substitutivity/equally_distributed/test_twin",
    "substitutivity_primitive": "substitutivity/primitive/test_twin",
    "overgeneralisation": "overgeneralisation/test_pcfg_ratio=0.005_original",
}
TESTED = {"iid": 9_721, "systematicity": 10_175, "productivity": 11_333, "localism": 9_567, "substitutivity": 10_000,
          "substitutivity_primitive": 10_000, "overgeneralisation": 554}  # test sentences, as published
EXCEPTIONS = "overgeneralisation/test_pcfg_ratio=0.005_exception"
HELD_OUT = (("swap_first_last", "repeat"), ("append", "remove_second"), ("repeat", "remove_second"),
            ("append", "swap_first_last"))
REMAPPED = (("reverse", "echo"), ("prepend", "remove_first"), ("echo", "remove_first"), ("prepend", "reverse"))
MOST_TRAINED = 8  # functions, of productivity
TWIN = "_twin"
TWINNED = ("swap_first_last", "repeat", "append", "remove_second")
TWINS_ALONE = 100  # commands of one function with a synonym of it, each
FURTHER = {"overgeneralisation": 554,
           "substitutivity_primitive": TWINS_ALONE * len(TWINNED)}  # training sentences: exceptions, synonyms


class PcfgTruth:
    """The published analysis, for `--given` and for error attribution."""

    def tree(self, tokens: Text) -> tuple[int, ...]:
        """The head of each position, -1 for the root."""
        return grammar.heads(tuple(map(plain, tokens)))

    def meanings(self) -> dict[str, tuple[int, str]]:
        """Each word's number of children and program, in the sequence language."""
        found = grammar.meanings()
        return found | {w + TWIN: found[w] for w in TWINNED}


def plain(word: str) -> str:
    """A synonym's function; any other word is itself."""
    return word.removesuffix(TWIN)


def load(split: str, seed: int) -> Split:
    """One split: the published test commands, and training commands drawn by the seed, none of them in test."""
    test = published(split)
    asked = {tuple(map(plain, x.tokens)) for x in test}
    train = draw(seeded("pcfg", split, seed), asked, ADMITTED.get(split, lambda command: True),
                 MOST_TRAINED if split == "productivity" else None)
    if split in EXTRA:
        train = EXTRA[split](seeded("pcfg", "extra", split, seed), train)
    sentences = [Sentence(f"train-{i:05}", c, grammar.interpret(tuple(map(plain, c)))) for i, c in enumerate(train)]
    if split == "overgeneralisation":
        sentences += read(EXCEPTIONS, "exception", checked=False)
    return Split("pcfg", split, tuple(sentences), tuple(test), PcfgTruth())


def draw(rng: Random, asked: set[Text], admitted: Callable[[Text], bool], most: int | None) -> list[Text]:
    """Different commands, none of them asked."""
    found: dict[Text, None] = {}
    while len(found) < SIZE:
        command = grammar.command(rng, most)
        if command not in asked and admitted(command):
            found[command] = None
    return list(found)


def without(pairs: Iterable[tuple[str, str]], command: Text) -> bool:
    """Whether none of these pairs of functions stand side by side in a command."""
    neighbours = set(zip(command, command[1:], strict=False))
    return not any(p in neighbours for p in pairs)


ADMITTED: dict[str, Callable[[Text], bool]] = {
    "systematicity": partial(without, HELD_OUT),
    "overgeneralisation": partial(without, REMAPPED),
}


def twins_anywhere(rng: Random, train: list[Text]) -> list[Text]:
    """Half of the uses of a function that has a synonym become the synonym."""
    return [tuple(w + TWIN if w in TWINNED and rng.random() < 0.5 else w for w in c) for c in train]


def twins_alone(rng: Random, train: list[Text]) -> list[Text]:
    """Commands of one function, that of a synonym, beside the others."""
    found: dict[Text, None] = {}
    wanted: dict[str, int] = dict.fromkeys(TWINNED, TWINS_ALONE)
    while any(wanted.values()):
        command = grammar.command(rng, 1)
        if wanted.get(command[0]):
            wanted[command[0]] -= 1
            found[(command[0] + TWIN, *command[1:])] = None
    return [*train, *found]


EXTRA: dict[str, Callable[[Random, list[Text]], list[Text]]] = {
    "substitutivity": twins_anywhere,
    "substitutivity_primitive": twins_alone,
}


def published(split: str) -> list[Sentence]:
    """The test commands of a split."""
    return unrolled(fetch(PCFGSET, FILES[split] + ".tsv")) if split == "localism" else read(FILES[split], "test")


def read(name: str, part: str, checked: bool = True) -> list[Sentence]:
    """The commands of a published pair of files, each line checked against the rules.

    Raises:
        TaskError: names the file and line whose string is not what the rules say.
    """
    source, target = (fetch(PCFGSET, f"{name}.{side}") for side in ("src", "tgt"))
    commands, answers = source.read_text("utf-8").splitlines(), target.read_text("utf-8").splitlines()
    if len(commands) != len(answers):
        raise TaskError(f"{source} has {len(commands)} lines, {target} has {len(answers)}")
    found = []
    for n, (left, right) in enumerate(zip(commands, answers, strict=True)):
        command, answer = tuple(left.split()), tuple(right.split())
        if checked:
            check(source, n + 1, command, answer)
        found.append(Sentence(f"{part}-{n:05}", command, answer))
    return found


def check(path: Path, line: int, command: Text, answer: Text) -> None:
    """That a published answer is what the rules say.

    Raises:
        TaskError: names file and line.
    """
    try:
        right = grammar.interpret(tuple(map(plain, command))) == answer
    except ValueError as error:
        raise TaskError(f"{path}, line {line}: not a command ({error})") from None
    if not right:
        raise TaskError(f"{path}, line {line}: its string is not what the published rules say")


def unrolled(path: Path) -> list[Sentence]:
    """The last step of each unrolled command, its parts replaced by their values; what follows it is the original."""
    found, values, last = [], {}, ()
    for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        label, source, target = (line.split("\t") + ["", ""])[:3]
        command = tuple(w for token in source.split() for w in values.get(token, (token,)))
        if label == "unrolled":
            last = command
            if target.startswith("*"):
                values[target] = grammar.interpret(command)
        else:
            check(path, n, last, tuple(target.split()))
            found.append(Sentence(f"test-{len(found):05}", last, tuple(target.split())))
            values = {}
    return found


def needs(split: str) -> tuple[tuple[str, str], ...]:
    """The files of a split."""
    if split == "localism":
        return (("pcfgset", FILES[split] + ".tsv"),)
    names = (FILES[split], *((EXCEPTIONS,) if split == "overgeneralisation" else ()))
    return tuple(("pcfgset", f"{n}.{side}") for n in names for side in ("src", "tgt"))


BENCHMARK = Benchmark(
    name="pcfg", about="nested string edits, learned from commands and their strings alone",
    source="test: the published files; training: drawn by the published rules and the seed",
    splits=ABOUT, load=lambda split: load(split, 0), draw={name: partial(load, name) for name in ABOUT},
    needs=needs, size=TESTED.get, trained=lambda split: SIZE + FURTHER.get(split, 0), solver="machine")
