"""Speed, as counts for each call; no absolute time is asserted. Run with --benchmark-enable."""

from dsl import Grammar, load
from dsl.inputs import seeded
from dsl.syntax import parse
from dsl.types import INT
from nesy.machine.candidates import Lesson
from nesy.machine.deduce import Chart, Rules
from nesy.machine.domains import SEQUENCES
from nesy.machine.learn import Config, learn
from nesy.machine.semantics import Meaning
from solvers.asp.abduce import abduce
from solvers.base import Budget
from solvers.bottom_up import Search
from tasks import benchmark as suite

WORLDS = ((3, 1), (0, 2), (-4, 5), (7, 7), (12, -1))


def test_programs_per_second_of_the_enumerator(benchmark):
    grammar = Grammar(load("integers"), (INT, INT), INT)

    def enumerate_all():
        search = Search(grammar, WORLDS, (), Budget(size=5, seconds=100))
        kept = sum(1 for _ in search.run())
        return search.tried, kept

    tried, kept = benchmark.pedantic(enumerate_all, rounds=3, iterations=1)
    benchmark.extra_info["programs tried a call"] = tried
    benchmark.extra_info["programs kept a call"] = kept
    assert tried > kept > 500


def test_abductions_per_second(benchmark):
    rng = seeded("abductions")
    problems = [{str(i): {str(d): -rng.random() * 5 for d in range(10)} for i in range(4)} for _ in range(20)]
    rules = "right :- S = #sum { D, C : pick(C, O), digit(O, D) }, S = 18."
    facts = [f'digit("{d}",{d}).' for d in range(10)]

    def abduce_all():
        return [abduce(p, rules, facts) for p in problems]

    found = benchmark.pedantic(abduce_all, rounds=3, iterations=1)
    benchmark.extra_info["abductions a call"] = len(problems)
    assert all(x is not None and x.proved for x in found)


def truth():
    types = (SEQUENCES.type,) * 2
    data = suite("scan").split("length")
    return data, {w: Meaning(parse(t, SEQUENCES.language, types, SEQUENCES.type))
                  for w, (_, t) in data.truth.meanings().items()}


def test_sentences_per_second_of_tree_abduction(benchmark):
    data, lexicon = truth()
    lessons = [Lesson(s.tokens, s.answer) for s in seeded("speed").sample(list(data.train), 200)]

    def explain_all():
        return [Chart(x, lexicon, SEQUENCES, Rules()).best() for x in lessons]

    trees = benchmark.pedantic(explain_all, rounds=3, iterations=1)
    benchmark.extra_info["sentences a call"] = len(lessons)
    assert all(t is not None for t in trees)


def test_sentences_per_second_of_deduction(benchmark):
    data, _ = truth()
    machine, _ = learn([Lesson(s.tokens, s.answer) for s in data.train[::20]], SEQUENCES, Config())
    sentences = [s.tokens for s in data.test]

    def read_all():
        return [machine.read(s) for s in sentences]

    readings = benchmark.pedantic(read_all, rounds=3, iterations=1)
    benchmark.extra_info["sentences a call"] = len(sentences)
    assert all(r.tree is not None for r in readings)
