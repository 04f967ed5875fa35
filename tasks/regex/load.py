"""Regular expressions from membership: texts that belong to a language, and texts that don't."""

from collections.abc import Callable
from functools import cache, partial
from itertools import count, islice, product
from random import Random

from dsl.grammar import Grammar
from dsl.inputs import seeded
from dsl.interpret import run
from dsl.languages.regex import Kind, Letter, for_spec, pattern, regex
from dsl.pcfg import PCFG
from dsl.spec import Example, Spec
from dsl.types import BOOL, STR
from tasks.base import Benchmark, Task, TaskSet, draw, task_set
from tasks.regex.textbook import TEXTBOOK

EXAMPLES, TESTS = 12, 20  # texts of either answer
FEWEST = 16  # texts that must belong: one that few belong to is told by naming them
WORDS = 400  # the shortest, of which those that belong are found
ALPHABET = "ab01"
SIZES = (8, 12, 16, 20)  # nodes; a letter or a kind makes three
EACH = 15
ABOUT = {
    "textbook": "25 languages over 0 and 1, as textbooks describe them; 24 texts shown, up to 40 to be tested on",
    "drawn": "60 expressions over a, b, 0, 1 and kinds of letters, drawn by the seed, 15 of each of four sizes",
}
Belongs = Callable[[str], bool]


def load(split: str) -> TaskSet:
    """The textbook's languages."""
    found = (_task(name, belongs, "01", seeded("regex", name)) for name, belongs in TEXTBOOK.items())
    return task_set("regex", split, (t for t in found if t is not None))


def drawn(seed: int) -> TaskSet:
    """The expressions of a seed; each depends on the seed and its id alone."""
    ids = tuple(f"size{size}-{i:02}" for size in SIZES for i in range(EACH))
    return TaskSet("regex", "drawn", ids, lambda name: draw(partial(_drawn, name), "regex", seed, name))


def _drawn(name: str, rng: Random) -> Task | None:
    program = _language().sample_sized(rng, int(name.removeprefix("size").split("-")[0]))
    if program is None:
        return None
    return _task(name, lambda word: run(program, (word,)) is True, ALPHABET, rng)


@cache
def _language() -> PCFG:
    known = regex.extend("regex", constants={Letter: map(Letter, ALPHABET), Kind: [Kind.DIGIT, Kind.LOWER]})
    return PCFG.uniform(Grammar(known, (STR,), BOOL))


def _task(name: str, belongs: Belongs, alphabet: str, rng: Random) -> Task | None:
    """The shortest words of either kind are shown, with some longer ones; none where too few belong or don't."""
    inside, outside = ([w for w in _words(alphabet) if belongs(w) == side] for side in (True, False))
    if min(len(inside), len(outside)) < FEWEST:
        return None
    shown, held = _some(inside, rng), _some(outside, rng)
    near = [w for w in dict.fromkeys(_edited(w, alphabet, rng) for w in 4 * shown[0]) if not belongs(w)]
    held = ([*dict.fromkeys((*near[:EXAMPLES // 2], *held[0]))][:EXAMPLES], held[1])
    examples, tests = (tuple(Example(w, output=side) for side, of in ((True, shown), (False, held)) for w in of[part]
                             if part == 0 or w not in of[0]) for part in (0, 1))
    spec = Spec(inputs=(STR,), output=BOOL, examples=examples, queries=[e.inputs for e in tests])
    return Task(name, for_spec(spec), spec, tests, write=pattern)


@cache
def _words(alphabet: str) -> tuple[str, ...]:
    return tuple(islice(("".join(w) for n in count() for w in product(alphabet, repeat=n)), WORDS))


def _some(words: list[str], rng: Random) -> tuple[list[str], list[str]]:
    """Words to show, the shortest and some others, and further ones to test on."""
    short, rest = words[:EXAMPLES // 2], words[EXAMPLES // 2:]
    more = rng.sample(rest, min(len(rest), EXAMPLES - len(short) + TESTS))
    return [*short, *more[:EXAMPLES - len(short)]], more[EXAMPLES - len(short):]


def _edited(word: str, alphabet: str, rng: Random) -> str:
    """The word with one letter put in, taken out or changed."""
    i = rng.randint(0, len(word))
    return word[:i] + rng.choice(("", *alphabet)) + word[i + rng.randint(0, 1):]


BENCHMARK = Benchmark(
    name="regex", about="regular expressions by membership", source="after AlphaRegex (2016); drawn by rule",
    splits=ABOUT, load=load, draw={"drawn": drawn}, size=lambda split: len(TEXTBOOK) if split == "textbook"
    else EACH * len(SIZES))
