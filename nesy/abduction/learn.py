"""Learn: perception without labels, from scenes of images and what each scene leads to.

1. Images are clustered; how likely each cluster is for each class is fitted by expectation
   maximisation, the hidden classes of a scene being those that its answer allows.
2. A network learns from the class probabilities given the answers, which are computed anew
   under its own probabilities before every epoch (abduction by all explanations at once), once
   it has learned enough of what the clusters tell.
3. A temperature is fitted on scenes held out of training, by the likelihood of their answers.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from dsl.errors import NesyError
from nesy.abduction.background import Background
from nesy.abduction.constraints import ByConstraints, threshold
from nesy.abduction.explanations import TINY, Explanations
from nesy.abduction.network import Network, Teacher, batches, clusters
from nesy.threads import one_thread
from tasks import Scene

FEWEST, LEAST_SIDE = 4, 8  # images, and pixels a side
LARGE = 32  # pixels a side, beyond which images need the deeper network
EVEN = 0.02  # of uniform probability mixed into what clusters tell
WRONG = 0.001  # how likely an answer is taken to be wrong, where scenes that share an image disagree
WITHHELD = 0.1  # of all places at most, whose images are kept from the network for the temperature


@dataclass(frozen=True, kw_only=True)
class Config:
    """How learning goes; no number was chosen on a test set."""

    seed: int = 0
    clusters_per_class: int = 12
    restarts: int = 6
    warm: int = 600  # scenes from which the clusters' classes are fitted
    first: int = 12  # rounds of each restart
    rounds: int = 25  # of the best of them
    epochs: int = 4
    epochs_deep: int = 12  # of the deeper network, whose images are each varied on their own
    steps: int = 500  # at least: few images are gone through more often
    settled: int = 120  # steps before which the network's own probabilities are not trusted
    held_out: float = 0.03  # of the scenes, for the temperature
    few_held_out: int = 5  # scenes at least, as far as that is a tenth of them at most


@dataclass
class Log:
    """What abduction did: scenes, those that nothing explains, explanations, and how likely the answers became."""

    scenes: int = 0
    inconsistent: int = 0
    explanations: int = 0  # of all scenes together, each time they were asked for
    asked: int = 0
    seconds: float = 0.0
    likelihood: list[float] = field(default_factory=list)  # mean log-likelihood of an answer, before each epoch
    temperature: float = 1.0
    threshold: float | None = None  # of the log-probability that all constraints hold
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Posterior:
    """Class probabilities given the answers, (images, classes), and of which images.

    `seen` are those in a scene that something explains; `likelihood` is the mean log-likelihood
    of such a scene's answer, `inconsistent` the number of other scenes.
    """

    labels: np.ndarray
    seen: np.ndarray
    likelihood: float
    inconsistent: int


class Abduction:
    """The explanations of scenes, and posteriors under class probabilities."""

    def __init__(self, background: Background, classes: int, log: Log):
        self.background, self.classes, self.log = background, classes, log
        self._known: dict[object, Explanations | None] = {}

    def explanations(self, answer: object, p: np.ndarray) -> Explanations | None:
        """What explains an answer; None where nothing does."""
        if not self.background.exact:
            return self.background.explanations(answer, p)
        key = (type(answer), answer, len(p))
        if key not in self._known:
            self._known[key] = self.background.explanations(answer, p)
        return self._known[key]

    def teaches(self, scene: Scene) -> bool:
        """Whether a scene's answer tells something of its symbols; what nothing explains is found out later."""
        if not self.background.exact:
            return True
        found = self.explanations(scene.answer, np.zeros((len(scene.images), self.classes)))
        return found is None or found.teaches

    def posteriors(self, scenes: Sequence[Scene], p: np.ndarray) -> Posterior:
        """What the scenes' answers tell of images of class probabilities p (images, classes)."""
        start, places = time.monotonic(), list[tuple[np.ndarray, np.ndarray]]()
        likelihood: list[float] = []
        groups: dict[object, list[Scene]] = {}
        for n, scene in enumerate(scenes):
            groups.setdefault((scene.answer, len(scene.images)) if self.background.exact else n, []).append(scene)
        inconsistent = 0
        for group in groups.values():
            images = np.array([s.images for s in group])
            explanations = self.explanations(group[0].answer, p[images[0]])
            if explanations is None:
                inconsistent += len(group)
                continue
            self.log.asked += len(group)
            self.log.explanations += explanations.count * len(group)
            posterior, logs = explanations.posterior(p[images])
            places.append((images.ravel(), posterior.reshape(-1, p.shape[1])))
            likelihood += logs.tolist()
        labels, seen = together(p, places)
        self.log.seconds += time.monotonic() - start
        return Posterior(labels, seen, float(np.mean(likelihood)) if likelihood else float("-inf"), inconsistent)


