"""Model: an encoder-decoder that reads each example on its own and writes programs.

The encoder never sees two examples together, and the decoder attends to all of them without
positions across examples: their order does not matter. Built from transformers' T5
(Raffel et al. 2020) from scratch, as RobustFill (Devlin et al. 2017) is in its attention variants.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import T5Config, T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput

from dsl.errors import NesyError, nearest
from dsl.language import DSL
from dsl.primitive import Primitive
from nesy.proposer.tokens import END, PAD, START, Vocabulary

GROUPS = 4  # of examples of like length
SIZES = {  # parameters: half a million, 3 and 24 million
    "tiny": dict(d_model=96, d_ff=256, num_layers=2, num_decoder_layers=2, num_heads=4, d_kv=24),
    "small": dict(d_model=192, d_ff=512, num_layers=3, num_decoder_layers=3, num_heads=6, d_kv=32),
    "base": dict(d_model=512, d_ff=1024, num_layers=5, num_decoder_layers=3, num_heads=8, d_kv=64),
}

OF_WORDS = ("shared.weight", "embed_tokens.weight", "lm_head.weight")  # how the weights are named that words have


class Alike(nn.Linear):
    """A linear map that looks at one row where all are one in memory, as where many programs are written for a task."""

    def forward(self, input: Tensor) -> Tensor:
        """As of any linear map."""
        if len(input) > 1 and input.stride(0) == 0:
            return super().forward(input[:1]).expand(len(input), *[-1] * (input.dim() - 1))
        return super().forward(input)


class ProgramModel(T5ForConditionalGeneration):
    """Examples (tasks, examples, words), as numbers padded by 0, to the logits of a program's words."""

    def __init__(self, config: T5Config):
        super().__init__(config)
        for block in self.decoder.block:
            across: Any = block.layer[1].EncDecAttention  # pyright: ignore
            across.k.__class__ = across.v.__class__ = Alike  # with the weights that they have

    def forward(self, input_ids: Tensor | None = None, attention_mask: Tensor | None = None,  # type: ignore[override]
                encoder_outputs: Any = None, **rest: Any) -> Any:
        """As of the transformer underneath; its loss where `labels` are given."""
        if encoder_outputs is None and input_ids is not None:
            encoder_outputs, attention_mask = self.encoded(input_ids)
        rest.pop("num_items_in_batch", None)
        return super().forward(attention_mask=attention_mask, encoder_outputs=encoder_outputs, **rest)

    def _expand_inputs_for_generation(self, expand_size: int = 1, is_encoder_decoder: bool = False,  # type: ignore
                                      input_ids: Tensor | None = None, **rest: Any) -> tuple[Any, dict[str, Any]]:
        """Rows as often as programs are written; a single task's states are one in memory (see `Alike`)."""
        encoded = rest["encoder_outputs"].last_hidden_state
        ids, found = super()._expand_inputs_for_generation(expand_size=expand_size, input_ids=input_ids,  # type: ignore
                                                           is_encoder_decoder=is_encoder_decoder, **rest)
        if len(encoded) == 1:
            found["encoder_outputs"] = BaseModelOutput(last_hidden_state=encoded.expand(expand_size, -1, -1))
        return ids, found

    def _reorder_cache(self, past_key_values: Any, beam_idx: Tensor) -> Any:
        """Beams go on from one another: what they wrote; what they read is one for all beams of a task."""
        past_key_values.self_attention_cache.reorder_cache(beam_idx)
        return past_key_values

    def encoded(self, examples: Tensor) -> tuple[BaseModelOutput, Tensor]:
        """What the encoder makes of examples, the words of a task in one row, and which places are words.

        Examples of like length are encoded together, and what fills up is left out of what the decoder sees.
        """
        tasks, many, length = examples.shape
        flat, lengths = examples.reshape(-1, length), (examples != 0).sum(2)
        order = lengths.flatten().argsort(descending=True)
        order = order[:int((lengths > 0).sum())]
        ends = lengths.cumsum(1) - lengths  # where each example begins in its task's row
        total = int(lengths.sum(1).max())
        found = None
        for chosen in order.chunk(GROUPS):
            longest = int(lengths.flatten()[chosen[0]])
            words = flat[chosen, :longest]
            states = self.get_encoder()(input_ids=words, attention_mask=words != 0).last_hidden_state
            if found is None:
                found = states.new_zeros(tasks, total, states.shape[-1])
            row, place = (words != 0).nonzero(as_tuple=True)
            at = chosen[row]
            found = found.index_put((at // many, ends.flatten()[at] + place), states[row, place])
        assert found is not None
        mask = torch.arange(total, device=examples.device) < lengths.sum(1, keepdim=True)
        return BaseModelOutput(last_hidden_state=found), mask


def build(dsl: DSL, size: str, seed: int = 0) -> ProgramModel:
    """An untrained model for a language.

    Raises:
        NesyError: for an unknown size.
    """
    if size not in SIZES:
        raise NesyError(f"--size {size}: no such size; {nearest(size, SIZES)}")
    return untrained(dsl, SIZES[size], seed, Vocabulary.of(dsl).words)


def untrained(dsl: DSL, shape: dict[str, int], seed: int, written: tuple[str, ...]) -> ProgramModel:
    """An untrained model of a shape for a language, which is written in these words."""
    words = Vocabulary(written)
    options: dict[str, Any] = dict(
        vocab_size=len(words.words), **shape, feed_forward_proj="gated-gelu", dropout_rate=0.0,
        pad_token_id=words.number[PAD], decoder_start_token_id=words.number[START],
        eos_token_id=words.number[END], language=dsl.name, words=list(words.words), primitives=signatures(dsl))
    config = T5Config(**options)
    config.scale_decoder_outputs = False  # T5 makes them small, for embeddings that begin far larger than these
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = ProgramModel(config)
        with torch.no_grad():
            model.lm_head.weight.normal_(std=config.d_model**-0.5)  # tied to the embeddings; T5's own is far larger
        return model


def signatures(dsl: DSL) -> dict[str, str]:
    """The type of each primitive, as text."""
    return {p.name: signature(p) for p in dsl.primitives}


def signature(p: Primitive) -> str:
    """The type of a primitive, as text."""
    return f"({', '.join(map(str, p.params))}) -> {p.result}"


def known(config: T5Config, dsl: DSL) -> Vocabulary:
    """The vocabulary of a model, if it knows all primitives of a language.

    Raises:
        NesyError: names the first primitive that it does not know, or knows as another.
    """
    taught: dict[str, str] = getattr(config, "primitives", {})
    for name, signature in signatures(dsl).items():
        if taught.get(name) != signature:
            said = f"knows primitive {name} as {taught[name]}, not as" if name in taught else \
                f"does not know primitive {name}:"
            raise NesyError(f"the proposer was trained for language {getattr(config, 'language', '?')!r} and {said} "
                            f"{signature}; train one for {dsl.name!r} (--language takes BENCH/SPLIT, too)")
    return Vocabulary(tuple(config.words))  # type: ignore[attr-defined]


def padded(rows: Sequence[Sequence[Sequence[int]]]) -> Tensor:
    """Numbers of each task's examples' words, filled up with 0: (tasks, examples, words)."""
    many, length = max(map(len, rows)), max(len(words) for row in rows for words in row)
    found = torch.zeros(len(rows), many, length, dtype=torch.long)
    for i, row in enumerate(rows):
        for j, words in enumerate(row):
            found[i, j, :len(words)] = torch.tensor(words)
    return found
