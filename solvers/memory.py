"""Memory: what a process holds, and what of that it held from the beginning."""

import resource

_held = [0.0]  # MiB that this process had of its parent when it began: no budget counts them


def begin() -> None:
    """Count memory from now on."""
    _held[0] = used_mb()


def grown_mb() -> float:
    """The memory that this process holds beyond what it had when it began, in MiB."""
    return used_mb() - _held[0]


def used_mb(data: bool = False) -> float:
    """The memory that this process holds now, in MiB (its peak, where the system tells no more).

    data: what it has asked for to write to, which is what a limit of the system counts.
    """
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[5 if data else 1]) * resource.getpagesize() / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
