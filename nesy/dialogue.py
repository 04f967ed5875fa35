"""Dialogue: ask the user for the output that tells the programs apart which still fit, until one is left.

Each question is an input on which two of them differ, so each answer rules one out
(pragmatic and active program synthesis: Pu et al. 2020; Mayer et al. 2015).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from dsl.errors import NesyError
from dsl.language import DSL
from dsl.laws import same
from dsl.program import Program
from dsl.spec import Example, Spec
from dsl.types import AnyType, belongs
from nesy.engine import solve
from nesy.problem import fitted, freeze
from solvers.attempt import outputs
from solvers.base import Budget, Result, Solver, Status
from solvers.uniqueness import certify

MOST_QUESTIONS = 50
FURTHER = 6  # sizes above a program's in which others are looked for

Ask = Callable[[tuple[object, ...], tuple[object, ...]], object]  # input, outputs of those that fit -> the output


class NoAnswer(Exception):
    """The user has no answer to a question."""


def narrow(dsl: DSL, spec: Spec, ask: Ask, *, solver: Solver | None = None,
           budget: Budget = Budget()) -> Iterator[tuple[Spec, Result]]:
    """Solve, ask, and solve again with the answer as a further example; each round's spec and result.

    Ends where no other program is known to fit, where nothing fits, or where `ask` raises `NoAnswer`.
    """
    fitting: tuple[Program, ...] = ()  # of those that were told apart, what gives the outputs that were told
    for asked in range(MOST_QUESTIONS + 1):
        result = solve(dsl, spec, solver=solver, budget=budget)
        if result.program is None and fitting:
            result = replace(result, status=Status.SOLVED, programs=fitting[:1], reason="found before the last answer",
                             certificate=certify(dsl, spec, fitting[0], budget))
        yield spec, result
        if asked == MOST_QUESTIONS:
            return
        certificate = result.certificate
        if result.program is not None and certificate is not None and not (
                certificate.separating_input or certificate.exhausted or certificate.proved):
            certificate = certify(dsl, spec, result.program, budget, beyond=FURTHER)
        if result.program is None or certificate is None or certificate.separating_input is None:
            return
        inputs = spec.spread(certificate.separating_input)
        programs = (result.program, *certificate.alternatives)
        values = [outputs(dsl, spec, p, [inputs])[0] for p in programs]
        shown = tuple(v for i, v in enumerate(values) if not any(same(v, w) for w in values[:i]))
        try:
            output = ask(certificate.separating_input, shown)
        except NoAnswer:
            return
        fitting = tuple(p for p, v in zip(programs, values, strict=True) if same(v, output))
        spec = Spec(inputs=spec.inputs, output=spec.output, queries=spec.queries, tied=spec.tied,
                    examples=[*spec.examples, Example(*inputs, output=output)])


def read_answer(text: str, output: AnyType) -> object:
    """The value that a user typed: JSON, or plain text where text is asked for.

    Raises:
        NesyError: for what is no value of the type.
    """
    try:
        value = fitted(freeze(json.loads(text)), output)
    except (ValueError, RecursionError):  # no JSON, or a number of too many digits
        value = text
    if str(output) == "Grid" and isinstance(value, tuple):
        value = _grid(value)
    if not belongs(value, output):
        value = text
    if not belongs(value, output):
        raise NesyError(f"{text[:60]!r} is no {output}; write it as JSON, such as 3, true, [1, 2] or \"text\"")
    return value


def _grid(rows: tuple) -> object:
    """Rows of colours as a picture; as they are, where they make none."""
    from dsl.languages.grids import Grid  # here, for it loads scipy

    try:
        return Grid([list(row) for row in rows])
    except (TypeError, ValueError):
        return rows
