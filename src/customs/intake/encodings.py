"""Encodings of tables and JSON (文本编码): UTF-8, UTF-16 with its mark, GB18030 as Excel writes it in China.

A text is decoded strictly, whole, before a row of it is used. A text that is UTF-8 but for a few damaged characters can
often be read as GB18030 too, as nonsense: it is refused.
"""

import codecs
import re
from collections.abc import Iterator
from typing import IO, Literal, NamedTuple, Protocol

from customs.intake.sheets import SheetError

_CHUNK = 1 << 20

#: Bytes of Chinese in UTF-8, and bytes that are not ASCII.
_CHINESE, _BEYOND_ASCII = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf]{2}"), re.compile(rb"[\x80-\xff]")

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-8": "UTF-8"}

_READ_AS = {
    "gb18030": ("the file is no UTF-8 and is read as GBK (GB18030)", "该文件不是 UTF-8，按 GBK（GB18030）读取"),
    "utf-16": ("the file is read as UTF-16", "该文件按 UTF-16 读取"),
}


class StoredText(Protocol):
    """A text with its name, whose bytes can be opened more than once: a file, or a member of an archive."""

    @property
    def name(self) -> str:
        """The name by which people know it."""
        ...

    def open(self, mode: Literal["rb"], /) -> IO[bytes]:
        """Open the bytes."""
        ...


class Encoding(NamedTuple):
    """The encoding of a file by its name in Python, and what to say of it."""

    name: str
    said: tuple[tuple[str, str], ...] = ()


def encoding_of(path: StoredText) -> Encoding:
    """Return the encoding of a text file. Raises ``SheetError`` for one that is in none, or holds zeros."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked:
        if damaged := _damaged_line(path, marked):
            raise _damaged(path, _NAMES[marked], damaged)
        return Encoding(marked, (_READ_AS[marked],) if marked in _READ_AS else ())
    if not (damaged := _damaged_line(path, "utf-8")):
        return Encoding("utf-8")
    if _mostly_utf_8(path):
        raise _damaged(path, "UTF-8", damaged)
    if _damaged_line(path, "gb18030"):
        raise SheetError(
            f"{path.name} is text neither in UTF-8 nor in GBK (line {damaged}): save it as CSV UTF-8",
            f"{path.name} 既非 UTF-8 也非 GBK 编码（第 {damaged} 行），请另存为 UTF-8 编码的 CSV",
        )
    return Encoding("gb18030", (_READ_AS["gb18030"],))


def _damaged(path: StoredText, name: str, line: int) -> SheetError:
    return SheetError(
        f"{path.name}, line {line}: damaged text, most of the file is {name}: export it again, or save it as CSV UTF-8",
        f"{path.name} 第 {line} 行：文本损坏（其余为 {name}），请重新导出，或另存为 CSV UTF-8",
    )


def _chunks(path: StoredText) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _damaged_line(path: StoredText, encoding: str) -> int:
    """Return the first line that is not in an encoding, 0 if there is none. Raises ``SheetError`` at a zero."""
    decoder, lines = codecs.getincrementaldecoder(encoding)(), 1
    for chunk in _chunks(path):
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return lines + _breaks(error.object[: error.start].decode(encoding, "replace"))
        if (at := text.find("\0")) >= 0:
            raise _zero(path, lines + _breaks(text[:at]))
        lines += _breaks(text)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return lines
    return 0


def _breaks(text: str) -> int:
    """Return the number of line ends: LF, or CR where no LF is."""
    return text.count("\n") or text.count("\r")


def _zero(path: StoredText, line: int) -> SheetError:
    return SheetError(
        f"{path.name}, line {line}: a zero byte (NUL), which no text has: export the table again",
        f"{path.name} 第 {line} 行含空字节（NUL），不是正常文本，请重新导出",
    )


def _mostly_utf_8(path: StoredText) -> bool:
    """True if most of what is not ASCII is Chinese in UTF-8."""
    chinese = others = 0
    for chunk in _chunks(path):
        chinese += 3 * len(_CHINESE.findall(chunk))
        others += len(_BEYOND_ASCII.findall(chunk))
    return 2 * chinese > others
