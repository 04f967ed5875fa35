"""SCAN's published splits that follow from a rule, as sets of commands for training and test."""

from collections.abc import Callable
from functools import partial

from tasks.scan.grammar import PRIMITIVES, commands, interpret

Command = tuple[str, ...]
Parts = tuple[list[Command], list[Command]]

LONGEST_TRAINED = 22
ALONE = {"jump": 1467, "turn left": 2189}  # how often the published files repeat the held-out phrase


def has(command: Command, phrase: str) -> bool:
    """Whether the words of a phrase stand in a command, side by side.

    >>> has(("run", "and", "turn", "left"), "turn left")
    True
    """
    return f" {phrase} " in f" {' '.join(command)} "


def length() -> Parts:
    """Train: at most 22 actions; test: more."""
    train = [c for c in commands() if len(interpret(c)) <= LONGEST_TRAINED]
    return train, [c for c in commands() if len(interpret(c)) > LONGEST_TRAINED]


def alone(phrase: str) -> Parts:
    """Train: the phrase by itself (many times), else only commands without it; test: with it."""
    by_itself = tuple(phrase.split())
    train = [c for c in commands() if not has(c, phrase)] + [by_itself] * ALONE[phrase]
    return train, [c for c in commands() if has(c, phrase) and c != by_itself]


def template(template: str) -> Parts:
    """Neither has `turn T`; test: one of the four verbs with T; train: the rest."""
    rest = [c for c in commands() if not has(c, f"turn {template}")]
    asked = [any(has(c, f"{v} {template}") for v in PRIMITIVES) for c in rest]
    return [c for c, a in zip(rest, asked, strict=True) if not a], [c for c, a in zip(rest, asked, strict=True) if a]


def filler(shown: int) -> Parts:
    """`P around right` in training only for the first P of look, walk, run; test: `jump around right`."""
    rest = [c for c in commands() if not has(c, "turn around right")]
    hidden = [f"{v} around right" for v in ("look", "walk", "run")[shown:]]
    test = [c for c in rest if has(c, "jump around right")]
    train = [c for c in rest if not has(c, "jump around right") and not any(has(c, h) for h in hidden)]
    return train, test


BY_RULE: dict[str, Callable[[], Parts]] = {
    "length": length,
    "addprim_jump": partial(alone, "jump"),
    "addprim_turn_left": partial(alone, "turn left"),
    "template_around_right": partial(template, "around right"),
    "template_opposite_right": partial(template, "opposite right"),
    "template_right": partial(template, "right"),
    "template_jump_around_right": partial(filler, 3),
    **{f"filler_num{k}": partial(filler, k) for k in range(4)},
}
