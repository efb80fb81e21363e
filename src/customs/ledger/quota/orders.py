"""The quota of an order (订单额度): reserved, then taken or freed; given back in whole or in part; closed with its year.

Promised: two orders of one person see each other's holds, whoever reserves at the same moment; a repeated cause changes
nothing, and neither does one that comes out of order: an order that holds nothing is not taken, one that used nothing
gives nothing back. The person's accounts are locked year by year in order, so that nobody waits in a circle.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from customs.fields.frozen import FrozenDict
from customs.fields.moments import CHINA_TIME
from customs.fields.money import ONE, ZERO, exactly
from customs.ledger.accounts import Account, Posting, append, change_of, entry_of
from customs.ledger.among import among
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import lock_account
from customs.ledger.people import person_of
from customs.ledger.quota.answer import QuotaAnswer, QuotaVerdict, verdict_of
from customs.ledger.quota.asking import counted, in_flight
from customs.ledger.quota.policy import PRACTICE, QuotaPolicy
from customs.ledger.quota.tables import QUOTA
from customs.tax import law


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaOrder:
    """An order as the quota sees it: who buys, who pays, for how much."""

    order: str
    """Its key, such as ``PLATFORM/ORDER_NO``."""
    buyer: tuple[str, str] = field(repr=False)
    """Type and number of the buyer's identity document."""
    amount: Decimal
    """The dutiable value, in CNY."""
    pieces: Decimal = ONE
    """The quantity of the whole order; exactly one piece may exceed the single limit."""
    payer: tuple[str, str] | None = field(default=None, repr=False)
    """Type and number of the payer's identity document, if known."""
    attempt: int = 1
    """2 if the order is reserved again after it was closed, and so on."""

    @property
    def cause(self) -> EntryCause:
        """The cause of its reservation."""
        return EntryCause("order", self.order if self.attempt == 1 else f"{self.order}#{self.attempt}")


@dataclass(frozen=True, slots=True)
class QuotaOrderStanding:
    """The hold and the use of an order, by year, in CNY."""

    person: int
    held: Mapping[int, Decimal]
    used: Mapping[int, Decimal]
    entries: int
    """How many entries it has."""


class OrderUnknownError(LookupError):
    """The quota knows no order of that key."""

    def __init__(self, order: str) -> None:
        super().__init__(f"the quota knows no order {order}: reserve it first 额度库中没有订单 {order}，请先预占")


def reserve(
    connection: LedgerConnection,
    order: QuotaOrder,
    *,
    at: datetime,
    enforced: bool = True,
) -> QuotaAnswer:
    """Reserve the quota of an order, if it fits; the answer says what was found, and ``new`` if it was entered.

    Without ``enforced`` it is entered even over a limit: for orders that were declared before the ledger knew them.
    Raises ``CauseUsedError`` if the order was reserved with another amount.
    """
    on = china_time(at)
    limits = law.on(on.date()).limits
    if order.payer is not None and order.payer != order.buyer:
        return QuotaAnswer(verdict=QuotaVerdict.ANOTHER_PAYER, amount=order.amount, limits=limits)
    account = lock_account(connection, QUOTA, person=person_of(connection, *order.buyer), year=on.year)
    used, held = account.figures["used"], account.figures["held"]
    verdict = verdict_of(order.amount, order.pieces, limits, counted(used, held))
    answer = QuotaAnswer(verdict=verdict, amount=order.amount, limits=limits, used=used, held=held)
    known = False
    if answer.allowed or not enforced:
        details = {"order": order.order}
        posting = Posting(kind="reserve", cause=order.cause, at=on, figures={"held": order.amount}, details=details)
        known = not append(connection, account, posting)[1]
    elif before := entry_of(connection, account, "reserve", order.cause):
        if before.change["held"] != order.amount:
            raise CauseUsedError("reserve", order.cause)
        known = True
    if known:
        return _known(connection, order, answer)
    if answer.allowed or not enforced:
        return replace(answer, new=True)
    return replace(answer, in_flight=in_flight(connection, account)) if verdict == QuotaVerdict.OVER_YEARLY else answer


