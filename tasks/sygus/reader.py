"""SyGuS-IF 2.1: a file as a language, a specification, and how to write the answer down."""

from dataclasses import dataclass
from pathlib import Path

from lark import Token

from dsl import smtlib
from dsl.errors import DSLError, ProgramFault, SpecError
from dsl.interpret import Failure
from dsl.language import DSL
from dsl.languages.booleans import both, implies
from dsl.primitive import Primitive
from dsl.program import Apply, Input, Program
from dsl.spec import Example, Spec
from dsl.types import BOOL, Type
from tasks.base import TaskError
from tasks.sygus.formula import combined, conjunction
from tasks.sygus.rules import Function, closed, default_rules, read_rules
from tasks.sygus.terms import Names
from tasks.sygus.text import Group, read
from tasks.sygus.text import show as text_of
from tasks.sygus.theory import LINEAR, LOGICS, known

COMMANDS = {"set-logic": "_set_logic", "define-fun": "_define_fun", "declare-var": "_declare_var",
            "synth-fun": "_synth_fun", "constraint": "_constraint", "assume": "_assume", "define-sort": "_define_sort",
            "synth-inv": "_synth_inv", "inv-constraint": "_inv_constraint"}
SILENT = ("set-option", "set-info", "set-feature", "declare-weight", "optimize-synth")


@dataclass(frozen=True)
class Problem:
    """A file's content. `spec` asks for one function; several come back as one tuple of bodies."""

    name: str
    logic: str
    functions: tuple[Function, ...]
    dsl: DSL
    spec: Spec
    lines: tuple[int, ...] = ()  # where each example stands

    def define(self, program: Program) -> str:
        """The `define-fun` commands that state a program as the answer."""
        bodies = program.children if len(self.functions) > 1 else (program,)
        return "\n".join(self._define(f, body) for f, body in zip(self.functions, bodies, strict=True))

    def _define(self, f: Function, body: Program) -> str:
        params = " ".join(f"({n} {smtlib.sort(t)})" for n, t in f.params)
        names = f.names or [f.params[i][0] for i in f.rules.slots]
        text = smtlib.term(body, names, f.rules.symbols.get)
        return f"(define-fun {f.name} ({params}) {smtlib.sort(f.result)} {text})"


