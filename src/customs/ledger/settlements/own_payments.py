"""Declared payments in the ledger (已申报支付): from a table of the enterprise's own system, or from its messages.

A table has a row for each order; its columns are found by their names. Of messages, CEB411 gives the payment, CEB311 of
the same order who bought, and receipts where the list stands. Persons are compared when the messages are read, and only
the result is kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from customs.fields.moments import china_time
from customs.intake.reading import read_sheet
from customs.intake.sheets import SheetError, SheetRow, Value
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts
from customs.ledger.settlements.bill_texts import CellError, amount_of
from customs.ledger.settlements.bills_kept import AT_ONCE, columns_of_cause
from customs.ledger.settlements.payment_case import DeclaredPayment, ListStanding
from customs.ledger.settlements.settlement_tables import DECLARED, REFUNDS

#: The columns of a table: each with its further names.
COLUMNS: Mapping[str, Sequence[str]] = {
    "order_no": ("orderNo", "订单编号", "订单号"),
    "payment_no": ("payTransactionId", "支付交易编号", "支付交易号"),
    "company_code": ("payCode", "支付企业代码"),
    "amount": ("amountPaid", "支付金额"),
    "paid_at": ("payTime", "支付时间"),
    "declared_at": ("declTime", "appTime", "申报时间"),
    "bill_order_no": ("outTradeNo", "商户订单号"),
    "standing": ("inventoryStatus", "清单状态"),
    "standing_since": ("returnTime", "状态时间"),
    "payer_is_buyer": ("payerIsBuyer", "支付人即订购人"),
}

#: Characters of a number; the standard has at most 60.
LONGEST_NUMBER = 64

_NEEDED = ("order_no", "payment_no", "amount", "paid_at")

#: Where a list stands, by what the column may say: receipt codes and words.
STANDINGS: Mapping[str, ListStanding] = {
    "800": "released", "899": "released", "released": "released", "放行": "released", "结关": "released",
    "399": "cancelled", "624": "cancelled", "cancelled": "cancelled", "撤单": "cancelled",
    "626": "returned", "returned": "returned", "退货": "returned",
}  # fmt: skip

#: Figures of a declared payment by which one observation differs from the next.
_OBSERVED = (
    "payment_no",
    "company_code",
    "amount",
    "paid_at",
    "declared_at",
    "bill_order_no",
    "standing",
    "standing_since",
    "payer_is_buyer",
)

_YES, _NO = frozenset({"1", "true", "是"}), frozenset({"0", "false", "否"})


def payments_in_table(path: Path) -> Iterator[DeclaredPayment]:
    """Yield the declared payments of a table, CSV or XLSX. Raises ``SheetError``."""
    with read_sheet(path) as sheet:
        at = columns_found(path.name, sheet.headings, COLUMNS, _NEEDED)
        for row in sheet.rows:
            yield _payment(path.name, row, at)


def columns_found(
    name: str, headings: Sequence[str], known: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> dict[str, int]:
    """Return the position of each column. Raises ``SheetError`` if a needed one is missing."""
    place = {heading.casefold(): at for at, heading in reversed(list(enumerate(headings)))}
    found = {
        word: place[title.casefold()]
        for word, titles in known.items()
        for title in reversed((*titles, word))
        if title.casefold() in place
    }
    if missing := [known[word][0] for word in needed if word not in found]:
        raise SheetError(
            f"{name}: the columns {', '.join(missing)} are missing: name them so in the first row",
            f"{name} 缺少列 {'、'.join(missing)}，请在首行补上列名",
        )
    return found


def text_of(value: Value) -> str:
    """Return a cell as text; a whole number of a workbook without its point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def wrong_cell(name: str, number: int, column: str) -> SheetError:
    """Return the error of a cell that does not hold what its column says."""
    return SheetError(
        f"{name}, row {number}: {column} cannot be read: correct the cell",
        f"{name} 第 {number} 行：{column} 无法识别，请更正",
    )


def _payment(name: str, row: SheetRow, at: Mapping[str, int]) -> DeclaredPayment:
    values = {word: row.values[position] for word, position in at.items()}
    standing = text_of(values.get("standing")).lower()
    told = text_of(values.get("payer_is_buyer")).lower()
    for word in ("order_no", "payment_no", "company_code", "bill_order_no"):
        text = text_of(values.get(word))
        if len(text) > LONGEST_NUMBER or (word in _NEEDED and not text):
            raise wrong_cell(name, row.number, COLUMNS[word][0])
    return DeclaredPayment(
        order_no=text_of(values["order_no"]),
        payment_no=text_of(values["payment_no"]),
        company_code=text_of(values.get("company_code")),
        amount=_amount(name, row.number, values["amount"]),
        paid_at=_needed_time(name, row.number, values["paid_at"]),
        declared_at=_time(name, row.number, "declared_at", values.get("declared_at")),
        bill_order_no=text_of(values.get("bill_order_no")),
        standing=STANDINGS.get(standing, "open"),
        standing_since=_time(name, row.number, "standing_since", values.get("standing_since")),
        payer_is_buyer=True if told in _YES else False if told in _NO else None,
    )


