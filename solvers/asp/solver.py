"""ASP synthesis: programs of growing size as answer sets, where every type has few values.

Worlds are added as a program is found wrong in them, so the ground program stays small; a
formula that calls its unknown at one place is met in every assignment of its variables.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from math import prod

from dsl.errors import DSLError
from dsl.grammar import Grammar, Production, Symbol
from dsl.interpret import Failure, run
from dsl.language import DSL
from dsl.laws import same
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.promise import mistyped
from dsl.spec import Spec
from dsl.types import BOOL, AnyType, width_of
from solvers.asp.run import Answer, best
from solvers.base import Budget, Result, Status, reason, verdict

MOST_VALUES = 16  # of a type
MOST_WORLDS = 1 << 16  # in which a formula is met
FIRST = 4  # worlds of the first round
LARGEST = 30  # nodes

World = tuple[tuple[object, ...], tuple[object, ...]]  # inputs, the outputs that will do


@dataclass(frozen=True, kw_only=True)
class Asp:
    """Complete, smallest first, for languages over booleans, enumerations and bitvectors of up to 4 bits.

    A program's size here is the number of its different parts, which a budget bounds: one used twice counts once.
    """

    name: str = "asp"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """A program with the fewest different parts that satisfies the spec."""
        start = time.monotonic()
        grammar = Grammar(dsl, spec.inputs, spec.output)
        cannot = unfit(grammar) or unmet(spec)
        if cannot:
            return Result(status=Status.UNKNOWN, reason=f"asp: {cannot}")
        worlds = list(demands(spec))
        chosen, size, tried = worlds[:FIRST], 1, 0
        large: list[str] = []  # programs of this size that are right, but take more than the budget allows
        most = min(budget.size or LARGEST, LARGEST)

        def ended(status: Status, why: str = "", *programs: Program) -> Result:
            return Result(status=status, programs=programs, tried=tried, seconds=time.monotonic() - start,
                          searched_to=size - 1, reason=why or ("" if programs else status.value))

        while size <= most:
            left = budget.seconds - (time.monotonic() - start)
            answer = best("synthesis.lp", facts(grammar, chosen, size), "\n".join(large),
                          seconds=max(0.01, left)) if left > 0 else None
            if answer is None:
                if budget.seconds - (time.monotonic() - start) <= 0.01:
                    return ended(Status.TIMEOUT)
                size, large = size + 1, []
                continue
            if budget.used_up(tried):
                return ended(Status.TIMEOUT)
            tried += 1
            program = read(answer, grammar, size)
            wrong = next((w for w in worlds if not any(same(run(program, w[0]), v) for v in w[1])), None)
            if wrong is not None:
                chosen.append(wrong)
            elif budget.fits(program.cost):
                return ended(Status.SOLVED, "", program)
            else:
                large.append(f":- {', '.join(f'{name}({numbers})' for name, numbers in _atoms(answer))}.")
        status = verdict(grammar, size=most) if most == budget.size else Status.UNKNOWN
        said = reason(grammar, status, most, budget.size) if status is Status.INFEASIBLE else \
            f"asp: no program of up to {most} different parts; larger ones were not tried"
        return ended(status, said)

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that `solve` finds, if it finds one."""
        yield from self.solve(dsl, spec, budget).programs


def values(t: AnyType) -> tuple[object, ...]:
    """All values of a type; none where there are too many."""
    width, kind = width_of(t), getattr(t, "python", None)
    if t == BOOL:
        return False, True
    if width is not None:
        return tuple(range(1 << width)) if 1 << width <= MOST_VALUES else ()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(kind)[:MOST_VALUES + 1] if len(kind) <= MOST_VALUES else ()
    return ()


def unfit(grammar: Grammar) -> str:
    """Why a grammar is not for answer sets; empty where it is."""
    if not grammar.productions[grammar.start]:
        return f"nothing of type {grammar.output}"
    for symbol, rules in grammar.productions.items():
        if symbol.scope or not values(symbol.type):
            return f"type {symbol.type} has more than {MOST_VALUES} values"
        if any(len(r.args) > 3 for r in rules):
            return "a primitive takes over 3 arguments"
    return ""


