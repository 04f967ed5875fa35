"""PCFG-SET's commands and what they mean, by the published rules (Hupkes et al. 2020, section 3.1).

S -> F1 S | F2 S , S | letters: ten functions in prefix order, without brackets, over
strings of 2 to 5 of 520 letters. Only the benchmark's loader and its tests read this;
learners see (command, string) pairs.
"""

from collections.abc import Callable
from random import Random

Text = tuple[str, ...]

UNARY: dict[str, Callable[[Text], Text]] = {
    "copy": lambda a: a,
    "reverse": lambda a: a[::-1],
    "shift": lambda a: a[1:] + a[:1],
    "echo": lambda a: a + a[-1:],
    "swap_first_last": lambda a: a[-1:] + a[1:-1] + a[:1],
    "repeat": lambda a: a + a,
}
BINARY: dict[str, Callable[[Text, Text], Text]] = {
    "append": lambda a, b: a + b,
    "prepend": lambda a, b: b + a,
    "remove_first": lambda a, b: b,
    "remove_second": lambda a, b: a,
}
FUNCTIONS = (*UNARY, *BINARY)
LETTERS = tuple(f"{letter}{n}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for n in range(1, 21))
LONGEST = 71  # tokens, as in the published files
# How many sentences in a thousand have 1, 2, ... functions, as in the published development set.
FUNCTION_COUNTS = (15, 129, 187, 196, 122, 103, 69, 53, 36, 25, 18, 14, 8, 8, 5, 3, 2, 2, 2, 1, 1, 1)
STRING_LENGTHS = (2, 3, 4, 5)
LENGTH_WEIGHTS = (16, 30, 28, 26)


def interpret(command: Text) -> Text:
    """The string that a command denotes.

    >>> interpret(("echo", "append", "A1", "B2", ",", "C3"))
    ('A1', 'B2', 'C3', 'C3')

    Raises:
        ValueError: if it is not a command.
    """
    done: list[Text] = []  # what stands to the right, nearest last
    letters: list[str] = []
    for word in (*reversed(command), ""):
        if word and word not in UNARY and word not in BINARY and word != ",":
            letters.append(word)
            continue
        if letters:
            done.append(tuple(reversed(letters)))
            letters = []
        if word in UNARY and done:
            done.append(UNARY[word](done.pop()))
        elif word in BINARY and len(done) > 1:
            done.append(BINARY[word](done.pop(), done.pop()))
        elif word not in ("", ","):
            raise ValueError(f"{word}: too few arguments")
    if len(done) != 1:
        raise ValueError("not one command")
    return done[0]


def heads(command: Text) -> tuple[int, ...]:
    """The head of each word, -1 for the root: a letter governs what follows it in its string.

    A comma hangs on the letter that it closes, as the empty rest of that string.
    """
    found = [-1] * len(command)
    wanting: list[list[int]] = []  # functions to the left, each with how many arguments it still wants

    def attach(at: int) -> None:
        if wanting:
            found[at] = wanting[-1][0]
            wanting[-1][1] -= 1
            if not wanting[-1][1]:
                wanting.pop()

    for at, word in enumerate(command):
        in_string = at > 0 and command[at - 1] not in FUNCTIONS and command[at - 1] != ","
        if in_string:
            found[at] = at - 1
        else:
            attach(at)
        if word in FUNCTIONS:
            wanting.append([at, 1 if word in UNARY else 2])
    return tuple(found)


def meanings() -> dict[str, tuple[int, str]]:
    """For each word, the most children that it has and a program, in the sequence language, that fit `heads`."""
    return {
        **{w: (1, f"concat({(w,)!r}, x0)") for w in LETTERS},
        ",": (0, "()"),
        "copy": (1, "x0"), "reverse": (1, "reverse(x0)"), "repeat": (1, "concat(x0, x0)"),
        "shift": (1, "concat(rest(x0), first(x0))"), "echo": (1, "concat(x0, first(reverse(x0)))"),
        "swap_first_last": (1, "concat(first(reverse(x0)), concat(reverse(rest(reverse(rest(x0)))), first(x0)))"),
        "append": (2, "concat(x0, x1)"), "prepend": (2, "concat(x1, x0)"),
        "remove_first": (2, "x1"), "remove_second": (2, "x0"),
    }


def command(rng: Random, most: int | None = None) -> Text:
    """A command drawn at random: its number of functions first (at most `most`), then where they stand."""
    counts = FUNCTION_COUNTS[:most]
    while True:
        n = rng.choices(range(1, len(counts) + 1), counts)[0]
        found = tuple(_phrase(rng, n))
        if len(found) <= LONGEST:
            return found


def _phrase(rng: Random, functions: int) -> list[str]:
    if functions == 0:
        return rng.choices(LETTERS, k=rng.choices(STRING_LENGTHS, LENGTH_WEIGHTS)[0])
    word = rng.choice(FUNCTIONS)
    if word in UNARY:
        return [word, *_phrase(rng, functions - 1)]
    left = rng.randint(0, functions - 1)
    return [word, *_phrase(rng, left), ",", *_phrase(rng, functions - 1 - left)]
