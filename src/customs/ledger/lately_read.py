"""Receipts read lately (刚读出的回执): what was read of them when they came in, kept for whoever lays them to orders next.

To read a receipt takes longer than to store it. Only memory holds what is kept, a bounded number of answers, until it is taken;
what is not there is read again from its bytes. It is found by the digest of these bytes and the formats that were tried, on
which alone it depends: a transaction that was given up leaves nothing wrong behind.

>>> lately = LatelyRead(most=2)
>>> for digest in (b"1", b"2", b"3"):
...     lately.keep(digest, ("unified",), (digest,))
>>> lately.take(b"3", ("unified",)), lately.take(b"3", ("unified",)), lately.take(b"1", ("unified",))
((b'3',), None, None)
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any

#: Answers that are kept: some of a busy minute.
MOST = 10_000


class LatelyRead:
    """The answers of receipts that were read lately, at most so many of them; several threads may use it."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._held = most, 0
        self._found: dict[tuple[bytes, Sequence[str]], tuple[Any, ...]] = {}
        self._lock = Lock()

    def keep(self, digest: bytes, areas: Sequence[str], answers: tuple[Any, ...]) -> None:
        """Keep the answers of a receipt; those that have been kept longest make room."""
        with self._lock:
            self._held += len(answers) - len(self._found.pop((digest, areas), ()))
            self._found[digest, areas] = answers
            while self._held > self._most:
                self._held -= len(self._found.pop(next(iter(self._found))))

    def take(self, digest: bytes, areas: Sequence[str]) -> tuple[Any, ...] | None:
        """Return the answers of a receipt, which are then no longer kept; None if they are not."""
        with self._lock:
            found = self._found.pop((digest, areas), None)
            self._held -= len(found or ())
            return found
