"""Files that are written whole (文件的完整写入): each appears under its name complete or not at all.

A file is written beside its place, as a part, forced to the disk, and then renamed. Whoever needs several files to
appear together stages them all, records that they count, and places them.

>>> safe_name("CEB311Message_1.xml"), safe_name("../../etc/passwd"), safe_name("订单:1"), safe_name("nul.xml"), safe_name("")
('CEB311Message_1.xml', '_._.._etc_passwd', '订单_1', '_nul.xml', '_')
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: The suffix of a form's file name, after the name of its message.
FORM = ".form.json"

#: The suffix of a file that is not complete.
PART = ".part"

#: Characters that no file name has on every system, and what would lead out of the folder.
_RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')

#: Names of devices on Windows, with any ending.
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|$)", re.IGNORECASE)

#: Bytes of a name that a message has at most, so that what is put behind it still fits.
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is written and on the disk, but not yet under its name."""

    part: Path
    path: Path

    def place(self) -> bool:
        """Give the file its name; return False if it has it already."""
        try:
            self.part.replace(self.path)
        except FileNotFoundError:
            return False
        return True

    def drop(self) -> None:
        """Delete the file, which does not count."""
        self.part.unlink(missing_ok=True)


def stage(path: Path, content: bytes, *, mark: str = "", private: bool = False) -> Staged:
    """Write a file beside its place and force it to the disk; a private one can be read by its owner alone.

    ``mark`` names who writes, so that the parts of two writers in one folder are told apart. Nothing is left behind
    if writing fails.
    """
    staged = Staged(path.with_name(f"{path.name}{mark}{PART}"), path)
    try:
        staged.drop()
        with open(staged.part, "xb", opener=_owner_only if private else None) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            staged.drop()
        raise
    return staged


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def force(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows keeps names with the files
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file that appears under its name only once it is complete; a private one for its owner alone."""
    stage(path, content, private=private).place()


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A text file that appears under its name only once it is complete."""
    unfinished = path.with_name(path.name + PART)
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def free_path(folder: Path, file_name: str, taken: Callable[[str], bool] = lambda name: False) -> Path:
    """Return where a message is written in a folder: under its name, made safe, or with a number if that is taken.

    ``taken`` tells further names that are not free, in lower case.
    """
    name = safe_name(file_name)
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    number = 1
    while taken(name.lower()) or (folder / name).exists() or (folder / (name + FORM)).exists():
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    return folder / name


def safe_name(name: str) -> str:
    """Return a file name that stays in its folder on every system: reserved characters become ``_``, and so does a dot
    at either end.

    Names come from templates of areas, which hold what parcels say, such as an order number.
    """
    safe = _RESERVED.sub("_", name)
    if len(safe.encode()) > LONGEST_NAME:
        ending = Path(safe).suffix if len(Path(safe).suffix.encode()) < 20 else ""
        safe = safe.encode()[: LONGEST_NAME - len(ending.encode())].decode(errors="ignore") + ending
    safe = safe.strip() or "_"
    if safe.startswith("."):
        safe = "_" + safe[1:]
    if safe.endswith((".", FORM, PART)):
        safe = safe.rstrip(".") + "_"
    return "_" + safe if _DEVICE.match(safe) else safe
