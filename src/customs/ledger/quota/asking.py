"""Asking the quota (额度查询): what a person has used and in flight, and whether an order would fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from customs.fields.money import ONE, ZERO, exactly
from customs.ledger.accounts import Account, LedgerEntry, change_of, entry_from
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import find_account
from customs.ledger.people import find_person
from customs.ledger.quota.answer import InFlight, QuotaAnswer, QuotaVerdict, verdict_of
from customs.ledger.quota.tables import QUOTA
from customs.tax import law

#: Entries of a buyer that are shown at most.
MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class QuotaStanding:
    """The use and the holds of a person in a year, in CNY; with the orders in flight."""

    year: int
    used: Decimal
    held: Decimal
    limit: Decimal
    in_flight: Sequence[InFlight]

    @property
    @exactly
    def left(self) -> Decimal:
        """The rest of the year."""
        return self.limit - self.used - self.held


def may_buy(
    connection: LedgerConnection, buyer: tuple[str, str], amount: Decimal, *, on: date, pieces: Decimal = ONE
) -> QuotaAnswer:
    """Return the answer whether a buyer, by type and number of the identity document, may buy for a dutiable value.

    Nothing is entered: between the answer and ``reserve`` another order may come.
    """
    limits = law.on(on).limits
    person = find_person(connection, *buyer)
    account = None if person is None else find_account(connection, QUOTA, person=person, year=on.year)
    used, held = (account.figures["used"], account.figures["held"]) if account else (ZERO, ZERO)
    verdict = verdict_of(amount, pieces, limits, counted(used, held))
    flying = in_flight(connection, account) if account and verdict == QuotaVerdict.OVER_YEARLY else ()
    return QuotaAnswer(verdict=verdict, amount=amount, limits=limits, used=used, held=held, in_flight=flying)


def quota_of(connection: LedgerConnection, buyer: tuple[str, str], *, on: date) -> QuotaStanding:
    """Return what a buyer has used and holds in the year of a day."""
    person = find_person(connection, *buyer)
    account = None if person is None else find_account(connection, QUOTA, person=person, year=on.year)
    limit = law.on(on).limits.yearly
    if account is None:
        return QuotaStanding(on.year, ZERO, ZERO, limit, ())
    return QuotaStanding(
        on.year, account.figures["used"], account.figures["held"], limit, in_flight(connection, account)
    )


def in_flight(connection: LedgerConnection, account: Account) -> tuple[InFlight, ...]:
    """Return the orders that hold quota of an account, the earliest first."""
    entries = QUOTA.entries.c
    held = change_of(QUOTA, "held")
    first = func.min(entries.at)
    wanted = (
        select(entries.order, held, first)
        .where(entries.account == account.id, entries.order.is_not(None))
        .group_by(entries.order)
        .having(held > ZERO)
        .order_by(first, entries.order)
    )
    return tuple(InFlight(order, amount, since) for order, amount, since in connection.sql.execute(wanted))


def quota_entries(
    connection: LedgerConnection, buyer: tuple[str, str], *, on: date, most: int = MOST_ENTRIES
) -> list[LedgerEntry]:
    """Return what was entered for a buyer in the year of a day, the newest first, at most so many entries."""
    person = find_person(connection, *buyer)
    account = None if person is None else find_account(connection, QUOTA, person=person, year=on.year)
    if account is None:
        return []
    entries = QUOTA.entries.c
    wanted = select(QUOTA.entries).where(entries.account == account.id).order_by(entries.place.desc()).limit(most)
    return [entry_from(QUOTA, row) for row in connection.sql.execute(wanted)]


@exactly
def counted(used: Decimal, held: Decimal) -> Decimal:
    """Return what counts against the yearly limit."""
    return used + held
