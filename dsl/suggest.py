"""Constants that examples suggest: texts that recur in them, and what outputs share (Odena et al. 2021, section 3)."""

import re
from collections import Counter
from os.path import commonprefix

from dsl.spec import Spec
from dsl.types import STR

MOST = 12
SHORTEST_SHARED = 2


def texts(spec: Spec, most: int = MOST) -> tuple[str, ...]:
    """Texts that a program for a spec may need, the likeliest first.

    Kept are words, runs of other letters and whole values that stand in two examples or more,
    and what all outputs share.

    >>> from dsl import Example
    >>> texts(Spec(inputs=[str], output=str, examples=[
    ...     Example("Ann", output="Dr. Ann"), Example("Bob", output="Dr. Bob")]))[0]
    'Dr. '
    """
    found: Counter[str] = Counter()
    outputs = [e.output for e in spec.examples if isinstance(e.output, str)]
    for e in spec.examples:
        inputs = [v for v, t in zip(e.inputs, spec.inputs, strict=True) if t == STR]
        said = e.output if isinstance(e.output, str) else ""
        marks = {p for v in inputs for p in _parts(v)}  # type: ignore[arg-type]
        found.update(marks | set(_parts(said)))
    shared = dict.fromkeys(x for x in (_prefix(outputs), _suffix(outputs), _longest(outputs)) if x)
    recurring = [t for t, n in sorted(found.items(), key=lambda x: (-x[1], len(x[0]), x[0])) if n >= 2]
    return tuple(dict.fromkeys((*shared, *recurring)))[:most]


def _parts(text: str) -> list[str]:
    """A text whole, its words and the runs between them, and its single signs."""
    if not text:
        return []
    runs = re.findall(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+", text)
    signs = [c for c in text if not c.isalnum()]
    return [p for p in dict.fromkeys((text, *runs, *signs)) if len(p) <= 24]


def _prefix(outputs: list[str]) -> str:
    return commonprefix(outputs) if len(outputs) > 1 else ""


def _suffix(outputs: list[str]) -> str:
    return commonprefix([o[::-1] for o in outputs])[::-1] if len(outputs) > 1 else ""


def _longest(outputs: list[str]) -> str:
    """The longest text within all outputs."""
    if len(outputs) < 2:
        return ""
    short = min(outputs, key=len)[:64]
    for n in range(len(short), SHORTEST_SHARED - 1, -1):
        for i in range(len(short) - n + 1):
            if all(short[i:i + n] in o for o in outputs):
                return short[i:i + n]
    return ""
