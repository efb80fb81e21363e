"""Building (生成单证): the four documents of a parcel from its declaration. Given fields are copied, missing ones are
derived.

A table names, for each field of each document, the section of the declaration that it comes from. The same table leads
from a finding on a document back to the field that the user gave.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from customs.codes.named import CHINA, KILOGRAM, YUAN
from customs.declaration import (
    ClearanceFacts,
    Declaration,
    Line,
    OrderFacts,
    Parties,
    PaymentFacts,
    WaybillFacts,
)
from customs.documents import (
    DeclarationList,
    DeclarationListHead,
    DeclarationListLine,
    Order,
    OrderHead,
    OrderLine,
    ParcelDocuments,
    Payment,
    PaymentHead,
    Waybill,
    WaybillHead,
)
from customs.documents.base import GUID_LENGTH
from customs.fields import Record, terms_of
from customs.fields.digits import TOO_LARGE
from customs.fields.moments import china_time
from customs.fields.money import ZERO, exactly
from customs.fields.record import assemble
from customs.road.numbers import Guids
from customs.rules import Finding, catalogue
from customs.rules.conditions import DIRECT
from customs.rules.reading import name_of
from customs.tax.case import transport_costs

R = TypeVar("R", bound=Record)
T = TypeVar("T")


#: The text that the standard asks for where goods have no bar code.
NO_BAR_CODE = "无"

#: The sections of the declaration.
FACTS: dict[str, type[Record]] = {
    "parties": Parties,
    "order": OrderFacts,
    "payment": PaymentFacts,
    "waybill": WaybillFacts,
    "clearance": ClearanceFacts,
}

#: The sections of the declaration that hold the fields of each document; the first that has a field counts.
_SEARCHED: dict[str, tuple[type[Record], tuple[str, ...]]] = {
    "order": (OrderHead, ("order", "parties", "payment")),
    "payment": (PaymentHead, ("payment", "parties", "order")),
    "waybill": (WaybillHead, ("waybill", "parties", "order", "clearance")),
    "declaration_list": (DeclarationListHead, ("clearance", "parties", "waybill", "order")),
}


def _sections(document: str) -> Iterator[tuple[str, str]]:
    head, searched = _SEARCHED[document]
    for name in head.model_fields:
        section = next((each for each in searched if name in FACTS[each].model_fields), None)
        if section:
            # the list holds the address of the order: the waybill may leave it out
            yield name, "order" if (document, name) == ("declaration_list", "consignee_address") else section


#: The head of each document.
HEADS: dict[str, type[Record]] = {document: head for document, (head, _) in _SEARCHED.items()}

SECTION_OF: dict[str, dict[str, str]] = {document: dict(_sections(document)) for document in _SEARCHED}

_COPIED_LINE_FIELDS = {
    record: tuple(name for name in record.model_fields if name in Line.model_fields)
    for record in (OrderLine, DeclarationListLine)
}


@exactly
def build(
    declaration: Declaration, *, tax: Decimal, on: date, app_time: datetime, guids: Guids
) -> tuple[ParcelDocuments | None, list[Finding]]:
    """Build the documents of a parcel that is declared on the day ``on``; without the fields they need, return None
    and findings.

    ``tax`` is the assessed tax in CNY, used where the order does not state the tax that was collected.
    ``declaration`` has passed ``customs.rules.check_declaration``. Raises ``ValueError`` for a guid that does not
    have 36 characters.
    """
    derived = derive(declaration, tax)
    findings = list(_problems(declaration, derived))
    if findings:
        return None, findings
    sections: dict[str, dict[str, Any]] = {name: getattr(declaration, name).__dict__ for name in FACTS}
    common = {
        "app_type": declaration.app_type,
        "app_status": declaration.app_status,
        "app_time": china_time(app_time),
        "currency": YUAN,
    }
    own: dict[str, dict[str, Any]] = {
        "order": {"order_type": "I"},
        "payment": {},
        "waybill": {},
        "declaration_list": {"ie_flag": "I", "declaration_day": on},
    }

    def head(document: str, record: type[R]) -> R:
        guid = guids()
        if len(guid) != GUID_LENGTH:
            raise ValueError(f"a guid has {GUID_LENGTH} characters; the source of guids gave one of {len(guid)}")
        copied = {name: sections[section][name] for name, section in SECTION_OF[document].items()}
        return assemble(record, {"guid": guid, **common, **own[document], **copied, **derived[document]})

    lines = declaration.order.lines
    order_lines = tuple(order_line(*each) for each in enumerate(lines, 1))
    list_lines = tuple(_list_line(*each) for each in enumerate(lines, 1))
    return (
        ParcelDocuments(
            assemble(Order, {"head": head("order", OrderHead), "lines": order_lines}),
            assemble(Payment, {"head": head("payment", PaymentHead)}),
            assemble(Waybill, {"head": head("waybill", WaybillHead)}),
            assemble(DeclarationList, {"head": head("declaration_list", DeclarationListHead), "lines": list_lines}),
        ),
        [],
    )


def declared(finding: Finding) -> Finding:
    """Move a finding on a document to the field of the declaration that the document's field comes from."""
    found = _PATH.fullmatch(finding.path)
    if not found:
        return finding
    document, line, name = found["document"], found["line"], found["name"]
    if line:
        return replace(finding, path=f"order.{line}.{name}")
    section = SECTION_OF[document].get(name)
    if section:
        return replace(finding, path=f"{section}.{name}")
    return replace(finding, path=name) if name in Declaration.model_fields else finding


