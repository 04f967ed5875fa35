"""Induce: first meanings, one unknown word after another, each as a task for program synthesis.

Where answers are not put together from parts (numbers; strings that are turned round), no
pool of small meanings explains a sentence. But a sentence with one unknown word at its root
is an example of what that word does: the values of its children and its own. Those of all
such sentences together are a specification. Two unknown words that come together alone are
tried as structure first (a word that passes on a value, or brings nothing), else one of
them is, and the other is synthesised.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations, zip_longest

from dsl.interpret import Failure
from dsl.program import Const, Input
from nesy.machine.candidates import Lesson
from nesy.machine.deduce import Chart, Rules
from nesy.machine.semantics import ABSENT, Domain, Lexicon, Meaning, Use

LONGEST = 9  # words of a sentence from which a meaning is induced
EXAMPLES = 120  # sentences looked at for one word
PAIRED = 60  # sentences looked at for two words
MANY_MORE = 5  # times as many, where some of them may be exceptions
SOUND = 0.97  # of a word's sentences that its meaning has to explain, where nothing is misread
FEWEST = 3  # uses from which a program is synthesised
LENIENT = 0.85  # of that share, where nothing explains so much: some sentences may be exceptions
PATIENCE = ((3.0, 8, 1.0), (15.0, 4, 1.0), (60.0, FEWEST, 1.0),
            (15.0, 8, LENIENT))  # seconds for a word, its fewest sentences, and how sound it has to be

PART, PARTS = 8, 10  # examples of a part, and parts, where some of the examples may be exceptions

Shape = tuple[int, int]  # children to the left and to the right


@dataclass(frozen=True)
class Row:
    """A sentence seen from its root: how long it is, what its children's values may be, and its own."""

    length: int
    options: list[tuple[object, ...]]
    answer: object


