"""Explain: the hidden symbols under which a theory concludes an answer, all of them or the most probable.

A theory is a file of rules over symbol(Position, Class), one for each position, that derive
answer(A). It is given position(0..n-1) and class(0..k-1). Numbers, "texts", names and tuples of
these are answers; a name and the text of the same letters are one.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import log, prod
from pathlib import Path

import clingo

from dsl.errors import NesyError
from solvers.asp.run import last
from solvers.isolate import GRACE, Killed, limited

CHOICE = "{ symbol(P, C) : class(C) } = 1 :- position(P)."
FACTS = "position(0..{last}). class(0..{most})."
SCALE = 1000  # thousandths of a nat
MOST_TERMS = 4096  # that an answer may be written as
FIRST = 10**6  # priority of probabilities, above what rules may say of costs
FLOOR = 1e-9  # no class is impossible

Symbols = tuple[int, ...]


@dataclass(frozen=True)
class Theory:
    """Rules of a file, over so many positions and classes."""

    path: Path
    positions: int
    classes: int

    def all(self, *, seconds: float = 60.0, memory_mb: int = 4096) -> list[tuple[Symbols, tuple[object, ...]]]:
        """Every choice of symbols with the answers that it leads to.

        Raises:
            NesyError: for rules that clingo refuses, with file and line, and when a limit is overrun.
        """
        return self._limited(_all, self, seconds=seconds, memory_mb=memory_mb)  # type: ignore[return-value]

    def best(self, answer: object, probabilities: Sequence[Sequence[float]], most: int = 1, *,
             seconds: float = 10.0, memory_mb: int = 4096) -> list[tuple[Symbols, float]]:
        """The most probable choices that lead to an answer, each with its log-probability; none where there is none.

        Any-time: where the time runs out, the best found so far.
        """
        return self._limited(_best, self, answer, probabilities, most, seconds,
                             seconds=seconds + GRACE, memory_mb=memory_mb)  # type: ignore[return-value]

    def derived(self, symbols: Sequence[int], *, seconds: float = 10.0, memory_mb: int = 4096) -> object:
        """The answer that these symbols lead to; None where they lead to none."""
        return self._limited(_derived, self, tuple(map(int, symbols)), seconds=seconds, memory_mb=memory_mb)

    def _limited(self, call, *args, seconds: float, memory_mb: int) -> object:
        try:
            return limited(call, *args, seconds=seconds, memory_mb=memory_mb)
        except Killed as killed:
            raise NesyError(f"{self.path}: {killed.reason}; simplify the rules or give it more") from None


def _control(theory: Theory, *options: str) -> clingo.Control:
    said: list[str] = []
    control = clingo.Control(["--warn=none", *options], logger=lambda code, text: said.append(text))
    try:
        control.load(str(theory.path))
        control.add("base", [], CHOICE + FACTS.format(last=theory.positions - 1, most=theory.classes - 1))
    except RuntimeError as error:
        raise NesyError(f"{theory.path}: {_line(theory, said or [str(error)])}") from None
    return control


def _line(theory: Theory, said: Sequence[str]) -> str:
    return " ".join(said[0].split()).removeprefix(f"{theory.path}:").strip()


def _ground(control: clingo.Control, theory: Theory) -> None:
    try:
        control.ground([("base", [])])
    except RuntimeError as error:
        raise NesyError(f"{theory.path}: clingo refuses the rules: {error}") from None


def _read(theory: Theory, model: clingo.Model) -> tuple[Symbols, tuple[object, ...]]:
    symbols, answers = [0] * theory.positions, []
    for atom in model.symbols(atoms=True):
        if atom.name == "symbol" and len(atom.arguments) == 2:
            symbols[atom.arguments[0].number] = atom.arguments[1].number
        elif atom.name == "answer" and len(atom.arguments) == 1:
            argument = atom.arguments[0]
            answers.append(_value(argument))
    return tuple(symbols), tuple(answers)


def _value(symbol: clingo.Symbol) -> object:
    if symbol.type is clingo.SymbolType.Number:
        return symbol.number
    if symbol.type is clingo.SymbolType.String:
        return symbol.string
    if symbol.type is clingo.SymbolType.Function and not symbol.name:
        return tuple(map(_value, symbol.arguments))
    return str(symbol)


def _terms(value: object) -> list[clingo.Symbol]:
    """The terms that `_value` makes this of."""
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 2**31:
            raise NesyError(f"answer {value}: rules conclude numbers of 32 bits")
        return [clingo.Number(value)]
    if isinstance(value, tuple):
        parts = [_terms(v) for v in value]
        if prod(map(len, parts)) > MOST_TERMS:
            raise NesyError(f"answer {str(value)[:60]}: too many of its texts could be names; use numbers, or fewer")
        return [clingo.Tuple_(row) for row in product(*parts)]
    if not isinstance(value, str) or "\0" in value:
        raise NesyError(f"answer {value!r}: rules conclude numbers, texts and tuples of these")
    if not value.isascii():
        return [clingo.String(value)]
    try:
        read = clingo.parse_term(value, logger=lambda code, text: None)
    except RuntimeError:
        return [clingo.String(value)]
    return [clingo.String(value), read] if _value(read) == value else [clingo.String(value)]


def _all(theory: Theory) -> list[tuple[Symbols, tuple[object, ...]]]:
    control = _control(theory, "0", "--opt-mode=ignore")  # all of them, whatever the rules say of costs
    _ground(control, theory)
    with control.solve(yield_=True) as handle:  # type: ignore[call-overload]
        return [_read(theory, model) for model in handle]


def _derived(theory: Theory, symbols: Symbols) -> object:
    control = _control(theory, "1")
    control.add("base", [], "".join(f":- not symbol({p},{c})." for p, c in enumerate(symbols)))
    _ground(control, theory)
    with control.solve(yield_=True) as handle:  # type: ignore[call-overload]
        for model in handle:
            return next(iter(_read(theory, model)[1]), None)
    return None


def _best(theory: Theory, answer: object, probabilities: Sequence[Sequence[float]], most: int, seconds: float,
          ) -> list[tuple[Symbols, float]]:
    deadline, found = time.monotonic() + seconds, []
    control = _control(theory, "--opt-strategy=usc,stratify")
    costs = "".join(f":~ symbol({p},{c}). [{round(-SCALE * log(max(q, FLOOR)))}@{FIRST},{p}]\n"
                    for p, row in enumerate(probabilities) for c, q in enumerate(row))
    told = ", ".join(f"not answer({term})" for term in _terms(answer))
    control.add("base", [], f":- {told}.\n{costs}")
    _ground(control, theory)
    for symbols in _by_cost(control, theory, most, deadline):
        logp = sum(log(max(probabilities[p][c], FLOOR)) for p, c in enumerate(symbols))
        found.append((symbols, logp))
    return found


def _by_cost(control: clingo.Control, theory: Theory, most: int, deadline: float) -> Iterator[Symbols]:
    """Choices by falling probability: each is forbidden once it was found."""
    for n in range(most):
        best, _ = last(control, deadline, lambda model: _read(theory, model)[0])
        if best is None:
            return
        yield best
        body = ", ".join(f"symbol({p},{c})" for p, c in enumerate(best))
        control.add(f"not{n}", [], f":- {body}.")
        control.ground([(f"not{n}", [])])