def _amount(name: str, number: int, value: Value) -> Decimal:
    text = text_of(value)
    try:
        if not text:
            raise CellError("empty", "空")
        return amount_of(text)
    except CellError:
        raise wrong_cell(name, number, COLUMNS["amount"][0]) from None


def _needed_time(name: str, number: int, value: Value) -> datetime:
    found = _time(name, number, "paid_at", value)
    if found is None:
        raise wrong_cell(name, number, COLUMNS["paid_at"][0])
    return found


def _time(name: str, number: int, word: str, value: Value) -> datetime | None:
    """Return a time: of a workbook, of 14 digits, or as 2026-11-11 08:00:00."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    text = text_of(value)
    if not text:
        return None
    try:
        return china_time(text) if text.isdigit() else datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise wrong_cell(name, number, COLUMNS[word][0]) from None


def enter_payments(
    connection: LedgerConnection, payments: Iterable[DeclaredPayment], *, cause: EntryCause, at: datetime
) -> int:
    """Enter what was declared, and return how many observations are new; one that says nothing new is not entered."""
    entered, rows = 0, iter(payments)
    while batch := list(islice(rows, AT_ONCE)):
        latest = {each.order_no: each for each in batch}
        before = {each["order_no"]: each for each in current_declared(connection, list(latest))}
        values = [_observed(each) for each in latest.values()]
        fresh = [
            each
            for each in values
            if (known := before.get(each["order_no"])) is None or any(known[name] != each[name] for name in _OBSERVED)
        ]
        if fresh:
            more = {"at": at, **columns_of_cause(cause)}
            connection.sql.execute(DECLARED.insert(), [each | more for each in fresh])
        entered += len(fresh)
    return entered


def _observed(payment: DeclaredPayment) -> dict[str, Any]:
    return {"order_no": payment.order_no} | {name: getattr(payment, name) for name in _OBSERVED}


def current_declared(connection: LedgerConnection, orders: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return what was last seen of some orders."""
    last = select(func.max(DECLARED.c.id)).where(DECLARED.c.order_no.in_(orders)).group_by(DECLARED.c.order_no)
    return [dict(each) for each in connection.sql.execute(select(DECLARED).where(DECLARED.c.id.in_(last))).mappings()]


def enter_refund_states(
    connection: LedgerConnection, states: Mapping[str, str], *, cause: EntryCause, at: datetime
) -> int:
    """Enter how refunds ended, by 微信退款单号, and return how many are new."""
    known = refund_states(connection, list(states))
    fresh = {number: state for number, state in states.items() if known.get(number) != state}
    more = {"at": at, **columns_of_cause(cause)}
    if fresh:
        values = [{"refund_no": number, "state": state} | more for number, state in fresh.items()]
        connection.sql.execute(REFUNDS.insert(), values)
    return len(fresh)


def refund_states(connection: LedgerConnection, numbers: Sequence[str]) -> dict[str, str]:
    """Return how refunds ended as far as it is known."""
    found = dict[str, str]()
    for part in in_parts(numbers):
        last = select(func.max(REFUNDS.c.id)).where(REFUNDS.c.refund_no.in_(part)).group_by(REFUNDS.c.refund_no)
        wanted = select(REFUNDS.c.refund_no, REFUNDS.c.state).where(REFUNDS.c.id.in_(last))
        found.update((number, state) for number, state in connection.sql.execute(wanted))
    return found


#: The columns of a table of refunds.
_REFUND_COLUMNS: Mapping[str, Sequence[str]] = {
    "number": ("refund_id", "微信退款单号", "退款批次号/请求号"), "state": ("refund_status", "退款状态", "status"),
}  # fmt: skip
_REFUND_STATES = {
    "SUCCESS": "SUCCESS",
    "PROCESSING": "PROCESSING",
    "FAIL": "FAIL",
    "CHANGE": "CHANGE",
    "CLOSED": "FAIL",
    "ABNORMAL": "CHANGE",
    "REFUNDCLOSE": "FAIL",
}


def refunds_in_table(path: Path) -> dict[str, str]:
    """Return how refunds ended, from a table with their numbers and states. Raises ``SheetError``."""
    found = dict[str, str]()
    with read_sheet(path) as sheet:
        at = columns_found(path.name, sheet.headings, _REFUND_COLUMNS, ("number", "state"))
        for row in sheet.rows:
            state = _REFUND_STATES.get(text_of(row.values[at["state"]]).upper())
            if state is None:
                raise wrong_cell(path.name, row.number, "退款状态")
            found[text_of(row.values[at["number"]])] = state
    return found
