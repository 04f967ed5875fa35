"""Classes: words that differ in what they bring to an answer and in nothing else.

Large vocabularies have an open class: hundreds of words, each with a constant of its own
in the answers, that stand among the same neighbours. What holds of some of them holds of
all, so a learner need only see a few: in each sentence the words of the class are put in
the place of others of it, and their constants in the answer with them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dsl.inputs import seeded
from dsl.program import Const, Program
from nesy.machine.candidates import Lesson
from nesy.machine.evidence import Evidence
from nesy.machine.neighbours import Neighbours, apart, neighbours
from nesy.machine.semantics import Domain, Lexicon, Meaning

SMALLEST = 24  # words of an open class
SHOWN = 12  # words that stand for all others
LOOKED_AT = 20_000  # sentences that are counted
NECESSARY = 0.95  # of the answers with a constant come from sentences with its word
EFFECT = 0.2  # of the sentences with a word have its constant in the answer
APART = 0.2  # how far the neighbours of two words of a class may differ, beyond chance


@dataclass(frozen=True)
class OpenClass:
    """The words of an open class, each with the constant that is its own; the first of them stand for all."""

    constants: Mapping[str, object]

    @property
    def shown(self) -> tuple[str, ...]:
        """The words that stand for all."""
        return tuple(self.constants)[:SHOWN]

    def abstract(self, lessons: Iterable[Lesson], seed: int) -> list[Lesson]:
        """Lessons in the words that stand for all, each once; those that take too many words are left out."""
        owner = {c: w for w, c in self.constants.items()}
        found: dict[Lesson, None] = {}
        for i, lesson in enumerate(lessons):
            members = list(dict.fromkeys(w for w in lesson.words if w in self.constants))
            if len(members) > len(self.shown):
                continue
            into = dict(zip(members, seeded("rename", seed, i).sample(self.shown, len(members)), strict=True))
            if not isinstance(lesson.answer, tuple) or any(
                    (a,) in owner and owner[a,] not in into for a in lesson.answer):
                continue
            answer = tuple(self.constants[into[owner[a,]]][0] if (a,) in owner else a  # type: ignore[index]
                           for a in lesson.answer)
            found[Lesson(tuple(into.get(w, w) for w in lesson.words), answer, lesson.tree)] = None
        return list(found)

    def spread(self, lexicon: Lexicon) -> dict[str, Meaning]:
        """The meanings of all words of the class, as those that stand for them mean."""
        shapes = Counter(self._shape(w, lexicon[w]) for w in self.shown if w in lexicon)
        if not shapes:
            return dict(lexicon)
        shape = shapes.most_common(1)[0][0]
        model = next(w for w in self.shown if w in lexicon and self._shape(w, lexicon[w]) == shape)
        return {**lexicon, **{w: self.translated(lexicon[model], model, w) for w in self.constants}}

    def spread_evidence(self, evidence: Mapping[str, Evidence], lexicon: Lexicon) -> dict[str, Evidence]:
        """What is known of the words that stand for all, as it holds of each word of the class."""
        model = max((w for w in self.shown if w in evidence), key=lambda w: evidence[w].uses, default=None)
        if model is None:
            return dict(evidence)
        known = evidence[model]
        return {**evidence, **{
            w: replace(known, word=w, meaning=lexicon[w], stands="" if w == model else model,
                       others=tuple(self.translated(m, model, w) for m in known.others))
            for w in self.constants if w in lexicon}}

    def translated(self, meaning: Meaning, word: str, into: str) -> Meaning:
        """A meaning of one word of the class as another one's."""
        return replace(meaning, program=_exchange(meaning.program, self.constants[word], self.constants[into]))

    def _shape(self, word: str, meaning: Meaning) -> Program:
        return _exchange(meaning.program, self.constants[word], None)


def _exchange(program: Program, old: object, new: object) -> Program:
    return program.replace(lambda p: Const(new, p.type) if isinstance(p, Const) and p.value == old else None)


def open_class(lessons: Sequence[Lesson], domain: Domain, seed: int) -> OpenClass | None:
    """The open class of a vocabulary; None where it has none, or where answers are no sequences of atoms."""
    if any(not isinstance(x.answer, tuple) for x in lessons) or len({w for x in lessons for w in x.words}) < SMALLEST:
        return None
    some = seeded("classes", seed).sample(lessons, min(LOOKED_AT, len(lessons)))
    own = own_constants(some, domain)
    if len(own) < SMALLEST:
        return None
    around = neighbours(some, own, lambda w: "*" if w in own else w)
    while True:
        together: Neighbours = sum((around[w] for w in own), Counter())
        alike = {w: c for w, c in own.items() if _beyond_chance(around[w], together) <= APART}
        if len(alike) < SMALLEST:
            return None
        if len(alike) == len(own):
            often = sorted(own, key=lambda w: (-sum(around[w].values()), w))
            return OpenClass({w: own[w] for w in often})
        own = alike


def own_constants(lessons: Iterable[Lesson], domain: Domain) -> dict[str, object]:
    """The constant of each word without which it is hardly ever in an answer, and which nothing else explains as well.

    >>> from nesy.machine.domains import SEQUENCES
    >>> own_constants([Lesson(("jump", "twice"), ("J", "J")), Lesson(("run", "twice"), ("R", "R")),
    ...                Lesson(("run",), ("R",))], SEQUENCES)
    {'jump': ('J',), 'run': ('R',)}
    """
    words, constants, both = Counter(), Counter(), Counter()
    for lesson in lessons:
        atoms = domain.atoms(lesson.answer)
        constants.update(atoms)
        for w in set(lesson.words):
            words[w] += 1
            both.update((w, a) for a in atoms)
    fits: dict[object, list[tuple[float, str]]] = {}
    for (w, a), n in both.items():
        if n >= NECESSARY * constants[a] and n >= EFFECT * words[w]:
            fits.setdefault(a, []).append((n / words[w] * n / constants[a], w))
    found: dict[str, tuple[float, object]] = {}
    for a, able in sorted(fits.items(), key=lambda fit: repr(fit[0])):  # of two that fit a word alike, the first
        able.sort(reverse=True)
        if len(able) > 1 and able[0][0] == able[1][0]:
            continue
        score, w = able[0]
        if w not in found or score > found[w][0]:
            found[w] = (score, a)
    return {w: a for w, (_, a) in sorted(found.items())}


def _beyond_chance(one: Neighbours, together: Neighbours) -> float:
    """How far what stands beside one word differs from what stands beside all, beyond what chance does."""
    n = sum(one.values())
    return apart(one, together) - (len(together) / n) ** 0.5 / 2 if n else 1.0
