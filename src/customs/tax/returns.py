"""The deadlines of a return (退货期限): to apply, to have the goods back, and to pay the tax on what stays.

Days count from release and follow the law of that day. Sources: GACC 2020 No. 45 and the texts before it; GACC 2016
No. 26 and 2018 No. 194 for the payment window.

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
    """The last days of a return (退货期限): to apply, and to have the goods back."""

    apply_by: date
    back_by: date
    source: str


def return_deadlines(released: date, *, release_day_counts: bool = False) -> ReturnDeadlines:
    """Return the deadlines by the law of the day of release: 30 days to apply, 45 to have the goods back; before
    2020-03-28 30 days for both, since the goods had to be back at the site within them.

    ``release_day_counts`` is True if the day of release is day 1. By default day 1 is the day after, as periods are
    commonly counted; the texts read so far do not say. Raises ``LawError`` before retail import began.

    >>> deadlines = return_deadlines(date(2026, 11, 11))
    >>> deadlines.apply_by.isoformat(), deadlines.back_by.isoformat()
    ('2026-12-11', '2026-12-26')
    """
    returns = _returns(released)
    apply_by, back_by = (
        _day(released, number, release_day_counts) for number in (returns.apply_within, returns.back_within)
    )
    return ReturnDeadlines(apply_by, back_by, returns.source)


def _returns(released: date) -> Returns:
    returns = laws.on(released).returns
    if returns is None:
        raise LawError(f"no law of returns is known for {released}: the first day is {laws.first_day()}")
    return returns


def _day(released: date, number: int, release_day_counts: bool) -> date:
    """Return a numbered day after release."""
    return released + timedelta(days=number - release_day_counts)


class PaymentWindow(NamedTuple):
    """缴税窗口: the first and the last day on which the tax is paid."""

    first: date
    last: date


def payment_window(
    released: date, *, first_day: int = 31, last_day: int = 45, release_day_counts: bool = False
) -> PaymentWindow:
    """Return when the tax on goods that stayed is paid: from day 31 to day 45 after release.

    If within 30 days of release there is no return and no amendment or cancellation (修撤单), the agent pays from the
    31st to the 45th day after release (GACC 2018 No. 194). ``release_day_counts`` is as in ``return_deadlines``. Customs
    may consolidate bills at other times, so the days are parameters.

    >>> [day.isoformat() for day in payment_window(date(2026, 11, 11))]
    ['2026-12-12', '2026-12-26']
    """
    return PaymentWindow(*(_day(released, number, release_day_counts) for number in (first_day, last_day)))


class ReturnVerdict(StrEnum):
    """The verdict on a return by its days (退货期限结论)."""

    IN_TIME = "in_time"
    """按期: applied for and back in time."""
    OPEN = "open"
    """待退回: applied for in time, goods not back yet."""
    LATE = "late"
    """逾期: applied for or back too late."""
    NOT_RELEASED = "not_released"
    """未放行: before release there is nothing to return; cancel the list (撤单)."""


class ReturnReason(NamedTuple):
    """One step of a verdict: its ``code``, and a sentence in ``zh`` and ``en``."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ReturnCheck:
    """The verdict on a return, its deadlines and the reasons."""

    verdict: ReturnVerdict
    deadlines: ReturnDeadlines
    reasons: tuple[ReturnReason, ...]


#: The reasons of a verdict by code.
_SAID: Mapping[str, tuple[str, str]] = {
    "applied": ("{day} 申请退货，未超过期限 {until}", "applied for on {day}, not after {until}"),
    "applied-late": ("{day} 申请退货，超过期限 {until}", "applied for on {day}, after {until}"),
    "applied-before-release": (
        "{day} 申请时尚未放行（{until} 放行），应撤单而非退货",
        "applied for on {day}, before the release on {until}: the list is cancelled, not returned",
    ),
    "back": ("{day} 退回，未超过期限 {until}", "back on {day}, not after {until}"),
    "back-late": ("{day} 退回，超过期限 {until}", "back on {day}, after {until}"),
    "back-before-release": (
        "{day} 退回，早于放行日 {until}，请核对日期",
        "back on {day}, before the release on {until}: check the days",
    ),
    "back-open": ("尚未退回，期限 {until}", "not back yet, due by {until}"),
}

_LATE, _EARLY = {"applied-late", "back-late"}, {"applied-before-release", "back-before-release"}


def check_return(
    released: date, applied: date, back: date | None = None, *, release_day_counts: bool = False
) -> ReturnCheck:
    """Check if a return was ``applied`` for, and the goods were ``back``, in time; ``back`` is None while they travel.

    Only days are checked. Goods also have to be in their original state and go back to the district they came from.

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
    if back is None:
        return _said("back-open", None, deadlines.back_by)
    return _said("back" if back <= deadlines.back_by else "back-late", back, deadlines.back_by)


def _said(code: str, day: date | None, until: date) -> ReturnReason:
    zh, en = (text.format(day=day, until=until) for text in _SAID[code])
    return ReturnReason(code, zh, en)
