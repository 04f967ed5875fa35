"""Constants that examples suggest: texts, numbers and lists that recur in them, and what outputs share.

After the constants of BUSTLE (Odena et al. 2021, section 3).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from os.path import commonprefix

from dsl.spec import Spec
from dsl.types import STR

MOST = 12
MOST_NUMBERS = 6
MOST_LISTS = 3
SHORTEST_SHARED = 2
MOSTLY = 0.7  # of the examples: what is so in as many is no accident


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


def numbers(spec: Spec, most: int = MOST_NUMBERS) -> tuple[int, ...]:
    """Numbers that a program from a list to a list or a number may need, the likeliest first.

    Those that most outputs hold and inputs don't, or the other way round; how far, where and by how much an output
    differs from its input, if that is mostly the same; and what parts the items kept from those left out.

    >>> from dsl import Example
    >>> from dsl.types import INT, sequence
    >>> numbers(Spec(inputs=[sequence(INT)], output=sequence(INT), examples=[
    ...     Example((9, 1), output=(9, 71, 1)), Example((4, 5, 2), output=(4, 71, 5, 2))]))[0]
    71
    """
    pairs = _lists(spec)
    if not pairs:
        return ()
    likely = [*_brought(pairs), *_longest_of(pairs), *_mostly(_measures(xs, ys) for xs, ys in pairs),
              *_thresholds(pairs), *_dropped(pairs)]
    if any(x > 9 for xs, _ in pairs for x in xs):
        likely.append(10)
    return tuple(dict.fromkeys(likely))[:most]


def lists_of(spec: Spec, most: int = MOST_LISTS) -> tuple[tuple[int, ...], ...]:
    """Lists that a program to a list may need: outputs that recur, what all of them begin and end with.

    >>> from dsl import Example
    >>> from dsl.types import INT, sequence
    >>> lists_of(Spec(inputs=[sequence(INT)], output=sequence(INT), examples=[
    ...     Example((9, 1), output=(7, 8, 9, 1)), Example((4,), output=(7, 8, 4))]))
    ((7, 8),)
    """
    outputs = [ys for _, ys in _lists(spec)]
    ends = [tuple(commonprefix(outputs)), tuple(commonprefix([ys[::-1] for ys in outputs]))[::-1]]
    ends = ends if len(outputs) > 1 else []
    recurring = [ys for ys, n in Counter(outputs).most_common() if n > 1]
    return tuple(dict.fromkeys(ys for ys in (*ends, *recurring) if len(ys) >= SHORTEST_SHARED))[:most]


def _lists(spec: Spec) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The first list among the inputs of each example, and its output as a list; none for outputs of other kinds."""
    found = []
    for e in spec.examples:
        xs = next((v for v in e.inputs if isinstance(v, tuple)), ())
        ys = (e.output,) if type(e.output) is int else e.output
        if isinstance(ys, tuple) and all(type(x) is int for x in (*xs, *ys)):
            found.append((xs, ys))
    return found


def _brought(pairs: list) -> list[int]:
    """Numbers that most outputs hold, and many more of them than of the inputs; the most frequent first."""
    held, before = Counter(y for _, ys in pairs for y in set(ys)), Counter(x for xs, _ in pairs for x in set(xs))
    least = MOSTLY * sum(1 for _, ys in pairs if ys)
    found = [y for y, n in held.items() if n >= max(2, least) and n - before[y] > 0.3 * len(pairs)]
    return sorted(found, key=lambda y: (before[y] - held[y], y))


def _dropped(pairs: list) -> list[int]:
    """Numbers of two inputs or more that no output holds, though many items stay."""
    kept = sum(len(ys) for _, ys in pairs) > 0.5 * sum(len(xs) for xs, _ in pairs)
    before = Counter(x for xs, _ in pairs for x in set(xs))
    held = {y for _, ys in pairs for y in ys}
    return [x for x, n in before.most_common() if n > 1 and x not in held][:2] if kept else []


def _measures(xs: tuple[int, ...], ys: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    """How long the output is, how far it is like the input, how it differs, item by item if they are as long."""
    yield "length", len(ys)
    yield "longer", abs(len(ys) - len(xs))
    yield "like", (alike := len(commonprefix([xs, ys])))
    yield "like, from the end", len(commonprefix([xs[::-1], ys[::-1]]))
    yield "differs at", alike + 1
    if xs and ys:
        yield "more", abs(ys[0] - xs[0])
        yield "more, in the end", abs(ys[-1] - xs[-1])
    if len(xs) == len(ys):
        for x, y in zip(xs, ys, strict=True):
            if x != y:
                yield "apart", abs(y - x)
                if x and y % x == 0:
                    yield "times", y // x


def _mostly(measured: Iterable[Iterator[tuple[str, int]]]) -> list[int]:
    """The measures that are the same in most examples."""
    found, examples = Counter(), 0
    for measures in measured:
        found.update(list(dict.fromkeys(measures)))  # each once, in an order that no hash decides
        examples += 1
    return [n for (_, n), many in found.most_common() if many >= max(2, MOSTLY * examples) and n > 0]


def _longest_of(pairs: list) -> list[int]:
    """The most items that an output has, if several have as many and their inputs have more."""
    lengths = [len(ys) for _, ys in pairs]
    most = max(lengths)
    cut = all(len(xs) > n for (xs, _), n in zip(pairs, lengths, strict=True) if n == most)
    return [most] if cut and lengths.count(most) > 1 else []


def _thresholds(pairs: list) -> list[int]:
    """The largest item left out below, or the least above, those kept, where outputs leave items of inputs out."""
    if not all(set(ys) <= set(xs) for xs, ys in pairs):
        return []
    kept = [y for _, ys in pairs for y in ys]
    out = [x for xs, ys in pairs for x in xs if x not in ys]
    if not kept or not out:
        return []
    return [v for low, high in ((out, kept), (kept, out)) if max(low) < min(high)
            for v in (max(low), *(v for v in (max(low) + 1, min(high)) if v % 10 == 0), min(high))]


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
