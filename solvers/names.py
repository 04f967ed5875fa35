"""The solvers by name, as the command line and run files call them; each is loaded when it is asked for."""

from importlib import import_module

from dsl.errors import SpecError, nearest
from solvers.base import Solver

WHERE = {
    "bottom-up": ("solvers.bottom_up", "BottomUp"),
    "top-down": ("solvers.top_down", "TopDown"),
    "bidirectional": ("solvers.bidirectional", "Bidirectional"),
    "batched": ("solvers.batched", "Batched"),
    "batched-torch": ("solvers.batched", "Torch"),
    "asp": ("solvers.asp.solver", "Asp"),
    "smt": ("solvers.smt.solver", "SmtSolver"),
    "recursion": ("solvers.recursion", "Recursion"),
    "cvc5": ("solvers.smt.cvc5", "Cvc5"),
    "pictures": ("solvers.grids.solver", "Pictures"),
    "portfolio": ("solvers.portfolio", "Portfolio"),
}
ABOUT = {
    "bottom-up": "every behaviour, cheapest first",
    "top-down": "the most probable of a grammar first, pruned on the way",
    "bidirectional": "bottom-up, met by deduction from the goal",
    "batched": "layers as arrays, for integers, booleans, bitvectors and sequences of them",
    "batched-torch": "the same in torch, on a GPU where there is one",
    "asp": "answer sets of growing size, for types of few values",
    "smt": "formulas, read off their atoms or filled into sketches, proved by z3",
    "recursion": "functions of two natural numbers that call themselves, from examples",
    "cvc5": "the cvc5 back-end, if it is installed",
    "pictures": "grids: a bank of pictures, and rules over their cells",
    "portfolio": "several at once; the first verified answer",
}
NAMES = tuple(WHERE)


def named(name: str) -> Solver:
    """The solver of this name, with its defaults.

    >>> named("bottom-up").name
    'bottom-up'

    Raises:
        SpecError: for an unknown name; says which is near.
    """
    if name not in WHERE:
        raise SpecError(f"no such solver: {name!r}; {nearest(name, NAMES)}")
    module, kind = WHERE[name]
    return getattr(import_module(module), kind)()
