"""Parcels and their tax bills in the ledger: assessed, followed, billed, and compared by months."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

import pytest

from customs import track
from customs.documents import TaxBillStatus
from customs.documents.imports.tax_bill import TaxBillStatusHead
from customs.ledger import EntryCause, Ledger
from customs.ledger.bills import (
    bill_receipt,
    daily_tax,
    enter_assessments,
    enter_parcel,
    expected_releases,
    find_parcel,
    follow_taxed_parcel,
    grant_guarantee,
    guarantee_of,
    import_bills,
    months_of,
    reconciled,
    surroundings_of,
)
from customs.reconciliation.three_way import OwnSide, ParcelComparison, ParcelCourse, bill_side
from customs.testing.bill_months import EXCHANGE, OWN_KINDS, BilledParcel, bill_month
from support import some
from support.parcel_events import said, submitted

D = Decimal
AT = datetime(2026, 11, 30, 8)
MADE = datetime(2026, 11, 12, 20)


def parcels(count: int, seed: int = 19, **kinds: float) -> list[BilledParcel]:
    return list(bill_month(count, seed, **kinds))


def entered_month(ledger: Ledger, made: Iterable[BilledParcel]) -> Counter[str]:
    found = list(made)
    with ledger.begin() as connection:
        for each in found:
            if each.own:
                enter_parcel(connection, each.own, EntryCause("order", each.own.order_no), AT)
    receipts = (bill_receipt(document) for each in found for document in each.bills)
    return import_bills(ledger, receipts, AT).changes


@pytest.mark.long
def test_a_parcel_comes_back_from_the_ledger_as_it_was_entered(ledger: Ledger) -> None:
    made = some(each.own for each in parcels(120) if each.own)
    with ledger.begin() as connection:
        for own in made:
            assert enter_parcel(connection, own, EntryCause("order", own.order_no), AT)
            assert not enter_parcel(connection, own, EntryCause("order", own.order_no), AT)
    with ledger.read() as connection:
        for own in made:
            kept = find_parcel(connection, own.order_no)
            assert kept == own
            assert kept
            assert kept.assessment == own.assessment


@pytest.mark.long
def test_a_month_from_the_ledger_names_what_the_comparison_names(ledger: Ledger) -> None:
    made = parcels(300, wrong=0.6)
    entered_month(ledger, made)
    injected = {each.own.order_no: each for each in made if each.own}
    lines: list[ParcelComparison] = []
    with ledger.read() as connection:
        assert months_of(connection) == ["2026-11"]
        around = surroundings_of(connection, date(2027, 1, 1), EXCHANGE)
        lines += reconciled(connection, "2026-11", around)
    nobodys = [each for each in made if each.own is None]
    assert len(lines) == len(made)
    assert [each.points[0].code for each in lines[len(injected) :]] == ["no-own-list"] * len(nobodys)
    assert nobodys
    for line in lines[: len(injected)]:
        each = injected[line.order_no]
        named = {point.code for point in line.named} - {"charged-as-assessed"}
        if not each.injected:
            assert line.in_order
        elif each.injected not in OWN_KINDS:
            assert not named or named & set(each.named), (each.injected, named)
        elif "day" not in each.injected:  # other rates are found where a rate table is given
            assert each.injected == "another code" or named & set(each.named), (each.injected, named)


def test_an_import_run_again_changes_nothing(ledger: Ledger) -> None:
    made = parcels(60)
    first = entered_month(ledger, made)
    again = entered_month(ledger, made)
    assert first["new"] == sum(len(each.bills) for each in made)
    assert again == {"same": first["new"]}


def test_expected_tax_is_that_of_parcels_without_a_bill(ledger: Ledger) -> None:
    made = [each for each in parcels(30, wrong=0) if each.own]
    waiting, billed = made[:5], made[5:]
    entered_month(ledger, billed)
    with ledger.begin() as connection:
        for number, each in enumerate(waiting):
            assert each.own
            course = ParcelCourse.IN_FLIGHT if number else ParcelCourse.CANCELLED
            own = replace(each.own, course=course, released_on=None)
            enter_parcel(connection, own, EntryCause("order", own.order_no), AT)
        grant_guarantee(connection, "2991202601", D(50_000), EntryCause("ticket", "K1"), AT)
    with ledger.read() as connection:
        found = guarantee_of(connection, "2991202601")
    expected = sum((each.own.assessment.due for each in waiting[1:] if each.own), D(0))
    held = sum((bill_side(document).total for each in billed for document in each.bills), D(0))
    assert (found.expected, found.occupied, found.free) == (expected, held, D(50_000) - expected - held)


def test_the_tax_of_a_coming_day_is_the_average_of_the_last_thirty(ledger: Ledger) -> None:
    made = [each.own for each in parcels(9, wrong=0) if each.own]
    with ledger.begin() as connection:
        for number, own in enumerate(made):
            released = date(2026, 11, 30) - timedelta(days=10 * number)  # the first three within thirty days
            enter_parcel(connection, replace(own, released_on=released), EntryCause("order", own.order_no), AT)
        found = daily_tax(connection, "2991202601", date(2026, 11, 30))
        releases = expected_releases(connection, "2991202601")
    whole = sum((own.assessment.due for own in made[:3]), D(0))
    assert found == (whole / 30).quantize(D("0.01"), ROUND_UP)
    assert releases[date(2027, 1, 14)] == made[0].assessment.due


def test_a_parcel_that_is_assessed_again_keeps_what_became_of_it(ledger: Ledger) -> None:
    own = next(each.own for each in parcels(5, wrong=0) if each.own)
    declared = replace(own, course=ParcelCourse.IN_FLIGHT, released_on=None, list_no="")
    cause = EntryCause("order", own.order_no)
    with ledger.begin() as connection:
        assert enter_assessments(connection, [(declared, cause)], AT) == ["entered"]
        gone = replace(own, course=ParcelCourse.CANCELLED, repaid=D("1.5"))
        assert enter_parcel(connection, gone, EntryCause("receipt", "R624"), AT)
        assert enter_assessments(connection, [(declared, cause)], AT) == ["unchanged"]
        assert find_parcel(connection, own.order_no) == gone


def test_a_parcel_that_changed_is_entered_once_more(ledger: Ledger) -> None:
    own = next(each.own for each in parcels(5, wrong=0) if each.own)
    assert isinstance(own, OwnSide)
    gone = replace(own, course=ParcelCourse.CANCELLED, repaid=own.charged or D(0))
    with ledger.begin() as connection:
        enter_parcel(connection, own, EntryCause("order", own.order_no), AT)
        assert enter_parcel(connection, gone, EntryCause("receipt", "R624"), AT)
        assert find_parcel(connection, own.order_no) == gone


def test_a_status_receipt_is_entered_as_a_status() -> None:
    head = TaxBillStatusHead.model_construct(
        guid="0" * 36, returned_at=MADE, list_no="L1", tax_bill_no="T1", tax_status="3", payment_form_no=None,
        guarantor_code=None,
    )  # fmt: skip
    found = bill_receipt(TaxBillStatus.model_construct(head=head))
    assert (found.status_only, found.bill.status, found.cause.id) == (True, "3", f"CEB818/T1/{'0' * 36}")
    with pytest.raises(ValueError, match="lacks a bill number"):
        bill_receipt(TaxBillStatus.model_construct(head=head.model_copy(update={"tax_bill_no": None})))


SENT, STORED, RELEASED = submitted(), said("CEB621", "120"), said("CEB621", "800", 2)
CANCELLED = submitted("CEB623", 5, "G2"), said("CEB623", "399", 6)
RETURNED = submitted("CEB625", 20, "G3"), said("CEB625", "800", 21)


@pytest.mark.parametrize(
    ("events", "course"),
    [
        ((SENT, STORED), ParcelCourse.IN_FLIGHT),
        ((SENT, STORED, RELEASED), ParcelCourse.RELEASED),
        ((SENT, STORED, RELEASED, *RETURNED), ParcelCourse.RETURNED),
        ((SENT, STORED, *CANCELLED), ParcelCourse.CANCELLED),
    ],
)
def test_a_parcel_follows_its_receipts_and_is_released_on_their_day(
    ledger: Ledger, events: tuple[Any, ...], course: ParcelCourse
) -> None:
    own = next(each.own for each in parcels(5, wrong=0) if each.own)
    declared = replace(own, course=ParcelCourse.IN_FLIGHT, released_on=None)
    with ledger.begin() as connection:
        enter_parcel(connection, declared, EntryCause("order", own.order_no), AT)
        assert follow_taxed_parcel(connection, "another", track(events), at=AT) == "unknown"
        moves = [follow_taxed_parcel(connection, own.order_no, track(events), at=AT) for _ in range(2)]
        kept = find_parcel(connection, own.order_no)
    assert kept
    assert moves == [course.value if course is not ParcelCourse.IN_FLIGHT else "unchanged", "unchanged"]
    released = date(2026, 11, 11) if RELEASED in events else None
    assert (kept.course, kept.released_on) == (course, released)


def test_only_some_goods_that_came_back_are_not_a_return_of_the_whole_list(ledger: Ledger) -> None:
    made = some(each.own for each in parcels(40, wrong=0) if each.own and each.own.assessment.lines[0].goods.qty > 1)
    own = replace(made[0], returned={1: D(1)})
    with ledger.begin() as connection:
        enter_parcel(connection, own, EntryCause("order", own.order_no), AT)
        follow_taxed_parcel(connection, own.order_no, track((SENT, STORED, RELEASED, *RETURNED)), at=AT)
        kept = find_parcel(connection, own.order_no)
    assert kept
    assert (kept.course, kept.returned) == (ParcelCourse.RELEASED, {1: D(1)})
