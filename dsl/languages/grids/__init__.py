"""Grids: pictures of coloured cells, as in the Abstraction and Reasoning Corpus (Chollet 2019)."""

from dsl.language import DSL
from dsl.languages.grids.cells import CELLS
from dsl.languages.grids.combine import COMBINE
from dsl.languages.grids.features import FEATURES, flooded, where
from dsl.languages.grids.grid import Colour, Grid, Pieces
from dsl.languages.grids.objects import OBJECTS
from dsl.languages.grids.parts import PARTS
from dsl.languages.grids.transforms import TRANSFORMS
from dsl.spec import Spec

__all__ = ["Colour", "Grid", "Pieces", "for_spec", "grids"]
PRIMITIVES = (*TRANSFORMS, *CELLS, *COMBINE, *PARTS, *OBJECTS, *FEATURES, flooded, where)
grids = DSL("grids", PRIMITIVES, constants={Colour: list(Colour)[1:], int: [2, 3]}, open=[Colour])


def for_spec(spec: Spec) -> DSL:
    """The language with the colours that a spec's grids show."""
    shown = [g for e in spec.examples for g in (*e.inputs, e.output) if isinstance(g, Grid)]
    seen = {k for g in shown for row in g.tolist() for k in row}
    return DSL("grids", PRIMITIVES, constants={Colour: [Colour(k) for k in sorted(seen) if k] or [Colour.BLUE],
                                               int: [2, 3]}, open=[Colour])
