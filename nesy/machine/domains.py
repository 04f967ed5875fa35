"""Domains: what sentences denote, and in which language their words mean it."""

from functools import lru_cache

from dsl.languages.naturals import numbers
from dsl.languages.sequences import Sequence, sequences
from dsl.types import INT, read_annotation
from nesy.machine.inventors import ByRecursion, BySearch
from nesy.machine.semantics import ABSENT, Domain


@lru_cache(maxsize=100_000)
def subsequences(value: tuple) -> frozenset:
    """The contiguous parts of a sequence, the empty one among them."""
    n = len(value)
    return frozenset(value[i:j] for i in range(n + 1) for j in range(i, n + 1))


SEQUENCES = Domain(language=sequences, type=read_annotation(Sequence), missing=(), neutral=(),
                   parts=subsequences,  # type: ignore[arg-type]
                   atoms=lambda value: frozenset((a,) for a in value),  # type: ignore[attr-defined]
                   inventor=BySearch())
NUMBERS = Domain(language=numbers, type=INT, missing=ABSENT, neutral=0, parts=None,
                 atoms=lambda value: frozenset([value]), inventor=ByRecursion(), longest=4)
DOMAINS = {d.language.name: d for d in (SEQUENCES, NUMBERS)}
