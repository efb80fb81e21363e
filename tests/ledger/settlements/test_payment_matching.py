"""An order's payments are compared with what was declared: each difference has its code, and explained ones say why."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from customs.ledger.settlements.bill_rows import PaymentRow
from customs.ledger.settlements.payment_case import DeclaredPayment, PaymentCase, SettlementTerms
from customs.ledger.settlements.payment_kinds import PAYMENT_KINDS
from customs.ledger.settlements.payment_matching import judged, outcome_of
from customs.rules.finding import Finding, Severity

DAY = date(2026, 11, 11)
AT = datetime(2026, 11, 11, 9, 15, 22)
NOW = datetime(2026, 11, 20, 10)
TERMS = SettlementTerms(merchants=frozenset({"1999000001"}))
BILLED = frozenset(("wechat", DAY + timedelta(days=each)) for each in (-1, 0, 1))

NUMBER = "4200001234202611111234567890"
PAID = PaymentRow(
    company="wechat", kind="paid", line=2, at=AT, merchant="1999000001", transaction_no=NUMBER, order_no="EX1",
    ordered=Decimal("300.00"), settled=Decimal("300.00"), fee=Decimal("1.80"), rate=Decimal("0.006"),
)  # fmt: skip
REFUND = PaymentRow(
    company="wechat", kind="refunded", line=3, at=AT + timedelta(hours=3), merchant="1999000001", transaction_no=NUMBER,
    order_no="EX1", refund_no="R1", asked=Decimal("100.00"), refunded=Decimal("100.00"), fee=Decimal("-0.60"),
    rate=Decimal("0.006"),
)  # fmt: skip
DECLARED = DeclaredPayment(
    order_no="EX1", payment_no=NUMBER, amount=Decimal("300.00"), paid_at=AT, declared_at=AT + timedelta(hours=1)
)


def found(
    rows: tuple[PaymentRow, ...] = (PAID,),
    declared: tuple[DeclaredPayment, ...] = (DECLARED,),
    terms: SettlementTerms = TERMS,
    at: datetime = NOW,
    **more: Any,
) -> tuple[Finding, ...]:
    case = PaymentCase(order_no="EX1", rows=rows, declared=declared, billed_days=more.pop("billed", BILLED), **more)
    return judged(case, terms, at)


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(each.code, each.severity.value) for each in findings]


def test_a_payment_that_was_declared_as_it_was_paid_has_no_difference() -> None:
    assert found() == ()
    assert outcome_of(found()) == "matched"


def test_a_payment_that_nobody_declared_is_a_difference_once_its_time_has_passed() -> None:
    assert codes(found(declared=())) == [("PAY01", "error")]
    assert codes(found(declared=(), at=AT + timedelta(days=3))) == [("PAY01", "warning")]


def test_a_payment_refunded_in_full_needs_no_declaration() -> None:
    whole = replace(REFUND, asked=PAID.ordered, refunded=PAID.settled, fee=-PAID.fee)
    assert codes(found((PAID, whole), ())) == [("PAY01", "note")]


def test_what_was_declared_and_is_in_no_bill_is_a_difference_that_names_missing_bills() -> None:
    (finding,) = found(rows=())
    assert (finding.code, finding.severity) == ("PAY02", Severity.ERROR)
    (finding,) = found(rows=(), billed=frozenset({("wechat", DAY)}))
    assert "no bill of 2026-11-10, 2026-11-12 is here" in finding.en


def test_what_was_declared_waits_for_the_bill_of_its_day_and_company() -> None:
    assert codes(found(rows=(), billed=frozenset())) == [("PAY02", "warning")]
    assert codes(found(rows=(), billed=frozenset({("alipay", DAY)}))) == [("PAY02", "warning")]


def test_the_amount_declared_is_compared_with_the_price_before_coupons() -> None:
    assert codes(found(declared=(replace(DECLARED, amount=Decimal("299.00")),))) == [("PAY03", "error")]
    coupon = replace(PAID, settled=Decimal("280.00"), fee=Decimal("1.68"))
    assert found((coupon,)) == ()


@pytest.mark.parametrize(
    ("row", "refunds", "amount", "why"),
    [
        (replace(PAID, settled=Decimal("280.00"), fee=Decimal("1.68")), (), "280.00", "a coupon that the merchant"),
        (replace(PAID, coupon=Decimal("15.00")), (), "285.00", "a coupon"),
        (PAID, (replace(REFUND, at=AT + timedelta(minutes=5)),), "200.00", "a refund before it was declared"),
        (PAID, (), "298.20", "the fee"),
        (
            replace(PAID, settled=Decimal("280.00"), fee=Decimal("1.68")),
            (replace(REFUND, at=AT + timedelta(minutes=5)),),
            "180.00",
            "a coupon that the merchant does not get, a refund before it was declared",
        ),
    ],
    ids=["free coupon", "coupon", "refund", "fee", "coupon and refund"],
)
def test_a_difference_of_amounts_is_explained_before_it_is_called_one(
    row: PaymentRow, refunds: tuple[PaymentRow, ...], amount: str, why: str
) -> None:
    (finding,) = found((row, *refunds), (replace(DECLARED, amount=Decimal(amount)),))
    assert (finding.code, finding.severity) == ("PAY03", Severity.NOTE)
    assert why in finding.en


def test_a_refund_after_the_declaration_explains_no_amount() -> None:
    findings = found((PAID, REFUND), (replace(DECLARED, amount=Decimal("200.00")),))
    assert codes(findings) == [("PAY03", "error")]


def test_an_order_that_was_split_is_compared_with_the_sum_of_its_parts() -> None:
    parts = tuple(
        replace(DECLARED, order_no=f"EX1-{at}", payment_no=f"S{at}", amount=Decimal(amount), bill_order_no="EX1")
        for at, amount in ((1, "120.00"), (2, "180.00"))
    )
    assert codes(found(declared=parts)) == [("PAY03", "note")]
    assert codes(found(declared=parts[:1])) == [("PAY03", "error")]


TWICE = replace(PAID, company="alipay", transaction_no="2026111122001234567890123456", at=AT + timedelta(minutes=1))


def test_an_order_paid_twice_over_all_companies_is_a_difference_until_one_is_refunded() -> None:
    assert codes(found((PAID, TWICE))) == [("PAY04", "error")]
    back = replace(
        REFUND, company="alipay", transaction_no=TWICE.transaction_no, asked=TWICE.ordered, refunded=TWICE.settled,
        fee=Decimal("-1.80"),
    )  # fmt: skip
    assert codes(found((PAID, TWICE, back))) == [("PAY04", "note")]
    assert codes(found((PAID, TWICE, back), (replace(DECLARED, standing="released"),))) == [("PAY04", "note")]


def test_the_transaction_number_of_another_order_is_named_with_that_order() -> None:
    other = replace(DECLARED, payment_no="4200001234202611111234567899")
    (finding,) = found(declared=(other,), owners={other.payment_no: "EX9"})
    assert (finding.code, finding.severity) == ("PAY05", Severity.ERROR)
    assert "of order EX9" in finding.en
    assert codes(found(rows=(), declared=(other,), owners={other.payment_no: "EX9"})) == [("PAY05", "error")]


@pytest.mark.parametrize(
    ("standing", "expected"), [("released", ["PAY06"]), ("returned", []), ("cancelled", []), ("open", [])]
)
def test_a_refund_after_release_needs_a_cancellation_or_a_return(standing: Any, expected: list[str]) -> None:
    findings = found((PAID, REFUND), (replace(DECLARED, standing=standing),))
    assert [each.code for each in findings] == expected


def test_a_refund_before_a_declaration_without_it_needs_no_return() -> None:
    early = replace(REFUND, at=AT + timedelta(minutes=5))
    findings = found((PAID, early), (replace(DECLARED, amount=Decimal("200.00"), standing="released"),))
    assert codes(findings) == [("PAY03", "note")]


@pytest.mark.parametrize("standing", ["cancelled", "returned"])
def test_a_cancellation_or_return_without_a_refund_is_a_difference_after_some_days(standing: Any) -> None:
    since = replace(DECLARED, standing=standing, standing_since=datetime(2026, 11, 12))
    assert codes(found(declared=(since,))) == [("PAY07", "error")]
    assert codes(found(declared=(since,), at=datetime(2026, 11, 19))) == [("PAY07", "warning")]


def test_refunds_beyond_the_payment_are_a_difference() -> None:
    rows = tuple(replace(REFUND, refund_no=f"R{at}", asked=Decimal("150.00")) for at in range(3))
    assert codes(found((PAID, *rows[:2]), ())) == [("PAY01", "note")]
    assert [each.code for each in found((PAID, *rows))] == ["PAY08"]


def test_a_refund_whose_payment_is_in_no_bill_waits_for_that_bill() -> None:
    assert codes(found((REFUND,), ())) == [("PAY08", "warning")]


@pytest.mark.parametrize(("state", "severity"), [("PROCESSING", "warning"), ("FAIL", "error"), ("CHANGE", "error")])
def test_a_refund_that_did_not_end_well_is_named(state: str, severity: str) -> None:
    assert codes(found((PAID, replace(REFUND, state=state)))) == [("PAY09", severity)]


@pytest.mark.parametrize("fee", ["1.79", "1.81", "0"])
def test_a_fee_that_is_not_its_rate_of_what_was_settled_is_named_to_the_cent(fee: str) -> None:
    assert codes(found((replace(PAID, fee=Decimal(fee)),))) == [("PAY10", "error")]


def test_a_fee_may_be_rounded_either_way_and_its_return_by_one_cent() -> None:
    odd = replace(PAID, ordered=Decimal("12.50"), settled=Decimal("12.50"))
    for fee in ("0.07", "0.08"):
        assert found((replace(odd, fee=Decimal(fee)),), (replace(DECLARED, amount=Decimal("12.50")),)) == ()
    assert found((PAID, replace(REFUND, fee=Decimal("-0.59")))) == ()
    assert codes(found((PAID, replace(REFUND, fee=Decimal("-0.50"))))) == [("PAY10", "error")]


def test_a_bill_without_rates_is_compared_by_the_rate_agreed() -> None:
    unrated = replace(PAID, rate=None, fee=Decimal("3.00"))
    assert found((unrated,)) == ()
    agreed = replace(TERMS, rates={"1999000001": Decimal("0.006")})
    assert codes(found((unrated,), terms=agreed)) == [("PAY10", "error")]


def test_a_merchant_that_is_not_registered_is_named() -> None:
    assert codes(found((replace(PAID, merchant="1999000002"),))) == [("PAY12", "error")]
    assert found((replace(PAID, merchant="1999000002"),), terms=SettlementTerms()) == ()


def test_a_payment_at_the_end_of_a_day_is_compared_on_the_day_it_was_paid() -> None:
    late = datetime(2026, 11, 11, 23, 59, 58)
    row = replace(PAID, at=late)
    next_day = replace(DECLARED, paid_at=late, declared_at=datetime(2026, 11, 12, 9))
    assert found((row,), (next_day,)) == ()
    assert codes(found((row,), (replace(next_day, paid_at=datetime(2026, 11, 12, 0, 0, 1)),))) == [("PAY13", "note")]
    assert codes(found((row,), (replace(next_day, paid_at=datetime(2026, 11, 14)),))) == [("PAY02", "error")]


def test_a_payer_who_is_not_the_buyer_is_told_to_stop() -> None:
    (finding,) = found(declared=(replace(DECLARED, payer_is_buyer=False),))
    assert finding.code == "PAY14"
    assert "who buys" in finding.advice_en
    assert found(declared=(replace(DECLARED, payer_is_buyer=True),)) == ()


def test_every_code_from_pay01_to_pay14_has_a_kind_with_advice_in_both_languages() -> None:
    assert {each.code for each in PAYMENT_KINDS} == {f"PAY{at:02}" for at in range(1, 15)}
    assert all(each.zh and each.en and each.advice_zh and each.advice_en for each in PAYMENT_KINDS)
