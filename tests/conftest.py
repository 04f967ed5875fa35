"""Workers that share the cores take one thread each; drawn examples are the same in every run.

`pytest --hypothesis-profile=explore` draws new examples each time, to look for what the laws don't hold of.
"""

import os

from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("repeatable")
