"""The receipt folders of a client (回执目录): what is read from them, and when.

A receipt is read only when it has had the same size and time over two calls of ``fetch``, is not empty, and no writer holds
it. What is foreign, locked, huge or unreadable is left where it is, with a reason, and stops nothing else. One process reads
a receipt folder at a time, whatever state folder it works with.
"""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from customs.exchange.contract import MOST_BYTES, Item, SetAside, WayError
from customs.exchange.folder_words import listed, reason, refused, word_in
from customs.exchange.layouts import UNFINISHED, FolderLayout
from customs.files import FolderHeldError, Staged, held, system_reason

#: How a file was seen at the last call: size and time in nanoseconds.
_Seen = tuple[int, int]


class ReceiptFolders:
    """The receipt folders of a layout below a root; its functions are those of ``ExchangeWay``."""

    def __init__(self, root: Path, layout: FolderLayout) -> None:
        self._root, self._layout = root, layout
        self._seen: dict[Path, _Seen] = {}
        self._held = ExitStack()
        self._holding = False

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what lies in the receipt folders, by name, and the client's words on messages that it refused."""
        self._hold()
        seen: dict[Path, _Seen] = {}
        for folder in self._layout.receipts:
            try:
                paths = sorted((self._root / folder).iterdir())
            except OSError as error:
                raise WayError(reason(error, self._root / folder)) from None
            for path in paths:
                if not path.name.lower().endswith(UNFINISHED) and not path.name.startswith("."):
                    yield self._read(path, seen)
        self._seen = seen
        yield from self._refusals()

    def _hold(self) -> None:
        if self._holding:
            return
        folder = self._root
        try:
            for name in self._layout.receipts:
                folder = self._root / name
                self._held.enter_context(held(folder))
        except FolderHeldError as error:
            self._held.close()
            raise WayError(_HELD) from error
        except OSError as error:
            self._held.close()
            raise WayError(reason(error, folder)) from None
        self._holding = True

    def _read(self, path: Path, seen: dict[Path, _Seen]) -> Item | SetAside:
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode):
                return SetAside(
                    name=path.name,
                    reason_zh="是目录或链接，不是回执文件，已跳过",
                    reason="a folder or a link, and no receipt: left",
                )
            if found.st_size > MOST_BYTES:
                return SetAside(
                    name=path.name,
                    reason_zh=f"文件超过 {MOST_BYTES:,} 字节，已跳过",
                    reason=f"larger than {MOST_BYTES:,} bytes: left",
                )
            seen[path] = now = found.st_size, found.st_mtime_ns
            if not found.st_size or self._seen.get(path) != now:
                return _unfinished(path)
            content = _content(path, found)
        except BlockingIOError:
            return SetAside(
                name=path.name,
                reason_zh="正被其他程序占用，下次再看",
                reason="another program holds it: looked at again",
                wait=True,
            )
        except OSError as error:
            en, zh = system_reason(error)
            return SetAside(name=path.name, reason_zh=f"无法读取：{zh}", reason=f"cannot be read: {en}", wait=True)
        if len(content) != found.st_size:
            return _unfinished(path)
        about, word = word_in(self._layout, path.name) or ("", None)
        return Item(name=path.name, content=content, token=path, about=about, word=word)

    def _refusals(self) -> Iterator[Item]:
        """Yield what the client put aside as refused; it stays there for whoever mends it."""
        for folder in self._layout.failed:
            for path in listed(self._root / folder):
                log = b""
                if path.is_dir():
                    log = next((each.read_bytes() for each in listed(path) if each.suffix == ".log"), b"")
                yield Item(
                    name=f"{folder}/{path.name}",
                    content=log[:MOST_BYTES],
                    about=path.name,
                    word=refused(folder, path.name),
                )

    def confirm(self, item: Item) -> None:
        """Delete a receipt that is safely stored."""
        if not isinstance(item.token, Path):
            return
        try:
            Staged(item.token, item.token).drop()
        except OSError as error:
            raise WayError(reason(error, item.token.parent)) from None

    def close(self) -> None:
        """Give the receipt folders to the next process."""
        self._held.close()
        self._holding = False


_HELD = (
    "another process reads the receipt folders of this destination: wait until it ends "
    "该接入点的回执目录正由另一进程读取，请待其结束"
)


def _unfinished(path: Path) -> SetAside:
    return SetAside(
        name=path.name,
        reason_zh="可能尚未写完，下次再看",
        reason="it may still be written: looked at again",
        wait=True,
    )


def _content(path: Path, expected: os.stat_result) -> bytes:
    """Return the content of a file. Raises ``BlockingIOError`` while a writer holds it, and ``OSError``."""
    with path.open("rb") as file:
        if not os.path.samestat(os.fstat(file.fileno()), expected):
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(path))
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        return file.read(MOST_BYTES + 1)
