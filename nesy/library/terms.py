"""Terms: programs as stitch reads them, and the patterns that it finds, matched against programs again.

    (lam (map (lam (add $0 c0)) $0))    a program of one input: inputs are outermost parameters
    (map (lam (add $0 #1)) #0)          a pattern: #0 and #1 stand for any part
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dsl.defined import shifted
from dsl.program import Apply, Const, Input, Lambda, Program, Variable

Term = str | tuple["Term", ...]  # a word, or a list


@dataclass
class Writer:
    """Writes programs; constants get words of their own."""

    words: dict[Const, str] = field(default_factory=dict)

    def write(self, program: Program, inputs: int) -> str:
        """A program of so many inputs."""
        return "(lam " * inputs + self._written(program, inputs, 0) + ")" * inputs

    def _written(self, p: Program, inputs: int, bound: int) -> str:
        match p:
            case Input(index=index):
                return f"${inputs + bound - 1 - index}"
            case Variable(level=level):
                return f"${bound - 1 - level}"
            case Const():
                return self.words.setdefault(p, f"c{len(self.words)}")
            case Lambda(params=params, body=body):
                inner = self._written(body, inputs, bound + len(params))
                return "(lam " * len(params) + inner + ")" * len(params)
            case Apply(function=function, args=args):
                return f"({function.name} {' '.join(self._written(a, inputs, bound) for a in args)})"
        raise TypeError(f"not a whole program: {p!r}")


def read(text: str) -> Term:
    """A term from text.

    >>> read("(map (lam (add $0 1)) #0)")
    ('map', ('lam', ('add', '$0', '1')), '#0')
    """
    stack: list[list[Term]] = [[]]
    for word in re.findall(r"[()]|[^\s()]+", text):
        if word == "(":
            stack.append([])
        elif word == ")":
            done = tuple(stack.pop())
            stack[-1].append(done)
        else:
            stack[-1].append(word)
    return stack[0][0]


def flat(term: Term) -> Term:
    """A term whose calls have all their arguments in one list.

    >>> flat((("add", "x"), "y"))
    ('add', 'x', 'y')
    """
    if isinstance(term, str):
        return term
    head, *rest = map(flat, term)
    return (*head, *rest) if isinstance(head, tuple) and head[:1] != ("lam",) else (head, *rest)


def expanded(term: Term, bodies: Mapping[str, Term]) -> Term:
    """A term with the bodies of earlier patterns in place of their names."""
    if isinstance(term, str):
        return bodies.get(term, term)
    head, *rest = term
    args = tuple(expanded(a, bodies) for a in rest)
    return _put(bodies[head], args, 0) if isinstance(head, str) and head in bodies else (head, *args)


def opened(pattern: Term) -> tuple[Term, tuple[str, ...]]:
    """A pattern of whole programs as one of what they return, and the inputs that its last parts stand for.

    >>> opened(read("(lam (add #0 (map (lam (mul $0 $1)) $0)))"))
    (('add', '#0', ('map', ('lam', ('mul', '$0', '#1')), '#1')), ('$0',))
    """
    parts = 1 + max((int(w[1:]) for w in _words(pattern) if w[0] == "#"), default=-1)
    inputs: dict[int, int] = {}
    while isinstance(pattern, tuple) and pattern[0] == "lam":
        pattern = pattern[1]

    def put(term: Term, own: int) -> Term:
        if isinstance(term, tuple):
            return tuple(put(part, own + (term[0] == "lam")) for part in term)
        free = term[0] == "$" and int(term[1:]) >= own
        return f"#{parts + inputs.setdefault(int(term[1:]) - own, len(inputs))}" if free else term

    return put(pattern, 0), tuple(f"${n}" for n in inputs)


def _words(term: Term) -> Iterator[str]:
    if isinstance(term, str):
        yield term
    else:
        for part in term:
            yield from _words(part)


def _put(body: Term, args: Sequence[Term], inside: int) -> Term:
    if isinstance(body, tuple):
        return (body[0] if isinstance(body[0], str) and body[0][0] != "#" else _put(body[0], args, inside),
                *(_put(part, args, inside + (body[0] == "lam")) for part in body[1:]))
    return _raised(args[int(body[1:])], inside, 0) if body[0] == "#" else body


def _raised(term: Term, by: int, own: int) -> Term:
    """A term whose free variables count `by` more parameters."""
    if isinstance(term, tuple):
        return tuple(_raised(part, by, own + (term[0] == "lam")) for part in term)
    free = term[0] == "$" and int(term[1:]) >= own
    return f"${int(term[1:]) + by}" if free else term


@dataclass
class Match:
    """One place where a pattern stands: what its parts are, and the pattern as a program over them."""

    parts: dict[int, Program] = field(default_factory=dict)
    body: Program | None = None

    @property
    def args(self) -> tuple[Program, ...]:
        """The parts, in order."""
        return tuple(self.parts[i] for i in sorted(self.parts))


def matched(pattern: Term, program: Program, scope: int, words: Mapping[Const, str]) -> Match | None:
    """How a pattern stands at the root of a program within `scope` lambda parameters; None where it does not."""
    found = Match()
    found.body = _matched(pattern, program, scope, 0, words, found.parts)
    arity = len(found.parts)
    return found if found.body is not None and sorted(found.parts) == list(range(arity)) else None


def _matched(pattern: Term, p: Program, scope: int, inside: int, words: Mapping[Const, str],
             parts: dict[int, Program]) -> Program | None:
    """The body of a pattern as it stands here; `inside` counts the parameters that it has bound itself."""
    if isinstance(pattern, str):
        return _leaf(pattern, p, scope, inside, words, parts)
    if pattern[0] == "lam":
        if not isinstance(p, Lambda):
            return None
        inner: Term = pattern
        for _ in p.params:
            if not isinstance(inner, tuple) or inner[0] != "lam":
                return None
            inner = inner[1]
        body = _matched(inner, p.body, scope, inside + len(p.params), words, parts)
        return None if body is None else Lambda(p.params, body, p.level - scope)
    if not isinstance(p, Apply) or p.function.name != pattern[0] or len(p.args) != len(pattern) - 1:
        return None
    args = []
    for part, arg in zip(pattern[1:], p.args, strict=True):
        made = _matched(part, arg, scope, inside, words, parts)
        if made is None:
            return None
        args.append(made)
    return Apply(p.function, tuple(args))


def _leaf(word: str, p: Program, scope: int, inside: int, words: Mapping[Const, str],
          parts: dict[int, Program]) -> Program | None:
    if word[0] == "#":
        if any(isinstance(q, Variable) and scope <= q.level < scope + inside for q in p.walk()):
            return None  # it would leave the lambda that binds it
        part, number = shifted(p, scope + inside, -inside), int(word[1:])
        return Input(number, part.type) if parts.setdefault(number, part) == part else None
    if word[0] == "$":
        if not isinstance(p, Variable) or p.level != scope + inside - 1 - int(word[1:]):
            return None
        return Variable(p.level - scope, p.type)
    return p if isinstance(p, Const) and words.get(p) == word else None
