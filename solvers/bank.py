"""Bank: what the programs of a grammar evaluate to, each behaviour once, cheapest first.

Two programs of one symbol with the same values in every world are one entry, and the
cheapest stands for both (observational equivalence: Albarghouthi et al. 2013, Udupa et
al. 2013). A value is computed once, from the values of the parts. A world is one
assignment: the inputs, and values for the lambda parameters in scope.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import inf, prod
from operator import attrgetter

from dsl.errors import DSLError
from dsl.grammar import Grammar, Production, Symbol
from dsl.imprint import exact
from dsl.inputs import collect, sample, seeded
from dsl.interpret import Failure, Limits, Stop, Watch, Why, run, too_large
from dsl.primitive import Primitive
from dsl.program import Const, Input, Program, Variable
from dsl.promise import mistyped
from dsl.reach import within
from dsl.types import AnyType, belongs
from solvers.base import Budget, Status
from solvers.entry import FAULTS, LARGEST_VALUE, PLAIN, Closure, Entry, Shelf, across, is_unit, telling
from solvers.memory import grown_mb
from solvers.order import Order, stages

CHECKED_CALLS = 50
CHUNK, FEW = 16_000, 64  # candidates between two looks at the clock, and of one argument at first
UNTIMED = Limits(seconds=0.0)  # of a program that is a leaf: calls are watched already
SOON = 0.02  # seconds after which more may come between two

World = tuple[tuple[object, ...], tuple[object, ...]]  # inputs, lambda parameters


class Over(Exception):
    """The budget ran out; the status says which part of it."""

    def __init__(self, status: Status):
        super().__init__(status.value)
        self.status = status


class Bank:
    """Entries by symbol and cost, grown layer by layer within a budget.

    The first `must` worlds are those in which a program may not fail. `contexts` says in
    how many worlds an example bodies of lambdas are told apart; with 0 they are kept by
    syntax alone, and no program that differs anywhere is lost. `guide` files an
    entry some layers later, by what its values look like beside the goal (BUSTLE, Odena et al. 2021);
    `order` says which calls of a layer come first, `early` how many layers parts are built before a whole program may
    hold them (None: with all of their cost); `function` is what computes a primitive's values.
    """

    def __init__(self, grammar: Grammar, worlds: Sequence[World], budget: Budget, *, must: int | None = None,
                 start: Symbol | None = None, contexts: int = 0, guide: Callable[[tuple], int] | None = None,
                 order: Order = list, early: int | None = None,
                 function: Callable[[Primitive], Callable] = attrgetter("function")):
        self.grammar, self.worlds, self.budget, self.guide, self.order = grammar, tuple(worlds), budget, guide, order
        self.must = len(self.worlds) if must is None else must
        self.start, self.function = start or grammar.start, function
        self.rules = within(grammar, self.start, inf if budget.size is None else budget.size)
        rules = [r for rs in grammar.reachable(self.start).values() for r in rs]
        self._heaviest = max((r.cost for r in rules), default=0)
        self._widest = max((len(r.args) for r in rules), default=0)
        self.layers: dict[Symbol, dict[int, list[Entry]]] = {s: {} for s in self.rules}
        self.seen: dict[Symbol, dict[object, Entry]] = {s: {} for s in self.rules}
        self.tried = self.done = self.kept = 0
        self.left_out = ""  # which values were not kept, or calls not waited for
        self.kept_at = 0  # the last cost at which anything new was kept
        self.deadline = time.monotonic() + budget.seconds
        self._contexts, self._checks = contexts, dict.fromkeys(map(id, grammar.dsl.primitives), 0)
        self._shelves = {s: Shelf(s, self.seen[s], self.layers[s]) for s in self.rules}
        self.watch, self._stages = Watch(until=self.deadline), stages(grammar, self.start, self.rules, early)
        self._scopes: dict[tuple[AnyType, ...], tuple[tuple[int, World], ...]] = {
            self.start.scope: tuple(enumerate(self.worlds))}

    def grow(self) -> Iterator[list[Entry]]:
        """Build layer after layer; yield what is new of the start symbol, a chunk of work at a time.

        Ends when no larger program can behave in a new way.

        Raises:
            Over: when the budget runs out.
        """
        if not self.rules[self.start]:
            return
        while self.done <= self._widest * self.kept_at + self._heaviest + self._stages[0][0]:
            cost = self.done + 1
            if not self.budget.fits(cost):
                return
            for lag, symbols in self._stages:
                work = [(symbol, rule, [self.layers[a][c] for a, c in zip(rule.args, costs, strict=True)])
                        for symbol in symbols for rule in self.rules[symbol]
                        for costs in self.shares(rule.args, cost - lag - rule.cost)]
                for symbol, rule, pools in self.order(work):
                    yield from self._expand(symbol, rule, pools, cost - lag)
            self.done = cost

    def _expand(self, symbol: Symbol, rule: Production, pools: list[list[Entry]], cost: int) -> Iterator[list[Entry]]:
        if prod(map(len, pools[1:])) > CHUNK:  # too many at once, whatever the first argument is
            for part in _blocks(pools):
                new = self._chunk(symbol, rule, part, cost)
                yield new if symbol == self.start else []
            return
        first = pools[0] if pools else [None]
        most = max(1, CHUNK // max(1, prod(map(len, pools[1:]))))
        at, step = 0, min(FEW, most)
        while at < len(first):
            began = time.monotonic()
            part = [first[at:at + step], *pools[1:]] if pools else []
            new = self._chunk(symbol, rule, part, cost)
            yield new if symbol == self.start else []
            at += step
            if time.monotonic() - began < SOON:
                step = min(most, 4 * step)

    def shares(self, args: tuple[Symbol, ...], total: int) -> Iterator[tuple[int, ...]]:
        """The ways to share out a cost among arguments, for which each has entries."""
        if not args:
            if total == 0:
                yield ()
            return
        layers = self.layers[args[0]]
        if len(args) == 1:
            if layers.get(total):
                yield (total,)
            return
        for cost in sorted(layers):
            if cost <= total - (len(args) - 1) and layers[cost]:
                for rest in self.shares(args[1:], total - cost):
                    yield (cost, *rest)

    def _chunk(self, symbol: Symbol, rule: Production, pools: list[list[Entry]], cost: int) -> list[Entry]:
        self.check_budget()
        with self.watch as watch:
            try:
                head = rule.head
                if symbol.scope != self.start.scope and not self._contexts:
                    return self._opaque(symbol, rule, pools, cost)
                if head is None:
                    made = (self._keep(symbol, rule, (b,), self._closures(symbol, rule, b), cost) for b in pools[0])
                    return [e for e in made if e is not None]
                if not isinstance(head, Primitive):
                    return self._leaf(symbol, rule, cost)
                watch.inside = True
                if len(pools) == 2:
                    return self._pairs(symbol, rule, pools[0], pools[1], cost)
                return self._calls(symbol, rule, pools, cost)
            except Stop:
                raise Over(Status.TIMEOUT) from None
            finally:
                watch.inside = False

    def _pairs(self, symbol: Symbol, rule: Production, left: list[Entry], right: list[Entry], cost: int) -> list[Entry]:
        """Calls of a primitive of two arguments: the inner loop of the search."""
        head, seen, watch = rule.head, self.seen[symbol], self.watch
        new: list[Entry | None] = []
        f, laws, plain = self.function(head), head.laws, symbol.type.name in PLAIN  # type: ignore[union-attr,arg-type]
        commutes, nests, units = laws.commutative, laws.associative, laws.units
        for a in left:
            va, rank, whole = a.values, a.rank, not a.partial
            self.tried += len(right)
            if nests and a.rule.head is head or units and is_unit(a, units):
                continue
            for b in right:
                watch.calls += 1
                if commutes and b.rank < rank and b.rule.head is not head or units and is_unit(b, units):
                    continue
                if whole and not b.partial:
                    try:
                        values, partial = tuple(map(f, va, b.values)), False
                        if len(values) < len(va):  # as `across`, without its call
                            raise StopIteration
                    except FAULTS as error:  # which world it was, the long way round tells
                        if self._fails(error, head, symbol):
                            continue
                        values, partial = self._values(head, (a, b), symbol)
                else:
                    values, partial = self._values(head, (a, b), symbol)
                if values is None:
                    continue
                if not plain:
                    new.append(self._fresh(symbol, rule, (a, b), values, cost, partial))
                elif values not in seen:
                    new.append(self._keep(symbol, rule, (a, b), values, cost, partial))
        return [e for e in new if e is not None]  # none where a value grew too large

    def _calls(self, symbol: Symbol, rule: Production, pools: list[list[Entry]], cost: int) -> list[Entry]:
        head, watch, new = rule.head, self.watch, []
        f, laws = self.function(head), head.laws  # type: ignore[union-attr,arg-type]
        once = len(pools) == 1 and (laws.involutive or laws.idempotent)
        for args in product(*pools):
            watch.calls += 1
            self.tried += 1
            if once and args[0].rule.head is head:
                continue
            values, partial = None, False
            if not any(a.partial for a in args):
                try:
                    values = across(f, [a.values for a in args])
                except FAULTS as error:  # which world it was, the long way round tells
                    if self._fails(error, head, symbol):
                        continue
            if values is None:
                values, partial = self._values(head, args, symbol)
            if values is not None:
                entry = self._fresh(symbol, rule, args, values, cost, partial)
                if entry is not None:
                    new.append(entry)
        return new

    def _fails(self, error: BaseException, head, symbol: Symbol) -> bool:
        """Whether a call is worth nothing because it raised this in some world, whichever it was."""
        if isinstance(error, Stop) and time.monotonic() > self.deadline:
            raise error
        if self.must < len(self.worlds) or symbol.scope != self.start.scope or head.laws.associative:
            return False
        return not isinstance(error, Stop | MemoryError | RecursionError)

    def _values(self, head, args: tuple[Entry, ...], symbol: Symbol) -> tuple[tuple | None, bool]:
        """A call's value in every world, with its failures; None where it fails and may not."""
        out, must = [], self.must if symbol.scope == self.start.scope else 0
        partial = False
        for i, row in enumerate(zip(*[a.values for a in args], strict=True)):
            value = next((v for v in row if type(v) is Failure), None)
            if value is None:
                value = self._call(head, row)
            if type(value) is Failure:
                if i < must:
                    return None, True
                partial = True
            out.append(value)
        return tuple(out), partial

    def _call(self, head: Primitive, row: tuple) -> object:
        self.watch.calls += 1
        try:
            return self.function(head)(*row)
        except Stop as stop:
            if stop.failure.why is not Why.TIME:  # a function among the arguments failed
                return stop.failure
            if time.monotonic() > self.deadline:
                raise
            self.watch.hurry()
            self.left_out = self.left_out or f"programs were left out in which a call of {head.name} takes too long"
            return stop.failure
        except (MemoryError, RecursionError) as error:
            self.left_out = self.left_out or f"programs were left out in which {head.name} needs too much memory"
            return Failure(Why.SIZE, type(error).__name__)
        except FAULTS as error:  # whatever a primitive raises is its value there
            if head.laws.associative:  # one nesting may fail where the other, which is skipped, does not
                self.left_out = self.left_out or f"{head.name}, which is called associative, fails on some values"
            return Failure(Why.RAISED, type(error).__name__)

    def _fresh(self, symbol, rule, args, values, cost, partial) -> Entry | None:
        """Keep an entry unless its values are known already."""
        shelf = self._shelves[symbol]
        if shelf.plain:
            try:
                if shelf.key(values) in shelf.seen:
                    return None
            except TypeError:
                raise DSLError(f"a value of type {symbol.type} cannot be hashed; make its class frozen") from None
            except RecursionError:  # of a value that holds one that holds one, and so on
                self.left_out = self.left_out or f"values of {symbol.type} that are nested too deeply were left out"
                return None
        return self._keep(symbol, rule, args, values, cost, partial)

    def known(self, symbol: Symbol, values: tuple) -> Entry | None:
        """The entry with these values, if there is one."""
        shelf = self._shelves[symbol]
        return shelf.seen.get(shelf.key(values))

    def _keep(self, symbol, rule, args, values, cost, partial=False) -> Entry | None:
        head, shelf = rule.head, self._shelves[symbol]
        if isinstance(head, Primitive) and values and shelf.plain:
            kind = shelf.kind
            strange = kind is not None and any(type(v) is not kind and type(v) is not Failure for v in values)
            if strange or self._checks[id(head)] < CHECKED_CALLS:
                self._checks[id(head)] += 1
                for v in values:
                    if type(v) is not Failure and not belongs(v, symbol.type):
                        raise DSLError(mistyped(head, v, symbol.type))
            large = [type(v) is not Failure and too_large(v, LARGEST_VALUE) for v in values]
            if any(large):
                self.left_out = self.left_out or f"values of over {LARGEST_VALUE:,} elements or bits were left out"
                if any(large[:self.must]) or symbol.scope != self.start.scope:
                    return None
                values = tuple(Failure(Why.SIZE) if big else v for v, big in zip(values, large, strict=True))
                partial = True
                if shelf.key(values) in shelf.seen:
                    return None
        entry = Entry(rule, args, cost, self.kept, values, partial)
        self.kept += 1
        if values and shelf.plain:
            shelf.seen[shelf.key(values)] = entry
        filed = cost + (self.guide(values) if self.guide and symbol.scope == self.start.scope and args else 0)
        shelf.layers.setdefault(filed, []).append(entry)
        self.kept_at = max(self.kept_at, filed)
        return entry

    def _leaf(self, symbol: Symbol, rule: Production, cost: int) -> list[Entry]:
        head, worlds = rule.head, self.worlds_of(symbol.scope)
        if isinstance(head, Input):
            values = tuple(w[0][head.index] for _, w in worlds)
        elif isinstance(head, Variable):
            values = tuple(w[1][head.level] for _, w in worlds)
        elif isinstance(head, Const):
            values = (head.value,) * len(worlds)
        else:
            values = self._whole(head, worlds)  # type: ignore[arg-type]
        self.tried += 1
        failing = [type(v) is Failure for v in values]
        if symbol.scope == self.start.scope and any(failing[:self.must]):
            return []
        entry = self._fresh(symbol, rule, (), values, cost, any(failing))
        return [] if entry is None else [entry]

    def _whole(self, program: Program, worlds: "Sequence[tuple[int, World]]") -> tuple:
        """The values of a program of inputs alone, which are the same in all worlds that extend one."""
        self.watch.inside = True
        found: dict[int, object] = {}
        for parent, (inputs, _) in worlds:
            if parent not in found:
                self.watch.calls += 1
                found[parent] = run(program, inputs, UNTIMED)
                self.check_budget()
        return tuple(found[parent] for parent, _ in worlds)

    def _opaque(self, symbol: Symbol, rule: Production, pools: list[list[Entry]], cost: int) -> list[Entry]:
        """Bodies of lambdas by syntax alone."""
        head, new = rule.head, []
        for args in product(*pools):
            self.tried += 1
            heads = [a.rule.head for a in args]
            if isinstance(head, Primitive):
                laws = head.laws
                if laws.units and any(is_unit(a, laws.units) for a in args):
                    continue
                if len(args) == 2 and (laws.associative and heads[0] is head or laws.commutative
                                       and args[1].rank < args[0].rank and heads[1] is not head):
                    continue
                if len(args) == 1 and (laws.involutive or laws.idempotent) and heads[0] is head:
                    continue
            new.append(self._keep(symbol, rule, args, (), cost))
        return new

    def _closures(self, symbol: Symbol, rule: Production, body: Entry) -> tuple:
        """A lambda's value in every world of the symbol around it."""
        worlds = self.worlds_of(symbol.scope)
        level, settled = rule.level, exact(rule.params)
        tables: list[dict] = [{} for _ in worlds]
        if body.values and symbol.scope == self.start.scope:
            inner = self.worlds_of((*symbol.scope, *rule.params))
            for (parent, (_, env)), value in zip(inner, body.values, strict=True):
                tables[parent][telling(env[level:], settled)] = value
        return tuple(Closure(t, body, w[0], w[1], settled) for t, (_, w) in zip(tables, worlds, strict=True))

    def worlds_of(self, scope: tuple[AnyType, ...]) -> tuple[tuple[int, World], ...]:
        """The worlds of a scope, each with the index of the world of the start's scope that it extends."""
        if scope not in self._scopes:
            self._scopes[scope] = tuple(self._sampled(scope[len(self.start.scope):]))
        return self._scopes[scope]

    def _sampled(self, params: tuple[AnyType, ...]) -> Iterator[tuple[int, World]]:
        for i, (inputs, env) in enumerate(self.worlds):
            seen: dict[AnyType, list[object]] = {}
            for t, v in (*zip(self.grammar.inputs, inputs, strict=True), *zip(self.start.scope, env, strict=True)):
                collect(v, t, seen)
            drawn: dict[tuple, None] = {}
            for n in range(4 * self._contexts):
                rng = seeded("context", i, n)
                try:
                    drawn[tuple(sample(t, rng, seen, 0.75) for t in params)] = None
                except LookupError:  # a class of which nothing is known: bodies are told apart by syntax
                    return
                if len(drawn) == self._contexts:
                    break
            for args in drawn:
                yield i, (inputs, (*env, *args))

    def check_budget(self) -> None:
        """Stop the search where its time, programs or memory are used up."""
        if time.monotonic() > self.deadline or self.budget.used_up(self.tried):
            raise Over(Status.TIMEOUT)
        if grown_mb() > self.budget.memory_mb:
            raise Over(Status.MEMORY)


def _blocks(pools: list[list[Entry]]) -> Iterator[list[list[Entry]]]:
    """Parts of pools with at most so many combinations each, in the order of their product."""
    if prod(map(len, pools)) <= CHUNK:
        yield pools
    elif len(pools) == 1:
        yield from ([pools[0][at:at + CHUNK]] for at in range(0, len(pools[0]), CHUNK))
    else:
        yield from ([[entry], *rest] for entry in pools[0] for rest in _blocks(pools[1:]))
