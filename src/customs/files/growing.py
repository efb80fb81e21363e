"""Files that grow (逐步增长的文件): lines are added for as long as a run lasts, and what is not counted is cut off again.

Whoever adds to one remembers how long it was when all of it counted; after a kill it is cut back to that. Until it has its
name it is a part, like every file that is not complete.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     with Growing(Path(folder) / "a.part") as file:
...         file.add(b"counted")
...         file.add(b"not counted")
...     with Growing(Path(folder) / "a.part", 7) as file:
...         file.length
...     (Path(folder) / "a.part").read_bytes()
7
b'counted'
"""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from customs.files.names import PART
from customs.files.writing import OWNER_ONLY, writing


class Growing:
    """A private part to which is added; what it holds beyond ``length`` bytes is cut off when it is opened.

    Raises ``NotWrittenError`` for what cannot be written, and for a link in its place.
    """

    def __init__(self, part: Path, length: int = 0) -> None:
        assert part.suffix == PART
        self.part, self.length = part, length
        follow_none = getattr(os, "O_NOFOLLOW", 0)
        with writing(part):
            flags = os.O_RDWR | os.O_CREAT | follow_none | getattr(os, "O_BINARY", 0)
            self._file = os.fdopen(os.open(part, flags, OWNER_ONLY), "r+b")
        self.cut(length)

    def add(self, content: bytes) -> None:
        """Add to the file, and force it to the disk."""
        with writing(self.part):
            self._file.write(content)
            self._file.flush()
            os.fsync(self._file.fileno())
        self.length += len(content)

    def cut(self, length: int) -> None:
        """Cut off what is beyond a length."""
        with writing(self.part):
            self._file.truncate(length)
            self._file.seek(length)
            self._file.flush()
        self.length = length

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def length_of(part: Path) -> int:
    """Return how long a part is; -1 if it is not there."""
    try:
        return part.lstat().st_size
    except OSError:
        return -1
