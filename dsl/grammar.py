"""Grammar: what a language can build for one signature, as productions over ground types.

A nonterminal is a type together with the lambda parameters in scope. Polymorphic
primitives are instantiated at the types that the signature can reach.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from dsl.language import DSL
from dsl.laws import ABSENT, is_among
from dsl.lazy import cached_property
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Lambda, Program, Variable
from dsl.types import AnyType, Type, is_function, parts, read_annotation, substitute, suits, unify, variables

MAX_TYPE_DEPTH = 3
MAX_INSTANCES = 64
MAX_SYMBOLS = 500  # explored
PROMPT = 256  # programs between two looks at the clock
MAX_SCOPE = 2  # lambda parameters in scope at once


@dataclass(frozen=True)
class Symbol:
    """A nonterminal: a ground type, and the types of the lambda parameters in scope."""

    type: AnyType
    scope: tuple[AnyType, ...] = ()


@dataclass(frozen=True)
class Production:
    """One way to build a symbol: a leaf, a primitive over symbols, or a lambda over its body."""

    head: Program | Primitive | None
    args: tuple[Symbol, ...]
    cost: int
    params: tuple[AnyType, ...] = ()
    level: int = 0

    def build(self, children: tuple[Program, ...]) -> Program:
        """The program with this node on top of the children."""
        if isinstance(self.head, Primitive):
            return Apply(self.head, children)
        if self.head is None:
            return Lambda(self.params, children[0], self.level)
        return self.head


def _pinning(p: Primitive) -> tuple[AnyType, ...]:
    """The parameters whose arguments say what a primitive's type variables stand for; none where these do not suffice.

    A function may be a lambda, of whatever type.
    """
    plain = tuple(t for t in p.params if not is_function(t))
    whole = set().union(*map(variables, p.params)) <= set().union(*map(variables, plain))
    return plain if whole else ()


@dataclass(frozen=True)
class Grammar:
    """The programs of a language from inputs of these types to an output of this one."""

    dsl: DSL
    inputs: tuple[AnyType, ...]
    output: AnyType

    def __post_init__(self) -> None:  # Python's annotations stand for types here, too
        object.__setattr__(self, "inputs", tuple(read_annotation(t, f"input x{i}") for i, t in enumerate(self.inputs)))
        object.__setattr__(self, "output", read_annotation(self.output, "output"))

    @property
    def start(self) -> Symbol:
        """The symbol of whole programs."""
        return Symbol(self.output)

    @property
    def productions(self) -> dict[Symbol, tuple[Production, ...]]:
        """The productions of every symbol reachable from the start, leaves first."""
        return self._explored[0]

    @property
    def skipped(self) -> tuple[tuple[Symbol, Production], ...]:
        """What is not explored: more lambda parameters in scope, types nested deeper, functions that are no lambdas.

        And symbols beyond the first five hundred, those nearest to the start.
        """
        return self._explored[1]

    @cached_property
    def _explored(self) -> tuple[dict[Symbol, tuple[Production, ...]], tuple[tuple[Symbol, Production], ...]]:
        found: dict[Symbol, tuple[Production, ...]] = {}
        skipped: list[tuple[Symbol, Production]] = []
        known, todo = {self.start}, deque([self.start])
        while todo:
            symbol = todo.popleft()
            rules = []
            if is_function(symbol.type):
                skipped += ((symbol, rule) for rule in self._other_functions(symbol))
            for rule in self._expand(symbol):
                new = [a for a in dict.fromkeys(rule.args) if a not in known]
                if self.within(rule) and len(known) + len(new) <= MAX_SYMBOLS:
                    rules.append(rule)
                    known.update(new)
                    todo.extend(new)
                else:
                    skipped.append((symbol, rule))
            found[symbol] = tuple(rules)
        return found, tuple(skipped)

    @cached_property
    def repriced(self) -> bool:
        """Whether productions have other costs than programs of theirs have."""
        return False

    def priced(self, cost: Callable[[Symbol, Production], int]) -> "Grammar":
        """The same programs, where each production of each symbol has the cost that is said.

        >>> from dsl.languages.integers import integers
        >>> from dsl.types import INT
        >>> dear = Grammar(integers, (INT,), INT).priced(lambda symbol, rule: 3)
        >>> {rule.cost for rule in dear.productions[dear.start]}
        {3}
        """
        return self._with({s: tuple(replace(r, cost=cost(s, r)) for r in rules)
                           for s, rules in self.productions.items()})

    def with_leaves(self, programs: Mapping[Program, int]) -> "Grammar":
        """The same programs, where each of these, of inputs alone, is a leaf of the cost that is said, too.

        Those with lambdas are leaves outside of lambdas alone: in one, their parameters would be written as its own.

        >>> from dsl import load, parse
        >>> from dsl.types import INT
        >>> grammar = Grammar(load("integers"), (INT,), INT)
        >>> square = parse("multiply(x0, x0)", load("integers"), (INT,))
        >>> str(grammar.with_leaves({square: 1}).productions[grammar.start][0].build(()))
        'multiply(x0, x0)'
        """
        leaves = [(p, Production(p, (), cost)) for p, cost in programs.items()]
        return self._with({s: (*(leaf for p, leaf in leaves if p.type == s.type and (p.lambda_free or not s.scope)),
                               *rules) for s, rules in self.productions.items()})

    def _with(self, productions: dict[Symbol, tuple[Production, ...]]) -> "Grammar":
        found = Grammar(self.dsl, self.inputs, self.output)
        found.__dict__["repriced"] = True
        found.__dict__["_explored"] = productions, self.skipped
        return found

    def within(self, rule: Production) -> bool:
        """Whether a production stays within what is explored: without bounds, symbols would be without number."""
        for symbol in rule.args:
            parts = symbol.type.args if is_function(symbol.type) else (symbol.type,)  # type: ignore[union-attr]
            if len(symbol.scope) + len(parts) - 1 > MAX_SCOPE:
                return False
            if any(t not in self._ground and depth(t) > MAX_TYPE_DEPTH for t in parts):
                return False
        return True

    @cached_property
    def barren(self) -> tuple[Symbol, ...]:
        """The symbols of which no finite program can be built.

        >>> from dsl.languages.integers import integers
        >>> from dsl.types import INT, STR
        >>> Grammar(integers, (INT,), INT).barren, [str(s.type) for s in Grammar(integers, (INT,), STR).barren]
        ((), ['str'])
        """
        ends: set[Symbol] = set()
        while True:
            new = {s for s, rules in self.productions.items()
                   if s not in ends and any(all(a in ends for a in r.args) for r in rules)}
            if not new:
                return tuple(s for s in self.productions if s not in ends)
            ends |= new

    def reachable(self, start: Symbol) -> dict[Symbol, tuple[Production, ...]]:
        """The productions of the symbols that a symbol's programs are built from."""
        found: dict[Symbol, tuple[Production, ...]] = {}
        todo = [start]
        while todo:
            symbol = todo.pop()
            if symbol not in found:
                found[symbol] = self.productions[symbol]
                todo.extend(a for p in found[symbol] for a in p.args)
        return found

    @cached_property
    def ground_types(self) -> tuple[AnyType, ...]:
        """The types without variables that inputs, constants and results can have."""
        return self._grounded[0]

    @cached_property
    def _ground(self) -> frozenset[AnyType]:
        return frozenset(self.ground_types)

    @property
    def open_ended(self) -> bool:
        """Whether primitives build ever deeper types, of which not all are explored."""
        return self._grounded[1]

    @property
    def crowded(self) -> bool:
        """Whether there are more types without variables than are explored, however deep."""
        return self._grounded[2]

    @cached_property
    def _grounded(self) -> tuple[tuple[AnyType, ...], bool, bool]:
        given = (*self.inputs, *(c.type for c in self.dsl.constants), self.output,
                 *(t for p in self.dsl.primitives for t in (*p.params, p.result)))
        known = dict.fromkeys(t for g in given for t in parts(g) if not variables(t) and not is_function(t))
        changed, cut = True, False
        while changed:
            changed = False
            for p in self.dsl.primitives:
                if variables(p.type):
                    needed = _pinning(p)
                    for by in self._instances(p, tuple(known)):
                        result = substitute(p.result, by)
                        if variables(result) or result in known or is_function(result):
                            continue
                        if not all(substitute(t, by) in known for t in needed):
                            continue  # there are no such arguments
                        if depth(result) > MAX_TYPE_DEPTH:
                            cut = True
                            continue
                        if len(known) >= MAX_INSTANCES:
                            return tuple(known), cut, True
                        known[result] = None
                        changed = True
        return tuple(known), cut, False

    def _instances(self, p: Primitive, ground: tuple[AnyType, ...], by=None) -> Iterator[dict]:
        """The ways to give a primitive's type variables ground types."""
        names = sorted(set().union(*(variables(t) for t in p.params)) - set(by or {}))
        for choice in product(ground, repeat=len(names)):
            yield {**(by or {}), **dict(zip(names, choice, strict=True))}

    def _expand(self, symbol: Symbol) -> Iterator[Production]:
        if isinstance(symbol.type, Type) and symbol.type.is_function:
            *params, result = symbol.type.args
            body = Symbol(result, (*symbol.scope, *params))
            yield Production(None, (body,), 1, tuple(params), len(symbol.scope))
            return
        yield from self._leaves(symbol)
        for p in self.dsl.primitives:
            yield from self._calls(p, symbol)

    def _other_functions(self, symbol: Symbol) -> Iterator[Production]:
        """The functions of a type that are no lambdas; a type variable stands for no function."""
        yield from self._leaves(symbol)
        for p in self.dsl.primitives:
            if is_function(p.result):
                yield from self._calls(p, symbol)

    def _leaves(self, symbol: Symbol) -> Iterator[Production]:
        for i, t in enumerate(self.inputs):
            if suits(t, symbol.type):
                yield Production(Input(i, t), (), 1)
        for i, t in enumerate(symbol.scope):
            if suits(t, symbol.type):
                yield Production(Variable(i, t), (), 1)
        for c in self.dsl.constants:
            if suits(c.type, symbol.type):
                yield Production(c, (), 1)

    def _calls(self, p: Primitive, symbol: Symbol) -> Iterator[Production]:
        for types in self._parameters(p, symbol.type):
            yield Production(p, tuple(Symbol(t, symbol.scope) for t in types), p.cost)

    def _parameters(self, p: Primitive, result: AnyType) -> tuple[tuple[AnyType, ...], ...]:
        """The types that a primitive's arguments may have, of which values are made, where it gives this one.

        What that leaves out, `open_ended` and `crowded` say.
        """
        found = self._known.get((p.name, result))
        if found is None:
            by = {} if suits(p.result, result) else None
            by = unify(p.result, result, by) or by
            by = None if by is None else {k: substitute(v, by) for k, v in by.items()}
            every = () if by is None else (tuple(substitute(t, full) for t in p.params)
                                           for full in self._instances(p, self.ground_types, by))
            found = self._known[p.name, result] = tuple(types for types in every if all(map(self._made, types)))
        return found

    @cached_property
    def _known(self) -> dict[tuple[str, AnyType], tuple[tuple[AnyType, ...], ...]]:
        return {}

    def _made(self, t: AnyType) -> bool:
        """Whether something gives values of a type, as far as types are explored."""
        return all(a in self._ground or is_function(a) for a in (t.args if is_function(t) else (t,)))  # type: ignore

    def programs(self, max_cost: int, until: float = math.inf) -> Iterator[Program]:
        """Every program up to a cost that the laws keep, each once, cheapest first.

        >>> from dsl.languages.integers import integers
        >>> from dsl.types import INT
        >>> [str(p) for p in Grammar(integers, (INT,), INT).programs(1)][:3]
        ['x0', '0', '1']

        Raises:
            TimeoutError: once `time.monotonic()` is beyond `until`.
        """
        table: dict[tuple[Symbol, int], list[Program]] = {}
        for cost in range(1, max_cost + 1):
            for symbol, productions in self.productions.items():
                made = table[symbol, cost] = []
                for rule in productions:
                    for program in self._level(table, rule, cost):
                        if not len(made) % PROMPT and time.monotonic() > until:
                            raise TimeoutError
                        made.append(program)
            yield from table[self.start, cost]

    def _level(self, table, rule: Production, cost: int) -> Iterator[Program]:
        for costs in splits(cost - rule.cost, len(rule.args)):
            pools = [table[a, c] for a, c in zip(rule.args, costs, strict=True)]
            for children in product(*pools):
                if not isinstance(rule.head, Primitive) or lawful(rule.head, children):
                    yield rule.build(children)


def splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """The ways to write a total as an ordered sum of positive parts.

    >>> list(splits(3, 2))
    [(1, 2), (2, 1)]
    """
    if parts == 0:
        if total == 0:
            yield ()
    elif parts == 1:
        if total >= 1:
            yield (total,)
    else:
        for first in range(1, total - parts + 2):
            for rest in splits(total - first, parts - 1):
                yield (first, *rest)


def lawful(head: Primitive, args: tuple[Program, ...]) -> bool:
    """Whether the laws keep this node as the representative of its equal family."""
    laws = head.laws
    if len(args) == 1:
        return not ((laws.involutive or laws.idempotent) and _is_call(args[0], head))
    if len(args) != 2:
        return True
    a, b = args
    for value in (laws.identity, laws.absorbing):
        if value is not ABSENT and any(isinstance(x, Const) and is_among(x.value, [value]) for x in args):
            return False
    if laws.associative and _is_call(a, head):
        return False
    if laws.idempotent and a == b:
        return False
    return not (laws.commutative and comes_before(head, b, a))


def comes_before(head: Primitive, p: Program, q: Program) -> bool:
    """The order of a commutative head's arguments; its own calls last, as associativity nests them."""
    one, two = ((_is_call(x, head), x.cost, not isinstance(x, Const)) for x in (p, q))
    return one < two or one == two and str(p) < str(q)


def _is_call(p: Program, head: Primitive) -> bool:
    return isinstance(p, Apply) and p.function == head


def depth(t: AnyType) -> int:
    """How deep a type is nested: 1 for one without arguments."""
    return 1 + max((depth(a) for a in getattr(t, "args", ())), default=0)
