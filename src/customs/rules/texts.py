r"""Texts as real files have them (实际数据中的文本): damaged by spreadsheets, by wrong encodings, by copying.

A text is looked at closely only where something about it is odd: ``odd`` is one search for all texts, and a few fields
have a form of their own.

>>> bool(odd("北京市朝阳区虚构路 1 号")), bool(odd("å¼\xa0ä¸‰")), bool(odd("张三 "))
(False, True, True)
>>> [each.code for each in text_findings("order.order_no", "order_no", "1.21E+17", "订单编号 orderNo")]
['number-from-spreadsheet']
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache

from stdnum.cn import uscc

from customs.fields.record import MASK
from customs.rules import catalogue
from customs.rules.finding import Finding, Severity

#: Characters that appear where Chinese in UTF-8 is read as GBK; most are rare in good texts.
_MISREAD = "".join(
    bytes([lead, trail]).decode("gbk", "ignore")
    for lead in range(0xE4, 0xEA)
    for trail in range(0x80, 0xC0)
    if trail != 0x7F
)

_BLANKS = r"^\s|\s\Z|[\t\n\r\v\f\x85\xa0\u2000-\u200f\u2028\u2029\u202f\u205f\u3000\ufeff]"

#: What wrong encodings leave behind: question marks, replacement characters, UTF-8 or GBK read as Latin.
#: A Chinese character makes three such letters; a brand with an accent and a sign, such as Nestlé®, only two.
_REST = r"[\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]"
_DAMAGE = rf"\?\?|\ufffd|锟斤拷|烫烫|屯屯|[ÂÃ]{_REST}|[à-ï]{_REST}{{2}}|(?:[À-ÿ][\xa1-\xff]){{2}}"


def _at_need(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Return the search for a pattern, compiled when it is first needed: a process may never see an odd text."""
    compiled = cache(lambda: re.compile(pattern).search)
    return lambda text: compiled()(text)


#: Finds the texts that deserve a closer look.
odd = _at_need(f"{_BLANKS}|{_DAMAGE}|[{_MISREAD}]")

_blanks, _damage = _at_need(_BLANKS), _at_need(_DAMAGE)

#: Characters of which every odd text has one, but for a text that is empty or has a plain blank at its end.
ODD = f"\\t\\n\\r\\v\\f\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200f\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff\\ufffd?锟烫屯À-ÿ{_MISREAD}"

#: A number that a spreadsheet wrote: with an exponent, or as a decimal.
_SPREADSHEET = re.compile(r"\d(\.\d+)?[Ee]\+\d+|\d+\.0+").fullmatch

#: Numbers of documents and goods.
NUMBERS = frozenset(
    {
        "order_no", "payment_no", "waybill_no", "internal_no", "pre_entry_no", "list_no", "bill_no", "voyage_no", "transport_no",
        "account_book_no", "licence_no", "record_no", "item_no", "bar_code", "buyer_reg_no", "buyer_id_number",
        "payer_id_number", "batch_numbers",
    }
)  # fmt: skip

TELEPHONES = frozenset({"buyer_telephone", "consignee_telephone", "payer_telephone"})

#: Codes of enterprises: a unified social credit code (统一社会信用代码, GB 32100) or a customs registration number.
ENTERPRISES = frozenset(
    {
        "platform_code", "merchant_code", "payment_company_code", "carrier_code", "declarant_code", "guarantor_code",
        "area_operator_code", "transmitter_code",
    }
)  # fmt: skip

#: Names that customs compares with the register of persons.
_PERSONS = frozenset({"buyer_name", "payer_name"})

#: What platforms hide of persons (脱敏) in the lists that they give to shops.
_MASKED = frozenset({*_PERSONS, *TELEPHONES, "consignee", "consignee_address"})

#: Of these, all but telephones, which have a form of their own.
MASKABLE = _MASKED - TELEPHONES

_hidden = _at_need(r"[*＊]{2}|[*＊]\Z|^[*＊]|[\u3400-\u9fff][*＊][\u3400-\u9fff]")
_shown = re.compile(r"[^*＊]*").fullmatch

#: A mobile number, or five digits at least, in groups, with an extension; landlines, 400 and service numbers among them.
_telephone = re.compile(
    r"1[0-9]{10}|(?=(?:\D*\d){5})[+(（]?\d[\d\-() （）/]*\d(?:\s?(?:转|ext\.?|[xX*#,])\s?\d{1,6})?", re.ASCII
).fullmatch

#: The ten characters of a registration number: district, zone and kind of enterprise, then a running number.
_registration = re.compile(r"\d{4}[0-9A-Z]{6}").fullmatch

_dxp = re.compile(r"DXP[0-9A-Z]{13}").fullmatch

