"""Pictures: answers for grids, searched for as they are, as what they are made of, in normal forms, piece by piece."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from dsl.errors import NesyError
from dsl.language import DSL
from dsl.languages.grids import Grid
from dsl.languages.grids.grid import Nothing
from dsl.primitive import Primitive
from dsl.program import Program
from dsl.spec import Spec
from solvers.base import Budget, Result, Status
from solvers.grids import suits
from solvers.grids.made_of import smaller
from solvers.grids.say import ONE
from solvers.grids.search import Search
from solvers.grids.views import in_each, views

ALL = frozenset({"each", "growth", "layers", "moves", "rules", "sizes", "smaller", "views"})
ALONE = 0.5  # of the time for the pictures as they are, where they look different in a normal form
LEAST = 0.2  # seconds that a normal form is worth looking at
VIEW = 3  # what looking at them so costs
TOLD = 40  # programs of a normal form that are turned back
SURE, MOSTLY = 9, 0.5  # the cost of an answer for which that is left out, where so much of all speaks for it
GROW_SEEN = 0.25  # of the time for a bank of pictures in a normal form
ROOM, GRID = 4_000_000, 500  # bytes for the values of each primitive, for all searches, as views share many; of a grid


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Answers for grids: at most so many that differ on the queries, those for which most speaks first.

    A program that fails on a query is no candidate: queries are asked for.

    parts: what is done beside the bank: `growth` by local rules, `moves` by number, `rules` over cells, with them
    `layers` of pictures and pictures of `sizes` made by number, `smaller` pictures that answers are made of, `views` in
    normal forms, `each` piece by itself.
    """

    answers: int = 2
    parts: frozenset[str] = ALL
    name: str = "pictures"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """For each of the best answers the cheapest program that gives it."""
        if not suits(spec):
            return Result(status=Status.UNKNOWN, reason=f"{self.name} is for examples whose outputs are grids")
        start = time.monotonic()
        seen = [*(smaller(spec) if "smaller" in self.parts else ()), *(in_each(spec) if "each" in self.parts else ()),
                *(views(spec) if "views" in self.parts else ())]
        largest = max(v.cells.size for e in spec.examples for v in (*e.inputs, e.output) if isinstance(v, Grid))
        known: Callable[[Primitive], Callable] = cache(
            lambda p: first_kept(p.function, ROOM // (2 * largest + GRID)) if p.params == (ONE,) else p.function)
        plain = Search(dsl, spec, replace(budget, seconds=(ALONE if seen else 1.0) * budget.seconds), self.parts,
                       function=known)
        status, broken = _run(plain, self.answers)
        if status is Status.MEMORY:
            seen = []
        tried = plain.bank.tried
        for n, view in enumerate(seen):
            left = start + budget.seconds - time.monotonic()
            if left < LEAST or plain.least <= SURE and plain.best(1)[0][1] >= MOSTLY:
                break
            share = left / (len(seen) - n)
            search = Search(view.language(dsl), view.spec, replace(budget, seconds=share), self.parts, GROW_SEEN,
                            known)
            broken = _run(search, self.answers)[1] or broken
            tried += search.bank.tried
            for fit in search.likely(TOLD):
                if time.monotonic() > start + budget.seconds:
                    break
                plain.keep(fit.cost + VIEW, view.back(fit.program), weight=fit.weight * 2.0 ** -VIEW)
        found = plain.best(self.answers)
        if broken is not None and not found:
            raise broken
        programs, shares = tuple(p for p, _ in found), tuple(share for _, share in found)
        return Result(status=Status.SOLVED if found else status, programs=programs, shares=shares, tried=tried,
                      seconds=time.monotonic() - start, searched_to=plain.bank.done,
                      reason="" if found else status.value)

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The same, one after another."""
        yield from replace(self, answers=16).solve(dsl, spec, budget).programs


def _run(search: Search, answers: int) -> tuple[Status, Exception | None]:
    """Run a search; what it found stays where memory ends, or a back-end breaks down.

    Raises:
        NesyError: for what the user can mend.
    """
    try:
        return search.run(answers), None
    except MemoryError:
        return Status.MEMORY, None
    except NesyError:
        raise
    except Exception as error:  # as of answer sets, where no thread can be begun any more
        return Status.UNKNOWN, error


def first_kept(f: Callable, most: int) -> Callable:
    """A function of one argument of which the first values are kept, and what it raised: the simplest come first.

    >>> calls = []
    >>> twice = first_kept(lambda x: calls.append(x) or 2 * x, most=1)
    >>> twice(3), twice(3), twice(4), twice(4), calls
    (6, 6, 8, 8, [3, 4, 4])
    """
    known: dict = {}

    def call(x: object) -> object:
        try:
            value = known[x]
        except KeyError:
            try:
                value = f(x)
            except ValueError as error:
                value = Nothing(*error.args)  # not itself, which holds all that was there when it was raised
            if len(known) < most:
                known[x] = value
        if isinstance(value, Nothing):
            raise Nothing(*value.args)
        return value

    return call
