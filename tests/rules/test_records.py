"""What records say against a parcel: registrations, goods on record, the guarantee."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import customs
from customs.rules import Finding
from customs.rules.records import KnownRecords, RecordsError, check_records, load_records
from customs.testing import sample_parcels

PARCEL = next(sample_parcels(1, seed=7, mode="1210"))
PARTIES, LINE = PARCEL.parties, PARCEL.order.lines[0]
BOOK = PARCEL.clearance.account_book_no or ""
ASSESSED = customs.assess(PARCEL, on=date(2026, 11, 11))
EVERYBODY = frozenset(
    [
        PARTIES.platform_code,
        PARTIES.merchant_code,
        PARTIES.payment_company_code,
        PARTIES.carrier_code,
        PARTIES.declarant_code,
    ]
)
GOODS = {line.record_no or "": {"hs_code": line.hs_code, "unit": line.unit} for line in PARCEL.order.lines}


def told(records: KnownRecords) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in check_records(PARCEL, ASSESSED, records)]


def test_records_that_know_nothing_say_nothing() -> None:
    assert told(KnownRecords()) == []


def test_records_that_agree_with_the_parcel_say_nothing() -> None:
    guarantee = {PARTIES.guarantor_code: ASSESSED.due}
    assert told(KnownRecords(registrations=EVERYBODY, guarantees=guarantee, account_books={BOOK: GOODS})) == []


def test_an_enterprise_that_is_not_registered_is_named() -> None:
    records = KnownRecords(registrations=EVERYBODY - {PARTIES.payment_company_code})
    (finding,) = check_records(PARCEL, ASSESSED, records)
    assert (finding.code, finding.path) == ("not-registered", "parties.payment_company_code")
    assert PARTIES.payment_company_code in finding.zh


def test_goods_that_are_not_in_the_account_book_are_named() -> None:
    assert told(KnownRecords(account_books={BOOK: {}})) == [
        ("goods-not-on-record", f"order.lines[{at}].record_no") for at in range(len(PARCEL.order.lines))
    ]


def test_goods_that_differ_from_their_record_are_named_with_both_values() -> None:
    other = {**GOODS, LINE.record_no or "": {"hs_code": "2204210000"}}
    (finding,) = check_records(PARCEL, ASSESSED, KnownRecords(account_books={BOOK: other}))
    assert (finding.code, finding.path) == ("goods-differ-from-record", "order.lines[0].hs_code")
    assert (LINE.hs_code in finding.zh, "2204210000" in finding.zh) == (True, True)


def test_a_guarantee_that_is_a_fen_short_is_named() -> None:
    (finding,) = check_records(
        PARCEL, ASSESSED, KnownRecords(guarantees={PARTIES.guarantor_code: ASSESSED.due - Decimal("0.01")})
    )
    assert (finding.code, finding.path) == ("guarantee-short", "parties.guarantor_code")


def test_records_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "records.toml"
    file.write_text(
        f'registrations = ["{PARTIES.platform_code}"]\n[guarantees]\n"{PARTIES.guarantor_code}" = "500.00"\n'
        f'[account_books."{BOOK}"."1"]\nhs_code = "3304990039"\n'
    )
    records = load_records(file)
    assert records.registered(PARTIES.platform_code) is True
    assert records.registered("somebody") is False
    assert records.guarantee_left(PARTIES.guarantor_code) == Decimal("500.00")
    assert records.goods_on_record(BOOK) == {"1": {"hs_code": "3304990039"}}
    assert records.quota_used("1", "110101180001010000", 2026) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("registrations = 1", "registrations is a list of codes in quotes"),
        ("guarantees = 1", "guarantees is a table"),
        ("[guarantees]\na = 5.5", "guarantees.a is an amount in quotes"),
        ('[guarantees]\na = "much"', "guarantees.a is an amount in quotes"),
        ("[account_books.a.b]\nhs_code = 1", "account_books.a.b holds facts in quotes"),
        ('[account_books.a.b]\ncolour = "red"', "account_books.a.b.colour is no fact of a record"),
        ("wrong = 1", "wrong is not known here"),
        ("= 1", "is no TOML"),
    ],
)
def test_a_file_of_records_that_cannot_be_used_is_refused_with_its_key(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "records.toml"
    file.write_text(text)
    with pytest.raises(RecordsError, match=r"records\.toml") as refused:
        load_records(file)
    assert reason in str(refused.value)


def test_findings_of_records_are_in_the_catalogue() -> None:
    records = KnownRecords(
        registrations=frozenset(), guarantees={PARTIES.guarantor_code: Decimal(0)}, account_books={BOOK: {}}
    )
    found: list[Finding] = check_records(PARCEL, ASSESSED, records)
    assert {each.code for each in found} == {"not-registered", "goods-not-on-record", "guarantee-short"}
