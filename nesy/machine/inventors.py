"""Inventors: how a domain finds the program behind a word's uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from dsl import smtlib
from dsl.defined import defined, inlined
from dsl.errors import DSLError
from dsl.interpret import Failure, Limits, run
from dsl.language import DSL
from dsl.languages.naturals import arithmetic, linrec, naturals
from dsl.primitive import Primitive
from dsl.program import Const, Program
from dsl.spec import Example, Spec
from dsl.types import INT
from nesy.machine.semantics import Domain, Invention, Meaning, Use
from solvers.base import Budget, Solver
from solvers.bidirectional import Bidirectional
from solvers.bottom_up import BottomUp
from solvers.recursion import Recursion

LARGEST_TRIED = 9  # natural numbers on which a native program is looked for
NATIVE = Budget(size=9, seconds=20)
LIMITS = Limits(steps=200_000, seconds=2)


@dataclass(frozen=True)
class BySearch:
    """A program of the domain's language, by deduction from both ends."""

    solver: Solver = Bidirectional()

    def invent(self, examples: Sequence[Use], arity: int, domain: Domain, known: Sequence[Meaning],
               seconds: float) -> Invention | None:
        """The program that a search finds for these uses."""
        if arity == 0:
            return constant(examples, domain)
        spec = specification(examples, arity, domain)
        language, own = domain.language, brought(examples, domain)
        if own:
            language = language.extend(language.name, constants={domain.type: own})
        program = self.solver.solve(language, spec, Budget(seconds=seconds)).program
        return program and Invention(program, f"synthesised from {len(spec.examples)} uses")


def brought(examples: Sequence[Use], domain: Domain) -> list[object]:
    """The atoms in every value that no child has: a word may bring them.

    >>> from nesy.machine.domains import SEQUENCES
    >>> brought([((("A",),), ("!", "A", "!")), ((("B", "A"),), ("!", "B", "A", "!"))], SEQUENCES)
    [('!',)]
    """
    found = [domain.atoms(value) - frozenset[object]().union(*map(domain.atoms, children))
             for children, value in examples]
    return sorted(frozenset.intersection(*found), key=repr) if found else []


def constant(examples: Sequence[Use], domain: Domain) -> Invention | None:
    """The one value of a word without children."""
    values = {value for _, value in examples}
    if len(values) != 1:
        return None
    return Invention(Const(values.pop(), domain.type), f"the answer of {len(examples)} uses")


def specification(examples: Sequence[Use], arity: int, domain: Domain) -> Spec:
    """Uses as a specification."""
    return Spec(inputs=[domain.type] * arity, output=domain.type,
                examples=[Example(*children, output=value) for children, value in examples])


@dataclass(frozen=True)
class ByRecursion:
    """A function of natural numbers from successor, predecessor, recursion, and the functions known already.

    A recursion is replaced by machine arithmetic where a program of it is found that z3
    proves equal by induction; what was proved is kept as the meaning's note.
    """

    solver: Solver = Recursion()

    def invent(self, examples: Sequence[Use], arity: int, domain: Domain, known: Sequence[Meaning],
               seconds: float) -> Invention | None:
        """The program that is found for these uses, made native where that is proved."""
        if arity == 0:
            return constant(examples, domain)
        library = functions(known)
        language = naturals.extend("known", [p for p, _ in library])
        spec = specification(examples, arity, domain)
        solver = self.solver if arity == 2 else BottomUp(probes=0)
        if arity != 2:
            language = DSL("known", [p for p in language.primitives if p != linrec], constants={INT: [0]})
        found = solver.solve(language, spec, Budget(seconds=seconds)).program
        if found is None:
            return None
        program = inlined(found, dict(library))
        note = f"synthesised from {len(spec.examples)} uses"
        if program.lambda_free:
            return Invention(program, note)
        native, said = made_native(program)
        return Invention(native or program, f"{note}, {said}")


def functions(known: Sequence[Meaning]) -> list[tuple[Primitive, Program]]:
    """Meanings as primitives of their own, each with the program that it stands for."""
    found = []
    programs = dict.fromkeys(m.program for m in known if m.arity == 2 and m.program.size > 1)
    for i, program in enumerate(p for p in programs if p.lambda_free):
        try:
            smt = smtlib.term(program, ["a", "b"])
        except DSLError:
            smt = None
        found.append((defined(f"known{i}", program, (INT, INT), smt=smt, names=("a", "b")), program))
    return found


def made_native(recursion: Program) -> tuple[Program | None, str]:
    """A program of machine arithmetic that is proved equal to a recursion, with the proof; or why there is none."""
    from solvers.smt.induct import equals

    values = [((a, b), run(recursion, (a, b), LIMITS)) for a, b in product(range(LARGEST_TRIED), repeat=2)]
    examples = [Example(*inputs, output=value) for inputs, value in values if not isinstance(value, Failure)]
    for shown in (examples[::2], [e for e in examples if min(e.inputs) > 0]):  # type: ignore[type-var]
        spec = Spec(inputs=[INT, INT], output=INT, examples=shown)
        native = BottomUp(probes=0).solve(arithmetic, spec, NATIVE).program
        if native is None:
            continue
        proof = equals(recursion, native)
        if proof is not None:
            return native, str(proof)
    return None, "run as a recursion: no machine arithmetic was proved equal to it"
