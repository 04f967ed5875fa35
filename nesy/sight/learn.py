"""Learn: perception, grammar and meanings from images and answers, when nothing is known of the symbols.

1. Scenes of one image name values. A network learns to tell them from all that is seen
   elsewhere (positive and unlabelled images), so that strange images stand out.
2. In scenes where one image is strange among values, the answers tell what strange symbols do.
3. What is still strange is told apart by its neighbours.
4. A machine learns grammar and meanings from the scenes whose symbols are then certain.
5. Abduction: each scene is seen as the most probable row of symbols of which the machine makes
   its answer; every image takes the symbol that most of its scenes agree on, and the network
   that is kept learns from those. Its temperature is fitted on images held out of it.
6. The grammar is learned anew, from the scenes as that network sees them: the symbols that
   it was unsure of at first, and with them whole kinds of sentences, stood in few before.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dsl.errors import NesyError
from dsl.inputs import seeded
from dsl.program import Const
from nesy.abduction.learn import checked
from nesy.abduction.network import Network, clusters
from nesy.machine.candidates import Lesson
from nesy.machine.deduce import value
from nesy.machine.evidence import Evidence
from nesy.machine.learn import Config as MachineConfig
from nesy.machine.learn import Given
from nesy.machine.learn import learn as learn_machine
from nesy.machine.machine import Machine, Reading
from nesy.machine.semantics import ABSENT, Domain, Meaning
from nesy.sight.contexts import groups
from nesy.sight.fit import calibrated, fit
from nesy.sight.sequences import Sequences, follows
from nesy.sight.store import Stored
from nesy.sight.uses import Row, shapes, told
from nesy.threads import one_thread
from tasks import Scene


@dataclass(frozen=True, kw_only=True)
class Config:
    """How learning goes; no number was chosen on a test set."""

    seed: int = 0
    sketch: int = 1_000  # steps of the networks that only sort images
    steps: int = 2_000  # of the network that is kept
    sketched: int = 16  # width of those
    width: int = 24  # of this one
    fewest: int = 5  # scenes of one image that make a value
    strange: float = 0.8  # probability of being no known value
    unknown: float = 0.88  # of being no known symbol
    clusters: int = 200
    shaped: int = 200  # scenes of a shape from which meanings are told
    sure: float = 0.9  # share of one of its functions from which an image is taken for it
    sound: float = 0.85  # share of a word's scenes that its meaning has to explain: some are misread
    certain: float = 0.98  # probability of each symbol in a scene from which the machine learns
    lessons: int = 20_000
    theories: int = 2  # tried: misread scenes refute every one
    abduced: tuple[int, ...] = (20_000, 50_000)  # scenes that are abduced, each time by what the last taught
    rows: int = 60  # of symbols tried for one of them
    held_out: float = 0.03  # of the images, for the temperature


@dataclass
class Log:
    """What learning did, and its notes in order."""

    notes: list[str] = field(default_factory=list)
    lessons: int = 0
    held_out_accuracy: float | None = None
    abduced: int = 0
    explained: int = 0  # of them, by some row of symbols
    at_once: int = 0  # of them, by the most probable one
    tried: int = 0  # rows of symbols
    temperature: float = 1.0


@one_thread()
def learn(images: np.ndarray, scenes: Sequence[Scene], domain: Domain, config: Config = Config(),
          notice: Callable[[str], None] = lambda text: None, given: Given = Given(),
          names: np.ndarray | None = None) -> tuple[Stored, Log]:
    """A machine learned from images (n, h, w), bytes, and scenes with their answers alone.

    `given` modules know symbols by names: then `names` has that of each image, and each symbol
    that was found is called as most of its images are. Nothing else is made of them.

    Raises:
        NesyError: if there are too few scenes of one image to begin with, or none of more, or all images
            look alike.
    """
    checked(images, scenes)
    learner = _Learner(images, scenes, domain, config, notice)
    learner.sort()
    if names is not None:
        learner.call(names)
    return learner.run(given)


def telling(machine: Machine, reading: Reading, instead: Sequence[str]) -> Iterator[int]:
    """The places of a reading whose symbol grammar or answer tells: the one that it could be instead does not do.

    A symbol of another category would stand in another tree; one of the same has to change the answer.
    """
    assert reading.tree is not None
    lexicon = machine.lexicon
    for at, (word, other) in enumerate(zip(reading.words, instead, strict=True)):
        words = (*reading.words[:at], other, *reading.words[at + 1:])
        alike = other in lexicon and lexicon[word].category == lexicon[other].category
        if not alike or value(reading.tree, words, lexicon) != reading.value:
            yield at


class _Learner:
    def __init__(self, images: np.ndarray, scenes: Sequence[Scene], domain: Domain, config: Config,
                 notice: Callable[[str], None]):
        self.images, self.scenes, self.domain, self.config, self.notice = images, scenes, domain, config, notice
        self.log = Log()
        self.shown: dict[str, np.ndarray] = {}  # images of each word, as far as they are known
        self.meanings: dict[str, Meaning] = {}  # of words, likewise
        self.longest = 1  # images in a scene of a shape that is understood

    def sort(self) -> None:
        """Find the words, and images of each."""
        config = self.config
        values = self.values()
        self.shown = {str(value): numbers for value, numbers in values.items()}
        self.meanings = {str(value): Meaning(Const(value, self.domain.type), ABSENT) for value in values}
        if not any(len(s.images) > 1 for s in self.scenes):
            raise NesyError("nothing to learn from: no scene has more than 1 image")
        p = self.unlike(1)
        self.note(f"{len(values)} values; {int((p[:, -1] > config.strange).sum())} of {len(p)} images are none of them")
        kind = [0] * len(values)
        for shape in self.functions(p, list(values)):
            for meaning, numbers in shape:
                word = f"f{len(self.shown) - len(values) + 1}"
                self.shown[word], self.meanings[word] = numbers, meaning
            kind += [max(kind) + 1] * len(shape)
        p = self.unlike(self.longest + 1)
        known = p[:, :-1] / p[:, :-1].sum(1, keepdims=True)
        word, far = known.argmax(1), p[:, -1] > config.unknown
        of_kind = np.where(far, max(kind) + 1, np.array(kind)[word])
        found = groups([s.images for s in self.scenes], of_kind, max(kind) + 1, config.seed, self.note)
        clear = ~far & (known.max(1) > config.sure)
        self.shown = {name: np.flatnonzero(clear & (word == k)) for k, name in enumerate(self.shown)}
        self.shown |= {f"g{n + 1}": numbers for n, numbers in enumerate(found)}
        self.shown = {name: numbers for name, numbers in self.shown.items() if len(numbers)}

    def call(self, names: np.ndarray) -> None:
        """Name each word as most of its images are, where no other is so named."""
        most = {word: Counter(names[numbers].tolist()).most_common(1)[0][0] for word, numbers in self.shown.items()}
        once = {name for name, n in Counter(most.values()).items() if n == 1}
        names_of = {word: most[word] if most[word] in once else word for word in self.shown}
        self.shown = {names_of[word]: numbers for word, numbers in self.shown.items()}
        self.meanings = {names_of[word]: meaning for word, meaning in self.meanings.items()}

    def run(self, given: Given) -> tuple[Stored, Log]:
        """Learn the machine and, through it, the network that is kept."""
        config, words = self.config, tuple(self.shown)
        if len(words) < 2:
            raise NesyError(f"nothing to tell apart: all images look like one symbol, {' '.join(words) or 'or none'}")
        p = self.taught(self.shown, config.sketched, config.sketch).probabilities(self.images)
        self.note(f"{len(words)} words: {', '.join(f'{w} ({len(n)})' for w, n in self.shown.items())}")
        drawn = seeded("sight", config.seed).sample(self.scenes, len(self.scenes))
        machine, _ = self.machine(words, drawn, p, given)
        for many in config.abduced[:-1]:
            word, agreed = self.agreed(machine, words, drawn[:many], p)
            p = self.taught(self.pools(words, word, agreed), config.sketched, config.sketch).probabilities(self.images)
        word, agreed = self.agreed(machine, words, drawn[:config.abduced[-1]], p)
        network = self.kept(words, word, agreed)
        machine, evidence = self.machine(words, drawn, network.probabilities(self.images),
                                         replace(given, lexicon=machine.lexicon))
        height, width = self.images.shape[1:]
        return Stored(network, machine, evidence(), (height, width)), self.log

    def machine(self, words: tuple[str, ...], scenes: Sequence[Scene], p: np.ndarray,
                given: Given) -> tuple[Machine, Callable[[], dict[str, Evidence]]]:
        """A machine learned from the scenes whose symbols are certain, and what determines each word in them."""
        config, clear = self.config, p.max(1) > self.config.certain
        rows = [(s, p[list(s.images)].argmax(1).tolist()) for s in scenes if clear[list(s.images)].all()]
        lessons = [Lesson(tuple(words[k] for k in row), s.answer) for s, row in rows[:config.lessons]]
        self.note(f"{len(rows)} of {len(self.scenes)} scenes are clear; the machine learns from {len(lessons)}")
        machine, learned = learn_machine(lessons, self.domain, MachineConfig(
            seed=config.seed, sound=config.sound, misread=1 - config.sound, rounds=config.theories,
            pooled=0.0), given, self.note,
            self.meanings)
        self.log.lessons, self.log.held_out_accuracy = len(lessons), learned.held_out_accuracy
        perception = Sequences(words, follows([row for _, row in rows], len(words)))
        return replace(machine, rows=config.rows, perception=perception), lambda: learned.evidence(machine, lessons)

    def values(self) -> dict[object, np.ndarray]:
        """Images that stand alone, by the scene's answer."""
        alone: dict[object, set[int]] = {}
        for s in self.scenes:
            if len(s.images) == 1:
                alone.setdefault(s.answer, set()).add(s.images[0])
        found = {v: np.array(sorted(alone[v])) for v in sorted(alone, key=repr)
                 if len(alone[v]) >= self.config.fewest}
        if not found:
            raise NesyError(f"nothing to begin with: no answer has {self.config.fewest} scenes of one image")
        return found

    def unlike(self, length: int) -> np.ndarray:
        """How likely each image is for each word, and, last, for none of them: (images, words + 1).

        What images of no known word look like, those tell that are seen in scenes longer than this; without such scenes
        no image is of no word.
        """
        elsewhere = np.unique([i for s in self.scenes if len(s.images) > length for i in s.images])
        shown = {**self.shown, "": elsewhere} if len(elsewhere) else self.shown
        p = self.taught(shown, self.config.sketched, self.config.sketch).probabilities(self.images)
        return p if len(elsewhere) else np.hstack([p, np.zeros((len(p), 1), p.dtype)])

    def taught(self, shown: Mapping[str, np.ndarray], width: int, steps: int) -> Network:
        """A network of these images' words, each as often as any other; the nameless one as often as all."""
        shares = [float(len(shown) - 1) if word == "" else 1.0 for word in shown]
        return fit(self.images, list(shown.values()), shares, width, steps, self.config.seed,
                   lambda at: self.notice(f"a network of {len(shown)} classes: step {at} of {steps}"))

    def functions(self, p: np.ndarray, values: Sequence[object]) -> list[list[tuple[Meaning, np.ndarray]]]:
        """What makes a value of others, and images of it: for each shape, its functions."""
        strange, word, rows = p[:, -1] > self.config.strange, p[:, :-1].argmax(1), []
        for s in self.scenes:
            at = [k for k, i in enumerate(s.images) if strange[i]]
            if len(s.images) > 1 and len(at) == 1:
                others = tuple(values[word[i]] for i in s.images if not strange[i])
                rows.append(Row(s.images[at[0]], at[0], others, s.answer))
        found = []
        for group in shapes(rows, self.config.shaped):
            numbers = np.array(sorted({r.image for r in group}))
            cluster = clusters(self.images[numbers], min(self.config.clusters, len(numbers) // 4), self.config.seed)
            result = told(group, dict(zip(numbers.tolist(), cluster.tolist(), strict=True)), self.domain,
                          self.config.seed, self.note)
            sure = [np.unique([r.image for r, share in zip(group, shares, strict=True) if share > self.config.sure])
                    for shares in result.shares.T]
            found.append([(m, x) for m, x in zip(result.meanings, sure, strict=True) if len(x) >= self.config.fewest])
            if found[-1]:
                self.longest = max(self.longest, len(group[0].children) + 1)
        return found

    def agreed(self, machine: Machine, words: tuple[str, ...], scenes: Sequence[Scene],
               p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each image's word, and whether most scenes agree on it of those whose answer tells."""
        votes, number = np.zeros((len(self.images), len(words))), {w: k for k, w in enumerate(words)}
        second = np.argsort(p, 1)[:, -2]
        self.log.abduced, self.log.explained, self.log.at_once, self.log.tried = len(scenes), 0, 0, 0
        for n, scene in enumerate(scenes):
            if n % 1_000 == 0:
                self.notice(f"abducing scene {n} of {len(scenes)}")
            images = list(scene.images)
            for tried, (reading, _) in enumerate(machine.readings(list(p[images])), 1):
                self.log.tried += 1
                if reading.tree is not None and reading.value == scene.answer:
                    self.log.explained += 1
                    self.log.at_once += tried == 1
                    row = [number[w] for w in reading.words]
                    for at in telling(machine, reading, [words[s if s != k else p[i].argmax()]
                                                         for i, k, s in zip(images, row, second[images], strict=True)]):
                        votes[images[at], row[at]] += 1
                    break
        self.note(f"{self.log.explained} of {self.log.abduced} scenes explained, {self.log.at_once} of them at once; "
                  f"{self.log.tried / max(1, self.log.abduced):.1f} rows of symbols tried for a scene")
        return votes.argmax(1), votes.max(1) > votes.sum(1) / 2

    def pools(self, words: tuple[str, ...], word: np.ndarray, used: np.ndarray) -> dict[str, np.ndarray]:
        """The images of each word among those used."""
        found = {w: np.flatnonzero(used & (word == k)) for k, w in enumerate(words)}
        unseen = [w for w, numbers in found.items() if not len(numbers)]
        if unseen:
            raise NesyError(f"no scene was understood with {unseen[0]} in it: the scenes are too few, or their "
                            "answers do not follow from their images")
        return found

    def kept(self, words: tuple[str, ...], word: np.ndarray, agreed: np.ndarray) -> Network:
        """The network that learns what the images were taken for where the scenes agreed, and its temperature."""
        held = agreed & (np.random.default_rng(self.config.seed).random(len(agreed)) < self.config.held_out)
        network = self.taught(self.pools(words, word, agreed & ~held), self.config.width, self.config.steps)
        if held.any():
            self.log.temperature = calibrated(network, self.images[held], word[held])
        return network

    def note(self, text: str) -> None:
        self.log.notes.append(text)
        self.notice(text)