_like_a_dxp_id = re.compile(r"[Dd][Xx][Pp][0-9A-Za-z]{0,27}").fullmatch

#: Six digits that begin with a province of China (GB/T 2260).
_district = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}").fullmatch


@lru_cache(4096)
def is_enterprise_code(code: str) -> bool:
    """True if a code has the form of a social credit code with the right check character, or of a registration number.

    >>> is_enterprise_code("91000000000000001N"), is_enterprise_code("91000000000000001M"), is_enterprise_code("3101963018")
    (True, False, True)
    """
    if len(code) == 18:
        return code == uscc.compact(code) and uscc.is_valid(code)
    return bool(_registration(code))


#: The form of each field that has one: a quick test that is true of good texts.
FORMS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(NUMBERS, re.compile(r"[^.+]*").fullmatch),
    **dict.fromkeys(TELEPHONES, _telephone),
    **dict.fromkeys(ENTERPRISES, is_enterprise_code),
    **dict.fromkeys(MASKABLE, _shown),
    "dxp_id": _dxp,
    "consignee_district": _district,
}


def text_findings(path: str, field: str, text: str, name: str) -> Iterator[Finding]:
    """Yield the findings on a text that is odd or lacks the form of its field; ``name`` is the field's name in words."""
    if not text.strip():
        yield catalogue.BLANK.at(path, name=name)
    elif field in NUMBERS | TELEPHONES and _SPREADSHEET(text.strip()):
        yield catalogue.SPREADSHEET_NUMBER.at(path, name=name)
    elif is_garbled(text):
        found = catalogue.GARBLED.at(path, name=name)
        yield replace(found, severity=Severity.ERROR) if field in _PERSONS else found
    elif _blanks(text):
        found = catalogue.BLANKS.at(path, name=name)
        yield replace(found, severity=Severity.ERROR) if field in NUMBERS | ENTERPRISES else found
    elif field in ENTERPRISES and not is_enterprise_code(text):
        yield catalogue.ENTERPRISE_CODE.at(path, name=name, **code_slip(text))
    elif field in _MASKED and _hidden(text):
        found = catalogue.MASKED.at(path, name=name)
        yield replace(found, severity=Severity.ERROR) if field in _PERSONS else found
    elif field in TELEPHONES and not _telephone(text):
        yield catalogue.TELEPHONE.at(path, name=name)
    elif field == "dxp_id" and not _dxp(text):
        yield catalogue.DXP_ID.at(path, given=text if _like_a_dxp_id(text) else MASK)
    elif field == "consignee_district" and not _district(text):
        yield catalogue.DISTRICT.at(path, name=name)


def is_garbled(text: str) -> bool:
    r"""True if a text was read in a wrong encoding.

    >>> [is_garbled(each) for each in ("张三", "寮犱笁", "å¼\xa0ä¸‰", "??")]
    [False, True, True, True]
    """
    return bool(_damage(text)) or _is_utf_8_as_gbk(text)


def _is_utf_8_as_gbk(text: str) -> bool:
    """True if the bytes of a text in GBK are Chinese in UTF-8; some good characters, such as 转, are other letters."""
    try:
        read = text.encode("gbk").decode()
    except UnicodeError:
        return False
    letters = [each for each in read if not each.isascii()]
    return bool(letters) and all(each >= "\u2e80" for each in letters)


def code_slip(code: str) -> dict[str, object]:
    """Return the words for what is wrong with the code of an enterprise, which is shown where it is no person's number."""
    given = code if _of_nobody(code) else MASK
    if any("\uff01" <= each <= "\uff5e" for each in code):
        return {"given": given, "wrong_zh": "含全角字符", "wrong": "it has full-width characters"}
    if len(code) not in (10, 18):
        return {"given": given, "wrong_zh": f"共 {len(code)} 位", "wrong": f"it has {len(code)} characters"}
    if code != code.upper():
        return {"given": given, "wrong_zh": "含小写字母", "wrong": "it has lower-case letters"}
    if len(code) == 18 and _has_alphabet(code):
        right = uscc.calc_check_digit(code[:17])
        return {"given": given, "wrong_zh": f"校验码应为 {right}", "wrong": f"its check character would be {right}"}
    return {"given": given, "wrong_zh": "字符不符", "wrong": "it has characters that such a code cannot have"}


#: Codes that are neither a name nor a number of a person: no identity number begins with 9, no telephone has letters.
_of_nobody = re.compile(r"9[0-9A-Za-z]{17}|(?=.*[0-9])(?=.*[A-Za-z])[0-9A-Za-z]{1,10}|[0-9]{1,6}").fullmatch


def _has_alphabet(code: str) -> bool:
    return (
        code[:8].isascii()
        and code[:8].isdigit()
        and all(each in "0123456789ABCDEFGHJKLMNPQRTUWXY" for each in code[8:])
    )
