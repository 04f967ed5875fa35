"""The grammar of a synth-fun as a language: each nonterminal is a type, each rule a primitive or a leaf.

Where every sort has one nonterminal, types are the sorts' own. Else a nonterminal is a
type of its own with the same values, so that the types alone keep a program to the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lark import Token

from dsl.grammar import Grammar
from dsl.interpret import Failure, run
from dsl.language import DSL
from dsl.languages.bitvectors import language as bit_language
from dsl.languages.integers import multiply
from dsl.laws import within
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Program
from dsl.types import BASE, AnyType, Type, width_of
from tasks.sygus.terms import Names, as_term, literal, macro
from tasks.sygus.text import Group
from tasks.sygus.text import show as text_of
from tasks.sygus.theory import DEFAULT, FACTOR, SCALED, sort

BASES = {t.name for t in BASE.values()}
HOLE = "?hole{}"  # a nonterminal's place in a rule
FIRST: Mapping[type, tuple] = {str: ("", " "), bool: (False, True)}  # of constants that may be any; of numbers 0 and 1


@dataclass(frozen=True)
class Rules:
    """What the body of a function may be.

    slots: which parameter each input of the program is; types: the inputs' types;
    symbols: how each primitive is written.
    """

    dsl: DSL
    start: AnyType
    slots: tuple[int, ...]
    types: tuple[AnyType, ...]
    symbols: Mapping[Primitive, str]


@dataclass(frozen=True)
class Function:
    """A function to be found: its name, parameters, sort, and the rules that its body keeps to.

    names: what the inputs of its body are called, where they are not the parameters in the rules' slots.
    """

    name: str
    params: tuple[tuple[str, Type], ...]
    result: Type
    rules: Rules
    names: tuple[str, ...] = ()

    @property
    def unread(self) -> tuple[int, ...]:
        """The parameters that the rules do not take."""
        return tuple(i for i in range(len(self.params)) if i not in self.rules.slots)


def default_rules(params: Sequence[tuple[str, Type]], result: Type, *, linear: bool = False) -> Rules:
    """What a body may be where no grammar is given: everything of the theories of its sorts.

    linear: only products of which one factor is a constant.
    """
    sorts = dict.fromkeys((result, *(t for _, t in params)))
    primitives: dict[Primitive, None] = {}
    constants: dict[object, list[object]] = {}
    for t in sorts:
        width = width_of(t)
        if width is not None:
            wide = bit_language(width)
            primitives.update(dict.fromkeys(wide.primitives))
            constants[t] = [c.value for c in wide.constants]
    if any(width_of(t) is not None for t in sorts):
        primitives.update(dict.fromkeys(DEFAULT["Truth"]))
    if any(t.name in ("int", "str") for t in sorts) or all(t.name == "bool" for t in sorts):
        wanted = ("Int", "Bool", "String") if any(t.name == "str" for t in sorts) else ("Int", "Bool")
        for name in wanted:
            primitives.update(dict.fromkeys(DEFAULT[name]))
        constants.update({sort("Int"): [0, 1]})  # type: ignore[dict-item]
        if linear:
            primitives = dict.fromkeys(SCALED if p == multiply else p for p in primitives)
            constants[FACTOR] = [2, 3]
        if "String" in wanted:
            constants[sort("String")] = ["", " "]  # type: ignore[index]
    dsl = DSL("theory", primitives, constants=constants, open=constants)
    return Rules(dsl, result, tuple(range(len(params))), tuple(t for _, t in params),
                 {p: p.smt or p.name for p in dsl.primitives})


def read_rules(names: Names, grammar: object, params: Sequence[tuple[str, Type]], result: Type, where: Group) -> Rules:
    """The rules that a grammar states.

    Raises:
        TaskError: for a rule that cannot be read, and for a grammar from which nothing can be derived.
    """
    if not isinstance(grammar, Group) or not grammar or \
            not all(isinstance(g, Group) and len(g) == 3 and isinstance(g[2], Group) for g in grammar):
        raise names.fault(grammar, "a grammar is ((Name Sort (rule ...)) ...)")
    return _Grammar(names, grammar, params, result).rules(where)


class _Grammar:
    def __init__(self, names: Names, grammar: Group, params: Sequence[tuple[str, Type]], result: Type):
        self.names, self.params, self.result = names, params, result
        self.sorts: dict[str, Type] = {}
        self.bodies: dict[str, list[object]] = {}
        for g in grammar:
            t = names.sort(g[1])
            if t is None:
                raise names.fault(g[1], f"no support for the sort {text_of(g[1])}")
            if str(g[0]) in self.sorts:
                raise names.fault(g[0], f"the nonterminal {g[0]} is declared twice")
            self.sorts[str(g[0])], self.bodies[str(g[0])] = t, list(g[2])
        self.start = str(grammar[0][0])
        if self.sorts[self.start] != result:
            raise names.fault(grammar[0], f"{self.start}, the first nonterminal, is not of the function's sort")
        self._resolve()
        used = list(dict.fromkeys(self.alias.values()))
        single = len({self.sorts[n] for n in used}) == len(used)
        self.types = {n: s if single else Type(f"{n} of {s}" if n in BASES else n, python=s.python, base=s)
                      for n, s in self.sorts.items() if n in used}

    def _resolve(self) -> None:
        """Nonterminals that only rename another are that other; others take over what they include."""
        self.alias = {n: n for n in self.sorts}
        for n in self.sorts:
            seen = {n}
            while True:
                body = self.bodies[self.alias[n]]
                target = str(body[0]) if len(body) == 1 and str(body[0]) in self.sorts else None
                if target is None or target in seen:
                    break
                self._fits(n, self.sorts[target], body[0])
                seen.add(target)
                self.alias[n] = target
        whole = dict(self.bodies)
        for n in dict.fromkeys(self.alias.values()):
            todo, flat, seen = list(whole[n]), [], {n}
            while todo:
                rule = todo.pop(0)
                if isinstance(rule, Token) and str(rule) in self.sorts:
                    self._fits(n, self.sorts[str(rule)], rule)
                    inner = self.alias[str(rule)]
                    if inner not in seen:
                        seen.add(inner)
                        todo[:0] = whole[inner]
                else:
                    flat.append(rule)
            self.bodies[n] = flat
        reached, todo = [], [self.alias[self.start]]
        while todo:
            n = todo.pop(0)
            if n not in reached:
                reached.append(n)
                for rule in self.bodies[n]:
                    todo.extend(self.alias[x] for x in _atoms(rule) if x in self.sorts)
        self.alias = {n: a for n, a in self.alias.items() if a in reached}

    def _fits(self, n: str, t: AnyType, rule: object) -> None:
        if self.sorts[n] != t:
            raise self.names.fault(rule, f"a rule of {n} is {text_of(rule)}, which is of another sort")

    def rules(self, where: Group) -> Rules:
        symbols: dict[Primitive, str] = {}
        taken: dict[str, Primitive] = {}
        constants: dict[object, list[object]] = {}
        inputs: dict[tuple[int, str], None] = {}
        open_: list[AnyType] = []
        position = {n: i for i, (n, _) in enumerate(self.params)}
        for n in dict.fromkeys(self.alias.values()):
            for rule in self.bodies[n]:
                if isinstance(rule, Group) and any(a in ("Constant", "Variable") for a in _atoms(rule)) \
                        and not (len(rule) == 2 and self.names.sort(rule[1]) == self.sorts[n]):
                    raise self.names.fault(rule, f"(Constant sort) and (Variable sort) are whole rules, of {n}'s sort")
                if isinstance(rule, Token) and str(rule) in position:
                    self._fits(n, self.params[position[str(rule)]][1], rule)
                    inputs[position[str(rule)], n] = None
                elif isinstance(rule, Group) and len(rule) == 2 and rule[0] in ("Constant", "Variable"):
                    if rule[0] == "Constant":
                        open_.append(self.types[n])
                    else:
                        inputs.update({(i, n): None for i, (_, t) in enumerate(self.params) if t == self.sorts[n]})
                elif literal(rule) is not None:
                    self._fits(n, literal(rule).type, rule)  # type: ignore[union-attr]
                    constants.setdefault(self.types[n], []).append(literal(rule).value)  # type: ignore[union-attr]
                else:
                    p, symbol = self._primitive(n, rule, len(symbols), position, inputs)
                    if isinstance(p, Const):
                        constants.setdefault(self.types[n], []).append(p.value)
                    else:
                        if taken.setdefault(p.name, p) != p:  # two functions may have one name: theirs, and ours of it
                            p = replace(p, name=f"{p.name}_{len(symbols)}")
                            taken[p.name] = p
                        symbols.setdefault(p, symbol)
        for t in open_:
            constants.setdefault(t, []).extend(FIRST.get(getattr(t, "python", None) or int, (0, 1)))
        dsl = DSL("grammar", symbols, constants=constants, open=dict.fromkeys(open_))
        slots = tuple(i for i, _ in inputs)
        types = tuple(self.types[n] for _, n in inputs)
        start = self.types[self.alias[self.start]]
        grammar = Grammar(dsl, types, start)
        if grammar.start in grammar.barren:
            raise self.names.fault(where, f"the grammar derives nothing: no term of {self.start} ever ends")
        return Rules(dsl, start, slots, types, symbols)

    def _primitive(self, n: str, rule: object, count: int, position: Mapping[str, int],
                   inputs: dict[tuple[int, str], None]) -> tuple[Primitive | Const, str]:
        """A rule as a primitive over the nonterminals in it, and over the parameters: each is one of its own."""
        holes: list[str] = []

        def scoped(node: object) -> object:
            if isinstance(node, Token) and str(node) in position:
                i, own = position[str(node)], f"the {node}"
                inputs[i, own] = None
                self.alias[own], self.sorts[own] = own, self.params[i][1]
                self.types[own] = Type(own, python=self.sorts[own].python, base=self.sorts[own])
                holes.append(own)
                return Token("SYMBOL", HOLE.format(len(holes) - 1))
            if isinstance(node, Token) and str(node) in self.sorts:
                holes.append(str(node))
                return Token("SYMBOL", HOLE.format(len(holes) - 1))
            if isinstance(node, Group):
                inner = Group(map(scoped, node))
                inner.line, inner.column = node.line, node.column
                return inner
            return node

        shape = scoped(rule)
        scope: dict[str, Program] = {HOLE.format(i): Input(i, self.sorts[h]) for i, h in enumerate(holes)}
        body = self.names.whole(shape, scope)
        if body.type != self.sorts[n]:
            raise self.names.fault(rule, f"a rule of {n} is of sort {body.type}, not {self.sorts[n]}")
        params = tuple(self.types[self.alias[h]] for h in holes)
        direct = [a.index if isinstance(a, Input) else None for a in body.children]
        plain = isinstance(body, Apply) and direct == list(range(len(holes))) \
            and (not isinstance(rule, Group) or isinstance(rule[0], Token) and rule[0] not in ("let", "!"))
        if plain:
            p = body.function  # type: ignore[union-attr]
            typed = (*p.params, p.result) != (*params, self.types[n])
            name = f"{p.name}_{n}_{count}" if typed else p.name
            symbol = str(rule[0]) if isinstance(rule, Group) else str(rule)
            if not typed and p.arity:
                return p, symbol
            if p.arity:
                return replace(p, name="".join(c if c.isalnum() else "_" for c in name), params=params,
                               result=self.types[n], laws=within(p.laws, params, self.types[n])), symbol
        if not holes:
            value = closed(body)
            if isinstance(value, Failure):
                raise self.names.fault(rule, f"a rule of {n} has no value: {value}")
            return Const(value, self.types[n]), ""
        names = [HOLE.format(i) for i in range(len(holes))]
        return macro(f"rule_{count}", names, list(params), body, self.types[n]), as_term(text_of(shape))


def _atoms(rule: object) -> list[str]:
    if isinstance(rule, Group):
        return [a for r in rule for a in _atoms(r)]
    return [str(rule)]


def closed(p: Program) -> object:
    """The value of a term without variables and unknown functions; a failure for any other."""
    return p.value if isinstance(p, Const) else run(p, ())
