"""Texts of receipts (回执说明 returnInfo): codes in brackets, figures, and texts that were decoded wrongly.

The texts of customs' own checks are not published; the forms here are those that were seen: ``[Code:1313;Desc:...]``
once or several times, with brackets of every kind, in any case, with ASCII or full-width punctuation, with brackets
inside the description and plain text around. Only the first 5,000 characters are looked at, and the time is linear in
them.

>>> [(each.code, each.text) for each in parts_of("［code：1313；desc：订购人购买超过年度限额(26,000)］[Code:1800;Desc:逻辑校验通过]")]
[('1313', '订购人购买超过年度限额(26,000)'), ('1800', '逻辑校验通过')]
>>> said = figures_of("totalPrice：27,100.50，limitPrice：26,000.00")
>>> said.used, said.limit
(Decimal('27100.50'), Decimal('26000.00'))
>>> mended("鏂板\ue583鐢虫姤鎴愬姛"), mended("新增申报成功")
('新增申报成功', None)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from customs.documents import MESSAGES
from customs.fields import Term, part_type, terms_of

#: Characters of a text that are looked at: returnInfo holds 1,000, in CEB900 5,000.
MOST_CHARACTERS = 5_000

#: Full-width ASCII to ASCII but for the comma, brackets of every kind to square ones.
_PLAIN: dict[int, str | int] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "［【〔〖｛{"), "["),
    **dict.fromkeys(map(ord, "］】〕〗｝}"), "]"),
    0x3000: " ",
    0xFF0C: "，",  # parts sentences, never thousands
}

#: The usual form, read at once.
_USUAL = re.compile(r"\[Code:(-?[0-9]{1,6});Desc:([^\[\]()（）［］【】]*)\]")

#: The word that every bracket with a code has, in letters of any width and case.
_CODE_WORD = re.compile("[cｃ][oｏ][dｄ][eｅ]", re.IGNORECASE)

_HEADER = re.compile(
    r"[\[(]\s{0,9}code\s{0,9}[:=]?\s{0,9}(?P<code>-?[0-9]{1,6})(?![0-9])\s{0,9}[;,，]?\s{0,9}(?:desc\s{0,9}[:=]?\s{0,9})?",
    re.IGNORECASE,
)
#: A code at the beginning: ``22001:...``, ``[2]...``.
_LEADING = re.compile(
    r"\s{0,9}(?:[\[［【](?P<shut>-?[0-9]{1,6})[\]］】]|(?:code\s{0,9}[:：]?\s{0,9})?(?P<open>-?[0-9]{2,6})(?:\s{0,9}[:：;；,，]|\Z))\s{0,9}",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[\[\]()]")
_SHUTS = {"]": "[", ")": "("}


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of a text: what one code says, or plain text without a code."""

    code: str
    """Empty for plain text."""
    text: str
    """The description in the brackets, or the plain text."""
    rest: str = ""
    """Plain text behind the brackets, up to the next code."""


def plain(text: str) -> str:
    """Return the beginning of a text with ASCII punctuation, and square brackets for every other kind but round ones."""
    return text[:MOST_CHARACTERS].translate(_PLAIN)


def parts_of(text: str) -> tuple[TextPart, ...]:
    """Return the parts of a text, in order; none for an empty one."""
    if usual := _USUAL.fullmatch(text, 0, MOST_CHARACTERS):
        return (TextPart(usual[1], usual[2]),)
    if not _CODE_WORD.search(text, 0, MOST_CHARACTERS):
        return tuple(_before(text[:MOST_CHARACTERS]))
    text = plain(text)
    headers = list(_HEADER.finditer(text))
    before = text[: headers[0].start()] if headers else text
    found = list(_before(before))
    ends = [each.start() for each in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=False):
        shut = _shutting(text, header, end)
        found.append(TextPart(header["code"], text[header.end() : shut].strip(), text[shut + 1 : end].strip()))
    return tuple(found)


def _before(text: str) -> list[TextPart]:
    """The part before the first code in brackets, if there is one."""
    if not text.strip():
        return []
    leading = _LEADING.match(text)
    if leading is None:
        return [TextPart("", text.strip())]
    return [TextPart(leading["shut"] or leading["open"], text[leading.end() :].strip())]


