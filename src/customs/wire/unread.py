"""Why a file is no message or receipt (无法识别的原因), in both languages: the reader says it in English, with line and column.

>>> unread(ReadError("not well-formed XML, line 1, column 5: no element"))
'not well-formed XML, line 1, column 5: no element 不是完整的 XML（第 1 行第 5 列）'
>>> unread(ReadError("anything else"))
'anything else 内容不符合报文标准'
"""

import re

from customs.bilingual import halves
from customs.wire.parsing import ReadError

#: What the reader says, by its beginning or another part of it, and that in Chinese; the first that is found counts.
_CHINESE = tuple(
    (re.compile(pattern), zh)
    for pattern, zh in (
        ("not well-formed XML", "不是完整的 XML"),
        ("the root is no message|the root is not", "根元素不是已知的报文"),
        ("this is no (receipt|message) of", "不是该接入点格式的回执或报文"),
        ("neither declares anything of a parcel nor answers it", "既不是申报单证，也不是回执"),
        ("this is no JSON", "不是 UTF-8 编码的 JSON"),
        ("encoding|byte-order mark|byte [0-9]+: not|a character that XML", "字符编码有误"),
        ("DTD|processing instruction", "含不允许的 XML 结构"),
        ("more than|an attribute of", "内容超过读取上限"),
    )
)
_LINE = re.compile(r"line ([0-9]+)(?:, column ([0-9]+))?")


def unread(error: ReadError) -> str:
    """Return the reason of an error in English and Chinese."""
    text = str(error)
    if halves(text)[1]:
        return text
    told = next((zh for pattern, zh in _CHINESE if pattern.search(text)), "内容不符合报文标准")
    if at := _LINE.search(text):
        told += f"（第 {at[1]} 行第 {at[2]} 列）" if at[2] else f"（第 {at[1]} 行）"
    return f"{text} {told}"
