"""Grids: pictures of coloured cells, as in the Abstraction and Reasoning Corpus (Chollet 2019)."""

from dsl.language import DSL
from dsl.languages.grids.cells import CELLS
from dsl.languages.grids.combine import COMBINE
from dsl.languages.grids.corners import CORNERS
from dsl.languages.grids.each import IN_EACH
from dsl.languages.grids.features import FEATURES, at_least, flooded, showing, where
from dsl.languages.grids.grid import Colour, Grid, Pieces
from dsl.languages.grids.growth import GROWTH
from dsl.languages.grids.likeness import LIKENESS
from dsl.languages.grids.motion import MOTION
from dsl.languages.grids.numbers import NUMBERS
from dsl.languages.grids.objects import OBJECTS
from dsl.languages.grids.parts import PARTS
from dsl.languages.grids.patterns import PATTERNS
from dsl.languages.grids.places import FOR_CELLS, TOLD
from dsl.languages.grids.rays import RAYS
from dsl.languages.grids.relations import RELATIONS
from dsl.languages.grids.surroundings import SURROUNDINGS
from dsl.languages.grids.transforms import TRANSFORMS
from dsl.languages.grids.views import FIXED, VIEWS
from dsl.spec import Spec

__all__ = ["Colour", "Grid", "Pieces", "colours", "for_spec", "grids"]
PRIMITIVES = (*TRANSFORMS, *CELLS, *RAYS, *PATTERNS, *COMBINE, *PARTS, *OBJECTS, *NUMBERS, *MOTION, *LIKENESS,
              *CORNERS, *FEATURES, *FOR_CELLS, *RELATIONS, *SURROUNDINGS, *TOLD, flooded, showing, at_least, where,
              *GROWTH.values(), *VIEWS, *IN_EACH.values())
ALWAYS = {int: [2, 3], FIXED: [()]}
grids = DSL("grids", PRIMITIVES, constants={Colour: list(Colour)[1:], **ALWAYS}, open=[Colour, FIXED])


def colours(spec: Spec) -> list[Colour]:
    """The colours that a spec's examples show."""
    shown = [g for e in spec.examples for g in (*e.inputs, e.output) if isinstance(g, Grid)]
    return [Colour(k) for k in sorted({k for g in shown for row in g.tolist() for k in row})]


def for_spec(spec: Spec) -> DSL:
    """The language with the colours that a spec's grids show."""
    return DSL("grids", PRIMITIVES, constants={Colour: [k for k in colours(spec) if k] or [Colour.BLUE], **ALWAYS},
               open=[Colour, FIXED])
