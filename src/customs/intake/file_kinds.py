"""Kinds of files (文件种类) that stand where a table is expected, found by their first bytes and never by their suffix.

>>> kind_of(b"%PDF-1.7").zh
'PDF 文件'
>>> kind_of("订单编号,商品编码".encode()) is None
True
"""

import codecs
from collections.abc import Callable
from typing import NamedTuple

from customs.intake.sheets import SheetError

#: How much of a file is looked at.
LOOKED_AT = 1 << 16


class TableKind(NamedTuple):
    """A kind of file by its name, and how to make a table of it."""

    en: str
    zh: str
    advice_en: str
    advice_zh: str


_SAVE = "open it in Excel or WPS and save it as .xlsx or as CSV UTF-8"
_SAVE_ZH = "请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV UTF-8"
_EXPORT = "export the table as .xlsx or CSV from the system that has it"
_EXPORT_ZH = "请从原系统导出 .xlsx 或 CSV 表格"
_UNPACK = "unpack it and give the table that is in it"
_UNPACK_ZH = "请先解压，再提供其中的表格"

OLD_WORKBOOK = TableKind("an Excel workbook of before 2007 (.xls)", "旧版 Excel 工作簿（.xls）", _SAVE, _SAVE_ZH)
ENCRYPTED = TableKind(
    "a workbook with a password",
    "带密码的工作簿",
    "take the password off (File, Info, Protect Workbook, Encrypt with Password) and save it again",
    "请取消密码（文件 → 信息 → 保护工作簿 → 用密码进行加密）后重新保存",
)
BINARY_WORKBOOK = TableKind("a binary workbook (.xlsb)", "二进制工作簿（.xlsb）", _SAVE, _SAVE_ZH)
OPEN_DOCUMENT = TableKind("an OpenDocument file", "OpenDocument 文件", _SAVE, _SAVE_ZH)
STRICT_WORKBOOK = TableKind(
    "a workbook in Strict Open XML",
    "Strict Open XML 格式的工作簿",
    "save it as Excel Workbook (.xlsx), not as Strict Open XML Spreadsheet",
    "请另存为“Excel 工作簿（.xlsx）”，不要选“Strict Open XML 电子表格”",
)
ARCHIVE = TableKind("a ZIP archive without a workbook", "不含工作簿的 ZIP 压缩文件", _UNPACK, _UNPACK_ZH)
EMPTY = TableKind("empty", "空文件", _EXPORT, _EXPORT_ZH)
UTF_16 = TableKind(
    "text in UTF-16 without its mark", "缺少标记（BOM）的 UTF-16 文本", "save it as UTF-8", "请另存为 UTF-8"
)
_UTF_32 = TableKind("text in UTF-32", "UTF-32 编码的文本", "save it as UTF-8", "请另存为 UTF-8")
_PACKED = TableKind("packed", "压缩文件", _UNPACK, _UNPACK_ZH)
_PICTURE = TableKind("a picture", "图片", _EXPORT, _EXPORT_ZH)
_HTML = TableKind("a web page (HTML)", "网页文件（HTML）", _SAVE, _SAVE_ZH)
_XML_SPREADSHEET = TableKind("an XML spreadsheet of 2003", "XML 电子表格 2003", _SAVE, _SAVE_ZH)
_XML = TableKind("XML, such as a message of customs", "XML 文件（如海关报文）", _EXPORT, _EXPORT_ZH)
_MHTML = TableKind("a web archive (MHTML)", "单个文件网页（MHTML）", _SAVE, _SAVE_ZH)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

#: What ZIP archives begin with, workbooks among them.
ZIP = b"PK\x03\x04"

_SIGNATURES: tuple[tuple[bytes, TableKind], ...] = (
    (codecs.BOM_UTF32_LE, _UTF_32),
    (codecs.BOM_UTF32_BE, _UTF_32),
    (b"%PDF-", TableKind("a PDF", "PDF 文件", _EXPORT, _EXPORT_ZH)),
    (b"PK\x05\x06", ARCHIVE),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!\x1a\x07", _PACKED),
    (b"BZh", _PACKED),
    (b"\xfd7zXZ\0", _PACKED),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"SQLite format 3\0", TableKind("an SQLite database", "SQLite 数据库", _EXPORT, _EXPORT_ZH)),
    (rb"{\rtf", TableKind("a text document (RTF)", "RTF 文档", _SAVE, _SAVE_ZH)),
)

#: Kinds of texts by their beginning, in lower case and without blanks before it; the first that fits counts.
_TEXTS: tuple[tuple[Callable[[bytes], bool], TableKind], ...] = (
    (lambda text: text.startswith((b"<html", b"<table", b"<!doctype html", b"<head", b"<meta", b"<style")), _HTML),
    (lambda text: text.startswith(b"<") and b"urn:schemas-microsoft-com:office:spreadsheet" in text, _XML_SPREADSHEET),
    (lambda text: text.startswith(b"<") and b"<html" in text, _HTML),
    (lambda text: text.startswith((b"<?xml", b"<!doctype", b"<ceb", b"<soap")), _XML),
    (lambda text: text.startswith(b"mime-version:"), _MHTML),
)


def kind_of(head: bytes, tail: bytes = b"") -> TableKind | None:
    """Return the kind of a file that is no table by its first and last bytes; None for a workbook, text and JSON."""
    if not head:
        return EMPTY
    if head.startswith(_OLE):
        return ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in head + tail else OLD_WORKBOOK
    if found := next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None):
        return found
    text = _ascii_of(head)
    if found := next((kind for fits, kind in _TEXTS if fits(text)), None):
        return found
    return UTF_16 if _is_utf_16(head) else None


def no_table(name: str, kind: TableKind) -> SheetError:
    """Return that a file is of another kind, and how to make a table of it."""
    return SheetError(
        f"{name} is {kind.en} and cannot be read as a table: {kind.advice_en}",
        f"{name} 文件类型：{kind.zh}，不能作为表格读取。{kind.advice_zh}",
    )


#: Bytes of blanks, those of Chinese and of web pages among them.
_BLANKS = b" \t\r\n\x0b\x0c\xc2\xa0\xe3\x80"


def begins_json(head: bytes) -> bool:
    """True if a text begins with an object or an array."""
    return _ascii_of(head).startswith((b"{", b"["))


def _ascii_of(head: bytes) -> bytes:
    """Return the ASCII characters of a text of any encoding, in lower case, from the first that is not blank."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.replace(b"\0", b"")[2:]
    return head.removeprefix(codecs.BOM_UTF8).lstrip(_BLANKS).lower()


def _is_utf_16(head: bytes) -> bool:
    """True if every other byte is zero wherever the text is ASCII, and no mark says so."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, ZIP)):
        return False
    counts = head[0::2].count(0), head[1::2].count(0)
    return max(counts) >= max(4, len(head) // 20) and max(counts) > 4 * min(counts)
