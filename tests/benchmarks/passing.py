"""Does it pay to read off what primitives pass on? Tasks of two languages that declare no witness, with and without.

    python tests/benchmarks/passing.py [SECONDS]
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import solvers.ahead
import solvers.backward
from dsl import DSL, Example, Spec, primitive
from dsl.passing import plans
from nesy import solve
from solvers.base import Budget

A = TypeVar("A")


@dataclass(frozen=True)
class Account:
    """Whose it is, how much is on it, and what was noted."""

    owner: str
    cents: int
    notes: tuple[str, ...]


@primitive
def join(a: str, b: str) -> str:
    return a + b


@primitive
def bracketed(a: str) -> str:
    return f"({a})"


@primitive
def upper(a: str) -> str:
    return a.upper()


@primitive
def lower(a: str) -> str:
    return a.lower()


@primitive
def initial(a: str) -> str:
    return a[0]


@primitive
def first(a: str) -> str:
    return a.split()[0]


@primitive
def last(a: str) -> str:
    return a.split()[-1]


@primitive
def longer(a: str, n: int) -> bool:
    return len(a) > n


@primitive
def choose(condition: bool, a: A, b: A) -> A:
    return a if condition else b


@primitive
def account(owner: str, cents: int, notes: tuple[str, ...]) -> Account:
    return Account(owner, cents, notes)


@primitive
def owner(a: Account) -> str:
    return a.owner


@primitive
def cents(a: Account) -> int:
    return a.cents


@primitive
def notes(a: Account) -> tuple[str, ...]:
    return a.notes


@primitive
def add(a: int, b: int) -> int:
    return a + b


@primitive
def times(a: int, b: int) -> int:
    return a * b


@primitive
def noted(x: str, xs: tuple[str, ...]) -> tuple[str, ...]:
    return (x, *xs)


TEXTS = DSL("texts", [join, bracketed, upper, lower, initial, first, last, longer, choose],
            constants={str: [" ", ".", "-", ", "], int: [3, 5, 10]})
ACCOUNTS = DSL("accounts", [account, owner, cents, notes, add, times, noted, upper, join],
               constants={str: ["interest", "-"], int: [2, 5, 100]})
NAMES = "Ada Lovelace", "Alan Turing", "Grace Brewster Hopper", "Kurt Goedel"
OPEN = Account("ada", 100, ()), Account("bob", 7, ("x",)), Account("cy", 0, ("y", "z"))


def credited(a: Account) -> Account:
    """All three parts are computed."""
    return Account(f"{a.owner.upper()}-{a.owner}", (a.cents + 5) * a.cents + 100, ("interest", "-", *a.notes))


WANTED: tuple[tuple[DSL, tuple, Callable], ...] = (
    (TEXTS, NAMES, lambda s: f"{s.split()[-1].upper()}, {s[0]}."),
    (TEXTS, NAMES, lambda s: f"({s.split()[0].lower()}-{s.split()[-1].lower()})"),
    (TEXTS, NAMES, lambda s: f"{s[0]}. {s.split()[-1]} ({s.split()[0].upper()})"),
    (TEXTS, NAMES, lambda s: s.split()[-1].upper() if len(s) > 11 else f"{s[0]}.{s.split()[-1]}"),
    (TEXTS, NAMES, lambda s: f"{s[0]}{s.split()[-1][0]}" if len(s) > 11 else s.split()[0].lower()),
    (ACCOUNTS, OPEN, lambda a: Account(a.owner, a.cents * 2 + 5, ("interest", *a.notes))),
    (ACCOUNTS, OPEN, credited),
    (ACCOUNTS, OPEN, lambda a: Account(a.owner + a.owner, 100, (a.owner.upper(), *a.notes))))


def main(seconds: float) -> None:
    """Both ways, task by task."""
    for name, known in (("declared alone", lambda p: p.witness), ("read off, too", plans)):
        for module in (solvers.ahead, solvers.backward):
            vars(module)["plans"] = known
        said = []
        for dsl, inputs, f in WANTED:
            spec = Spec(inputs=[type(inputs[0])], output=type(inputs[0]),
                        examples=[Example(x, output=f(x)) for x in inputs])
            found = solve(dsl, spec, budget=Budget(seconds=seconds))
            said.append(f"{found.tried:,}" if found.program is not None else "-")
        sys.stdout.write(f"{name}: {sum(s != '-' for s in said)} of {len(said)} solved; "
                         f"programs considered {'; '.join(said)}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
