"""A value as it was given (所给值) in place of one that fits: why it does not, and what to write instead.

Values of personal fields are never shown, nor any other in which a name, a telephone or an identity number could hide.

>>> from customs.fields.terms import Code, Decimals
>>> misfit("1,284.50", Decimals("price", "单价", "Price"))
Misfit(zh='所给 "1,284.50" 含千位分隔符', en='"1,284.50" has thousands separators', right='"1284.50"')
>>> misfit("罐", Code("unit", "计量单位", "Unit", length=3, listed="units")).en
'"罐" is a name, its code is 122'
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from customs.codes import CodeEntry, code_list
from customs.fields.digits import DIGITS, PLACES, PLAIN_NUMBER, plain_digits
from customs.fields.moments import china_time, day_digits, moment_digits
from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Instant, Moment, Part, Term, Text


class Misfit(NamedTuple):
    """Why a value does not fit, in Chinese and English, and what to write instead, empty where that is not known."""

    zh: str
    en: str
    right: str = ""


def misfit(value: object, term: Term) -> Misfit:
    """Return why a value does not fit a field, without showing what may be personal."""
    if isinstance(value, str) and len(value) > _LONGEST:
        return Misfit(f"所给的值有 {len(value)} 个字符", f"it has {len(value)} characters")
    found = _why(value, term)
    shown = "" if term.personal else shown_value(value, term)
    right = "" if term.personal else shown_value(found.right)
    return Misfit(
        f"所给 {shown} {found.zh}" if shown else f"所给的值{found.zh}",
        f"{shown or 'it'} {found.en}",
        right,
    )


#: No text that fits any such field is longer; of a longer one nothing else is said.
_LONGEST = 1_000

#: Amounts with their signs, short codes, times: texts in which no person can hide. A telephone has 11 digits.
_NOBODY = re.compile(
    r"(?!(?:[^0-9０-９]*[0-9０-９]){11})"
    r"(?: *[-+]?[0-9０-９.,，．¥￥$€% ]{1,24}|[-+]?[.0-9]{1,12}[eE][-+]?[0-9]{1,3}|[A-Z]{1,3})"
    r"|[-+]?(?:nan|NaN|inf|Infinity)"
    r"|(?:19|20)[0-9]{2}(?:[0-9]{4}|[0-9]{10}|[0-9]{13})"
    r"|(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[T ]+[0-9]{1,2}:[0-9:.]{2,12}(?:Z|[-+][0-9:]{4,5})?)?"
)


def shown_value(value: object, term: Term | None = None) -> str:
    """Return a value as it may be shown, an empty text for one in which personal data could hide.

    >>> shown_value("¥99.50"), shown_value(99.5), shown_value("13900000000"), shown_value("贾宝玉")
    ('"¥99.50"', '99.5', '', '')
    """
    if isinstance(value, str):
        listed = term.listed if isinstance(term, Code | Text) else None
        return f'"{value}"' if _NOBODY.fullmatch(value) or (listed and named(listed, value)) else ""
    shown = _plain_number(value)
    return shown if _NOBODY.fullmatch(shown) else ""


def _plain_number(value: object) -> str:
    """Return a number as it is written, an empty text for one that is too long, or for anything else."""
    if isinstance(value, Decimal | float):
        return str(value)
    return str(value) if type(value) is int and abs(value) < _HUGE else ""


#: A number beyond this is described, not shown.
_HUGE = 10**40

#: As many places are not written out.
_DEEP = 400


def named(listed: str, text: str) -> tuple[CodeEntry, ...]:
    """Return the codes of a list that are meant by a text that is none of them."""
    codes = code_list(listed)
    return () if text in codes else codes.meant_by(text)


def _why(value: object, term: Term) -> Misfit:
    if isinstance(value, str) and value.strip():
        return _TEXTS.get(type(term), _other_text)(value, term)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _number(value, term)
    return next(words for kind, words in _SHAPES if isinstance(value, kind))


#: Values that are neither texts nor numbers.
_SHAPES: tuple[tuple[type, Misfit], ...] = (
    (type(None), Misfit("为 null，而此字段必填", "is null, and the field is required")),
    (bool, Misfit("为 true 或 false", "is true or false")),
    (str, Misfit("为空", "is empty")),
    (Mapping, Misfit("是 JSON 对象", "is a JSON object")),
    (list, Misfit("是列表", "is a list")),
    (tuple, Misfit("是列表", "is a list")),
    (datetime, Misfit("超出日历范围，或不应含时间", "is a time outside the calendar, or where none is expected")),
    (object, Misfit("是其他类型的值", "is a value of another type")),
)


def _number(value: int | float | Decimal, term: Term) -> Misfit:
    """A number where the field holds a text, or another kind of number."""
    digits = _digits_of(value)
    if not digits and isinstance(value, float):
        return Misfit("不是数", "is no number")
    match term:
        case Decimals() if isinstance(value, Decimal):
            return _amount(digits or str(value), term)
        case Decimals():
            return Misfit(
                "是不带引号的数字，位数可能已丢失",
                "is a number without quotes, whose digits may have been lost",
                _fitting(digits),
            )
        case Day() | Moment() | Instant():
            right = digits if len(digits) == _TIME_DIGITS[type(term)] else ""
            return Misfit(
                "是数字，不是文本；不支持以秒数表示的时间", "is a number, not a text; seconds are not read", right
            )
        case Part():
            return Misfit("是数字", "is a number")
        case Count():
            return _whole(digits, term)
        case Code(length=length):
            right = digits.zfill(length) if digits.isdecimal() and len(digits) <= length else ""
            return Misfit(
                "是数字；代码为文本，可能以 0 开头", "is a number; a code is a text and may begin with zeros", right
            )
    whole = digits if digits.isdecimal() and len(digits) <= 60 else ""
    return Misfit("是数字，不是文本", "is a number, not a text", whole if shown_value(whole) else "")


def _digits_of(value: int | float | Decimal) -> str:
    """Return a number in plain digits, an empty text for one that has none or too many."""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    exponent = number.as_tuple().exponent  # 1e-99999 has as many zeros; abs would round 1e99999, which may overflow
    return plain_digits(number) if isinstance(exponent, int) and exponent > -_DEEP and number.copy_abs() < _HUGE else ""


#: Signs in the text of an amount, each with its words; the first that fits counts.
_AMOUNTS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), zh, en)
    for pattern, zh, en in (
        (r".*[０-９．，＋－].*", "含全角字符", "has full-width characters"),
        (r".*(?:[¥￥$€元]|rmb|cny).*", "含货币符号", "has a sign of currency"),
        (r".*%", "含百分号", "has a percent sign"),
        (r"\s.*|.*\s", "含空格", "has blanks around it"),
        (r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", "含千位分隔符", "has thousands separators"),
        (r"[-+]?\d+,\d+", "以逗号作小数点", "has a comma for its point"),
        (r"[-+]?[\d.]+e[-+]?\d+", "为科学计数法", "has an exponent"),
        (r"\+.*", "含加号", "has a plus sign"),
        (r"-?\d+\.", "以小数点结尾", "ends in its point"),
        (r"-?\.\d+", "小数点前没有数字", "has no digit before its point"),
        (rf"-?\d+\.\d{{{PLACES + 1},}}", "小数位过多", "has too many digits after its point"),
        (r"-?\d+(?:\.\d+)?", "位数过多", "has too many digits"),
        (r"[-+]?[\d.,]+\s*[^\d\s].*", "数字后带有文字", "has text behind its digits"),
    )
)


def _amount(text: str, term: Term) -> Misfit:
    plain = unicodedata.normalize("NFKC", re.sub(r"[¥￥$€元+\s]|rmb|cny", "", text, flags=re.IGNORECASE))
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d*)?", plain):
        plain = plain.replace(",", "")
    plain = re.sub(r"^(-?)\.", r"\g<1>0.", plain.replace(",", ".", 1)).removesuffix(".")
    try:
        digits = _digits_of(Decimal(plain))
    except InvalidOperation:
        digits = ""
    zh, en = next(((zh, en) for sign, zh, en in _AMOUNTS if sign.fullmatch(text)), ("不是数字", "is no number"))
    right = _fitting(digits)
    return Misfit(zh, en, right if right != text else "")


def _fitting(digits: str) -> str:
    """Return an amount that fits its field, an empty text for another one."""
    return digits if re.fullmatch(f"-?{PLAIN_NUMBER}", digits) and sum(map(str.isdecimal, digits)) <= DIGITS else ""


def _code(text: str, term: Term) -> Misfit:
    """A code of another length, or the name of one."""
    assert isinstance(term, Code)
    if meant := named(term.listed, text) if term.listed else ():
        return Misfit(*meaning(text, meant), meant[0].code if len(meant) == 1 else "")
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain != text and len(plain) == term.length:
        return Misfit("含全角字符或空格", "has full-width characters or blanks", plain)
    zh, en = f"有 {len(text)} 位，应为 {term.length} 位", f"has {len(text)} characters instead of {term.length}"
    return Misfit(zh, en)


def meaning(text: str, meant: tuple[CodeEntry, ...]) -> tuple[str, str]:
    """Return in words, Chinese and English, which codes are meant by a name or by a code without its zeros."""
    codes = [each.code for each in meant[:3]]
    if text.strip().isdecimal():
        return f"应写作 {codes[0]}（{meant[0].zh}）", f"is written {codes[0]} ({meant[0].zh})"
    return f"是名称，代码为 {'、'.join(codes)}", f"is a name, its code is {' or '.join(codes)}"


#: The digits of a day, a time, and a time to the millisecond.
_TIME_DIGITS: dict[type[Term], int] = {Day: 8, Moment: 14, Instant: 17}

#: A time as ISO 8601 and spreadsheets write it.
_TIME = re.compile(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?:[T ]+(\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[-+]\d\d:?\d\d)?))?")


def _time(text: str, term: Term) -> Misfit:
    """A time or day in another form."""
    plain = text.strip()
    digits = _TIME_DIGITS[type(term)]
    if found := _TIME.fullmatch(plain):
        return _separated(found, term)
    if plain.isascii() and plain.isdecimal():
        if len(plain) == digits:
            return Misfit("在日历中不存在", "does not exist in the calendar")
        if isinstance(term, Day) and len(plain) == 14:
            return Misfit("含时间", "has a time of day", plain[:8])
        if len(plain) == 8:
            return Misfit("没有时间，只有日期", "is a day without its time")
    return Misfit(f"不是 {digits} 位数字", f"is not made of {digits} digits")


def _separated(found: re.Match[str], term: Term) -> Misfit:
    """A time with separators; without its time of day it is no time."""
    year, month, day, time = found.groups()
    if time is None and not isinstance(term, Day):
        return Misfit("没有时间，只有日期", "is a day without its time")
    try:
        hour = f" {time.zfill(len(time) + (time[1] == ':'))}" if time else ""
        when = china_time(datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02}{hour}"))
    except ValueError:
        return Misfit("在日历中不存在", "does not exist in the calendar")
    right = day_digits(when) if isinstance(term, Day) else moment_digits(when) if isinstance(term, Moment) else ""
    return Misfit("含分隔符", "has separators", right)


def _whole(text: str, term: Term) -> Misfit:
    if re.fullmatch(r"\s*-?\d+\s*", text):
        return Misfit("位数过多", "has too many digits")
    return Misfit("不是整数", "is no whole number")


def _fixed(text: str, term: Term) -> Misfit:
    return Misfit("不符", "is not it")


def _other_text(text: str, term: Term) -> Misfit:
    return Misfit("是文本", "is a text")


_TEXTS: dict[type[Term], Callable[[str, Term], Misfit]] = {
    Fixed: _fixed, Decimals: _amount, Count: _whole, Code: _code, Moment: _time, Instant: _time, Day: _time,
}  # fmt: skip
