"""Building (生成单证): the four documents of a parcel from its declaration. Given fields are copied, missing ones are
derived.

A table names, for each field of each document, the section of the declaration that it comes from. The same table leads
from a finding on a document back to the field that the user gave.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
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
    ParcelValues,
    Payment,
    PaymentHead,
    Waybill,
    WaybillHead,
)
from customs.documents.base import GUID_LENGTH
from customs.fields import Record, terms_of
from customs.fields.digits import TOO_LARGE, WHOLE_DIGITS
from customs.fields.moments import china_time, latest
from customs.fields.money import ZERO, exactly
from customs.fields.record import assemble, assemble_nested
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

#: The fields of each head that ``derive`` gives.
DERIVED: dict[str, tuple[str, ...]] = {
    "order": ("goods_value", "freight", "tax_total", "paid_amount"),
    "payment": ("amount_paid",),
    "waybill": ("freight", "consignee", "consignee_address", "consignee_telephone"),
    "declaration_list": ("freight", "internal_no", "departure_country", "net_weight"),
}

Values = dict[str, Any]


def _copying(record: type[Record], source_of: Mapping[str, str], parameters: str) -> Callable[..., Values]:
    """Return a function that gathers the fields of a record from its arguments; ``source_of`` says from which.

    It is one expression such as ``lambda gnum, given: {"gnum": gnum, "unit": given["unit"], ...}``, compiled once: a loop
    over the table takes four times as long.
    """
    fields = ", ".join(f"{name!r}: {source_of[name]}" for name in record.model_fields)
    found: Callable[..., Values] = eval(f"lambda {parameters}: {{{fields}}}")  # noqa: S307
    return found


@cache
def _head_copying(document: str) -> Callable[..., Values]:
    """Return the function that copies a head from what all heads share, what is derived for it, and the sections."""
    fields, derived, sections = HEADS[document].model_fields, DERIVED[document], SECTION_OF[document]
    source_of = {name: "derived" if name in derived else sections.get(name, "shared") for name in fields}
    copied = {name: f"{source}[{name!r}]" for name, source in source_of.items()}
    return _copying(HEADS[document], copied, ", ".join(("shared", "derived", *FACTS)))


#: The fields of each line of goods that are derived; the others are copied.
_DERIVED_IN_LINES: dict[type[Record], tuple[str, ...]] = {
    OrderLine: ("gnum", "total_price"),
    DeclarationListLine: ("gnum", "total_price", "goods_name", "bar_code", "legal_qty1", "legal_qty2"),
}


@cache
def _line_copying(record: type[Record]) -> Callable[..., Values]:
    """Return the function that copies a line of goods, given with the fields that are derived."""
    derived = _DERIVED_IN_LINES[record]
    copied = {name: f"given[{name!r}]" for name in record.model_fields}
    own = {**dict(zip(derived, derived, strict=True)), "currency": repr(YUAN)}
    if record is DeclarationListLine:
        own["note"] = "None"  # a note on the goods is the order's
    return _copying(record, {**copied, **own}, ", ".join(("given", *derived)))


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
    values, findings = build_values(declaration, tax=tax, on=on, app_time=app_time, guids=guids)
    return values and documents_of(values), findings


def documents_of(values: ParcelValues) -> ParcelDocuments:
    """Return the documents of a parcel from their values. Nothing is checked."""
    kinds: tuple[type[Record], ...] = (Order, Payment, Waybill, DeclarationList)
    made: list[Any] = [each and assemble_nested(kind, each) for kind, each in zip(kinds, values, strict=True)]
    return ParcelDocuments(*made)


@exactly
def build_values(
    declaration: Declaration, *, tax: Decimal, on: date, app_time: datetime, guids: Guids
) -> tuple[ParcelValues | None, list[Finding]]:
    """Build the values of the documents of a parcel, see ``build``."""
    lines = declaration.order.lines
    totals = [line.value for line in lines]
    derived = derive(declaration, tax, totals)
    if findings := list(_problems(declaration, derived)):
        return None, findings
    given = declaration.__dict__
    sections = [given[name].__dict__ for name in FACTS]
    shared = {
        "app_type": declaration.app_type,
        "app_status": declaration.app_status,
        "app_time": _submitted(app_time),
        "currency": YUAN,
        "order_type": "I",
        "ie_flag": "I",
        "declaration_day": on,
    }

    def head(document: str) -> Values:
        shared["guid"] = guid = guids()
        if len(guid) != GUID_LENGTH:
            raise ValueError(f"a guid has {GUID_LENGTH} characters; the source of guids gave one of {len(guid)}")
        return _head_copying(document)(shared, derived[document], *sections)

    order_lines, list_lines = [], []
    for number, (line, total) in enumerate(zip(lines, totals, strict=True), 1):
        order_lines.append(_order_line(number, line, total))
        list_lines.append(_list_line(number, line, total))
    values = ParcelValues(
        {"head": head("order"), "lines": order_lines},
        {"head": head("payment")},
        {"head": head("waybill")},
        {"head": head("declaration_list"), "lines": list_lines},
    )
    return values, []


#: The time of submission; a clock that stands still gives all documents the same.
_submitted = latest(china_time)


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


def order_line(number: int, line: Line, total: Decimal) -> OrderLine:
    """Return a line of goods as the order has it."""
    return assemble(OrderLine, _order_line(number, line, total))


def _order_line(number: int, line: Line, total: Decimal) -> Values:
    given = line.__dict__
    gnum = given["gnum"]
    return _line_copying(OrderLine)(given, number if gnum is None else gnum, total)


def _list_line(number: int, line: Line, total: Decimal) -> Values:
    given = line.__dict__
    return _line_copying(DeclarationListLine)(
        given,
        number if line.gnum is None else line.gnum,
        total,
        given["goods_name"] or given["item_name"],
        given["bar_code"] or NO_BAR_CODE,
        line.first_legal_qty,
        line.second_legal_qty,
    )


def derive(declaration: Declaration, tax: Decimal, totals: Sequence[Decimal]) -> dict[str, Values]:
    """Derive the fields of each head that were left out (``DERIVED``); ``totals`` are the values of the lines."""
    order, waybill, clearance = declaration.order, declaration.waybill, declaration.clearance
    freight, insurance = transport_costs(declaration)
    goods_value = _given(order.goods_value, sum(totals, ZERO))
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


def _problems(declaration: Declaration, derived: Mapping[str, Values]) -> Iterator[Finding]:
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
            if isinstance(value, Decimal) and value.adjusted() >= WHOLE_DIGITS and abs(value) >= TOO_LARGE:
                term = terms_of(_SEARCHED[document][0])[name]
                yield declared(catalogue.OVERFLOW.at(f"{document}.{name}", name=name_of(term)))