def _shutting(text: str, header: re.Match[str], end: int) -> int:
    """Where the bracket of a header shuts, brackets inside counted; the end where it does not."""
    opener = header.group()[0]
    depth = 1
    for each in _BRACKET.finditer(text, header.end(), end):
        if each.group() == opener:
            depth += 1
        elif _SHUTS.get(each.group()) == opener:
            depth -= 1
            if not depth:
                return each.start()
    return end


# figures


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFigures:
    """Figures and names that a text states. Names of persons, identity numbers and telephones are never among them."""

    limit: Decimal | None = None
    """The limit, CNY (限额)."""
    used: Decimal | None = None
    """The amount that is used of the limit, CNY (已用)."""
    amount_in_order: Decimal | None = None
    """What the order says was paid, CNY (acturalPaid)."""
    amount_in_payment: Decimal | None = None
    """What the payment says was paid, CNY (amountPaid)."""
    fields: tuple[str, ...] = ()
    """Wire names of fields of the standard."""
    lines: tuple[int, ...] = ()
    """Numbers of lines, from 1."""
    numbers: tuple[tuple[str, str], ...] = ()
    """Numbers of documents and codes of enterprises, each with its Python name, such as ``order_no``."""

    def __bool__(self) -> bool:
        """True if the text states anything."""
        return self != NO_FIGURES


NO_FIGURES = TextFigures()

#: The names of the amounts among the figures.
AMOUNTS = ("limit", "used", "amount_in_order", "amount_in_payment")

_AMOUNTS = {
    "limitprice": "limit", "年度限额": "limit", "年度限值": "limit", "单笔限额": "limit", "限额": "limit", "限值": "limit",
    "totalprice": "used", "已用额度": "used", "已使用额度": "used", "已使用金额": "used", "已用金额": "used", "已消费金额": "used",
    "累计金额": "used", "累计购买金额": "used", "已购买金额": "used", "已使用": "used", "已消费": "used", "已用": "used",
    "acturalpaid": "amount_in_order", "actualpaid": "amount_in_order", "订单实付金额": "amount_in_order",
    "amountpaid": "amount_in_payment", "支付金额": "amount_in_payment",
}  # fmt: skip
_NUMBERS = {
    "orderno": "order_no", "订单编号": "order_no", "订单号": "order_no", "logisticsno": "waybill_no", "运单编号": "waybill_no",
    "运单号": "waybill_no", "paytransactionid": "payment_no", "支付交易编号": "payment_no", "支付单号": "payment_no",
    "invtno": "list_no", "清单编号": "list_no", "海关单号": "list_no", "preno": "pre_entry_no", "预录入编号": "pre_entry_no",
    "copno": "internal_no", "企业内部编号": "internal_no", "ebccode": "merchant_code", "电商企业编码": "merchant_code",
    "电商企业代码": "merchant_code", "ebpcode": "platform_code", "电商平台代码": "platform_code", "taxno": "tax_bill_no",
}  # fmt: skip