@dataclass
class Induction:
    """Meanings found so far, and why each was taken."""

    domain: Domain
    lexicon: dict[str, Meaning] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    first: frozenset[Lesson] = frozenset()  # looked at before others of their length
    lessons: Sequence[Lesson] = ()
    sound: float = SOUND  # share of a word's sentences that its meaning has to explain
    lenient: bool = False  # whether some of them may be exceptions

    def run(self, lessons: Sequence[Lesson], notice: Callable[[str], None] = lambda text: None,
            patient: bool = True) -> None:
        """Find a meaning for every word of these lessons, as far as that goes.

        Without patience it ends where no word can be told from sentences in which it alone is unknown.
        """
        self.lessons = lessons
        short = sorted((x for x in set(lessons) if len(x.words) <= LONGEST),
                       key=lambda x: (len(x.words), x not in self.first, x.words, repr(x.answer)))
        patience, begun, sound = 0, patient, self.sound
        while patience < (len(PATIENCE) if patient else 1):
            start = time.monotonic()
            unknown = {x: {w for w in x.words if w not in self.lexicon} for x in short}
            short = [x for x in short if unknown[x]]
            if not short:
                return
            seconds, least, share = PATIENCE[patience]
            self.sound, self.lenient = share * sound, share < 1
            found = self.one(short, unknown, seconds, least)
            if not found and not begun:
                return
            begun, found = True, found or self.two(short, unknown, seconds, least)
            for w in found:
                notice(f"{self.lexicon[w].show(w)} ({self.notes[w]}, {time.monotonic() - start:.1f} s)")
            patience = 0 if found else patience + 1

    def one(self, lessons: Sequence[Lesson], unknown: dict[Lesson, set[str]], seconds: float, least: int) -> list[str]:
        """The words that a meaning was found for among those that are alone unknown in a sentence."""
        alone: dict[str, list[Lesson]] = {}
        for x in lessons:
            if len(unknown[x]) == 1:
                w = next(iter(unknown[x]))
                if x.words.count(w) == 1:
                    alone.setdefault(w, []).append(x)
        found = []
        for w, group in alone.items():
            if len(group) < least and group[0].words != (w,):
                continue
            meaning = self.synthesise(w, group, self.lexicon, seconds) or self.constant(w, group)
            if meaning is not None:
                self.lexicon[w] = meaning
                found.append(w)
        return found

    def constant(self, word: str, lessons: Sequence[Lesson]) -> Meaning | None:
        """The one value that explains a word's sentences where it never stands alone."""
        some = self.paired(lessons)
        values = sorted(set().union(*(self.domain.atoms(x.answer) for x in self.lessons)), key=repr)
        for value in values:
            meaning = Meaning(Const(value, self.domain.type), ABSENT)
            if self.explains(some, {**self.lexicon, word: meaning}) >= self.sound:
                self.notes[word] = f"the value that explains {len(some)} sentences"
                return meaning
        return None

    def two(self, lessons: Sequence[Lesson], unknown: dict[Lesson, set[str]], seconds: float, least: int) -> list[str]:
        """A word that is structure, and those that were unknown beside it alone, as structure or synthesised.

        The word is the most frequent one; which structure it is, those others tell that it gives a meaning to.
        """
        often = Counter(w for u in unknown.values() for w in u)
        pairs: dict[str, dict[str, list[Lesson]]] = {}
        for x in lessons:
            if len(unknown[x]) == 2:
                for w, other in permutations(unknown[x]):
                    pairs.setdefault(w, {}).setdefault(other, []).append(x)
        pairs = {w: {o: g for o, g in groups.items() if len(g) >= least} for w, groups in pairs.items()}
        for w in sorted((w for w in pairs if pairs[w]), key=lambda w: (-len(pairs[w]), -often[w], w)):
            best: dict[str, Meaning] = {}
            for structure in self.structural():
                found = self.beside({w: structure}, pairs[w], seconds / 4)
                best = max(best, found, key=len)
                if len(found) > len(pairs[w]):
                    break
            if len(best) > 1:
                self.lexicon.update(best)
                self.notes[w] = f"structure, beside {len(best) - 1} words"
                return list(best)
        return []

    def beside(self, known: dict[str, Meaning], groups: dict[str, list[Lesson]], seconds: float) -> dict[str, Meaning]:
        """These meanings, and those of the words that were unknown beside them, as far as there are any.

        The most frequent first: what a rarer word does may be what another is known to do.
        """
        found = dict(known)
        for other, group in sorted(groups.items(), key=lambda g: -len(g[1])):
            lexicon = {**self.lexicon, **known}
            some = self.paired(group)
            twins = {m: f"as {w}" for w, m in found.items() if m.arity and w not in known}
            meaning = next((m for m in (*twins, *self.structural())
                            if self.explains(some, {**lexicon, other: m}) >= self.sound), None)
            if meaning is not None:
                self.notes[other] = f"{twins.get(meaning, 'structure')}, in {len(group)} sentences"
            else:
                meaning = self.synthesise(other, [x for x in group if x.words.count(other) == 1], lexicon, seconds)
            if meaning is not None:
                found[other] = meaning
        return found

    def structural(self) -> Iterator[Meaning]:
        """Meanings that add nothing: the neutral value, a child's value, one child's of two."""
        t = self.domain.type
        yield Meaning(Const(self.domain.neutral, t), ABSENT)
        for left in (1, 0):
            yield Meaning(Input(0, t), ABSENT, left=left)
        for left in (1, 2, 0):
            yield Meaning(Input(0, t), ABSENT, takes=2, left=left)
            yield Meaning(Input(1, t), ABSENT, left=left)

    def explains(self, lessons: Sequence[Lesson], lexicon: Lexicon) -> float:
        """The share of these lessons that some tree makes right."""
        wrong, most = 0, (1 - self.sound) * len(lessons)
        for x in lessons:
            wrong += Chart(x, lexicon, self.domain, Rules()).best() is None
            if wrong > most:
                return 0.0
        return 1 - wrong / max(1, len(lessons))

    def synthesise(self, word: str, lessons: Sequence[Lesson], lexicon: Lexicon, seconds: float) -> Meaning | None:
        """A meaning that explains the sentences in which this word is alone unknown.

        It is synthesised from those in which the word could be the root: from the shortest alone, then from
        longer ones, too, for in a longer sentence the word may stand elsewhere.
        """
        shortest = min((len(x.words) for x in lessons), default=0)
        known = tuple(lexicon.values())
        for shape, rows in self.shapes(word, spread(lessons, EXAMPLES), lexicon):
            tried: list[Use] = []
            for length in (shortest, shortest + 1, LONGEST):
                examples = uses([r for r in rows if r.length <= length])
                if examples == tried or len(examples) < FEWEST and length < LONGEST and sum(shape):
                    continue
                tried = examples
                parts = self.parts(examples)
                for part in parts:
                    found = self.domain.inventor.invent(part, sum(shape), self.domain, known, seconds / len(parts))
                    if found is None:
                        continue
                    meaning = Meaning(found.program, ABSENT, takes=sum(shape), left=shape[0])
                    if self.explains(self.paired(lessons), {**lexicon, word: meaning}) >= self.sound:
                        self.notes[word] = found.note
                        return meaning
        return None

    def paired(self, lessons: Sequence[Lesson]) -> list[Lesson]:
        """Sentences that a meaning is tried on: more of them, so also longer ones, where some are exceptions."""
        return spread(lessons, PAIRED * (MANY_MORE if self.lenient else 1))

    def parts(self, examples: list[Use]) -> list[list[Use]]:
        """What a program is synthesised from: all examples; where some may be exceptions, also a few at a time.

        A part without exceptions gives the program that then has to explain the sentences (RANSAC, Fischler & Bolles
        1981).
        """
        most = min(PARTS, len(examples) // PART) if self.lenient else 0
        return [examples, *(examples[k::len(examples) // PART][:PART] for k in range(most))]

    def shapes(self, word: str, lessons: Sequence[Lesson], lexicon: Lexicon) -> list[tuple[Shape, list[Row]]]:
        """How a word may stand at the root of these sentences, and its children's values in each: simplest first."""
        found: dict[Shape, list[Row]] = {}
        for lesson in lessons:
            for shape, options in around(lesson, lesson.words.index(word), lexicon, self.domain).items():
                found.setdefault(shape, []).append(Row(len(lesson.words), options, lesson.answer))
        most = max(map(len, found.values()), default=0)
        usual = [(shape, rows) for shape, rows in found.items() if len(rows) >= self.sound * most]
        return sorted(usual, key=lambda s: (sum(s[0]), sum(len(r.options) for r in s[1])))


def uses(rows: Sequence[Row]) -> list[Use]:
    """What a root does in these sentences; where its children's values are not certain, only if there is too little."""
    found: dict[tuple[object, ...], Counter] = {}
    for row in sorted(rows, key=lambda r: len(r.options)):
        if len(row.options) == 1 or len(found) < FEWEST:
            found.setdefault(row.options[0], Counter())[row.answer] += 1
    return [(children, votes.most_common(1)[0][0]) for children, votes in found.items()]


def spread(lessons: Sequence[Lesson], most: int) -> list[Lesson]:
    """Some of the lessons, of each length as many as of any other, as far as there are."""
    by_length: dict[int, list[Lesson]] = {}
    for x in lessons:
        by_length.setdefault(len(x.words), []).append(x)
    rows = zip_longest(*by_length.values())
    return [x for row in rows for x in row if x is not None][:most]


def around(lesson: Lesson, at: int, lexicon: Lexicon, domain: Domain) -> dict[Shape, list[tuple[object, ...]]]:
    """The values of the trees to the left and right of a root, for each number of them; each combination once."""
    chart = Chart(lesson, {w: m for w, m in lexicon.items() if w != lesson.words[at]}, domain, Rules())
    found: dict[Shape, list[tuple[object, ...]]] = {}
    for left in range(domain.arguments + 1):
        for right in range(domain.arguments - left + 1):
            options = {tuple(t[0] for t in (*a, *b)) for a in chart.forest(0, at, left)
                       for b in chart.forest(at + 1, len(lesson.words), right)}
            options = {o for o in options if not any(isinstance(v, Failure) for v in o)}
            if options:
                found[left, right] = sorted(options, key=repr)
    return found
