"""Programs on whole arrays of inputs, where every primitive in them declares such a meaning."""

from collections.abc import Mapping, Sequence
from typing import Any

import array_api_compat

from dsl.arrays import call, encode, namespace
from dsl.program import Apply, Const, Input, Program


def evaluate(p: Program, inputs: Mapping[int, Any] | Sequence[Any], longest: int, like: Any) -> tuple[Any, Any]:
    """A program's cells on those of its inputs, and where it has a value (None: everywhere); `like`: [n], any array."""
    xp = namespace(like)
    match p:
        case Input():
            return inputs[p.index], None
        case Const():
            cell = encode([p.value], p.type, longest)[0]
            cell = xp.asarray(cell, device=array_api_compat.device(like))
            return xp.broadcast_to(cell, (*like.shape, *cell.shape)), None
    assert isinstance(p, Apply) and p.function.batch is not None
    parts = [evaluate(a, inputs, longest, like) for a in p.args]
    found = call(p.function.batch, p.function.params, p.function.result, [c for c, _ in parts], longest)
    return found.cells, _all([*(ok for _, ok in parts), found.ok, found.held])


def _all(conditions: list[Any]) -> Any:
    """Where all of them hold; None says that one does everywhere."""
    known = [c for c in conditions if c is not None]
    for c in known[1:]:
        known[0] = known[0] & c
    return known[0] if known else None
