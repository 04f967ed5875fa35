"""A proposer beside search: what proposals are worth, whose turn it is, and that nothing found is lost on the way."""

from time import sleep

import pytest
import torch

from dsl import Example, Spec, load, parse, primitive
from dsl.grammar import Grammar
from nesy.engine import solve
from nesy.proposer.constrain import Automaton
from nesy.proposer.model import build, known, padded
from nesy.proposer.propose import Proposal, Transformer
from nesy.proposer.solver import Beside, Proposing, Work
from nesy.proposer.tokens import END
from solvers.base import Budget, Status
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp
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
    """A proposer that counts how often it is asked, and says this."""

    def __init__(self, *programs):
        self.programs, self.asked = programs, 0
        self.model = build(LISTS, "tiny")

    def propose(self, dsl, spec, many, size, *, beams=True, seed=0):
        self.asked += 1
        return tuple(Proposal(p, -1.0) for p in self.programs)


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
                if not beams:  # samples are drawn among those words alone that may come next
                    at = torch.tensor(machine.allowed(machine.after(numbers[:n])))
                    row = torch.full_like(row, -torch.inf).index_copy(0, at, row[at])
                worth += row.log_softmax(0)[number].item()
            assert p.logp == pytest.approx(worth, abs=1e-3)


def test_a_search_that_is_left_and_gone_on_with_finds_what_it_finds_at_once():
    at_once = Bidirectional().solve(LISTS, SQUARES, Budget(seconds=20))
    search = Bidirectional().begin(LISTS, SQUARES, Budget(seconds=20))
    turns = []
    while not turns or turns[-1] is None:
        turns.append(search.run(0.001))
    assert len(turns) > 2 and search.reached is not None
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


def test_what_search_finds_soon_no_proposer_is_asked_for():
    proposer = Silent()
    easy = spec(lambda xs: tuple(sorted(xs)))
    result = Beside(proposer, Portfolio()).solve(LISTS, easy, Budget(seconds=20))  # type: ignore[arg-type]
    assert result.status is Status.SOLVED and result.solver == "bidirectional" and proposer.asked == 0


def test_what_search_does_not_find_soon_the_proposer_is_asked_for():
    near = parse("filter(lam(int)(less(0, y0)), x0)", LISTS, HARD.inputs, HARD.output)
    knows, errs = Silent(near, FAR), Silent(near)
    result = Beside(knows, Portfolio()).solve(LISTS, HARD, Budget(seconds=4))  # type: ignore[arg-type]
    assert (result.status, result.solver, result.program) == (Status.SOLVED, "proposer", FAR) and knows.asked == 1
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
