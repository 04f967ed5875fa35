"""HINT (Li et al. 2023): arithmetic learned from results, asked for longer expressions and larger values."""

import gzip
import lzma
from collections.abc import Callable, Iterator
from functools import partial
from random import Random

from dsl.inputs import seeded
from tasks.base import Sentence, Split, TaskError
from tasks.data import HINT, fetch, local
from tasks.hint import grammar

SUBSETS = {
    "I": "expressions of training",
    "SS": "new expressions as long, with values as small, as in training",
    "LS": "longer: 11 to 20 operators",
    "SL": "larger values: up to 10,000",
    "LL": "longer, with larger values",
}
ABOUT = {
    "symbols": "symbols and results; tests I, SS, LS, SL, LL",
    **{f"fewshot_{c}": f"the symbols of training and 1,000 expressions with a new one, {c}" for c in grammar.CONCEPTS},
}
TRAINED = 50_000  # training expressions, drawn by the seed from the 998,000 published ones
SMALL, LARGE = 100, 10_000  # largest intermediate value of training, and of SL and LL
SHORT, LONG = 10, 20  # operators
DRAWN = 2_000  # expressions of each subset, where they are drawn by the rules
DRAWN_FEW = 1_000  # of each few-shot part
PUBLISHED = 46_620  # test expressions
PUBLISHED_FEW = {c: (1_100, 4_900) if isinstance(meaning, int) else (1_000, 4_700)
                 for c, meaning in grammar.CONCEPTS.items()}  # of training and test
FILES = {"train": "expr_train.tsv.xz", "test": "expr_test.tsv.xz", "fewshot": "fewshot.tsv.gz"}


class HintTruth:
    """The published analysis, for `--given` and for error attribution."""

    def tree(self, tokens: tuple[str, ...]) -> tuple[int, ...]:
        """The head of each position, -1 for the root."""
        return grammar.heads(tokens)

    def meanings(self) -> dict[str, tuple[int, str]]:
        """Each symbol's number of children and program, in the language of numbers."""
        return grammar.meanings()


def load(split: str, seed: int) -> Split:
    """One split: from the published files where they are here, else drawn by the published rules."""
    concept = split.removeprefix("fewshot_") if split.startswith("fewshot_") else None
    train, test = base_training(seed), []
    if concept is None:
        test = list(base_test(seed, {x.tokens for x in train}))
    else:
        few = list(few_shot(concept, seed))
        train += [x for x in few if x.id.startswith("train")]
        test = [x for x in few if x.id.startswith("test")]
    return Split("hint", split, tuple(train), tuple(test), HintTruth(), "numbers")


def sizes(split: str) -> tuple[int, int]:
    """How many expressions of training and test there are, of the published files or drawn."""
    concept = split.removeprefix("fewshot_")
    if concept not in grammar.CONCEPTS:
        return TRAINED, PUBLISHED if local(HINT, FILES["test"]) is not None else DRAWN * len(SUBSETS)
    few = (DRAWN_FEW, DRAWN_FEW) if local(HINT, FILES["fewshot"]) is None else PUBLISHED_FEW[concept]
    return TRAINED + few[0], few[1]


