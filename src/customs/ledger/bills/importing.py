"""Bills from receipts (税单入账): CEB816 and CEB818 of a folder or of a table entered in batches, each batch whole or not at all.

Promised: an import that was killed is run again and goes on where it was; what was entered counts once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from customs.documents.imports.tax_bill import TaxBill, TaxBillStatus
from customs.fields.money import ZERO, to_cents
from customs.ledger.bills.entering import BillReceipt, enter_bills
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import Ledger
from customs.reconciliation.three_way.sides import BillSide, bill_side

#: How many bills are one transaction.
_IN_A_BATCH = 500


@dataclass(slots=True)
class ImportedBills:
    """The outcome of an import: how many of each change, and those that could not be entered."""

    changes: Counter[str] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    """The numbers of bills that came with other figures, at most a hundred."""
    refused: list[str] = field(default_factory=list)
    """Why bills could not be entered, at most a hundred."""


_MOST_TOLD = 100

#: Made, gathered, void.
_STATUSES = ("1", "2", "3")


def bill_receipt(document: TaxBill | TaxBillStatus) -> BillReceipt:
    """Return a receipt CEB816 or CEB818 as it is entered. Raises ``ValueError`` for one that lacks a number or an amount."""
    head = document.head
    cause = EntryCause("receipt", f"{document.message}/{head.tax_bill_no}/{head.guid}")
    if isinstance(document, TaxBill):
        return BillReceipt(bill=bill_side(document), cause=cause)
    if not head.tax_bill_no or not head.tax_status:
        raise ValueError(
            f"the status CEB818 of list {head.list_no} lacks a bill number or a status: ask customs for it "
            f"清单 {head.list_no} 的税单状态缺少税单编号或状态，请向海关查询"
        )
    bill = BillSide(
        tax_bill_no=head.tax_bill_no,
        list_no=head.list_no or "",
        guarantor_code=head.guarantor_code or "",
        payment_form_no=head.payment_form_no or "",
        status=head.tax_status,
        made_at=head.returned_at,
        head=(ZERO, ZERO, ZERO),
    )
    return BillReceipt(bill=bill, cause=cause, status_only=True)


def import_bills(ledger: Ledger, receipts: Iterable[BillReceipt], at: datetime) -> ImportedBills:
    """Enter bills as they come.

    Told and left out is a bill whose receipt was entered with another content, and one that no account can hold.
    """
    imported = ImportedBills()
    for batch in _batches(_bookable(receipts, imported)):
        with ledger.begin() as connection:
            outcomes = enter_bills(connection, batch, at)
        imported.changes.update(outcomes)
        told = list(zip(batch, outcomes, strict=True))
        changed = [each.bill.tax_bill_no for each, outcome in told if outcome == "changed"]
        refused = [str(CauseUsedError("bill", each.cause)) for each, outcome in told if outcome == "refused"]
        imported.changed += changed[: _MOST_TOLD - len(imported.changed)]
        imported.refused += refused[: _MOST_TOLD - len(imported.refused)]
    return imported


def _bookable(receipts: Iterable[BillReceipt], imported: ImportedBills) -> Iterator[BillReceipt]:
    """Yield the bills that an account can hold; the others are told and left out."""
    for each in receipts:
        bill = each.bill
        if bill.status in _STATUSES and all(amount >= 0 and amount == to_cents(amount) for amount in bill.head):
            yield each
            continue
        imported.changes["refused"] += 1
        if len(imported.refused) < _MOST_TOLD:
            imported.refused.append(
                f"tax bill {bill.tax_bill_no} has an amount below 0 or with parts of a fen, or a status that is none of 1, 2, 3: "
                f"ask who made it 税单 {bill.tax_bill_no} 的金额为负或不足一分，或状态不是 1、2、3，请向出具方核实"
            )


def _batches(receipts: Iterable[BillReceipt]) -> Iterator[tuple[BillReceipt, ...]]:
    rest = iter(receipts)
    while batch := tuple(islice(rest, _IN_A_BATCH)):
        yield batch
