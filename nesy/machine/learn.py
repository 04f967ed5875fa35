"""Learn: the parts of a machine jointly, from sentences and their answers, by deduction-abduction.

1. Short sentences first: the pool's meanings that could make them right are weighed
   by expectation maximisation, and answer set programming picks the one theory (a
   meaning for every word, a tree for every sentence) of least description length.
2. Deduce: longer sentences are tried under the theory. Those that no tree makes right
   refute it, join the core, and the theory is abduced anew.
3. The grammar module learns from the accepted trees; where its most probable tree is
   wrong, the tree is abduced and learned from, and where there is none, back to 1.

Only training sentences are seen; some of them are held out to tell when to stop.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import torch

from dsl.errors import NesyError
from dsl.inputs import seeded
from nesy.machine.candidates import Known, Lesson, narrow
from nesy.machine.classes import OpenClass, open_class
from nesy.machine.deduce import POOLED, Rules, explain
from nesy.machine.deduce import rules as rules_of
from nesy.machine.evidence import Evidence, gather
from nesy.machine.grammar import Parser, train
from nesy.machine.induce import SOUND, Induction
from nesy.machine.machine import Machine
from nesy.machine.prune import Parsed, prune, settle
from nesy.machine.roles import with_roles
from nesy.machine.semantics import Domain, Lexicon, Pool
from nesy.machine.theory import Theory, choose
from nesy.machine.tree import Tree
from nesy.machine.weigh import weigh
from nesy.threads import one_thread


@dataclass(frozen=True, kw_only=True)
class Config:
    """How learning goes; every number has a default that no benchmark chose."""

    seed: int = 0
    per_word: int = 5  # short core sentences a word
    short: int = 3  # words in a sentence from which all meanings of the pool are tried
    per_length: int = 12  # core sentences of each length above
    pool: int = 300  # meanings a word that are weighed
    finalists: int = 5  # meanings a word that the theory chooses from, and as many without constants
    sample: int = 400  # sentences on which a theory is tried
    refuters: int = 6  # unexplained sentences that join the core at once
    rounds: int = 12
    in_core: int = 7  # words in a core sentence, where meanings are induced
    charted: int = 25  # words in a sentence of which all trees are looked through
    checked: int = 160_000  # words in the sentences that the grammar module is tried on
    conflicts: int = 20_000  # bound of one choice of theory, the same on every machine
    pooled: float = POOLED  # how much slots of the grammar are expected to take what others take
    misread: float = 0.0  # share of the sentences that may be other than they are: they do not refute
    sound: float = SOUND  # share of a word's sentences that its meaning has to explain, where it is synthesised
    held_out: float = 0.1  # share of the training sentences that tells when to stop
    most_held_out: int = 1000


@dataclass
class Log:
    """What learning did: theories tried, sentences abduced and explained, and its notes in order."""

    theories: int = 0
    abduced: int = 0
    explained: int = 0
    held_out_accuracy: float | None = None  # none where nothing was held out
    seconds: float = 0.0
    core: int = 0
    notes: list[str] = field(default_factory=list)
    open_class: OpenClass | None = None

    def evidence(self, machine: Machine, lessons: Sequence[Lesson]) -> dict[str, Evidence]:
        """What in the lessons determines each word; of an open class, what determines those that stand for all."""
        if self.open_class is None:
            return gather(machine, lessons)
        found = gather(machine, sorted(self.open_class.abstract(lessons, 0), key=lambda x: len(x.words))[:WITNESSES])
        return self.open_class.spread_evidence(found, machine.lexicon)


WITNESSES = 20_000  # sentences in words that stand for all, from which evidence is taken
ATTEMPTS = 4  # at teaching the grammar module
WRONG = 200  # of the sentences it errs on that are abduced at once
DOUBT = 0.9  # share of a word's sentences unexplained from which it is suspected

Notice = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Given:
    """Ground truth in place of modules, to attribute errors: the meanings of words, the trees of sentences.

    What was misread need not be a sentence: then there is no tree, and nothing is learned from it.
    """

    lexicon: Lexicon | None = None
    syntax: Callable[[tuple[str, ...]], Tree | None] | None = None


@one_thread()
def learn(lessons: Sequence[Lesson], domain: Domain, config: Config = Config(), given: Given = Given(),
          notice: Notice = lambda text: None, begin: Lexicon = MappingProxyType({})) -> tuple[Machine, Log]:
    """A machine that has learned from these lessons, and the log of how.

    Where meanings are synthesised one by one, those of `begin` are taken as found already.
    """
    lessons = [x for x in lessons if x.words]  # of no words there is no tree
    if given.syntax is not None:
        lessons = [replace(x, tree=tree) for x in lessons if (tree := given.syntax(x.words)) is not None]
    large = None if given.lexicon else open_class(lessons, domain, config.seed)
    if large is None:
        return _Learner(lessons, domain, config, given, notice, begin=begin).run()
    notice(f"{len(large.constants)} words are of one open class; {len(large.shown)} of them stand for all")
    learner = _Learner(large.abstract(lessons, config.seed), replace(domain, parts=None), config, given, notice, large)
    machine, log = learner.run()
    log.open_class = large
    return replace(machine, domain=domain, lexicon=large.spread(machine.lexicon)), log


def hold_out(lessons: Sequence[Lesson], config: Config) -> tuple[list[Lesson], list[Lesson]]:
    """Training sentences, shortest first, and those held out of them: every so many of the longer half.

    A held-out sentence with a word that no other has is learned from as well.
    """
    distinct = sorted(set(lessons), key=lambda x: (x.words, repr(x.answer)))
    seeded("order", config.seed).shuffle(distinct)
    distinct.sort(key=lambda x: len(x.words))
    half = distinct[:(len(distinct) - 1) // 2:-1]
    wanted = min(config.most_held_out, int(len(distinct) * config.held_out))
    held = half[::len(half) // wanted][:wanted] if wanted else []
    kept = set(distinct) - set(held)
    train = [x for x in distinct if x in kept]
    seen = {w for x in train for w in x.words}
    return train + [x for x in held if not seen.issuperset(x.words)], held


def suspects(explained: Sequence[tuple[Lesson, Tree]], unexplained: Sequence[Lesson]) -> set[str]:
    """The words whose sentences hardly ever come out right, or the worst one: all their meanings are reopened.

    A meaning that the first sentences made unlikely is thus not lost for good.
    """
    right: dict[str, int] = {}
    wrong: dict[str, int] = {}
    for lessons, count in (([x for x, _ in explained], right), (unexplained, wrong)):
        for lesson in lessons:
            for w in set(lesson.words):
                count[w] = count.get(w, 0) + 1
    share = {w: n / (n + right.get(w, 0)) for w, n in wrong.items()}
    worst = max(share.values(), default=0.0)
    return {w for w, s in share.items() if s >= min(worst, DOUBT)}


class _Learner:
    def __init__(self, lessons: Sequence[Lesson], domain: Domain, config: Config, given: Given, notice: Notice,
                 large: OpenClass | None = None, begin: Lexicon = MappingProxyType({})):
        self.large, self.known = large, begin
        self.config, self.domain, self.given, self.notice, self.log = config, domain, given, notice, Log()
        self.start = time.monotonic()
        self.lessons, self.held = hold_out(lessons, config)
        alphabet = sorted(set().union(*(domain.atoms(x.answer) for x in self.lessons)), key=repr)
        if not alphabet:
            raise NesyError("nothing to learn: there are no sentences, or none with an answer")
        self.pool = Pool(domain, alphabet, domain.longest)
        self.words = sorted({w for x in self.lessons for w in x.words})
        if self.pool.size < domain.longest:
            self.note(f"meanings are listed up to size {self.pool.size}, not {domain.longest}: time or memory ran out")

    def run(self) -> tuple[Machine, Log]:
        core, known = ([], {}) if self.given.lexicon else self.begin()
        sample = self.sample()
        best: tuple[float, Machine] | None = None
        for _ in range(self.config.rounds):
            theory, known = self.theorise(core, known)
            rules = Rules.of(theory.trees, theory.lexicon, self.config.pooled)
            accepted, refuters = explain(sample, theory.lexicon, self.domain, rules)
            trees, rules = settle([*theory.trees, *accepted], theory.lexicon, self.domain, self.config.pooled)
            self.log.abduced += len(sample)
            self.log.explained += len(accepted)
            self.note(f"theory {self.log.theories}: {theory.bits:.0f} bits over {len(core)} sentences, "
                      f"explains {len(accepted)} of {len(sample)}")
            machine, missed = self.train_parser(theory, trees, rules)
            right = self.accuracy(machine, self.held or sample)
            if best is None or right > best[0]:
                best = (right, machine)
            self.note(f"{'held out' if self.held else 'of the sample, as nothing is held out'}: {right:.2%}")
            refuters = list(dict.fromkeys([*refuters, *missed]))
            if not refuters or right == 1.0 and not missed:
                break
            new = [x for x in sorted(refuters, key=lambda x: len(x.words)) if x not in core]
            core = [*core, *new[:self.config.refuters]]
            doubted = suspects(accepted, refuters)
            known = {w: ms for w, ms in known.items() if w not in doubted}
            self.note(f"in doubt: {', '.join(sorted(doubted))}")
            if not new or self.given.lexicon is not None:
                break
            if self.domain.parts is None:
                kept = {w: replace(ms[0], role="") for w, ms in known.items()}
                again = Induction(self.domain, kept, first=frozenset(refuters), sound=self.config.sound)
                again.run(self.lessons, self.note)
                if again.lexicon == {w: replace(m, role="") for w, m in theory.lexicon.items()}:
                    break
                known = {w: (m,) for w, m in with_roles(again.lexicon, self.lessons).items()}
        assert best is not None
        right, machine = best
        self.log.held_out_accuracy = right if self.held else None
        self.log.core, self.log.seconds = len(core), time.monotonic() - self.start
        return machine, self.log

    def begin(self) -> tuple[list[Lesson], Known]:
        """The first core, short sentences with every word in it, and each word's possible meanings."""
        if self.domain.parts is None:
            return self.induce()
        config, counts = self.config, dict.fromkeys(self.words, 0)
        core: list[Lesson] = []
        known: Known = {}
        for length in sorted({len(x.words) for x in self.lessons}):
            stage, pairs = [], set()
            for x in self.lessons:
                if len(x.words) != length:
                    continue
                fresh = set(zip(x.words, x.words[1:], strict=False)) - pairs
                wanted = (any(counts[w] < config.per_word for w in x.words) if length <= config.short
                          else fresh and len(stage) < config.per_length)
                if wanted:
                    stage.append(x)
                    pairs |= fresh
                    for w in x.words:
                        counts[w] += 1
            known = self.narrow(stage, known)
            core += stage
            self.note(f"{length} words: {len(stage)} sentences, {len(known)} of {len(self.words)} words have meanings")
            if length >= config.short + 2 and len(known) == len(self.words):
                break
        return core, known

    def induce(self) -> tuple[list[Lesson], Known]:
        """Meanings synthesised one by one, and a core of short sentences in which each pair of neighbours stands."""
        induction = self.induction()
        core: list[Lesson] = []
        shown: set[tuple[str, str]] = set()
        per_length: Counter[int] = Counter()
        for x in self.lessons:
            pairs = set(zip(x.words, x.words[1:], strict=False))
            if len(x.words) > self.config.in_core or not all(w in induction.lexicon for w in x.words):
                continue
            if pairs - shown and per_length[len(x.words)] < 3 * self.config.per_length:
                core.append(x)
                shown |= pairs
                per_length[len(x.words)] += 1
        return core, {w: (m,) for w, m in with_roles(induction.lexicon, self.lessons).items()}

    def induction(self) -> Induction:
        """A meaning for every word; those of the open class have one sketch, the smallest with which that goes."""
        if self.large is None:
            whole = Induction(self.domain, dict(self.known), sound=self.config.sound)
            whole.run(self.lessons, self.note)
            return whole
        best = Induction(self.domain, sound=self.config.sound)
        members = [w for w in self.large.shown if w in self.words]
        for sketch, left in self.pool.bringing():
            as_if = {w: replace(self.pool.meaning(sketch, (self.large.constants[w],)), left=left) for w in members}
            tried = Induction(self.domain, as_if, sound=self.config.sound)
            self.note(f"if the open class is as {as_if[members[0]].show(members[0])}, {left} before it:")
            tried.run(self.lessons, self.note, patient=False)
            best = max(best, tried, key=lambda i: len(i.lexicon))
            if len(tried.lexicon) == len(self.words):
                return best
        best.run(self.lessons, self.note)
        return best

    def narrow(self, lessons: Sequence[Lesson], known: Known) -> Known:
        """The possible meanings after these sentences, those with the fewest unknown words first."""
        left = list(lessons)
        while left:
            unknown = {x: len({w for w in x.words if w not in known}) for x in left}
            fewest = min(unknown.values())
            now = [x for x in left if unknown[x] == fewest]
            left = [x for x in left if unknown[x] > fewest]
            known = {w: ms[:self.config.pool] for w, ms in narrow(now, known, self.pool).items()}
        return known

    def theorise(self, core: list[Lesson], known: Known) -> tuple[Theory, Known]:
        """Weigh the possible meanings on the core, and choose one theory among the most likely."""
        if self.given.lexicon is not None:
            return Theory(dict(self.given.lexicon), (), 0.0), known
        if self.domain.parts is not None:
            known = self.narrow([x for x in core if not all(w in known for w in x.words)], known)
        core = [x for x in core if all(w in known for w in x.words)]
        self.log.theories += 1
        if self.domain.parts is None:  # induced: one meaning a word, also of words in no core sentence
            theory = choose(core, {w: {ms[0]: 1.0} for w, ms in known.items()}, self.pool, self.config.conflicts)
            return replace(theory, lexicon={**{w: ms[0] for w, ms in known.items()}, **theory.lexicon}), known
        weights = weigh(core, known, self.pool)
        finalists, likely = {}, {}
        for w, table in weights.items():
            ranked = sorted(table.items(), key=lambda x: (-x[1], str(x[0].program)))
            plain = [x for x in ranked if not self.pool.brings(x[0])]
            n = self.config.finalists
            finalists[w] = dict((*ranked[:n], *plain[:n]))
            likely[w] = tuple(m for m, _ in dict((*ranked[:60], *plain[:30])).items())
        return choose(core, finalists, self.pool, self.config.conflicts), likely

    def sample(self) -> list[Lesson]:
        """Sentences to try theories on: some of all lengths, shortest first."""
        short = [x for x in self.lessons if len(x.words) <= self.config.charted]
        chosen = seeded("sample", self.config.seed).sample(short, min(self.config.sample, len(short)))
        return sorted(chosen, key=lambda x: len(x.words))

    def train_parser(self, theory: Theory, trees: Parsed, rules: Rules) -> tuple[Machine, list[Lesson]]:
        """Teach the grammar module the accepted trees, then those abduced where it errs; also what has none.

        Of the rules that its own right trees need as well, those go that are of no need beside the others.
        """
        lexicon, charted = theory.lexicon, self.config.charted
        categories = sorted({m.category for m in lexicon.values()})
        trees, refuters, machine = list(trees), [], None
        for attempt in range(ATTEMPTS):
            generator = torch.Generator().manual_seed(self.config.seed * 31 + attempt)
            parser = Parser(categories, generator)
            if self.given.syntax is None:
                train(parser, [(parser.numbers(lexicon[w].category for w in x.words), t) for x, t in trees])
            attested = frozenset(r for x, t in trees for r in rules_of(t, x.words, lexicon))
            machine = Machine(self.domain, lexicon, parser, attested=attested, syntax=self.given.syntax)
            right, wrong = self.tried(machine)
            fewer = False
            if self.given.syntax is None:
                trees, fewer = prune(list(dict([*right, *trees]).items()), lexicon, self.domain,
                                     self.config.pooled)
            if not wrong and not fewer:
                return machine, []
            found, refuters = explain([x for x in wrong if len(x.words) <= charted], lexicon, self.domain, rules)
            found += [(x, tree) for x in wrong if len(x.words) > charted
                      for tree in [machine.right_tree(x.words, x.answer)] if tree is not None]
            self.log.abduced += len(wrong)
            self.log.explained += len(found)
            refuted = refuters and len(refuters) > self.config.misread * len(self.checked())
            if refuted or not found and not fewer or self.given.syntax is not None:
                break
            trees += found
        assert machine is not None
        return machine, refuters

    def tried(self, machine: Machine) -> tuple[Parsed, list[Lesson]]:
        """The sentences that a machine gets right, those of moderate length with their trees; some it gets wrong."""
        right, wrong = [], []
        for lesson in self.checked():
            reading = machine.read(lesson.words)
            if reading.tree is None or reading.value != lesson.answer:
                wrong.append(lesson)
            elif len(lesson.words) <= self.config.charted:
                right.append((lesson, reading.tree))
        return right, wrong[:WRONG]

    def checked(self) -> list[Lesson]:
        """The sentences that the grammar module is tried on."""
        share = self.config.checked / max(1, sum(len(x.words) for x in self.lessons))
        n = int(share * len(self.lessons))
        return seeded("checked", self.config.seed).sample(self.lessons, n) if share < 1 else self.lessons

    def accuracy(self, machine: Machine, lessons: Sequence[Lesson]) -> float:
        return sum(machine.read(x.words).value == x.answer for x in lessons) / max(1, len(lessons))

    def note(self, text: str) -> None:
        self.log.notes.append(text)
        self.notice(text)