def load(path: Path) -> Problem:
    """The problem of a file.

    Raises:
        TaskError: names the file, line and column, and what is wrong there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TaskError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'no text'})") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Problem:
    """The problem that a text states."""
    try:
        return _Reader(name).problem(read(text, name))
    except (DSLError, SpecError) as error:  # a width, a sort or a value that the language does not take
        raise TaskError(f"{name}: {error}") from None


class _Reader:
    def __init__(self, name: str):
        self.name, self.names, self.logic = name, Names(name), ""
        self.variables: dict[str, Program] = {}
        self.functions: list[Function] = []
        self.constraints: list[tuple[Group, Program]] = []
        self.assumed: list[Program] = []
        self.lines: list[int] = []

    def problem(self, commands: Group) -> Problem:
        asked = False
        for c in commands:
            if not isinstance(c, Group) or not c:
                raise self.names.fault(c, "a command in brackets belongs here")
            head = text_of(c[0])
            if asked:
                raise self.names.fault(c, f"{head} after check-synth; only one question is answered, give it a file")
            if head in SILENT:
                continue
            if head == "check-synth":
                asked = True
                continue
            if head not in COMMANDS:
                raise self.names.fault(c, f"no support for the command {head}")
            getattr(self, COMMANDS[head])(c)
        if not self.functions:
            raise TaskError(f"{self.name}: no synth-fun; nothing is asked for")
        if not asked:
            raise TaskError(f"{self.name}: no check-synth at its end; the file may be cut off")
        return self._assemble()

    def _set_logic(self, c: Group) -> None:
        self._shape(c, 2, "(set-logic NAME)")
        name = str(c[1]).removeprefix("QF_")
        if name not in LOGICS:
            raise self.names.fault(c[1], f"no support for the logic {text_of(c[1])}; known are {', '.join(LOGICS)}")
        self.logic = name

    def _define_fun(self, c: Group) -> None:
        self._shape(c, 5, "(define-fun NAME ((x Sort)...) Sort term)")
        params, result = self._params(c[2]), self._sort(c[3])
        scope = {n: Input(i, t) for i, (n, t) in enumerate(params)}
        body = self.names.whole(c[4], scope)
        if body.type != result:
            raise self.names.fault(c[4], f"{c[1]} is declared {text_of(c[3])}, its body is of another sort")
        self._new(c[1])
        self.names.define(c[1], params, body, result)

    def _declare_var(self, c: Group) -> None:
        self._shape(c, 3, "(declare-var x Sort)")
        self.variables[self._new(c[1])] = Input(len(self.variables), self._sort(c[2]))

    def _synth_fun(self, c: Group) -> None:
        if len(c) not in (4, 5, 6):
            raise self.names.fault(c, "write (synth-fun f ((x Sort)...) Sort grammar)")
        name, params, result = self._new(c[1]), self._params(c[2]), self._sort(c[3])
        grammar = c[-1] if len(c) > 4 else None
        rules = read_rules(self.names, grammar, params, result, c) if grammar is not None \
            else default_rules(params, result, linear=self.logic in LINEAR)
        self.functions.append(Function(name, tuple(params), result, rules))

        def unknown(*args: object) -> object:
            raise ProgramFault(f"{name} is to be found")

        self.names.functions[name] = Primitive(name, tuple(t for _, t in params), result, unknown, smt=name,
                                               names=tuple(n for n, _ in params))

    def _constraint(self, c: Group) -> None:
        self._shape(c, 2, "(constraint term)")
        term = self.names.whole(c[1], self.variables)
        if term.type != BOOL:
            raise self.names.fault(c[1], f"a constraint is true or false, this is of sort {smtlib.sort(term.type)}")
        self.constraints.append((c, term))

    def _assume(self, c: Group) -> None:
        self._shape(c, 2, "(assume term)")
        term = self.names.whole(c[1], self.variables)
        if term.type != BOOL:
            raise self.names.fault(c[1], f"what is assumed is true or false, this is of sort {smtlib.sort(term.type)}")
        self.assumed.append(term)

    def _define_sort(self, c: Group) -> None:
        self._shape(c, 4, "(define-sort NAME () Sort)")
        if c[2]:
            raise self.names.fault(c[2], "no support for sorts with parameters")
        self._sort(c[3])
        self.names.sorts[str(c[1])] = self.names.sorts.get(str(c[3]), c[3])

    def _synth_inv(self, c: Group) -> None:
        if len(c) not in (3, 4, 5):
            raise self.names.fault(c, "write (synth-inv inv ((x Sort)...) grammar)")
        made = Group((c[0], c[1], c[2], Token("SYMBOL", "Bool"), *c[3:]))
        made.line, made.column = c.line, c.column
        self._synth_fun(made)

    def _inv_constraint(self, c: Group) -> None:
        """An invariant holds at first, stays so, and implies what comes after (SyGuS-IF 2.1, section 4.3)."""
        self._shape(c, 5, "(inv-constraint inv pre trans post)")
        inv = self.names.functions.get(str(c[1]))
        if inv is None:
            raise self.names.fault(c[1], f"no such function: {text_of(c[1])}")
        n, m = len(inv.params), len(self.variables)
        xs = [Input(m + i, t) for i, t in enumerate((*inv.params, *inv.params))]
        for i, x in enumerate(xs):
            self.variables[f"!{c[1]} {m + i}"] = x
        now, then = xs[:n], xs[n:]

        def holds(name: object, args: list[Input]) -> Program:
            return self.names.call(c, str(name), list(args))

        for left, right in ((holds(c[2], now), holds(c[1], now)),
                            (Apply(both, (holds(c[1], now), holds(c[3], [*now, *then]))), holds(c[1], then)),
                            (holds(c[1], now), holds(c[4], now))):
            self.constraints.append((c, Apply(implies, (left, right))))

    def _new(self, node: object) -> str:
        """A name that nothing has yet."""
        name = str(node)
        if isinstance(node, Group) or getattr(node, "type", "") not in ("SYMBOL", "QUOTED"):
            raise self.names.fault(node, f"a name belongs here, not {text_of(node)}")
        if name in self.variables or name in self.names.functions:
            raise self.names.fault(node, f"{name} is declared twice")
        if known(name):
            raise self.names.fault(node, f"{name} is a function of the theory; take another name")
        return name

    def _shape(self, c: Group, n: int, text: str) -> None:
        if len(c) != n:
            raise self.names.fault(c, f"write {text}")

    def _sort(self, node: object) -> Type:
        found = self.names.sort(node)
        if found is None:
            raise self.names.fault(node, f"no support for the sort {text_of(node)}; "
                                         "known are Int, Bool, String and (_ BitVec n)")
        return found

    def _params(self, node: object) -> list[tuple[str, Type]]:
        if not isinstance(node, Group) or not all(isinstance(p, Group) and len(p) == 2 for p in node):
            raise self.names.fault(node, "parameters are ((x Sort) ...)")
        names = [str(p[0]) for p in node]  # type: ignore[index]
        for i, p in enumerate(node):
            if names[i] in names[:i]:
                raise self.names.fault(p, f"two parameters are named {names[i]}")
        return [(str(p[0]), self._sort(p[1])) for p in node]  # type: ignore[index]

    def _assemble(self) -> Problem:
        if len(self.functions) == 1 and not self.assumed:
            examples = self._examples(self.functions[0])
            if examples is not None:
                f = self.functions[0]
                types = (*f.rules.types, *(Type(f"the {f.params[i][0]}", python=f.params[i][1].python,
                                                base=f.params[i][1]) for i in f.unread))
                spec = Spec(inputs=types, output=f.rules.start, examples=examples, tied=(*f.rules.slots, *f.unread))
                return Problem(self.name, self.logic, tuple(self.functions), f.rules.dsl, spec, tuple(self.lines))
        asked: Program = conjunction([p for _, p in self.constraints])
        if self.assumed:
            asked = Apply(implies, (conjunction(self.assumed), asked))
        functions, dsl, spec = combined(self.functions, [self.names.functions[f.name] for f in self.functions], asked,
                                        self.variables)
        return Problem(self.name, self.logic, functions, dsl, spec)

    def _examples(self, f: Function) -> list[Example] | None:
        """The examples that the constraints are, if all of them are (= (f values...) value)."""
        found: list[Example] = []
        for node, c in self.constraints:
            pair = _example(c, self.names.functions[f.name])
            if pair is None:
                return None
            args, out = pair
            found.append(Example(*args, output=out))
            self.lines.append(node.line)
        lines: dict[tuple, tuple[Example, int]] = {}
        for e, line in zip(found, self.lines, strict=True):
            lines.setdefault((e.inputs, e.output), (e, line))
        kept = list(lines.values())
        self.lines = [line for _, line in kept]
        return [Example(*[e.inputs[i] for i in (*f.rules.slots, *f.unread)], output=e.output) for e, _ in kept] or None


def _example(c: Program, unknown: Primitive) -> tuple[tuple[object, ...], object] | None:
    if not (isinstance(c, Apply) and c.function.smt == "=" and len(c.args) == 2):
        return (_values(c, unknown), True) if _values(c, unknown) is not None else None  # type: ignore[return-value]
    for call, value in (c.args, c.args[::-1]):
        args, out = _values(call, unknown), closed(value)
        if args is not None and not isinstance(out, Failure):
            return args, out
    return None


def _values(call: Program, unknown: Primitive) -> tuple[object, ...] | None:
    if not isinstance(call, Apply) or call.function != unknown:
        return None
    values = tuple(map(closed, call.args))
    return None if any(isinstance(v, Failure) for v in values) else values
