"""The languages that ship, by name; each file declares one."""

from importlib import import_module

from dsl.errors import DSLError, nearest
from dsl.language import DSL
from dsl.spec import Spec

NAMES = ("bitvectors", "booleans", "deepcoder", "grids", "integers", "list_functions", "lists",
         "naturals", "regex", "robustfill", "sequences", "spreadsheet", "strings")


def load(name: str, spec: Spec | None = None) -> DSL:
    """The shipped language of this name; with the constants that a spec suggests, where the language takes such.

    >>> load("integers").name
    'integers'

    Raises:
        DSLError: for an unknown name; says which is near.
    """
    if name not in NAMES:
        raise DSLError(f"no such language: {name!r}; {nearest(name, NAMES)}")
    module = import_module(f"dsl.languages.{name}")
    if spec is not None and hasattr(module, "for_spec"):
        return module.for_spec(spec)
    return getattr(module, name)
