"""Search over pictures: a bank of grids, and rules over its cells."""

from dsl.spec import Spec
from dsl.types import root

HOME = "dsl.languages.grids.grid"


def suits(spec: Spec) -> bool:
    """Whether what is asked for are grids; told by where their class lives, so that none has to be loaded."""
    kind = getattr(root(spec.output), "python", None)
    return spec.formula is None and kind is not None and (kind.__module__, kind.__name__) == (HOME, "Grid")
