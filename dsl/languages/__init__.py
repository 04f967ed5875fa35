"""The languages that ship, by name; each file declares one."""

from importlib import import_module

from dsl.errors import DSLError, nearest
from dsl.language import DSL

NAMES = ("bitvectors", "booleans", "deepcoder", "integers", "lists", "regex", "sequences", "spreadsheet", "strings")


def load(name: str) -> DSL:
    """The shipped language of this name.

    >>> load("integers").name
    'integers'

    Raises:
        DSLError: for an unknown name; says which is near.
    """
    if name not in NAMES:
        raise DSLError(f"no such language: {name!r}; {nearest(name, NAMES)}")
    return getattr(import_module(f"dsl.languages.{name}"), name)
