"""Files of copies (副本文件): the sealed copies of messages that are put together, one behind the other.

A database writes what is added to it twice, into its log and into itself; a file is written once. What a file holds counts
when the database says where in it each copy is; a file of a run that was killed before that is replaced by the next one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from customs.files import Lines, Staged, drop_parts, whole_file

#: From how many bytes on the copies of messages that are put together stand in a file.
PACKED = 256 * 1024


class PackPlace(NamedTuple):
    """The place of a copy: the number of its file, where it begins there, and its bytes."""

    pack: int
    start: int
    size: int


class Pack:
    """A file under way to which copies are added."""

    def __init__(self, number: int, file: Lines) -> None:
        self._number, self._file, self._length = number, file, 0

    def add(self, sealed: bytes) -> PackPlace:
        """Add a copy; return where it is. Raises ``NotWrittenError``."""
        self._file.add(sealed)
        place = PackPlace(self._number, self._length, len(sealed))
        self._length += len(sealed)
        return place


@contextmanager
def new_pack(home: Path, number: int) -> Iterator[Pack]:
    """Write copies into a new file, which is on the disk under its name at the end. Raises ``NotWrittenError``."""
    drop_parts(home)  # of a run that was killed, as a file to which nothing leads
    path = _file(home, number)
    Staged(path, path).drop()
    with whole_file(path) as file:
        yield Pack(number, file)


def packed(home: Path, place: PackPlace) -> bytes:
    """Return a copy from its file. Raises ``OSError``."""
    with _file(home, place.pack).open("rb") as file:
        file.seek(place.start)
        return file.read(place.size)


def _file(home: Path, number: int) -> Path:
    return home / f"copies-{number}"
