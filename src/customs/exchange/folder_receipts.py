"""The receipt folders of a client (回执目录): what is read from them, and when.

A receipt is read only once it is complete (``SettledFiles``; a round is a call of ``fetch``). What is foreign, locked, huge
or unreadable is left where it is, with a reason, and stops nothing else. One process reads
a receipt folder at a time, whatever state folder it works with.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from customs.exchange.contract import MOST_BYTES, Item, SetAside, WayError
from customs.exchange.folder_words import listed, reason, refused, word_in
from customs.exchange.layouts import UNFINISHED, FolderLayout
from customs.files import FolderHeldError, SettledFiles, Staged, held


class ReceiptFolders:
    """The receipt folders of a layout below a root; its functions are those of ``ExchangeWay``."""

    def __init__(self, root: Path, layout: FolderLayout) -> None:
        self._root, self._layout = root, layout
        self._files = SettledFiles(MOST_BYTES)
        self._held = ExitStack()
        self._holding = False

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what lies in the receipt folders, by name, and the client's words on messages that it refused."""
        self._hold()
        for folder in self._layout.receipts:
            try:
                paths = sorted((self._root / folder).iterdir())
            except OSError as error:
                raise WayError(reason(error, self._root / folder)) from None
            for path in paths:
                if not path.name.lower().endswith(UNFINISHED) and not path.name.startswith("."):
                    yield self._read(path)
        self._files.end_round()
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

    def _read(self, path: Path) -> Item | SetAside:
        content = self._files.content(path)
        if not isinstance(content, bytes):
            return SetAside(name=path.name, reason_zh=content.zh, reason=content.en, wait=content.wait)
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
