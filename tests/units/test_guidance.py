"""A proposer beside search: what proposals are worth, whose turn it is, and that nothing found is lost on the way."""

import gc
from time import monotonic, sleep
from weakref import ref

import pytest
import torch

from dsl import DSL, Example, Spec, load, parse, primitive
from dsl.grammar import Grammar, Production
from dsl.interpret import Failure
from dsl.types import INT, STR
from dsl.witness import ANY
from nesy.engine import solve
from nesy.proposer.constrain import Automaton
from nesy.proposer.model import build, known, padded
from nesy.proposer.propose import Proposal, Transformer
from nesy.proposer.solver import Beside, Proposing, Work
from nesy.proposer.tokens import END
from solvers.backward import Backward
from solvers.bank import Bank
from solvers.base import Budget, Status
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp
from solvers.entry import Entry
from solvers.fill import Filler
from solvers.portfolio import Portfolio

LISTS = load("lists")
ROWS = ((3, 1, 2), (5, 0), (2, 7, 1, 1), (4,), (9, 9, 2))


def spec(function, rows=ROWS):
    return Spec(inputs=[tuple[int, ...]], output=tuple[int, ...],
                examples=[Example(x, output=function(x)) for x in rows])


SQUARES = spec(lambda xs: tuple(sorted(x * x for x in xs)))
FAR = parse("map(lam(int)(add(multiply(y0, square(y0)), multiply(length(x0), largest(x0)))), "
            "reverse(filter(lam(int)(greater(square(y0), 3)), x0)))", LISTS, SQUARES.inputs, SQUARES.output)
HARD = spec(lambda xs: FAR(xs))


class Silent:
    """A proposer that counts how often it is asked, and says this, from some round on."""

    def __init__(self, *programs, since=0):
        self.programs, self.asked, self.since = programs, 0, since
        self.model = build(LISTS, "tiny")

    def propose(self, dsl, spec, many, size, *, beams=True, seed=0):
        self.asked += 1
        return tuple(Proposal(p, -1.0) for p in self.programs if seed >= self.since)


