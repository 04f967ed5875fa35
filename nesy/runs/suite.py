"""Suite: several runs under one command: the splits of a benchmark, the seeds of each."""

import multiprocessing
from collections.abc import Callable, Iterable
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
from tasks import benchmark

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
        folders = self.folders(out, resume)
        if jobs > 1 and len(self.configs) > 1 and not cluster and all(
                c.solver in LEARNERS for c in self.configs):
            return self._together(folders, resume, jobs, watch)
        done = []
        for config, folder in zip(self.configs, folders, strict=True):
            with watch.run(title(config)) as watcher:
                done.append((folder, evaluate(config, folder, resume=resume, jobs=jobs, watcher=watcher,
                                              cluster=cluster)))
        return done

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

    def _together(self, folders: list[Path], resume: bool, jobs: int, watch: Watch) -> Done:
        context, jobs = multiprocessing.get_context("spawn"), min(jobs, len(folders))
        with watch.run(f"{len(folders)} runs") as watcher, ProcessPool(max_workers=jobs, context=context) as pool:
            futures = [pool.schedule(_evaluate, args=[c, f, resume])
                       for c, f in zip(self.configs, folders, strict=True)]
            done: Done = []
            try:
                for folder, future in zip(folders, futures, strict=True):
                    summary = _finished(folder, future)
                    done.append((folder, summary))
                    watcher.total(len(done), len(folders))
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
