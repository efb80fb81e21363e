"""Bills from receipts (税单入账): CEB816 and CEB818 of a folder or of a table entered in batches, each batch whole or not at all.

Promised: an import that was killed is run again and goes on where it was; what was entered counts once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from customs.documents.imports.tax_bill import TaxBill, TaxBillStatus
from customs.fields.money import ZERO
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
    """Enter bills as they come; a bill whose receipt was entered with another content is told and left out."""
    imported = ImportedBills()
    for batch in _batches(receipts):
        with ledger.begin() as connection:
            outcomes = enter_bills(connection, batch, at)
        imported.changes.update(outcomes)
        told = list(zip(batch, outcomes, strict=True))
        changed = [each.bill.tax_bill_no for each, outcome in told if outcome == "changed"]
        refused = [str(CauseUsedError("bill", each.cause)) for each, outcome in told if outcome == "refused"]
        imported.changed += changed[: _MOST_TOLD - len(imported.changed)]
        imported.refused += refused[: _MOST_TOLD - len(imported.refused)]
    return imported


def _batches(receipts: Iterable[BillReceipt]) -> Iterator[tuple[BillReceipt, ...]]:
    rest = iter(receipts)
    while batch := tuple(islice(rest, _IN_A_BATCH)):
        yield batch
