"""Collecting garbage (内存回收) in a process that works for the hub: seldom, since a turn drops what it made when it ends.

A turn makes tens of thousands of answers and states that hold no cycles; looking for cycles among them over and over takes
a fifth of its time and finds next to nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New objects after which cycles are looked for among them.
COLLECT_AFTER = 50_000


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for cycles seldom, and never among what there is already; as before at the end."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
