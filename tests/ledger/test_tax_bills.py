"""Tax bills and guarantee in the ledger: what a receipt changes, once, in whatever order it comes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from threading import Event

import pytest

from customs.ledger import CauseUsedError, EntryCause, Ledger, LedgerConnection, LedgerError
from customs.ledger.accounts import entries_of
from customs.ledger.bills import (
    BillReceipt,
    enter_bill,
    enter_bill_status,
    enter_bills,
    enter_tax_payment,
    expected_releases,
    find_bill,
    forecast_guarantee,
    grant_guarantee,
    guarantee_of,
    open_bills,
    payments_compared,
)
from customs.ledger.bills.tables import BILL_ACCOUNTS, GUARANTEES
from customs.ledger.locking import find_account
from customs.reconciliation.three_way import BillSide
from support.ledgers import LedgerDatabases, waits

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


def test_an_older_bill_that_comes_late_still_names_its_payment_form(ledger: Ledger) -> None:
    older = bill("2", vat="9.20", payment_form_no="F1", made_at=datetime(2026, 11, 11))
    assert paid(ledger, "11.00")
    assert entered(ledger, bill(), older) == ["new", "gathered"]
    with ledger.read() as connection:
        kept = find_bill(connection, "T1")
    assert kept
    assert (kept.bill.payment_form_no, kept.bill.total, kept.paid) == ("F1", D("9.10"), True)
    assert occupied(ledger) == 0


def test_the_same_figures_of_an_earlier_time_do_not_make_older_ones_newer(ledger: Ledger) -> None:
    gathered = bill("2", made_at=datetime(2026, 11, 10))
    older = bill("2", vat="9.20", made_at=datetime(2026, 11, 11))
    assert entered(ledger, bill(), gathered, older) == ["new", "gathered", "late"]
    assert occupied(ledger) == D("9.10")


def test_a_batch_of_bills_is_what_they_are_one_by_one(databases: LedgerDatabases) -> None:
    first = bill("2", payment_form_no="F1")
    given = [
        bill(), bill(vat="9.20", made_at=datetime(2026, 11, 13)), first, bill(vat="9.30"), bill("3"),
        *(replace(first, tax_bill_no=f"T{number}", guarantor_code=f"G{number % 2}") for number in range(2, 9)),
    ]  # fmt: skip
    found = []
    for at_once in (1, 5, len(given)):
        with databases.ledger() as ledger:
            assert paid(ledger, "20.00")
            receipts = [BillReceipt(bill=each, cause=receipt(number)) for number, each in enumerate(given)]
            receipts += receipts[:3]
            with ledger.begin() as connection:
                changes = [
                    change
                    for begun in range(0, len(receipts), at_once)
                    for change in enter_bills(connection, receipts[begun : begun + at_once], AT)
                ]
            with ledger.read() as connection:
                kept = [find_bill(connection, f"T{number}") for number in range(1, 9)]
                held = [guarantee_of(connection, code) for code in ("G0", "G1")]
                assert [each.occupied for each in held] == [open_bills(connection, code) for code in ("G0", "G1")]
            found.append((changes, kept, held, asked(ledger)))
    assert found[0] == found[1] == found[2]
    assert found[0][0][:5] == ["new", "changed", "gathered", "late", "void"]


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


@pytest.mark.parametrize("first", ["bill", "payment"])
def test_a_bill_that_is_gathered_while_its_form_is_paid_holds_nothing(
    first: str, postgresql_databases: LedgerDatabases
) -> None:
    """The form alone has one wait for the other: no bill was entered under it before, so that no guarantee is locked."""
    under = bill("2", payment_form_no="F1")

    def gather(connection: LedgerConnection) -> object:
        return enter_bill(connection, under, receipt(1), AT)

    def pay(connection: LedgerConnection) -> object:
        return enter_tax_payment(connection, "F1", D("18.20"), date(2026, 12, 20), receipt(90), AT)

    earlier, later = (gather, pay) if first == "bill" else (pay, gather)
    with postgresql_databases.ledger() as ledger:

        def follow() -> object:
            with ledger.begin() as connection:
                return later(connection)

        with ThreadPoolExecutor(1) as pool:
            with ledger.begin() as connection:
                earlier(connection)
                following = pool.submit(follow)
                while not following.done() and not waits(ledger):
                    pass
            assert following.result()
        assert occupied(ledger) == 0
        with ledger.read() as connection:
            found = find_bill(connection, "T1")
            assert found
            assert found.paid


def test_a_bill_whose_form_another_receipt_gives_meanwhile_holds_nothing_if_the_form_is_paid_then(
    postgresql_databases: LedgerDatabases,
) -> None:
    entered_whole, may_end = Event(), Event()
    with postgresql_databases.ledger() as ledger:

        def enter_whole() -> None:
            with ledger.begin() as connection:
                enter_bill(connection, bill(), receipt(1), AT)
                entered_whole.set()
                assert may_end.wait(60)

        with ThreadPoolExecutor(2) as pool:
            with ledger.begin() as connection:
                enter_bill_status(connection, bill("2", payment_form_no="F1"), receipt(2), AT)
                entering = pool.submit(enter_whole)
                while not waits(ledger):
                    pass
            assert entered_whole.wait(60)
            paying = pool.submit(paid, ledger, "9.10")
            while not paying.done() and not waits(ledger):
                pass
            may_end.set()
            entering.result()
            assert paying.result()
        assert occupied(ledger) == 0


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


def test_a_steady_business_does_not_run_out_while_its_bills_are_paid_in_time() -> None:
    day = date(2026, 11, 30)
    assert forecast_guarantee(D(450), D(10), after=day, days=400, held_for=45).runs_out_on is None
    assert forecast_guarantee(D(449), D(10), after=day, days=400, held_for=45).runs_out_on == date(2027, 1, 14)
    assert forecast_guarantee(D(450), D(10), after=day, days=400).runs_out_on == date(2027, 1, 15)