def _alternatives(names: dict[str, str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


#: A label, at most six signs or words between, a figure.
_AMOUNT = re.compile(
    rf"(?P<label>{_alternatives(_AMOUNTS)})\s?(?:为|是|[:=\[(]){{0,3}}\s?(?P<figure>(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,3}}|[0-9]{{1,9}})(?:\.[0-9]{{1,5}})?)(?!,?[0-9])",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?P<label>{_alternatives(_NUMBERS)})\s?(?:为|是|[:=\[(]){{0,3}}\s?(?P<figure>[0-9a-z_-]{{2,60}})(?![0-9a-z_-])",
    re.IGNORECASE,
)
_LINE = re.compile(r"第\s?([0-9]{1,3})\s?[条项行]|gnum\s?[:=\[]{0,2}\s?([0-9]{1,3})(?![0-9])", re.IGNORECASE)
_GUID = re.compile(
    r"(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])", re.IGNORECASE
)
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]{3,40}(?![A-Za-z0-9])")

#: Numbers that may be those of a person: identity numbers of 15 and 18 digits, mobile telephones.
_OF_A_PERSON = re.compile(
    r"[0-9]{15}|[0-9]{6}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9X]|1[3-9][0-9]{9}", re.IGNORECASE
)

#: A number that is given to a document so often is enough.
_MOST = 20


def figures_of(text: str) -> TextFigures:
    """Return the figures and names that a text states, the first of each amount."""
    text = plain(text)
    amounts = [(each["label"].lower(), each["figure"]) for each in _AMOUNT.finditer(text)]
    numbers = [(each["label"].lower(), each["figure"]) for each in _NUMBER.finditer(text)]
    found = {_AMOUNTS[label]: Decimal(figure.replace(",", "")) for label, figure in reversed(amounts)}
    lines = (int(each[1] or each[2]) for each in _LINE.finditer(text))
    return TextFigures(
        **found,
        fields=tuple(dict.fromkeys(_fields_in(text, amounts, numbers)))[:_MOST],
        lines=tuple(dict.fromkeys(lines))[:_MOST],
        numbers=tuple(dict.fromkeys(_numbers_in(text, numbers)))[:_MOST],
    )


def _numbers_in(text: str, stated: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The numbers of documents by their Python names; none that may be a person's."""
    for label, figure in stated:
        if any(sign.isdecimal() for sign in figure) and not _OF_A_PERSON.fullmatch(figure):
            yield _NUMBERS[label], figure
    for each in _GUID.finditer(text):
        yield "guid", each.group()


def _fields_in(text: str, amounts: list[tuple[str, str]], numbers: list[tuple[str, str]]) -> Iterator[str]:
    """The wire names of fields. The label of a limit, of what is used of it or of a number names no field at fault."""
    known = _wire_names()
    labels = {label for label, _ in numbers} | {label for label, _ in amounts if _AMOUNTS[label] in ("limit", "used")}
    for word in (*(each.group().lower() for each in _WORD.finditer(text)), *(label for label, _ in amounts)):
        if word in known and word not in labels:
            yield known[word]
    yield from _named_in_chinese(text)


def _named_in_chinese(text: str) -> Iterator[str]:
    """The wire names of the fields whose Chinese labels stand in a text, the longest label at each place."""
    labels, reach = _labels(), 0
    for at in range(len(text) - 2):
        for label, wire in labels.get(text[at : at + 2], ()):
            if at >= reach and text.startswith(label, at):
                reach = at + len(label)
                yield wire
                break


@cache
def _terms() -> tuple[Term, ...]:
    """The terms of all fields of the standard that have a wire name."""
    kinds = MESSAGES.values()
    records = [*kinds, *filter(None, (part_type(kind, name) for kind in kinds for name in kind.model_fields))]
    return tuple(term for record in records for term in terms_of(record).values() if term.wire)


@cache
def _wire_names() -> dict[str, str]:
    """The wire names of all fields of the standard, by their small letters; parts such as ``OrderHead`` are none."""
    return {str(term.wire).lower(): str(term.wire) for term in _terms() if str(term.wire)[0].islower()}


@cache
def _labels() -> dict[str, list[tuple[str, str]]]:
    """Chinese labels of three characters or more with the wire name, the longest first, by their first two characters.

    Labels of numbers are left out: they say which document is meant, not which field is wrong.
    """
    found: dict[str, dict[str, str]] = {}
    for term in _terms():
        if len(term.zh) > 2 and term.zh not in _NUMBERS:
            found.setdefault(term.zh[:2], {}).setdefault(term.zh, str(term.wire))
    return {start: sorted(each.items(), key=lambda pair: -len(pair[0])) for start, each in found.items()}


# texts that were decoded wrongly

#: The bytes that Latin-1 and Windows-1252 show as these characters.
_BYTES = {
    **{chr(each): each for each in range(256)},
    **{
        bytes([each]).decode("cp1252"): each for each in range(0x80, 0xA0) if each not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    },
}


def mended(text: str) -> str | None:
    """Return the text that a text is when decoded rightly, for matching only; None if nothing speaks for another.

    Known are UTF-8 that was read as GB18030, and UTF-8 or GB18030 that was read as Latin-1 or Windows-1252. What was
    lost on the way is U+FFFD in the text.
    """
    text = text[:MOST_CHARACTERS]
    if text.isascii():
        return None
    if all(each in _BYTES for each in text):
        raw = bytes(_BYTES[each] for each in text)
        return _decoded(raw, "utf-8") or _decoded(raw, "gb18030")
    return _decoded(text.encode("gb18030", "replace"), "utf-8")


def _decoded(raw: bytes, encoding: str) -> str | None:
    """The text of bytes if at most a fifth of it is lost and some of it is Chinese."""
    text = raw.decode(encoding, "replace")
    lost = text.count("\ufffd")
    return text if lost * 5 <= len(text) and any("\u4e00" <= each <= "\u9fff" for each in text) else None
