"""Together: what would make a formula mean something else, in perception, syntax and semantics at once.

Each module alone may have no small change that leads to a result, where a doubtful symbol and a rare
tree do. Answer sets weigh them against each other, in natural logarithms of how probable they are.
"""

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from math import log

import numpy as np

from dsl.interpret import Failure
from dsl.program import Const
from nesy.machine.evidence import Evidence
from nesy.machine.machine import Machine
from nesy.machine.semantics import ABSENT, Meaning
from nesy.machine.tree import Tree, from_heads
from nesy.sight.sequences import TINY, Sequences
from solvers.asp.joint import NOTHING, Option, Problem

ODD = log(1_000)  # of a rule that no sentence of training showed
AS_GOOD = log(2)  # of a meaning that fits training as well as the one that was learned
AGAINST = log(1_000_000)  # of one that training speaks against
WIDER = (ODD, AGAINST, 2 * AGAINST, 4 * AGAINST)  # what may be changed, step by step


@dataclass(frozen=True)
class Together:
    """Words, tree and other meanings that lead to a result, and how much less probable that is (nats).

    least: whether it is known that no others cost less; else the time ran out on the way.
    """

    words: tuple[str, ...]
    tree: Tree
    meanings: Mapping[str, Meaning]
    cost: float
    least: bool


def instead(machine: Machine, word: str, evidence: Mapping[str, Evidence], expected: object) -> list[Meaning]:
    """Meanings that a word could have instead: what fits training as well; what other words mean; the result itself."""
    own, others = machine.lexicon[word], evidence[word].others if word in evidence else ()
    alike = [m for m in machine.lexicon.values() if m.category == own.category or m.arity == own.arity]
    given = [Meaning(Const(expected, machine.domain.type), ABSENT)] if own.arity == 0 else []
    return [m for m in dict.fromkeys((*others, *alike, *given)) if m != own]


def cheapest(machine: Machine, p: np.ndarray, evidence: Mapping[str, Evidence], expected: object, *,
             seconds: float) -> Together | None:
    """The least change of symbols, tree and meanings that leads to a result; none where there is none of moderate cost.

    p: class probabilities (symbols, words). What may change at all is widened step by step, so that few options are
    looked at where a small change does.

    Raises:
        NesyError: when the options of a step are too many for the time.
    """
    until = time.monotonic() + seconds
    for within in WIDER:
        posed, meanings = problem(machine, p, evidence, expected, within)
        found = posed.abduce(expected, seconds=max(0.1, until - time.monotonic()))
        if found.explanations and found.explanations[0].cost <= within:
            best = found.explanations[0]
            chosen = [row[k] for row, k in zip(posed.options, best.options, strict=True)]
            changed = {str(o.word): meanings[str(o.word)][o.meaning] for o in chosen if o.meaning}
            return Together(tuple(str(o.word) for o in chosen), from_heads(best.heads), changed, best.cost,
                            found.proved)
        if time.monotonic() > until:
            break
    return None


def problem(machine: Machine, p: np.ndarray, evidence: Mapping[str, Evidence], expected: object,
            within: float) -> tuple[Problem, dict[str, list[Meaning]]]:
    """Joint abduction over what may be changed at no more cost than `within`, and the meanings of each word.

    Costs are beyond those of the most probable symbols.
    """
    perception = machine.perception
    assert isinstance(perception, Sequences)
    words, step = perception.words, -np.log(perception.after)
    image = -np.log(np.maximum(p, TINY))
    whole = through(image, step)
    extra = whole - whole.min()
    likely = [[k for k in np.flatnonzero(row <= within).tolist() if words[k] in machine.lexicon] for row in extra]
    used = dict.fromkeys(words[k] for row in likely for k in row)
    meanings = {w: [machine.lexicon[w], *instead(machine, w, evidence, expected)] for w in used}
    costs = {(w, m): 0.0 if m == 0 else AS_GOOD if w in evidence and meaning in evidence[w].others else AGAINST
             for w, ms in meanings.items() for m, meaning in enumerate(ms)}
    image[0] += step[-1, :-1] - whole.min()
    image[-1] += step[:-1, -1]
    options = [[Option(words[k], m, machine.lexicon[words[k]].category, meaning.frames, _call(meaning), image[at, k])
                for k in row for m, meaning in enumerate(meanings[words[k]])
                if extra[at, k] + costs[words[k], m] <= within] for at, row in enumerate(likely)]
    number = {w: k for k, w in enumerate(words)}
    odd = ODD if within >= ODD else None

    def fits(head: Hashable, slot: int, child: Hashable) -> float | None:
        return 0.0 if not machine.attested or (head, slot, child) in machine.attested else odd

    return Problem(options, fits, lambda a, b: float(step[number[str(a)], number[str(b)]]), costs), meanings


def through(image: np.ndarray, step: np.ndarray) -> np.ndarray:
    """What the cheapest row costs in which an image is a word: (images, words).

    image: what it costs to see each as each word. step: one word after another, the last being either end.

    >>> through(np.array([[0.0, 1.0], [0.0, 3.0]]), np.zeros((3, 3))).tolist()
    [[0.0, 1.0], [0.0, 3.0]]
    """
    ahead, behind = [step[-1, :-1] + image[0]], [step[:-1, -1]]
    for row in image[1:]:
        ahead.append((ahead[-1][:, None] + step[:-1, :-1]).min(0) + row)
    for row in image[:0:-1]:
        behind.append((step[:-1, :-1] + row + behind[-1]).min(1))
    return np.array(ahead) + np.array(behind[::-1])


def _call(meaning: Meaning) -> Callable[[tuple[object, ...]], object]:
    def call(children: tuple[object, ...]) -> object:
        result = meaning.value(children)
        return NOTHING if isinstance(result, Failure) else result
    return call
