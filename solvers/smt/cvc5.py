"""cvc5 as a back-end (pip install 'nesy[cvc5]'): any problem whose language has a meaning in SMT-LIB."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from dsl import smtlib
from dsl.errors import DSLError, NesyError
from dsl.language import DSL
from dsl.program import Input, Program
from dsl.spec import Spec
from solvers.base import Budget, Result, Status
from solvers.smt import sygus
from solvers.smt.lift import NotInLanguage, lift
from solvers.smt.lower import constant, read


@dataclass(frozen=True, kw_only=True)
class Cvc5:
    """Hands a problem to cvc5 as SyGuS-IF text, and reads its answer back as a program."""

    name: str = "cvc5"

    def solve(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Result:
        """The program that cvc5 finds.

        Raises:
            NesyError: where cvc5 is not installed.
        """
        start = time.monotonic()
        if len(spec.unknowns) > 1:
            return Result(status=Status.UNKNOWN, reason="cvc5: several functions at once are not handed on")
        said, program = "", None
        for free in ((True, False) if dsl.open else (False,)):
            left = budget.seconds - (time.monotonic() - start)
            try:
                said = ask(sygus.problem(dsl, spec, free), left if not free else 0.7 * left)
                if said.startswith("(define-fun"):
                    program = (answer if free else sygus.answer)(said, dsl, spec)
                    break
            except (DSLError, NotInLanguage) as error:  # an answer that the rules do not allow
                said = str(error)
        seconds = time.monotonic() - start
        if program is None:
            status = {"infeasible": Status.INFEASIBLE}.get(
                said, Status.TIMEOUT if seconds >= 0.9 * budget.seconds else Status.UNKNOWN)
            return Result(status=status, reason=f"cvc5: {said or 'no answer'}", seconds=seconds)
        return Result(status=Status.SOLVED, programs=(program,), seconds=seconds)

    def solutions(self, dsl: DSL, spec: Spec, budget: Budget = Budget()) -> Iterator[Program]:
        """The program that `solve` finds, if it finds one."""
        yield from self.solve(dsl, spec, budget).programs


def answer(text: str, dsl: DSL, spec: Spec) -> Program:
    """The program that a `define-fun` in the theory's own symbols states.

    Raises:
        NotInLanguage: where it uses what the language does not have.
    """
    names = {f"x{i}": t for i, t in enumerate(spec.inputs)}
    term = read(smtlib.flat(smtlib.nested(text)[4]), names, spec.output)
    inputs = {constant(n, t).get_id(): Input(i, t) for i, (n, t) in enumerate(names.items())}
    return lift(term, inputs, dsl)


def ask(text: str, seconds: float) -> str:
    """What cvc5 says to SyGuS-IF text: the first `define-fun`, or its word for why there is none.

    Raises:
        NesyError: where cvc5 is not installed.
    """
    try:
        cvc5: Any = import_module("cvc5")
    except ImportError:
        raise NesyError("solver 'cvc5': not installed; pip install 'nesy[cvc5]'") from None
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("sygus", "true")
    solver.setOption("incremental", "false")
    solver.setOption("tlimit-per", str(max(1, int(seconds * 1000))))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SYGUS_2_1, text, "problem")
    said, symbols = "", parser.getSymbolManager()
    while True:
        command = parser.nextCommand()
        if command.isNull():
            break
        said += str(command.invoke(solver, symbols))
    found = said.strip().removeprefix("(").strip()
    start = found.find("(define-fun")
    return found[start:] if start >= 0 else found.strip("()\n ")
