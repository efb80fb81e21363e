"""Parcels in which a pattern of risk control is seen, or not: orders of different people that differ in all the rest."""

import random
from datetime import datetime, timedelta
from typing import Any

from customs.declaration import Declaration
from customs.ledger import LedgerConnection
from customs.ledger.risk import observe_order
from customs.tax import assess
from customs.testing import sample_parcels
from customs.testing.parcels import identity_number
from support import MORNING, SINGLES_DAY

_PARCEL = next(sample_parcels(1, seed=1, mode="1210")).model_dump(mode="json", exclude_none=True)

#: The shop of all orders that say no other.
SHOP = "91000000000000001N/91000000000000002R"


def identity(number: int) -> str:
    """The identity number of a person who does not exist."""
    return identity_number(random.Random(number))  # noqa: S311  not for secrets


def bought(number: int, **changes: str) -> Declaration:
    """An order of a person, paid a day and an hour after the one before, to an address and of an article of its own."""
    paid_at = datetime(2026, 11, 1, number % 20) + timedelta(days=number % 25)
    order = {
        "order_no": f"O{number}",
        "buyer_id_number": identity(number),
        "buyer_telephone": f"1380000{number:04}",
        "consignee_telephone": f"1380000{number:04}",
        "consignee": f"收件人{number}",
        "consignee_address": f"示例路{number}号",
    }
    payment = {"payment_no": f"PAY{number}", "paid_at": paid_at.isoformat()}
    waybill = {"waybill_no": f"W{number}"}
    line = {"record_no": f"{number:06}", "price": f"{100 + number}.00", "qty": "1"}
    order |= {name: text for name, text in changes.items() if name in order}
    payment |= {name: text for name, text in changes.items() if name in payment}
    waybill |= {name: text for name, text in changes.items() if name in waybill}
    line |= {name: text for name, text in changes.items() if name in line}
    payment["payer_id_number"] = changes.get("payer", order["buyer_id_number"])
    parties = {name: text for name, text in changes.items() if name.endswith("_code")}
    content: dict[str, Any] = {part: dict(facts) for part, facts in _PARCEL.items() if isinstance(facts, dict)}
    for name in ("goods_value", "freight", "discount", "tax_total", "paid_amount"):
        content["order"].pop(name, None)
    for name in ("consignee", "consignee_address", "consignee_telephone", "freight", "insured_fee"):
        content["waybill"].pop(name, None)
    content["payment"].pop("amount_paid", None)
    kept = {name: fact for name, fact in _PARCEL["order"]["lines"][0].items() if name != "total_price"}
    content["order"] |= order | {"lines": [kept | line]}
    content["payment"] |= payment | {"paid_at": datetime.fromisoformat(payment["paid_at"])}
    content["waybill"] |= waybill
    content["parties"] |= parties
    return Declaration.model_validate(content)


def observed(connection: LedgerConnection, *parcels: Declaration) -> list[bool]:
    """What was new of parcels that are observed."""
    return [observe_order(connection, each, assess(each, on=SINGLES_DAY), at=MORNING) for each in parcels]
