"""Soundness (三单相符): a quick look at one parcel's documents that tells most parcels from the few with something to say.

It asks what the rules of ``matching`` ask, all at once and without words: a sound parcel has no finding. Of any other
the rules say what is wrong, or that it is nothing, such as an amount that differs by less than a cent. Tests hold that
no parcel is sound that a rule would object to.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from customs.codes.named import CHINA, KILOGRAM
from customs.documents import (
    DeclarationList,
    DeclarationListHead,
    DeclarationListLine,
    OrderHead,
    ParcelValues,
    PaymentHead,
)
from customs.fields import Record
from customs.fields.money import ZERO
from customs.rules.conditions import BONDED, are_met
from customs.rules.identity import is_identity_number
from customs.rules.listed import listed_fields
from customs.rules.practice import Practice

#: How long before the declaration a payment is not doubted; no text names a time.
YEAR = timedelta(days=365)

#: Fields that order and list have in common, of each line and of the buyer; and order and waybill.
SAME_IN_LINES = ("item_no", "model", "unit", "qty", "price", "total_price", "origin_country")
SAME_BUYER = ("buyer_id_type", "buyer_id_number", "buyer_name", "buyer_telephone")
DELIVERED_TO = ("consignee", "consignee_telephone", "consignee_address")

_of_line, _of_buyer = itemgetter(*SAME_IN_LINES), itemgetter(*SAME_BUYER)
_delivered = itemgetter(*DELIVERED_TO)
_amounts = itemgetter("goods_value", "freight", "discount", "tax_total", "paid_amount")
_guarantors = itemgetter("platform_code", "merchant_code", "carrier_code", "declarant_code")

Values = Mapping[str, Any]


def is_sound(documents: ParcelValues, practice: Practice) -> bool:
    """Return True if no rule of the match has anything to say; False leaves it to the rules."""
    order, payment = documents.order["head"], documents.payment["head"]
    waybill, listed = documents.waybill["head"], documents.declaration_list["head"]
    return (
        _amounts_agree(order, payment, listed, practice)
        and _people_agree(order, payment, waybill, listed)
        and _list_is_sound(listed, waybill)
        and are_met(DeclarationList, documents.declaration_list)
        and all_listed(OrderHead, order)
        and all_listed(PaymentHead, payment)
        and all_listed(DeclarationListHead, listed)
        and _lines_agree(documents)
    )


def _amounts_agree(order: Values, payment: Values, listed: Values, practice: Practice) -> bool:
    """True if the amounts of the heads add up, none is below zero, and the payment was made within a year before."""
    goods, freight, discount, tax, paid = _amounts(order)
    list_freight, insured = listed["freight"], listed["insured_fee"]
    if goods.is_signed() or freight.is_signed() or discount.is_signed() or tax.is_signed() or paid.is_signed():
        return False
    if list_freight.is_signed() or insured.is_signed() or payment["amount_paid"] != paid:
        return False
    if practice.freight_link == "sum" and freight != list_freight + insured:
        return False
    since = listed["declaration_day"] - payment["paid_at"].date()
    in_time: bool = _NO_TIME <= since <= YEAR
    return in_time and bool(goods + freight + tax - discount == paid)


_NO_TIME = timedelta()


def _people_agree(order: Values, payment: Values, waybill: Values, listed: Values) -> bool:
    """True if buyer, payer and consignee are the same in all documents, with a resident identity card."""
    number, company = order["buyer_id_number"], order["payment_company_code"]
    return (
        _of_buyer(order) == _of_buyer(listed)
        and order["buyer_id_type"] == "1" == payment["payer_id_type"]
        and payment["payer_id_number"] == number
        and payment["payer_name"] == order["buyer_name"]
        and (company is None or company == payment["payment_company_code"])
        and _delivered(order) == _delivered(waybill)
        and order["consignee_address"] == listed["consignee_address"]
        and is_identity_number(number, listed["declaration_day"])
    )


def _list_is_sound(listed: Values, waybill: Values) -> bool:
    """True if the list has one package with a weight, a guarantor that it names, and for bonded goods China as origin."""
    net, gross = listed["net_weight"], listed["gross_weight"]
    return (
        waybill["package_count"] == 1 == listed["package_count"]
        and ZERO < net <= gross
        and waybill["gross_weight"] > 0
        and listed["guarantor_code"] in _guarantors(listed)
        and (listed["trade_mode"] != BONDED or listed["departure_country"] == CHINA)
    )


def _lines_agree(documents: ParcelValues) -> bool:
    """True if order and list have the same lines in order, with totals, units and quantities that agree."""
    ordered, declared = documents.order["lines"], documents.declaration_list["lines"]
    if len(ordered) != len(declared):
        return False
    value = kilograms = ZERO
    for number, (one, line) in enumerate(zip(ordered, declared, strict=True), 1):
        if one["gnum"] != number or line["gnum"] != number or _of_line(one) != _of_line(line):
            return False
        price, qty, total, legal = line["price"], line["qty"], line["total_price"], line["legal_qty1"]
        if price <= 0 or qty <= 0 or legal <= 0 or price * qty != total:
            return False
        if not (_quantities_agree(line) and all_listed(DeclarationListLine, line)):  # the order's codes are the same
            return False
        value += total
        if line["legal_unit1"] == KILOGRAM:
            kilograms += legal
    fits: bool = kilograms <= documents.declaration_list["head"]["net_weight"]
    return fits and bool(value == documents.order["head"]["goods_value"])


def _quantities_agree(line: Values) -> bool:
    """True if a statutory quantity in the traded unit is the traded quantity, and the code has digits only."""
    unit, code = line["unit"], str(line["hs_code"])
    if unit == line["legal_unit1"]:
        same = bool(line["qty"] == line["legal_qty1"])
    else:
        same = unit != line["legal_unit2"] or bool(line["qty"] == line["legal_qty2"])
    return same and code.isascii() and code.isdecimal()


def all_listed(kind: type[Record], values: Values) -> bool:
    """Return True if every code among the values of a record is in its customs list."""
    return _are_listed(kind, _codes_of(kind)(values))


@lru_cache(4096)
def _are_listed(kind: type[Record], codes: tuple[str | None, ...]) -> bool:
    fields = listed_fields(kind)
    return all(code is None or code in known for code, (_, _, known) in zip(codes, fields, strict=True))


@cache
def _codes_of(kind: type[Record]) -> Callable[[Mapping[str, Any]], tuple[str | None, ...]]:
    """Return the function that gathers the codes of a record from its values."""
    names = tuple(name for name, _, _ in listed_fields(kind))
    return itemgetter(*names) if len(names) > 1 else lambda values: tuple([values[name] for name in names])
