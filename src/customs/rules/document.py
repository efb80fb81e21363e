"""One document by itself (单份单证): a payment company, a carrier or a platform that declares its own document alone.

The field rules of a parcel hold for one document as for four: code lists, signs of amounts and quantities, identity
numbers, damaged texts, the sums of an order. What compares two documents needs both, see ``match``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from customs.codes.named import WHOLE_UNITS
from customs.documents import Document
from customs.documents.base import ExportSubmission, Submission
from customs.fields import Record
from customs.fields.money import ZERO, exactly, product
from customs.rules import catalogue
from customs.rules.conditions import check_conditions
from customs.rules.finding import Finding, Severity
from customs.rules.identity import is_identity_number
from customs.rules.listed import unlisted
from customs.rules.matching import above_zero, not_negative, wrong_number
from customs.rules.parcel import HEAVIEST, odd_texts
from customs.rules.practice import DEFAULT, Practice
from customs.rules.reading import name_of
from customs.rules.soundness import YEAR
from customs.rules.texts import text_findings

#: Amounts in CNY, none of which is below zero.
AMOUNTS = (
    "goods_value", "freight", "insured_fee", "discount", "tax_total", "paid_amount", "amount_paid", "price", "total_price",
)  # fmt: skip

#: Quantities and weights, all of which are above zero.
QUANTITIES = ("qty", "legal_qty1", "gross_weight", "net_weight")

#: Persons who are named by an identity document: the beginnings of the fields, and the name of the number.
_PERSONS = (("buyer", "订购人证件号码 buyerIdNumber"), ("payer", "支付人证件号码 payerIdNumber"))


@exactly
def check_document(document: Document, practice: Practice = DEFAULT) -> list[Finding]:
    """Return the findings on one document by itself, before it is signed and sent. Paths begin in the document, such as
    ``head.bill_no`` or ``lines[0].record_no``.

    Of receipts and tax bills, which customs sends, only the conditions of the standard are checked. The enterprise that
    signs is compared by ``check_party`` and ``check_declarant``.

    >>> from datetime import datetime
    >>> from customs.documents import Payment, PaymentHead
    >>> head = PaymentHead(guid="0" * 36, app_type="1", app_status="2", app_time=datetime(2026, 11, 11, 8),
    ...     payment_company_code="91000000000000001N", payment_company_name="支付", payment_no="P1", order_no="O1",
    ...     platform_code="91000000000000001N", platform_name="平台", payer_id_type="1", payer_id_number="123",
    ...     payer_name="张三", amount_paid="-5", paid_at=datetime(2026, 11, 11, 7))
    >>> [(each.code, each.path) for each in check_document(Payment(head=head))]
    [('amount-negative', 'head.amount_paid'), ('id-number', 'head.payer_id_number')]
    """
    findings = check_conditions(document)
    head: Record = document.__dict__.get("head", document)
    where = "" if head is document else "head."
    if not isinstance(head, Submission | ExportSubmission):
        return findings
    findings += _fields(head, where)
    for position, line in enumerate(document.__dict__.get("lines", ())):
        findings += _fields(line, f"lines[{position}].")
    for path, field, text, term in odd_texts(document):
        findings += text_findings(path, field, text, name_of(term, path))
    findings += _persons(head, _day(head), where)
    for check in _CHECKS.get(document.message, ()):
        findings += check(document, practice)
    return findings


def _fields(record: Record, where: str) -> list[Finding]:
    """Return what is wrong with single fields: codes, amounts, quantities."""
    given, at = record.__dict__, where.removesuffix(".")
    found = [
        *unlisted(record, at),
        *not_negative(record, at, [each for each in AMOUNTS if given.get(each) is not None]),
        *above_zero(record, at, [each for each in QUANTITIES if given.get(each) is not None]),
    ]
    return [replace(each, path=each.path.removeprefix(".")) for each in found]


def _day(head: Record) -> date:
    """Return the day on which a document is declared."""
    values = head.__dict__
    found: date = values.get("declaration_day") or values["app_time"].date()
    return found


def _persons(head: Record, day: date, where: str) -> Iterator[Finding]:
    """Rule 5 and the form of identity numbers, of the buyer or the payer."""
    for person, name in _PERSONS:
        kind, number = head.__dict__.get(f"{person}_id_type"), head.__dict__.get(f"{person}_id_number")
        if kind is not None and kind != "1":
            yield catalogue.ID_TYPE.at(f"{where}{person}_id_type")
        elif number is not None and not is_identity_number(number, day):
            yield wrong_number(f"{where}{person}_id_number", name, number, day)


def _payment(document: Document, practice: Practice) -> Iterator[Finding]:
    """A payment is made before it is declared, and not a year before."""
    head: Any = document.__dict__["head"]
    paid, day = head.paid_at.date(), _day(head)
    if not day - YEAR < paid <= day:
        yield catalogue.PAID_LATER.at("head.paid_at", paid=paid, day=day)


def _package(document: Document, practice: Practice) -> Iterator[Finding]:
    """Rule 14: one package, of a weight that a parcel can have."""
    head: Any = document.__dict__["head"]
    if head.package_count != 1:
        yield catalogue.PACKAGES.at("head.package_count")
    if head.gross_weight > HEAVIEST:
        yield catalogue.WEIGHT_DOUBTFUL.at("head.gross_weight", given=head.gross_weight, most=HEAVIEST)


def _weights(document: Document, practice: Practice) -> Iterator[Finding]:
    """Rule 15: the net weight is part of the gross weight."""
    head: Any = document.__dict__["head"]
    if head.net_weight > head.gross_weight:
        yield catalogue.NET_WEIGHT.at("head.net_weight", net=head.net_weight, gross=head.gross_weight)


def _lines(document: Document, practice: Practice) -> Iterator[Finding]:
    """Rules 3 and 18: lines numbered from 1, each total price x quantity; whole pieces, and a price."""
    for position, line in enumerate(document.__dict__["lines"]):
        where, expected = f"lines[{position}]", product(line.price, line.qty)
        if line.gnum != position + 1:
            yield catalogue.LINE_NUMBERS.at(f"{where}.gnum")
        if line.total_price != expected and not practice.tolerates(line.total_price, expected):
            yield catalogue.LINE_TOTAL.at(f"{where}.total_price", given=line.total_price, expected=expected)
        if line.unit in WHOLE_UNITS and line.qty % 1:
            yield catalogue.PIECES.at(f"{where}.qty", given=line.qty, unit=line.unit)
        if line.price == 0:
            doubted = catalogue.PRICE_ZERO.at(f"{where}.price")
            yield doubted if practice.gift_price == "doubted" else replace(doubted, severity=Severity.ERROR)


def _sums(document: Document, practice: Practice) -> Iterator[Finding]:
    """Rules 1 and 4: goods value = sum of the lines; paid amount = goods value + freight + tax - discount."""
    head: Any = document.__dict__["head"]
    paid = head.goods_value + head.freight + head.tax_total - head.discount
    goods = sum((line.total_price for line in document.__dict__["lines"]), ZERO)
    if head.paid_amount != paid and not practice.tolerates(head.paid_amount, paid):
        yield catalogue.PAID_SUM.at("head.paid_amount", given=head.paid_amount, expected=paid)
    if head.goods_value != goods and not practice.tolerates(head.goods_value, goods):
        yield catalogue.GOODS_VALUE.at("head.goods_value", given=head.goods_value, expected=goods)


#: The checks of a whole document.
_CHECKS: Mapping[str, tuple[Callable[[Document, Practice], Iterator[Finding]], ...]] = {
    "CEB311": (_lines, _sums),
    "CEB411": (_payment,),
    "CEB511": (_package,),
    "CEB621": (_lines, _package, _weights),
}
