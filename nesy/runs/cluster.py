"""Cluster: the tasks of a run on many machines, through ray (pip install 'nesy[cluster]')."""

from collections.abc import Iterator, Sequence
from itertools import islice
from logging import ERROR
from typing import Any

from dsl.errors import NesyError
from nesy.config import EvalConfig
from nesy.runs.synthesis import solving
from tasks import TaskSet, benchmark

AHEAD = 1_000  # tasks that are handed out and not yet done, at most
RETRIES = 2  # times that a task is given to another machine, where one is lost


def everywhere(config: EvalConfig, ids: Sequence[str], address: str) -> Iterator[dict]:
    """A line for each of these tasks, in the order in which they end, from any machine of the cluster at an address.

    Each machine needs the same version of nesy, the same files under NESY_DATA, and the proposer or library of
    the config where it is named here. A task takes one core and its share of memory. `auto` is the cluster that
    ray finds, `local` one on this machine alone.

    Raises:
        NesyError: where ray is not installed, or finds no cluster there.
    """
    ray = _connected(address)
    solve = ray.remote(num_cpus=1, memory=config.memory * 10**6, max_retries=RETRIES)(_solve)
    record, left = config.model_dump(mode="json"), iter(ids)
    waiting = [solve.remote(record, name) for name in islice(left, AHEAD)]
    try:
        while waiting:
            (ended,), waiting = ray.wait(waiting, num_returns=1)
            waiting += [solve.remote(record, name) for name in islice(left, 1)]
            yield ray.get(ended)
    except ray.exceptions.RayError as error:
        raise NesyError(f"--cluster {address}: {str(error).strip().splitlines()[-1]}") from None
    finally:  # an interrupt, or a task that fails, ends the others
        for task in waiting:
            ray.cancel(task, force=True)
        ray.shutdown()


def _connected(address: str) -> Any:
    try:
        import ray  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise NesyError("--cluster: ray is not installed; pip install 'nesy[cluster]'") from None
    try:
        ray.init(address, log_to_driver=False, logging_level=ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise NesyError(f"--cluster {address}: no cluster to be reached ({str(error).splitlines()[0]})") from None
    return ray


def _solve(record: dict, name: str) -> dict:
    config = EvalConfig(**record)
    tasks = benchmark(config.benchmark).split(config.split, config.seed)
    assert isinstance(tasks, TaskSet)
    return next(solving(config, tasks)([name]))
