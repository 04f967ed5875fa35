"""Top-down search: the most probable programs of a PCFG first, grown from the left, pruned on the way.

A partial program is dropped where its types leave it no end, where a law makes one of its
parts redundant, where a part that is complete fails on an example, and where such a part gives
the same as a more probable one that was completed before.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from dsl.errors import DSLError
from dsl.grammar import Grammar, Production, Symbol
from dsl.imprint import exact
from dsl.inputs import probes
from dsl.interpret import Failure, Stop, Watch, Why, too_large
from dsl.language import DSL
from dsl.laws import is_among, same
from dsl.pcfg import PCFG
from dsl.primitive import Primitive
from dsl.program import Const, Input, Program, Variable
from dsl.promise import mistyped
from dsl.spec import Spec
from dsl.types import belongs, is_function
from solvers.base import Budget, Nearest, Result, Status, reason, verdict
from solvers.entry import FAULTS, LARGEST_VALUE, Closure, Entry, telling
from solvers.memory import grown_mb


class _Part(NamedTuple):
    """A complete part of a program, and the log2 of its probability."""

    entry: Entry
    bits: float


Frame = tuple[Symbol, Production, tuple[_Part, ...]]  # a call under way: its parts so far


@dataclass(frozen=True, kw_only=True)
class TopDown:
    """Best-first under a PCFG: uniform, or what `guide` makes of the grammar and the spec."""

    guide: Callable[[Grammar, Spec], PCFG] | None = None
    probes: int = 12
    name: str = "top-down"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The most probable program that satisfies the spec."""
        if spec.formula is not None:
            return Result(status=Status.UNKNOWN, reason=f"{self.name} takes examples; formulas are for smt and cvc5")
        search = _Search(self._pcfg(dsl, spec), spec, budget, ())
        start = time.monotonic()
        found = next(search.run(), None)
        status = Status.SOLVED if found is not None else search.status
        if status is Status.INFEASIBLE:
            status = verdict(search.pcfg.grammar, search.left_out, budget.size)
        near = search.best[1]
        return Result(
            status=status, programs=() if found is None else (found.program,), tried=search.tried,
            seconds=time.monotonic() - start, searched_to=0,
            nearest=None if found is not None or near is None else
            Nearest(program=near.program, failures=spec.failures(near.program)),
            reason="" if found is not None else
            reason(search.pcfg.grammar, status, budget.size or 0, budget.size, search.left_out))

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """Programs that fit, in order of probability, each differing from those before on a probe or query."""
        extra = (*spec.queries, *probes(spec, self.probes, dsl=dsl))
        for entry in _Search(self._pcfg(dsl, spec), spec, budget, extra).run():
            yield entry.program

    def _pcfg(self, dsl: DSL, spec: Spec) -> PCFG:
        grammar = Grammar(dsl, spec.inputs, spec.output)
        return self.guide(grammar, spec) if self.guide else PCFG.uniform(grammar)


