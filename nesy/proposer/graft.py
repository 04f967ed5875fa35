"""Graft: a proposer that begins with the weights of another's, for a language whose primitives do what those do.

What a primitive is called matters less than what it does: one that gives what another gives on all values drawn
begins with that one's weights, one that is new with the mean of those of like type.
"""

from collections.abc import Mapping

import torch

from dsl.errors import NesyError
from dsl.inputs import seeded
from dsl.interpret import Failure, Stop, alike, run, time_limit
from dsl.language import DSL
from dsl.languages import load
from dsl.laws import same
from dsl.primitive import Primitive
from dsl.program import Apply, Input
from dsl.types import is_function, variables
from nesy.proposer.model import OF_WORDS, SIZES, ProgramModel, signature, untrained
from nesy.proposer.propose import SHIPPED, Transformer
from nesy.proposer.samples import LIMITS, SECONDS, value
from nesy.proposer.tokens import PLAIN, Vocabulary

TRIED = 40  # values on which two primitives have to do the same
ENOUGH, FEWEST = 0.5, 3  # of a language's primitives, and how many, a proposer that is begun with has to know
NOISE = 0.1  # of untrained weights, by which new words differ


def grafted(start: ProgramModel, dsl: DSL, seed: int = 0, by: Mapping[str, str] | None = None) -> ProgramModel:
    """A model for a language that begins with another one's weights, as far as it has words for the same.

    by: the primitives' `twins`, where they are known.
    """
    by = twins(start, dsl) if by is None else by
    old = {word: n for n, word in enumerate(start.config.words)}  # type: ignore[attr-defined]
    words = Vocabulary.of(dsl).words
    found = untrained(dsl, {name: getattr(start.config, name) for name in SIZES["tiny"]}, seed,
                      (*words, PLAIN) if PLAIN in old else words)  # examples are written as they were learned
    layers = {name: weights for name, weights in start.state_dict().items() if not name.endswith(OF_WORDS)}
    found.load_state_dict(found.state_dict() | layers)
    new = Vocabulary(tuple(found.config.words)).number  # type: ignore[attr-defined]
    with torch.no_grad():
        weights, given = found.lm_head.weight, start.lm_head.weight  # tied to the embeddings
        for word, n in new.items():
            if word in old and not word.startswith("f:"):
                weights[n] = given[old[word]]
        for p in dsl.primitives:
            n, twin = new[f"f:{p.name}"], by.get(p.name)
            weights[n] = NOISE * weights[n] + given[_like(start, p, old)].mean(0) if twin is None else given[
                old[f"f:{twin}"]]
    return found


def _like(start: ProgramModel, p: Primitive, old: dict[str, int]) -> list[int]:
    """The words of primitives that give the same type, or else of all."""
    taught: dict[str, str] = start.config.primitives  # type: ignore[attr-defined]
    found = [name for name, said in taught.items() if said.rpartition("-> ")[2] == str(p.result)]
    return [old[f"f:{name}"] for name in found or taught]


def twins(start: ProgramModel, dsl: DSL) -> dict[str, str]:
    """A language's primitives, each with the one that does the same among those that a proposer knows, if one does.

    What its own primitives do is known of languages that ship.
    """
    taught: dict[str, str] = getattr(start.config, "primitives", {})
    try:
        known = {p.name: p for p in load(str(getattr(start.config, "language", ""))).primitives}
    except NesyError:
        known = {}
    known = {name: p for name, p in known.items() if taught.get(name) == signature(p)}
    found = {}
    for p in dsl.primitives:
        twin = p.name if taught.get(p.name) == signature(p) else None
        if p.name not in known or not _same(p, known[p.name]):
            twin = next((name for name, q in known.items() if _same(p, q)), twin)
        if twin is not None:
            found[p.name] = twin
    return found


def _same(p: Primitive, q: Primitive) -> bool:
    """Whether two primitives do the same on all values drawn, and not the same on all of them."""
    if (p.params, p.result) != (q.params, q.result) or any(
            variables(t) or is_function(t) for t in (*p.params, p.result)):
        return False
    inputs = tuple(Input(i, t) for i, t in enumerate(p.params))
    given: list[object] = []
    try:
        with time_limit(SECONDS):
            for n in range(TRIED):
                rng = seeded("twins", n)
                row = tuple(value(t, rng, n / TRIED) for t in p.params)
                ours, theirs = (run(Apply(f, inputs), row, LIMITS) for f in (p, q))
                if not alike(ours, theirs):
                    return False
                given += [] if isinstance(ours, Failure) else [ours]
    except (Stop, LookupError):  # it takes long, or is of a class of which no value can be drawn
        return False
    return any(not same(v, given[0]) for v in given)


def suggested(dsl: DSL) -> str | None:
    """The proposer that ships with which training for a language is begun: the one that knows most of its primitives.

    None where that is less than half of them.

    >>> from dsl import load
    >>> suggested(load("bitvectors")) is None
    True
    """
    found = []
    for folder in sorted(SHIPPED.iterdir()) if SHIPPED.is_dir() else ():
        known = len(twins(Transformer.load(folder).model, dsl))
        if known >= max(FEWEST, ENOUGH * len(dsl.primitives)):
            found.append((known, folder.name))
    return max(found)[1] if found else None
