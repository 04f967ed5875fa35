"""Memory: what a process holds, and what of that it held from the beginning."""

import resource
from dataclasses import dataclass


@dataclass
class Held:
    """What a process held of its parent's memory when it began, in MiB: no budget counts it."""

    mb: float = 0.0


HELD = Held()


def used_mb(data: bool = False) -> float:
    """The memory that this process holds now, in MiB (its peak, where the system tells no more).

    data: what it has asked for to write to, which is what a limit of the system counts.
    """
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[5 if data else 1]) * resource.getpagesize() / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
