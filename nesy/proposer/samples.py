"""Samples: an endless stream of programs of a language and what they do to drawn inputs.

Sample i of a seed depends on the seed and i alone. Programs whose behaviour on fixed inputs falls
into a fiftieth of all behaviours are held out: no program, and no behaviour, is on both sides.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import count
from math import log2
from random import Random

from dsl.errors import NesyError
from dsl.grammar import Grammar, Symbol
from dsl.inputs import MAKERS, sample, seeded
from dsl.interpret import Failure, Limits, Stop, run, time_limit
from dsl.language import DSL
from dsl.lazy import cached_property
from dsl.pcfg import PCFG
from dsl.program import Apply, Const, Input, Program, Variable
from dsl.spec import Example, Spec
from dsl.types import BOOL, INT, STR, AnyType, Type, belongs, is_function, sequence, variables, width_of
from nesy.proposer.given import Given
from nesy.proposer.like import Like
from nesy.proposer.spelling import LETTERS, spelled
from nesy.proposer.texts import SIGNS, column, text, word
from nesy.proposer.tokens import LONGEST, written

OTHERS = (-3, 10)  # numbers that may be written in place of listed ones
SECONDS = 1.0  # for all that is run of one program
HELD_OUT = 50  # one behaviour in so many
PROBES = 6  # fixed inputs by which behaviours are told apart
LARGEST = 10**6  # of numbers that a sample may show
GIVEN = 5.0  # times as often as any other leaf, inputs are drawn
SHARE = 6  # times as often as truth values, others are given
LIKE = 0.5  # of the programs, where others are told that they are to be like
TRIES = 200  # programs of one signature before another is taken
MOST_HELD_OUT = 40_000  # programs drawn for one that is held out: few behaviours may all be learned from
DRAWS = 20  # of a value, until its class is taken to have none
KEPT = 8  # of them, of one size: of large programs, few are the shortest that do what they do
LIMITS = Limits(steps=20_000, size=400, seconds=0.0)
ALIKE = 0.85  # of the texts of a sample are of one pattern

Maker = Callable[[Random], object]


@dataclass(frozen=True)
class Sample:
    """A program, its signature and what it does."""

    spec: Spec
    program: Program


@dataclass(frozen=True)
class Stream:
    """Programs of a language, of these sizes, with examples; `makers` draw the values of some types.

    Programs are of the signatures in `types`, as often as each stands there, or else of all that the language has.
    Where tasks are `given`, inputs are theirs, and signatures; half of the programs are `like` others, where those
    are told, and the rest is of productions that those use. Of the numbers and texts that programs write, a share of
    `vary` are others than the language lists.

    >>> from dsl import load
    >>> stream = Stream(load("integers"), seed=3)
    >>> one, again = next(stream.samples()), next(stream.samples())
    >>> str(one.program) == str(again.program), one.spec.holds(one.program)
    (True, True)
    """

    dsl: DSL
    seed: int = 0
    sizes: tuple[int, int] = (2, 12)
    examples: tuple[int, int] = (3, 6)
    held_out: bool = False
    vary: float = 0.0
    makers: dict[AnyType, Maker] = field(default_factory=dict, compare=False)
    types: tuple[tuple[tuple[AnyType, ...], AnyType], ...] = ()
    given: Given | None = field(default=None, compare=False)
    like: Like | None = field(default=None, compare=False)

    def samples(self, start: int = 0, step: int = 1) -> Iterator[Sample]:
        """Samples start, start + step, start + 2 step, ..."""
        return (self.sample(i) for i in count(start, step))

    def sample(self, i: int) -> Sample:
        """The sample of this number.

        Raises:
            NesyError: where no program of the language does anything that could be shown.
        """
        rng = seeded("proposer", self.seed, i)
        size, inputs, output = 0, *self.signatures[0]
        one = 10 * TRIES if self.held_out else TRIES
        most = MOST_HELD_OUT if self.held_out else TRIES * (20 + 5 * len(self.signatures))  # few may say anything
        for tried in range(most):
            if tried % one == 0:
                inputs, output = rng.choice(self.signatures)
            if tried % one % KEPT == 0:
                size = rng.randint(*self.sizes)
            found = self._sampled(rng, inputs, output, size)
            if found is not None:
                return found
        raise NesyError(f"language {self.dsl.name!r}: of {most:,} programs drawn none gives different results "
                        "on different inputs; are its primitives able to run on values of their types?")

    @cached_property
    def signatures(self) -> list[tuple[tuple[AnyType, ...], AnyType]]:
        """Inputs and output of programs: types of values that the language takes and gives, the simpler more often.

        Raises:
            NesyError: where the language has none, or none that was asked for.
        """
        if self.types:
            return self._of_types()
        if self.given is not None:
            return self._of_tasks(self.given)
        taken, given = _takes(self.dsl), _gives(self.dsl)
        taken = [t for t in taken if t != BOOL] or taken
        found = []
        for n in (1, 1, 1, 2, 2, 3) if taken else ():
            for output in given:
                rng = seeded("signature", n, str(output))
                for _ in range(1 if output == BOOL else SHARE):
                    inputs = tuple(rng.choice(taken) for _ in range(n))
                    if _useful(self.dsl, inputs, output):
                        found.append((inputs, output))
        if not found:
            raise NesyError(f"language {self.dsl.name!r}: no program of it turns values that can be sampled into "
                            "others; give primitives whose parameters are numbers, text, or tuples of them")
        return found

    def _of_types(self) -> list[tuple[tuple[AnyType, ...], AnyType]]:
        for inputs, output in self.types:
            if not (all(map(_sampled_type, inputs)) and _useful(self.dsl, inputs, output)):
                raise NesyError(f"language {self.dsl.name!r}: no program of it makes {output} of "
                                f"{', '.join(map(str, inputs))}; ask for types that its primitives take and give")
        return list(self.types)

    def _of_tasks(self, given: Given) -> list[tuple[tuple[AnyType, ...], AnyType]]:
        fitting = {s for s in set(given.signatures) if _useful(self.dsl, *s)}
        if not fitting:
            inputs, output = given.signatures[0]
            raise NesyError(f"language {self.dsl.name!r}: no program of it makes {output} of "
                            f"{', '.join(map(str, inputs))}, as these tasks ask; name tasks of this language")
        return [s for s in given.signatures if s in fitting]

    def _sampled(self, rng: Random, inputs: tuple[AnyType, ...], output: AnyType, size: int) -> Sample | None:
        pcfg = self._pcfg(inputs, output)
        program = self.like.draw(rng, pcfg) if self.like is not None and rng.random() < LIKE else None
        program = program or pcfg.sample_sized(rng, size)
        if program is None or len({p.index for p in program.walk() if isinstance(p, Input)}) < len(inputs):
            return None
        if self.vary:
            program = program.replace(lambda p: _other(p, rng) if isinstance(p, Const) and rng.random() < self.vary
                                      else None)
        try:
            with time_limit(SECONDS):
                return self._shown(program, inputs, output, rng)
        except Stop:
            return None

    def _shown(self, program: Program, inputs: tuple[AnyType, ...], output: AnyType, rng: Random) -> Sample | None:
        """What a program does to drawn inputs, if that says enough."""
        rows: list[tuple[object, ...]] = []
        goals: list[object] = []
        for row in self._rows(rng, inputs, output):  # drawn one by one: most programs fail on the first
            out = run(program, row, LIMITS)
            if isinstance(out, Failure) or not belongs(out, output):
                return None
            rows.append(row)
            goals.append(out)
        if not telling(program, rows, goals, self.writes):
            return None
        if self.holds_out(program, inputs, output) != self.held_out:
            return None
        spec = Spec(inputs=inputs, output=output,
                    examples=[Example(*row, output=out) for row, out in zip(rows, goals, strict=True)])
        return Sample(spec, program)

    def writes(self, constant: Const) -> bool:
        """Whether programs may have this constant."""
        return bool(self.vary) and constant.type in (INT, STR) or self.dsl.writes(constant)

    def _rows(self, rng: Random, inputs: tuple[AnyType, ...], output: AnyType) -> Iterator[tuple[object, ...]]:
        many = rng.randint(*self.examples)
        if self.given is not None:
            yield from self.given.rows(rng, inputs, output, many)
            return
        scale = rng.random()
        ways = [column(rng) if t == STR and t not in self.makers and rng.random() < ALIKE
                else partial(self._value, t, scale=scale) for t in inputs]
        for _ in range(many):
            yield tuple(draw(rng) for draw in ways)

    def holds_out(self, program: Program, inputs: tuple[AnyType, ...], output: AnyType) -> bool:
        """Whether a program's behaviour is among those held out."""
        values = [run(program, row, LIMITS) for row in self._probes(inputs, output)]
        done = ["fails" if isinstance(v, Failure) else _told(v) for v in values]  # whatever is said of it
        told = repr((list(map(str, inputs)), str(output), done)).encode()
        return int.from_bytes(sha256(told).digest()[:4]) % HELD_OUT == 0

    def _probes(self, inputs: tuple[AnyType, ...], output: AnyType) -> list[tuple[object, ...]]:
        found = self._known.get((inputs, output))
        if found is None and self.given is not None and self.given.knows(inputs, output):
            found = self._known[inputs, output] = self.given.probes(inputs, output, PROBES)
        if found is None:
            rng = seeded("probe", *map(str, inputs))
            found = self._known[inputs, output] = [tuple(self._value(t, rng, k / PROBES) for t in inputs)
                                                   for k in range(PROBES)]
        return found

    def _pcfg(self, inputs: tuple[AnyType, ...], output: AnyType) -> PCFG:
        """Productions as told programs use them, else alike, but for inputs and parameters: those say more."""
        found = self._pcfgs.get((inputs, output))
        if found is None:
            grammar, bits = Grammar(self.dsl, inputs, output), {}
            counted = self.like and self.like.pcfg(grammar)
            if counted:
                return self._pcfgs.setdefault((inputs, output), counted)
            for symbol, rules in grammar.productions.items():
                weights = [GIVEN if isinstance(r.head, Input | Variable) else 1.0 for r in rules]
                bits.update({(symbol, r): log2(w / sum(weights)) for r, w in zip(rules, weights, strict=True)})
            found = self._pcfgs[inputs, output] = PCFG(grammar, bits)
        return found

    @cached_property
    def _pcfgs(self) -> dict[tuple[tuple[AnyType, ...], AnyType], PCFG]:
        return {}

    @cached_property
    def _known(self) -> dict[tuple[tuple[AnyType, ...], AnyType], list[tuple[object, ...]]]:
        return {}

    def _value(self, t: AnyType, rng: Random, scale: float) -> object:
        if t in self.makers:
            return self.makers[t](rng)
        for _ in range(5 * DRAWS):
            try:
                return value(t, rng, scale)
            except LookupError:  # a class that refuses this one
                continue
        raise NesyError(f"class {t} refuses nearly all values that are drawn for its fields; give it a class method "
                        "sampled(rng) that draws one")

    def grammar(self, spec: Spec) -> Grammar:
        """The grammar of a signature."""
        return self._pcfg(spec.inputs, spec.output).grammar


