"""HINT as a benchmark: from symbols, from images, and with new concepts."""

from functools import partial

from tasks import crohme
from tasks.base import Benchmark, Part
from tasks.data import CROHME, HINT
from tasks.hint.images import written
from tasks.hint.load import ABOUT, FILES, load, sizes

SYMBOLS, IMAGES = "symbols", "images"


def part(split: str, seed: int) -> Part:
    """One split, drawn by the seed."""
    return written(seed) if split == IMAGES else load(split, seed)


SPLITS = {**ABOUT, IMAGES: "handwritten symbols and results; no symbol is told; tests as of symbols"}

BENCHMARK = Benchmark(
    name="hint", about="arithmetic, learned from results alone",
    source="the published files where NESY_DATA holds them, else drawn by the published rules; images from CROHME",
    splits=SPLITS, load=lambda split: part(split, 0), draw={name: partial(part, name) for name in SPLITS},
    needs=lambda split: ((CROHME.name, crohme.FILE),) if split == IMAGES else (),
    prefers=lambda split: tuple((HINT.name, FILES[part]) for part in (
        ("train", "test") if split in (SYMBOLS, IMAGES) else ("train", "fewshot"))),
    size=lambda split: sizes(split)[1], trained=lambda split: sizes(split)[0], solver="machine")