def base_training(seed: int) -> list[Sentence]:
    """The training expressions of one seed, repetitions included, as in the published file."""
    if local(HINT, FILES["train"]) is None:
        return [sentence(f"train-{i:05}", e, "") for i, e in enumerate(drawn(seeded("hint", seed), TRAINED, SHORT))]
    with lzma.open(fetch(HINT, FILES["train"]), "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()[1:]
    chosen = seeded("hint", "train", seed).sample(range(len(lines)), min(TRAINED, len(lines)))
    return [row(FILES["train"], i + 2, f"train-{i:06}", lines[i].split("\t")) for i in sorted(chosen)]


def base_test(seed: int, trained: set[tuple[str, ...]]) -> Iterator[Sentence]:
    """The published test expressions, or those drawn by the rules, none of them of training but in I."""
    if local(HINT, FILES["test"]) is not None:
        with lzma.open(fetch(HINT, FILES["test"]), "rt", encoding="utf-8") as file:
            for n, line in enumerate(file.read().splitlines()[1:]):
                yield row(FILES["test"], n + 2, f"test-{n:05}", line.split("\t"))
        return
    seen = sorted(trained)
    parts: dict[str, Callable[[Random], str]] = {
        "I": lambda rng: "".join(rng.choice(seen)),
        "SS": partial(expression, fewest=1, most=SHORT, least=0, largest=SMALL),
        "LS": partial(expression, fewest=SHORT + 1, most=LONG, least=0, largest=SMALL),
        "SL": partial(expression, fewest=1, most=SHORT, least=SMALL + 1, largest=LARGE),
        "LL": partial(expression, fewest=SHORT + 1, most=LONG, least=SMALL + 1, largest=LARGE),
    }
    for name, make in parts.items():
        found: dict[str, None] = {}
        rng = seeded("hint", "test", name, seed)
        while len(found) < DRAWN:
            text = make(rng)
            if name == "I" or tuple(text) not in trained:
                found[text] = None
        for i, text in enumerate(found):
            yield sentence(f"test-{name}-{i:05}", text, name)


def few_shot(concept: str, seed: int) -> Iterator[Sentence]:
    """The published expressions with a new concept, or those drawn by the rules."""
    if local(HINT, FILES["fewshot"]) is not None:
        with gzip.open(fetch(HINT, FILES["fewshot"]), "rt", encoding="utf-8") as file:
            for n, line in enumerate(file.read().splitlines()[1:]):
                name, part, *cells = line.split("\t")
                if name == concept and part != "val":
                    yield row(FILES["fewshot"], n + 2, f"{part}-{n:05}", cells)
        return
    shown: dict[str, None] = {}
    for part, most in (("train", SHORT), ("test", LONG)):
        rng, found = seeded("hint", "few", concept, part, seed), {}
        while len(found) < DRAWN_FEW:
            text = with_concept(rng, concept, most)
            if text is not None and text not in shown:
                found[text] = None
        shown |= found
        for i, text in enumerate(found):
            yield sentence(f"{part}-{concept}-{i:05}", text, "")


def with_concept(rng: Random, concept: str, most: int) -> str | None:
    """A random expression in which a new symbol stands."""
    operators = rng.randint(0, most)
    if isinstance(grammar.CONCEPTS[concept], int):
        text = list(expression(rng, operators, operators, 0, LARGE))
        places = [i for i, s in enumerate(text) if s in grammar.DIGITS]
        text[rng.choice(places)] = concept
    else:
        text = list(expression(rng, max(1, operators), max(1, operators), 0, LARGE, "+-*/" + concept))
    try:
        return "".join(text) if concept in text and grammar.parse("".join(text)) else None
    except ZeroDivisionError:
        return None


def expression(rng: Random, fewest: int, most: int, least: int, largest: int, symbols: str = "+-*/") -> str:
    """A random expression of so many operators whose largest intermediate value is within these bounds."""
    while True:
        tree = grammar.draw(rng, rng.randint(fewest, most), symbols)
        if tree is not None and least <= max(n.value for n in tree.nodes()) <= largest:
            return grammar.write(tree)


def drawn(rng: Random, n: int, most: int) -> Iterator[str]:
    """Training expressions, as many of each number of operators."""
    for i in range(n):
        yield expression(rng, i % (most + 1), i % (most + 1), 0, SMALL)


def sentence(name: str, text: str, group: str) -> Sentence:
    """An expression with its result."""
    return Sentence(name, tuple(text), grammar.parse(text).value, group)


def row(file: str, line: int, name: str, cells: list[str]) -> Sentence:
    """A line of a published file, checked against the rules.

    Raises:
        TaskError: names the file and line whose result is not what the rules say.
    """
    try:
        found = sentence(name, cells[0], cells[2] if len(cells) > 2 else "")
        right = found.answer == int(cells[1])
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise TaskError(f"{file}, line {line}: {error}") from None
    if not right:
        raise TaskError(f"{file}, line {line}: {cells[0]} does not make {cells[1]} by the published rules")
    return found
