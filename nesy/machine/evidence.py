"""Evidence: what in the training sentences determines each word's meaning, and each answer.

A meaning is determined as far as no other program of equal or smaller size does all
that the word does in the training sentences; programs are those of the pool: without
lambdas, with one constant of each type, told apart on samples. An answer is determined
as far as none of those others, put in the word's place, would change it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsl.interpret import Failure
from nesy.machine.candidates import Lesson
from nesy.machine.deduce import value
from nesy.machine.machine import Machine, Reading
from nesy.machine.semantics import Meaning, Pool, Use


@dataclass(frozen=True)
class Evidence:
    """A word's meaning, the training sentences it was used in rightly, and the meanings that fit as well.

    `missed` are the sentences with it that are read wrongly: they say nothing of what fits. Where a word is one of many
    of a class, sentences and uses are those of the word that `stands` for all of them, each counted once.
    """

    word: str
    meaning: Meaning
    sentences: int
    uses: int
    others: tuple[Meaning, ...]
    size: int  # up to which other programs were looked for
    stands: str = ""
    missed: int = 0

    def __str__(self) -> str:
        of = f" of {self.sentences + self.missed}" if self.missed else ""
        seen = (f"{self.sentences}{of} training sentence{'s' if of or self.sentences != 1 else ''}, "
                f"{self.uses} use{'' if self.uses == 1 else 's'}") + (f" of {self.stands}" if self.stands else "")
        if not self.uses:
            return f"{seen}; undetermined"
        if not self.others:
            return f"{seen}; unique up to size {self.size}"
        first = self.others[0].show(self.word)
        return f"{seen}; {len(self.others)} other{'' if len(self.others) == 1 else 's'} up to size {self.size}: {first}"


def gather(machine: Machine, lessons: Sequence[Lesson]) -> dict[str, Evidence]:
    """The evidence for every word of a machine, from the lessons that it gets right."""
    uses: dict[str, dict[Use, None]] = {w: {} for w in machine.lexicon}
    counts, missed = dict.fromkeys(machine.lexicon, 0), dict.fromkeys(machine.lexicon, 0)
    answers: set[object] = set()
    for lesson in dict.fromkeys(lessons):
        reading = machine.read(lesson.words)
        answers.add(lesson.answer)
        if reading.value != lesson.answer or reading.tree is None:
            missed.update((w, missed[w] + 1) for w in set(lesson.words) if w in missed)
            continue
        for word in set(reading.words):
            counts[word] += 1
        done: dict[int, object] = {}
        for node in reversed(list(reading.tree.nodes())):
            children = tuple(done[c.head] for c in node.children)
            word = reading.words[node.head]
            done[node.head] = machine.lexicon[word].value(children)
            uses[word][children, done[node.head]] = None
    alphabet = sorted(set().union(*(machine.domain.atoms(a) for a in answers)), key=repr)
    largest = min(machine.domain.longest, max((m.program.size for m in machine.lexicon.values()), default=1))
    pool = Pool(machine.domain, alphabet, largest)
    found = {}
    for word, meaning in sorted(machine.lexicon.items()):
        shown = sorted(uses[word], key=lambda u: (len(repr(u)), repr(u)))
        size = min(pool.size, meaning.program.size)
        others = [m for m in pool.fitting(shown, size) if not pool.alike(m, meaning)] if shown else []
        found[word] = Evidence(word, meaning, counts[word], len(shown), tuple(others), size, missed=missed[word])
    return found


def standing(machine: Machine, reading: Reading, evidence: Mapping[str, Evidence]) -> str:
    """An answer's certificate: determined by the training sentences, or ambiguous, with what else would fit."""
    if reading.tree is None:
        return f"none: {reading.failure}"
    for word in dict.fromkeys(reading.words):
        if word not in evidence or not evidence[word].uses:
            return f"undetermined: no training sentence that is read rightly shows {word}"
        for other in evidence[word].others:
            result = value(reading.tree, reading.words, {**machine.lexicon, word: other})
            if not isinstance(result, Failure) and result != reading.value:
                text = " ".join(map(str, result)) if isinstance(result, tuple) else str(result)
                return f"ambiguous: {other.show(word)} fits the training sentences too and gives {text or 'nothing'}"
    fits = "fits training"
    if any(evidence[w].missed for w in reading.words):
        fits = "fits the training sentences that are read rightly"
    short = {w: e.size for w in dict.fromkeys(reading.words) if (e := evidence[w]).size < e.meaning.program.size}
    if short:
        least = min(short, key=short.__getitem__)
        return (f"unique up to size {short[least]}: no other meaning of a word, of {least} up to that size, that "
                f"{fits} changes this tree's value")
    return f"unique: no other meaning of a word, of its size or smaller, that {fits} changes this tree's value"
