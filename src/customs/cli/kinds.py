"""Kinds of files (文件种类): what a file is that stands where JSON lines are expected, and how to make them of it.

A wrong file is named once, from its first bytes, instead of every one of its lines. Signatures are those that the
formats themselves begin with.

>>> kind_of('[{"order": {}}]'.encode()).en
'one JSON array'
>>> kind_of('{"order": {}}'.encode("utf-16")).zh
'UTF-16 编码的文本'
>>> kind_of('{"order": {}}'.encode()) is None
True
"""

import codecs
from collections.abc import Callable
from dataclasses import dataclass

#: How much of a file is looked at.
LOOKED_AT = 1 << 16


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its name, and how to make JSON lines of it."""

    en: str
    zh: str
    advice_en: str
    advice_zh: str


_ONE_A_LINE = "write each parcel as one JSON object on a line of its own, see docs/parcel.md"
_ONE_A_LINE_ZH = "请将每个包裹写成一行 JSON 对象，见 docs/parcel.md"
_AS_UTF_8 = "save it as UTF-8: iconv -f {0} -t UTF-8, in PowerShell Set-Content -Encoding utf8"
_AS_UTF_8_ZH = "请另存为 UTF-8：iconv -f {0} -t UTF-8，PowerShell 用 Set-Content -Encoding utf8"


def _encoded(name: str) -> FileKind:
    return FileKind(f"text in {name}", f"{name} 编码的文本", _AS_UTF_8.format(name), _AS_UTF_8_ZH.format(name))


def _other(en: str, zh: str) -> FileKind:
    return FileKind(en, zh, _ONE_A_LINE, _ONE_A_LINE_ZH)


def _table(en: str, zh: str) -> FileKind:
    return FileKind(
        en,
        zh,
        "customs declare and customs check take it as an order list with --config customs.toml, see docs/order-lists.md",
        "customs declare、customs check 加 --config customs.toml 可按订单表读取，见 docs/order-lists.md",
    )


UTF_16, UTF_32, GBK = _encoded("UTF-16"), _encoded("UTF-32"), _encoded("GBK")
WORKBOOK, OLD_WORKBOOK = (
    _table("an Excel workbook", "Excel 工作簿"),
    _other("an Excel workbook (.xls)", "旧版 Excel 工作簿"),
)
TABLE = _table("a table of text, such as CSV", "文本表格（如 CSV）")
XML = _other("XML, such as a message of customs", "XML 文件（如海关报文）")
PACKED = FileKind("packed (gzip)", "压缩文件（gzip）", "unpack it first", "请先解压")
ARRAY = FileKind(
    "one JSON array", "JSON 数组", "write one parcel a line: jq -c '.[]'", "请改为每行一个包裹：jq -c '.[]'"
)
SPREAD = FileKind(
    "JSON spread over many lines",
    "分多行书写的 JSON",
    "write each parcel on one line: jq -c .",
    "请将每个包裹写在一行：jq -c .",
)

#: The bytes with which kinds of files begin; the longer of two stands first.
SIGNATURES: tuple[tuple[bytes, FileKind], ...] = (
    (codecs.BOM_UTF32_LE, UTF_32),
    (codecs.BOM_UTF32_BE, UTF_32),
    (codecs.BOM_UTF16_LE, UTF_16),
    (codecs.BOM_UTF16_BE, UTF_16),
    (b"PK\x03\x04", WORKBOOK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_WORKBOOK),
    (b"\x1f\x8b", PACKED),
    (b"{\0", UTF_16),
    (b"[\0", UTF_16),
    (b"\0{", UTF_16),
    (b"\0[", UTF_16),
)


def signature_of(head: bytes) -> FileKind | None:
    """Return the kind that the first bytes of a file are the signature of, None for plain text."""
    return next((kind for signature, kind in SIGNATURES if head.startswith(signature)), None)


def kind_of(head: bytes) -> FileKind | None:
    """Return the kind of a file by its beginning, None for JSON lines and for what is not recognised."""
    if found := signature_of(head):
        return found
    whole, cut = head.removeprefix(codecs.BOM_UTF8), len(head) >= LOOKED_AT
    lines = [line for each in whole.split(b"\n") if (line := each.strip())]
    return next((kind for fits, kind in _TEXTS if lines and fits(lines, cut)), None)


def is_gbk(lines: list[bytes], cut: bool) -> bool:
    """True if all lines that are not ASCII are GBK and not UTF-8; ``cut`` says that the last one may be cut off."""
    chinese = [line for line in (lines[:-1] if cut and len(lines) > 1 else lines) if not line.isascii()]
    return bool(chinese) and not any(_reads(line, "utf-8") for line in chinese) and _all_gbk(chinese)


def _all_gbk(lines: list[bytes]) -> bool:
    return all(_reads(line, "gb18030") for line in lines)


def _reads(text: bytes, encoding: str) -> bool:
    """True if a text can be in an encoding; its end may be cut off within a character."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _is_spread(lines: list[bytes], cut: bool) -> bool:
    """True if the first object goes on in the second line."""
    goes_on = len(lines) > 1 and not lines[0].endswith(b"}") and not lines[1].startswith(b"{")
    return lines[0] == b"{" or (lines[0].startswith(b"{") and goes_on)


def _is_table(lines: list[bytes], cut: bool) -> bool:
    """True if the first two lines are rows with at least two separators."""
    rows = lines[:2]
    separators = [max(map(row.count, (b",", b"\t", b";", b"|"))) for row in rows]
    return min(separators) > 1 and not any(b"{" in row for row in rows)


#: Kinds of texts, by their first lines; the first that fits counts.
_TEXTS: tuple[tuple[Callable[[list[bytes], bool], bool], FileKind], ...] = (
    (lambda lines, cut: lines[0].startswith(b"["), ARRAY),
    (lambda lines, cut: lines[0].startswith(b"<"), XML),
    (_is_spread, SPREAD),
    (_is_table, TABLE),
    (is_gbk, GBK),
)