def take(
    connection: LedgerConnection, order: str, cause: EntryCause, *, at: datetime, policy: QuotaPolicy = PRACTICE
) -> bool:
    """Turn what an order holds into use; return False if it holds nothing. Raises ``OrderUnknownError``."""
    year = None if policy.year_of == "order" else china_time(at).year
    before = order_standing(connection, order)
    accounts = _locked(connection, before, *([year] if year else []))
    held = order_standing(connection, order).held
    for own, amount in held.items():
        goes = year or own
        if goes == own:
            append(connection, accounts[own], posting_of("take", order, cause, at, held=-amount, used=amount))
        else:
            append(connection, accounts[own], posting_of("take", order, cause, at, held=-amount))
            append(connection, accounts[goes], posting_of("take", order, cause, at, used=amount))
    return bool(held)


def put_back(connection: LedgerConnection, order: str, cause: EntryCause, *, at: datetime) -> bool:
    """Turn what an order has used into a hold again, since its list was refused after it was stored; False if it used
    nothing. ``void`` frees it if the order is given up. Raises ``OrderUnknownError``.
    """
    accounts = _locked(connection, order_standing(connection, order))
    used = order_standing(connection, order).used
    for year, amount in used.items():
        append(connection, accounts[year], posting_of("put_back", order, cause, at, held=amount, used=-amount))
    return bool(used)


def void(connection: LedgerConnection, order: str, cause: EntryCause, *, at: datetime) -> bool:
    """Free what an order holds, since it was closed, given up or expired; return False if it holds nothing.

    Raises ``OrderUnknownError``.
    """
    accounts = _locked(connection, order_standing(connection, order))
    held = order_standing(connection, order).held
    for year, amount in held.items():
        append(connection, accounts[year], posting_of("void", order, cause, at, held=-amount))
    return bool(held)


@exactly
def restore(
    connection: LedgerConnection, order: str, cause: EntryCause, *, at: datetime, amount: Decimal | None = None
) -> Decimal:
    """Give back what an order has used, or ``amount`` of it; what it still holds is freed first. Return how much.

    Never more than there is: a repeated or doubled cause gives back nothing more. Raises ``OrderUnknownError``.
    """
    accounts = _locked(connection, order_standing(connection, order))
    standing, given = order_standing(connection, order), ZERO
    for figure, amounts in (("held", standing.held), ("used", standing.used)):
        for year, there in amounts.items():
            part = there if amount is None else min(there, amount - given)
            if part > 0 and not entry_of(connection, accounts[year], "restore", _of_order(order, cause)):
                accounts[year], _ = append(
                    connection, accounts[year], posting_of("restore", order, cause, at, **{figure: -part})
                )
                given += part
    return given


def close_year(connection: LedgerConnection, year: int, *, at: datetime) -> int:
    """Move the holds that are still open at the end of a year into the next one; return how many orders had some.

    Where an order counts in its own year (``QuotaPolicy.year_of``) there is nothing to close. Running it again changes nothing.
    """
    accounts = QUOTA.accounts.c
    cause, moved = EntryCause("period", str(year)), 0
    for order in _holding(connection, accounts.year == year):
        locked = _locked(connection, order_standing(connection, order), year + 1)
        amount = order_standing(connection, order).held.get(year, ZERO)
        if amount:
            append(connection, locked[year], posting_of("expire", order, cause, at, held=-amount))
            append(connection, locked[year + 1], posting_of("expire", order, cause, at, held=amount))
            moved += 1
    return moved


def free_lapsed(connection: LedgerConnection, *, reserved_before: datetime, at: datetime) -> int:
    """Free what orders hold that were reserved before a time and never taken; return how many. How long a hold may last is
    the shop's decision: no text states it.
    """
    cause = EntryCause("period", f"before {china_time(reserved_before).isoformat(timespec='seconds')}")
    entries, lapsed = QUOTA.entries.c, 0
    reserved = select(entries.order).where(entries.kind == "reserve", entries.at >= reserved_before)
    for order in _holding(connection, entries.order.not_in(reserved)):
        lapsed += void(connection, order, cause, at=at)
    return lapsed


