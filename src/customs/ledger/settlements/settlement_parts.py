"""Parts of settlements (对账范围): the orders and files of one enterprise, where several share a ledger; and what is there at all.

Bills of payment companies have no column that says whose they are: an order is of the enterprise that took it in, or whose
merchant number (商户号) the bill has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, SelectBase, func, select

from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.settlement_tables import (
    CHARGES,
    DECLARED,
    FAULTS,
    FILE_DAYS,
    FILES,
    OWN_FIGURES,
    PAYMENTS,
    REFUNDS,
)

Days = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementPart:
    """The part of a ledger to which a comparison is confined: questions for its order numbers and its files."""

    orders: SelectBase
    files: SelectBase


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFile:
    """A file that was taken: of which company or provider, with its rows and how many faults it has."""

    name: str
    provider: str
    kind: str
    at: datetime
    rows: int
    faults: int


def midnight_after(day: date) -> datetime:
    """Return the moment at which a day is over."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time())


def last_settled_day(connection: LedgerConnection, part: SettlementPart | None = None) -> date | None:
    """Return the last day of which a payment or its declaration is in the ledger, None if there is none."""
    billed, declared = select(func.max(PAYMENTS.c.day)), select(func.max(DECLARED.c.paid_at))
    if part is not None:
        billed = billed.where(PAYMENTS.c.order_no.in_(part.orders))
        declared = declared.where(DECLARED.c.order_no.in_(part.orders))
    day, moment = connection.sql.execute(billed).scalar(), connection.sql.execute(declared).scalar()
    return max((each for each in (day, moment.date() if moment else None) if each), default=None)


def rows_within(connection: LedgerConnection, days: Days, part: SettlementPart | None = None) -> int:
    """Return how many payments, refunds and declared payments a comparison of some days looks at."""
    billed = select(func.count()).select_from(PAYMENTS).where(PAYMENTS.c.day.between(*days))
    since, until = datetime.combine(days[0], datetime.min.time()), midnight_after(days[1])
    declared = select(func.count()).select_from(DECLARED)
    declared = declared.where(DECLARED.c.paid_at >= since, DECLARED.c.paid_at < until)
    if part is not None:
        billed = billed.where(PAYMENTS.c.order_no.in_(part.orders))
        declared = declared.where(DECLARED.c.order_no.in_(part.orders))
    return int(connection.sql.execute(billed).scalar_one()) + int(connection.sql.execute(declared).scalar_one())


def newest_rows(connection: LedgerConnection) -> tuple[int, ...]:
    """Return the last row of each table that a comparison looks at: another one is there as soon as anything is entered."""
    every = (FILES, DECLARED, REFUNDS, OWN_FIGURES)
    query = select(*(select(func.coalesce(func.max(each.c.id), 0)).scalar_subquery() for each in every))
    return tuple(connection.sql.execute(query).one())


def charged_numbers(connection: LedgerConnection, provider: str) -> int:
    """Return how many lines of bills a provider has in the ledger."""
    query = select(func.count()).select_from(CHARGES).where(CHARGES.c.provider == provider)
    return int(connection.sql.execute(query).scalar_one())


def files_taken(
    connection: LedgerConnection, providers: Sequence[str], most: int, part: SettlementPart | None = None
) -> list[SettlementFile]:
    """Return the files that were taken last: of providers by their names, and of payment companies, those of a part alone."""
    rows = select(func.sum(FILE_DAYS.c.rows)).where(FILE_DAYS.c.file == FILES.c.id).scalar_subquery()
    lines = select(func.count()).where(CHARGES.c.file == FILES.c.id).scalar_subquery()
    faults = select(func.count()).where(FAULTS.c.file == FILES.c.id).scalar_subquery()
    of_payments: ColumnElement[bool] = FILES.c.provider.in_(("wechat", "alipay"))
    if part is not None:
        of_payments &= FILES.c.id.in_(part.files)
    query = (
        select(FILES, func.coalesce(rows, lines).label("rows"), faults.label("faults"))
        .where(of_payments | FILES.c.provider.in_(providers))
        .order_by(FILES.c.id.desc())
        .limit(most)
    )
    return [
        SettlementFile(
            name=each["name"],
            provider=each["provider"],
            kind=each["kind"],
            at=each["at"],
            rows=int(each["rows"]),
            faults=int(each["faults"]),
        )
        for each in connection.sql.execute(query).mappings()
    ]
