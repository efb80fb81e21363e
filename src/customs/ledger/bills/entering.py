"""Tax bills entered (税单登记): one or many within a transaction, each with the receipt that it came by.

Promised: the same receipt twice changes nothing; in whatever order receipts come a bill stands as ``kept`` says. A bill
and what it holds of the guarantee are one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from sqlalchemy import select

from customs.fields.money import EXACT
from customs.ledger.accounts import Posting
from customs.ledger.bills.kept import NO_AMOUNTS, BillChange, KeptBill, find_bills, kept_later, merged, stated_as
from customs.ledger.bills.payments import billed_under
from customs.ledger.bills.posting import PostingRun, hold_forms, posting_run
from customs.ledger.bills.tables import BILL_ACCOUNTS, TAX_PAYMENTS
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts
from customs.reconciliation.three_way.sides import BillSide, total_of

#: The outcome of one of several bills: ``refused`` if its receipt was entered before with another content.
BillOutcome: TypeAlias = BillChange | Literal["refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillReceipt:
    """A bill, or with ``status_only`` its status, and the receipt or file that it came by."""

    bill: BillSide
    cause: EntryCause
    status_only: bool = False


def enter_bill(connection: LedgerConnection, bill: BillSide, cause: EntryCause, at: datetime) -> BillChange:
    """Enter a tax bill (CEB816); return what became of it.

    Raises ``CauseUsedError`` if the cause was entered before with another content, ``ValueError`` without a bill number.
    """
    return _entered(connection, BillReceipt(bill=bill, cause=cause), at)


def enter_bill_status(connection: LedgerConnection, bill: BillSide, cause: EntryCause, at: datetime) -> BillChange:
    """Enter the status of a tax bill (CEB818), whose amounts and lines do not count; the bill may come later."""
    return _entered(connection, BillReceipt(bill=bill, cause=cause, status_only=True), at)


def _entered(connection: LedgerConnection, receipt: BillReceipt, at: datetime) -> BillChange:
    (change,) = enter_bills(connection, [receipt], at)
    if change == "refused":
        raise CauseUsedError("bill", receipt.cause)
    return change


def enter_bills(connection: LedgerConnection, receipts: Sequence[BillReceipt], at: datetime) -> list[BillOutcome]:
    """Enter many bills as they came, and return what became of each; some hundred at once take little longer than a few.

    Raises ``ValueError`` for one without a bill number.
    """
    for each in receipts:
        if not each.bill.tax_bill_no:
            raise ValueError(
                f"the tax bill of list {each.bill.list_no} has no number 清单 {each.bill.list_no} 的税单无编号"
            )
    numbers = {each.bill.tax_bill_no for each in receipts}
    guarantors, forms = (
        {getattr(each.bill, name) for each in receipts} for name in ("guarantor_code", "payment_form_no")
    )
    run = posting_run(connection, numbers, guarantors, at, forms)
    kept = find_bills(connection, numbers)
    hold_forms(
        connection, {each.bill.payment_form_no for each in kept.values()} - forms
    )  # which another writer gave meanwhile
    stated, paid = _stated_before(run, receipts), _payments(run, kept, receipts)
    outcomes: list[BillOutcome] = []
    for receipt in receipts:
        number, given = receipt.bill.tax_bill_no, _given(receipt)
        cause = (number, receipt.cause.kind, receipt.cause.id)
        known, now = stated.get(cause), stated_as(given)
        if known:
            outcomes.append("same" if known == now else "refused")
            continue
        before = kept.get(number)
        after, change = merged(before, given)
        outcomes.append(change)
        if change not in ("same", "late"):
            after = _paid_if_covered(run, after, paid)
            run.post(before, after, Posting(kind=change, cause=receipt.cause, at=at, details={"stated": now}))
            kept[number], stated[cause] = after, now
        elif before and (later := kept_later(before, given)):
            run.keep(later)
            kept[number] = later
    run.write()
    return outcomes


def _given(receipt: BillReceipt) -> KeptBill:
    if receipt.status_only:
        return KeptBill(bill=replace(receipt.bill, head=NO_AMOUNTS, lines={}), complete=False)
    return KeptBill(bill=receipt.bill)


def _stated_before(run: PostingRun, receipts: Sequence[BillReceipt]) -> dict[tuple[str, str, str], str]:
    """Return what receipts that were entered before stated, by bill and cause."""
    entries, accounts = BILL_ACCOUNTS.entries.c, BILL_ACCOUNTS.accounts.c
    causes, found = {each.cause.id for each in receipts}, dict[tuple[str, str, str], str]()
    for part in in_parts([each.id for each in run.accounts.values()]):
        wanted = (
            select(accounts.tax_bill_no, entries.cause_kind, entries.cause, entries.stated)
            .join_from(BILL_ACCOUNTS.entries, BILL_ACCOUNTS.accounts, accounts.id == entries.account)
            .where(entries.account.in_(part))
        )
        for number, kind, cause, stated in run.connection.sql.execute(wanted):
            if cause in causes:
                found[number, kind, cause] = stated
    return found


def _payments(run: PostingRun, kept: Mapping[str, KeptBill], receipts: Sequence[BillReceipt]) -> dict[str, Decimal]:
    """Return what was paid for the payment forms of bills."""
    bills = [*(each.bill for each in kept.values()), *(each.bill for each in receipts)]
    forms, found = TAX_PAYMENTS.c, dict[str, Decimal]()
    for part in in_parts(sorted({each.payment_form_no for each in bills} - {""})):
        wanted = select(forms.payment_form_no, forms.amount).where(forms.payment_form_no.in_(part))
        found.update((form, amount) for form, amount in run.connection.sql.execute(wanted))
    return found


def _paid_if_covered(run: PostingRun, kept: KeptBill, payments: Mapping[str, Decimal]) -> KeptBill:
    """Return a bill as paid if its form was paid, and the payment covers the form with it."""
    paid = payments.get(kept.bill.payment_form_no)
    if kept.paid or paid is None or not kept.complete:
        return kept
    run.write()
    others = billed_under(run.connection, kept.bill.payment_form_no, but=kept.bill.tax_bill_no)
    return replace(kept, paid=EXACT.add(others, total_of(kept.owed)) <= paid)