def _holding(connection: LedgerConnection, condition: ColumnElement[bool]) -> Sequence[str]:
    """Return the orders that hold something in the accounts of a condition."""
    entries = QUOTA.entries.c
    wanted = (
        select(entries.order)
        .join(QUOTA.accounts, QUOTA.accounts.c.id == entries.account)
        .where(condition, entries.order.is_not(None))
        .group_by(entries.order)
        .having(change_of(QUOTA, "held") > ZERO)
        .order_by(entries.order)
    )
    return connection.sql.execute(wanted).scalars().all()


def order_standing(connection: LedgerConnection, order: str) -> QuotaOrderStanding:
    """Return what an order holds and has used. Raises ``OrderUnknownError``."""
    try:
        return order_standings(connection, [order])[order]
    except KeyError:
        raise OrderUnknownError(order) from None


def _standings() -> Select[Any]:
    """Select what orders hold and have used, by year."""
    entries, accounts = QUOTA.entries.c, QUOTA.accounts.c
    figures: list[ColumnElement[Any]] = [change_of(QUOTA, name).label(name) for name in ("held", "used")]
    return (
        select(entries.order, accounts.person, accounts.year, *figures, func.count().label("entries"))
        .join(QUOTA.accounts, accounts.id == entries.account)
        .where(among(entries.order, "orders"))
        .group_by(entries.order, accounts.person, accounts.year)
        .order_by(entries.order, accounts.year)
    )


_STANDINGS = _standings()


def order_standings(connection: LedgerConnection, orders: Iterable[str]) -> dict[str, QuotaOrderStanding]:
    """Return what orders hold and have used, those that the quota knows."""
    asked, rows = dict.fromkeys(orders), defaultdict[str, list[Any]](list)
    for row in connection.sql.execute(_STANDINGS, {"orders": asked}) if asked else ():
        rows[row.order].append(row)
    return {
        order: QuotaOrderStanding(
            of_order[0].person,
            FrozenDict({row.year: row.held for row in of_order if row.held}),
            FrozenDict({row.year: row.used for row in of_order if row.used}),
            sum(row.entries for row in of_order),
        )
        for order, of_order in rows.items()
    }


def _locked(connection: LedgerConnection, standing: QuotaOrderStanding, *more: int) -> dict[int, Account]:
    """Lock the accounts of an order by year, the earliest first."""
    years = sorted({*standing.held, *standing.used, *more})
    return {year: lock_account(connection, QUOTA, person=standing.person, year=year) for year in years}


@exactly
def _known(connection: LedgerConnection, order: QuotaOrder, answer: QuotaAnswer) -> QuotaAnswer:
    """Answer an order whose reservation was entered before: what it holds or used itself does not stand against it."""
    standing = order_standing(connection, order.order)
    held, used = sum(standing.held.values(), ZERO), sum(standing.used.values(), ZERO)
    if not held and not used:
        return replace(answer, verdict=QuotaVerdict.CLOSED)
    verdict = QuotaVerdict.WITHIN if order.amount <= answer.limits.single else QuotaVerdict.ONE_PIECE
    return replace(answer, verdict=verdict, held=answer.held - held, used=answer.used - used)


def posting_of(kind: str, order: str, cause: EntryCause, at: datetime, **figures: Decimal) -> Posting:
    """Return the posting of an order: its cause is that of this order alone, since a receipt may speak of many."""
    return Posting(kind=kind, cause=_of_order(order, cause), at=at, figures=figures, details={"order": order})


def _of_order(order: str, cause: EntryCause) -> EntryCause:
    """A cause as that of one order: a receipt may speak of many."""
    return replace(cause, id=f"{order}/{cause.id}")


def china_time(at: datetime) -> datetime:
    """Return a time as that of China, without a zone."""
    return at.astimezone(CHINA_TIME).replace(tzinfo=None) if at.tzinfo else at
