"""Ground and solve one answer set program, any-time, and read its best answer."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TypeVar

import clingo

from dsl.errors import NesyError

Atom = tuple[str, tuple[object, ...]]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The best answer set found: its shown atoms, its costs, and whether those are proved the least.

    Costs come by falling priority; without weak constraints there are none.
    """

    atoms: tuple[Atom, ...]
    cost: tuple[int, ...]
    proved: bool
    seconds: float

    def of(self, name: str) -> tuple[tuple[object, ...], ...]:
        """The arguments of the atoms with this name, sorted."""
        return tuple(sorted((args for n, args in self.atoms if n == name), key=repr))


def best(program: str, facts: Iterable[str] = (), rules: str = "", *, seconds: float = 60.0,
         conflicts: int | None = None) -> Answer | None:
    """The least-cost answer of a program of this folder together with facts and rules; None if there is none.

    `conflicts` bounds the search alike on every machine; `seconds` is a bound for safety.
    Grounding cannot be interrupted from within; where a program may ground without
    bound, call this under `solvers.isolate`.
    """
    start = time.monotonic()
    limit = [] if conflicts is None else [f"--solve-limit={conflicts}"]
    said: list[str] = []
    control = clingo.Control(["--opt-strategy=usc,stratify", "--warn=none", *limit],
                             logger=lambda code, text: said.append(text))
    try:
        control.add("base", [], files("solvers.asp").joinpath(program).read_text("utf-8"))
        control.add("base", [], rules)  # one by one: a rule cut short must not swallow a fact
        control.add("base", [], "\n".join(facts))
        control.ground([("base", [])])
    except RuntimeError as error:
        raise NesyError(f"{program}: clingo refuses the rules: {' '.join((said or [str(error)])[0].split())}") from None

    def read(model: clingo.Model) -> Answer:
        atoms = tuple((s.name, tuple(map(_plain, s.arguments))) for s in model.symbols(shown=True))
        return Answer(atoms=atoms, cost=tuple(model.cost), proved=False, seconds=time.monotonic() - start)

    found, proved = last(control, start + seconds, read)
    return found and replace(found, proved=proved)


def last(control: clingo.Control, deadline: float, read: Callable[[clingo.Model], T],
         assumptions: Sequence[tuple[clingo.Symbol, bool]] = ()) -> tuple[T | None, bool]:
    """What `read` makes of the last, best model found by the deadline, and whether the search came to its end.

    It is called on every model, under these assumptions.
    """
    found = None
    with control.solve(assumptions, yield_=True, async_=True) as handle:  # type: ignore[call-overload]
        while True:
            handle.resume()
            left = deadline - time.monotonic()
            if left <= 0 or not handle.wait(left):
                handle.cancel()
                return found, False
            model = handle.model()
            if model is None:
                return found, bool(handle.get().exhausted)
            found = read(model)


def _plain(symbol: clingo.Symbol) -> object:
    if symbol.type is clingo.SymbolType.Number:
        return symbol.number
    if symbol.type is clingo.SymbolType.String:
        return symbol.string
    return str(symbol)