def _other(constant: Const, rng: Random) -> Const | None:
    """A number or a short text in place of a listed one."""
    if constant.type == INT:
        return Const(rng.randint(*OTHERS), INT)
    return Const(rng.choice((*SIGNS, rng.choice(LETTERS), word(rng))), STR) if constant.type == STR else None


def telling(program: Program, rows: Sequence[Sequence[object]], goals: Sequence[object],
            writes: Callable[[Const], bool]) -> bool:
    """Whether what a program does to these rows can be shown, and nothing shorter does the same.

    Of the program and of each part outside of lambdas: no input, no constant that may be written, and none of its own
    parts does what it does.
    """
    if any(_large(v, program.type) for v in goals) or len(set(map(_told, goals))) < 2:
        return False
    if any(list(goals) == list(given) for given in zip(*rows, strict=True)):
        return False
    done = {p: [run(p, row, LIMITS) for row in rows] for p in dict.fromkeys(program.parts())} | {
        program: list(goals)}
    given = [p for p in done if isinstance(p, Input)]
    if any(_short(p, given, done, writes) for p in done if isinstance(p, Apply)):
        return False
    return all(len(written(Example(*row, output=out))) <= LONGEST for row, out in zip(rows, goals, strict=True))


def _short(part: Program, given: Sequence[Program], done: dict[Program, list[object]],
           writes: Callable[[Const], bool]) -> bool:
    """Whether a constant, an input, or a part of this one does what it does."""
    values = done[part]
    if all(v == values[0] for v in values) and writes(Const(values[0], part.type)):
        return True
    return any(p.type == part.type and done[p] == values for p in (*given, *part.parts()))


