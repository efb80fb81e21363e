"""Parameters of goods records (备案参数): what no text states, each with its default and where that comes from."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPolicy:
    """The parameters of goods records; the enterprise decides them where its customs district says otherwise."""

    frozen_after_use: tuple[str, ...] = (
        "hs_code",
        "item_name",
        "goods_name",
        "unit",
        "legal_unit1",
        "legal_unit2",
        "origin_country",
    )
    """``record.frozen_after_use``: the facts that may not change once the record was declared. No text was found; the default
    is commodity code, names, units and origin, by which the e-port compares."""
    price_warn: Decimal = Decimal("0.3")
    """``record.price_warn``: the part of the price on record by which an order's price may differ before it is told. 30 %, as
    public systems have it."""
    expiry_warning: int = 60
    """``record.expiry_warning``: days before the last day of a record from which on it is told. 60, as public systems have it."""


#: The parameters by default.
RECORD_PRACTICE = RecordPolicy()
