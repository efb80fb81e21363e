"""Texts and codes in cells (单元格中的文本、号码、代码): taken as they stand; of numbers only digits that are complete.

A spreadsheet makes a number of an order number or a code, and loses zeros at its beginning and all digits after the 15th.
A number is taken as its digits only where that cannot have happened.

>>> from customs.fields.terms import Code, Text
>>> hs_code = Code("gcode", "商品编码", "Commodity code", length=10)
>>> code(1901101090.0, hs_code), code(409000000, hs_code).facts["why"]
('1901101090', 'it has 9 digits instead of 10, as if zeros before it were lost')
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from customs.codes import code_list
from customs.fields import Term
from customs.fields.given import Misfit, meaning, named
from customs.fields.terms import Code, Fixed
from customs.intake.cell_values import Unfit, cleaned, dated, form, narrow, no_value, number, whole_digits
from customs.intake.sheets import Value
from customs.rules import catalogue

_ZEROS = ("开头的 0 可能已丢失", "zeros before it may be lost")
_LOST = ("超过 15 位数字，末位已丢失", "it has more than 15 digits, of which the last are lost")
_PARTS = ("带小数，不是号码的原样", "it has a fraction, which no such text has")

_WITH_CHINESE = Misfit(
    "含有汉字，可能是错列的姓名或地址", "has Chinese characters, as a name or an address in a wrong column"
)

_NO_TELEPHONE = Misfit("不是电话号码，可能错列", "is no telephone, as in a wrong column")

#: A text without a digit, or with two letters before them, as a waybill number has.
_NOT_DIALLED = re.compile("[A-Za-z]{2}|[^0-9]+$")

_CHINESE = re.compile("[\u3400-\u9fff]")

#: A number that a spreadsheet wrote into a text: with an exponent, or as a decimal.
_SPREADSHEET = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+|\d+\.0+")


def text(value: Value, term: Term) -> str | Unfit:
    """Convert a text; a whole number is taken as its digits."""
    if isinstance(value, str):
        found = cleaned(value)
        return no_value(found, term) or found
    return _of_number(value, term)


def remark(value: Value, term: Term) -> str | Unfit:
    """Convert a text that may well be 无 or a single sign."""
    if isinstance(value, str):
        found = cleaned(value)
        return (no_value(found, term) or found) if found[:1] == "#" else found
    return _of_number(value, term)


def running(value: Value, term: Term) -> str | Unfit:
    """Convert a number of a document; one that a spreadsheet changed is refused."""
    found = text(value, term)
    return (
        Unfit(catalogue.SPREADSHEET_NUMBER, {}) if isinstance(found, str) and _SPREADSHEET.fullmatch(found) else found
    )


def document(value: Value, term: Term) -> str | Unfit:
    """Convert the number of an order, a payment, a waybill or the like; a name or an address, as in a column that was
    moved, is refused, since numbers are shown wherever the order is named.
    """
    found = running(value, term)
    return form(value, term, _WITH_CHINESE) if isinstance(found, str) and _CHINESE.search(found) else found


def with_zeros(value: Value, term: Term) -> str | Unfit:
    """Convert a number that often begins with zeros, which a number in a table has lost."""
    if isinstance(value, str):
        return running(value, term)
    return number(value, term, *_ZEROS) if whole_digits(value) else _of_number(value, term)


def identity(value: Value, term: Term) -> str | Unfit:
    """Convert an identity number of 18 characters, which no number in a table holds."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return number(
            value, term, "身份证号有 18 位，数字只保留 15 位", "identity numbers have 18 digits, a number keeps 15"
        )
    return running(value, term)


def phone(value: Value, term: Term) -> str | Unfit:
    """Convert a telephone as it stands; a number is taken where it has the 11 digits of a mobile."""
    digits = whole_digits(value)
    if digits and not (len(digits) == 11 and digits[0] == "1"):
        return number(value, term, *_ZEROS)
    found = running(value, term)
    return form(value, term, _NO_TELEPHONE) if isinstance(found, str) and _NOT_DIALLED.match(narrow(found)) else found


