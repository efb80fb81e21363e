"""Days of bills (对账日): what stands open on each, and closing a day on which nothing does.

A day of a payment company is closed when its bill holds and every row is matched, explained or answered. Closing is an
entry; a later bill that brings rows to the day opens it again.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select

from customs.fields.frozen import FrozenDict
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements import payment_kinds as kinds
from customs.ledger.settlements.answers import answers_to, unexplained
from customs.ledger.settlements.bills_kept import columns_of_cause
from customs.ledger.settlements.payment_case import SettlementTerms
from customs.ledger.settlements.payments_compared import ComparedOrder, compared_bookings, compared_orders
from customs.ledger.settlements.settlement_parts import Days, SettlementPart
from customs.ledger.settlements.settlement_tables import DAYS, FAULTS, FILE_DAYS, FILES, PAYMENTS
from customs.rules.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementDay:
    """A day of a payment company: its rows, its orders by outcome, and how many differences are open."""

    company: str
    day: date
    rows: int
    outcomes: dict[str, int] = field(default_factory=dict)
    open: int
    """Differences that nothing explains and nobody answered; those that wait among them."""
    state: str
    """open, or closed."""

    @property
    def can_be_closed(self) -> bool:
        """True if nothing is open."""
        return self.open == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedDay:
    """A day of a payment company after the comparison: its rows, its orders by outcome, and what somebody has to answer."""

    company: str
    day: date
    rows: int
    outcomes: Mapping[str, int]
    differences: tuple[str, ...]
    """Differences that nothing explains, by ``difference_of``; one that several orders have stands here as often."""


class DayNotClosedError(Exception):
    """A day that cannot be closed, with what stands open."""

    def __init__(self, day: SettlementDay) -> None:
        super().__init__(
            f"{day.company} {day.day} has {day.open} open differences: explain each, or enter its ticket "
            f"{day.company} {day.day} 尚有 {day.open} 项差异未处理，请逐项说明或登记工单"
        )
        self.day = day


def file_findings(
    connection: LedgerConnection, days: Days | None = None, part: SettlementPart | None = None
) -> Iterator[tuple[str, tuple[date, ...], Finding]]:
    """Yield why files do not hold (PAY11), with company and days; one that a later, good file replaced is left out."""
    covered = defaultdict[tuple[str, str, date], int](int)
    of_file = defaultdict[int, list[date]](list)
    faulty = set(connection.sql.execute(select(FAULTS.c.file).distinct()).scalars())
    query = select(FILES.c.id, FILES.c.provider, FILES.c.kind, FILE_DAYS.c.day).join(FILE_DAYS)
    for number, provider, kind, day in connection.sql.execute(query):
        of_file[number].append(day)
        if number not in faulty:
            covered[provider, kind, day] = max(covered[provider, kind, day], number)
    faults = select(FAULTS, FILES.c.provider, FILES.c.kind, FILES.c.name).join(FILES)
    if part is not None:
        faults = faults.where(FILES.c.id.in_(part.files))
    for each in connection.sql.execute(faults.order_by(FAULTS.c.file, FAULTS.c.place)).mappings():
        left = tuple(
            day for day in sorted(of_file[each["file"]]) if covered[each["provider"], each["kind"], day] < each["file"]
        )
        within = not days or any(days[0] <= day <= days[1] for day in left)
        if within and (left or not of_file[each["file"]]):
            found = kinds.FILE.at(each["name"], line=each["line"], what_zh=each["zh"], what_en=each["en"])
            yield each["provider"], left, found


def days_of_bills(
    connection: LedgerConnection, terms: SettlementTerms, at: datetime, days: Days | None = None
) -> list[SettlementDay]:
    """Return the days of the payment companies in order, as they stand at a time in China."""
    compared = days_compared(
        connection,
        compared_orders(connection, terms, at, days),
        compared_bookings(connection, days),
        file_findings(connection, days),
        days,
    )
    return days_standing(connection, compared)


def days_compared(
    connection: LedgerConnection,
    orders: Iterable[ComparedOrder],
    bookings: Iterable[tuple[str, date, Finding]],
    files: Iterable[tuple[str, Sequence[date], Finding]],
    days: Days | None = None,
    part: SettlementPart | None = None,
) -> list[ComparedDay]:
    """Return the days of the payment companies from what was compared, in order; orders are taken one by one."""
    outcomes = defaultdict[tuple[str, date], Counter[str]](Counter)
    differences = defaultdict[tuple[str, date], list[str]](list)
    billed = _rows_by_day(connection, days, part)
    for order in orders:
        left = unexplained(order.findings)
        for key in _keys_of(order, billed):
            outcomes[key][order.outcome] += 1
            differences[key] += left
    for company, day, finding in bookings:
        differences[company, day] += unexplained([finding])
    for company, covered, finding in files:
        for day in covered:
            differences[company, day] += unexplained([finding])
    return [
        ComparedDay(
            company=company,
            day=day,
            rows=rows,
            outcomes=FrozenDict(sorted(outcomes[company, day].items())),
            differences=tuple(differences[company, day]),
        )
        for (company, day), rows in sorted(billed.items(), key=lambda each: (each[0][1], each[0][0]))
    ]


def days_standing(connection: LedgerConnection, compared: Sequence[ComparedDay]) -> list[SettlementDay]:
    """Return how days stand: open is what nobody has answered."""
    said = answers_to(connection, {key for each in compared for key in each.differences})
    states = _states(connection)
    return [
        SettlementDay(
            company=each.company,
            day=each.day,
            rows=each.rows,
            outcomes=dict(each.outcomes),
            open=sum(key not in said for key in each.differences),
            state=states.get((each.company, each.day), "open"),
        )
        for each in compared
    ]


def _keys_of(order: ComparedOrder, billed: dict[tuple[str, date], int]) -> Sequence[tuple[str, date]]:
    """Return the days that an order holds open: of its rows, or all bills of the day on which it was declared as paid."""
    found = [key for key in order.days if key in billed]
    found += [key for name, day in order.days if not name for key in billed if key[1] == day]
    return list(dict.fromkeys(found))


def _rows_by_day(
    connection: LedgerConnection, days: Days | None, part: SettlementPart | None
) -> dict[tuple[str, date], int]:
    if part is not None:
        own = select(PAYMENTS.c.company, PAYMENTS.c.day, func.count()).where(PAYMENTS.c.order_no.in_(part.orders))
        own = own.where(PAYMENTS.c.day.between(*days)) if days else own
        found = connection.sql.execute(own.group_by(PAYMENTS.c.company, PAYMENTS.c.day))
        return {(company, day): int(rows) for company, day, rows in found}
    query = (
        select(FILES.c.provider, FILE_DAYS.c.day, func.sum(FILE_DAYS.c.rows - FILE_DAYS.c.repeated))
        .join(FILES)
        .where(FILES.c.kind == "trade")
        .group_by(FILES.c.provider, FILE_DAYS.c.day)
    )
    if days:
        query = query.where(FILE_DAYS.c.day.between(*days))
    return {(company, day): int(rows) for company, day, rows in connection.sql.execute(query)}


def _states(connection: LedgerConnection) -> dict[tuple[str, date], str]:
    last = select(func.max(DAYS.c.id)).group_by(DAYS.c.company, DAYS.c.day)
    query = select(DAYS.c.company, DAYS.c.day, DAYS.c.state).where(DAYS.c.id.in_(last))
    return {
        (company, day): "closed" if state == "closed" else "open"
        for company, day, state in connection.sql.execute(query)
    }


def close_day(
    connection: LedgerConnection, company: str, day: date, terms: SettlementTerms, *, cause: EntryCause, at: datetime
) -> SettlementDay:
    """Close a day; one that is closed stays as it is. Raises ``DayNotClosedError`` if something stands open.

    Raises ``LookupError`` if the ledger has no bill of the day.
    """
    found = next((each for each in days_of_bills(connection, terms, at, (day, day)) if each.company == company), None)
    if found is None:
        raise LookupError(
            f"there is no trade bill of {company} for {day}: read it in first 账本中没有该日对账单，请先导入"
        )
    if found.state == "closed":
        return found
    if not found.can_be_closed:
        raise DayNotClosedError(found)
    figures = json.dumps({"rows": found.rows, **found.outcomes}, sort_keys=True)
    values = {"company": company, "day": day, "state": "closed", "figures": figures, "at": at}
    connection.sql.execute(DAYS.insert().values(**values, **columns_of_cause(cause)))
    return SettlementDay(company=company, day=day, rows=found.rows, outcomes=found.outcomes, open=0, state="closed")
