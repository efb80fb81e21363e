"""The lock of a folder (目录锁): one process at a time writes into it.

The lock is on the folder itself and leaves no file; the system gives it back however the process ends. Windows and file
systems without such locks have none: there, names that are taken are still not overwritten.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from customs.files.writing import writing

#: Numbers under which this process holds folders.
_HELD: set[int] = set()


class FolderHeldError(Exception):
    """Another process is writing to the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another process is writing to the folder {folder}: wait until it ends, or give another --out "
            f"目录 {folder} 正被另一进程写入，请待其结束，或以 --out 另行指定"
        )


if sys.platform == "win32":

    @contextmanager
    def held(folder: Path) -> Iterator[None]:
        """Hold a folder, which Windows does not lock."""
        yield

else:
    import fcntl

    @contextmanager
    def held(folder: Path) -> Iterator[None]:
        """Hold a folder against other processes. Raises ``FolderHeldError`` if one has it."""
        with writing(folder):
            number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        _HELD.add(number)
        try:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    raise FolderHeldError(folder) from None
            yield
        finally:
            if number in _HELD:
                _HELD.remove(number)
                with suppress(OSError):  # a worker that was forked just now has it too
                    fcntl.flock(number, fcntl.LOCK_UN)
                os.close(number)

    def _let_go() -> None:
        """Leave what the parent holds to it alone, so that no worker that outlives it keeps a folder."""
        while _HELD:
            os.close(_HELD.pop())

    os.register_at_fork(after_in_child=_let_go)
