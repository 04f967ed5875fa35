"""Run: put a benchmark's questions to what answers them, keep every line, sum up."""

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from dsl.errors import NesyError
from nesy.config import PROPOSERS, EvalConfig
from nesy.library.store import NAME as LIBRARY
from nesy.runs.completing import complete_all
from nesy.runs.learning import learned
from nesy.runs.perceiving import perceive_all
from nesy.runs.seeing import see_all
from nesy.runs.store import RunFolder
from nesy.runs.synthesis import solving
from nesy.runs.training import enough
from nesy.runs.watch import Watcher
from solvers.base import Status
from solvers.isolate import forget_peak, limit_memory
from solvers.names import NAMES
from tasks import Part, Puzzles, Scenes, Sentence, Split, TaskSet, benchmark
from tasks.fingerprint import fingerprint
from tasks.score import wilson

Answering = Callable[[Sequence[str], RunFolder], Iterator[dict]]  # tasks' ids, and where what is learned is kept


def evaluate(config: EvalConfig, out: Path, *, resume: bool = False, jobs: int = 1,
             watcher: Watcher = Watcher(), cluster: str | None = None) -> dict:
    """One run; returns its summary. What the folder holds already is not computed again.

    `jobs` tasks are solved at the same time, where nothing is learned from one for the next; or as many as the
    machines of a cluster have cores, where its address is given.
    """
    split = benchmark(config.benchmark).split(config.split, config.seed)
    if config.solver not in serving(split):
        wanted = "portfolio, or another that `nesy list` names" if isinstance(split, TaskSet) else \
            " or --solver ".join(serving(split))
        raise NesyError(f"--solver {config.solver}: does not serve {split.title}; use --solver {wanted}")
    if config.proposer is not None and not isinstance(split, TaskSet):
        raise NesyError(f"--proposer {config.proposer}: {split.title} has no programs to be proposed")
    if config.library is not None and not isinstance(split, TaskSet):
        raise NesyError(f"--library {config.library}: {split.title} is not solved by programs of a language")
    enough(config, split)
    if cluster is not None and not isinstance(split, TaskSet):
        raise NesyError(f"--cluster {cluster}: {split.title} is learned from on one machine; leave it out")
    answering = answers(config, split, jobs, watcher, cluster)
    with closing(RunFolder(out, config, resume, "-".join([fingerprint(split), *helped(config)]))) as folder:
        return _evaluate(config, split, folder, answering, watcher)


def helped(config: EvalConfig) -> Iterator[str]:
    """Digests of what was learned before that a run is helped by."""
    files = [] if config.library is None else [Path(config.library) / LIBRARY]
    if config.proposer is not None:
        from nesy.proposer.propose import CONFIG, WEIGHTS, place

        files += [place(config.proposer) / name for name in (CONFIG, WEIGHTS)]
    for path in files:
        yield sha256(path.read_bytes()).hexdigest()[:16]


def serving(split: Part) -> tuple[str, ...]:
    """What answers the questions of such a split."""
    if isinstance(split, TaskSet):
        return (*NAMES, *PROPOSERS)
    return ("asp", "network") if isinstance(split, Puzzles) else ("machine",)


def _evaluate(config: EvalConfig, split: Part, folder: RunFolder, answering: Answering, watcher: Watcher) -> dict:
    done = folder.read("summary.json")
    if done is not None:
        return done
    forget_peak()
    cpu = time.process_time()
    asked = split.ids[:config.limit] if isinstance(split, TaskSet) else tuple(s.id for s in split.test[:config.limit])
    open_ = [i for i in asked if i not in folder.lines]
    answered = answering(open_, folder)
    try:
        with folder.appending() as lines:
            for n, line in enumerate(answered, len(asked) - len(open_)):
                lines.add(line)
                if isinstance(split, TaskSet) or n % 64 == 0:
                    watcher.total(n + 1, len(asked))
            watcher.total(len(asked), len(asked))
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "can't allocate memory" not in str(error):  # as torch says it
            raise
        raise NesyError(f"--memory {config.memory}: not enough; what was computed is kept in {folder.path}; "
                        "name another --out with a larger --memory") from None
    groups = {} if isinstance(split, TaskSet) else {s.id: s.group for s in split.test[:config.limit]}
    summary = summarise(config, folder, asked, time.process_time() - cpu, groups)
    folder.write("summary.json", summary)
    return summary


