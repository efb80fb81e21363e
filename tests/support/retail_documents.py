"""What is said of a retail list of the account book: CEB621, 622, 624, 625 and 626, as documents to enter."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from customs.declaration import Declaration
from customs.documents import DeclarationList
from customs.documents.imports.applications import ListApplication
from customs.documents.imports.cancellation import CancellationReceipt
from customs.documents.imports.declaration_list import DeclarationListReceipt
from customs.documents.imports.goods_return import GoodsReturn, GoodsReturnHead, GoodsReturnLine, GoodsReturnReceipt
from customs.road import build, seeded_guids
from customs.testing import sample_parcels

GUIDS = seeded_guids(19)
SENT = datetime(2026, 11, 11, 8)
LIST_NO = "29912026I000000001"

#: A parcel of two lines, bonded.
PARCEL: Declaration = next(each for each in sample_parcels(20, seed=3, mode="1210") if len(each.order.lines) == 2)


def declared(parcel: Declaration = PARCEL, at: datetime = SENT) -> DeclarationList:
    """CEB621."""
    made, _ = build(parcel, tax=Decimal("1.00"), on=at.date(), app_time=at, guids=GUIDS)
    assert made
    return made.declaration_list


def _answer(status: str, at: datetime, parcel: Declaration, **more: Any) -> dict[str, Any]:
    return {
        "guid": GUIDS(),
        "declarant_code": parcel.parties.declarant_code,
        "internal_no": declared(parcel).head.internal_no,
        "pre_entry_no": "B00000000000000001",
        "list_no": LIST_NO,
        "return_status": status,
        "returned_at": at,
        "return_info": "回执",
        **more,
    }


def answered(status: str, at: datetime, parcel: Declaration = PARCEL, **more: Any) -> DeclarationListReceipt:
    """CEB622."""
    return DeclarationListReceipt(**_answer(status, at, parcel, **more))


def cancelled(status: str, at: datetime, parcel: Declaration = PARCEL, **more: Any) -> CancellationReceipt:
    """CEB624: the answer to a cancellation."""
    return CancellationReceipt(**_answer(status, at, parcel, **more))


def asked_back(
    quantities: Mapping[int, str], at: datetime, number: str = "R1", parcel: Declaration = PARCEL
) -> GoodsReturn:
    """CEB625: quantities that come back, by line of the list."""
    listed = declared(parcel)
    shared = {
        name: getattr(listed.head, name)
        for name in GoodsReturnHead.model_fields
        if name in ListApplication.model_fields and name in type(listed.head).model_fields
    }
    own = {"guid": GUIDS(), "app_time": at, "internal_no": number, "list_no": LIST_NO}
    head = GoodsReturnHead(**{**shared, **own}, reason="不合适")
    lines = tuple(
        GoodsReturnLine(
            gnum=line.gnum,
            hs_code=line.hs_code,
            goods_name=line.goods_name,
            qty=Decimal(quantities[line.gnum]),
            unit=line.unit,
        )
        for line in listed.lines
        if line.gnum in quantities
    )
    return GoodsReturn(head=head, lines=lines)


def returned(
    status: str, at: datetime, number: str = "R1", parcel: Declaration = PARCEL, **more: Any
) -> GoodsReturnReceipt:
    """CEB626: the answer to a return."""
    return GoodsReturnReceipt(**_answer(status, at, parcel, **{"internal_no": number, **more}))
