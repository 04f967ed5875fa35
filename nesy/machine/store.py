"""Store: a learned machine as files: machine.json (programs as text) and parser.safetensors."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import astuple
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from dsl.errors import NesyError
from dsl.syntax import parse, show
from nesy.machine.evidence import Evidence
from nesy.machine.grammar import Parser
from nesy.machine.machine import Machine
from nesy.machine.semantics import Category, Domain, Meaning
from nesy.machine.tree import Tree


def save(machine: Machine, evidence: Mapping[str, Evidence], folder: Path) -> None:
    """Write a machine and the evidence for its words; machine.json comes last and so marks a whole one."""
    save_file(dict(machine.parser.state_dict()), folder / "parser.safetensors")
    record = {
        "language": machine.domain.language.name,
        "lexicon": {w: _saved(m) for w, m in machine.lexicon.items()},
        "categories": [list(astuple(c)) for c in machine.parser.number],
        "attested": sorted(([head and list(astuple(head)), slot, list(astuple(child))]
                            for head, slot, child in machine.attested), key=repr),
        "evidence": {w: {"sentences": e.sentences, "uses": e.uses, "size": e.size,
                         "others": [_saved(m) for m in e.others]}
                     for w, e in evidence.items()},
    }
    record["parser_sha256"] = _digest((folder / "parser.safetensors").read_bytes())
    record["sha256"] = _digest(json.dumps(record, sort_keys=True).encode())
    part = folder / "machine.json.part"
    part.write_text(json.dumps(record, indent=1) + "\n")
    part.rename(folder / "machine.json")


def _saved(m: Meaning) -> dict:
    return {"program": show(m.program), "takes": m.takes, "left": m.left, "role": m.role}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def load(folder: Path, domain: Domain, syntax: Callable[[tuple[str, ...]], Tree] | None = None,
         ) -> tuple[Machine, dict[str, Evidence]]:
    """A saved machine and its evidence; programs are parsed, never evaluated as Python.

    Raises:
        NesyError: if the files are not those of a machine.
    """
    inputs = (domain.type,) * domain.arguments

    def meaning(saved: dict, lax: bool = False) -> Meaning:
        program = parse(saved["program"], domain.language, inputs, domain.type)
        return Meaning(program, domain.missing, lax, int(saved["takes"]), saved["left"], str(saved["role"]))

    try:
        record = json.loads((folder / "machine.json").read_text())
        if record.pop("sha256") != _digest(json.dumps(record, sort_keys=True).encode()):
            raise ValueError("machine.json is not as it was written")
        if record["parser_sha256"] != _digest((folder / "parser.safetensors").read_bytes()):
            raise ValueError("parser.safetensors is not as it was written")
        lexicon = {w: meaning(t) for w, t in record["lexicon"].items()}
        categories = [Category(*c) for c in record["categories"]]
        attested = frozenset((head and Category(*head), slot, Category(*child))
                             for head, slot, child in record["attested"])
        parser = Parser(categories, torch.Generator())
        parser.load_state_dict(load_file(folder / "parser.safetensors"))
        evidence = {w: Evidence(w, lexicon[w], e["sentences"], e["uses"],
                                tuple(meaning(t, lax=True) for t in e["others"]), e["size"])
                    for w, e in record["evidence"].items()}
    except Exception as error:  # whatever a damaged file leads to: it is said, not hidden
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise NesyError(f"{folder}: not a whole machine ({said}); remove the folder and learn again") from None
    return Machine(domain, lexicon, parser, attested=attested, syntax=syntax), evidence
