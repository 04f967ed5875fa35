"""Suite: several runs under one command: the splits of a benchmark, the seeds of each."""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from dsl.errors import NesyError
from nesy.config import LEARNERS, EvalConfig, writable
from nesy.runs.run import evaluate
from nesy.runs.store import latest
from nesy.runs.watch import Watch
from tasks import Puzzles, benchmark

ROOT = Path("runs")
Done = list[tuple[Path, dict]]


@dataclass(frozen=True)
class Suite:
    """The configs of one command, in order; the folder of each, where those are settled."""

    configs: tuple[EvalConfig, ...]
    places: tuple[Path, ...] = ()

    @classmethod
    def of(cls, target: str, seeds: Iterable[int], options: dict, make: Callable[..., EvalConfig]) -> "Suite":
        """The runs that BENCH or BENCH/SPLIT asks for.

        Raises:
            NesyError: for an unknown benchmark or split, or an option out of its range.
        """
        name, slash, split = target.partition("/")
        bench = benchmark(name)
        splits = list(bench.splits) if not slash else [split]
        for s in splits:
            if s not in bench.splits:
                bench.split(s)
        if options.get("solver") is None:
            options = {**options, "solver": bench.solver}
        return cls(tuple(make(benchmark=name, split=s, seed=k, **options) for s in splits for k in seeds))

    def run(self, out: Path | None, *, resume: bool, jobs: int, watch: Watch, cluster: str | None = None) -> Done:
        """Every run, each in a folder of its own; returns the folders and summaries, in order."""
        runs = tuple(zip(self.configs, self.folders(out, resume), strict=True))
        whole = [r for r in runs if _whole(r[0])] if jobs > 1 and len(runs) > 1 and not cluster else []
        done = _together(whole, resume, jobs, watch) if len(whole) > 1 else {}
        for config, folder in runs:
            if folder not in done:
                with watch.run(title(config)) as watcher:
                    done[folder] = evaluate(config, folder, resume=resume, jobs=jobs, watcher=watcher, cluster=cluster)
        return [(folder, done[folder]) for _, folder in runs]

    def folders(self, out: Path | None, resume: bool) -> list[Path]:
        """Where each run goes: `out` itself for one, folders below it for several."""
        if self.places:
            return list(self.places)
        if out is not None:
            writable(out)
            if len(self.configs) == 1:
                return [out]
            return [out / f"{c.benchmark}-{c.split}-seed{c.seed}" for c in self.configs]
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        old = [latest(ROOT, c) if resume else None for c in self.configs]
        if resume and not any(old):
            raise NesyError(f"--resume: no run with these options below {ROOT}/; name its folder with --out")
        return [o or ROOT / f"{c.benchmark}-{c.split}-seed{c.seed}-{stamp}"
                for o, c in zip(old, self.configs, strict=True)]


def _whole(config: EvalConfig) -> bool:
    """Whether a run is a job by itself: one that learns, or completes puzzles; others have many tasks at a time."""
    return config.solver in LEARNERS or isinstance(
        benchmark(config.benchmark).split(config.split, config.seed), Puzzles)


def _together(runs: Sequence[tuple[EvalConfig, Path]], resume: bool, jobs: int, watch: Watch) -> dict[Path, dict]:
    """The summaries of runs in processes of their own, so many at a time."""
    context, jobs = multiprocessing.get_context("spawn"), min(jobs, len(runs))
    with watch.run(f"{len(runs)} runs") as watcher, ProcessPool(max_workers=jobs, context=context) as pool:
        futures = [pool.schedule(_evaluate, args=[config, folder, resume]) for config, folder in runs]
        done: dict[Path, dict] = {}
        try:
            for (_, folder), future in zip(runs, futures, strict=True):
                done[folder] = _finished(folder, future)
                watcher.total(len(done), len(runs))
        finally:  # an interrupt, or a run that fails, ends the others; they can be gone on with
            pool.stop()
    return done


def title(config: EvalConfig) -> str:
    """A run's name in tables and bars."""
    return f"{config.benchmark}/{config.split} seed {config.seed}"


def _finished(folder: Path, future: Future) -> dict:
    try:
        summary = future.result()
    except ProcessExpired as died:
        raise NesyError(f"{folder}: its process ended by itself with code {died.exitcode}; go on with --resume"
                        ) from None
    if isinstance(summary, str):
        raise NesyError(summary)
    return summary


def _evaluate(config: EvalConfig, folder: Path, resume: bool) -> dict | str:
    try:
        return evaluate(config, folder, resume=resume)
    except NesyError as error:
        return str(error)
