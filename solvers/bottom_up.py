"""Bottom-up search: cheapest programs first, merged by observational equivalence.

Two programs of one type that give the same values on every example (and probe) are
one; the cheapest stands for both (Albarghouthi et al. 2013, Udupa et al. 2013).
Programs under a lambda have no values yet and are enumerated by syntax alone.
"""

import resource
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import product

from dsl.errors import DSLError
from dsl.grammar import Grammar, Production, Symbol, lawful, splits
from dsl.inputs import probes
from dsl.interpret import Failure, Limits, Stop, Watch, Why, closure, too_large
from dsl.language import DSL
from dsl.laws import same
from dsl.primitive import Primitive
from dsl.program import Const, Input, Lambda, Program
from dsl.spec import Spec
from dsl.types import AnyType, Type, belongs
from solvers.base import Budget, Nearest, Result, Status

LARGEST_VALUE = 4096
CHECKED_CALLS = 50


@dataclass(frozen=True, kw_only=True)
class BottomUp:
    """Enumerates by cost; `probes` sampled inputs keep apart what examples alone would merge."""

    probes: int = 12
    name: str = "bottom-up"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The cheapest program that satisfies the spec; ties fall to what the language declares first."""
        search = Search.of(dsl, spec, budget)
        start = time.monotonic()
        run, found, status = search.run(), (), Status.UNKNOWN
        try:
            found, status = (next(run),), Status.SOLVED
        except StopIteration as end:
            status = end.value
        return Result(status=status, programs=found, tried=search.tried, seconds=time.monotonic() - start,
                      searched_to=search.done, nearest=None if found else search.nearest(spec),
                      reason="" if found else search.reason(status))

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """Programs that fit, in order of cost, each differing from those before on a probe or query.

        >>> from dsl import Example, load
        >>> spec = Spec(inputs=[int], output=int, examples=[Example(2, output=4)])
        >>> [str(p) for _, p in zip(range(3), BottomUp().solutions(load("integers"), spec))]
        ['add(x0, x0)', 'add(1, 3)', 'add(2, x0)']
        """
        yield from self.search(dsl, spec, budget).run()

    def search(self, dsl: DSL, spec: Spec, budget: Budget) -> "Search":
        """A search that keeps apart programs which differ on probes and queries."""
        return Search.of(dsl, spec, budget, (*spec.queries, *probes(spec, self.probes)))


def distinct(grammar: Grammar, worlds: tuple[tuple[object, ...], ...], budget: Budget) -> Iterator[Program]:
    """Programs that behave differently on the worlds, each the cheapest of its kind, in order of cost.

    A program that fails somewhere is told apart by where it does.
    """
    return Search(grammar, worlds, (), budget).run()


class Search:
    """One enumeration under way: the bank of programs by symbol and cost, and what it has cost."""

    def __init__(self, grammar: Grammar, worlds: tuple[tuple[object, ...], ...], goal: tuple[object, ...],
                 budget: Budget):
        self.grammar, self.worlds, self.goal, self.budget = grammar, worlds, goal, budget
        self.must = len(goal)  # the first worlds have these outputs; the others only tell programs apart
        self.bank: dict[tuple[Symbol, int], list[tuple[Program, tuple]]] = {}
        self.seen: dict[Symbol, set] = {s: set() for s in self.grammar.productions}
        self.tried = self.done = 0
        self.kept_at = 0  # the last cost at which anything new was kept
        self._best: tuple[int, Program | None] = (-1, None)
        self._checks: dict[str, int] = {}
        self._deadline = time.monotonic() + budget.seconds
        self._watch = Watch()

    @classmethod
    def of(cls, dsl: DSL, spec: Spec, budget: Budget, extra: tuple[tuple[object, ...], ...] = ()) -> "Search":
        """The search for a spec; programs that differ on the extra inputs are kept apart."""
        worlds = (*(e.inputs for e in spec.examples), *extra)
        return cls(Grammar(dsl, spec.inputs, spec.output), worlds, tuple(e.output for e in spec.examples), budget)

    def run(self) -> Generator[Program, None, Status]:
        """Yield programs that fit as they are found; return why the search ended."""
        rules = [r for r in self.grammar.productions.values() if r]
        if not self.grammar.productions[self.grammar.start]:
            return Status.INFEASIBLE
        heaviest = max(r.cost for rs in rules for r in rs)
        widest = max(len(r.args) for rs in rules for r in rs)
        cost = 0
        while self.budget.size is None or cost < self.budget.size:
            cost += 1
            try:
                yield from self._layer(cost)
            except _Over as over:
                return over.status
            self.done = cost
            if cost > widest * self.kept_at + heaviest:
                return Status.INFEASIBLE
        return Status.INFEASIBLE

    def reason(self, status: Status) -> str:
        """Why nothing was found, where there is more to say than the status does."""
        if not self.grammar.productions[self.grammar.start]:
            return f"the language has no input, constant or primitive of type {self.grammar.output}"
        if status is Status.INFEASIBLE and self.done == self.budget.size:
            return f"no program up to size {self.done} satisfies the specification"
        return status.value

    def _layer(self, cost: int) -> Iterator[Program]:
        # Functions last: their bodies, which have parameters in scope, must be there first.
        symbols = sorted(self.grammar.productions, key=lambda s: (-len(s.scope), _is_function(s.type)))
        for symbol in symbols:
            self.bank[symbol, cost] = []
        for symbol in symbols:
            for rule in self.grammar.productions[symbol]:
                for costs in splits(cost - rule.cost, len(rule.args)):
                    with self._watch:
                        fits = self._expand(symbol, rule, costs, self.bank[symbol, cost])
                    yield from fits

    def _expand(self, symbol: Symbol, rule: Production, costs: tuple[int, ...], kept: list) -> list[Program]:
        """Keep what is new among a rule's programs at these argument costs; return those that fit."""
        pools = [self.bank[a, c] for a, c in zip(rule.args, costs, strict=True)]
        fits: list[Program] = []
        head, seen, goal, must = rule.head, self.seen[symbol], self.goal, self.must
        is_start, opaque = symbol == self.grammar.start, bool(symbol.scope)
        ordered = isinstance(head, Primitive) and head.laws.declared()
        cost = rule.cost + sum(costs)
        for entries in product(*pools):
            self.tried += 1
            if not self.tried & 255:
                self._check_budget()
            children = tuple(e[0] for e in entries)
            if ordered and not lawful(head, children):  # type: ignore[arg-type]
                continue
            if opaque:
                kept.append((rule.build(children), ()))
                self.kept_at = cost
                continue
            values = self._values(rule, children, [e[1] for e in entries], symbol.type)
            if values is None:
                continue
            if not _is_function(symbol.type):
                try:
                    size = len(seen)
                    seen.add(values)
                except TypeError:
                    raise DSLError(f"a value of type {symbol.type} cannot be hashed; make its class frozen") from None
                if len(seen) == size:
                    continue
            program = rule.build(children)
            kept.append((program, values))
            self.kept_at = cost
            if is_start:
                right = sum(map(same, values[:must], goal))
                if right > self._best[0]:
                    self._best = (right, program)
                if right == must:
                    fits.append(program)
        return fits

    def _values(self, rule: Production, children: tuple[Program, ...], args: list[tuple], t: AnyType):
        """A node's value in every world; None where it fails on an example."""
        head = rule.head
        if isinstance(head, Input):
            return tuple(w[head.index] for w in self.worlds)
        if isinstance(head, Const):
            return (head.value,) * len(self.worlds)
        if head is None:
            node = Lambda(rule.params, children[0], rule.level)
            return tuple(closure(node, w, Limits(steps=2000, size=LARGEST_VALUE)) for w in self.worlds)
        assert isinstance(head, Primitive)
        out, f = [], head.function
        for i, row in enumerate(zip(*args, strict=True)):
            value = self._call(f, row, head, t)
            if type(value) is Failure and i < self.must:
                return None
            out.append(value)
        return tuple(out)

    def _call(self, f: Callable, row: tuple, head: Primitive, t: AnyType) -> object:
        for v in row:
            if type(v) is Failure:
                return v
        watch = self._watch
        watch.calls += 1
        try:
            watch.inside = True
            value = f(*row)
            watch.inside = False
        except Stop as stop:
            if time.monotonic() > self._deadline:
                raise _Over(Status.TIMEOUT) from None
            return stop.failure
        except (MemoryError, RecursionError) as error:
            return Failure(Why.SIZE, type(error).__name__)
        except (Exception, SystemExit) as error:  # whatever a primitive raises is its value there
            return Failure(Why.RAISED, type(error).__name__)
        finally:
            watch.inside = False
        checks = self._checks.get(head.name, 0)
        if checks < CHECKED_CALLS:
            self._checks[head.name] = checks + 1
            if not belongs(value, t):
                raise DSLError(f"primitive {head.name!r} returned {value!r} where its annotation says {t}")
        kind = type(value)
        if (kind is int or kind is str or kind is tuple) and too_large(value, LARGEST_VALUE):
            return Failure(Why.SIZE)
        return value

    def _check_budget(self) -> None:
        if time.monotonic() > self._deadline:
            raise _Over(Status.TIMEOUT)
        if self.budget.programs is not None and self.tried >= self.budget.programs:
            raise _Over(Status.TIMEOUT)
        if not self.tried & 0xFFFF and used_mb() > self.budget.memory_mb:
            raise _Over(Status.MEMORY)

    def nearest(self, spec: Spec) -> Nearest | None:
        """The program that gave the right output on most examples, and what it gets wrong."""
        program = self._best[1]
        return program and Nearest(program=program, failures=spec.failures(program))


class _Over(Exception):
    def __init__(self, status: Status):
        super().__init__(status.value)
        self.status = status


def used_mb() -> float:
    """The memory that this process holds now, in MiB (its peak, where the system tells no more)."""
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * resource.getpagesize() / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _is_function(t: AnyType) -> bool:
    return isinstance(t, Type) and t.is_function
