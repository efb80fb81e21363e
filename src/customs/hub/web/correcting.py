"""Correcting an order (更正订单): fields that customs or the checks refused get other values, and the order is taken in anew.

Only what people can correct by themselves is offered; amounts, goods and enterprises come from the systems that have them.

>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> corrected(parcel, {"order.buyer_name": "贾宝玉"})[0].order.buyer_name
'贾宝玉'
>>> corrected(parcel, {"order.buyer_name": ""})[0] is None, corrected(parcel, {"order.buyer_name": ""})[1][0].path
(True, 'order.buyer_name')
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from customs.declaration import Declaration, OrderFacts, PaymentFacts, WaybillFacts
from customs.fields import terms_of
from customs.fields.record import Record
from customs.rules import Finding
from customs.rules.parcel import read_checked


class CorrectableField(NamedTuple):
    """A field that may be corrected: its path, and its label in both languages."""

    path: str
    zh: str
    en: str


_FIELDS: Mapping[str, tuple[type[Record], tuple[str, ...]]] = {
    "order": (
        OrderFacts,
        (
            "buyer_name",
            "buyer_id_number",
            "buyer_telephone",
            "consignee",
            "consignee_telephone",
            "consignee_address",
        ),
    ),
    "payment": (PaymentFacts, ("payment_no", "payer_name", "payer_id_number")),
    "waybill": (WaybillFacts, ("waybill_no", "gross_weight")),
}


def correctable_fields() -> tuple[CorrectableField, ...]:
    """Return the fields that may be corrected."""
    return tuple(
        CorrectableField(f"{part}.{name}", terms_of(record)[name].zh, terms_of(record)[name].en)
        for part, (record, names) in _FIELDS.items()
        for name in names
    )


def corrected(parcel: Declaration, values: Mapping[str, str]) -> tuple[Declaration | None, Sequence[Finding]]:
    """Return a parcel with other values by path, and its findings; None in its place if it cannot be read."""
    given: dict[str, Any] = parcel.model_dump(mode="json", exclude_none=True)
    for path, value in values.items():
        part, _, name = path.partition(".")
        given[part][name] = value
    return read_checked(given)