def answers(config: EvalConfig, split: Part, jobs: int, watcher: Watcher, cluster: str | None = None) -> Answering:
    """What gives a line for each of some tasks, by what serves such a split."""
    if isinstance(split, TaskSet):
        solved = solving(config, split, jobs)
        if cluster is None:
            return lambda ids, folder: solved(ids)
        from nesy.runs.cluster import everywhere  # here, for few have ray

        return lambda ids, folder: everywhere(config, ids, cluster)

    def asked(ids: Sequence[str]) -> list:
        wanted = set(ids)
        return [s for s in split.test if s.id in wanted]

    if isinstance(split, Puzzles):
        return lambda ids, folder: complete_all(config, split, asked(ids), folder, watcher)
    if isinstance(split, Scenes):
        see = perceive_all if split.background is not None else see_all
        return lambda ids, folder: see(config, split, asked(ids), folder, watcher)
    return lambda ids, folder: read_all(config, split, asked(ids), folder, watcher)


def read_all(config: EvalConfig, split: Split, asked: Sequence[Sentence], folder: RunFolder,
             watcher: Watcher) -> Iterator[dict]:
    """A line for each sentence, from a machine that learned from the split's training sentences."""
    import_module("nesy.machine.learn")  # what is imported does not count as the run's memory
    limit_memory(config.memory)
    reader = learned(config, split, folder, watcher)
    for sentence in asked:
        yield reader.answer(sentence, config.seconds)


def summarise(config: EvalConfig, folder: RunFolder, ids: Sequence[str], cpu_seconds: float,
              groups: Mapping[str, str] = {}) -> dict:
    """The figures of a run, from its lines."""
    lines = [folder.lines[i] for i in ids]
    right, training = sum(x["correct"] for x in lines), folder.read("learning.json") or {}
    peaks = [x.get("peak_memory_mb") for x in lines]
    whole = resource.RUSAGE_SELF if all(peaks) else resource.RUSAGE_CHILDREN  # of those that were killed, too
    peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, resource.getrusage(whole).ru_maxrss // 1024,
               *(p for p in peaks if p))
    spent, cpu_spent = (sum(x[key] for x in lines) for key in ("seconds", "cpu_seconds"))
    low, high = wilson(right, len(lines))
    groups = {i: g for i, g in groups.items() if g}
    tally = {g: [folder.lines[i]["correct"] for i in groups if groups[i] == g] for g in dict.fromkeys(groups.values())}
    cells = [x["cells"] for x in lines if x.get("cells") is not None]
    faults = Counter(x["fault"] for x in lines if x.get("fault"))
    routes = Counter(x["route"] for x in lines if x.get("route") and x["status"] == Status.SOLVED.name)
    guessed = [x for x in lines if (x.get("guess") or {}).get("correct")]
    tried = [x["tried"] for x in lines if x.get("tried") is not None]
    return {
        "benchmark": config.benchmark, "split": config.split, "seed": config.seed,
        "solver": config.solver,
        **({"with": [x for x in (config.proposer, config.library) if x]} if config.proposer or config.library else {}),
        "n": len(lines), "solved": sum(x["status"] == "SOLVED" for x in lines),
        "correct": right, "accuracy": right / len(lines),
        "interval": [round(low, 4), round(high, 4)],
        "statuses": dict(Counter(x["status"] for x in lines)),
        "certificates": dict(Counter(x["certificate"].split(":")[0].split(" (")[0] for x in lines)),
        **({"groups": {g: {"n": len(x), "accuracy": sum(x) / len(x)} for g, x in tally.items()}} if tally else {}),
        **({"faults": dict(faults)} if faults else {}),
        **({"tried": sum(tried), "routes": dict(routes)} if tried else {}),
        **({"guessed": len(guessed), "either": len(guessed) + sum(x["correct"] for x in lines if x not in guessed)}
           if any(x.get("guess") for x in lines) else {}),
        **({"cells": sum(cells) / len(cells)} if cells else {}),
        **{k: training[k] for k in ("symbol_accuracy", "calibration_error", "inconsistent") if k in training},
        "given": list(config.given), "train": training.get("sentences"),
        "held_out_accuracy": training.get("held_out_accuracy"),
        "train_seconds": training.get("seconds"), "seconds": round(training.get("seconds", 0) + spent, 2),
        "cpu_seconds": round(max(cpu_seconds, training.get("cpu_seconds", 0) + cpu_spent), 2),
        "peak_memory_mb": max(peak, training.get("peak_memory_mb", 0)),
    }
