"""The match (三单对碰): order, payment, waybill and list of one parcel against each other, as customs compares them.

Works on documents from any source: built from a declaration, or read from messages of other systems. Paths are
``order.<field>``, ``payment.<field>``, ``waybill.<field>``, ``declaration_list.<field>``, lines with their index.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from customs.codes.named import CHINA, KILOGRAM
from customs.documents import DeclarationListLine, OrderLine, ParcelDocuments
from customs.fields import Record, terms_of
from customs.fields.given import shown_value
from customs.fields.money import ZERO, exactly, product
from customs.rules import catalogue
from customs.rules.conditions import BONDED, check_conditions
from customs.rules.finding import Finding, Kind, Severity
from customs.rules.identity import is_identity_number, slip_in
from customs.rules.listed import unlisted
from customs.rules.practice import DEFAULT, Practice
from customs.rules.reading import name_of
from customs.rules.soundness import DELIVERED_TO, SAME_BUYER, SAME_IN_LINES, YEAR, all_listed
from customs.rules.spelling import spelt_apart

Check = Callable[[ParcelDocuments, Practice], Iterator[Finding]]


@exactly
def match(documents: ParcelDocuments, practice: Practice = DEFAULT) -> list[Finding]:
    """Return all findings of one parcel's documents, in the order of the rules.

    >>> from datetime import date, datetime
    >>> from decimal import Decimal
    >>> from customs.road import build, seeded_guids
    >>> from customs.testing import sample_parcels
    >>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
    >>> moment = datetime(2026, 11, 11, 8)
    >>> documents, _ = build(parcel, tax=Decimal("1.00"), on=moment.date(), app_time=moment, guids=seeded_guids(1))
    >>> match(documents)
    []
    """
    return [finding for rule in RULES for finding in rule(documents, practice)]


def paid_sum(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 1: paid amount = goods value + freight + tax - discount."""
    head = documents.order.head
    expected = head.goods_value + head.freight + head.tax_total - head.discount
    if head.paid_amount != expected and not practice.tolerates(head.paid_amount, expected):
        yield catalogue.PAID_SUM.at("order.paid_amount", given=head.paid_amount, expected=expected)


