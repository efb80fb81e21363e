"""The one way of writing files (文件写入): each appears under its name whole or not at all, and for its owner alone.

A file is written beside its place, as a part under a name that nobody can foresee, forced to the disk, and then given its
name. Whoever needs several files to appear together stages them all, records that they count, and places them. No
link is followed, neither at the part nor at the name.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     write_whole(Path(folder) / "a.xml", b"<a/>")
...     [each.name for each in Path(folder).iterdir()]
['a.xml']
"""

import errno
import filecmp
import os
import secrets
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from customs.files.names import LONGEST_NAME, PART

#: The rights of whatever holds personal data or a key, and of a folder for it.
OWNER_ONLY, OWNER_ONLY_FOLDER = 0o600, 0o700

#: How a file system answers that has no second names for a file.
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EMLINK})


class NotWrittenError(OSError):
    """A file or folder could not be written: a full or read-only disk, a missing right, a name that is taken."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell failures of writing from failures of reading: an ``OSError`` within becomes a ``NotWrittenError`` of the path."""
    try:
        yield
    except NotWrittenError:
        raise
    except OSError as error:
        raise NotWrittenError(error.errno, error.strerror, str(path)) from error


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is written and on the disk, but not yet under its name."""

    part: Path
    path: Path

    def place(self, *, replacing: bool = False) -> bool:
        """Give the file its name; return False if there is no part, such as if it has its name already.

        Raises ``NotWrittenError`` if another file has the name, unless that is to be replaced.
        """
        with writing(self.path):
            try:
                if replacing:
                    self.part.replace(self.path)
                else:
                    _rename_if_free(self.part, self.path)
            except FileNotFoundError:
                return False
        return True

    def drop(self) -> None:
        """Delete the file, which does not count."""
        with writing(self.part):
            self.part.unlink(missing_ok=True)


def _rename_if_free(part: Path, path: Path) -> None:
    """Rename a file, unless another has the name. Windows refuses that by itself, elsewhere a second name does."""
    if os.name == "nt":
        part.rename(path)
        return
    try:
        path.hardlink_to(part)
    except FileExistsError:
        if not os.path.samestat(part.lstat(), path.lstat()):  # cut between its two names
            raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        part.rename(path)
        return
    part.unlink()


def part_of(path: Path, ending: str, suffix: str = PART) -> Path:
    """Return where a file is written before it has its name."""
    begin = os.fsdecode(os.fsencode(path.name)[: LONGEST_NAME + 20])
    return path.with_name(f"{begin}{ending}{suffix}")


def unforeseen() -> str:
    """Return an ending that nobody can foresee."""
    return "." + secrets.token_hex(8)


def stage(path: Path, content: bytes, *, ending: str = "", private: bool = True, suffix: str = PART) -> Staged:
    """Write a file beside its place and force it to the disk; a private one can be read by its owner alone.

    ``ending`` names the part, for whoever has to find it again; it must be one that others cannot foresee. ``suffix`` is
    one that a program which watches the folder passes over. Nothing is left behind if writing fails. Raises
    ``NotWrittenError``.
    """
    staged = Staged(part_of(path, ending or unforeseen(), suffix), path)
    with writing(path):
        file = _new(staged.part, private=private)
        try:
            with file:
                file.write(content)
                _force_file(file)
        except BaseException:
            with suppress(OSError):
                staged.drop()
            raise
    return staged


def _new(part: Path, *, private: bool) -> IO[bytes]:
    """Open a file that did not exist."""
    follow_none, mode = getattr(os, "O_NOFOLLOW", 0), OWNER_ONLY if private else 0o666
    return open(part, "xb", opener=lambda path, flags: os.open(path, flags | follow_none, mode))


def _force_file(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def drop_parts(folder: Path, mark: str = "", *, kept: Collection[Path] = ()) -> None:
    """Delete the parts in a folder whose names hold a mark, but those that are kept. Raises ``NotWrittenError``."""
    with writing(folder):
        for part in folder.glob(f"*{PART}"):
            if mark in part.name and part not in kept:
                part.unlink(missing_ok=True)


def force(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows keeps names with the files
    with writing(folder):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        except OSError as error:
            if error.errno != errno.EINVAL:  # a file system that forces no folders
                raise
        finally:
            os.close(number)


def write_whole(path: Path, content: bytes, *, private: bool = True, replacing: bool = True) -> None:
    """Write a file that appears under its name only once it is complete; a private one for its owner alone.

    Raises ``NotWrittenError``, also for a name that is taken and not to be replaced.
    """
    write_together({path: content}, private=private, replacing=replacing)


def write_together(contents: Mapping[Path, bytes], *, private: bool = True, replacing: bool = True) -> None:
    """Write files that appear under their names once all of them are complete, as ``write_whole`` does one."""
    staged: list[Staged] = []
    try:
        for path, content in contents.items():
            staged.append(stage(path, content, private=private))
        for each in staged:
            each.place(replacing=replacing)
    except BaseException:
        for each in staged:
            with suppress(OSError):
                each.drop()
        raise
    for folder in {path.parent for path in contents}:
        force(folder)


class Lines:
    """A file under way, of text or of bytes."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file

    def write(self, text: str) -> int:
        """Write a text in UTF-8. Raises ``NotWrittenError``."""
        self.add(text.encode())
        return len(text)

    def add(self, content: bytes) -> None:
        """Write what is no text, such as a workbook. Raises ``NotWrittenError``."""
        with writing(self._path):
            self._file.write(content)


