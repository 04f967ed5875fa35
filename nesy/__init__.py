"""The front door: declare a language, say what a program must do, and solve."""

from importlib import import_module
from typing import TYPE_CHECKING

from dsl import DSL, Example, Failure, Program, Spec, load, parse, primitive, run, show
from nesy.engine import solve
from solvers.base import Budget, Certificate, Result, Status
from solvers.bottom_up import BottomUp

if TYPE_CHECKING:  # they load what is heavy, and are loaded when they are asked for
    from nesy.proposer.propose import Transformer
    from solvers.bidirectional import Bidirectional
    from solvers.portfolio import Portfolio
    from solvers.smt.solver import SmtSolver
    from solvers.top_down import TopDown

__version__ = "0.1.0"

__all__ = ["DSL", "Bidirectional", "BottomUp", "Budget", "Certificate", "Example", "Failure", "Portfolio", "Program",
           "Result", "SmtSolver", "Spec", "Status", "TopDown", "Transformer", "load", "parse", "primitive", "run",
           "show", "solve"]
_HOMES = {"Bidirectional": "solvers.bidirectional", "Portfolio": "solvers.portfolio", "SmtSolver": "solvers.smt.solver",
          "TopDown": "solvers.top_down", "Transformer": "nesy.proposer.propose"}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'nesy' has no attribute {name!r}")
