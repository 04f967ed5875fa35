"""Fingerprint: by which a run that goes on knows its tasks again."""

import hashlib

from tasks.base import Part, Scenes, TaskSet


def fingerprint(part: Part) -> str:
    """A digest of what a split learns from and asks, the same on every machine.

    Of tasks that are files of their own, all names and the first task.

    >>> from tasks import Sentence, Split
    >>> fingerprint(Split("b", "s", (), (Sentence("1", ("a",), 1),))) == fingerprint(Split("b", "s", (), ()))
    False
    """
    digest = hashlib.sha256(part.title.encode())
    if isinstance(part, TaskSet):
        first = part.task(part.ids[0]) if part.ids else None
        seen: tuple[object, ...] = (*part.ids, first and (first.spec.examples, first.tests))
    else:
        seen = (*part.train, *part.test)
    for item in seen:
        digest.update(repr(item).encode())
    if isinstance(part, Scenes):
        digest.update(part.images.tobytes())
        digest.update(part.test_images.tobytes())
    return digest.hexdigest()[:16]
