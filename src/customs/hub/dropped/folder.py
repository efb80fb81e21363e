"""Drop folders (投放目录): files that are dropped into a folder are taken, and moved with a record beside them.

Promised, whatever is killed: a file is read only once it is complete; what it says is taken once; it is moved to the
folder ``done`` after it was, under its name with its time and the beginning of its digest, beside a record that tells
what became of it (``.outcome.json``) and a list of what was refused in the form in which it came. A file that
fails in a way that nobody foresaw stays, and holds up no other. One process at a time reads a folder.
"""

import errno
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from customs.bilingual import joined
from customs.fields.moments import CHINA_TIME
from customs.files import (
    FolderHeldError,
    SettledFiles,
    Staged,
    Unsettled,
    force,
    held,
    make_folder,
    safe_name,
    stage,
    system_reason,
    write_together,
)
from customs.hub.turns.error_places import place_of_error
from customs.hub.turns.errors import is_of_all
from customs.ledger.database import Ledger, LedgerConnection

#: The largest file, in bytes; it is read as a whole.
MOST_BYTES = 64 * 1024 * 1024

#: The folder of files that were taken.
DONE = "done"

#: Endings of files that are still being written, whoever writes them.
_UNFINISHED = (".tmp", ".part", ".pending", ".filepart", ".crdownload")


class FileChangedError(Exception):
    """A file was written while it was read."""


class DropFolderError(Exception):
    """A drop folder cannot be used; the text says why, in both languages."""


class DroppedOutcome(Protocol):
    """The outcome of a file, of whatever kind it is. No personal data stands in it."""

    @property
    def unreadable(self) -> tuple[tuple[str, str], ...]:
        """Reasons in English and Chinese why the file as a whole cannot be read."""
        ...

    @property
    def returned(self) -> tuple[str, bytes]:
        """Name and content of the file in which goes back what was refused; both empty if nothing was."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Return how much of it had which outcome."""
        ...

    def details(self) -> Mapping[str, Any]:
        """Return what the record tells of its parts."""
        ...


#: Takes what a file holds, within a transaction and by a time.
TakeFile: TypeAlias = Callable[[LedgerConnection, Path, bytes, datetime], DroppedOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedReport:
    """The outcome of a round: files that were taken, what they hold by its outcome, and why files were left, if any were."""

    files: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    left: str = ""


@dataclass(slots=True)
class DropFolder:
    """A drop folder of an enterprise as a worker looks at it, round after round."""

    folder: Path
    files: SettledFiles = field(default_factory=lambda: SettledFiles(MOST_BYTES), repr=False)
    _said: set[str] = field(default_factory=set, repr=False)

    def check(self) -> None:
        """Raise ``DropFolderError`` if files cannot be moved within the folder, as a file put there shows."""
        self.make_done()
        with self._told():
            stage(self.folder / DONE / "customs.trial", b"", suffix=".tmp").drop()

    def make_done(self) -> None:
        """Make the folder of files that were taken. Raises ``DropFolderError``, also if the drop folder is not there."""
        with self._told():
            if not self.folder.is_dir():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.folder))
            make_folder(self.folder / DONE)

    def said_once(self, path: Path, en: str, zh: str) -> list[str]:
        """Return why a file is left, in both languages; nothing if that was said before."""
        name = safe_name(path.name)
        text = f"{name}: {en} {name}：{zh}"
        if text in self._said:
            return []
        self._said.add(text)
        return [text]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            en, zh = system_reason(error)
            raise DropFolderError(
                f"the folder {self.folder} cannot be used, {en}: make it, and give the right to write there "
                f"目录 {self.folder} 无法使用：{zh}。请建立该目录并授予写权限"
            ) from None

    def dropped(self) -> Iterator[tuple[Path, bytes | Unsettled]]:
        """Yield what lies in the folder, by name: the content of each file that is complete, or why it is left."""
        with self._told():
            paths = sorted(self.folder.iterdir())
        for path in paths:
            if path.name != DONE and not path.name.startswith(".") and not path.name.lower().endswith(_UNFINISHED):
                yield path, self.files.content(path)
        self.files.end_round()


def dropped_turn(ledger: Ledger, folder: DropFolder, take: TakeFile, *, clock: Callable[[], datetime]) -> DroppedReport:
    """Take the files that are complete; nothing while another process reads the folder.

    Raises ``DropFolderError``, ``LedgerError``, and what ``take`` raises of all files.
    """
    folder.make_done()
    with suppress(FolderHeldError), held(folder.folder):
        return _round(ledger, folder, take, clock)
    return DroppedReport()


def _round(ledger: Ledger, folder: DropFolder, take: TakeFile, clock: Callable[[], datetime]) -> DroppedReport:
    files, counts, left = 0, Counter[str](), list[str]()
    for path, content in folder.dropped():
        if isinstance(content, Unsettled):
            if not content.wait:
                left += folder.said_once(path, content.en, content.zh)
            continue
        try:
            with ledger.begin() as connection, _unchanged(path, content):
                outcome = take(connection, path, content, clock())
            _moved(folder.folder, path, content, outcome)
        except FileChangedError:
            continue
        except Exception as error:  # one file must not hold up the others
            if is_of_all(error):
                raise
            left += folder.said_once(path, f"unforeseen {place_of_error(error)}", "未预料的错误，请将此行交给技术支持")
            continue
        files += 1
        counts.update(outcome.counts())
        if outcome.unreadable:
            counts["unreadable"] += 1
    return DroppedReport(files=files, counts=counts, left=joined(*left[:3]))


@contextmanager
def _unchanged(path: Path, content: bytes) -> Iterator[None]:
    """Raise ``FileChangedError`` if a file is another one after it was read than before, or not what was seen of it."""
    before = path.lstat()
    yield
    after = path.lstat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or before.st_size != len(content):
        raise FileChangedError


def _moved(folder: Path, path: Path, content: bytes, outcome: DroppedOutcome) -> None:
    """Write what became of a file, then move it; both names are the same whenever it is done again."""
    changed = datetime.fromtimestamp(path.lstat().st_mtime, CHINA_TIME)
    mark = f"{changed:%Y%m%dT%H%M%S}-{sha256(content).hexdigest()[:8]}"
    name = safe_name(path.name)
    done = folder / DONE / f"{Path(name).stem}.{mark}{Path(name).suffix}"
    beside = {done.with_name(f"{done.name}.outcome.json"): _record(name, content, outcome)}
    returned, refused = outcome.returned
    if refused:
        beside[done.with_name(f"{mark}.{returned}")] = refused
    write_together(beside)
    Staged(path, done).place(replacing=True)
    force(done.parent)
    force(folder)


def _record(name: str, content: bytes, outcome: DroppedOutcome) -> bytes:
    """Return the record of a file as it stands beside it."""
    said = {
        "file": name,
        "sha256": sha256(content).hexdigest(),
        "counts": outcome.counts(),
        "unreadable": [{"en": en, "zh": zh} for en, zh in outcome.unreadable],
        **outcome.details(),
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
