"""Strings, as the SMT-LIB theory and SyGuS have them: total functions, positions counted from 0."""

from itertools import islice
from os.path import commonprefix

from dsl.language import DSL
from dsl.languages.integers import add, choose, equal, subtract
from dsl.primitive import primitive
from dsl.witness import ANY

MOST_SPANS = 48  # places in one text that a replacement is looked for in


def _substrings(out: str, text: str) -> tuple[str, ...]:
    """What may have been replaced in a text to give another: between a common front and a common end."""
    if text == out or not text or (out[:1] != text[0] and out[-1:] != text[-1]):
        return ()
    front, end = len(commonprefix((out, text))), len(commonprefix((out[::-1], text[::-1])))
    spans = ((i, j) for i in range(front, -1, -1) for j in range(max(i + 1, len(text) - end), len(text) + (i > 0))
             if i + len(text) - j <= len(out) and text.find(text[i:j]) == i)
    return tuple(dict.fromkeys(text[i:j] for i, j in islice(spans, MOST_SPANS)))


def _filled(out: str, text: str, old: str) -> tuple[str, ...]:
    """What stands in the place of the part that was replaced."""
    i = text.find(old)
    front, end = text[:max(i, 0)], text[max(i, 0) + len(old):]
    fits = i >= 0 and len(out) >= len(front) + len(end) and out.startswith(front) and out.endswith(end)
    return (out[len(front):len(out) - len(end)],) if fits else ()


def _unreplaced(out: str, old: str, new: str) -> tuple[str, ...]:
    """The texts in which replacing the first `old` gives another."""
    if not old or old == new or not new:
        return ()
    texts, i = [], out.find(new)
    while i >= 0:
        text = out[:i] + old + out[i + len(new):]
        if text.find(old) == i:
            texts.append(text)
        i = out.find(new, i + 1)
    return tuple(texts) or ((out,) if old not in out else ())


def _starts(out: str, text: str) -> tuple[int, ...]:
    """Where a text has a part."""
    if out:
        return tuple(i for i in range(len(text) - len(out) + 1) if text.startswith(out, i))
    return (*range(len(text) + 1), -1)


def _lengths(out: str, text: str, start: int) -> tuple[int, ...] | range:
    """How long a part is that begins there; at the text's end, any length beyond is as good."""
    if not out:
        return (0, -1) if 0 <= start < len(text) else range(-1, 64)
    if start < 0 or not text.startswith(out, start):
        return ()
    return range(len(out), len(out) + 64) if start + len(out) == len(text) else (len(out),)


@primitive(associative=True, identity="", smt="str.++", witness=[
    {"left": lambda out: tuple(out[:i] for i in range(len(out) + 1)),
     "right": lambda out, left: (out[len(left):],) if out.startswith(left) else ()},
    {"right": lambda out: tuple(out[i:] for i in range(len(out) + 1)),
     "left": lambda out, right: (out[:len(out) - len(right)],) if out.endswith(right) else ()}])
def concat(left: str, right: str) -> str:
    """One text after the other."""
    return left + right


@primitive(smt="str.replace", witness=[{"old": lambda out, text: _substrings(out, text),
                                        "new": lambda out, text, old: _filled(out, text, old)},
                                       {"text": lambda out, old, new: _unreplaced(out, old, new)}])
def replace(text: str, old: str, new: str) -> str:
    """The text with the first occurrence of `old` replaced."""
    return text.replace(old, new, 1)


@primitive(smt="str.replace_all")
def replace_all(text: str, old: str, new: str) -> str:
    """The text with every occurrence of `old` replaced; an empty one is nowhere."""
    return text.replace(old, new) if old else text


@primitive(smt="str.at", witness={"index": lambda out, text: tuple(i for i, c in enumerate(text) if c == out) if out
                                  else (-1, len(text))})
def at(text: str, index: int) -> str:
    """The letter at an index; empty outside the text."""
    return text[index] if 0 <= index < len(text) else ""


@primitive(smt="str.substr", witness={"start": lambda out, text: _starts(out, text),
                                      "length": lambda out, text, start: _lengths(out, text, start)})
def substring(text: str, start: int, length: int) -> str:
    """Up to `length` letters from `start`; empty outside the text."""
    return text[start:start + length] if 0 <= start < len(text) and length > 0 else ""


@primitive(smt="str.from_int", witness={"number": lambda out: (int(out),) if out.isdecimal() and out.isascii()
                                        and str(int(out)) == out else ()})
def from_int(number: int) -> str:
    """The decimal digits of a number; empty for one below 0."""
    return str(number) if number >= 0 else ""


@primitive(smt="str.to_int", witness={"text": lambda out: (str(out),) if out >= 0 else ()})
def to_int(text: str) -> int:
    """The number that decimal digits write, fewer than 4,000 of them; -1 for any other text."""
    if not (text.isdecimal() and text.isascii()):
        return -1
    if len(text) >= 4000:
        raise ValueError("4,000 digits or more")
    return int(text)


@primitive(smt="str.len")
def length(text: str) -> int:
    """How many letters there are."""
    return len(text)


@primitive(smt="str.indexof")
def index_of(text: str, part: str, start: int) -> int:
    """Where `part` first occurs at or after `start`; -1 if it does not."""
    return text.find(part, start) if 0 <= start <= len(text) else -1


@primitive(smt="str.prefixof")
def prefix_of(part: str, text: str) -> bool:
    """Whether a text begins with `part`."""
    return text.startswith(part)


@primitive(smt="str.suffixof")
def suffix_of(part: str, text: str) -> bool:
    """Whether a text ends with `part`."""
    return text.endswith(part)


@primitive(smt="str.contains")
def contains(text: str, part: str) -> bool:
    """Whether a text has `part` in it."""
    return part in text


@primitive(smt="str.<")
def before(left: str, right: str) -> bool:
    """Whether one text comes before another, letter by letter."""
    return left < right


@primitive(smt="str.<=")
def not_after(left: str, right: str) -> bool:
    """Whether one text comes before another or is the same."""
    return left <= right


@primitive(smt="ite", witness={"then": lambda out, condition: (out,) if condition else ANY,
                               "otherwise": lambda out, condition: ANY if condition else (out,)})
def if_text(condition: bool, then: str, otherwise: str) -> str:
    """One text where the condition holds, else the other."""
    return then if condition else otherwise


@primitive(commutative=True, smt="=")
def same_text(left: str, right: str) -> bool:
    """Whether two texts are the same."""
    return left == right


strings = DSL("strings", [concat, replace, at, substring, from_int, to_int, length, index_of, prefix_of, suffix_of,
                          contains, if_text, same_text, add, subtract, equal, choose],
              constants={str: ["", " "], int: [0, 1, -1]})
