"""Constraints that are formulas: one specification for all the functions that a file asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dsl.language import DSL
from dsl.languages.booleans import both
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Program
from dsl.spec import Spec, bundle
from dsl.types import BOOL, STR, AnyType, Type, root
from tasks.sygus.rules import Function, Rules


def combined(functions: Sequence[Function], unknowns: Sequence[Primitive], formula: Program,
             variables: Mapping[str, Program]) -> tuple[tuple[Function, ...], DSL, Spec]:
    """The functions, the language and the spec that ask for all functions at once.

    Functions of different rules or parameters become functions of all parameters together, each with types, and so
    rules, of its own.
    """
    first = functions[0]
    types = tuple(v.type for v in variables.values())
    if len(functions) == 1:
        spec = Spec(inputs=first.rules.types, output=first.rules.start, formula=formula, variables=types,
                    unknowns=unknowns, tied=first.rules.slots)
        return tuple(functions), first.rules.dsl, spec
    if any(_asked(f) != _asked(first) for f in functions):
        functions, unknowns, formula = apart(functions, unknowns, formula)
    whole = bundle(tuple(f.rules.start for f in functions))
    inputs, slots = functions[-1].rules.types, functions[-1].rules.slots
    own = dict.fromkeys(p for f in functions for p in f.rules.dsl.primitives)
    constants: dict[object, list[object]] = {}
    for c in dict.fromkeys(c for f in functions for c in f.rules.dsl.constants):
        constants.setdefault(c.type, []).append(c.value)
    dsl = DSL("theory", [*own, whole], constants=constants,
              open=dict.fromkeys(t for f in functions for t in f.rules.dsl.open))
    return tuple(functions), dsl, Spec(inputs=inputs, output=whole.result, formula=formula, variables=types,
                                       unknowns=unknowns, tied=slots)


def conjunction(terms: Sequence[Program]) -> Program:
    """All of them at once, as a tree that is no deeper than it must be."""
    if len(terms) < 2:
        return terms[0] if terms else Const(True, BOOL)
    half = len(terms) // 2
    return Apply(both, (conjunction(terms[:half]), conjunction(terms[half:])))


def apart(functions: Sequence[Function], unknowns: Sequence[Primitive], formula: Program,
          ) -> tuple[list[Function], list[Primitive], Program]:
    """The functions with types of their own, as functions of all parameters together."""
    params = tuple(p for f in functions for p in f.params)
    inputs: list[AnyType] = []
    slots: list[int] = []
    made = []
    at = 0
    for f in functions:
        rules = _renamed(f.rules, f.name)
        names = ("",) * len(inputs) + tuple(f.params[i][0] for i in f.rules.slots)
        inputs += rules.types
        slots += [at + i for i in rules.slots]
        at += len(f.params)
        made.append(replace(f, rules=rules, names=names))
    made = [replace(f, rules=replace(f.rules, types=tuple(inputs), slots=tuple(slots))) for f in made]
    wide = [replace(u, params=tuple(t for _, t in params), names=()) for u in unknowns]
    begins = [sum(len(f.params) for f in functions[:i]) for i in range(len(functions))]

    def widened(p: Program) -> Program:
        p = p.rebuild(tuple(map(widened, p.children)))
        if isinstance(p, Apply) and p.function in unknowns:
            i = unknowns.index(p.function)
            before, after = params[:begins[i]], params[begins[i] + len(p.args):]
            return Apply(wide[i], (*(_any(t) for _, t in before), *p.args, *(_any(t) for _, t in after)))
        return p

    return made, wide, widened(formula)


def _asked(f: Function) -> tuple:
    return tuple(t for _, t in f.params), f.rules.dsl, f.rules.slots, f.rules.types


def _any(t: AnyType) -> Const:
    """A value for a parameter that a function does not have."""
    return Const(False if t == BOOL else "" if t == STR else 0, t)


def _renamed(rules: Rules, owner: str) -> Rules:
    """Rules over types that are one function's own."""
    def own(t: AnyType) -> AnyType:
        return Type(f"{owner}'s {t}", python=getattr(t, "python", None), base=root(t))  # type: ignore[arg-type]

    symbols: dict[Primitive, str] = {}
    for i, p in enumerate(rules.dsl.primitives):
        mine = replace(p, name=f"{p.name}_{_plain(owner)}_{i}", params=tuple(map(own, p.params)), result=own(p.result))
        symbols[mine] = rules.symbols[p]
    constants: dict[object, list[object]] = {}
    for c in rules.dsl.constants:
        constants.setdefault(own(c.type), []).append(c.value)
    dsl = DSL(owner, symbols, constants=constants, open=map(own, rules.dsl.open))
    return Rules(dsl, own(rules.start), rules.slots, tuple(map(own, rules.types)), symbols)


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
