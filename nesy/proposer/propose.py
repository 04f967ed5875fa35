"""Propose: programs that a trained transformer takes to be likely for a specification, most likely first."""

import json
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessorList
from transformers.utils import logging

from dsl.errors import NesyError
from dsl.grammar import Grammar
from dsl.language import DSL
from dsl.pcfg import PCFG, derivation
from dsl.program import Program
from dsl.spec import Spec
from nesy.proposer.constrain import Automaton, Constrained
from nesy.proposer.model import ProgramModel, known, padded
from nesy.proposer.tokens import END, LONGEST, Vocabulary, path

logging.set_verbosity_error()
logging.disable_progress_bar()

SHOWN = 8  # examples at most
GUIDED = 64  # proposals from which a PCFG is counted
SOFT = 3.0  # nats by which a proposal counts half as much
LONG = 4  # words that a program may have for each of its nodes
WEIGHTS, CONFIG = "model.safetensors", "config.json"
PUSHED = (WEIGHTS, CONFIG, "generation_config.json", "README.md")
SHIPPED = Path(__file__).parent / "shipped"


def place(name: str | Path) -> Path:
    """The folder of a proposer: this one, or where there is none that of the proposer which ships under the name."""
    folder = Path(name)
    ships = not folder.exists() and len(folder.parts) == 1 and SHIPPED.joinpath(folder.name, CONFIG).is_file()
    return SHIPPED / folder.name if ships else folder


class Unread(NesyError):
    """Examples that a proposer cannot read."""


@dataclass(frozen=True)
class Proposal:
    """A program, and the log-probability that the model gives it among those of the grammar and size."""

    program: Program
    logp: float


@dataclass(frozen=True)
class Transformer:
    """A trained proposer: (DSL, Spec) to ranked programs, or to a PCFG.

    >>> Transformer.load("no/such/folder")
    Traceback (most recent call last):
    ...
    dsl.errors.NesyError: no/such/folder: no proposer (it has no config.json); train one with `nesy train proposer`
    """

    model: ProgramModel
    device: str = "cpu"
    folder: Path | None = None  # where it was loaded from

    def __post_init__(self) -> None:
        self.model.to(self.device).eval()  # pyright: ignore[reportArgumentType]

    @classmethod
    def load(cls, folder: str | Path, device: str = "cpu") -> "Transformer":
        """The proposer saved in a folder, or the one that ships under this name.

        Raises:
            NesyError: where there is none, or its files are damaged.
        """
        folder = place(folder)
        for file in (CONFIG, WEIGHTS):
            if not (folder / file).is_file():
                raise NesyError(f"{folder}: no proposer (it has no {file}); train one with `nesy train proposer`")
        try:
            config = json.loads((folder / CONFIG).read_text("utf-8"))
            if not isinstance(config.get("words"), list) or not isinstance(config.get("primitives"), dict):
                raise ValueError("config.json is not a proposer's")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model, found = ProgramModel.from_pretrained(  # pyright: ignore[reportGeneralTypeIssues]
                    folder, use_safetensors=True, local_files_only=True, dtype=torch.float32,
                    output_loading_info=True)
            sound(model, found)
        except Exception as error:  # transformers and safetensors have many of their own
            said = " ".join(str(error).split())[:160]
            raise NesyError(f"{folder}: not a whole proposer ({said}); train it again") from None
        return cls(model, device, folder)

    def propose(self, dsl: DSL, spec: Spec, many: int = 32, size: int = 20, *, beams: bool = True,
                seed: int = 0) -> tuple[Proposal, ...]:
        """Up to `many` different programs of at most `size` nodes, the most probable first.

        By beam search, or, without `beams`, by sampling; every one is of the language's grammar.

        Raises:
            NesyError: for a language that the proposer has no words for.
            Unread: for such values, and where there are no examples.
        """
        if not spec.examples:
            raise Unread("a proposer reads examples, and this specification has none")
        words = known(self.model.config, dsl)
        shown = legible(words, spec)
        try:
            automaton = Automaton(Grammar(dsl, spec.inputs, spec.output), words, size)
            if automaton.empty and automaton.unknown is not None:
                raise automaton.unknown
            if automaton.empty:
                return ()
            with torch.inference_mode():
                found = self._written(automaton, padded([shown]).to(self.device), many, size, beams, seed)
        except NesyError as error:  # more inputs, or other types, than it has words for
            raise Unread(str(error)) from None
        return tuple(sorted(found, key=lambda p: -p.logp))

    def _written(self, automaton: Automaton, examples: torch.Tensor, many: int, size: int, beams: bool,
                 seed: int) -> list[Proposal]:
        encoded, mask = self.model.encoded(examples)
        ways = dict(do_sample=True, top_k=0) if not beams else dict(num_beams=many, length_penalty=0.0) if many > 1 \
            else dict(do_sample=False)
        rules = [r for rules in automaton.grammar.productions.values() for r in rules]
        longest = max((len(path(r)) for r in rules), default=0)  # as of a long text among the constants
        words = LONG * size + 1 + max(0, longest - LONG)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            out = self.model.generate(  # pyright: ignore[reportAttributeAccessIssue]
                encoder_outputs=encoded, attention_mask=mask, logits_processor=LogitsProcessorList([
                    Constrained(automaton)]),
                generation_config=generation(
                    self.model, max_new_tokens=words, num_return_sequences=many, output_scores=True,
                    return_dict_in_generate=True, **ways))
        rows = out.sequences[:, 1:].tolist()  # type: ignore[union-attr]
        scores = out.sequences_scores.tolist() if "sequences_scores" in out else self._scores(out)  # type: ignore
        found: dict[Program, float] = {}
        for row, logp in zip(rows, scores, strict=True):
            program = automaton.program(row)
            if program is not None and logp > float("-inf"):
                found.setdefault(program, logp)
        return [Proposal(p, logp) for p, logp in found.items()]

    def _scores(self, out) -> list[float]:
        """The log-probability of each sample."""
        steps = self.model.compute_transition_scores(  # pyright: ignore[reportAttributeAccessIssue]
            out.sequences, out.scores, normalize_logits=True)
        return steps.masked_fill(out.sequences[:, 1:] == self.model.config.pad_token_id, 0.0).sum(1).tolist()

    def push_to_hub(self, repo: str, *, private: bool = False, message: str = "Upload a proposer") -> str:
        """Upload weights, configuration and model card to a repository of the Hugging Face hub; returns its address.

        The repository is made where there is none. Log in first, with `hf auth login`.

        Raises:
            NesyError: for a proposer that was not loaded from a folder, and for what the hub refuses.
        """
        from huggingface_hub import HfApi  # here, for nothing else needs the network

        if self.folder is None:
            raise NesyError("what is pushed is the folder that a proposer was loaded from; use Transformer.load")
        try:
            hub = HfApi()
            address = hub.create_repo(repo, private=private, exist_ok=True)
            hub.upload_folder(repo_id=address.repo_id, folder_path=self.folder, commit_message=message,
                              allow_patterns=list(PUSHED))
        except Exception as error:  # the hub and what carries it have many of their own
            raise NesyError(f"{repo}: not pushed ({' '.join(str(error).split())[:160]})") from None
        return str(address)

    def guide(self, grammar: Grammar, spec: Spec) -> PCFG:
        """A PCFG by which search goes."""
        return weighted(grammar, self.propose(grammar.dsl, spec, GUIDED))


