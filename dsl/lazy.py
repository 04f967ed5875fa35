"""Lazy: properties that are computed once, without the lock that Python 3.11 holds meanwhile.

A process that is forked while another thread computes one would wait for that lock for ever.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functools import cached_property
else:
    class cached_property:  # noqa: N801 it is called as Python's own
        """As `functools.cached_property`; of two threads that compute a value at once, both do."""

        def __init__(self, compute):
            self.compute, self.__doc__ = compute, compute.__doc__

        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.compute(instance)
            return value

__all__ = ["cached_property"]
