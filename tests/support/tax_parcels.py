"""Parcels for tests of tax: goods with a price, a quantity and a content."""

import json

from customs.declaration import Declaration
from customs.testing import sample_parcels


def line(hs_code: str, price: str, *, qty: str = "1", content: str = "1", item: str = "A") -> dict[str, str]:
    return {
        "item_no": item,
        "item_name": "示例",
        "model": "示例",
        "unit": "142",
        "qty": qty,
        "price": price,
        "origin_country": "116",
        "hs_code": hs_code,
        "legal_qty1": content,
        "legal_unit1": "035",
    }


def parcel(*lines: dict[str, str], freight: str = "0", insurance: str = "0", used: str | None = None) -> Declaration:
    facts = json.loads(next(sample_parcels(1, seed=7, mode="1210")).model_dump_json(exclude_none=True))
    facts["order"] = {**facts["order"], "lines": list(lines), "goods_value": None, "discount": "0"}
    facts["waybill"] |= {"freight": freight, "insured_fee": insurance}
    return Declaration.model_validate(facts | {"quota_used": used})