def legible(words: Vocabulary, spec: Spec) -> list[list[int]]:
    """The words of as many examples as a proposer is shown, as numbers, of different outputs as far as there are.

    Those too long to be read are left out.

    Raises:
        Unread: for values that it has no words for, and where every example is too long.
    """
    by_output: dict[str, list[list[int]]] = {}
    try:
        for e in spec.examples:
            row = words.example(e)
            if len(row) <= LONGEST:
                by_output.setdefault(repr(e.output), []).append(row)
    except NesyError as error:
        raise Unread(str(error)) from None
    shown = [row for turn in zip_longest(*by_output.values()) for row in turn if row is not None]
    if not shown:
        raise Unread(f"every example takes over {LONGEST} words to write; give smaller ones")
    return shown[:SHOWN]


def generation(model: ProgramModel, **options: Any) -> GenerationConfig:
    """How words are generated: with the model's own first, last and empty word."""
    config = model.config
    return GenerationConfig(renormalize_logits=True, pad_token_id=config.pad_token_id, eos_token_id=config.eos_token_id,
                            decoder_start_token_id=config.decoder_start_token_id, **options)


def sound(model: ProgramModel, found: dict) -> None:
    """Whether a model was read whole.

    Raises:
        ValueError: names what is missing or no number.
    """
    tied = set(model._tied_weights_keys or ())
    lacking = sorted(k for kind in ("missing_keys", "mismatched_keys") for k in map(str, found.get(kind, ()))
                     if k not in tied)
    if lacking:
        raise ValueError(f"its weights lack {lacking[0]}")
    if not all(torch.isfinite(w).all() for w in model.state_dict().values()):
        raise ValueError("some of its weights are no numbers")
    words = getattr(model.config, "words", ())
    if len(words) != model.config.vocab_size or len(set(words)) != len(words) or END not in words:
        raise ValueError("its words are not those of its weights")


def weighted(grammar: Grammar, proposals: Iterable[Proposal]) -> PCFG:
    """A PCFG of the productions of what is proposed, each as often as it is probable.

    A share of every production's probability stays as in the uniform grammar.
    """
    found = tuple(proposals)
    top = max((p.logp for p in found), default=0.0)
    uses: dict = {}
    for p in found:
        for rule in derivation(grammar, p.program):
            uses[rule] = uses.get(rule, 0.0) + 2.0 ** ((p.logp - top) / SOFT)
    return PCFG.weighted(grammar, uses, 1.0)
