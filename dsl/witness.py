"""Witness: what the arguments of a primitive must have been, given what came out (Polozov and Gulwani 2015).

A plan tells, argument by argument, the values that are possible once the output and
some other arguments are known: `{"right": lambda out, left: ...}`. Arguments that a plan does not
name are taken from what is already built. A witness returns the possible values
as a tuple, frozenset or range (empty: impossible), a function as `table` of its calls, or
`ANY` where it does not matter.
It may leave possible values out, and the ones that it names are tried by running the primitive.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dsl.errors import DSLError, nearest


class _Any:
    """Every value will do."""

    def __reduce__(self) -> str:
        return "ANY"  # copied or pickled, it is itself

    def __repr__(self) -> str:
        return "ANY"


ANY = _Any()


class Table(tuple):
    """A function known by some of its calls: pairs of arguments and result; any that agrees will do."""


def table(calls: Iterable[tuple[tuple[object, ...], object]]) -> tuple:
    """The functions that give these results, as what a witness of a function argument returns.

    >>> table([((1,), 2), ((1,), 3)])
    ()
    """
    known: dict[tuple[object, ...], object] = {}
    for args, out in calls:
        if known.setdefault(args, out) != out:
            return ()
    return Table(known.items()) if known else ANY  # type: ignore[return-value]


class Bits:
    """The numbers that have given bits where a mask is set, whatever they have elsewhere."""

    __slots__ = ("fixed", "mask", "width")

    def __init__(self, mask: int, fixed: int, width: int):
        self.mask, self.fixed, self.width = mask, fixed, width

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and value & self.mask == self.fixed

    def __len__(self) -> int:
        return 1 << min(self.width - self.mask.bit_count(), 62)

    def __iter__(self) -> Iterator[int]:
        """Those of them with no more bits set than must be, and with all that may be."""
        yield self.fixed
        if len(self) > 1:
            yield self.fixed | ~self.mask & (1 << self.width) - 1

    def __hash__(self) -> int:
        return hash((self.mask, self.fixed))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bits) and (self.mask, self.fixed) == (other.mask, other.fixed)

    def among(self, values: np.ndarray) -> np.ndarray:
        """Which of an array of numbers, of 64 bits at most, are among them."""
        return values & np.uint64(self.mask) == np.uint64(self.fixed)


def choices(back: object, where: str) -> object:
    """What a witness returned, as values that can be looked up.

    Raises:
        DSLError: for what is no choice of values.
    """
    if back is ANY or isinstance(back, tuple | frozenset | range | Bits):
        return back
    if isinstance(back, set):
        return frozenset(back)
    if isinstance(back, list):
        return tuple(back)
    raise DSLError(f"{where} returned {type(back).__name__}; give the possible values as a tuple, frozenset or range, "
                   "or ANY")


@dataclass(frozen=True, eq=False)
class Step:
    """One argument of a plan: its index, its witness, and the indices of what that must know."""

    index: int
    witness: Callable[..., object]
    needs: tuple[int, ...]
    where: str = ""


Plan = tuple[Step, ...]


def read_plans(where: str, params: Sequence[str], declared: object) -> tuple[Plan, ...]:
    """Check the plans of a declaration: one mapping, or a list of them.

    Raises:
        DSLError: for a name that is no parameter, or one that a witness needs before it is known.
    """
    if declared is None:
        return ()
    plans = [declared] if isinstance(declared, Mapping) else declared
    if not isinstance(plans, Sequence) or not all(isinstance(p, Mapping) and p for p in plans):
        raise DSLError(f"{where}: witness is a mapping from parameter to function, or a list of such, not {declared!r}")
    return tuple(_read_plan(where, list(params), p) for p in plans)


def _read_plan(where: str, params: list[str], declared: Mapping) -> Plan:
    known = {"out", *(p for p in params if p not in declared)}
    steps = []
    for name, witness in declared.items():
        if name not in params:
            raise DSLError(f"{where}: witness for {name!r}, which is no parameter; {nearest(str(name), params)}")
        if not inspect.isfunction(witness):
            raise DSLError(f"{where}: witness for {name!r} is no function")
        needs = list(inspect.signature(witness).parameters)
        if needs[:1] != ["out"]:
            raise DSLError(f"{where}: the witness for {name!r} takes out first, then the arguments that it must know")
        for n in needs:
            if n not in known:
                raise DSLError(f"{where}: the witness for {name!r} needs {n!r}, which is not known before it")
        steps.append(Step(params.index(name), witness, tuple(params.index(n) for n in needs[1:]),
                          f"{where}: the witness for {name!r}"))
        known.add(name)
    return tuple(steps)


def through(plans: Sequence[Plan], args: Sequence[int | Callable[[tuple], object]], uses: Sequence[tuple[int, ...]],
            ) -> tuple[Plan, ...]:
    """The plans of a function that is one call of another: of its parameters, and of values computed from them.

    args: for each argument of the call the parameter that it is, or how it is computed from all parameters;
    uses: the parameters that each argument needs.
    """
    found = []
    for plan in plans:
        steps, known = [], {p for i, used in enumerate(uses) for p in used if all(s.index != i for s in plan)}
        for step in plan:
            target = args[step.index]
            needs = tuple(sorted({p for i in step.needs for p in uses[i]}))
            if not isinstance(target, int) or target in known or not known.issuperset(needs):
                break
            steps.append(Step(target, _asking(step, args, needs), needs))
            known.add(target)
        if len(steps) == len(plan):
            found.append(tuple(steps))
    return tuple(found)


def _asking(step: Step, args: Sequence[int | Callable[[tuple], object]], needs: tuple[int, ...]) -> Callable:
    def ask(out: object, *values: object) -> object:
        given = dict(zip(needs, values, strict=True))
        everything = tuple(given.get(i) for i in range(max(given, default=-1) + 1))
        inner = [given[a] if isinstance(a, int) else a(everything) for a in (args[i] for i in step.needs)]
        return step.witness(out, *inner)

    return ask