@contextmanager
def whole_file(path: Path, *, ending: str = "") -> Iterator[Lines]:
    """A private file that appears under its name only once it is complete.

    What had the name before is kept under the name with a number, unless it is empty or the same.
    """
    staged = Staged(part_of(path, ending or unforeseen()), path)
    with writing(path):
        file = _new(staged.part, private=True)
    try:
        yield Lines(path, file)
        with writing(path):
            _force_file(file)
            file.close()
        place_keeping(staged)
    except BaseException:
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            staged.drop()
        raise


def place_keeping(staged: Staged) -> None:
    """Give a file its name, and what had the name before a number, unless that is empty or the same; nothing without a part.

    Raises ``NotWrittenError``.
    """
    path = staged.path
    if not os.path.lexists(staged.part):
        return
    with writing(path):
        if os.path.lexists(path) and not _is_spare(path, staged.part):
            _keep(path)
    staged.place(replacing=True)
    force(path.parent)


def _is_spare(path: Path, part: Path) -> bool:
    """True if nothing is lost when a file takes the place of another: that is empty or the same."""
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and (not found.st_size or filecmp.cmp(path, part, shallow=False))


def _keep(path: Path) -> None:
    """Give a file its name with the first number that is free."""
    number = 1
    while True:
        kept = path.with_name(f"{path.stem}-{number}{path.suffix}")
        if not os.path.lexists(kept) or os.path.samestat(kept.lstat(), path.lstat()):
            _rename_if_free(path, kept)
            return
        number += 1


def set_aside(path: Path) -> None:
    """Give a file that may be there its name with a number, as ``whole_file`` keeps what had the name before.

    Raises ``NotWrittenError``.
    """
    with writing(path):
        if os.path.lexists(path):
            _keep(path)


def make_folder(folder: Path, *, private: bool = True) -> None:
    """Make a folder and those above it, if they do not exist; private ones for their owner alone.

    Raises ``NotWrittenError``.
    """
    with writing(folder):
        if not folder.is_dir():
            if folder.parent != folder:
                make_folder(folder.parent, private=private)
            folder.mkdir(mode=OWNER_ONLY_FOLDER if private else 0o777, exist_ok=True)


def make_own(path: Path) -> None:
    """Make an empty private file for a library that opens it by its name, such as a database; take rights of others from
    one that exists.

    Raises ``NotWrittenError`` for a link or whatever is no file.
    """
    with writing(path):
        try:
            _new(path, private=True).close()
        except FileExistsError:
            take_rights(path, OWNER_ONLY)


def take_rights(path: Path, mode: int) -> None:
    """Leave a file or folder to its owner alone. Raises ``OSError`` for a link, and for another kind than the mode's."""
    found = path.lstat()
    kinds = {OWNER_ONLY: stat.S_ISREG, OWNER_ONLY_FOLDER: stat.S_ISDIR}
    if not kinds[mode](found.st_mode):
        raise OSError(errno.ELOOP, "a link or another kind of file is in its place", str(path))
    if stat.S_IMODE(found.st_mode) & 0o077 and os.name != "nt":
        path.chmod(mode)
