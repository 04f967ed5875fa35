"""DSL: a frozen set of primitives and constants."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import EnumType

from dsl.errors import DSLError, nearest, shown
from dsl.errors import text as text_of
from dsl.laws import Laws
from dsl.lazy import cached_property
from dsl.primitive import Primitive
from dsl.program import Const
from dsl.types import AnyType, Type, belongs, parts, read_annotation, variables

RESERVED = re.compile(r"[xy]\d+|lam|hole")


@dataclass(frozen=True, init=False)
class DSL:
    """A language: what programs may be built from.

    `constants` maps a type (or a Python annotation) to the values that programs may
    use; both come in order of preference, which breaks ties between programs of equal cost.
    Of the types in `open` any value may be written, though only those listed are enumerated.

    >>> from dsl.primitive import primitive
    >>> @primitive
    ... def double(a: int) -> int:
    ...     return 2 * a
    >>> print(DSL("tiny", [double], constants={int: [1]}))
    tiny: 1 primitive, 1 constant

    Raises:
        DSLError: for names used twice or reserved, and for constants not of their type.
    """

    name: str
    primitives: tuple[Primitive, ...]
    constants: tuple[Const, ...]
    open: tuple[AnyType, ...]

    def __init__(self, name: str, primitives: Iterable[Primitive], *,
                 constants: Mapping[object, Iterable[object]] | None = None, open: Iterable[object] = ()):
        _given(name, primitives, constants)
        found: dict[str, Primitive] = {}
        for p in primitives:
            if not isinstance(p, Primitive):
                raise DSLError(f"language {name!r}: {p!r} is no primitive; decorate it with @primitive")
            if not p.params:
                raise DSLError(f"language {name!r}: primitive {p.name!r} takes no argument; make its value a constant")
            if p.name in found:
                raise DSLError(f"language {name!r}: two primitives named {p.name!r}; pass name='...' to one")
            if RESERVED.fullmatch(p.name):
                raise DSLError(f"language {name!r}: primitive name {p.name!r} is kept for inputs; rename it")
            found[p.name] = p
        consts: dict[tuple[AnyType, str], Const] = {}
        if isinstance(open, type) or not isinstance(open, Iterable):
            raise DSLError(f"language {name!r}: open is a list of types, not {open!r}")
        for annotation, values in (constants or {}).items():
            t = read_annotation(annotation, f"language {name!r}, constants")
            if variables(t):
                raise DSLError(f"language {name!r}: constants of {t}, which has a type variable; give them a type")
            for v in _listed(name, t, values):
                if not belongs(v, t):
                    raise DSLError(f"language {name!r}: constant {shown(v)} is not of type {t}")
                if RESERVED.fullmatch(shown(v)):
                    raise DSLError(f"language {name!r}: constant {shown(v)} of {t} is written as inputs are; give its "
                                   "class another __repr__")
                try:
                    hash(v)
                except TypeError:
                    raise DSLError(f"language {name!r}: constant {shown(v)} cannot be hashed; freeze it") from None
                if consts.setdefault((t, shown(v)), Const(v, t)) != Const(v, t):
                    raise DSLError(f"language {name!r}: two constants of {t} are written {shown(v)}; let __repr__ tell "
                                   "them apart")
        signatures = [t for p in found.values() for t in (*p.params, p.result)]
        kinds: dict[str, type | None] = {}
        for t in (part for whole in (*signatures, *(t for t, _ in consts)) for part in parts(whole)):
            kind = getattr(t, "python", None)
            if kinds.setdefault(str(t), kind) is not kind:
                raise DSLError(f"language {name!r}: two classes are called {t}; rename one")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "primitives", tuple(found.values()))
        object.__setattr__(self, "constants", tuple(consts.values()))
        object.__setattr__(self, "open", tuple(read_annotation(t, f"language {name!r}, open") for t in open))

    def knows(self, types: Iterable[AnyType]) -> None:
        """Whether classes in these types are those that it has under their names.

        Raises:
            DSLError: names one of which there are two, as when a class is declared anew after the primitives.
        """
        mine = {str(p): getattr(p, "python", None) for t in self.types() for p in parts(t)}
        for t in (p for whole in types for p in parts(whole)):
            kind = getattr(t, "python", None)
            if mine.get(str(t), kind) is not kind:
                raise DSLError(f"language {self.name!r}: its class {t} is another than that of the examples; declare "
                               "the class once, and the primitives after it")

    def writes(self, constant: Const) -> bool:
        """Whether programs may use a constant."""
        return constant.type in self.open or constant in self.constants

    def primitive(self, name: str) -> Primitive:
        """The primitive of this name.

        Raises:
            DSLError: if there is none; says which name is near.
        """
        if name in self.named:
            return self.named[name]
        raise DSLError(f"language {self.name!r} has no primitive {name!r}; {nearest(name, list(self.named))}")

    @cached_property
    def named(self) -> dict[str, Primitive]:
        """Its primitives by name."""
        return {p.name: p for p in self.primitives}

    @cached_property
    def spelled(self) -> dict[str, tuple[Const, ...]]:
        """The constants by their text, and the members of classes of which any may be written."""
        members = [Const(m, t) for t in self.open if isinstance(kind := getattr(t, "python", None), EnumType)
                   for m in kind]
        found: dict[str, tuple[Const, ...]] = {}
        for c in dict.fromkeys((*self.constants, *members)):
            text = text_of(c.value)
            found[text] = (*found.get(text, ()), c)
        return found

    @cached_property
    def heads(self) -> frozenset[str]:
        """What stands before the first parenthesis in the texts of its constants."""
        return frozenset(text.partition("(")[0] for text in self.spelled)

    @cached_property
    def classes(self) -> dict[str, Type]:
        """The types without arguments that its primitives and constants mention, by name, but for variables."""
        return {t.name: t for whole in self.types() for t in parts(whole) if isinstance(t, Type) and not t.args}

    def extend(self, name: str, primitives: Iterable[Primitive] = (), *,
               constants: Mapping[object, Iterable[object]] | None = None) -> "DSL":
        """A language with more primitives and constants, under a new name."""
        _given(name, primitives, constants)
        more = self._values()
        for annotation, values in (constants or {}).items():
            t = read_annotation(annotation, f"language {name!r}, constants")
            more.setdefault(t, []).extend(_listed(name, t, values))
        return DSL(name, (*self.primitives, *primitives), constants=more, open=self.open)

    def types(self) -> tuple[AnyType, ...]:
        """The types that its primitives and constants mention, each once."""
        signatures = (t for p in self.primitives for t in (*p.params, p.result))
        return tuple(dict.fromkeys((*(c.type for c in self.constants), *signatures)))

    def __str__(self) -> str:
        def count(n: int, noun: str) -> str:
            return f"{n} {noun}{'' if n == 1 else 's'}"

        return f"{self.name}: {count(len(self.primitives), 'primitive')}, {count(len(self.constants), 'constant')}"

    def without(self, primitives: Iterable[Primitive]) -> "DSL":
        """The language without some of its primitives, under the same name.

        >>> from dsl import load
        >>> integers = load("integers")
        >>> len(integers.primitives) - len(integers.without(integers.primitives[:2]).primitives)
        2
        """
        left_out = set(primitives)
        return self._of(p for p in self.primitives if p not in left_out)

    def lawless(self, names: Collection[str]) -> "DSL":
        """The language with no law of the primitives of these names, under the same name.

        >>> from dsl import load
        >>> load("integers").lawless({"add"}).primitive("add").laws.declared()
        {}
        """
        if not names:
            return self
        return self._of(replace(p, laws=Laws()) if p.name in names else p for p in self.primitives)

    def _of(self, primitives: Iterable[Primitive]) -> "DSL":
        """The language of these primitives, under the same name."""
        return DSL(self.name, primitives, constants=self._values(), open=self.open)

    def _values(self) -> dict[object, list[object]]:
        """The constants' values by type, as the constructor takes them."""
        found: dict[object, list[object]] = {}
        for c in self.constants:
            found.setdefault(c.type, []).append(c.value)
        return found


def _given(name: str, primitives: object, constants: object) -> None:
    if isinstance(primitives, Primitive) or not isinstance(primitives, Iterable):
        raise DSLError(f"language {name!r}: primitives come as a list, not {primitives!r}")
    if constants is not None and not isinstance(constants, Mapping):
        raise DSLError(f"language {name!r}: constants come as a mapping from type to values, not {constants!r}")


def _listed(name: str, t: AnyType, values: object) -> Iterable[object]:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise DSLError(f"language {name!r}: constants of {t} come as a list, not {values!r}")
    return values
