"""Times in cells (单元格中的日期、时间): the year first, or a date of the workbook; anything else only by name.

``11/12/2026`` is refused, since nobody can tell its day from its month. A number of days as Excel counts them is refused
too, unless ``serial`` is named: a column of numbers may be anything.

>>> from customs.fields.terms import Day, Moment
>>> paid = Moment("payTime", "支付时间", "Time of the payment")
>>> year_first("2026-11-10T16:55:12Z", paid), year_first("2026年11月11日 0:55", paid), serial(46337.5, paid)
('20261111005512', '20261111005500', '20261111120000')
>>> year_first("11/12/2026 10:00", paid).facts["why"]
'"11/12/2026 10:00" does not say which is the day and which the month'
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from customs.fields import Term
from customs.fields.given import Misfit, misfit, shown_value
from customs.fields.moments import china_day, china_time, day_digits, moment_digits
from customs.fields.terms import Day
from customs.intake.cell_values import Unfit, cleaned, form, narrow, no_value, whole_digits
from customs.intake.sheets import Value

_CLOCK = r"(?:(?:\s*T\s*|\s+|(?<=日))(\d\d?):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(Z|[-+]\d\d:?\d\d)?)?"

_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年](\d\d?)[-/.月](\d\d?)日?{_CLOCK}", re.ASCII)

_YEAR_LAST = re.compile(rf"(\d\d?)[-/.](\d\d?)[-/.](\d{{4}}){_CLOCK}", re.ASCII)

#: Day and month in an order that nobody can tell.
_UNCLEAR = re.compile(r"\d\d?[-/.]\d\d?[-/.](?:\d{4}|\d\d)(?!\d).*")

_DIGITS_ONLY = re.compile(r"[0-9/.:\- ]{6,20}")

#: No zone is further from UTC.
_FURTHEST = timedelta(hours=14)

_ZONE = re.compile(r"([-+])(\d\d):?(\d\d)")

#: The day before which Excel's count has a 29 February that never was, and the last one.
_SERIALS = range(61, 2_958_466)
_DAY_ZERO = datetime(1899, 12, 30)


def year_first(value: Value, term: Term) -> str | Unfit:
    """Convert a time or day of a workbook, or one written with its year first."""
    return _converted(value, term, _YEAR_FIRST, (0, 1, 2))


def day_first(value: Value, term: Term) -> str | Unfit:
    """Convert a time or day written as 31/12/2026."""
    return _converted(value, term, _YEAR_LAST, (2, 1, 0))


def month_first(value: Value, term: Term) -> str | Unfit:
    """Convert a time or day written as 12/31/2026."""
    return _converted(value, term, _YEAR_LAST, (2, 0, 1))


def serial(value: Value, term: Term) -> str | Unfit:
    """Convert Excel's number of days since 1899-12-30."""
    if isinstance(value, datetime | date):
        return year_first(value, term)
    text = narrow(cleaned(value)) if isinstance(value, str) else ""
    if isinstance(value, str) and not text:
        return ""
    days = _days(text if isinstance(value, str) else value)
    if days is None:
        return form(value, term, Misfit("不是 Excel 日期序列号", "is no number of days of Excel"))
    return _digits(_to_second(_DAY_ZERO + timedelta(days=days)), term)


def _days(value: Value) -> float | None:
    if isinstance(value, str):
        value = float(value) if re.fullmatch(r"\d{1,7}(?:\.\d{1,20})?", value, re.ASCII) else None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value != value:
        return None
    return float(value) if _SERIALS.start <= value < _SERIALS.stop else None


def _converted(value: Value, term: Term, pattern: re.Pattern[str], order: tuple[int, int, int]) -> str | Unfit:
    if value is None:
        return ""
    if isinstance(value, str):
        return _of_text(narrow(cleaned(value)), term, pattern, order)
    if isinstance(value, datetime):
        return _digits(_to_second(value), term)
    if isinstance(value, date) and isinstance(term, Day):
        return day_digits(value)
    if isinstance(value, date):
        return form(value, term, Misfit("没有时间，只有日期", "is a day without its time"))
    if isinstance(value, time | timedelta):
        return form(value, term, Misfit("只有时间，没有日期", "is a time without its day"))
    digits = whole_digits(value)
    if len(digits) == (8 if isinstance(term, Day) else 14):
        return _of_text(digits, term, pattern, order)
    return form(value, term, _serial_advice(value))


def _of_text(text: str, term: Term, pattern: re.Pattern[str], order: tuple[int, int, int]) -> str | Unfit:
    if not text:
        return ""
    if unfit := no_value(text, term):
        return unfit
    if len(text) > 60:
        return form(text, term)
    if (found := pattern.fullmatch(text)) and (when := _when(found, order)):
        if found[4] is None and not isinstance(term, Day):
            return form(text, term, _misfit_shown(text, "没有时间，只有日期", "is a day without its time"))
        return _digits(when, term)
    if pattern is _YEAR_FIRST and _UNCLEAR.fullmatch(text):
        return form(text, term, _unclear(text))
    try:
        plain = china_day(text) if isinstance(term, Day) else china_time(text)
    except ValueError:
        return form(text, term, misfit(text, term))
    return _digits(plain, term)


def _when(found: re.Match[str], order: tuple[int, int, int]) -> datetime | None:
    """The time in China that a text says, None if the calendar has none."""
    year, month, day = (int(found[at + 1]) for at in order)
    hour, minute, second = (int(each or 0) for each in found.group(4, 5, 6))
    try:
        when = datetime(year, month, day, hour, minute, second)
        if zone := found[7]:
            ahead = _ahead(zone)
            return when - ahead + timedelta(hours=8) if abs(ahead) <= _FURTHEST else None
    except (ValueError, OverflowError):
        return None
    return when


def _ahead(zone: str) -> timedelta:
    """How much a zone is ahead of UTC."""
    found = _ZONE.fullmatch(zone)
    if not found:
        return timedelta()
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return ahead if found[1] == "+" else -ahead


def _to_second(when: datetime) -> datetime:
    """A time of a workbook, whose fraction of a day is a little below or above the second that was meant."""
    local = china_time(when.replace(microsecond=0)) if when.tzinfo else when.replace(microsecond=0)
    return local + timedelta(seconds=when.microsecond >= 999_000)


def _digits(when: date, term: Term) -> str:
    return day_digits(when) if isinstance(term, Day) else moment_digits(when)


def _misfit_shown(text: str, zh: str, en: str) -> Misfit:
    shown = shown_value(text)
    return Misfit(f"所给 {shown} {zh}" if shown else f"所给的值{zh}", f"{shown or 'it'} {en}")


def _unclear(text: str) -> Misfit:
    shown = f'"{text}"' if _DIGITS_ONLY.fullmatch(text) else ""
    return Misfit(
        f"所给{f' {shown} ' if shown else '的值'}无法分辨日与月，请写作 年-月-日，或在 [columns] 中指定 day_first 或 month_first",
        f"{shown or 'it'} does not say which is the day and which the month",
    )


def _serial_advice(value: Value) -> Misfit:
    """The time that a number of days means, for whoever forgot to say so."""
    days = _days(value)
    if days is None:
        return Misfit("是数字，不是日期", "is a number, no day or time")
    meant = _to_second(_DAY_ZERO + timedelta(days=days))
    return Misfit(
        f"是数字 {value}，像 Excel 日期序列号（{meant}）；请把该列设为日期格式，或在 [columns] 中指定 serial",
        f"is the number {value}, which as a day of Excel is {meant}: format the column as a date, or name the converter serial",
    )
