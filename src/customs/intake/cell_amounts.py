"""Amounts in cells (单元格中的金额、数量): to plain digits, in one way of writing whatever the file.

Money has two places at least and no needless zeros beyond; quantities and weights have no needless zeros. Signs of the
yuan are taken off, thousands separators only where they cannot be a decimal comma.

>>> from customs.fields.terms import Decimals
>>> price = Decimals("price", "单价", "Price")
>>> money("99.5", price), money("99.505", price), money("￥1,284.50 元", price), money(0.1 + 0.2, price)
('99.50', '99.505', '1284.50', '0.30')
>>> money("1,284", price).facts["why"]
'"1,284" may be 1284 or 1.284'
"""

import re
from decimal import Decimal
from math import isfinite

from customs.fields import Term
from customs.fields.digits import PLACES, WHOLE_DIGITS
from customs.fields.given import Misfit, shown_value
from customs.intake.cell_values import EXCEL_DIGITS, Unfit, cleaned, dated, form, narrow, no_value, number, whole_digits
from customs.intake.sheets import Value

#: Possessive, since a zero may belong to either group: a long text would be tried in as many ways as it has zeros.
_PLAIN = re.compile(r"(?=-?[.]?[0-9])(-?)0*+([0-9]*+)(?:\.([0-9]*+))?", re.ASCII)

_GROUPS = re.compile(r"-?[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})")

#: One group of three digits: thousands here, thousandths elsewhere.
_EITHER = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")

_YUAN = re.compile(r"^(-?)\s*(?:¥|CNY|RMB|人民币)\s*|\s*(?:元|CNY|RMB|人民币)$", re.IGNORECASE)

#: A weight in grams that no weight in kilograms can say.
_TOO_FINE = Misfit("换算后超过 5 位小数", "has more than 5 decimals once converted")

#: No amount of N19,5 is written longer.
_LONGEST = 40


def money(value: Value, term: Term) -> str | Unfit:
    """Convert an amount in yuan."""
    return _amount(value, term, 0, in_yuan=True)


def fen(value: Value, term: Term) -> str | Unfit:
    """Convert an amount in whole fen; parts of a fen are refused, which are yuan most likely."""
    found = _amount(value, term, -2, in_yuan=True)
    if isinstance(found, str) and len(found.partition(".")[2]) > 2:
        why = Misfit("按分计，应为整数", "is in fen, and no whole number")
        return form(value, term, why)
    return found


def quantity(value: Value, term: Term) -> str | Unfit:
    """Convert a quantity, or a weight in kilograms."""
    return _amount(value, term, 0, in_yuan=False)


def grams(value: Value, term: Term) -> str | Unfit:
    """Convert a weight in grams to kilograms."""
    return _amount(value, term, -3, in_yuan=False)


def count(value: Value, term: Term) -> int | str | Unfit:
    """Convert a whole number."""
    text = whole_digits(value)
    if isinstance(value, str):
        text = narrow(cleaned(value))
        if not text:
            return ""
        if unfit := no_value(text, term):
            return unfit
    if re.fullmatch(r"-?[0-9]{1,10}", text):
        return int(text)
    return form(value, term, dated(value))


def _amount(value: Value, term: Term, shift: int, *, in_yuan: bool) -> str | Unfit:
    """The digits of a value, its point moved by ``shift`` places."""
    text = value if isinstance(value, str) and _PLAIN.fullmatch(value) else _digits(value, term, in_yuan=in_yuan)
    if isinstance(text, Unfit):
        return text
    return canonical(text, term, shift, in_yuan=in_yuan) if text else ""


def _digits(value: Value, term: Term, *, in_yuan: bool) -> str | Unfit:
    """The text of digits that a cell holds, an empty text if it holds nothing."""
    if isinstance(value, str):
        return _of_text(narrow(cleaned(value)), term, in_yuan=in_yuan)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not isfinite(value):
        return form(value, term, dated(value))
    if not -(10**EXCEL_DIGITS) < value < 10**EXCEL_DIGITS:
        return number(
            value, term, "超过 15 位有效数字，末位已丢失", "it has more than 15 digits, of which the last are lost"
        )
    if isinstance(value, int):
        return str(value)
    exact = Decimal(f"{value:.{EXCEL_DIGITS}g}") if isinstance(value, float) else value
    return f"{exact:f}" if exact.adjusted() > -_LONGEST else "0"


def _of_text(text: str, term: Term, *, in_yuan: bool) -> str | Unfit:
    if len(text) > _LONGEST:
        return form(text, term)
    if not text or _PLAIN.fullmatch(text):
        return text
    if unfit := no_value(text, term):
        return unfit
    bare = _YUAN.sub(r"\1", text) if in_yuan else text
    if _GROUPS.fullmatch(bare):
        return bare.replace(",", "")
    if _EITHER.fullmatch(bare):
        shown = shown_value(text) or bare
        whole, point = bare.replace(",", ""), bare.replace(",", ".")
        return form(
            text, term, Misfit(f"{shown} 可能是 {whole}，也可能是 {point}", f"{shown} may be {whole} or {point}")
        )
    return bare if _PLAIN.fullmatch(bare) and any(map(str.isdecimal, bare)) else form(text, term)


def canonical(text: str, term: Term, shift: int = 0, *, in_yuan: bool) -> str | Unfit:
    """Return digits in the one way in which they are handed on."""
    found = _PLAIN.fullmatch(text)
    if not found:
        return form(text, term)
    sign, whole, places = found[1], found[2], found[3] or ""
    if shift:
        padded = whole.rjust(-shift, "0")
        whole, places = padded[:shift].lstrip("0"), padded[shift:] + places
    places = places.rstrip("0")
    if len(places) > PLACES or len(whole) > WHOLE_DIGITS:
        return form(text, term, _TOO_FINE if shift and len(places) > PLACES else None)
    if in_yuan:
        places = places.ljust(2, "0")
    if not whole.strip("0") and not places.strip("0"):
        sign = ""
    return f"{sign}{whole or '0'}{'.' if places else ''}{places}"
