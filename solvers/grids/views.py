"""Views: a spec over grids in a normal form, and its programs turned back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dsl.language import DSL
from dsl.languages.grids import Colour, Grid, colours
from dsl.languages.grids.each import EACH, IN_EACH, filled, pairs
from dsl.languages.grids.grid import Nothing
from dsl.languages.grids.views import FIXED, FORMS, View, on_black, renamed, renamed_on_black, renaming, renaming_all
from dsl.primitive import Primitive
from dsl.program import Apply, Const, Input, Lambda, Program, Variable
from dsl.spec import Example, Spec
from solvers.grids.say import COLOUR, ONE

MOST, SHOWN = 40, 10  # pieces that differ, at most, and how many of them programs are searched for
GROUNDED = (on_black, renamed_on_black)  # for tasks most of whose pictures lie on another colour


@dataclass(frozen=True)
class Seen:
    """A spec as it is seen, and what stands before a program for it."""

    spec: Spec
    head: Primitive
    args: tuple[Program, ...]

    def language(self, dsl: DSL) -> DSL:
        """The language with the colours that are seen."""
        known = {c.value for c in dsl.constants if c.type == COLOUR}
        return dsl.extend(dsl.name, constants={Colour: [c for c in colours(self.spec) if c and c not in known]})

    def back(self, program: Program) -> Program:
        """A program for the spec as it was."""
        body = program.replace(_within)
        return Apply(self.head, (Input(0, ONE), *self.args, Lambda((ONE,), body, 0)))


def _within(p: Program) -> Program | None:
    """The input as the parameter of a lambda around it; variables and lambdas one level further in."""
    if isinstance(p, Input):
        return Variable(0, ONE)
    if isinstance(p, Variable):
        return Variable(p.level + 1, p.type)
    if isinstance(p, Lambda):
        return Lambda(p.params, p.body.replace(_within), p.level + 1)
    return None


def views(spec: Spec) -> Iterator[Seen]:
    """The spec in each normal form in which it looks different."""
    if spec.inputs != (ONE,):
        return
    given: list[Grid] = [e.inputs[0] for e in spec.examples]  # type: ignore[misc]
    wanted: list[Grid] = [e.output for e in spec.examples]  # type: ignore[misc]
    shown = [{int(k) for row in g.tolist() for k in row} for g in given]
    new = {int(k) for g in wanted for row in g.tolist() for k in row}.difference(*shown)
    fixed = sorted((set.intersection(*shown) | new) - {0})
    names = Const(tuple(map(Colour, fixed)), FIXED)
    options: list[tuple[Primitive, tuple[Program, ...], Callable[[Grid], View]]] = [
        (renamed, (names,), lambda g: renaming(g, fixed)),
        (renamed_on_black, (names,), lambda g: renaming_all(g, fixed)), *((p, (), view) for p, view in FORMS.items())]
    known = [spec]
    for head, args, view in options:
        try:
            seen = [view(g) for g in given]
            found = Spec(inputs=spec.inputs, output=spec.output, examples=[
                Example(Grid(there(a.cells)), output=Grid(there(b.cells)))
                for a, b, (there, _) in zip(given, wanted, seen, strict=True)],
                queries=[(Grid(view(q)[0](q.cells)),) for (q,) in spec.queries])  # type: ignore[attr-defined]
        except Nothing:
            continue
        if any(back(there(b.cells)).tolist() != b.tolist() for b, (there, back) in zip(wanted, seen, strict=True)):
            continue  # it leaves out what matters
        other = sum(a != b for a, b in zip(spec.examples, found.examples, strict=True))
        if found not in known and (head not in GROUNDED or 2 * other > len(given)):
            known.append(found)
            yield Seen(found, head, args)


def in_each(spec: Spec) -> Iterator[Seen]:
    """The spec as one for its pieces, where what becomes of each follows from that piece alone."""
    if spec.inputs != (ONE,):
        return
    known: list[dict[Grid, Grid]] = []
    for name, cut in EACH.items():
        becomes: dict[Grid, Grid] = {}
        try:
            told = [pair for e in spec.examples for pair in pairs(cut, e.inputs[0], e.output)]  # type: ignore[arg-type]
            asked = dict.fromkeys((Grid(p.cells),) for (q,) in spec.queries for p in filled(cut(Grid(q.cells))))  # type: ignore[attr-defined]
        except Nothing:
            continue
        consistent = all(becomes.setdefault(a, b) == b for a, b in told)
        changed = [(a, b) for a, b in becomes.items() if a != b]
        if not consistent or not changed or len(becomes) > MOST or becomes in known:
            continue
        known.append(becomes)
        same = [(a, b) for a, b in becomes.items() if a == b]
        some = [*changed[:SHOWN - min(len(same), SHOWN // 3)], *same][:SHOWN]
        yield Seen(Spec(inputs=spec.inputs, output=spec.output, examples=[Example(a, output=b) for a, b in some],
                        queries=list(asked)[:SHOWN]), IN_EACH[name], ())