class _Search:
    def __init__(self, pcfg: PCFG, spec: Spec, budget: Budget, extra: tuple[tuple[object, ...], ...]):
        self.pcfg, self.budget, self.tried, self.status = pcfg, budget, 0, Status.INFEASIBLE
        self.worlds = (*(e.inputs for e in spec.examples), *extra)
        self.goal = tuple(e.output for e in spec.examples)
        self.best: tuple[int, Entry | None] = (-1, None)
        self._seen: dict[Symbol, dict[object, list[tuple[float, int]]]] = {s: {} for s in pcfg.grammar.productions}
        self._settled = {s for s in pcfg.grammar.productions if exact((s.type,))}
        self._watch, self.left_out = Watch(), ""

    def run(self) -> Iterator[Entry]:
        """Programs that fit, the most probable first."""
        pcfg, start, order = self.pcfg, self.pcfg.grammar.start, count()
        deadline = time.monotonic() + self.budget.seconds
        heap: list[tuple[float, int, float, tuple[Frame, ...]]] = []
        if pcfg.grammar.productions[start]:
            heappush(heap, (-pcfg.best[start], next(order), 0.0, ()))
        for n in count():
            if not heap or self._over(deadline, n):
                return
            bound, _, score, frames = heappop(heap)
            symbol = frames[-1][1].args[len(frames[-1][2])] if frames else start
            for rule in pcfg.grammar.productions[symbol]:
                self.tried += 1
                if self.budget.size is not None and self._least(frames, rule) > self.budget.size:
                    continue
                spent = score + pcfg.bits[symbol, rule]
                if rule.args:
                    left = -bound - score - pcfg.best[symbol] + sum(pcfg.best[a] for a in rule.args)
                    if left + spent > float("-inf"):
                        heappush(heap, (-(left + spent), next(order), spent, (*frames, (symbol, rule, ()))))
                    continue
                stack, part = self._reduced(frames, symbol, rule)
                if part is None:
                    continue
                if stack:
                    left = -bound - score - pcfg.best[symbol]
                    heappush(heap, (-(left + spent), next(order), spent, stack))
                elif self._fits(part.entry):
                    yield part.entry

    def _least(self, frames: tuple[Frame, ...], rule: Production) -> float:
        """The least cost of a program that goes on with a rule."""
        least = self.pcfg.least_cost
        total = rule.cost + sum(least[a] for a in rule.args)
        for _, call, parts in frames:
            total += call.cost + sum(p.entry.cost for p in parts) + sum(least[a] for a in call.args[len(parts) + 1:])
        return total

    def _over(self, deadline: float, n: int) -> bool:
        if time.monotonic() > deadline or self.budget.used_up(self.tried):
            self.status = Status.TIMEOUT
        elif not n & 255 and grown_mb() > self.budget.memory_mb:
            self.status = Status.MEMORY
        return self.status is not Status.INFEASIBLE

    def _fits(self, entry: Entry) -> bool:
        right = sum(map(same, entry.values, self.goal))
        if right > self.best[0]:
            self.best = right, entry
        return right == len(self.goal)

    def _reduced(self, frames: tuple[Frame, ...], symbol: Symbol, rule: Production,
                 ) -> tuple[tuple[Frame, ...], _Part | None]:
        """Complete a leaf, and every call whose last part that was; no part where it is pruned."""
        part = self._entry(symbol, rule, ())
        while part is not None and frames:
            above, call, parts = frames[-1]
            parts = (*parts, part)
            if len(parts) < len(call.args):
                return (*frames[:-1], (above, call, parts)), part
            frames = frames[:-1]
            part = self._entry(above, call, parts)
        return frames, part

    def _entry(self, symbol: Symbol, rule: Production, parts: tuple[_Part, ...]) -> _Part | None:
        """A complete part, unless a law, a failure or a more probable equal one speaks against it."""
        cost = rule.cost + sum(p.entry.cost for p in parts)
        if not self.budget.fits(cost) or not _lawful(rule, parts):
            return None
        bits, entries = self.pcfg.bits[symbol, rule] + sum(p.bits for p in parts), tuple(p.entry for p in parts)
        if symbol.scope:
            return _Part(Entry(rule, entries, cost, 0, ()), bits)
        values = self._values(symbol, rule, entries)
        if values is None:
            return None
        if not is_function(symbol.type):
            try:
                key = telling(values, symbol in self._settled)
                dominating = self._seen[symbol].setdefault(key, [])
            except TypeError:
                raise DSLError(f"a value of type {symbol.type} cannot be hashed; make its class frozen") from None
            except RecursionError:
                self.left_out = f"values of {symbol.type} that are nested too deeply were left out"
                return None
            if any(more > bits + 1e-9 and (self.budget.size is None or less <= cost) for more, less in dominating):
                return None
            if not any(more >= bits and less <= cost for more, less in dominating):
                dominating.append((bits, cost))
        return _Part(Entry(rule, entries, cost, 0, values), bits)

    def _values(self, symbol: Symbol, rule: Production, parts: tuple[Entry, ...]) -> tuple | None:
        head, result = rule.head, symbol.type
        if isinstance(head, Input):
            return tuple(w[head.index] for w in self.worlds)
        if isinstance(head, Const):
            return (head.value,) * len(self.worlds)
        if head is None:
            settled = exact(rule.params)
            return tuple(Closure({}, parts[0], w, (), settled) for w in self.worlds)
        if isinstance(head, Variable):
            return ()
        with self._watch as watch:
            out = []
            for i, row in enumerate(zip(*[p.values for p in parts], strict=True)):
                value = next((v for v in row if type(v) is Failure), None)
                if value is None:
                    watch.calls, watch.inside = watch.calls + 1, True
                    try:
                        value = head.function(*row)  # type: ignore[union-attr]
                        if too_large(value, LARGEST_VALUE):
                            self.left_out = f"values of over {LARGEST_VALUE:,} elements or bits were left out"
                            value = Failure(Why.SIZE)
                    except FAULTS as fault:
                        if isinstance(fault, Stop | MemoryError | RecursionError) or head.laws.associative:  # type: ignore
                            self.left_out = f"programs were left out in which {head} fails or takes too much"
                        value = Failure(getattr(getattr(fault, "failure", None), "why", None) or Why.RAISED)
                    finally:
                        watch.inside = False
                if type(value) is Failure and i < len(self.goal):
                    return None
                if type(value) is not Failure and not belongs(value, result):
                    raise DSLError(mistyped(head, value, result))  # type: ignore[arg-type]
                out.append(value)
        return tuple(out)


def _lawful(rule: Production, parts: tuple[_Part, ...]) -> bool:
    """Whether no law makes a call redundant."""
    head = rule.head
    if not isinstance(head, Primitive):
        return True
    laws, heads = head.laws, [p.entry.rule.head for p in parts]
    if len(parts) == 1:
        return not ((laws.involutive or laws.idempotent) and heads[0] is head)
    if any(isinstance(h, Const) and is_among(h.value, laws.units) for h in heads):
        return False
    return not (laws.associative and heads[0] is head)
