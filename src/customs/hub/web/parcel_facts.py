"""The facts of a parcel as a page shows them (包裹资料): by groups, with the labels of the standard, personal data masked.

>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> [group.en for group in parcel_facts(parcel)]
['Order', 'Payment', 'Waybill', 'Clearance', 'Enterprises']
>>> next(fact for fact in parcel_facts(parcel)[3].facts if fact.name == "customs_code").value
'2991 杭州综保'
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from customs.codes import LISTS, code_list
from customs.declaration import ClearanceFacts, Declaration, OrderFacts, PaymentFacts, WaybillFacts
from customs.fields import terms_of
from customs.fields.record import Record
from customs.fields.terms import Term
from customs.hub.web.catalogue import BothTexts
from customs.hub.web.masking import masked


class ShownFact(NamedTuple):
    """A field of a parcel: its name, its label in both languages, its value as it is shown, and whether it is personal."""

    name: str
    zh: str
    en: str
    value: str
    personal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactGroup:
    """The facts of one part of a parcel."""

    zh: str
    en: str
    facts: tuple[ShownFact, ...]


_GROUPS = (
    ("order", "订单", "Order"),
    ("payment", "支付", "Payment"),
    ("waybill", "运单", "Waybill"),
    ("clearance", "通关", "Clearance"),
    ("parties", "参与企业", "Enterprises"),
)


def parcel_facts(parcel: Declaration, *, chinese: bool = True, unmasked: bool = False) -> tuple[FactGroup, ...]:
    """Return the facts of a parcel by groups; of personal data what ``masked`` leaves, or all of it."""
    return tuple(
        FactGroup(zh=zh, en=en, facts=tuple(_facts(getattr(parcel, name), chinese, unmasked)))
        for name, zh, en in _GROUPS
    )


def personal_fields(parcel: Declaration) -> tuple[str, ...]:
    """Return the names of the personal fields that a parcel has, such as ``order.buyer_name``."""
    return tuple(
        f"{name}.{fact.name}"
        for (name, _, _), group in zip(_GROUPS, parcel_facts(parcel), strict=True)
        for fact in group.facts
        if fact.personal
    )


def goods_lines(parcel: Declaration, *, chinese: bool = True) -> list[dict[str, Any]]:
    """Return the lines of goods as a table shows them."""
    return [
        {
            "place": place,
            "item_no": line.item_no or "",
            "name": line.item_name,
            "model": line.model,
            "hs_code": line.hs_code,
            "qty": f"{line.qty:f} {_named('units', line.unit, chinese)}",
            "price": line.price,
            "value": line.value,
            "origin": _named("countries", line.origin_country, chinese),
        }
        for place, line in enumerate(parcel.order.lines, 1)
    ]


def number_words(name: str) -> BothTexts:
    """Return the name of a number of an order in both languages, as the standard has it.

    >>> number_words("list_no").zh, number_words("other").en
    ('清单编号', 'other')
    """
    for record in (OrderFacts, PaymentFacts, WaybillFacts, ClearanceFacts):
        if name in (terms := terms_of(record)):
            return BothTexts(terms[name].zh, _english(name))
    return BothTexts(name, name)


def _facts(record: Record, chinese: bool, unmasked: bool) -> Iterator[ShownFact]:
    for name, term in terms_of(type(record)).items():
        value = getattr(record, name)
        if value is None or isinstance(value, tuple | dict | Record):
            continue
        shown = _shown(value, term, chinese)
        if term.personal and not unmasked:
            shown = masked(name, shown)
        yield ShownFact(name, term.zh, _english(name), shown, term.personal)


def _english(name: str) -> str:
    """Return the English label of a field: its name, since the terms explain themselves at length."""
    words = name.replace("_", " ").removesuffix(" no") + " number" * name.endswith("_no")
    return words[:1].upper() + words[1:]


def _shown(value: object, term: Term, chinese: bool) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    listed = "currencies" if term.wire == "currency" else getattr(term, "listed", None)
    return _named(listed, str(value), chinese) if listed in LISTS else str(value)


def _named(name: str, code: str, chinese: bool) -> str:
    """Return a code with its name in a code list."""
    found = code_list(name).get(code)
    return f"{code} {found.zh if chinese else found.en or found.zh}" if found else code
