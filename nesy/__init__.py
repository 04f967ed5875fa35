"""The front door: declare a language, say what a program must do, and solve."""

from dsl import DSL, Example, Failure, Program, Spec, load, parse, primitive, run, show
from nesy.engine import solve
from solvers.base import Budget, Certificate, Result, Status
from solvers.bottom_up import BottomUp

__version__ = "0.1.0"

__all__ = ["DSL", "BottomUp", "Budget", "Certificate", "Example", "Failure", "Program", "Result", "Spec", "Status",
           "load", "parse", "primitive", "run", "show", "solve"]
