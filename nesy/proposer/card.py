"""Card: what a proposer was trained on, how, and what it can do, as its README."""

import json
from collections import Counter
from pathlib import Path

BARS = " ▁▂▃▄▅▆▇█"


def card(record: dict) -> str:
    """The model card of a training's record."""
    losses = [loss for _, loss in record["losses"]]
    judged = {k: v for k, v in record.items() if k.startswith("solved_by")}
    lines = [
        "---", "library_name: transformers", "license: apache-2.0", "tags: [program-synthesis]", "---", "",
        f"# A proposer for the language `{record['language']}`", "",
        "An encoder-decoder that reads input-output examples and proposes programs; what is right is found by running",
        "them.", "",
        f"- Parameters: {record['parameters']:,}",
        f"- Data: {record['samples']:,} programs drawn from the language's grammar, with inputs {_inputs(record)}; "
        "none is constant or an identity, and no part of one does what a shorter one does; a fiftieth of all "
        "behaviours is held out" + _before(record),
        *_begun(record), *_types(record), *_like(record), *_replay(record),
        f"- Training: {record['steps']:,} steps in {record['seconds'] / 60:.1f} minutes on {record['device']}, "
        f"{record['samples_per_second']:,.0f} samples a second; seed {record['config']['seed']}",
        f"- Command: `{record['command']}`",
        f"- On {record['held_out']} held-out tasks: " + ", ".join(
            f"{100 * v:.1f} % {k.replace('_', ' ')}" for k, v in judged.items()) + " proposals" + _outright(record)
        if record.get("held_out") else "- Not judged: no held-out task was found, or there was no time",
        f"- Loss, in nats a word, from {losses[0]:.2f} to {losses[-1]:.2f}: `{curve(losses)}`" if losses else "", "",
        "```json", json.dumps({k: v for k, v in record.items() if k != "losses"}, indent=1), "```", ""]
    return "\n".join(lines)


def _before(record: dict) -> str:
    start = record["config"].get("start")
    return f" of this training, if not of that which made `{Path(start).name}`, where it began" if start else ""


def _begun(record: dict) -> list[str]:
    """What it had from a proposer for another language."""
    by: dict[str, str] = record.get("twins") or {}
    others = ", ".join(f"`{p}` with those of `{q}`" for p, q in by.items() if p != q)
    name = Path(record["config"]["start"] or "").name
    return [f"- Begun with the weights of `{name}`, which knew {len(by)} primitives that do the same"
            + (f": {others}" if others else "")] if by else []


def _inputs(record: dict) -> str:
    tasks = record["config"].get("inputs")
    return f"of the tasks of `{tasks}`, varied, whose outputs are not looked at" if tasks else "drawn by type"


def _types(record: dict) -> list[str]:
    types = Counter(record["config"].get("types") or ())
    return [f"- Types: {', '.join(f'`{t}`' + f' {n} times' * (n > 1) for t, n in types.items())}"] if types else []


def _like(record: dict) -> list[str]:
    run = record["config"].get("like")
    return [f"- Like others: half of the programs are those that the run `{Path(run).name}` found, or such with a part "
            "drawn anew; the rest is of productions as often as these use them"] if run else []


def _outright(record: dict) -> str:
    return f"; {100 * record['said_outright']:.1f} % of outputs said outright" if "said_outright" in record else ""


def _replay(record: dict) -> list[str]:
    if not record.get("replayed"):
        return []
    config = record["config"]
    if not config["replay"]:
        return [f"- Replay: {config['share']:.0%} of the samples are of {record['replayed']:,} solutions found before"]
    return [f"- Replay: {config['share']:.0%} of the samples are of {record['replayed']:,} programs that the proposer "
            f"it started from wrote for `{config['replay']}`, with what they do to those tasks' inputs"]


def curve(losses: list[float], width: int = 60) -> str:
    """A line of bars, one for the mean of each part of the losses.

    >>> curve([3.0, 2.0, 1.0, 0.0], 4)
    '█▆▃▁'
    """
    parts = [losses[i * len(losses) // width:(i + 1) * len(losses) // width] for i in range(width)]
    means = [sum(p) / len(p) for p in parts if p]
    low, high = min(means), max(means)
    return "".join(BARS[1 + round(7 * (m - low) / max(high - low, 1e-9))] for m in means)
