"""The folder door (目录收发): messages out of a pick-up folder, receipts into a receipt folder, as clients have them.

Promised: a message leaves the pick-up folder only after it is taken, and is taken once, whenever the office is killed; what
is still being written (``.tmp`` and the like, an empty file) is left; a receipt appears whole, and is confirmed after it is
there.
"""

import re
from pathlib import Path

from customs.files import Staged, make_folder, write_whole
from customs.office.gate import MOST_BYTES
from customs.office.served import ServedOffice
from customs.office.trouble import OfficeClosedError

#: Endings of files that are still being written, whoever writes them.
_UNFINISHED = (".tmp", ".part", ".pending", ".filepart", ".crdownload", ".reading")

VIA = "folder"


class FolderDoor:
    """A pick-up folder and a receipt folder below one root: ``out`` and ``in`` in the words of the sender."""

    def __init__(self, office: ServedOffice, root: Path, *, pick_up: str = "out", receipts: str = "in") -> None:
        self._office, self.pick_up, self.receipts = office, root / pick_up, root / receipts
        for each in (self.pick_up, self.receipts):
            make_folder(each)

    def collect(self) -> int:
        """Take what lies in the pick-up folder, and return how many messages it was. Nothing during an outage."""
        taken = 0
        for path in sorted(self.pick_up.iterdir()):
            if not self._is_ready(path):
                continue
            try:
                taken += self._office.take(path.read_bytes(), via=VIA, name=path.name)
            except OfficeClosedError:
                break
            Staged(path, path).drop()
        return taken

    @staticmethod
    def _is_ready(path: Path) -> bool:
        if path.name.startswith(".") or path.suffix.lower() in _UNFINISHED or path.is_symlink() or not path.is_file():
            return False
        return 0 < path.stat().st_size <= MOST_BYTES

    def deliver(self) -> int:
        """Write the receipts that have come, and return how many files it was."""
        written = self._office.waiting(VIA)
        for number, answer in written:
            name = f"{re.sub('[^A-Za-z0-9]', '', answer.name)}_{number}.xml"
            write_whole(self.receipts / name, answer.content)
        self._office.confirm(VIA, [number for number, _ in written])
        return len(written)
