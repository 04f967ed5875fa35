"""Laws: algebraic promises of a primitive, used to visit one program of each equal family.

A law is declared once in `@primitive(...)`. Search skips what it makes redundant;
`violation` measures it on sampled values, and a test does so for every shipped primitive.
Sound together: each pruned program has an equal one, of no greater size, that is kept.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product

from dsl.errors import RAISED, DSLError, nearest, shown
from dsl.imprint import imprint
from dsl.types import AnyType, belongs

UNITS = ("identity", "absorbing")  # laws that name a value



class _Absent:
    def __reduce__(self) -> str:
        return "ABSENT"  # copied or pickled, it is itself

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Laws:
    """What a primitive f promises, wherever the left-hand side does not fail.

    commutative: f(a, b) = f(b, a); associative: f(f(a, b), c) = f(a, f(b, c));
    idempotent: f(a, a) = a for two arguments, f(f(a)) = f(a) for one;
    involutive: f(f(a)) = a; identity: f(a, e) = f(e, a) = a;
    absorbing: f(a, z) = f(z, a) = z.
    """

    commutative: bool = False
    associative: bool = False
    idempotent: bool = False
    involutive: bool = False
    identity: object = ABSENT
    absorbing: object = ABSENT

    @property
    def units(self) -> tuple[object, ...]:
        """The constants that are redundant as an argument: the identity and the absorbing one."""
        return tuple(u for u in (self.identity, self.absorbing) if u is not ABSENT)

    def declared(self) -> dict[str, object]:
        """The laws that hold, by name."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: v for k, v in values.items() if (v is not ABSENT if k in UNITS else v)}


def read_laws(name: str, arity: int, declared: dict[str, object]) -> Laws:
    """Check the laws named in a declaration.

    Raises:
        DSLError: for an unknown law or one that does not fit the number of arguments.
    """
    known = {f.name for f in fields(Laws)}
    for law in declared:
        if law not in known:
            raise DSLError(f"primitive {name!r}: no such law or option {law!r}; {nearest(law, known)}")
        wanted = {"involutive": (1,), "idempotent": (1, 2)}.get(law, (2,))
        if law not in UNITS and not isinstance(declared[law], bool):
            raise DSLError(f"primitive {name!r}: law {law!r} is True or False, not {declared[law]!r}")
        if (law in UNITS or declared[law]) and arity not in wanted:
            needs = " or ".join(map(str, wanted))
            raise DSLError(f"primitive {name!r}: law {law!r} needs {needs} argument(s), it has {arity}")
    return Laws(**declared)  # type: ignore[arg-type]


def within(laws: Laws, params: Sequence[AnyType], result: AnyType) -> Laws:
    """The laws that may prune a function of these types: those whose kept side is a term of the result's type.

    Without them a grammar in which arguments and results differ would lose programs: of `I -> (+ J 0)`
    the identity leaves a J, which is no I.
    """
    if len(params) == 1:
        closed = params[0] == result
        return replace(laws, involutive=laws.involutive and closed, idempotent=laws.idempotent and closed)
    if len(params) != 2:
        return laws
    alike, closed = params[0] == params[1], params[0] == params[1] == result
    kept = {"identity": lambda i: params[1 - i] == result, "absorbing": lambda i: params[i] == result}
    units = {}
    for law, left in kept.items():
        value = getattr(laws, law)
        places = [] if value is ABSENT else [i for i in (0, 1) if belongs(value, params[i])]
        units[law] = value if places and all(map(left, places)) else ABSENT
    return replace(laws, commutative=laws.commutative and alike, associative=laws.associative and closed,
                   idempotent=laws.idempotent and closed, **units)


def same(a: object, b: object) -> bool:
    """Equality that keeps 1, True and 1.0 apart, also inside tuples."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return a == b and {(type(v), v) for v in a} == {(type(v), v) for v in b}
    if isinstance(a, float) and isinstance(b, float):
        return a == b or a != a and b != b  # NaN is itself
    return a == b


def is_among(value: object, units: Iterable[object]) -> bool:
    """Whether a value is one of those that a law makes redundant; one that is only equal is not.

    >>> from decimal import Decimal
    >>> is_among(Decimal("1.0"), [Decimal("1.0")]), is_among(Decimal("1.00"), [Decimal("1.0")])
    (True, False)
    """
    return any(same(value, u) and imprint(value) == imprint(u) for u in units)


def violation(f: Callable[..., object], laws: Laws, samples: Sequence[Iterable[object]],
              params: Sequence[AnyType] = ()) -> str | None:
    """The first broken law, in words, over all combinations of sampled argument values.

    `samples` holds, for each argument, values to try; `params`, where given, the type of each. Where what search skips
    has a value (the left-hand side:
    f(f(a, b), c) of an associative f), what it keeps must have the same.

    >>> violation(lambda a, b: a - b, Laws(commutative=True), [(1, 2), (1, 2)])
    'commutative: f(1, 2) = -1 but f(2, 1) = 1'
    """
    def differs(law: str, left: tuple[str, Callable[[], object]], right: tuple[str, Callable[[], object]]):
        try:
            a = left[1]()
        except RAISED:  # outside the domain, where no law is promised
            return None
        try:
            b = right[1]()
        except RAISED:
            return f"{law}: {left[0]} = {shown(a)} but {right[0]} fails"
        alike = same(a, b) and (isinstance(a, float) or imprint(a) == imprint(b))
        return None if alike else f"{law}: {left[0]} = {shown(a)} but {right[0]} = {shown(b)}"

    pools = [list(s) for s in samples]
    for args in product(*pools):
        for found in _instances(f, laws, args, pools, differs, params):
            if found:
                return found
    return None


def _instances(f, laws, args, pools, differs, params):
    a = args[0]
    if len(args) == 1:
        if laws.involutive:
            yield differs("involutive", (f"f(f({shown(a)}))", lambda: f(f(a))), (shown(a), lambda: a))
        if laws.idempotent:
            yield differs("idempotent", (f"f(f({shown(a)}))", lambda: f(f(a))), (f"f({shown(a)})", lambda: f(a)))
        return
    b = args[1]
    if laws.commutative:
        yield differs("commutative", (f"f({shown(a)}, {shown(b)})", lambda: f(a, b)),
                      (f"f({shown(b)}, {shown(a)})", lambda: f(b, a)))
    if laws.idempotent:
        yield differs("idempotent", (f"f({shown(a)}, {shown(a)})", lambda: f(a, a)), (shown(a), lambda: a))
    for law in UNITS:
        e = getattr(laws, law)
        for i, other in enumerate((b, a)) if e is not ABSENT else ():
            if not params or belongs(e, params[i]):
                given, out = (e, other) if i == 0 else (other, e), other if law == "identity" else e
                yield differs(law, (f"f({shown(given[0])}, {shown(given[1])})", lambda given=given: f(*given)),
                              (shown(out), lambda out=out: out))
    if laws.associative:
        for c in pools[1]:
            yield differs("associative", (f"f(f({shown(a)}, {shown(b)}), {shown(c)})", lambda c=c: f(f(a, b), c)),
                          (f"f({shown(a)}, f({shown(b)}, {shown(c)}))", lambda c=c: f(a, f(b, c))))