@pytest.mark.parametrize("beams", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_proposal_is_worth_what_the_model_gives_its_words_one_after_another(beams, seed):
    """Many are written at once, and what their examples say is looked at once; read one by one, they are as likely."""
    model = build(LISTS, "tiny", seed)
    words, grammar = known(model.config, LISTS), Grammar(LISTS, SQUARES.inputs, SQUARES.output)
    machine = Automaton(grammar, words, 9)
    with torch.inference_mode():
        found = Transformer(model).propose(LISTS, SQUARES, 12, 9, beams=beams, seed=seed)
        encoded, mask = model.encoded(padded([[words.example(e) for e in SQUARES.examples]]))
        assert len(found) > 3
        for p in found:
            numbers = [*words.numbers(words.program(grammar, p.program)), words.number[END]]
            said = model(encoder_outputs=encoded, attention_mask=mask, labels=torch.tensor([numbers])).logits[0]
            worth = 0.0
            for n, (number, row) in enumerate(zip(numbers, said, strict=True)):
                at = torch.tensor(machine.allowed(machine.after(numbers[:n])))  # one of these comes next
                worth += (row[number] - row[at].logsumexp(0)).item()
            assert p.logp == pytest.approx(worth, abs=1e-3)


def test_a_search_that_is_left_and_gone_on_with_finds_what_it_finds_at_once():
    at_once = Bidirectional().solve(LISTS, SQUARES, Budget(seconds=20))
    search = Bidirectional().begin(LISTS, SQUARES, Budget(seconds=20))
    turns = []
    while not turns or turns[-1] is None:
        assert not turns or search.reached is not None
        turns.append(search.run(0.001))
    assert len(turns) > 2
    found = turns[-1]
    assert found.status is at_once.status is Status.SOLVED and SQUARES.holds(found.program)
    assert found.solver == "bidirectional" and found.tried == search.tried


def test_the_time_of_a_search_runs_out_while_it_is_left():
    search = Bidirectional().begin(LISTS, HARD, Budget(seconds=0.3))
    assert search.run(0.05) is None
    sleep(0.3)
    found = search.run(0.1)
    assert found is not None and found.status is Status.TIMEOUT and 0.3 < found.seconds < 2


def test_a_portfolio_of_several_or_of_one_that_cannot_be_left_does_not_begin():
    assert Portfolio(BottomUp()).begin(LISTS, SQUARES, Budget()) is None
    assert Portfolio(Bidirectional(), BottomUp()).begin(LISTS, SQUARES, Budget()) is None
    assert Portfolio().begin(LISTS, SQUARES, Budget()) is not None


def test_what_search_finds_soon_a_proposer_is_asked_for_once():
    proposer = Silent()
    easy = spec(lambda xs: tuple(sorted(xs)))
    result = Beside(proposer, Portfolio()).solve(LISTS, easy, Budget(seconds=20))  # type: ignore[arg-type]
    assert result.status is Status.SOLVED and result.solver == "bidirectional" and proposer.asked == 1


def test_what_search_does_not_find_soon_the_proposer_is_asked_for_again():
    near = parse("filter(lam(int)(less(0, y0)), x0)", LISTS, HARD.inputs, HARD.output)
    knows, errs = Silent(near, FAR, since=1), Silent(near)
    result = Beside(knows, Portfolio()).solve(LISTS, HARD, Budget(seconds=4))  # type: ignore[arg-type]
    assert (result.status, result.solver, result.program) == (Status.SOLVED, "proposer", FAR) and knows.asked == 2
    assert result.tried > 100  # for search had its turn
    result = Beside(Silent(near, FAR), Portfolio()).solve(LISTS, HARD, Budget(seconds=4))  # type: ignore[arg-type]
    assert (result.program, result.tried) == (FAR, 2)
    result = Beside(errs, Portfolio()).solve(LISTS, HARD, Budget(seconds=2))  # type: ignore[arg-type]
    assert result.status is Status.TIMEOUT and errs.asked > 0 and 1.8 < result.seconds < 4


def test_what_proposals_are_made_of_is_put_together_in_another_way():
    """Neither proposal is right, nor is one with a part exchanged."""
    cubes, sums = (parse(text, LISTS, HARD.inputs, HARD.output) for text in (
        "map(lam(int)(multiply(y0, square(y0))), x0)",
        "filter(lam(int)(greater(square(y0), 3)), scan(lam(int, int)(add(y0, y1)), x0))"))
    goal = parse(f"sort(append({cubes}, {sums}))", LISTS, HARD.inputs, HARD.output)
    asked = spec(lambda xs: goal(xs))
    work = Work(Proposing(Silent(cubes, sums)), LISTS, asked, Budget(seconds=60))  # type: ignore[arg-type]
    assert work.proposed() is None
    found = work.composed()
    assert found is not None and found.solver == "composed" and asked.holds(found.program)
    small = Work(Proposing(Silent(cubes, sums)), LISTS, asked, Budget(seconds=5, size=8))  # type: ignore[arg-type]
    assert small.proposed() is None and small.composed() is None  # programs of up to eight nodes were asked for


def test_a_part_that_fails_somewhere_or_never_ends_is_no_leaf():
    @primitive
    def loop(xs: tuple[int, ...]) -> tuple[int, ...]:
        while True:
            pass

    looping = LISTS.extend("looping", [loop])
    first, endless, double = (parse(text, looping, HARD.inputs, HARD.output) for text in (
        "cons(access(3, x0), x0)", "sort(loop(x0))", "append(x0, append(x0, x0))"))
    asked = spec(lambda xs: tuple(sorted(double(xs))))
    work = Work(Proposing(Silent(endless, first, double)), looping, asked, Budget(seconds=30))  # type: ignore[arg-type]
    assert work.proposed() is None
    assert [str(p) for p in work._leaves(work.spent + 20)] == ["append(x0, append(x0, x0))", "append(x0, x0)"]
    assert work._leaves(work.spent - 1) == {}


def test_an_answer_that_needs_a_proposal_is_certified_like_any_other():
    result = solve(LISTS, HARD, solver=Beside(Silent(FAR), Portfolio()), budget=Budget(seconds=4))  # type: ignore
    assert result.program == FAR and result.solver == "proposer" and result.certificate.checked == len(ROWS)


def test_what_is_deduced_late_is_not_lost(monkeypatch):
    """A cheaper program is looked for as long again, and no longer than the time lasts; pauses do not count."""
    answer = Entry(Production(FAR, (), 1), (), 1, -1, tuple(FAR(x) for x in ROWS))
    found_from = 0.0
    monkeypatch.setattr(Backward, "find", lambda self, *args: answer if monotonic() > found_from else None)
    for late in (0.05, 1.6):  # as long again were 3.2 s
        found_from = monotonic() + late
        result = Bidirectional().solve(LISTS, HARD, Budget(seconds=2))
        assert result.program == FAR and result.seconds < 3
    found_from = monotonic() + 0.1
    search = Bidirectional().begin(LISTS, HARD, Budget(seconds=20))
    assert search.run(0.05) is None
    sleep(4)
    assert search.run().seconds < 7.5  # type: ignore[union-attr]


def test_a_search_that_is_over_keeps_nothing():
    gc.disable()
    try:
        search = Bidirectional().begin(LISTS, HARD, Budget(seconds=0.5))
        search.run(0.3)
        bank = ref(search.reached[0])  # type: ignore[index]
        assert bank() is not None and search.run().status is Status.TIMEOUT  # type: ignore[union-attr]
        assert bank() is None and search.reached is None and search.tried > 100
    finally:
        gc.enable()


def test_leaves_with_lambdas_stand_outside_of_lambdas_so_that_programs_are_read_back():
    leaf = parse("largest(map(lam(int)(negate(y0)), x0))", LISTS, HARD.inputs)
    plain = parse("sum(reverse(x0))", LISTS, HARD.inputs)
    grammar = Grammar(LISTS, HARD.inputs, HARD.output).with_leaves({leaf: 1, plain: 1})
    for symbol, rules in grammar.productions.items():
        heads = [r.head for r in rules]
        assert (leaf in heads) == (symbol.type == leaf.type and not symbol.scope)
        assert (plain in heads) == (symbol.type == plain.type)
    asked = spec(lambda xs: tuple(y + max(-x for x in xs) for y in xs))
    found = Bidirectional(guide=lambda grammar, spec: grammar.with_leaves({leaf: 1, plain: 1})).solve(
        LISTS, asked, Budget(seconds=5))
    for program in found.programs:
        assert asked.holds(parse(str(program), LISTS, asked.inputs, asked.output))


def test_a_leaf_that_takes_long_somewhere_has_no_value_there():
    @primitive
    def patient(a: int) -> int:
        until = monotonic() + (3 if a > 8 else 0)
        while monotonic() < until:
            pass
        return a

    dsl = DSL("patience", [patient], constants={int: [1]})
    slow = parse("patient(x0)", dsl, [int])
    grammar = Grammar(dsl, (INT,), INT).with_leaves({slow: 1})
    bank = Bank(grammar, [((n,), ()) for n in (2, 9)], Budget(seconds=20, size=1), must=1)
    began = monotonic()
    list(bank.grow())
    assert monotonic() - began < 2.5
    assert any(isinstance(v, Failure) for e in bank.layers[bank.start][1] for v in e.values)


def test_holes_are_filled_where_any_value_will_do_in_some_world():
    integers = load("integers")
    bank = Bank(Grammar(integers, (INT,), INT), [((2,), ()), ((5,), ())], Budget(size=3))
    list(bank.grow())
    sketch = parse("multiply(hole(int), add(x0, x0))", integers, (INT,))
    assert Filler(bank, (12, ANY)).fill(sketch)((2,)[0]) == 12


def test_a_proposal_that_fails_on_a_query_is_an_answer_only_where_there_is_no_other():
    head, least = (parse(text, LISTS, HARD.inputs, INT) for text in ("head(sort(x0))", "fold(lam(int, int)(minimum(y0, "
                                                                     "y1)), 9, x0)"))
    asked = Spec(inputs=HARD.inputs, output=INT, examples=[Example(x, output=min(x)) for x in ROWS], queries=[((),)])
    both = Work(Proposing(Silent(head, least)), LISTS, asked, Budget(seconds=5))  # type: ignore[arg-type]
    assert both.proposed().program == least and both.spared.program == head  # type: ignore[union-attr]
    one = Proposing(Silent(head), guided=False).solve(LISTS, asked, Budget(seconds=5))  # type: ignore[arg-type]
    assert one.status is Status.SOLVED and one.program == head


def test_a_budget_of_programs_is_one_for_all_stages():
    proposer = Silent(parse("tail(x0)", LISTS, HARD.inputs))
    result = Beside(proposer, Portfolio()).solve(  # type: ignore[arg-type]
        LISTS, HARD, Budget(seconds=20, programs=20_000))
    assert result.status is not Status.SOLVED and result.tried < 60_000


def test_another_answer_than_a_branch_for_each_example_is_looked_for_longer():
    strings = load("strings")
    examples = [Example(text, output=wanted) for text, wanted in (("ab", "1"), ("bc", "2"), ("cd", "3"))]
    hunt = Bidirectional().begin(strings, Spec(inputs=[str], output=str, examples=examples), Budget(seconds=100))._hunt
    for text, least in (("if_text(contains(x0, 'a'), '1', if_text(contains(x0, 'b'), '2', '3'))", 45),
                        ("if_text(contains(x0, 'a'), '1', '2')", 3), ("'1'", 3)):
        rule = Production(parse(text, strings, (STR,), STR), (), 1)
        assert least <= hunt._patience(Entry(rule, (), 1, -1, ()), 3.0) <= least + 5
