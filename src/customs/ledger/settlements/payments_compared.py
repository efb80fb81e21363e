"""Bills in the ledger compared with what was declared (支付对账): order by order, a few hundred at a time.

An order's case holds all its rows, whichever day they are of, so that an order paid in one company's bill and again in
another's, or refunded a week later, is seen as one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case as sql_case
from sqlalchemy import func, or_, select, union

from customs.fields.money import plus, to_cents
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements import payment_kinds as kinds
from customs.ledger.settlements.bill_rows import Company, PaymentRow
from customs.ledger.settlements.own_payments import current_declared, refund_states
from customs.ledger.settlements.payment_case import DeclaredPayment, PaymentCase, SettlementTerms, company_of
from customs.ledger.settlements.payment_matching import judged, outcome_of
from customs.ledger.settlements.settlement_parts import Days, SettlementPart, midnight_after
from customs.ledger.settlements.settlement_tables import DECLARED, FILE_DAYS, FILES, FUNDS, PAYMENTS
from customs.rules.finding import Finding

#: Orders that are compared at once.
_AT_ONCE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedOrder:
    """An order after the comparison."""

    order_no: str
    outcome: str
    """matched, explained, waiting or different."""
    days: tuple[tuple[str, date], ...]
    """The company and day of each of its rows; of one without rows the day on which it was declared as paid,
    the company empty if nobody knows it."""
    findings: tuple[Finding, ...]


def compared_orders(
    connection: LedgerConnection,
    terms: SettlementTerms,
    at: datetime,
    days: Days | None = None,
    part: SettlementPart | None = None,
) -> Iterator[ComparedOrder]:
    """Yield every order with its differences as of a time in China; with ``days``, those paid or refunded within them.

    ``part`` confines it to the orders of one enterprise.
    """
    billed = billed_days(connection)
    last = ""
    while orders := _next_orders(connection, last, days, part):
        for case in _cases(connection, orders, billed):
            findings = judged(case, terms, at)
            yield ComparedOrder(
                order_no=case.order_no,
                outcome=outcome_of(findings),
                days=_days(case, terms),
                findings=findings,
            )
        last = orders[-1]


def billed_days(connection: LedgerConnection) -> frozenset[tuple[Company, date]]:
    """Return the days of which the trade bills are in the ledger, by company."""
    rows = connection.sql.execute(
        select(FILES.c.provider, FILE_DAYS.c.day).join(FILES).where(FILES.c.kind == "trade").distinct()
    )
    return frozenset((company, day) for company, day in rows if company in ("wechat", "alipay"))


def _next_orders(connection: LedgerConnection, last: str, days: Days | None, part: SettlementPart | None) -> list[str]:
    """Return the next orders of bills and declarations, in the order of the database."""
    billed = select(PAYMENTS.c.order_no).distinct().where(PAYMENTS.c.order_no > last)
    declared = select(DECLARED.c.order_no).distinct().where(DECLARED.c.order_no > last)
    if days:
        first, final = days
        billed = billed.where(PAYMENTS.c.day.between(first, final))
        since = datetime.combine(first, datetime.min.time())
        declared = declared.where(DECLARED.c.paid_at >= since, DECLARED.c.paid_at < midnight_after(final))
    if part is not None:
        billed = billed.where(PAYMENTS.c.order_no.in_(part.orders))
        declared = declared.where(DECLARED.c.order_no.in_(part.orders))
    orders = union(
        billed.order_by(PAYMENTS.c.order_no).limit(_AT_ONCE).subquery().select(),
        declared.order_by(DECLARED.c.order_no).limit(_AT_ONCE).subquery().select(),
    ).subquery()
    found = select(orders.c.order_no).order_by(orders.c.order_no).limit(_AT_ONCE)
    return list(connection.sql.execute(found).scalars())


def _cases(
    connection: LedgerConnection, orders: Sequence[str], billed: Collection[tuple[Company, date]]
) -> Iterator[PaymentCase]:
    rows = _rows_of(connection, orders)
    numbers = {row.transaction_no for each in rows.values() for row in each}
    related = _related(connection, orders, numbers)
    owners = _owners(connection, [each.payment_no for each in related])
    named = [number for each in related for number in (each.order_no, each.bill_order_no)]
    with_rows = {*rows, *_having_rows(connection, named)} - {""}
    declaring = {*(each.order_no for each in related), *_declaring(connection, list(owners.values()))}
    declared = defaultdict[str, list[DeclaredPayment]](list)
    for each in related:
        declared[_case_of(each, with_rows, owners, declaring)].append(each)
    for order in orders:
        if order in rows or order in declared:
            yield PaymentCase(
                order_no=order,
                rows=tuple(rows.get(order, ())),
                declared=tuple(declared.get(order, ())),
                owners={number: its for number, its in owners.items() if its != order},
                billed_days=billed,
            )


def _case_of(
    declared: DeclaredPayment, with_rows: Collection[str], owners: Mapping[str, str], declaring: Collection[str]
) -> str:
    """Return the order of the bills with which a declared payment is compared.

    An order that was split is that of the bill; without a word on it, a number of an order that itself was not declared
    says so.
    """
    if declared.bill_order_no in with_rows:
        return declared.bill_order_no
    owner = owners.get(declared.payment_no)
    if declared.order_no not in with_rows and owner is not None and owner not in declaring:
        return owner
    return declared.order_no


def _rows_of(connection: LedgerConnection, orders: Sequence[str]) -> dict[str, list[PaymentRow]]:
    found = list(connection.sql.execute(select(PAYMENTS).where(PAYMENTS.c.order_no.in_(orders))).mappings())
    states = refund_states(connection, [each["refund_no"] for each in found if each["kind"] == "refunded"])
    rows = defaultdict[str, list[PaymentRow]](list)
    for each in found:
        rows[each["order_no"]].append(_row(each, states))
    return rows


def _row(values: Mapping[Any, Any], states: Mapping[str, str]) -> PaymentRow:
    names = (
        "company",
        "kind",
        "line",
        "at",
        "merchant",
        "transaction_no",
        "order_no",
        "refund_no",
        "ordered",
        "settled",
        "coupon",
        "asked",
        "refunded",
        "fee",
        "rate",
    )
    state = states.get(values["refund_no"], values["state"])
    return PaymentRow(**{name: values[name] for name in names}, state=state)


def _related(connection: LedgerConnection, orders: Sequence[str], numbers: Collection[str]) -> list[DeclaredPayment]:
    """Return what was declared of orders, of their parts, and with their transaction numbers."""
    own = select(DECLARED.c.order_no).where(
        or_(
            DECLARED.c.order_no.in_(orders),
            DECLARED.c.bill_order_no.in_(orders),
            DECLARED.c.payment_no.in_(sorted(numbers)),
        )
    )
    found = set(connection.sql.execute(own).scalars())
    names = (
        "order_no",
        "payment_no",
        "amount",
        "paid_at",
        "company_code",
        "declared_at",
        "bill_order_no",
        "standing",
        "standing_since",
        "payer_is_buyer",
    )
    return [
        DeclaredPayment(**{name: each[name] for name in names}) for each in current_declared(connection, sorted(found))
    ]


def _owners(connection: LedgerConnection, numbers: Sequence[str]) -> dict[str, str]:
    """Return the order that the bills have for transaction numbers."""
    query = select(PAYMENTS.c.transaction_no, PAYMENTS.c.order_no).where(
        PAYMENTS.c.transaction_no.in_(numbers), PAYMENTS.c.kind == "paid"
    )
    return {row[0]: row[1] for row in connection.sql.execute(query)}


def _having_rows(connection: LedgerConnection, orders: Sequence[str]) -> set[str]:
    query = select(PAYMENTS.c.order_no).where(PAYMENTS.c.order_no.in_(orders)).distinct()
    return set(connection.sql.execute(query).scalars())


def _declaring(connection: LedgerConnection, orders: Sequence[str]) -> set[str]:
    query = select(DECLARED.c.order_no).where(DECLARED.c.order_no.in_(orders)).distinct()
    return set(connection.sql.execute(query).scalars())


def _days(case: PaymentCase, terms: SettlementTerms) -> tuple[tuple[str, date], ...]:
    found = dict.fromkeys((each.company, each.at.date()) for each in case.rows)
    return tuple(found) or tuple(
        dict.fromkeys((company_of(each, terms) or "", each.paid_at.date()) for each in case.declared)
    )


def compared_bookings(
    connection: LedgerConnection, days: Days | None = None, part: SettlementPart | None = None
) -> Iterator[tuple[str, date, Finding]]:
    """Yield the payments and refunds that the fund bill books with another amount, with company and day.

    Only days are looked at of which both bills are here. Refunds are booked net of their fee, or gross with the fee in a
    row of its own: what counts is the sum by number.
    """
    number = PAYMENTS.c.transaction_no
    by_refund = func.coalesce(func.nullif(PAYMENTS.c.refund_no, ""), number)
    for company in ("wechat", "alipay"):
        key = by_refund if company == "wechat" else number
        funded = select(FILE_DAYS.c.day).join(FILES).where(FILES.c.kind == "funds", FILES.c.provider == company)
        booked = (
            select(FUNDS.c.transaction_no.label("number"), func.sum(FUNDS.c.amount).label("booked"))
            .where(FUNDS.c.company == company)
            .group_by(FUNDS.c.transaction_no)
            .subquery()
        )
        billed = (
            select(
                key.label("number"),
                func.min(PAYMENTS.c.order_no).label("order_no"),
                func.min(PAYMENTS.c.day).label("day"),
                func.sum(PAYMENTS.c.settled).label("settled"),
                func.sum(PAYMENTS.c.refunded).label("refunded"),
                func.sum(PAYMENTS.c.fee).label("fee"),
            )
            .where(PAYMENTS.c.company == company)
            .group_by(key)
            .having(func.sum(sql_case((PAYMENTS.c.day.in_(funded), 0), else_=1)) == 0)
        )
        if part is not None:
            billed = billed.where(PAYMENTS.c.order_no.in_(part.orders))
        if days:
            billed = billed.having(func.max(PAYMENTS.c.day) >= days[0]).having(func.min(PAYMENTS.c.day) <= days[1])
        rows = billed.subquery()
        joined = select(rows, booked.c.booked).join(booked, booked.c.number == rows.c.number, isouter=True)
        for each in connection.sql.execute(joined.execution_options(yield_per=_AT_ONCE)).mappings():
            due = to_cents(plus(plus(each["settled"], -each["refunded"]), -each["fee"]))
            if due != (each["booked"] or 0):
                facts = {"booked": each["booked"] or to_cents(due - due), "billed": due, "number": each["number"]}
                yield company, each["day"], kinds.BOOKED.at(each["order_no"], **facts)
