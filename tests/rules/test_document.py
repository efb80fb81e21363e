"""One document by itself: what customs would refuse of a payment, waybill or order, without the other three."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

import customs
from customs.documents import Cancellation, Document, ParcelDocuments
from customs.testing import sample_parcels


@pytest.fixture(scope="module")
def documents() -> ParcelDocuments:
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    clock, guids = customs.fixed_clock(datetime(2026, 11, 11, 8)), customs.seeded_guids(1)
    made = customs.prepare(parcel, on=date(2026, 11, 11), clock=clock, guids=guids).documents
    assert made
    return made


def found(document: Document, **changes: Any) -> list[tuple[str, str]]:
    changed = document.model_copy(update={"head": document.__dict__["head"].model_copy(update=changes)})
    return [(each.code, each.path) for each in customs.check_document(changed)]


@pytest.mark.parametrize("name", ["order", "payment", "waybill", "declaration_list"])
def test_the_documents_of_a_good_parcel_are_in_order_one_by_one(documents: ParcelDocuments, name: str) -> None:
    assert found(getattr(documents, name)) == []


def test_a_payment_by_itself_is_held_to_amount_and_identity(documents: ParcelDocuments) -> None:
    assert found(documents.payment, payer_id_number="123", amount_paid=Decimal(-5)) == [
        ("amount-negative", "head.amount_paid"),
        ("id-number", "head.payer_id_number"),
    ]
    assert found(documents.payment, payer_id_type="9") == [
        ("code-unknown", "head.payer_id_type"),
        ("id-type", "head.payer_id_type"),
    ]
    assert found(documents.payment, paid_at=datetime(2026, 11, 12)) == [("payment-time-doubtful", "head.paid_at")]


def test_a_waybill_by_itself_is_held_to_weight_packages_and_freight(documents: ParcelDocuments) -> None:
    wrong = {"gross_weight": Decimal(-1), "package_count": 7, "freight": Decimal(-3)}
    assert found(documents.waybill, **wrong) == [
        ("amount-negative", "head.freight"),
        ("quantity-not-positive", "head.gross_weight"),
        ("package-count", "head.package_count"),
    ]
    assert found(documents.waybill, gross_weight=Decimal(1554)) == [("weight-doubtful", "head.gross_weight")]
    assert found(documents.waybill, waybill_no="1.21E+17") == [("number-from-spreadsheet", "head.waybill_no")]


def test_an_order_by_itself_adds_up(documents: ParcelDocuments) -> None:
    head, line = documents.order.head, documents.order.lines[0]
    assert found(documents.order, paid_amount=head.paid_amount + 1) == [("paid-sum", "head.paid_amount")]
    half = line.model_copy(
        update={"gnum": 2, "qty": Decimal("0.5"), "unit": "011", "total_price": line.total_price + 1}
    )
    changed = documents.order.model_copy(update={"lines": (half, *documents.order.lines[1:])})
    codes = {(each.code, each.path) for each in customs.check_document(changed)}
    assert codes >= {
        ("line-numbers", "lines[0].gnum"),
        ("line-total", "lines[0].total_price"),
        ("pieces-not-whole", "lines[0].qty"),
        ("goods-value-sum", "head.goods_value"),
    }


def test_a_finding_on_one_document_shows_nothing_of_the_person(documents: ParcelDocuments) -> None:
    head = documents.payment.head.model_copy(update={"payer_id_number": "4403011850"})
    findings = customs.check_document(documents.payment.model_copy(update={"head": head}))
    assert findings
    assert not [each for each in findings if "4403011850" in str(each)]


def test_a_document_without_a_head_has_paths_of_its_own(documents: ParcelDocuments) -> None:
    listed, fields = documents.declaration_list.head.model_dump(), Cancellation.model_fields
    facts = {name: value for name, value in listed.items() if name in fields}
    cancelled = Cancellation(
        **facts | {"list_no": "1" * 18, "reason": "x", "buyer_id_number": "1", "buyer_id_type": "9"}
    )
    found = [(each.code, each.path) for each in customs.check_document(cancelled)]
    assert found == [("code-unknown", "buyer_id_type"), ("id-type", "buyer_id_type")]
