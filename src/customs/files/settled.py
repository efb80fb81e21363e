"""Settled files (写完的文件): files that other programs drop into a folder, read only once they are complete.

A file is read when it has had the same size and time over two rounds of looks, is not empty, and no writer holds it. A
folder, a link, a file that is too large or unreadable is left where it is, with the reason.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     (path := Path(folder) / "orders.csv").touch()
...     _ = path.write_bytes(b"1,2")
...     files = SettledFiles(most_bytes=1000)
...     for _ in range(2):
...         print(files.content(path))
...         files.end_round()
Unsettled(en='it may still be written: looked at again', zh='可能尚未写完，下次再看', wait=True)
b'1,2'
"""

import errno
import os
import stat
import sys
from pathlib import Path
from typing import NamedTuple

from customs.files.reasons import system_reason


class Unsettled(NamedTuple):
    """Why a file is not read now, and whether it will be by itself."""

    en: str
    zh: str
    wait: bool = False


_UNFINISHED = Unsettled("it may still be written: looked at again", "可能尚未写完，下次再看", wait=True)
_BUSY = Unsettled("another program holds it: looked at again", "正被其他程序占用，下次再看", wait=True)
_NO_FILE = Unsettled("a folder or a link, and no file: left", "是目录或链接，不是文件，已跳过")


class SettledFiles:
    """Files as they are looked at in rounds; one of more than ``most_bytes`` is left."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._before: dict[Path, tuple[int, int]] = {}
        self._now: dict[Path, tuple[int, int]] = {}

    def content(self, path: Path) -> bytes | Unsettled:
        """Return the content of a file that is complete, or why it is not read now."""
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode):
                return _NO_FILE
            if found.st_size > self._most:
                return Unsettled(f"larger than {self._most:,} bytes: left", f"文件超过 {self._most:,} 字节，已跳过")
            self._now[path] = seen = found.st_size, found.st_mtime_ns
            if not found.st_size or self._before.get(path) != seen:
                return _UNFINISHED
            content = _content(path, found, self._most)
        except BlockingIOError:
            return _BUSY
        except OSError as error:
            en, zh = system_reason(error)
            return Unsettled(f"cannot be read: {en}", f"无法读取：{zh}", wait=True)
        return content if len(content) == found.st_size else _UNFINISHED

    def end_round(self) -> None:
        """End a round: the next one compares with what this one saw."""
        self._before, self._now = self._now, {}


def _content(path: Path, expected: os.stat_result, most: int) -> bytes:
    """Return the content of a file. Raises ``BlockingIOError`` while a writer holds it, and ``OSError``."""
    with path.open("rb") as file:
        if not os.path.samestat(os.fstat(file.fileno()), expected):
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(path))
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        return file.read(most + 1)