def unmet(spec: Spec) -> str:
    """Why a formula is not for answer sets; empty where it is, or there is none."""
    if spec.formula is None:
        return ""
    if spec.call_place() is None:
        return "the formula calls its unknown at more than one place"
    endless = next((t for t in spec.variables if not values(t)), None)
    if endless is not None:
        return f"a variable of the formula is of type {endless}, of over {MOST_VALUES} values"
    many = prod(len(values(t)) for t in spec.variables)
    return "" if many <= MOST_WORLDS else f"the formula's variables have {many:,} values together, over {MOST_WORLDS:,}"


def demands(spec: Spec) -> Iterator[World]:
    """The worlds of a spec, each with the outputs that will do."""
    if spec.formula is None:
        for e in spec.examples:
            yield e.inputs, (e.output,)
        return
    place = spec.call_place() or ()
    outputs = values(spec.output)
    asked: dict[tuple[object, ...], tuple[object, ...]] = {}
    for point in product(*map(values, spec.variables)):
        inputs = tuple(point[place[k].index] for k in spec.tied)
        fits = tuple(v for v in asked.get(inputs, outputs)
                     if run(spec.stated(Const(v, spec.output)), point) is True)
        asked[inputs] = fits
    yield from asked.items()


def facts(grammar: Grammar, worlds: Sequence[World], size: int) -> Iterator[str]:
    """A grammar, worlds and a size as facts; values are numbered type by type."""
    symbols = {s: i for i, s in enumerate(grammar.productions)}
    number = {s: {v: i for i, v in enumerate(values(s.type))} for s in symbols}
    yield from (f"node({n})." for n in range(1, size + 1))
    yield f"last({size}). start({symbols[grammar.start]})."
    for w, (_, right) in enumerate(worlds):
        yield f"world({w})."
        yield from (f"right({w},{number[grammar.start][v]})." for v in right)
    for r, (symbol, rule) in enumerate(_rules(grammar)):
        yield f"rule({r},{symbols[symbol]})."
        if not rule.args:
            for w, (inputs, _) in enumerate(worlds):
                yield f"leaf({r},{w},{number[symbol][_leaf(rule, inputs)]})."
            continue
        assert isinstance(rule.head, Primitive)
        yield f"arity({r},{len(rule.args)})."
        yield from (f"takes({r},{i},{symbols[a]})." for i, a in enumerate(rule.args, 1))
        if rule.head.laws.commutative:
            yield f"commutative({r})."
        for args in product(*(values(a.type) for a in rule.args)):
            parts = tuple(Const(v, a.type) for v, a in zip(args, rule.args, strict=True))
            out = run(Apply(rule.head, parts), ())
            if not isinstance(out, Failure):
                if out not in number[symbol]:
                    raise DSLError(mistyped(rule.head, out, symbol.type))
                numbers = [number[a][v] for v, a in zip(args, rule.args, strict=True)]
                yield f"table({r},{','.join(map(str, [*numbers, number[symbol][out]]))})."


def read(answer: Answer, grammar: Grammar, size: int) -> Program:
    """The program that an answer set states."""
    rules = [rule for _, rule in _rules(grammar)]
    rule_of = {n: rules[r] for n, r in answer.of("is")}  # type: ignore[index,misc]
    args_of: dict[object, dict[object, object]] = {}
    for n, i, m in answer.of("uses"):
        args_of.setdefault(n, {})[i] = m

    def program(n: object) -> Program:
        rule = rule_of[n]
        return rule.build(tuple(program(args_of[n][i]) for i in range(1, len(rule.args) + 1)))

    return program(size)


def _atoms(answer: Answer) -> Iterator[tuple[str, str]]:
    return ((name, ",".join(map(str, numbers))) for name in ("is", "uses") for numbers in answer.of(name))


def _rules(grammar: Grammar) -> list[tuple[Symbol, Production]]:
    return [(s, r) for s, rules in grammar.productions.items() for r in rules]


def _leaf(rule: Production, inputs: tuple[object, ...]) -> object:
    if isinstance(rule.head, Input):
        return inputs[rule.head.index]
    assert isinstance(rule.head, Const)
    return rule.head.value
