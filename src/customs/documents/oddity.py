"""Oddities (异常之处): deviations from the standard in a message that was read nevertheless.

>>> Oddity.of("out-of-order", "CEB622Message.InventoryReturn[0].guid", 1).en
'this element stands after one that should follow it'
"""

from dataclasses import dataclass, field
from typing import Literal, Self

OddityCode = Literal[
    "encoding-guessed", "encoding-wrong", "extension", "out-of-order", "unknown-attribute", "unknown-element"
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
    "out-of-order": ("该元素的位置晚于本应在其后的元素", "this element stands after one that should follow it"),
    "unknown-attribute": ("标准中没有该属性，未予读取", "this attribute is not of the standard and was left out"),
    "unknown-element": (
        "标准中没有该元素，原样保留，不作解读",
        "this element is not of the standard, kept and not interpreted",
    ),
}


@dataclass(frozen=True, slots=True)
class Oddity:
    """An oddity: code, path of the element, line in the message, description (``zh``, ``en``).

    ``text`` is the XML of an element that was kept. It may hold personal data; nothing else here does.
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