_PATH = re.compile(
    r"(?P<document>order|payment|waybill|declaration_list)\.(?:head\.)?(?:(?P<line>lines\[\d+\])\.)?(?P<name>\w+)"
)


def order_line(number: int, line: Line) -> OrderLine:
    """Return a line of goods as the order has it."""
    values = line.__dict__
    given = {name: values[name] for name in _COPIED_LINE_FIELDS[OrderLine]}
    return assemble(
        OrderLine,
        {**given, "currency": YUAN, "gnum": number if line.gnum is None else line.gnum, "total_price": line.value},
    )


def _list_line(number: int, line: Line) -> DeclarationListLine:
    values = line.__dict__
    derived = {
        "currency": YUAN,
        "gnum": number if line.gnum is None else line.gnum,
        "total_price": line.value,
        "goods_name": line.goods_name or line.item_name,
        "bar_code": line.bar_code or NO_BAR_CODE,
        "legal_qty1": line.first_legal_qty,
        "legal_qty2": line.second_legal_qty,
        "note": None,
    }
    given = {name: values[name] for name in _COPIED_LINE_FIELDS[DeclarationListLine]}
    return assemble(DeclarationListLine, given | derived)


def derive(declaration: Declaration, tax: Decimal) -> dict[str, dict[str, Any]]:
    """Derive the fields of each head that were left out."""
    order, waybill, clearance = declaration.order, declaration.waybill, declaration.clearance
    freight, insurance = transport_costs(declaration)
    goods_value = _given(order.goods_value, sum((line.value for line in order.lines), ZERO))
    order_freight = _given(order.freight, freight + insurance)
    tax_total = _given(order.tax_total, tax)
    paid_amount = _given(order.paid_amount, goods_value + order_freight + tax_total - order.discount)
    short = len(order.order_no) <= 20
    dispatched_from = None if clearance.trade_mode == DIRECT else CHINA
    return {
        "order": {
            "goods_value": goods_value,
            "freight": order_freight,
            "tax_total": tax_total,
            "paid_amount": paid_amount,
        },
        "payment": {"amount_paid": _given(declaration.payment.amount_paid, paid_amount)},
        "waybill": {
            "freight": freight,
            "consignee": waybill.consignee or order.consignee,
            "consignee_address": waybill.consignee_address or order.consignee_address,
            "consignee_telephone": waybill.consignee_telephone or order.consignee_telephone,
        },
        "declaration_list": {
            "freight": freight,
            "internal_no": clearance.internal_no or (order.order_no if short else None),
            "departure_country": clearance.departure_country or dispatched_from,
            "net_weight": net_weight(declaration) if clearance.net_weight is None else clearance.net_weight,
        },
    }


def _given(value: T | None, derived: T) -> T:
    return derived if value is None else value


def net_weight(declaration: Declaration) -> Decimal | None:
    """Return the net weight in kilograms, the sum of the lines' statutory quantities; None unless each line has one
    in kilograms.
    """
    whole = ZERO
    for line in declaration.order.lines:
        if line.legal_unit1 == KILOGRAM:
            each = line.first_legal_qty
        elif line.legal_unit2 == KILOGRAM:
            each = line.second_legal_qty
        else:
            each = None
        if each is None:
            return None
        whole += each
    return whole


def _problems(declaration: Declaration, derived: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    """Yield a finding for each field that cannot be derived, and for each derived amount that is too large for a
    message.
    """
    in_list = derived["declaration_list"]
    for position, line in enumerate(declaration.order.lines):
        if line.first_legal_qty is None:
            yield catalogue.CANNOT_DERIVE.at(
                f"order.lines[{position}].legal_qty1",
                name="法定数量 qty1",
                why_zh="法定计量单位与成交单位不同",
                why="the statutory unit is not the traded unit",
            )
    if in_list["net_weight"] is None:
        yield catalogue.CANNOT_DERIVE.at(
            "clearance.net_weight",
            name="净重 netWeight",
            why_zh="并非每项商品都有以千克计的法定数量",
            why="not every line has a statutory quantity in kilograms",
        )
    if in_list["departure_country"] is None:
        yield catalogue.DIRECT_FIELD.at("clearance.departure_country", name="起运国（地区） country")
    if in_list["internal_no"] is None:
        yield catalogue.CANNOT_DERIVE.at(
            "clearance.internal_no",
            name="企业内部编号 copNo",
            why_zh="订单编号超过 20 个字符",
            why="the order number has more than 20 characters",
        )
    for document, values in derived.items():
        for name, value in values.items():
            if isinstance(value, Decimal) and abs(value) >= TOO_LARGE:
                term = terms_of(_SEARCHED[document][0])[name]
                yield declared(catalogue.OVERFLOW.at(f"{document}.{name}", name=name_of(term)))
