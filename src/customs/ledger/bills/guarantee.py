"""The guarantee (担保额度) as an account: its total, and what open tax bills hold of it.

A bill holds its tax from the moment it is made until it is paid or void. Each change is an entry with its cause, so that
the balance is always that of the open bills; customs' own statement is entered as a correction with its reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_UP, Decimal

from sqlalchemy import ColumnElement, Date, and_, exists, func, select, type_coerce

from customs.fields.frozen import FrozenDict
from customs.fields.money import CENT, EXACT, ZERO, exactly
from customs.ledger.accounts import Posting, append
from customs.ledger.bills.tables import BILLED, GUARANTEES, PARCEL_TAXES, TAX_BILLS
from customs.ledger.causes import EntryCause
from customs.ledger.columns import KeptYuan
from customs.ledger.database import LedgerConnection
from customs.ledger.index_values import index_values
from customs.ledger.locking import find_account, lock_account
from customs.reconciliation.three_way.surroundings import DEFAULT_RULES, BillRules


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeBalance:
    """A guarantee as it stands. ``expected`` is the tax of parcels without a bill yet."""

    guarantor_code: str
    total: Decimal
    occupied: Decimal
    expected: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        """The part that neither open bills nor parcels on their way need; below 0, customs refuses lists (1311)."""
        return EXACT.subtract(EXACT.subtract(self.total, self.occupied), self.expected)

    @property
    def used(self) -> Decimal:
        """The share that is needed, from 0; 1 where there is no guarantee at all."""
        return EXACT.divide(EXACT.subtract(self.total, self.free), self.total) if self.total else Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeForecast:
    """How much of a guarantee is free, and the day from which it no longer covers the lists (``None``: beyond the days).

    ``free_by_day`` is what is free at the end of each day, ``short`` what is missing on the worst of them.
    """

    free: Decimal
    runs_out_on: date | None
    short: Decimal
    free_by_day: Mapping[date, Decimal]


@exactly
def forecast_guarantee(
    free: Decimal,
    daily: Decimal | Mapping[date, Decimal],
    *,
    after: date,
    days: int = 60,
    releases: Mapping[date, Decimal] = FrozenDict(),
    held_for: int | None = None,
) -> GuaranteeForecast:
    """Return how long a guarantee lasts, before customs refuses a list with 1311.

    ``daily`` is the tax of each coming day, one amount for all or by day. ``releases`` are amounts that bills give back
    by day, once they are paid; the tax of a coming day is given back after ``held_for`` days, never if it is None.

    >>> found = forecast_guarantee(Decimal(1000), Decimal(300), after=date(2026, 11, 10), days=5)
    >>> found.runs_out_on, found.short
    (datetime.date(2026, 11, 14), Decimal('500'))
    """
    by_day: dict[date, Decimal] = {}
    left, coming = free, [after + timedelta(days=number) for number in range(1, days + 1)]
    taxes = [daily.get(day, ZERO) if isinstance(daily, Mapping) else daily for day in coming]
    for number, day in enumerate(coming):
        left += releases.get(day, ZERO) - taxes[number]
        if held_for is not None and number >= held_for:
            left += taxes[number - held_for]
        by_day[day] = left
    runs_out = after if free < 0 else next((day for day, rest in by_day.items() if rest < 0), None)
    short = -min([free, *by_day.values(), ZERO])
    return GuaranteeForecast(free=free, runs_out_on=runs_out, short=short, free_by_day=FrozenDict(by_day))


def grant_guarantee(
    connection: LedgerConnection, guarantor_code: str, amount: Decimal, cause: EntryCause, at: datetime
) -> bool:
    """Raise the total of a guarantee, or lower it by an amount below 0; return False if the cause was entered before.

    Raises ``CauseUsedError`` for the same cause with another amount, ``LedgerError`` for a total below 0.
    """
    account = lock_account(connection, GUARANTEES, guarantor_code=guarantor_code)
    posting = Posting(kind="grant", cause=cause, at=at, figures={"total": amount}, details={"tax_bill_no": None})
    return append(connection, account, posting)[1]


def guarantee_of(connection: LedgerConnection, guarantor_code: str) -> GuaranteeBalance:
    """Return a guarantee as it stands, with the tax of its parcels that have no bill yet."""
    found = find_account(connection, GUARANTEES, guarantor_code=guarantor_code)
    figures = found.figures if found else {"total": ZERO, "occupied": ZERO}
    return GuaranteeBalance(
        guarantor_code=guarantor_code,
        total=figures["total"],
        occupied=figures["occupied"],
        expected=expected_tax(connection, guarantor_code),
    )


def guarantees_left(connection: LedgerConnection, guarantor_codes: Iterable[str]) -> dict[str, Decimal]:
    """Return what is free of the guarantees of some guarantors, those that have one."""
    accounts = {
        code: find_account(connection, GUARANTEES, guarantor_code=code) for code in sorted(set(guarantor_codes))
    }
    return {code: guarantee_of(connection, code).free for code, found in accounts.items() if found is not None}


def guarantees(connection: LedgerConnection) -> list[GuaranteeBalance]:
    """Return all guarantees, by guarantor."""
    given = connection.sql.execute(select(GUARANTEES.accounts.c.guarantor_code)).scalars()
    codes = {*given, *index_values(connection, PARCEL_TAXES.c.guarantor_code)} - {""}
    return [guarantee_of(connection, code) for code in sorted(codes)]


def expected_tax(connection: LedgerConnection, guarantor_code: str) -> Decimal:
    """Return the tax of the parcels of a guarantor that were declared or released and have no bill yet."""
    parcels = PARCEL_TAXES.c
    wanted = select(func.sum(parcels.due)).where(
        _unbilled(guarantor_code), parcels.course.in_(("in_flight", "released"))
    )
    found: Decimal | None = connection.sql.execute(wanted).scalar()
    return ZERO if found is None else found


def _unbilled(guarantor_code: str) -> ColumnElement[bool]:
    """The condition that a parcel is of a guarantor and has no bill."""
    bills, parcels = TAX_BILLS.c, PARCEL_TAXES.c
    of_list = exists().where(bills.complete, bills.list_no != "", bills.list_no == parcels.list_no)
    of_order = exists().where(bills.complete, bills.order_no == parcels.order_no)  # by itself: both are one pass then
    return and_(parcels.guarantor_code == guarantor_code, ~of_list, ~of_order)


def expected_releases(
    connection: LedgerConnection, guarantor_code: str, rules: BillRules = DEFAULT_RULES
) -> dict[date, Decimal]:
    """Return what is given back by day, if each bill is paid on the last day of its window (``tax.window``).

    The window of a released parcel without a bill begins with its release, that of a bill with the bill.
    """
    bills, parcels, found = TAX_BILLS.c, PARCEL_TAXES.c, dict[date, Decimal]()
    made_on = func.date(bills.made_at, type_=Date)
    open_ones = select(made_on, BILLED).where(
        bills.guarantor_code == guarantor_code, bills.status != "3", ~bills.paid, bills.made_at.is_not(None)
    )
    waiting = select(parcels.released_on, type_coerce(func.sum(parcels.due), KeptYuan)).where(
        _unbilled(guarantor_code), parcels.course == "released", parcels.released_on.is_not(None)
    )
    for query, begun in ((open_ones, made_on), (waiting, parcels.released_on)):
        for begins, amount in connection.sql.execute(query.group_by(begun).order_by(begun)):
            day = begins + timedelta(days=days_held(rules))
            found[day] = EXACT.add(found.get(day, ZERO), amount)
    return found


def days_held(rules: BillRules = DEFAULT_RULES) -> int:
    """Return after how many days the tax of a released list is paid at the latest, and the guarantee free again."""
    return rules.window[1] - rules.release_day_counts


def daily_tax(connection: LedgerConnection, guarantor_code: str, on: date, days: int = 30) -> Decimal:
    """Return the tax of an average day, of the parcels that were released in the days before one."""
    parcels = PARCEL_TAXES.c
    wanted = select(func.sum(parcels.due)).where(
        parcels.guarantor_code == guarantor_code,
        parcels.course == "released",
        parcels.released_on > on - timedelta(days=days),
        parcels.released_on <= on,
    )
    found: Decimal | None = connection.sql.execute(wanted).scalar()
    return ZERO if found is None else EXACT.divide(found, Decimal(days)).quantize(CENT, ROUND_UP, EXACT)


def open_bills(connection: LedgerConnection, guarantor_code: str) -> Decimal:
    """Return the tax of the bills that hold a guarantee: made or gathered, and not paid. It is what the account says."""
    bills = TAX_BILLS.c
    wanted = select(BILLED).where(
        bills.guarantor_code == guarantor_code, bills.status != "3", ~bills.paid, bills.complete
    )
    found: Decimal | None = connection.sql.execute(wanted).scalar()
    return ZERO if found is None else found
