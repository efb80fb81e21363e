"""Files of bills (账单文件): text, GZIP as WeChat Pay packs it, ZIP as Alipay does; each part opened within bounds.

An archive is unpacked into nothing: its members are read as a stream, at most 100 of them and 2 GiB together, and their
names are shown but never used as paths. Names that are GBK without saying so are decoded.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader, TextIOWrapper
from pathlib import Path, PurePosixPath
from struct import error as StructError  # noqa: N812  an error of another package
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812  an error of another package

from customs.intake.encodings import encoding_of
from customs.ledger.settlements.bill_texts import BillError

#: Members of an archive, bytes of all its parts unpacked, and how many times its size they may be.
MOST_MEMBERS, MOST_BYTES, MOST_TIMES = 100, 1 << 31, 250

#: Unpacked sizes that are never asked for their relation to the packed one.
_NOT_ASKED = 1 << 24

_CHUNK = 1 << 20
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"

#: The flag of a member whose name is UTF-8, and that of one with a password.
_UTF_8, _LOCKED = 0x800, 0x1

_DAMAGED = (BadZipFile, ZlibError, EOFError, gzip.BadGzipFile, NotImplementedError)


@dataclass(frozen=True, slots=True)
class BillPart:
    """A text in a file: its name, and how its bytes are opened, any number of times."""

    name: str
    opened: Callable[[], IO[bytes]] = field(repr=False)
    packed: int | None = None
    """Its size as it is packed, where the unpacked one is not known."""

    def open(self, mode: str = "rb", /) -> IO[bytes]:
        """Open the bytes."""
        assert mode == "rb", "bills are only read"
        return self.opened()

    def digest(self, kind: str = "sha256") -> str:
        """Return the SHA-256 of the bytes, or another digest. Raises ``BillError`` if they are more than may be, or damaged."""
        found, size = hashlib.new(kind), 0
        with undamaged(self.name), self.opened() as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
                size += len(chunk)
                if self.packed is not None:
                    _refuse_bomb(self.name, size, self.packed)
        return found.hexdigest()

    @contextmanager
    def text(self) -> Iterator[IO[str]]:
        """Open the text, decoded strictly. Raises ``SheetError`` if it is neither UTF-8 nor GBK."""
        with undamaged(self.name):
            encoding = encoding_of(self).name
            with TextIOWrapper(self.opened(), encoding, newline=None) as file:
                yield file


@contextmanager
def bill_parts(path: Path) -> Iterator[tuple[BillPart, ...]]:
    """Open the texts in a file. Raises ``BillError`` for an archive that is a bomb, locked or damaged."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(_GZIP):
        yield (BillPart(path.name, lambda: BufferedReader(gzip.GzipFile(path)), path.stat().st_size),)
    elif head.startswith(_ZIP):
        with _whole_archive(path.name):
            archive = ZipFile(path)
        with archive:
            yield tuple(_member(path.name, archive, each) for each in _members(path.name, archive))
    else:
        yield (BillPart(path.name, lambda: path.open("rb")),)


def _member(name: str, archive: ZipFile, info: ZipInfo) -> BillPart:
    shown = f"{name}: {_shown(info)}"

    def opened() -> IO[bytes]:
        with _whole_archive(shown):
            return archive.open(info)

    return BillPart(shown, opened)


@contextmanager
def _whole_archive(name: str) -> Iterator[None]:
    """Refuse an archive whose places lead nowhere."""
    try:
        with undamaged(name):
            yield
    except (OSError, RuntimeError, ValueError, StructError) as error:
        if isinstance(error, BillError):
            raise
        raise _damaged(name) from error


def _members(name: str, archive: ZipFile) -> list[ZipInfo]:
    """Return the members that are files."""
    members = [each for each in archive.infolist() if not each.is_dir()]
    if len(members) > MOST_MEMBERS:
        raise BillError(
            f"{name} has more than {MOST_MEMBERS} members, which no bill has: fetch it again",
            f"{name} 中的文件超过 {MOST_MEMBERS} 个，不是对账单压缩包，请重新下载",
        )
    if any(each.filename == "[Content_Types].xml" for each in members):
        raise BillError(
            f"{name} is a workbook: give the bill as it was downloaded, not as a spreadsheet saved it",
            f"{name} 是 Excel 工作簿，请提供原始下载的对账单，不要用表格软件另存",
        )
    if any(each.flag_bits & _LOCKED for each in members):
        raise BillError(
            f"{name} is locked with a password: unpack it and give the files in it",
            f"{name} 已加密，请解压后提供其中的文件",
        )
    _refuse_bomb(name, sum(each.file_size for each in members), sum(each.compress_size for each in members))
    return members


def _refuse_bomb(name: str, size: int, packed: int) -> None:
    if size > MOST_BYTES or size > max(_NOT_ASKED, MOST_TIMES * packed):
        raise BillError(
            f"{name} unpacks to more than {MOST_BYTES:,} bytes or {MOST_TIMES} times its size, which no bill does: "
            "do not unpack it; fetch the bill again, or one day at a time",
            f"{name} 解压后超过 {MOST_BYTES} 字节或其大小的 {MOST_TIMES} 倍，不是正常的对账单，请勿解压，重新下载或逐日下载",
        )


def _shown(info: ZipInfo) -> str:
    """Return the name of a member without its folders; GBK without the flag of UTF-8 is decoded."""
    name = info.filename
    if not info.flag_bits & _UTF_8:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(each if each.isprintable() else "?" for each in last)[:100]


@contextmanager
def undamaged(name: str) -> Iterator[None]:
    """Refuse a file at which its readers fail."""
    try:
        yield
    except _DAMAGED as error:
        raise _damaged(name) from error


def _damaged(name: str) -> BillError:
    return BillError(
        f"{name} is damaged and cannot be unpacked: fetch it again", f"{name} 已损坏，无法解压，请重新下载"
    )
