"""Bills in the ledger (对账单入账): a file is taken once, a row once, whichever files it stands in.

Promised: within the transaction of the connection a file is taken whole or not at all; the same file again changes
nothing; a row that an earlier file has is not counted twice, and one that differs from it is a fault of the file.
A day that was closed is opened again by a bill that brings rows to it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, func, select

from customs.ledger.accounts import upserting
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import keys_in_parts
from customs.ledger.settlements.bill_rows import BillFault, BillRow, Company, PaymentBill, PaymentRow
from customs.ledger.settlements.settlement_tables import DAYS, FAULTS, FILE_DAYS, FILES, FUNDS, PAYMENTS

#: Rows that are written at once.
AT_ONCE = 500

#: Faults of a file that are kept; more of them say nothing new.
MOST_FAULTS = 200

#: The figures in which two files must agree on a row. What an order cost before coupons is not among them: the old
#: layout does not have it.
_SAME = ("transaction_no", "order_no", "settled", "refunded", "fee")
_SAME_FUNDS = ("transaction_no", "amount", "balance")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBill:
    """A bill after it was taken: its rows by day, how many of them were known, and why it does not hold."""

    file: str
    company: Company
    kind: str
    is_new: bool
    """False if the ledger had the file: nothing changed."""
    rows: int = 0
    repeated: int = 0
    days: tuple[date, ...] = ()
    faults: tuple[BillFault, ...] = ()


def take_bill(connection: LedgerConnection, bill: PaymentBill, *, at: datetime, day: date | None = None) -> TakenBill:
    """Take a bill with all its rows at a time in China; ``day`` is that of a bill that does not say it itself.

    Raises ``SheetError`` if the bill turns out to be damaged: roll the transaction back then.
    """
    cause = EntryCause("file", identity_of(bill, day))
    number = None if has_bill(connection, bill, day) else _added_file(connection, bill, cause, at)
    if number is None:
        return TakenBill(file=bill.file, company=bill.company, kind=bill.kind, is_new=False)
    counts, repeated = Counter[date](), Counter[date]()
    faults = list[BillFault]()
    for rows in _batches(bill.rows):
        counts.update(each.at.date() for each in rows)
        _take_rows(connection, number, rows, repeated, faults)
    faults += bill.faults
    days = _days_of(bill, day, counts)
    _keep_days(connection, number, {each: (counts[each], repeated[each]) for each in days})
    _keep_faults(connection, number, faults)
    for each in days:
        if counts[each] > repeated[each] or faults:
            _reopen(connection, bill.company, each, cause, at)
    return TakenBill(
        file=bill.file,
        company=bill.company,
        kind=bill.kind,
        is_new=True,
        rows=counts.total(),
        repeated=repeated.total(),
        days=tuple(days),
        faults=tuple(faults),
    )


def identity_of(bill: PaymentBill, day: date | None) -> str:
    """Return by what a file is known: its bytes, and the day given for one of which the bytes name none."""
    return bill.digest if bill.days or not day else f"{bill.digest[:52]}-{day:%Y%m%d}"


def has_bill(connection: LedgerConnection, bill: PaymentBill, day: date | None) -> bool:
    """Return True if the ledger has the file; bills without rows are the same bytes on every day."""
    rows = select(func.coalesce(func.sum(FILE_DAYS.c.rows), 0)).where(FILE_DAYS.c.file == FILES.c.id).scalar_subquery()
    same = select(FILES.c.id).where(
        FILES.c.provider == bill.company,
        FILES.c.kind == bill.kind,
        (FILES.c.digest == identity_of(bill, day)) | (FILES.c.digest.startswith(bill.digest[:52]) & (rows > 0)),
    )
    return connection.sql.execute(same.limit(1)).scalar() is not None


def _added_file(connection: LedgerConnection, bill: PaymentBill, cause: EntryCause, at: datetime) -> int | None:
    """Return the number of a file, None if another process took it meanwhile."""
    adding = upserting(connection, FILES).values(
        provider=bill.company, kind=bill.kind, digest=cause.id, name=bill.file[:300], at=at, **columns_of_cause(cause)
    )
    return connection.sql.execute(adding.on_conflict_do_nothing().returning(FILES.c.id)).scalar()


def columns_of_cause(cause: EntryCause) -> dict[str, str]:
    """Return the columns of a cause."""
    return {"cause_kind": cause.kind, "cause_id": cause.id, "cause_by": cause.by}


def _batches(rows: Iterable[BillRow]) -> Iterator[list[BillRow]]:
    rows = iter(rows)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _take_rows(
    connection: LedgerConnection, number: int, rows: list[BillRow], repeated: Counter[date], faults: list[BillFault]
) -> None:
    """Write the rows that no file had; count the others, and note where they differ."""
    trade = isinstance(rows[0], PaymentRow)
    table, same = (PAYMENTS, _SAME) if trade else (FUNDS, _SAME_FUNDS)
    known, fresh = _known(connection, table, rows), dict[tuple[Any, ...], dict[str, Any]]()
    for row in rows:
        values = _values(number, row)
        key = tuple(values[name] for name in _key_of(table))
        before = known.get(key) or fresh.get(key)
        if before is None:
            fresh[key] = values
            continue
        repeated[row.at.date()] += 1
        if before["file"] == number:
            faults.append(BillFault(row.line, "the row stands in the file twice", "该行在文件中重复出现"))
        elif any(before[name] != values[name] for name in same):
            faults.append(
                BillFault(
                    row.line,
                    f"the row differs from line {before['line']} of {before['name']}, which was read before",
                    f"该行与此前导入的 {before['name']} 第 {before['line']} 行不一致",
                )
            )
    if fresh:
        connection.sql.execute(table.insert(), list(fresh.values()))


def _key_of(table: Table) -> tuple[str, ...]:
    return ("company", "kind", "key") if table is PAYMENTS else ("company", "flow_no")


def _known(connection: LedgerConnection, table: Table, rows: list[BillRow]) -> dict[tuple[Any, ...], dict[Any, Any]]:
    """Return the rows of earlier files by their keys."""
    names, found = _key_of(table), dict[tuple[Any, ...], dict[Any, Any]]()
    *first, last = names
    keys = [tuple(values[name] for name in names) for values in (_values(0, row) for row in rows)]
    for same, part in keys_in_parts(sorted(keys)):
        owned = [table.c[name] == value for name, value in zip(first, same, strict=True)]
        wanted = select(table, FILES.c.name).join(FILES, FILES.c.id == table.c.file)
        for each in connection.sql.execute(wanted.where(*owned, table.c[last].in_(part))).mappings():
            found[tuple(each[name] for name in names)] = dict(each)
    return found


def _values(number: int, row: BillRow) -> dict[str, Any]:
    """Return a row as its table has it."""
    values: dict[str, Any] = {
        "file": number,
        "line": row.line,
        "company": row.company,
        "day": row.at.date(),
        "at": row.at,
        "merchant": row.merchant,
        "transaction_no": row.transaction_no,
        "order_no": row.order_no,
    }
    if isinstance(row, PaymentRow):
        names = (
            "kind",
            "key",
            "refund_no",
            "ordered",
            "settled",
            "coupon",
            "asked",
            "refunded",
            "fee",
            "rate",
            "state",
        )
        return values | {name: getattr(row, name) for name in names}
    return values | {name: getattr(row, name) for name in ("flow_no", "purpose", "amount", "balance")}


def _days_of(bill: PaymentBill, day: date | None, counts: Counter[date]) -> list[date]:
    """Return the days that a bill covers: as it states, of its rows, or as given."""
    stated = bill.days or ((day, day) if day and not counts else None)
    if stated is None:
        return sorted(counts)
    first, last = stated
    covered = {first + timedelta(days=each) for each in range(min((last - first).days, 366) + 1)}
    return sorted(covered | counts.keys())


def _keep_days(connection: LedgerConnection, number: int, days: Mapping[date, tuple[int, int]]) -> None:
    values = [
        {"file": number, "day": day, "rows": rows, "repeated": repeated} for day, (rows, repeated) in days.items()
    ]
    if values:
        connection.sql.execute(FILE_DAYS.insert(), values)


def _keep_faults(connection: LedgerConnection, number: int, faults: list[BillFault]) -> None:
    values = [
        {"file": number, "place": place, "line": each.line, "zh": each.zh[:1000], "en": each.en[:1000]}
        for place, each in enumerate(faults[:MOST_FAULTS])
    ]
    if values:
        connection.sql.execute(FAULTS.insert(), values)


def _reopen(connection: LedgerConnection, company: str, day: date, cause: EntryCause, at: datetime) -> None:
    """Open a day again that was closed."""
    last = select(func.max(DAYS.c.id)).where(DAYS.c.company == company, DAYS.c.day == day).scalar_subquery()
    if connection.sql.execute(select(DAYS.c.state).where(DAYS.c.id == last)).scalar() == "closed":
        values = {"company": company, "day": day, "state": "reopened", "figures": "{}", "at": at}
        connection.sql.execute(DAYS.insert().values(**values, **columns_of_cause(cause)))
