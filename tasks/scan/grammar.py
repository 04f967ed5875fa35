"""SCAN's commands and what they mean, by the published rules (Lake and Baroni 2018, supplement).

Phrase structure: C -> S and S | S after S | S; S -> V twice | V thrice | V;
V -> u | u d | u opposite d | u around d | turn d | turn opposite d | turn around d.
Only the benchmark's loader and its tests read this; learners see (command, actions) pairs.
"""

from functools import cache, lru_cache

PRIMITIVES = ("walk", "look", "run", "jump")
DIRECTIONS = ("left", "right")
ACTIONS = {w: f"I_{w.upper()}" for w in PRIMITIVES} | {d: f"I_TURN_{d.upper()}" for d in DIRECTIONS}


@cache
def commands() -> tuple[tuple[str, ...], ...]:
    """All 20,910 commands, shortest phrases first.

    >>> len(commands())
    20910
    """
    verbs = [(u,) for u in PRIMITIVES]
    for u in (*PRIMITIVES, "turn"):
        for how in ((), ("opposite",), ("around",)):
            verbs += [(u, *how, d) for d in DIRECTIONS]
    phrases = [v + times for v in verbs for times in ((), ("twice",), ("thrice",))]
    pairs = [(*a, joint, *b) for a in phrases for joint in ("and", "after") for b in phrases]
    return tuple(phrases + pairs)


@lru_cache(2**17)
def interpret(command: tuple[str, ...]) -> tuple[str, ...]:
    """The actions of a command.

    >>> interpret(("jump", "left", "after", "walk", "twice"))
    ('I_WALK', 'I_WALK', 'I_TURN_LEFT', 'I_JUMP')
    """
    for joint in ("and", "after"):
        if joint in command:
            at = command.index(joint)
            a, b = interpret(command[:at]), interpret(command[at + 1:])
            return a + b if joint == "and" else b + a
    if command[-1] in ("twice", "thrice"):
        return interpret(command[:-1]) * (2 if command[-1] == "twice" else 3)
    act = () if command[0] == "turn" else (ACTIONS[command[0]],)
    if len(command) == 1:
        return act
    turn = (ACTIONS[command[-1]],)
    if len(command) == 2:
        return turn + act
    return turn + turn + act if command[1] == "opposite" else (turn + act) * 4


def heads(command: tuple[str, ...]) -> tuple[int, ...]:
    """The head of each word, -1 for the root: directions govern verbs, modifiers govern both."""
    found = [-1] * len(command)

    def attach(start: int, end: int) -> int:
        words = command[start:end]
        for joint in ("and", "after"):
            if joint in words:
                at = start + words.index(joint)
                found[attach(start, at)] = found[attach(at + 1, end)] = at
                return at
        if words[-1] in ("twice", "thrice"):
            found[attach(start, end - 1)] = end - 1
            return end - 1
        if len(words) == 3:
            found[start] = found[start + 2] = start + 1
            return start + 1
        if len(words) == 2:
            found[start] = start + 1
            return start + 1
        return start

    attach(0, len(command))
    return tuple(found)


def meanings() -> dict[str, tuple[int, str]]:
    """For each word, the most children that it has and a program, in the sequence language, that fit `heads`."""
    return {
        **{w: (0, repr((ACTIONS[w],))) for w in PRIMITIVES},
        **{d: (1, f"concat({(ACTIONS[d],)!r}, x0)") for d in DIRECTIONS},
        "turn": (0, "()"),
        "twice": (1, "repeat(x0, 2)"),
        "thrice": (1, "repeat(x0, 3)"),
        "opposite": (2, "concat(x1, concat(x1, x0))"),
        "around": (2, "repeat(concat(x1, x0), 4)"),
        "and": (2, "concat(x0, x1)"),
        "after": (2, "concat(x1, x0)"),
    }
