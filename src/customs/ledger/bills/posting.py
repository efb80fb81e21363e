"""Bills that are entered together (批量过账): their accounts are locked once, and what changes is written in few statements.

Payment forms are held first, then guarantees are locked, then bills, each of them in order: no two writers wait for each other in a
circle, and a bill that is gathered while its form is paid is entered before the payment or after it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from customs.fields.money import EXACT, ZERO
from customs.ledger.accounts import Account, Posting, entry_after, upserting
from customs.ledger.bills.kept import NO_AMOUNTS, KeptBill, bill_values
from customs.ledger.bills.tables import BILL_ACCOUNTS, GUARANTEES, TAX_BILLS
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.holding import hold_until_end
from customs.ledger.locking import lock_accounts
from customs.ledger.parts import in_parts


@dataclass(slots=True)
class PostingRun:
    """Bills and guarantees as they stand within a transaction, and the entries and rows that are not written yet."""

    connection: LedgerConnection
    at: datetime
    accounts: dict[str, Account]
    guarantees: dict[str, Account]
    entries: list[dict[str, Any]] = field(default_factory=list)
    holds: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def post(self, before: KeptBill | None, after: KeptBill, posting: Posting) -> None:
        """Enter what changed in a bill, keep how it stands, and enter what it now holds of the guarantee."""
        number, was = after.bill.tax_bill_no, before.owed if before else NO_AMOUNTS
        names = ("tariff", "consumption", "vat")
        figures = {
            name: EXACT.subtract(now, then)
            for name, now, then in zip(names, after.owed, was, strict=True)
            if now != then
        }
        account, entry = entry_after(self.accounts[number], replace(posting, figures=figures))
        self.accounts[number] = account
        self.entries.append(entry)
        self.keep(after)
        held = {before.bill.guarantor_code: -before.held} if before else {}
        code = after.bill.guarantor_code
        held[code] = EXACT.add(held.get(code, ZERO), after.held)
        for code, amount in sorted(held.items()):
            if code and amount:
                kind = "occupy" if amount > 0 else "release"
                cause = EntryCause("bill", f"{number}/{account.place}")
                details = {"tax_bill_no": number}
                self._hold(
                    code, Posting(kind=kind, cause=cause, at=self.at, figures={"occupied": amount}, details=details)
                )

    def keep(self, kept: KeptBill) -> None:
        """Keep how a bill stands."""
        account = self.accounts[kept.bill.tax_bill_no]
        self.rows[kept.bill.tax_bill_no] = bill_values(kept) | {"account": account.id, "place": account.place}

    def _hold(self, code: str, posting: Posting) -> None:
        if code not in self.guarantees:  # another writer gave the bill its guarantor meanwhile
            self.guarantees |= lock_accounts(self.connection, GUARANTEES, [code])
        self.guarantees[code], entry = entry_after(self.guarantees[code], posting)
        self.holds.append(entry)

    def write(self) -> None:
        """Write what is not written yet."""
        for table, rows in ((BILL_ACCOUNTS.entries, self.entries), (GUARANTEES.entries, self.holds)):
            if rows:
                self.connection.sql.execute(table.insert(), rows)
                rows.clear()
        if self.rows:
            keeping = upserting(self.connection, TAX_BILLS)
            changed = {each.name: keeping.excluded[each.name] for each in TAX_BILLS.c if each.name != "account"}
            writing = keeping.on_conflict_do_update(index_elements=["account"], set_=changed)
            self.connection.sql.execute(writing, list(self.rows.values()))
            self.rows.clear()


def hold_forms(connection: LedgerConnection, payment_form_nos: Iterable[str]) -> None:
    """Have whoever pays one of these forms, or enters a bill under it, wait until the transaction ends."""
    hold_until_end(connection.sql, "payment form", {*payment_form_nos} - {""})


def posting_run(
    connection: LedgerConnection,
    tax_bill_nos: Collection[str],
    guarantors: Collection[str],
    at: datetime,
    forms: Collection[str] = (),
) -> PostingRun:
    """Return a run for bills, with their payment forms, their guarantees and their accounts held until the transaction ends.

    ``guarantors`` and ``forms`` are those that the bills have yet to get.
    """
    bills = TAX_BILLS.c
    kept: list[tuple[str, str]] = []
    for part in in_parts(sorted(tax_bill_nos)):
        wanted = select(bills.guarantor_code, bills.payment_form_no).where(bills.tax_bill_no.in_(part)).distinct()
        kept += [(code, form) for code, form in connection.sql.execute(wanted)]
    hold_forms(connection, {*forms, *(form for _, form in kept)})
    guarantees = lock_accounts(connection, GUARANTEES, {*guarantors, *(code for code, _ in kept)} - {""})
    return PostingRun(connection, at, lock_accounts(connection, BILL_ACCOUNTS, tax_bill_nos), guarantees)
