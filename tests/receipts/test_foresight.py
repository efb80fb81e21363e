"""The rejections that a parcel would draw are foreseen, each with the code of customs that it avoids."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

import customs
from customs.codes.errors import ErrorCause
from customs.receipts.catalogue import errors
from customs.receipts.foresight import ENSURED, NEEDS, codes_avoided, foresee, foresight_of
from customs.receipts.state import ParcelState, Submitted
from customs.rules import CATALOGUE, Finding
from customs.rules.records import KnownRecords
from customs.testing import sample_parcels

ON = date(2026, 11, 11)
PARCEL = next(sample_parcels(1, seed=7, mode="1210"))
LINES = PARCEL.order.lines

#: The causes that lie in what the sender sends.
SENDERS = frozenset(
    {
        ErrorCause.DATA,
        ErrorCause.SIZE,
        ErrorCause.DUPLICATE,
        ErrorCause.STALE,
        ErrorCause.THREE_DOC,
        ErrorCause.THREE_DOC_IDENTITY,
        ErrorCause.THREE_DOC_AMOUNT,
        ErrorCause.IDENTITY,
    }
)


def changed(part: str = "", **values: Any) -> customs.Declaration:
    """The parcel with other values in one of its parts."""
    if not part:
        return PARCEL.model_copy(update=values)
    return PARCEL.model_copy(update={part: getattr(PARCEL, part).model_copy(update=values)})


def with_line(at: int = 0, **values: Any) -> customs.Declaration:
    lines = [line.model_copy(update=values) if position == at else line for position, line in enumerate(LINES)]
    return changed("order", lines=tuple(lines))


def as_given(path: str, value: object) -> dict[str, Any]:
    """The parcel as JSON, with another value at a path."""
    given = PARCEL.model_dump(mode="json", exclude_none=True)
    part, _, name = path.partition(".")
    given[part][name] = value
    return given


#: By finding: a parcel that draws it, and a code of customs that it avoids.
FORESEEN: Mapping[str, tuple[customs.Declaration | dict[str, Any], str]] = {
    "paid-sum": (changed("order", paid_amount=Decimal("1.00")), "CEB312 1332"),
    "payment-amount": (changed("payment", amount_paid=Decimal("1.00")), "CEB312 1332"),
    "line-numbers": (with_line(gnum=9), "CEB312 -301002"),
    "payer-not-buyer": (changed("payment", payer_name="王熙凤"), "CEB622 1327"),
    "id-number": (changed("order", buyer_id_number="110101180001010000"), "CEB622 100/1300"),
    "new-list-numbered": (changed("clearance", list_no="299120261000000001"), "CEB622 -621001"),
    "amended-number-missing": (changed(app_type="2"), "CEB622 -621053"),
    "single-limit": (with_line(price=Decimal("9000.00"), total_price=None, qty=Decimal(3)), "CEB622 -621005"),
    "yearly-limit": (changed(quota_used=Decimal("25999.99")), "CEB622 1313"),
    "package-count": (changed("waybill", package_count=2), "CEB622 -621001"),
    "currency": (as_given("order.currency", "502"), "CEB622 -621001"),
    "guarantor": (changed("parties", guarantor_code="91330100MA2AEXMP75"), "CEB622 -621001"),
    "bonded-field-missing": (changed("clearance", account_book_no=None), "CEB622 -621001"),
    "bonded-field-extra": (changed("clearance", bill_no="999-00000000"), "CEB622 -621001"),
    "bonded-country": (changed("clearance", departure_country="304"), "CEB622 -621001"),
    "net-over-gross": (changed("waybill", gross_weight=Decimal("0.00001")), "CEB622 -621001"),
    "code-unknown": (with_line(unit="999"), "CEB312 -301008"),
    "line-total": (with_line(total_price=Decimal("0.01")), "ILLEGAL_CARGO_FEE_PARAM"),
    "goods-value-sum": (changed("order", goods_value=Decimal("0.01")), "ILLEGAL_CARGO_FEE_PARAM"),
    "tax-total": (changed("order", tax_total=Decimal("0.01")), "ILLEGAL_TAX_FEE_PARAM"),
    "rate-missing": (with_line(hs_code="9999999999"), "CEB626 -625011"),
    "legal-unit": (with_line(legal_unit1="011", legal_qty1=Decimal(1)), "CEB626 -625012"),
    "tariff-unit": (with_line(1, legal_unit1="011", legal_qty1=Decimal(1)), "CEB626 -625012"),
    "enterprise-code": (changed("parties", platform_code="12345"), "-10102"),
    "field-missing": (as_given("payment.payment_no", None) | {"payment": {}}, "CEB412 -401009"),
    "field-empty": (as_given("order.order_no", ""), "CEB312 -301008"),
    "field-too-long": (as_given("waybill.waybill_no", "1" * 61), "CEB512 -504011"),
    "field-form": (as_given("waybill.gross_weight", 1), "CEB512 -504011"),
    "field-characters": (as_given("order.consignee", "a\x01b"), "CEB312 -301008"),
    "field-blank": (changed("order", consignee="  "), "CEB312 -301008"),
    "field-count": (as_given("order.lines", []), "CEB312 -301001"),
    "amount-overflow": (with_line(total_price=Decimal("100000000000000.00")), "CEB312 -301008"),
    "second-quantity": (with_line(legal_unit2="011", legal_qty2=None), "CEB626 -625009"),
    "quantities-differ": (with_line(1, unit=LINES[1].legal_unit1, legal_qty1=Decimal(9)), "CEB622 -621001"),
    "payer-spelling": (changed("payment", payer_name=f" {PARCEL.payment.payer_name}"), "CEB622 1327"),
    "direct-field-missing": (changed("clearance", trade_mode="9610"), "CEB622 -621001"),
    "direct-from-china": (changed("clearance", trade_mode="9610", departure_country="142"), "ILLEGAL_SENDER_COUNTRY"),
    "dxp-id": (changed("parties", dxp_id="X"), "CEB312 -301008"),
}


@pytest.mark.parametrize("finding", FORESEEN)
def test_a_rejection_is_foreseen_with_the_code_that_it_avoids(finding: str) -> None:
    parcel, code = FORESEEN[finding]
    found = {each.finding.code: each.codes for each in foresee(parcel, on=ON)}
    assert finding in found
    assert code in found[finding]


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_nothing_is_foreseen_of_a_parcel_that_is_right(mode: Any) -> None:
    assert [foresee(parcel, on=ON) for parcel in sample_parcels(20, seed=3, mode=mode)] == [()] * 20


def order_of(parcel: customs.Declaration) -> Submitted:
    prepared = customs.prepare(
        parcel, on=ON, clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1)
    )
    (message,) = [each for each in prepared.messages if each.name == "CEB311"]
    return Submitted(key=message.keys[0], guid=message.guid, app_time=datetime(2026, 11, 11, 8))


def test_a_number_that_another_parcel_has_is_foreseen() -> None:
    state = ParcelState(history=(order_of(PARCEL),))
    (found,) = foresee(PARCEL, on=ON, history=[state])
    assert (found.finding.code, found.finding.path) == ("declared-before", "order.order_no")
    assert "CEB312 -301010" in found.codes
    assert foresee(PARCEL, on=ON, state=state) == (found,)
    other = next(sample_parcels(1, seed=8, mode="1210"))
    assert foresee(other, on=ON, history=[state]) == ()


def test_what_records_know_is_foreseen() -> None:
    order, parties, book = PARCEL.order, PARCEL.parties, PARCEL.clearance.account_book_no or ""
    records = KnownRecords(
        quotas={(order.buyer_id_type, order.buyer_id_number, 2026): Decimal("25999.99")},
        registrations=frozenset(),
        guarantees={parties.guarantor_code: Decimal(0)},
        account_books={book: {}},
    )
    found = {each.finding.code: each.codes for each in foresee(PARCEL, on=ON, records=records)}
    assert "CEB622 1313" in found["yearly-limit"]
    assert "CEB312 22001" in found["not-registered"]
    assert "CEB626 -625007" in found["goods-not-on-record"]
    goods = {line.record_no or "": {"hs_code": "2204210000"} for line in LINES}
    differing = foresee(PARCEL, on=ON, records=KnownRecords(account_books={book: goods}))
    assert {each.finding.code for each in differing} == {"goods-differ-from-record"}
    short = foresee(PARCEL, on=ON, records=KnownRecords(guarantees={parties.guarantor_code: Decimal(0)}))
    assert [each.codes for each in short] == [("CEB622 1311",)]


def test_every_code_is_avoided_or_ensured_or_says_what_one_would_have_to_know() -> None:
    known = [foresight_of(each) for each in errors()]
    assert len(known) == 319
    assert [each for each in known if not (each.findings or each.ensured or each.needs)] == []
    assert [each for each in known if bool(each.findings) and bool(each.ensured)] == []
    assert {each.ensured for each in known} - {""} == ENSURED.keys()
    assert {each.needs for each in known} - {""} == NEEDS.keys()
    assert {code for each in known for code in each.findings} <= CATALOGUE.keys()


def test_seven_of_ten_codes_that_lie_with_the_sender_are_foreseen() -> None:
    lie = [foresight_of(each) for each in errors() if each.cause in SENDERS]
    foreseen = [each for each in lie if each.findings or each.ensured]
    assert (len(lie), len(foreseen)) == (130, 93), "71.5 %"


def test_a_finding_of_any_field_avoids_the_codes_of_the_documents_that_have_it() -> None:
    missing = Finding("field-missing", CATALOGUE["field-missing"].severity, "payment.payer_name", "", "", "", "")
    assert codes_avoided(missing) == ("CEB412 -401009",)
