"""Learning: the machine of a run, learned once and saved in its folder, put to the test sentences."""

from nesy.config import EvalConfig
from nesy.runs.reading import Reader
from nesy.runs.store import RunFolder
from nesy.runs.training import Clock, drawn
from nesy.runs.watch import Watcher
from tasks import Scenes, Sentence, Split


def learned(config: EvalConfig, split: Split, folder: RunFolder, watcher: Watcher) -> Reader:
    """The machine of a run: the one saved in its folder, else learned and saved there."""
    from nesy.machine import store
    from nesy.machine.candidates import Lesson
    from nesy.machine.domains import DOMAINS
    from nesy.machine.learn import Config, learn

    given, domain = truths(config, split), DOMAINS[split.domain]
    record = folder.read("learning.json")
    if folder.read("machine.json") is not None and record is not None:
        machine, evidence = store.load(folder.path, domain, given.syntax)
        return reader_of(machine, evidence, split)
    clock, train = Clock(), drawn(config, split.train)
    lessons = [Lesson(s.tokens, s.answer) for s in train]
    machine, log = learn(lessons, domain, Config(seed=config.seed), given, watcher.note)
    watcher.note("gathering the evidence for each word")
    evidence = log.evidence(machine, lessons)
    store.save(machine, evidence, folder.path)
    folder.write("learning.json", {
        **clock.record(len(train), log.held_out_accuracy),
        "theories": log.theories, "core": log.core, "abduced": log.abduced, "explained": log.explained,
        "notes": log.notes,
        "lexicon": {w: {"program": e.meaning.show(w), "certificate": str(e)} for w, e in evidence.items()},
    })
    return reader_of(machine, evidence, split)


def reader_of(machine, evidence, split: Split) -> Reader:
    """A reader of sentences, which are seen as they are."""
    def tokens(sentence: Sentence) -> tuple[str, ...]:
        return sentence.tokens

    return Reader(machine, evidence, tokens, tokens if split.truth is not None else None)


def truths(config: EvalConfig, split: Split | Scenes):
    """Ground truth for the modules that are given."""
    from dsl.syntax import parse
    from nesy.machine.domains import DOMAINS
    from nesy.machine.learn import Given
    from nesy.machine.semantics import Meaning
    from nesy.machine.tree import Tree, from_heads

    truth, domain = split.truth, DOMAINS[split.domain]
    if truth is None:
        return Given()
    lexicon: dict[str, Meaning] | None = None
    analysis = truth
    if "semantics" in config.given:
        inputs = (domain.type,) * domain.arguments
        lexicon = {w: Meaning(parse(t, domain.language, inputs, domain.type), domain.missing, takes=n)
                   for w, (n, t) in truth.meanings().items()}
    if "syntax" in config.given:
        def tree(words: tuple[str, ...]) -> Tree | None:
            try:
                return from_heads(analysis.tree(words))
            except ValueError:  # symbols were misread: this is no sentence
                return None

        return Given(lexicon=lexicon, syntax=tree)
    return Given(lexicon=lexicon)
