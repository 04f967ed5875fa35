"""HWF, handwritten formulas (Li et al. 2020): up to four digits with + - * / between them, and the value.

How formulas are calculated is known; what the images show is not. The published formulas, each
of their images one of CROHME's of the same symbol and part: theirs are not to be had.
"""

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np

from dsl.inputs import seeded
from dsl.language import DSL
from dsl.primitive import Primitive
from dsl.program import Apply, Input, Program
from dsl.types import FLOAT, STR, Type
from tasks import crohme
from tasks.base import Scene, Scenes, TaskError
from tasks.data import HWF, fetch

FILES = {"train": "expr_train.json", "test": "expr_test.json"}
FOLDERS = {"times": "*", "div": "/"}  # what the published folders of other names than their symbols' hold
DIGITS = tuple("123456789")
SYMBOLS = (*DIGITS, "+", "-", "*", "/")
PLACES = 6  # decimals of a value
STATE = Type("state", python=tuple)

State = tuple[Fraction, Fraction, str]  # sum of the terms before, the term under way, and the operator that waits


def begin(symbol: str) -> State:
    """A formula after its first symbol, a digit."""
    return Fraction(0), Fraction(_digit(symbol)), ""


def go_on(state: State, symbol: str) -> State:
    """A formula after one more symbol: digits and operators take turns, * and / bind tighter."""
    total, term, waiting = state
    if not waiting:
        if symbol not in "+-*/":
            raise ValueError(f"{symbol}: an operator is due")
        return (total, term, symbol) if symbol in "*/" else (total + term, Fraction(0), symbol)
    digit = _digit(symbol)
    if waiting in "+-":
        return total, Fraction(digit if waiting == "+" else -digit), ""
    return total, term * digit if waiting == "*" else term / digit, ""


def end(state: State) -> float:
    """The value of a whole formula."""
    total, term, waiting = state
    if waiting:
        raise ValueError(f"{waiting}: a digit is due")
    return round(float(total + term), PLACES)


def _digit(symbol: str) -> int:
    if symbol not in DIGITS:
        raise ValueError(f"{symbol}: a digit is due")
    return int(symbol)


BEGIN, GO_ON, END = (Primitive("begin", (STR,), STATE, begin), Primitive("go_on", (STATE, STR), STATE, go_on),
                     Primitive("end", (STATE,), FLOAT, end))
LANGUAGE = DSL("formulas", [BEGIN, GO_ON, END])


def background(length: int) -> Program:
    """How a formula of so many symbols is calculated.

    >>> print(background(3))
    end(go_on(go_on(begin(x0), x1), x2))
    >>> background(3)("8", "/", "3")
    2.666667
    """
    program: Program = Apply(BEGIN, (Input(0, STR),))
    for at in range(1, length):
        program = Apply(GO_ON, (program, Input(at, STR)))
    return Apply(END, (program,))


def load(seed: int) -> Scenes:
    """The published formulas; which of CROHME's images they are written with, the seed draws."""
    train, test = (crohme.symbols(part).of(SYMBOLS) for part in ("train", "test"))
    formulas = {part: tuple(scenes(part, symbols, seed)) for part, symbols in (("train", train), ("test", test))}
    lengths = sorted({len(s.images) for part in formulas.values() for s in part})
    return Scenes(
        benchmark="digits", name="hwf", train=formulas["train"], test=formulas["test"], images=train.images,
        test_images=test.images, symbols=SYMBOLS, background={n: background(n) for n in lengths},
        labels=np.array([SYMBOLS.index(n) for n in test.names]))


def scenes(part: str, symbols: crohme.Symbols, seed: int) -> Iterator[Scene]:
    """The formulas of a part, each published image a bitmap of its symbol, as far as there are with none twice.

    Raises:
        TaskError: for a formula that is not as it was published.
    """
    rng, places, written = seeded("hwf", part, seed), symbols.places(), dict[str, int]()
    order = {name: rng.sample(numbers.tolist(), len(numbers)) for name, numbers in places.items()}
    used = dict.fromkeys(order, 0)
    for line in formulas(part):
        shown = [FOLDERS.get(name, name) for path in line["img_paths"] for name in [path.split("/")[0]]]
        for name, path in zip(shown, line["img_paths"], strict=True):
            if name not in order:
                raise TaskError(f"{FILES[part]}: {line['id']} has a symbol that is none of {' '.join(SYMBOLS)}: {name}")
            if path not in written:
                written[path] = order[name][used[name] % len(order[name])]
                used[name] += 1
        value = background(len(shown))(*shown)
        if abs(float(value) - line["res"]) > 10**-PLACES:  # type: ignore[arg-type]
            raise TaskError(f"{FILES[part]}: {line['id']} does not make {line['res']}")
        yield Scene(line["id"], tuple(written[path] for path in line["img_paths"]), value, f"{len(shown)} symbols")


@cache
def formulas(part: str) -> tuple[dict, ...]:
    """The published file of a part."""
    path = fetch(HWF, FILES[part])
    try:
        found = json.loads(path.read_text("utf-8"))
        return tuple({"id": str(x["id"]), "img_paths": list(map(str, x["img_paths"])), "res": float(x["res"])}
                     for x in found)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TaskError(f"{path}: {error}; remove it and put it there again") from None