def telephone(value: Value, term: Term) -> str | Unfit:
    """Convert a telephone to digits: without blanks, dashes, brackets and the +86 of China."""
    found = phone(value, term)
    if isinstance(found, Unfit):
        return found
    bare = re.sub(r"[\s\-‐-―()]", "", narrow(found))
    return re.sub(r"^(?:\+|00)86", "", bare)


def bar_code(value: Value, term: Term) -> str | Unfit:
    """Convert a bar code, or 无 for goods without one; of a number, its length proves that nothing was lost."""
    digits = whole_digits(value)
    if digits and len(digits) not in (8, 12, 13, 14):
        return number(value, term, *_ZEROS)
    return "无" if isinstance(value, str) and cleaned(value) == "无" else running(value, term)


def fixed(value: Value, term: Term) -> str | Unfit:
    """Convert a code of which the field admits one alone."""
    found = whole_digits(value) or text(value, term)
    if isinstance(found, Unfit) or not found or not isinstance(term, Fixed):
        return found
    found = narrow(found)
    return found if found == term.value else form(found, term)


def code(value: Value, term: Term) -> str | Unfit:
    """Convert a code; the name of one is refused, with the code as advice."""
    length, listed = (term.length, term.listed) if isinstance(term, Code) else (0, None)
    digits = whole_digits(value)
    if not isinstance(value, str):
        if digits and len(digits) == length and (listed is None or digits in code_list(listed)):
            return digits
        return _short(value, digits, length, term) if digits else _of_number(value, term)
    found = narrow(cleaned(value))
    if not found or (listed and found in code_list(listed)):
        return found
    if unfit := no_value(found, term):
        return unfit
    return form(found, term) if len(found) != length or (listed and named(listed, found)) else found


def code_by_name(value: Value, term: Term) -> str | Unfit:
    """Convert the name of a code to the code, where it means one alone."""
    listed = term.listed if isinstance(term, Code) else None
    found = narrow(cleaned(value)) if isinstance(value, str) else ""
    if not listed or not found or found.isdecimal():
        return code(value, term)
    meant = named(listed, found)
    if len(meant) > 1:
        return form(found, term, Misfit(*meaning(found, meant)))
    return meant[0].code if meant else code(value, term)


def _short(value: Value, digits: str, length: int, term: Term) -> Unfit:
    if len(digits) == length:
        return form(digits, term, Misfit("不在代码表中", "is not in the code list"))
    return number(
        value,
        term,
        f"有 {len(digits)} 位，应为 {length} 位，开头的 0 可能已丢失",
        f"it has {len(digits)} digits instead of {length}, as if zeros before it were lost",
    )


def _of_number(value: Value, term: Term) -> str | Unfit:
    """A value that is no text, where a text is expected."""
    if value is None:
        return ""
    if digits := whole_digits(value):
        return digits
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value != value:
        return form(value, term, dated(value))
    return number(value, term, *(_PARTS if -(10**15) < value < 10**15 else _LOST))


#: Converters of single fields by name; other texts are taken as they stand.
BY_FIELD: Mapping[str, Callable[[Value, Term], str | Unfit]] = {
    **dict.fromkeys(("order_no", "payment_no", "waybill_no", "bill_no", "list_no", "pre_entry_no", "internal_no"), document),
    **dict.fromkeys(("buyer_reg_no", "batch_numbers", "account_book_no", "licence_no", "item_no", "sku"), running),
    **dict.fromkeys(("buyer_id_number", "payer_id_number"), identity),
    **dict.fromkeys(("buyer_telephone", "consignee_telephone", "payer_telephone"), phone),
    **dict.fromkeys(("note", "goods_info", "item_description", "model"), remark),
    "record_no": with_zeros,
    "bar_code": bar_code,
}  # fmt: skip
