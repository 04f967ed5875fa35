"""Lift: z3 terms as programs of a language, by what its primitives mean in SMT-LIB."""

from collections.abc import Mapping

import z3

from dsl.language import DSL
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.types import BOOL, INT, AnyType, bits
from solvers.smt.lower import Term

NAMES = {z3.Z3_OP_ADD: "+", z3.Z3_OP_SUB: "-", z3.Z3_OP_MUL: "*", z3.Z3_OP_ITE: "ite", z3.Z3_OP_LE: "<=",
         z3.Z3_OP_LT: "<", z3.Z3_OP_GE: ">=", z3.Z3_OP_GT: ">", z3.Z3_OP_EQ: "=", z3.Z3_OP_AND: "and",
         z3.Z3_OP_OR: "or", z3.Z3_OP_NOT: "not", z3.Z3_OP_UMINUS: "-"}
FLIPPED = {">=": "<=", ">": "<"}


class NotInLanguage(Exception):
    """A term uses an operation for which the language has no primitive."""


def lift(term: Term, inputs: Mapping[int, Input], dsl: DSL) -> Program:
    """The program that a z3 term is; `inputs` says what its constants stand for, by their z3 ids.

    Raises:
        NotInLanguage: names the operation that the language lacks.
    """
    by_meaning: dict[tuple[str, tuple[AnyType, ...]], Primitive] = {}
    for p in dsl.primitives:
        if p.smt:
            by_meaning.setdefault((p.smt, p.params), p)

    def call(name: str, args: list[Program]) -> Program:
        types = tuple(a.type for a in args)
        p = by_meaning.get((name, types))
        if p is not None:
            return Apply(p, tuple(args))
        for (meaning, params), p in by_meaning.items():
            if meaning == name and len(params) == len(args) and all(map(fits, args, params)):
                return Apply(p, tuple(Const(a.value, t) if isinstance(a, Const) else a
                                      for a, t in zip(args, params, strict=True)))
        if name in FLIPPED:
            return call(FLIPPED[name], args[::-1])
        if name == "<" and ("<=", types) in by_meaning:
            return call("not", [call("<=", args[::-1])])
        if name == "<=" and ("<", types) in by_meaning:
            return call("not", [call("<", args[::-1])])
        if name == "-" and len(args) == 1:
            return call("-", [written(0, INT), args[0]])
        if name == "=" and types == (BOOL, BOOL):
            return call("ite", [args[0], args[1], call("not", [args[1]])])
        if len(args) > 2 and name in ("+", "*", "and", "or"):
            return call(name, [args[0], call(name, args[1:])])
        raise NotInLanguage(f"{dsl.name} has no {name} of ({', '.join(map(str, types))})")

    def fits(arg: Program, t: AnyType) -> bool:
        """Whether it is of the type, or a constant of the type that this one is another name of."""
        renamed = isinstance(arg, Const) and getattr(t, "base", None) == arg.type
        return arg.type == t or renamed and dsl.writes(Const(arg.value, t))  # pyright: ignore

    def written(value: object, t: AnyType) -> Const:
        found = Const(value, t)
        if not dsl.writes(found):
            raise NotInLanguage(f"{dsl.name} has no constant {value!r}")
        return found

    def build(t: Term) -> Program:
        if t.get_id() in inputs:
            return inputs[t.get_id()]
        if z3.is_true(t) or z3.is_false(t):
            return written(z3.is_true(t), BOOL)
        if z3.is_int_value(t):
            return written(t.as_long(), INT)  # type: ignore[attr-defined]
        if z3.is_bv_value(t):
            return written(t.as_long(), bits(t.size()))  # type: ignore[attr-defined]
        kind, args = t.decl().kind(), list(t.children())
        if kind == z3.Z3_OP_UMINUS and z3.is_int_value(args[0]):
            return written(-args[0].as_long(), INT)
        if kind == z3.Z3_OP_DISTINCT and len(args) == 2:
            return call("not", [call("=", [build(a) for a in args])])
        if kind == z3.Z3_OP_ADD:  # a negative summand reads better taken away
            out = build(args[0])
            for a in args[1:]:
                negative = z3.is_mul(a) and z3.is_int_value(a.arg(0)) and a.arg(0).as_long() == -1
                out = call("-", [out, build(a.arg(1))]) if negative else call("+", [out, build(a)])
            return out
        if kind == z3.Z3_OP_MUL and z3.is_int_value(args[0]) and args[0].as_long() == -1:  # type: ignore[attr-defined]
            return call("-", [written(0, INT), build(args[1])])
        if kind not in NAMES:
            raise NotInLanguage(f"{dsl.name} has no {t.decl().name()}")
        return call(NAMES[kind], [build(a) for a in args])

    return build(term)
