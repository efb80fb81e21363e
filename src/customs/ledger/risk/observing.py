"""Declared orders are observed (申报订单登记): what the patterns compare, without anything personal in clear.

Promised: the same order with the same content is entered once, however often and by however many at once it is observed.
An order that was declared anew with other content is another row, and the last counts. Of a person who was erased no
telephone, address or name is kept any more.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from customs.declaration import Declaration, Line, OrderFacts
from customs.fields.money import exactly
from customs.ledger.accounts import upserting
from customs.ledger.causes import EntryCause
from customs.ledger.contacts import ContactKind, contacts_of
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import Randomness
from customs.ledger.people import is_kept, person_of
from customs.ledger.quota.parcels import order_key
from customs.ledger.risk.tables import RISK_LINES, RISK_ORDERS
from customs.tax import TaxAssessment

_CONTACTS = ("telephone", "consignee_telephone", "address", "consignee")


def observe_order(
    connection: LedgerConnection,
    declaration: Declaration,
    assessment: TaxAssessment,
    *,
    at: datetime,
    cause: EntryCause | None = None,
    randomness: Randomness = secrets.token_bytes,
) -> bool:
    """Enter the order of a parcel; return False if it was entered before with the same content. Its day is that of the
    payment; without ``cause`` the order itself is the cause.
    """
    order, parties, payment = declaration.order, declaration.parties, declaration.payment
    key = order_key(parties.platform_code, order.order_no)
    person = person_of(connection, order.buyer_id_type, order.buyer_id_number, randomness)
    contacts: Sequence[int | None] = [None] * len(_CONTACTS)
    if is_kept(connection, person):
        contacts = contacts_of(connection, person, _texts(order), randomness)
    elif person in _known(connection, key).values():
        return False
    values: dict[str, Any] = {
        "platform_code": parties.platform_code,
        "merchant_code": parties.merchant_code,
        "person": person,
        **dict(zip(_CONTACTS, contacts, strict=True)),
        "paid_by_buyer": (payment.payer_id_type, payment.payer_id_number)
        == (order.buyer_id_type, order.buyer_id_number),
        "payment_company_code": parties.payment_company_code,
        "payment_no": payment.payment_no,
        "carrier_code": parties.carrier_code,
        "waybill_no": declaration.waybill.waybill_no,
        "value": assessment.dutiable_value,
        "day": payment.paid_at.date(),
        "at": payment.paid_at,
    }
    lines = _lines(declaration)
    stated = _digest([values, *lines])
    reason = cause or EntryCause("order", key)
    values |= {"order": key, "stated": stated, "cause_kind": reason.kind, "cause": reason.id, "entered_at": at}
    row = _entered(connection, values)
    if row is None:
        return False
    connection.sql.execute(insert(RISK_LINES), [{"order_row": row, **each} for each in lines])
    return True


def _entered(connection: LedgerConnection, values: dict[str, Any]) -> int | None:
    """Enter a row of an order after the last; return its number, None if the same is there."""
    while values["stated"] not in (known := _known(connection, values["order"])):
        adding = upserting(connection, RISK_ORDERS).values(place=len(known) + 1, **values)
        row = connection.sql.execute(adding.on_conflict_do_nothing().returning(RISK_ORDERS.c.id)).scalar()
        if row is not None:
            return int(row)
        # another process entered the same order just now: look again
    return None


def _known(connection: LedgerConnection, order: str) -> dict[str, int]:
    """Return the rows of an order: what each stated, and of whom."""
    wanted = select(RISK_ORDERS.c.stated, RISK_ORDERS.c.person).where(RISK_ORDERS.c.order == order)
    return {each.stated: each.person for each in connection.sql.execute(wanted)}


def _texts(order: OrderFacts) -> list[tuple[ContactKind, str]]:
    return [
        ("telephone", order.buyer_telephone),
        ("telephone", order.consignee_telephone),
        ("address", order.consignee_address),
        ("name", order.consignee),
    ]


def _lines(declaration: Declaration) -> list[dict[str, Any]]:
    return [
        {"article": _article(declaration, each), "unit": each.unit, "qty": each.qty, "price": each.price}
        for each in declaration.order.lines
    ]


def _article(declaration: Declaration, line: Line) -> str:
    """Return how an article is known: by its record, or else by the shop's own number; empty if it has neither."""
    if line.record_no:
        return f"{declaration.clearance.account_book_no or ''}/{line.record_no}"
    return f"{declaration.parties.merchant_code}/{line.item_no}" if line.item_no else ""


@exactly
def _digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the digest of what is kept of an order; 19.50 and 19.5 are the same."""
    told = [
        [(name, str(value.normalize()) if isinstance(value, Decimal) else value) for name, value in sorted(row.items())]
        for row in rows
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
