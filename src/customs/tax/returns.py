"""The days of a return (退货期限): until when it is applied for, until when the goods are back, and when the tax falls due.

Dated law, reckoned from the day of release. Sources: GACC 2020 No. 45 and the texts before it; GACC 2016 No. 26 and 2018 No.
194 for the payment window.

>>> return_deadlines(date(2026, 11, 11)).apply_by.isoformat()
'2026-12-11'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from customs.tax import law as laws
from customs.tax.law import LawError, Returns


class ReturnDeadlines(NamedTuple):
    """The last days of a return (退货期限): to apply for it, and to have the goods back in the area, None where no text says."""

    apply_by: date
    back_by: date | None
    source: str


def return_deadlines(released: date, *, release_day_counts: bool = False) -> ReturnDeadlines:
    """The last days of a return by the law of the day of release: 30 days to apply, and since 2020 45 for the goods to be back.

    ``release_day_counts`` says whether the day of release is the first day. Default: the day after it is, as periods are
    commonly counted; the texts read so far do not say. Raises ``LawError`` before the regime of retail import.

    >>> deadlines = return_deadlines(date(2026, 11, 11))
    >>> deadlines.apply_by.isoformat(), deadlines.back_by.isoformat()
    ('2026-12-11', '2026-12-26')
    """
    returns = _returns(released)
    back_by = None if returns.back_within is None else _day(released, returns.back_within, release_day_counts)
    return ReturnDeadlines(_day(released, returns.apply_within, release_day_counts), back_by, returns.source)


def _returns(released: date) -> Returns:
    returns = laws.on(released).returns
    if returns is None:
        raise LawError(f"no law of returns is known for {released}: the first day is {laws.first_day()}")
    return returns


def _day(released: date, number: int, release_day_counts: bool) -> date:
    """A day after release by its number."""
    return released + timedelta(days=number - release_day_counts)


class PaymentWindow(NamedTuple):
    """缴税窗口 the days after release on which the tax falls due, the first and the last."""

    first: date
    last: date


def payment_window(
    released: date, *, first_day: int = 31, last_day: int = 45, release_day_counts: bool = False
) -> PaymentWindow:
    """When the tax on goods that stayed falls due: from day 31 to day 45 after release.

    UNCERTAIN: the days are in wide use and ascribed to GACC 2016 No. 26 and 2018 No. 194, whose wording was not seen, so they are
    parameters; ``release_day_counts`` as in ``return_deadlines``. Customs may summarise bills at other times.

    >>> [day.isoformat() for day in payment_window(date(2026, 11, 11))]
    ['2026-12-12', '2026-12-26']
    """
    return PaymentWindow(*(_day(released, number, release_day_counts) for number in (first_day, last_day)))


class ReturnVerdict(StrEnum):
    """What becomes of a return by its days."""

    IN_TIME = "in_time"
    """按期: applied for and back in time."""
    OPEN = "open"
    """待退回: applied for in time, the goods are not back yet."""
    LATE = "late"
    """逾期: applied for or back too late."""
    NOT_RELEASED = "not_released"
    """未放行: before release there is nothing to return; the list is cancelled (撤单)."""


class ReturnReason(NamedTuple):
    """One step of a verdict: ``code`` says which, ``zh`` and ``en`` in words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ReturnCheck:
    """Whether a return keeps its days, and why."""

    verdict: ReturnVerdict
    deadlines: ReturnDeadlines
    reasons: tuple[ReturnReason, ...]


#: The reasons of a verdict by code.
_SAID: Mapping[str, tuple[str, str]] = {
    "applied": ("{day} 申请退货，未超过期限 {until}", "applied for on {day}, not after {until}"),
    "applied-late": ("{day} 申请退货，超过期限 {until}", "applied for on {day}, after {until}"),
    "applied-before-release": ("{day} 申请时尚未放行（{until} 放行），应撤单而非退货",
                               "applied for on {day}, before the release on {until}: the list is cancelled, not returned"),
    "back": ("{day} 退回，未超过期限 {until}", "back on {day}, not after {until}"),
    "back-late": ("{day} 退回，超过期限 {until}", "back on {day}, after {until}"),
    "back-before-release": ("{day} 退回，早于放行日 {until}，请核对日期", "back on {day}, before the release on {until}: check the days"),
    "back-open": ("尚未退回，期限 {until}", "not back yet, due by {until}"),
    "back-no-limit": ("当时的规定未见退回期限", "no text of that time gives a day by which the goods are back"),
}  # fmt: skip

_LATE, _EARLY = {"applied-late", "back-late"}, {"applied-before-release", "back-before-release"}


def check_return(
    released: date, applied: date, back: date | None = None, *, release_day_counts: bool = False
) -> ReturnCheck:
    """Whether a return was ``applied`` for and the goods were ``back`` in time; ``back`` is None while they are on their way.

    A verdict on days alone: goods have to be in their original state and to go to the area that they came from.

    >>> check = check_return(date(2026, 11, 11), applied=date(2026, 12, 11), back=date(2026, 12, 27))
    >>> check.verdict.value, check.reasons[1].en
    ('late', 'back on 2026-12-27, after 2026-12-26')
    """
    deadlines = return_deadlines(released, release_day_counts=release_day_counts)
    reasons = _applied(released, applied, deadlines), _back(released, back, deadlines)
    codes = {each.code for each in reasons}
    if codes & _EARLY:
        verdict = ReturnVerdict.NOT_RELEASED
    elif codes & _LATE:
        verdict = ReturnVerdict.LATE
    else:
        verdict = ReturnVerdict.OPEN if back is None else ReturnVerdict.IN_TIME
    return ReturnCheck(verdict, deadlines, reasons)


def _applied(released: date, applied: date, deadlines: ReturnDeadlines) -> ReturnReason:
    if applied < released:
        return _said("applied-before-release", applied, released)
    return _said("applied" if applied <= deadlines.apply_by else "applied-late", applied, deadlines.apply_by)


def _back(released: date, back: date | None, deadlines: ReturnDeadlines) -> ReturnReason:
    if back is not None and back < released:
        return _said("back-before-release", back, released)
    if deadlines.back_by is None:
        return _said("back-no-limit", back, None)
    if back is None:
        return _said("back-open", None, deadlines.back_by)
    return _said("back" if back <= deadlines.back_by else "back-late", back, deadlines.back_by)


def _said(code: str, day: date | None, until: date | None) -> ReturnReason:
    zh, en = (text.format(day=day, until=until) for text in _SAID[code])
    return ReturnReason(code, zh, en)