def payment_amount(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 2: the payment is the order's paid amount. It is made before the declaration, and not a year before."""
    given, expected = documents.payment.head.amount_paid, documents.order.head.paid_amount
    if given != expected and not practice.tolerates(given, expected):
        yield catalogue.PAYMENT_AMOUNT.at("payment.amount_paid", given=given, expected=expected)
    paid, day = documents.payment.head.paid_at.date(), documents.declaration_list.head.declaration_day
    if paid > day or day - paid > YEAR:
        yield catalogue.PAID_LATER.at("payment.paid_at", paid=paid, day=day)


def line_totals(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 3: a line's total is price x quantity, on order and list."""
    for document, lines in _lines(documents):
        for position, line in enumerate(lines):
            expected = product(line.price, line.qty)
            if line.total_price != expected and not practice.tolerates(line.total_price, expected):
                path = f"{document}.lines[{position}].total_price"
                yield catalogue.LINE_TOTAL.at(path, given=line.total_price, expected=expected)


def goods_value(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 4: the goods value is the sum of the lines."""
    given = documents.order.head.goods_value
    expected = sum((line.total_price for line in documents.order.lines), ZERO)
    if given != expected and not practice.tolerates(given, expected):
        yield catalogue.GOODS_VALUE.at("order.goods_value", given=given, expected=expected)


def identity_types(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 5: resident identity cards only. The currency is fixed by the type of the field itself."""
    if documents.order.head.buyer_id_type != "1":
        yield catalogue.ID_TYPE.at("order.buyer_id_type")
    if documents.declaration_list.head.buyer_id_type != "1":
        yield catalogue.ID_TYPE.at("declaration_list.buyer_id_type")
    if documents.payment.head.payer_id_type != "1":
        yield catalogue.ID_TYPE.at("payment.payer_id_type")


def identity_numbers(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """An identity number has 18 characters, a real birth date and the right check digit."""
    buyer, payer, on = documents.order.head, documents.payment.head, documents.declaration_list.head.declaration_day
    if buyer.buyer_id_type == "1" and not is_identity_number(buyer.buyer_id_number, on):
        yield wrong_number("order.buyer_id_number", "订购人证件号码 buyerIdNumber", buyer.buyer_id_number, on)
    elif payer.payer_id_number == buyer.buyer_id_number:
        return
    if payer.payer_id_type == "1" and not is_identity_number(payer.payer_id_number, on):
        yield wrong_number("payment.payer_id_number", "支付人证件号码 payerIdNumber", payer.payer_id_number, on)


def wrong_number(path: str, name: str, number: str, on: date) -> Finding:
    """Return the finding on a number that is no identity number; only a mistyped one is asked of the person."""
    slip = slip_in(number, on)
    asked = ("；请向本人核实，不得使用他人身份", "; ask the person, another person's identity must not be used")
    hints = asked if slip.asked else ("", "")
    return catalogue.ID_NUMBER.at(path, name=name, why_zh=slip.zh, why=slip.en, hint_zh=hints[0], hint=hints[1])


def consignees(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 6: consignee, telephone and address are the same on order and waybill, the address on the list too."""
    order, listed = documents.order.head, documents.declaration_list.head
    yield from _differing(catalogue.CONSIGNEE, order, documents.waybill.head, "waybill", DELIVERED_TO)
    yield from _differing(catalogue.CONSIGNEE, order, listed, "declaration_list", ("consignee_address",))


def payer(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 7: the payer is the buyer, by name and identity number."""
    buyer, paid = documents.order.head, documents.payment.head
    if paid.payer_name != buyer.buyer_name:
        yield _other_payer("payer_name", "支付人姓名 payerName", paid.payer_name, buyer.buyer_name)
    if paid.payer_id_number != buyer.buyer_id_number:
        name = "支付人证件号码 payerIdNumber"
        yield _other_payer("payer_id_number", name, paid.payer_id_number, buyer.buyer_id_number)


def _other_payer(field: str, name: str, paid: str, ordered: str) -> Finding:
    """A payer who is another person, or the buyer in another spelling."""
    if apart := spelt_apart(paid, ordered):
        return catalogue.PAYER_SPELLING.at(f"payment.{field}", name=name, how_zh=apart.zh, how=apart.en)
    return catalogue.PAYER.at(f"payment.{field}", name=name)


def buyer(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 8: list and order name the same buyer."""
    order, listed = documents.order.head, documents.declaration_list.head
    yield from _differing(catalogue.BUYER, order, listed, "declaration_list", SAME_BUYER)


def payment_company(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 9: the order names the payment company of the payment, where it names one."""
    named = documents.order.head.payment_company_code
    if named is not None and named != documents.payment.head.payment_company_code:
        yield catalogue.PAYMENT_COMPANY.at("payment.payment_company_code")


def same_lines(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 11: the list declares the order's lines, line by line."""
    ordered = {line.gnum: line for line in documents.order.lines}
    declared = documents.declaration_list.lines
    if len(ordered) < len(documents.order.lines):
        return  # numbered wrongly, which rule 18 says
    if {line.gnum for line in declared} != ordered.keys():
        yield catalogue.LINES_DIFFER.at("declaration_list.lines", name="商品序号 gnum")
        return
    for position, line in enumerate(declared):
        where = f"declaration_list.lines[{position}]"
        yield from _differing(catalogue.LINES_DIFFER, ordered[line.gnum], line, where, SAME_IN_LINES)


def packages(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 14: one package."""
    if documents.waybill.head.package_count != 1:
        yield catalogue.PACKAGES.at("waybill.package_count")
    if documents.declaration_list.head.package_count != 1:
        yield catalogue.PACKAGES.at("declaration_list.package_count")


def weights(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 15: 0 < net weight <= gross weight."""
    head = documents.declaration_list.head
    if head.net_weight > head.gross_weight:
        yield catalogue.NET_WEIGHT.at("declaration_list.net_weight", net=head.net_weight, gross=head.gross_weight)
    total = sum([each.legal_qty1 for each in documents.declaration_list.lines if each.legal_unit1 == KILOGRAM], ZERO)
    if total > head.net_weight:
        yield catalogue.KILOGRAMS.at("declaration_list.net_weight", sum=total, net=head.net_weight)
    yield from above_zero(head, "declaration_list", ("net_weight", "gross_weight"))
    yield from above_zero(documents.waybill.head, "waybill", ("gross_weight",))


def line_numbers(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 18: line numbers run from 1."""
    for document, lines in _lines(documents):
        for position, line in enumerate(lines):
            if line.gnum != position + 1:
                yield catalogue.LINE_NUMBERS.at(f"{document}.lines[{position}].gnum")
                break


def conditions(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rules 16, 19 and 20: second quantities, and the fields that bonded import (1210) and direct purchase (9610)
    need or leave out.
    """
    for finding in check_conditions(documents.declaration_list):
        yield replace(finding, path=f"declaration_list.{finding.path.removeprefix('head.')}")
    head = documents.declaration_list.head
    if head.trade_mode == BONDED and head.departure_country != CHINA:
        yield catalogue.BONDED_COUNTRY.at("declaration_list.departure_country")


def guarantor(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 21: the guarantor is an enterprise of the list. Text and schema differ on which; all four are allowed."""
    head = documents.declaration_list.head
    if head.guarantor_code not in (
        head.platform_code,
        head.merchant_code,
        head.carrier_code,
        head.declarant_code,
    ):
        yield catalogue.GUARANTOR.at("declaration_list.guarantor_code")


def freight_link(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Rule 28: freight and insurance are the real costs, the same on order and list."""
    head, given = documents.declaration_list.head, documents.order.head.freight
    expected = head.freight + head.insured_fee
    if practice.freight_link == "sum" and given != expected and not practice.tolerates(given, expected):
        yield catalogue.FREIGHT.at("order.freight", given=given, expected=expected)


def quantities(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Amounts are not negative, quantities not zero; a price of 0 is a warning."""
    amounts = ("goods_value", "freight", "discount", "tax_total", "paid_amount")
    yield from not_negative(documents.order.head, "order", amounts)
    yield from not_negative(documents.payment.head, "payment", ("amount_paid",))
    yield from not_negative(documents.declaration_list.head, "declaration_list", ("freight", "insured_fee"))
    for position, line in enumerate(documents.declaration_list.lines):
        where = f"declaration_list.lines[{position}]"
        yield from not_negative(line, where, ("price", "total_price"))
        yield from above_zero(line, where, ("qty", "legal_qty1"))
        if line.unit == line.legal_unit1 and line.qty != line.legal_qty1:
            path = f"{where}.legal_qty1"
            yield catalogue.QUANTITIES_DIFFER.at(path, unit=line.unit, given=line.qty, legal=line.legal_qty1)
        elif line.unit == line.legal_unit2 and line.qty != line.legal_qty2:
            path = f"{where}.legal_qty2"
            yield catalogue.QUANTITIES_DIFFER.at(path, unit=line.unit, given=line.qty, legal=line.legal_qty2)
        if line.price == 0:
            doubted = catalogue.PRICE_ZERO.at(f"{where}.price")
            yield doubted if practice.gift_price == "doubted" else replace(doubted, severity=Severity.ERROR)


def codes(documents: ParcelDocuments, practice: Practice) -> Iterator[Finding]:
    """Codes are in the customs lists. An unknown customs district is only a warning, because that list changes."""
    for document, head in (
        ("order", documents.order.head),
        ("payment", documents.payment.head),
        ("declaration_list", documents.declaration_list.head),
    ):
        if not all_listed(type(head), head.__dict__):
            yield from unlisted(head, document)
    for document, lines in _lines(documents):
        for position, line in enumerate(lines):
            if not all_listed(type(line), line.__dict__):
                yield from unlisted(line, f"{document}.lines[{position}]")
    for position, each in enumerate(documents.declaration_list.lines):
        if not (each.hs_code.isascii() and each.hs_code.isdecimal()):
            path = f"declaration_list.lines[{position}].hs_code"
            shown = shown_value(each.hs_code)
            why_zh, why = (f"所给 {shown} 含数字以外的字符", f"{shown or 'it'} has characters other than digits")
            yield catalogue.FORM.at(
                path,
                name="商品编码 gcode",
                why_zh=why_zh,
                why=why,
                hint_zh="",
                hint="",
                allowed_zh="10 位数字",
                allowed="ten digits",
            )


RULES: tuple[Check, ...] = (
    codes,
    quantities,
    paid_sum,
    payment_amount,
    line_totals,
    goods_value,
    identity_types,
    identity_numbers,
    consignees,
    payer,
    buyer,
    payment_company,
    same_lines,
    packages,
    weights,
    line_numbers,
    conditions,
    guarantor,
    freight_link,
)


def _lines(documents: ParcelDocuments) -> Iterator[tuple[str, Sequence[OrderLine | DeclarationListLine]]]:
    yield "order", documents.order.lines
    yield "declaration_list", documents.declaration_list.lines


def _differing(kind: Kind, one: Record, other: Record, where: str, fields: Sequence[str]) -> Iterator[Finding]:
    mine, theirs = one.__dict__, other.__dict__
    for name in fields:
        if mine[name] != theirs[name]:
            apart = spelt_apart(str(mine[name]), str(theirs[name]))
            hints = (f"，仅写法不同（{apart.zh}）", f" only in its spelling: {apart.en}") if apart else ("", "")
            name_shown = name_of(terms_of(type(other))[name])
            yield kind.at(f"{where}.{name}", name=name_shown, hint_zh=hints[0], hint=hints[1])


def not_negative(record: Record, where: str, fields: Sequence[str]) -> Iterator[Finding]:
    """Yield the amounts of a record that are below zero."""
    for name in fields:
        if record.__dict__[name].is_signed():  # a negative zero too
            yield catalogue.NEGATIVE.at(f"{where}.{name}", name=name_of(terms_of(type(record))[name]))


def above_zero(record: Record, where: str, fields: Sequence[str]) -> Iterator[Finding]:
    """Yield the quantities and weights of a record that are not above zero."""
    for name in fields:
        if record.__dict__[name] <= 0:
            yield catalogue.NOT_POSITIVE.at(f"{where}.{name}", name=name_of(terms_of(type(record))[name]))
