"""SyGuS-IF text of a problem, for solvers that read it.

A primitive is written as its SMT-LIB symbol where no other of the language could be meant, else as a macro.
"""

from collections import Counter
from collections.abc import Sequence

from dsl import smtlib
from dsl.errors import DSLError
from dsl.grammar import Grammar, Symbol
from dsl.language import DSL
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.spec import Spec
from dsl.types import STR, AnyType, width_of


def problem(dsl: DSL, spec: Spec, free: bool = False) -> str:
    """A problem as SyGuS-IF 2.1; its answer is read back by `answer`. `free` leaves the grammar out.

    Raises:
        DSLError: for a type or primitive that SMT-LIB cannot say.
    """
    grammar = Grammar(dsl, spec.inputs, spec.output)
    rules = grammar.reachable(grammar.start)
    used = {r.head for rs in rules.values() for r in rs if isinstance(r.head, Primitive)}
    names = written(dsl)
    lines = [f"(set-logic {logic(dsl, spec)})"]
    inputs = " ".join(f"(x{i} {sort_of(t)})" for i, t in enumerate(_parameters(spec)))
    function = spec.unknowns[0].name if spec.unknowns else "f"
    if free:
        lines.append(f"(synth-fun {function} ({inputs}) {sort_of(spec.output)})")
        return "\n".join([*lines, *_demands(spec, function), "(check-synth)"])
    for p in dsl.primitives:
        if p in used and names[p] != p.smt:
            if p.smt is None:
                raise DSLError(f"primitive {p.name!r} declares no SMT-LIB meaning; add smt='...' to it")
            inner = p.names if p.smt.startswith("(") else [f"a{i}" for i in range(p.arity)]
            body = p.smt if p.smt.startswith("(") else f"({p.smt} {' '.join(inner)})"
            params = " ".join(f"({n} {sort_of(t)})" for n, t in zip(inner, p.params, strict=True))
            lines.append(f"(define-fun {names[p]} ({params}) {sort_of(p.result)} {body})")
    symbols = {s: f"N{i}" for i, s in enumerate(rules)}
    declared = " ".join(f"({n} {sort_of(s.type)})" for s, n in symbols.items())
    bodies = []
    for s, rs in rules.items():
        if not rs or any(r.head is None for r in rs):
            raise DSLError(f"no SyGuS-IF for a grammar with lambdas or with nothing of type {s.type}")
        rules_of = " ".join([*(_rule(r.head, r.args, names, symbols, _places(spec)) for r in rs),
                             *([f"(Constant {sort_of(s.type)})"] if s.type in dsl.open else [])])
        bodies.append(f"({symbols[s]} {sort_of(s.type)} ({rules_of}))")
    lines.append(f"(synth-fun {function} ({inputs}) {sort_of(spec.output)} ({declared}) ({' '.join(bodies)}))")
    lines += _demands(spec, function)
    return "\n".join([*lines, "(check-synth)"])


def written(dsl: DSL) -> dict[Primitive, str]:
    """What each primitive of a language is called in SyGuS-IF text."""
    kinds = Counter((p.smt, p.arity, p.result) for p in dsl.primitives)
    return {p: p.smt if p.smt and not p.smt.startswith("(") and kinds[p.smt, p.arity, p.result] == 1 else f"p{i}"
            for i, p in enumerate(dsl.primitives)}


def _parameters(spec: Spec) -> tuple[AnyType, ...]:
    """The types of the parameters of the function that is asked for."""
    return spec.unknowns[0].params if spec.unknowns else spec.inputs


def _places(spec: Spec) -> Sequence[int]:
    """Which of these parameters each input is: of a formula, several may be one."""
    return spec.tied if spec.unknowns else range(len(spec.inputs))


def _rule(head: Program | Primitive | None, args: Sequence[Symbol], names, symbols, places: Sequence[int]) -> str:
    match head:
        case Primitive():
            return f"({names[head]} {' '.join(symbols[a] for a in args)})"
        case Input():
            return f"x{places[head.index]}"
        case Const():
            return smtlib.constant(head.value, head.type)
    raise DSLError(f"no SyGuS-IF for {head}")


def _demands(spec: Spec, function: str) -> list[str]:
    if spec.formula is not None:
        variables = [f"v{i}" for i in range(len(spec.variables))]
        declared = [f"(declare-var {n} {sort_of(t)})" for n, t in zip(variables, spec.variables, strict=True)]
        return [*declared, f"(constraint {smtlib.term(spec.formula, variables)})"]
    found = []
    for e in spec.examples:
        values = " ".join(smtlib.constant(v, t) for v, t in zip(e.inputs, spec.inputs, strict=True))
        found.append(f"(constraint (= ({function} {values}) {smtlib.constant(e.output, spec.output)}))")
    return found


def sort_of(t: AnyType) -> str:
    """The sort of a type, also of one that is a nonterminal of its own."""
    python = getattr(t, "python", None)
    if width_of(t) is None and python in (int, bool, str):
        return {int: "Int", bool: "Bool", str: "String"}[python]
    return smtlib.sort(t)


def logic(dsl: DSL, spec: Spec) -> str:
    """The logic that a problem needs."""
    types = {*dsl.types(), *spec.inputs, *spec.variables, spec.output}
    if any(width_of(t) is not None for t in types):
        return "BV"
    return "SLIA" if any(getattr(t, "python", None) is str or t == STR for t in types) else "LIA"


def answer(text: str, dsl: DSL, spec: Spec) -> Program:
    """The program that a `define-fun` states, in the names that `problem` gave.

    Raises:
        DSLError: where the text is none of ours.
    """
    try:
        node = smtlib.nested(text)
        primitives = {(name, p.arity, p.result): p for p, name in written(dsl).items()}
        return _read(smtlib.inlined(node[4]), primitives, spec, spec.output)
    except (LookupError, ValueError, TypeError) as error:
        raise DSLError(f"not an answer: {text[:200]} ({error})") from None


def _read(node, primitives: dict[tuple[str, int, AnyType], Primitive], spec: Spec, t: AnyType) -> Program:
    if isinstance(node, str) and node[0] == "x" and node[1:].isdecimal():
        inputs = [i for i, n in enumerate(_places(spec)) if n == int(node[1:])]
        index = next((i for i in inputs if spec.inputs[i] == t), inputs[0])
        return Input(index, spec.inputs[index])
    p = None if isinstance(node, str) else primitives.get((node[0], len(node) - 1, t))
    if p is None:
        return Const(smtlib.value(node), t)
    return Apply(p, tuple(_read(a, primitives, spec, s) for a, s in zip(node[1:], p.params, strict=True)))