def _told(value: object) -> str:
    """A value as text, which is the same in every process."""
    text = repr(value)
    return repr(spelled(value)) if " at 0x" in text else text


def value(t: AnyType, rng: Random, scale: float) -> object:
    """A value of a type: small numbers and short lists for a small scale (0 to 1), else any."""
    if t == INT:
        top = (5, 10, 30, 99)[int(3.99 * scale)]
        return rng.randint(-top if rng.random() < 0.3 else 0, top)
    if t == sequence(INT):
        top, sign = (9, 20, 60, 99)[int(3.99 * scale)], rng.random() < 0.3
        return tuple(rng.randint(-top if sign else 0, top) for _ in range(rng.randint(0 if sign else 2, 9)))
    if t == STR:
        return text(rng)
    if isinstance(t, Type) and t.name in ("tuple", "product"):
        items = t.args if t.name == "product" else [t.args[0]] * rng.randint(1, 5)
        return tuple(value(a, rng, scale) for a in items)
    return sample(t, rng)


def _useful(dsl: DSL, inputs: tuple[AnyType, ...], output: AnyType) -> bool:
    """Whether some program of a signature is more than a leaf."""
    grammar = Grammar(dsl, inputs, output)
    return Symbol(output) not in grammar.barren and any(r.args for r in grammar.productions[Symbol(output)])


