"""Texts like those in a column of a table: all made after one pattern, as names, dates, codes and numbers are.

Where every example's text is of a pattern of its own, what asks for the second word or the third number fails on most,
and no program with such a part is ever shown.
"""

from collections.abc import Callable
from random import Random
from string import ascii_lowercase, ascii_uppercase

WORDS = ("blue", "Sky", "north", "Ada", "data", "Run", "seven", "kilo", "Mars", "x", "B", "tree", "USA", "old", "Line")
SIGNS = (" ", " ", "-", ".", ", ", "/", "_", ":", "")
BETWEEN = (" ", " ", " ", " ", "-", ".", ", ", ", ", "/", "_", ":", "@", "; ", " - ", "+", "#", "&", "")
AROUND = (("(", ")"), ("[", "]"), ("<", ">"), ('"', '"'), ("$", ""), ("", "%"), ("#", ""), ("", "."))
VOWELS, CONSONANTS = "aeiou", "bcdfghklmnprstvwz"
CASES: tuple[Callable[[str], str], ...] = (str.lower, str.capitalize, str.capitalize, str.upper)
FIXED, ENCLOSED, OPTIONAL, MORE = 0.1, 0.1, 0.05, 0.1  # how often a part is so

Maker = Callable[[Random], str]


def word(rng: Random) -> str:
    """A word, one of any letters, or a number."""
    kind = rng.randrange(3)
    if kind == 0:
        return rng.choice(WORDS)
    if kind == 1:
        return str(rng.randint(0, 2000))
    made = "".join(rng.choice(ascii_lowercase) for _ in range(rng.randint(1, 7)))
    return rng.choice((made, made.capitalize(), made.upper()))


def text(rng: Random) -> str:
    """One to three words with a sign between them: of a pattern of its own."""
    words = [word(rng) for _ in range(rng.randint(1, 3))]
    return rng.choice(SIGNS).join(words)


def column(rng: Random) -> Maker:
    """What draws texts of one pattern: parts of a kind each, what stands between them, and how many there may be.

    >>> draw = column(Random(4))
    >>> draw(Random(1)), draw(Random(2))
    ('72 R', '1 R')
    """
    parts = [_part(rng) for _ in range(rng.choice((1, 2, 2, 2, 3, 3, 4)))]
    same = rng.choice(BETWEEN)
    gaps = [same if rng.random() < 0.6 else rng.choice(BETWEEN) for _ in parts]
    more = rng.random() < MORE  # the last part may be repeated

    def draw(by: Random) -> str:
        made = [p(by) for p in parts]
        if more:
            made += [parts[-1](by) for _ in range(by.randint(0, 2))]
        found = made[0]
        for i, part in enumerate(made[1:]):
            found += (gaps[min(i, len(gaps) - 1)] if found and part else "") + part
        return found

    return draw


def _part(rng: Random) -> Maker:
    """One part: as it is, in signs, sometimes left out, or the same in each text."""
    made, chance = _plain(rng), rng.random()
    if chance < FIXED:
        fixed = made(rng)
        return lambda by: fixed
    if chance < FIXED + ENCLOSED:
        left, right = rng.choice(AROUND)
        return lambda by: left + made(by) + right
    if chance < FIXED + ENCLOSED + OPTIONAL:
        return lambda by: made(by) if by.random() < 0.7 else ""
    return made


def _plain(rng: Random) -> Maker:
    """Words or names, a number, one of so many digits, with decimals, a code, a letter, or anything."""
    kind, case = rng.randrange(10), rng.choice(CASES)
    if kind < 4:
        return lambda by: case(_spoken(by))
    if kind < 5:
        return lambda by: str(by.randint(0, 10 ** by.randint(1, 4)))
    if kind < 7:
        digits = rng.choice((1, 2, 2, 3, 3, 4, 4, 5))
        return lambda by: "".join(by.choice("0123456789") for _ in range(digits))
    if kind < 8:
        decimals = rng.randint(1, 2)
        return rng.choice((lambda by: by.choice(ascii_uppercase),
                           lambda by: f"{by.randint(0, 999)}.{by.randint(0, 10**decimals - 1):0{decimals}}"))
    if kind < 9:
        letters, digits = rng.randint(1, 3), rng.randint(1, 4)
        return lambda by: case("".join(by.choice(ascii_lowercase) for _ in range(letters))) + "".join(
            by.choice("0123456789") for _ in range(digits))
    return word


def _spoken(rng: Random) -> str:
    """Something that can be said."""
    if rng.random() < 0.2:
        return rng.choice(WORDS)
    parts = [rng.choice(CONSONANTS) + rng.choice(VOWELS) + rng.choice(("", "", "n", "r", "s", "l"))
             for _ in range(rng.randint(1, 3))]
    return rng.choice(("", "", rng.choice(VOWELS))) + "".join(parts)
