"""The folder door (目录收发): messages out of a pick-up folder, receipts into a receipt folder, as clients have them.

Promised: a message leaves the pick-up folder only after it is taken, and is taken once, whenever the office is killed; what
is still being written (``.tmp`` and the like, an empty file) is left; a receipt appears whole, and is confirmed after it is
there. A file that is too large is set aside with the reason, one that cannot be read is left and told once; the rest goes on.
"""

import re
from pathlib import Path

from customs.files import Staged, make_folder, system_reason, write_whole
from customs.office.aside import AsideMessage, move_aside
from customs.office.gate import MOST_BYTES
from customs.office.served import ServedOffice
from customs.office.trouble import OfficeClosedError

#: Endings of files that are still being written, whoever writes them.
_UNFINISHED = (".tmp", ".part", ".pending", ".filepart", ".crdownload", ".reading")

VIA = "folder"

_TOO_LARGE = f"it has more than {MOST_BYTES:,} bytes 文件超过 {MOST_BYTES:,} 字节"


class FolderDoor:
    """A pick-up folder and a receipt folder below one root: ``out`` and ``in`` in the words of the sender."""

    def __init__(self, office: ServedOffice, root: Path, *, pick_up: str = "out", receipts: str = "in") -> None:
        self._office, self._root = office, root
        self.pick_up, self.receipts = root / pick_up, root / receipts
        self._unread: set[str] = set()
        for each in (self.pick_up, self.receipts):
            make_folder(each)

    def collect(self) -> int:
        """Take what lies in the pick-up folder, and return how many messages it was. Nothing during an outage."""
        taken = 0
        for path in sorted(self.pick_up.iterdir()):
            if not self._is_ready(path) or (content := self._content(path)) is None:
                continue
            try:
                taken += self._office.take(content, via=VIA, name=path.name)
            except OfficeClosedError:
                break
            Staged(path, path).drop()
        return taken

    @staticmethod
    def _is_ready(path: Path) -> bool:
        if path.name.startswith(".") or path.suffix.lower() in _UNFINISHED or path.is_symlink() or not path.is_file():
            return False
        return path.stat().st_size > 0

    def _content(self, path: Path) -> bytes | None:
        """Return what a file holds; None for one that is too large, or cannot be read."""
        try:
            if path.stat().st_size <= MOST_BYTES:
                return path.read_bytes()
        except OSError as error:
            if path.name not in self._unread:
                en, zh = system_reason(error)
                self._office.told(AsideMessage(path, f"it cannot be read, {en}: left 无法读取：{zh}，已跳过"))
            self._unread.add(path.name)
            return None
        self._office.told(move_aside(self._root, path, _TOO_LARGE))
        return None

    def deliver(self) -> int:
        """Write the receipts that have come, and return how many files it was."""
        written = self._office.waiting(VIA)
        for number, answer in written:
            name = f"{re.sub('[^A-Za-z0-9]', '', answer.name)}_{number}.xml"
            write_whole(self.receipts / name, answer.content)
        self._office.confirm(VIA, [number for number, _ in written])
        return len(written)
