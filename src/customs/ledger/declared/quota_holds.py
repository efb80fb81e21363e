"""The quota of declared orders (申报占用额度): each order of a batch holds its dutiable value from its declaration on.

An order that was reserved before keeps its hold, or gets one for the value that is declared; one that was freed is reserved
anew. Receipts turn the hold into use, see ``customs.ledger.quota``.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from customs.fields.money import ZERO
from customs.journal.shared import OvertakenError
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.quota import (
    QUOTA,
    QuotaAnswer,
    QuotaOrder,
    QuotaOrderStanding,
    lock_buyers,
    order_standings,
    quota_order_of,
    reserve,
    reserve_new,
    void,
)
from customs.road import Batch, Prepared


def hold_declared(connection: LedgerConnection, batch: Batch, *, at: datetime) -> int:
    """Reserve the quota of the parcels that a batch declares; return how many were reserved. Follow-ups reserve nothing.

    Raises ``OvertakenError`` if one of them no longer fits, since others have reserved meanwhile.
    """
    carried = {position for message in batch.messages if message.documents for position in message.parcels}
    parcels = [each for each in batch.parcels if each.position in carried and _asks(each)]
    asked = [(each, _asked(each)) for each in parcels]
    locked = lock_buyers(connection, [order.buyer for _, order in asked], at=at)
    known = order_standings(connection, [order.order for _, order in asked])
    new = [order for _, order in asked if order.order not in known]
    answers = dict(zip([each.order for each in new], reserve_new(connection, locked, new, at=at), strict=True))
    count = 0
    for parcel, order in asked:
        answer = answers.get(order.order) or _held_anew(connection, parcel, order, known[order.order], at)
        if answer and not answer.allowed:
            en, zh = answer.told(), answer.told(chinese=True)
            raise OvertakenError(
                f"order {parcel.order_no}: {en}; nothing of this batch counts, decide it again "
                f"订单 {parcel.order_no}：{zh}；本批报文均不计入，请重新处理"
            )
        count += bool(answer and answer.new)
    return count


def _asked(parcel: Prepared) -> QuotaOrder:
    assert parcel.declaration
    assert parcel.assessment
    return quota_order_of(parcel.declaration, parcel.assessment)


def _asks(parcel: Prepared) -> bool:
    declaration = parcel.declaration
    return parcel.assessment is not None and declaration is not None and declaration.app_type != "3"


def _held_anew(
    connection: LedgerConnection, parcel: Prepared, asked: QuotaOrder, before: QuotaOrderStanding, at: datetime
) -> QuotaAnswer | None:
    """Reserve an order that the quota knows anew, if it holds another amount or was freed; None if it holds what it asks."""
    if before.used or sum(before.held.values(), ZERO) == asked.amount:
        return None
    attempts = _attempts(connection, asked.order)
    if before.held:
        void(connection, asked.order, EntryCause("order", f"{asked.order}#{attempts + 1}"), at=at)
    return reserve(connection, replace(asked, attempt=attempts + 1), at=at)


def _attempts(connection: LedgerConnection, order: str) -> int:
    entries = QUOTA.entries.c
    wanted = select(func.count()).where(entries.order == order, entries.kind == "reserve")
    return int(connection.sql.execute(wanted).scalar_one())
