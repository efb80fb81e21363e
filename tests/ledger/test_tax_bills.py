"""Tax bills and guarantee in the ledger: what a receipt changes, once, in whatever order it comes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from customs import track
from customs.documents import TaxBillStatus
from customs.documents.imports.tax_bill import TaxBillStatusHead
from customs.ledger import CauseUsedError, EntryCause, Ledger, LedgerError
from customs.ledger.accounts import entries_of, find_account
from customs.ledger.bills import (
    bill_receipt,
    enter_bill,
    enter_bill_status,
    enter_parcel,
    enter_tax_payment,
    expected_releases,
    find_bill,
    find_parcel,
    follow_taxed_parcel,
    forecast_guarantee,
    grant_guarantee,
    guarantee_of,
    import_bills,
    months_of,
    open_bills,
    payments_compared,
    reconciled,
    surroundings_of,
)
from customs.ledger.bills.tables import BILL_ACCOUNTS, GUARANTEES
from customs.reconciliation.three_way import BillSide, OwnSide, ParcelComparison, ParcelCourse, bill_side
from customs.testing.bill_months import EXCHANGE, OWN_KINDS, BilledParcel, bill_month
from support import some
from support.parcel_events import said, submitted

D = Decimal
AT = datetime(2026, 11, 30, 8)
MADE = datetime(2026, 11, 12, 20)


def bill(status: str = "1", vat: str = "9.10", **changes: object) -> BillSide:
    made = BillSide(
        tax_bill_no="T1", list_no="L1", order_no="O1", guarantor_code="G1", status=status, made_at=MADE,
        head=(D(0), D(0), D(vat)),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def receipt(number: int) -> EntryCause:
    return EntryCause("receipt", f"R{number}")


def entered(ledger: Ledger, *bills: BillSide, first: int = 1, status: bool = False) -> list[str]:
    with ledger.begin() as connection:
        enter = enter_bill_status if status else enter_bill
        return [enter(connection, each, receipt(number), AT) for number, each in enumerate(bills, first)]


def occupied(ledger: Ledger) -> Decimal:
    with ledger.read() as connection:
        held = guarantee_of(connection, "G1").occupied
        assert held == open_bills(connection, "G1")
        return held


def asked(ledger: Ledger, tax_bill_no: str = "T1") -> list[tuple[str, Decimal]]:
    with ledger.read() as connection:
        account = find_account(connection, BILL_ACCOUNTS, tax_bill_no=tax_bill_no)
        assert account
        return [(each.kind, each.change["vat"]) for each in entries_of(connection, account)]


def test_a_bill_holds_the_guarantee_from_when_it_is_made_until_it_is_void(ledger: Ledger) -> None:
    assert entered(ledger, bill()) == ["new"]
    assert occupied(ledger) == D("9.10")
    assert entered(ledger, bill("2", payment_form_no="F1"), first=2) == ["gathered"]
    assert occupied(ledger) == D("9.10")
    assert entered(ledger, bill("3"), first=3) == ["void"]
    assert occupied(ledger) == 0
    assert asked(ledger) == [("new", D("9.10")), ("gathered", D("0.00")), ("void", D("-9.10"))]


def test_the_same_bill_twice_changes_nothing(ledger: Ledger) -> None:
    assert entered(ledger, bill(), bill()) == ["new", "same"]  # of another receipt
    assert entered(ledger, bill()) == ["same"]  # of the same
    assert len(asked(ledger)) == 1
    assert occupied(ledger) == D("9.10")


def test_a_bill_that_comes_again_with_other_figures_is_said(ledger: Ledger) -> None:
    later = bill(vat="9.20", made_at=datetime(2026, 11, 13))
    assert entered(ledger, bill(), later) == ["new", "changed"]
    assert occupied(ledger) == D("9.20")
    assert entered(ledger, bill(), first=3) == ["late"]  # the earlier one once more, by another receipt
    assert occupied(ledger) == D("9.20")


def test_the_last_statement_of_customs_counts_whatever_comes_late(ledger: Ledger) -> None:
    first, between, last = (replace(bill(), made_at=datetime(2026, 11, day)) for day in (12, 13, 14))
    assert entered(ledger, first, last, replace(between, head=(D(0), D(0), D("9.20")))) == ["new", "same", "late"]
    assert occupied(ledger) == D("9.10")


def test_one_receipt_with_another_content_is_refused(ledger: Ledger) -> None:
    entered(ledger, bill())
    with pytest.raises(CauseUsedError):
        entered(ledger, bill(vat="9.20"))
    assert occupied(ledger) == D("9.10")


@pytest.mark.parametrize("last", ["2", "3"])
def test_a_status_may_come_before_its_bill(ledger: Ledger, last: str) -> None:
    status = bill(last, payment_form_no="F1", order_no="")
    assert entered(ledger, status, status=True) == ["new"]
    assert occupied(ledger) == 0
    assert entered(ledger, bill("1"), first=2) == ["new"]
    with ledger.read() as connection:
        kept = find_bill(connection, "T1")
    assert kept
    assert (kept.bill.status, kept.bill.payment_form_no, kept.bill.order_no) == (last, "F1", "O1")
    assert occupied(ledger) == (D("9.10") if last == "2" else 0)


def test_no_status_leads_back(ledger: Ledger) -> None:
    entered(ledger, bill("3"))
    assert entered(ledger, bill("2"), bill("1"), first=2) == ["same", "same"]
    assert occupied(ledger) == 0


def paid(ledger: Ledger, amount: str, form: str = "F1", number: int = 90) -> bool:
    with ledger.begin() as connection:
        return enter_tax_payment(connection, form, D(amount), date(2026, 12, 20), receipt(number), AT)


def test_a_payment_releases_the_bills_of_its_form_once_it_covers_them_all(ledger: Ledger) -> None:
    under = bill("2", payment_form_no="F1")
    entered(ledger, under, replace(under, tax_bill_no="T2", list_no="L2"))
    entered(ledger, replace(under, tax_bill_no="T3", payment_form_no="F2"), first=3)
    assert paid(ledger, "18.20")
    assert occupied(ledger) == D("9.10")
    assert not paid(ledger, "18.20")
    assert paid(ledger, "9.09", form="F2", number=91)  # short by a fen: nothing is released
    assert occupied(ledger) == D("9.10")
    with pytest.raises(CauseUsedError):
        paid(ledger, "18.21")
    with ledger.read() as connection:
        stands = {each.payment_form_no: each.stands for each in payments_compared(connection, "2026-11")}
    assert stands == {"F1": "agrees", "F2": "short"}


def test_a_bill_gathered_under_a_form_that_was_paid_holds_nothing_if_the_payment_covers_it(ledger: Ledger) -> None:
    paid(ledger, "18.20")
    under = bill("2", payment_form_no="F1")
    entered(ledger, under, replace(under, tax_bill_no="T2"), replace(under, tax_bill_no="T3"))
    assert occupied(ledger) == D("9.10")  # the third is more than was paid


def test_a_guarantee_is_granted_with_its_cause_and_never_falls_below_nothing(ledger: Ledger) -> None:
    def grant(amount: str, ticket: str) -> bool:
        with ledger.begin() as connection:
            cause = EntryCause("ticket", ticket, by="clerk", why="guarantee of the bank")
            return grant_guarantee(connection, "G1", D(amount), cause, AT)

    assert grant("100000", "K1")
    assert not grant("100000", "K1")
    entered(ledger, bill())
    with ledger.read() as connection:
        found = guarantee_of(connection, "G1")
        account = find_account(connection, GUARANTEES, guarantor_code="G1")
        assert account
        assert [each.kind for each in entries_of(connection, account)] == ["grant", "occupy"]
    assert (found.total, found.occupied, found.free) == (D(100_000), D("9.10"), D("99990.90"))
    with pytest.raises(CauseUsedError):
        grant("1", "K1")
    with pytest.raises(LedgerError):
        grant("-100001", "K2")


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


def test_the_day_on_which_a_guarantee_runs_out_is_foreseen(ledger: Ledger) -> None:
    entered(ledger, bill(vat="400"))
    with ledger.begin() as connection:
        grant_guarantee(connection, "G1", D(1_000), EntryCause("ticket", "K1"), AT)
    with ledger.read() as connection:
        free = guarantee_of(connection, "G1").free
        releases = expected_releases(connection, "G1")
    assert (free, releases) == (D(600), {date(2026, 12, 27): D(400)})
    day = date(2026, 11, 30)
    assert forecast_guarantee(free, D(20), after=day, releases=releases).runs_out_on == date(2027, 1, 20)
    assert forecast_guarantee(free, D(20), after=day).runs_out_on == date(2026, 12, 31)
    assert forecast_guarantee(free, {date(2026, 12, 2): D(601)}, after=day).runs_out_on == date(2026, 12, 2)
    assert forecast_guarantee(free, D(0), after=day).runs_out_on is None
    assert forecast_guarantee(D(-1), D(0), after=day).runs_out_on == day


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
