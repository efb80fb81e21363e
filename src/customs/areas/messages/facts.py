"""The facts of a parcel (包裹事实), as local messages draw on them: sections of values under their canonical names.

The documents of the road have been built before, so that every derived amount stands there and is the same in all messages.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from customs.areas.area import Area, kept
from customs.areas.profile.model import FactKind
from customs.areas.profile.sources import Source, local_facts
from customs.declaration import Declaration
from customs.documents import ParcelDocuments
from customs.fields.moments import china_day, china_time
from customs.fields.money import EXACT, ZERO
from customs.tax import TaxAssessment

#: Values by section and name; ``lines`` is a list of such.
Facts = dict[str, Any]

_FIVE_PLACES = Decimal("0.00001")
_DIGITS = 19
_DECIMAL = re.compile(r"[0-9]{1,19}(\.[0-9]{1,5})?")


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text) or sum(map(str.isdecimal, text)) > _DIGITS:
        raise ValueError("not plain digits")
    return Decimal(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        raise ValueError("not a whole number")
    return int(text)


#: How a local fact, which is given as text, becomes a value; each raises ``ValueError``.
VALUE_OF: dict[FactKind, Callable[[str], str | Decimal | int | datetime | date]] = {
    "text": str,
    "decimal": _decimal,
    "count": _count,
    "moment": china_time,
    "day": china_day,
}


def facts_of(
    area: Area, declaration: Declaration, documents: ParcelDocuments, assessment: TaxAssessment | None = None
) -> Facts:
    """The facts of a parcel whose documents were built; without an assessment those of tax are unknown.

    Local facts that do not have the form of their kind are left out, and their paths stand under ``malformed``; those that neither
    the profile nor ``facts.toml`` knows may be for other areas: they are not read, and their paths stand under ``unknown``.
    """
    malformed: list[str] = []
    unknown: list[str] = []
    order, payment = documents.order.head, documents.payment.head
    taxes = assessment.taxes if assessment else None
    lines = [
        {
            **line.__dict__,
            "gnum": listed.gnum,
            "total_price": listed.total_price,
            "goods_name": listed.goods_name,
            "legal_qty1": listed.legal_qty1,
            "legal_qty2": listed.legal_qty2,
            "legal_per_unit": _quotient(listed.legal_qty1, line.qty),
            "tax": None,
            "goods": _local(area, "goods", line.local, f"order.lines[{at}].local", malformed, unknown),
        }
        for at, (line, listed) in enumerate(zip(declaration.order.lines, documents.declaration_list.lines, strict=True))
    ]
    if assessment and assessment.computed:
        for each, taxed in zip(lines, assessment.lines, strict=True):
            each["tax"] = taxed.due
    return {
        "parties": declaration.parties.__dict__,
        "order": {**declaration.order.__dict__, **order.__dict__},
        "payment": {**declaration.payment.__dict__, **payment.__dict__},
        "waybill": {**declaration.waybill.__dict__, **documents.waybill.head.__dict__},
        "clearance": {**declaration.clearance.__dict__, **documents.declaration_list.head.__dict__},
        "parcel": {
            "app_type": declaration.app_type,
            "app_status": declaration.app_status,
            "line_count": len(lines),
            "total_qty": sum((each["qty"] for each in lines), ZERO),
            "main_goods": lines[0]["item_name"],
            "buyer_is_payer": "1" if order.buyer_id_number == payment.payer_id_number else "0",
            "buyer_is_consignee": "1" if order.buyer_name == order.consignee else "0",
        },
        "tax": {
            "due": taxes.total if taxes else None,
            "tariff": taxes.tariff if taxes else None,
            "vat": taxes.vat if taxes else None,
            "consumption": taxes.consumption if taxes else None,
        },
        "local": _local(area, "local", declaration.local, "local", malformed, unknown),
        "parameter": {each: area.parameter(each) for each in area.profile.parameters},
        "lines": lines,
        "malformed": malformed,
        "unknown": unknown,
    }


def _quotient(one: Decimal, other: Decimal) -> Decimal | None:
    """Half up to five places, as many as the standard has for quantities."""
    return EXACT.divide(one, other).quantize(_FIVE_PLACES, ROUND_HALF_UP, EXACT).normalize(EXACT) if other else None


@kept
def _facts(area: Area, section: str) -> tuple[dict[str, Any], Mapping[str, Source]]:
    """Every local fact of the area as not given, and what each is."""
    found = local_facts(area.profile, section)
    return dict.fromkeys(found), found


def _local(
    area: Area, section: str, given: Mapping[str, str] | None, path: str, malformed: list[str], unknown: list[str]
) -> dict[str, Any]:
    blank, known = _facts(area, section)
    found = blank.copy()
    for name, text in (given or {}).items():
        if name not in known:
            unknown.append(f"{path}.{name}")
            continue
        try:
            if known[name].values and text not in known[name].values:
                raise ValueError("not one of its values")
            found[name] = VALUE_OF[known[name].kind](text)
        except ValueError:
            malformed.append(f"{path}.{name}")
    return found
