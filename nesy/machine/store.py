"""Store: a learned machine as files: machine.json (programs as text) and machine.safetensors (the parser)."""

from collections.abc import Callable, Mapping
from dataclasses import astuple
from pathlib import Path

import torch

from dsl.syntax import parse, show
from nesy import saved
from nesy.machine.evidence import Evidence
from nesy.machine.grammar import Parser
from nesy.machine.machine import Machine
from nesy.machine.semantics import ABSENT, Category, Domain, Meaning
from nesy.machine.tree import Tree

NAME = "machine"


def save(machine: Machine, evidence: Mapping[str, Evidence], folder: Path) -> None:
    """Write a machine and the evidence for its words.

    Raises:
        NesyError: if the folder cannot be written.
    """
    saved.save(folder, NAME, NAME, {
        "language": machine.domain.language.name,
        "lexicon": {w: _saved(m) for w, m in machine.lexicon.items()},
        "categories": [list(astuple(c)) for c in machine.parser.number],
        "attested": sorted(([head and list(astuple(head)), slot, list(astuple(child))]
                            for head, slot, child in machine.attested), key=repr),
        "evidence": {w: {"sentences": e.sentences, "uses": e.uses, "size": e.size, "stands": e.stands,
                         "missed": e.missed,
                         "others": [_saved(m) for m in e.others]}
                     for w, e in evidence.items()},
    }, machine.parser.state_dict())


def _saved(m: Meaning) -> dict:
    return {"program": show(m.program), "takes": m.takes, "left": m.left, "role": m.role, "lax": m.lax,
            "absent": m.missing is ABSENT}


def load(folder: Path, domain: Domain, syntax: Callable[[tuple[str, ...]], Tree | None] | None = None,
         ) -> tuple[Machine, dict[str, Evidence]]:
    """A saved machine and its evidence; programs are parsed, never evaluated as Python.

    Raises:
        NesyError: if the files are not those of a machine.
    """
    inputs = (domain.type,) * domain.arguments

    def meaning(saved: dict) -> Meaning:
        program = parse(saved["program"], domain.language, inputs, domain.type)
        missing = ABSENT if saved["absent"] else domain.missing
        return Meaning(program, missing, bool(saved["lax"]), int(saved["takes"]), saved["left"], str(saved["role"]))

    record, weights = saved.load(folder, NAME, NAME)
    with saved.damage(folder, NAME):
        lexicon = {w: meaning(t) for w, t in record["lexicon"].items()}
        categories = [Category(*c) for c in record["categories"]]
        attested = frozenset((head and Category(*head), slot, Category(*child))
                             for head, slot, child in record["attested"])
        parser = Parser(categories, torch.Generator())
        parser.load_state_dict(weights)
        evidence = {w: Evidence(w, lexicon[w], e["sentences"], e["uses"],
                                tuple(map(meaning, e["others"])), e["size"], str(e["stands"]), e.get("missed", 0))
                    for w, e in record["evidence"].items()}
    return Machine(domain, lexicon, parser, attested=attested, syntax=syntax), evidence
