"""Oddities (异常之处): deviations from the standard in a message that was read nevertheless.

>>> Oddity.of("out-of-order", "CEB622Message.InventoryReturn[0].guid", 1).en
'this element stands after one that should follow it'
"""

from dataclasses import dataclass, field
from typing import Literal, Self

OddityCode = Literal[
    "encoding-guessed",
    "encoding-wrong",
    "extension",
    "field-missing",
    "out-of-order",
    "time-of-seconds",
    "unknown-attribute",
    "unknown-element",
    "value-irregular",
]

#: What each oddity is, in Chinese and English.
WORDS: dict[OddityCode, tuple[str, str]] = {
    "encoding-guessed": (
        "报文未注明字符编码，且不是 UTF-8，推断为 {encoding} 读取",
        "the message does not mark its encoding and is not UTF-8: guessed to be {encoding}",
    ),
    "encoding-wrong": (
        "报文声明的字符编码与实际不符，按 {encoding} 读取",
        "the encoding that the message declares is not that of its bytes: read as {encoding}",
    ),
    "extension": ("扩展自定义数据实体，原样保留，不作解读", "an extension of the message, kept and not interpreted"),
    "field-missing": (
        "标准要求填写的该项缺失或为空",
        "the standard requires this, and it is missing or empty",
    ),
    "out-of-order": ("该元素的位置晚于本应在其后的元素", "this element stands after one that should follow it"),
    "time-of-seconds": (
        "时间为 14 位，标准为 17 位，毫秒按 0 读取",
        "a time of 14 digits where the standard has 17: read without milliseconds",
    ),
    "unknown-attribute": ("标准中没有该属性，未予读取", "this attribute is not of the standard and was left out"),
    "unknown-element": (
        "标准中没有该元素，原样保留，不作解读",
        "this element is not of the standard, kept and not interpreted",
    ),
    "value-irregular": (
        "该值的长度或格式不符合标准，原样保留",
        "the length or form of this value is not that of the standard, kept as it came",
    ),
}


@dataclass(frozen=True, slots=True)
class Oddity:
    """An oddity: code, path of the element, line in the message, description (``zh``, ``en``).

    ``text`` is the XML of an element, or the value of a field, that was kept. It may hold personal data; nothing else
    here does.
    """

    code: OddityCode
    path: str
    line: int | None
    zh: str
    en: str
    text: str = field(default="", repr=False)

    @classmethod
    def of(cls, code: OddityCode, path: str, line: int | None, text: str = "", **facts: str) -> Self:
        """Return the oddity of a code, with the placeholders of its text filled in."""
        zh, en = WORDS[code]
        return cls(code, path, line, zh.format(**facts) if facts else zh, en.format(**facts) if facts else en, text)
