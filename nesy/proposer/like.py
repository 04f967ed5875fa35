"""Like: programs that a run found, and others like them: of their productions, or with a part exchanged."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from dsl.errors import NesyError
from dsl.grammar import Grammar, Symbol
from dsl.language import DSL
from dsl.pcfg import PCFG, Rule, derivation
from dsl.program import Lambda, Program
from dsl.syntax import parse
from nesy.proposer.given import Signature
from tasks import tasks_of

WEIGHT = 0.3  # uses that every production has beside those counted
PART = 4  # nodes of what is put in, at most
WHOLE = 0.25  # of the programs stay as they are


@dataclass(frozen=True)
class Like:
    """Programs found, by signature."""

    programs: dict[Signature, tuple[Program, ...]]

    @classmethod
    def of_run(cls, folder: Path, dsl: DSL) -> "Like":
        """The programs of the tasks that a run solved, as far as they are of the language's grammar.

        Raises:
            NesyError: where the folder holds no run, or a run without such programs.
        """
        try:
            config = json.loads((folder / "run.json").read_text("utf-8"))["config"]
            tasks = tasks_of(f"{config['benchmark']}/{config['split']}", config["seed"])
            lines = [json.loads(line) for line in (folder / "tasks.jsonl").read_text("utf-8").splitlines()]
            solved = {line["id"]: line["program"] for line in lines if line["status"] == "SOLVED"}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NesyError(f"--like {folder}: no run ({str(error)[:100]}); name a folder that `nesy eval` wrote"
                            ) from None
        found: dict[Signature, list[Program]] = {}
        grammars: dict[Signature, Grammar] = {}
        for name in (i for i in tasks.ids if i in solved):
            spec = tasks.task(name).spec
            signature = spec.inputs, spec.output
            grammar = grammars.setdefault(signature, Grammar(dsl, *signature))
            try:
                program = parse(solved[name], dsl, spec.inputs, spec.output)
                derivation(grammar, program)
            except NesyError:  # with a constant that the grammar does not list, or in another syntax
                continue
            found.setdefault(signature, []).append(program)
        if not found:
            raise NesyError(f"--like {folder}: none of its {len(solved)} programs is of the language {dsl.name!r}")
        return cls({signature: tuple(dict.fromkeys(programs)) for signature, programs in found.items()})

    def pcfg(self, grammar: Grammar) -> PCFG | None:
        """Productions as often as these programs use them; None where there is none of the grammar's signature."""
        programs = self.programs.get((grammar.inputs, grammar.output))
        return None if programs is None else PCFG.counted(grammar, programs, WEIGHT)

    def draw(self, rng: Random, pcfg: PCFG) -> Program | None:
        """One of the programs, as it is or with a part of it drawn anew; None where there is none."""
        programs = self.programs.get((pcfg.grammar.inputs, pcfg.grammar.output), ())
        if not programs:
            return None
        program = rng.choice(programs)
        return program if rng.random() < WHOLE else mutated(program, pcfg, rng)


def mutated(program: Program, pcfg: PCFG, rng: Random) -> Program:
    """The program with one of its parts, outside of lambdas, drawn anew.

    >>> from dsl import load, parse
    >>> from dsl.types import INT
    >>> dsl = load("integers")
    >>> str(mutated(parse("add(x0, negate(x0))", dsl, (INT,)), PCFG.uniform(Grammar(dsl, (INT,), INT)), Random(1)))
    'add(0, negate(x0))'
    """
    symbols = list(_parts(program, iter(derivation(pcfg.grammar, program))))
    at = rng.randrange(len(symbols))
    part = pcfg.sample_sized(rng, rng.randint(1, PART), symbols[at])
    return program if part is None else _put(program, at, part)[0]


def _parts(program: Program, steps: Iterator[Rule]) -> Iterator[Symbol]:
    """The symbol of each part outside of lambdas, outermost first."""
    symbol, _ = next(steps)
    yield symbol
    for child in program.children:
        within = list(_parts(child, steps))
        if not isinstance(program, Lambda):
            yield from within


def _put(program: Program, at: int, part: Program) -> tuple[Program, int]:
    """The program with part number `at` exchanged, and what is left of that number after all of its parts."""
    if at == 0:
        return part, -1
    at -= 1
    if isinstance(program, Lambda):
        return program, at
    children = []
    for child in program.children:
        made, at = (child, at) if at < 0 else _put(child, at, part)
        children.append(made)
    return (program.rebuild(tuple(children)) if children else program), at
