"""The quota of declared orders (申报占用额度): each order of a batch holds its dutiable value from its declaration on.

An order that was reserved before keeps its hold, or gets one for the value that is declared; one that was freed is reserved
anew. Receipts turn the hold into use, see ``customs.ledger.quota``.
"""

from datetime import datetime

from sqlalchemy import func, select

from customs.fields.money import ZERO
from customs.journal.shared import OvertakenError
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.quota import (
    QUOTA,
    OrderUnknownError,
    order_standing,
    quota_order_of,
    reserve,
    void,
)
from customs.ledger.quota.orders import QuotaOrderStanding
from customs.road import Batch, Prepared


def hold_declared(connection: LedgerConnection, batch: Batch, *, at: datetime) -> int:
    """Reserve the quota of the parcels that a batch declares; return how many were reserved. Follow-ups reserve nothing.

    Raises ``OvertakenError`` if one of them no longer fits, since others have reserved meanwhile.
    """
    carried = {position for message in batch.messages if message.documents for position in message.parcels}
    parcels = [each for each in batch.parcels if each.position in carried and _asks(each)]
    parcels.sort(key=_buyer)  # so that no two workers wait for each other's buyers
    return sum(_held(connection, each, at) for each in parcels)


def _asks(parcel: Prepared) -> bool:
    declaration = parcel.declaration
    return parcel.assessment is not None and declaration is not None and declaration.app_type != "3"


def _buyer(parcel: Prepared) -> tuple[str, str, str]:
    assert parcel.declaration
    order = parcel.declaration.order
    return order.buyer_id_type, order.buyer_id_number, order.order_no


def _held(connection: LedgerConnection, parcel: Prepared, at: datetime) -> bool:
    assert parcel.declaration
    assert parcel.assessment
    asked = quota_order_of(parcel.declaration, parcel.assessment)
    before = _standing(connection, asked.order)
    if before and (before.used or sum(before.held.values(), ZERO) == asked.amount):
        return False
    if before:
        attempts = _attempts(connection, asked.order)
        if before.held:
            void(connection, asked.order, EntryCause("order", f"{asked.order}#{attempts + 1}"), at=at)
        asked = quota_order_of(parcel.declaration, parcel.assessment, attempt=attempts + 1)
    answer = reserve(connection, asked, at=at)
    if not answer.allowed:
        en, zh = answer.told(), answer.told(chinese=True)
        raise OvertakenError(
            f"order {parcel.order_no}: {en}; nothing of this batch counts, decide it again "
            f"订单 {parcel.order_no}：{zh}；本批报文均不计入，请重新处理"
        )
    return answer.new


def _standing(connection: LedgerConnection, order: str) -> QuotaOrderStanding | None:
    try:
        return order_standing(connection, order)
    except OrderUnknownError:
        return None


def _attempts(connection: LedgerConnection, order: str) -> int:
    entries = QUOTA.entries.c
    wanted = select(func.count()).where(entries.order == order, entries.kind == "reserve")
    return int(connection.sql.execute(wanted).scalar_one())