def together(p: np.ndarray, places: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """What all places of each image tell of its class, (images, classes), and which images have any, (images,).

    p: the classes' probabilities before, (images, classes); places: numbers of images, (n,), and the class
    probabilities given the answer of the scene where each stands, (n, classes). An image in one place takes
    those. In several, each multiplies the probabilities before by what it makes of them, as if the places'
    other images were unrelated; an answer is wrong, and then tells nothing, with probability `WRONG`.
    """
    labels, count = np.zeros_like(p), np.zeros(len(p), dtype=int)
    for images, posterior in places:
        labels[images] = posterior
        np.add.at(count, images, 1)
    many = count > 1
    if many.any():
        logs = np.log(np.maximum(p, TINY))
        for images, posterior in places:
            told = (1 - WRONG) * posterior / np.maximum(p[images], TINY) + WRONG
            np.add.at(logs, images, np.log(told))
        combined = np.exp(logs[many] - logs[many].max(1, keepdims=True))
        labels[many] = combined / combined.sum(1, keepdims=True)
    return labels, count > 0


@one_thread()
def learn(images: np.ndarray, scenes: Sequence[Scene], background: Background, classes: int,
          config: Config = Config(), notice: Callable[[str], None] = lambda text: None) -> tuple[Network, Log]:
    """A network that tells the classes of images (n, h, w), bytes, learned from scenes and their answers alone.

    Raises:
        NesyError: if there are no scenes, or nothing explains any of them.
    """
    checked(images, scenes, background.positions)
    log = Log()

    def note(text: str) -> None:
        log.notes.append(text)
        notice(text)

    rng = np.random.default_rng(config.seed)
    abduction = Abduction(background, classes, log)
    told = [s for s in scenes if abduction.teaches(s)]
    order = rng.permutation(len(told))
    many = max(int(config.held_out * len(told)), min(config.few_held_out, len(told) // 10))
    held = [told[i] for i in order[:many]]
    train = [told[i] for i in order[len(held):]]
    if not train:
        raise NesyError("nothing to learn from: no scene's answer tells anything of its symbols")
    if len(images) < FEWEST:
        raise NesyError(f"nothing to learn from: {len(images)} images, where at least {FEWEST} are needed")
    note(f"clustering {len(images)} images")
    cluster = clusters(images, min(config.clusters_per_class * classes, len(images) // 4), config.seed)
    p = warmed(cluster, train[:config.warm], abduction, config, note)[cluster]
    deep = max(images.shape[1:]) > LARGE
    network = Network(classes, seed=config.seed, build="deep" if deep else "plain")
    used = np.unique([i for s in train for i in s.images])
    withheld = withheld_of(held, train)
    epochs = max(config.epochs_deep if deep else config.epochs, -(-config.steps // batches(len(used))))
    teacher = Teacher(network, epochs * batches(len(used)), config.seed)
    for epoch in range(epochs):
        found = abduction.posteriors(train, p)
        shown = np.setdiff1d(np.flatnonzero(found.seen), withheld)
        if not len(shown):
            raise NesyError("nothing to learn from: the background knowledge explains no scene")
        log.likelihood.append(found.likelihood)
        log.scenes, log.inconsistent = len(train), found.inconsistent
        loss = teacher.epoch(images[shown], found.labels[shown])
        if epoch + 1 < epochs and (epoch + 1) * batches(len(used)) >= config.settled:
            p = np.zeros_like(p)
            p[used] = network.probabilities(images[used])
        note(f"epoch {epoch + 1} of {epochs}: log-likelihood {found.likelihood:.3f} before, loss {loss:.3f}; "
             f"{log.inconsistent} of {len(train)} scenes inconsistent")
    if held:
        log.temperature = calibrated(network, images, held, abduction)
    if isinstance(background, ByConstraints):
        scores = background.scores([network.judged(images[list(s.images)]) for s in scenes])
        log.threshold = threshold(scores, [s.answer is True for s in scenes])
    return network, log


def checked(images: np.ndarray, scenes: Sequence[Scene], positions: int | None = None) -> None:
    """Whether these can be learned from; `positions` are the images that each scene has, where all have as many.

    Raises:
        NesyError: names what is wrong with the images, or the first scene that does not fit them.
    """
    if not isinstance(images, np.ndarray) or images.ndim != 3 or images.dtype != np.uint8:
        raise NesyError("images: an array (n, h, w) of bytes (numpy.uint8) is needed")
    if min(images.shape[1:]) < LEAST_SIDE:
        raise NesyError(f"images: at least {LEAST_SIDE} x {LEAST_SIDE} pixels are needed, not "
                        f"{images.shape[1]} x {images.shape[2]}")
    if not scenes:
        raise NesyError("nothing to learn from: there are no scenes")
    for scene in scenes:
        wrong = [i for i in scene.images if not isinstance(i, int | np.integer) or not 0 <= i < len(images)]
        if not scene.images or wrong:
            said = f"image {wrong[0]!r}, of {len(images)}" if wrong else "no images"
            raise NesyError(f"scene {scene.id!r} has {said}; give numbers from 0 to {len(images) - 1}")
        if positions is not None and len(scene.images) != positions:
            raise NesyError(f"scene {scene.id!r} has {len(scene.images)} images, where the background knowledge is "
                            f"about {positions}")
        try:
            hash(scene.answer)
        except TypeError:
            raise NesyError(f"scene {scene.id!r}: its answer {scene.answer!r} cannot be hashed; freeze it") from None


def warmed(cluster: np.ndarray, scenes: Sequence[Scene], abduction: Abduction, config: Config,
           note: Callable[[str], None]) -> np.ndarray:
    """How likely each class is in each cluster: the best of several beginnings, by the likelihood of the answers."""
    many = int(cluster.max()) + 1

    def improve(theta: np.ndarray, rounds: int) -> tuple[float, np.ndarray]:
        likelihood = float("-inf")
        for _ in range(rounds):
            found = abduction.posteriors(scenes, theta[cluster])
            counts, likelihood = np.zeros_like(theta), found.likelihood
            np.add.at(counts, cluster[found.seen], found.labels[found.seen])
            theta = counts + EVEN
            theta /= theta.sum(1, keepdims=True)
        return likelihood, theta

    found = []
    for restart in range(config.restarts):
        rng = np.random.default_rng((config.seed, restart))
        found.append(improve(rng.dirichlet(np.full(abduction.classes, 1.0), many), config.first))
        note(f"clusters, beginning {restart + 1} of {config.restarts}: log-likelihood {found[-1][0]:.3f}")
    likelihood, theta = improve(max(found, key=lambda x: x[0])[1], config.rounds)
    note(f"clusters: log-likelihood {likelihood:.3f}")
    return theta


def withheld_of(held: Sequence[Scene], train: Sequence[Scene]) -> np.ndarray:
    """The images of held-out scenes from which the network is not to learn: those in the fewest other scenes first.

    An image that stands in many is needed there, be it that it is the only one of its class.
    """
    places = Counter(i for s in train for i in s.images)
    found = sorted({i for s in held for i in s.images}, key=lambda i: (places[i], i))
    many = np.cumsum([places[i] for i in found]) <= WITHHELD * places.total()
    return np.array(found, dtype=int)[many]


def calibrated(network: Network, images: np.ndarray, scenes: Sequence[Scene], abduction: Abduction) -> float:
    """Set the temperature under which the answers of held-out scenes are most likely, and return it."""
    used = np.unique([i for s in scenes for i in s.images])
    p = np.zeros((len(images), network.classes))

    def likelihood(judged: np.ndarray) -> float:
        p[used] = judged
        return abduction.posteriors(scenes, p).likelihood

    return network.calibrate(images[used], likelihood)