def _takes(dsl: DSL) -> list[AnyType]:
    """The types of parameters of which values can be sampled; of classes, those that none makes of plain values."""
    found = [t for _, t in sorted({str(t): t for p in dsl.primitives for t in p.params}.items()) if _sampled_type(t)]
    plain = tuple(t for t in found if getattr(t, "name", "") in MAKERS or width_of(t) is not None)
    return [t for t in found if t in plain or Symbol(t) in Grammar(dsl, plain, t).barren]


def _gives(dsl: DSL) -> list[AnyType]:
    found = {str(p.result): p.result for p in dsl.primitives if not variables(p.result) and not is_function(p.result)}
    return [found[name] for name in sorted(found)]


def _sampled_type(t: AnyType) -> bool:
    if variables(t) or is_function(t):
        return False
    for n in range(DRAWS):
        try:
            sample(t, Random(n))
            return True
        except LookupError:
            continue
    return False


def _large(value: object, t: AnyType) -> bool:
    """Whether a value of a type is too large to be shown; bitvectors have their width."""
    if isinstance(value, tuple):
        args = getattr(t, "args", ())
        types = args if len(args) == len(value) else args[:1] * len(value) or (t,) * len(value)
        return len(value) > 20 or any(map(_large, value, types))
    if isinstance(value, str):
        return len(value) > 60
    return isinstance(value, int) and abs(value) > LARGEST and width_of(t) is None
