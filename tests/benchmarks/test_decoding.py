"""What it costs to decode only programs: constrained and free decoding, side by side in one run.

Run with --benchmark-enable; the ratio is in the extra info. No absolute time is asserted.
"""

import time

import torch
from transformers import GenerationConfig, LogitsProcessorList

from dsl import Example, Grammar, Spec, load
from nesy.proposer.constrain import Automaton, Constrained
from nesy.proposer.model import known, padded
from nesy.proposer.propose import Transformer
from nesy.proposer.tokens import END

ROWS = ((3, 1, 2), (5, 0, 8, 8), (2, 7, 1), (9, 4))
MANY, WORDS, ROUNDS = 64, 24, 5


def test_decoding_only_programs_costs_little(benchmark):
    dsl, proposer = load("lists"), Transformer.load("lists")
    spec = Spec(inputs=[tuple[int, ...]], output=tuple[int, ...],
                examples=[Example(x, output=tuple(sorted(2 * y for y in x))) for x in ROWS])
    model, words = proposer.model, known(proposer.model.config, dsl)
    examples = padded([[words.example(e) for e in spec.examples]])
    automaton = Automaton(Grammar(dsl, spec.inputs, spec.output), words, 12)

    def decode(processors: list, seed: int) -> tuple[torch.Tensor, float]:
        """Samples, and the seconds that a word takes."""
        torch.manual_seed(seed)
        start = time.process_time()
        encoded, mask = model.encoded(examples)
        found = model.generate(  # type: ignore[attr-defined]
            encoder_outputs=encoded, attention_mask=mask, logits_processor=LogitsProcessorList(processors),
            generation_config=GenerationConfig(
                max_new_tokens=WORDS, do_sample=True, top_k=0, num_return_sequences=MANY,
                pad_token_id=model.config.pad_token_id, eos_token_id=model.config.eos_token_id,
                decoder_start_token_id=model.config.decoder_start_token_id))
        return found, (time.process_time() - start) / (found.shape[1] - 1)

    rounds = 1 if benchmark.disabled else ROUNDS
    with torch.inference_mode():
        decode([], 0)
        free = min(decode([], seed)[1] for seed in range(rounds))
        bound, samples = min(((took, found) for seed in range(rounds)
                              for found, took in [decode([Constrained(automaton)], seed)]), key=lambda x: x[0])
        benchmark.pedantic(decode, args=([Constrained(automaton)], 0), rounds=1)
    whole = [row for row in samples[:, 1:].tolist() if words.number[END] in row]
    assert whole and all(automaton.program(row) is not None for row in whole)
    benchmark.extra_info |= {"free, ms a word": 1000 * free, "constrained, ms a word": 1000 * bound,
                             "ratio": bound / free}
