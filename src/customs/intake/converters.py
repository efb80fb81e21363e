"""Converters (转换): from what a cell holds to the text that the field takes, only where nothing can be misread.

Each field has a converter of its own by its term; ``[columns]`` of the enterprise file may choose another one by name.
What cannot be converted is ``Unfit``, with the reason; nothing is repaired that could be wrong.

>>> from customs.intake.column_names import TERMS
>>> def converted(path, value, name=""):
...     return converter_of(path, TERMS[path], name)(value)
>>> converted("line.price", "¥1,284.5"), converted("line.qty", 3.0), converted("line.price", 9950, "fen")
('1284.50', '3', '99.50')
>>> converted("payment.paid_at", "2026/11/11 0:55"), converted("order.buyer_telephone", "+86 139-0000-0000", "telephone")
('20261111005500', '13900000000')
>>> converted("line.unit", "罐", "code"), converted("line.unit", "罐").facts["why"]
('122', '"罐" is a name, its code is 122')
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from customs.fields import Term
from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Moment
from customs.intake import cell_amounts, cell_texts, cell_times
from customs.intake.cell_values import Unfit
from customs.intake.column_names import QUANTITIES, WEIGHTS
from customs.intake.sheets import Value

_Typed = Callable[[Value, Term], str | int | Unfit]


#: Texts of a column that are converted once, such as quantities and prices, and their characters.
_MOST_KEPT, _LONGEST_KEPT = 1_000, 20


@dataclass(frozen=True, slots=True)
class Convert:
    """The conversion of the cells of one column; an empty text is no value."""

    converts: _Typed
    term: Term
    _known: dict[str, str | int | Unfit] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __call__(self, value: Value) -> str | int | Unfit:
        if not isinstance(value, str) or self.term.personal:
            return self.converts(value, self.term)
        found = self._known.get(value)
        if found is None:
            found = self.converts(value, self.term)
            if len(value) <= _LONGEST_KEPT and len(self._known) < _MOST_KEPT:
                self._known[value] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedConverter:
    """A converter that the enterprise file may name: what it is for, in both languages."""

    en: str
    zh: str
    converts: _Typed = field(repr=False)
    fits: Callable[[str, Term], bool] = field(repr=False)


def _is_money(path: str, term: Term) -> bool:
    return isinstance(term, Decimals) and path not in QUANTITIES


def _is_time(path: str, term: Term) -> bool:
    return isinstance(term, Moment | Day)


def _is_weight(path: str, term: Term) -> bool:
    return path in WEIGHTS


def _is_code(path: str, term: Term) -> bool:
    return isinstance(term, Code) and term.listed is not None


def _is_text(path: str, term: Term) -> bool:
    return not isinstance(term, Decimals | Count | Moment | Day)


#: The converters by their names.
CONVERTERS: Mapping[str, NamedConverter] = {
    "yuan": NamedConverter(en="amounts in yuan", zh="以元为单位的金额", converts=cell_amounts.money, fits=_is_money),
    "fen": NamedConverter(
        en="amounts in whole fen, 100 to the yuan", zh="以分为单位的整数金额", converts=cell_amounts.fen, fits=_is_money
    ),
    "kilograms": NamedConverter(
        en="weights in kilograms", zh="以千克为单位的重量", converts=cell_amounts.quantity, fits=_is_weight
    ),
    "grams": NamedConverter(en="weights in grams", zh="以克为单位的重量", converts=cell_amounts.grams, fits=_is_weight),
    "telephone": NamedConverter(
        en="telephones, without blanks, dashes and +86",
        zh="电话，去除空格、连字符和 +86",
        converts=cell_texts.telephone,
        fits=lambda path, term: path.endswith("telephone"),
    ),
    "text": NamedConverter(en="texts as they stand", zh="原样文本", converts=cell_texts.text, fits=_is_text),
    "code": NamedConverter(
        en="names of a code list, such as 罐 for 122",
        zh="代码表中的名称，如“罐”为 122",
        converts=cell_texts.code_by_name,
        fits=_is_code,
    ),
    "serial": NamedConverter(
        en="days and times as Excel's numbers of days", zh="Excel 日期序列号", converts=cell_times.serial, fits=_is_time
    ),
    "day_first": NamedConverter(
        en="days and times as 31/12/2026", zh="日/月/年，如 31/12/2026", converts=cell_times.day_first, fits=_is_time
    ),
    "month_first": NamedConverter(
        en="days and times as 12/31/2026", zh="月/日/年，如 12/31/2026", converts=cell_times.month_first, fits=_is_time
    ),
}

_BY_TERM: Mapping[type[Term], _Typed] = {
    Code: cell_texts.code,
    Fixed: cell_texts.fixed,
    Count: cell_amounts.count,
    Moment: cell_times.year_first,
    Day: cell_times.year_first,
}


def converter_of(path: str, term: Term, name: str = "") -> Convert | None:
    """Return the converter of a field, or the one of a name; None if there is none or it is not for such a field."""
    if name:
        chosen = CONVERTERS.get(name)
        return Convert(chosen.converts, term) if chosen and chosen.fits(path, term) else None
    if isinstance(term, Decimals):
        return Convert(cell_amounts.quantity if path in QUANTITIES else cell_amounts.money, term)
    if typed := _BY_TERM.get(type(term)):
        return Convert(typed, term)
    return Convert(cell_texts.BY_FIELD.get(path.rpartition(".")[2], cell_texts.text), term)
