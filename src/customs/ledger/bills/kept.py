"""Tax bills as they are kept (税单登记): made, gathered, void, in whatever order their receipts come.

Promised: the same receipt twice changes nothing; a receipt of another status only ever leads on (made, gathered, void),
whichever comes first; a void bill is reversed; a bill that comes again with other figures is entered as changed and said. A
bill and what it holds of the guarantee are one transaction.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from sqlalchemy import RowMapping, select, update

from customs.fields.money import EXACT, ZERO
from customs.ledger.accounts import Account, Posting, append, lock_account, upserting
from customs.ledger.bills.facts import lines_of, lines_text
from customs.ledger.bills.guarantee import hold_guarantee
from customs.ledger.bills.tables import BILL_ACCOUNTS, BILLED, GUARANTEES, TAX_BILLS, TAX_PAYMENTS
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.reconciliation.three_way.sides import BillSide, figures_key

#: What became of a bill that was entered: it is new, it was known, it has other figures, it leads on, an older one came late.
BillChange: TypeAlias = Literal["new", "same", "changed", "gathered", "void", "late"]

_NUMBERS = ("list_no", "order_no", "waybill_no", "guarantor_code", "merchant_code", "payment_form_no")

_NO_AMOUNTS = (ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBill:
    """A bill as it is kept. ``complete`` is False while only its status came, ``paid`` True once its form was paid."""

    bill: BillSide
    complete: bool = True
    paid: bool = False

    @property
    def owed(self) -> tuple[Decimal, Decimal, Decimal]:
        """The taxes that it asks: tariff, consumption tax and VAT, nothing once it is void."""
        return _NO_AMOUNTS if self.bill.void or not self.complete else self.bill.head

    @property
    def held(self) -> Decimal:
        """The part of the guarantee that it holds."""
        return ZERO if self.paid else _sum(self.owed)


def _sum(amounts: tuple[Decimal, Decimal, Decimal]) -> Decimal:
    first, second, third = amounts
    return EXACT.add(EXACT.add(first, second), third)


def enter_bill(connection: LedgerConnection, bill: BillSide, cause: EntryCause, at: datetime) -> BillChange:
    """Enter a tax bill (CEB816); return what became of it.

    Raises ``CauseUsedError`` if the cause was entered before with another content, ``ValueError`` without a bill number.
    """
    return _enter(connection, KeptBill(bill=bill), cause, at)


def enter_bill_status(connection: LedgerConnection, bill: BillSide, cause: EntryCause, at: datetime) -> BillChange:
    """Enter the status of a tax bill (CEB818), whose amounts and lines do not count; the bill may come later."""
    return _enter(connection, KeptBill(bill=replace(bill, head=_NO_AMOUNTS, lines={}), complete=False), cause, at)


def _enter(connection: LedgerConnection, given: KeptBill, cause: EntryCause, at: datetime) -> BillChange:
    number = given.bill.tax_bill_no
    if not number:
        raise ValueError(
            f"the tax bill of list {given.bill.list_no} has no number 清单 {given.bill.list_no} 的税单无编号"
        )
    _lock_guarantee(connection, given.bill)
    account = lock_account(connection, BILL_ACCOUNTS, tax_bill_no=number)
    stated = _stated(given)
    if entered := _entered_as(connection, account, cause):
        if entered != stated:
            raise CauseUsedError("bill", cause)
        return "same"
    before = find_bill(connection, number)
    after, change = _merged(before, given)
    if change in ("same", "late"):
        _note_time(connection, before, given)
        return change
    after = _paid_if_covered(connection, after)
    _post(connection, account, (before, after), Posting(kind=change, cause=cause, at=at, details={"stated": stated}))
    return change


def _note_time(connection: LedgerConnection, before: KeptBill | None, given: KeptBill) -> None:
    """Keep when the same figures were last stated, so that older ones which come late are known as such."""
    if before and given.complete and _is_later(given.bill, before.bill):
        number = given.bill.tax_bill_no
        stated = update(TAX_BILLS).where(TAX_BILLS.c.tax_bill_no == number).values(made_at=given.bill.made_at)
        connection.sql.execute(stated)


def _is_later(new: BillSide, old: BillSide) -> bool:
    return new.made_at is not None and (old.made_at is None or new.made_at > old.made_at)


def _lock_guarantee(connection: LedgerConnection, bill: BillSide) -> None:
    """Lock the guarantee before the bill: all writers in this order, so that none waits for another in a circle."""
    kept = find_bill(connection, bill.tax_bill_no)
    codes = {bill.guarantor_code, kept.bill.guarantor_code if kept else ""} - {""}
    for code in sorted(codes):
        lock_account(connection, GUARANTEES, guarantor_code=code)


def _stated(given: KeptBill) -> str:
    """Return a short text that is the same for the same bill in the same status."""
    return f"{given.bill.status}{figures_key(given.bill.head, given.bill.lines)}"[:32]


def _entered_as(connection: LedgerConnection, account: Account, cause: EntryCause) -> str | None:
    entries = BILL_ACCOUNTS.entries.c
    wanted = select(entries.stated).where(
        entries.account == account.id, entries.cause_kind == cause.kind, entries.cause == cause.id
    )
    found: str | None = connection.sql.execute(wanted).scalar()
    return found


def _merged(before: KeptBill | None, given: KeptBill) -> tuple[KeptBill, BillChange]:
    """Return the bill after a receipt, and what became of it."""
    if before is None:
        return given, "new"
    old, new = before.bill, given.bill
    status = max(old.status, new.status)
    if not given.complete:
        merged = replace(old, status=status, payment_form_no=old.payment_form_no or new.payment_form_no)
        merged = replace(merged, guarantor_code=old.guarantor_code or new.guarantor_code)
        after = replace(before, bill=merged)
    elif before.complete and _is_older(new, old):
        after = replace(before, bill=replace(old, status=status))
        return (after, _leads(old, after.bill)) if status != old.status else (before, "late")
    else:
        numbers = {name: getattr(new, name) or getattr(old, name) for name in _NUMBERS}
        after = replace(before, complete=True, bill=replace(new, status=status, **numbers))
        if not before.complete:
            return after, "new"
        if (old.head, old.lines) != (new.head, new.lines):
            return after, "changed"
    if _without_time(after) == _without_time(before):
        return before, "same"
    return after, _leads(old, after.bill)


def _without_time(kept: KeptBill) -> KeptBill:
    return replace(kept, bill=replace(kept.bill, made_at=None))


def _is_older(new: BillSide, old: BillSide) -> bool:
    return bool(
        new.made_at and old.made_at and new.made_at < old.made_at and (new.head, new.lines) != (old.head, old.lines)
    )


def _leads(old: BillSide, new: BillSide) -> BillChange:
    if new.status == old.status:
        return "changed"
    return "void" if new.void else "gathered"


def _paid_if_covered(connection: LedgerConnection, kept: KeptBill) -> KeptBill:
    """Return a bill as paid if its form was paid, and the payment covers the form with it."""
    form = kept.bill.payment_form_no
    if kept.paid or not form or not kept.complete:
        return kept
    paid: Decimal | None = connection.sql.execute(
        select(TAX_PAYMENTS.c.amount).where(TAX_PAYMENTS.c.payment_form_no == form)
    ).scalar()
    if paid is None:
        return kept
    others = billed_under(connection, form, but=kept.bill.tax_bill_no)
    return replace(kept, paid=EXACT.add(others, _sum(kept.owed)) <= paid)


def billed_under(connection: LedgerConnection, payment_form_no: str, but: str = "") -> Decimal:
    """Return the tax of the standing bills of a payment form (entDutyNo)."""
    bills = TAX_BILLS.c
    wanted = select(BILLED).where(
        bills.payment_form_no == payment_form_no, bills.status != "3", bills.tax_bill_no != but
    )
    found: Decimal | None = connection.sql.execute(wanted).scalar()
    return ZERO if found is None else found


def enter_tax_payment(
    connection: LedgerConnection, payment_form_no: str, amount: Decimal, paid_on: date, cause: EntryCause, at: datetime
) -> bool:
    """Enter that a payment form was paid; return False if it was entered before.

    Its bills release the guarantee if the payment covers them all; one that is short releases nothing. Raises
    ``CauseUsedError`` if the form was entered with another amount or day.
    """
    values = {"payment_form_no": payment_form_no, "amount": amount, "paid_on": paid_on}
    adding = upserting(connection, TAX_PAYMENTS).on_conflict_do_nothing().returning(TAX_PAYMENTS.c.payment_form_no)
    said = {"cause_kind": cause.kind, "cause": cause.id, "at": at}
    if connection.sql.execute(adding, {**values, **said}).scalar() is None:
        columns = [TAX_PAYMENTS.c[name] for name in values]
        kept = connection.sql.execute(select(*columns).where(columns[0] == payment_form_no)).one()
        if tuple(kept) != tuple(values.values()):
            raise CauseUsedError("payment", cause)
        return False
    bills = TAX_BILLS.c
    wanted = select(bills.tax_bill_no, bills.guarantor_code).where(
        bills.payment_form_no == payment_form_no, ~bills.paid, bills.complete, bills.status != "3"
    )
    found = connection.sql.execute(wanted).all()
    for code in sorted({code for _, code in found} - {""}):
        lock_account(connection, GUARANTEES, guarantor_code=code)
    if billed_under(connection, payment_form_no) <= amount:
        for number in sorted(number for number, _ in found):
            account = lock_account(connection, BILL_ACCOUNTS, tax_bill_no=number)
            before = find_bill(connection, number)
            assert before is not None
            after = replace(before, paid=True)
            posting = Posting(kind="paid", cause=cause, at=at, details={"stated": _stated(after)})
            _post(connection, account, (before, after), posting)
    return True


def _post(
    connection: LedgerConnection, account: Account, change: tuple[KeptBill | None, KeptBill], posting: Posting
) -> None:
    """Enter what changed in a bill, keep how it stands, and enter what it now holds of the guarantee."""
    before, after = change
    was = before.owed if before else _NO_AMOUNTS
    names = ("tariff", "consumption", "vat")
    figures = {
        name: EXACT.subtract(now, then) for name, now, then in zip(names, after.owed, was, strict=True) if now != then
    }
    account, _ = append(connection, account, replace(posting, figures=figures))
    values = _values(after) | {"account": account.id, "place": account.place}
    keeping = upserting(connection, TAX_BILLS)
    changed = {name: value for name, value in values.items() if name != "account"}
    connection.sql.execute(keeping.values(**values).on_conflict_do_update(index_elements=["account"], set_=changed))
    held: dict[str, Decimal] = {}
    if before and before.bill.guarantor_code:
        held[before.bill.guarantor_code] = -before.held
    if after.bill.guarantor_code:
        code = after.bill.guarantor_code
        held[code] = EXACT.add(held.get(code, ZERO), after.held)
    for code, amount in sorted(held.items()):
        if amount:
            hold_guarantee(connection, code, amount, (after.bill.tax_bill_no, account.place), posting.at)


def _values(kept: KeptBill) -> dict[str, Any]:
    bill = kept.bill
    tariff, consumption, vat = bill.head
    return {
        "tax_bill_no": bill.tax_bill_no,
        "status": bill.status,
        **{name: getattr(bill, name) for name in _NUMBERS},
        "month": f"{bill.made_at:%Y-%m}" if bill.made_at else "",
        "made_at": bill.made_at,
        "tariff": tariff,
        "consumption": consumption,
        "vat": vat,
        "lines": lines_text(bill.lines),
        "figures": figures_key(bill.head, bill.lines),
        "complete": kept.complete,
        "paid": kept.paid,
    }


def find_bill(connection: LedgerConnection, tax_bill_no: str) -> KeptBill | None:
    """Return a bill as it is kept, None if there is none."""
    found = connection.sql.execute(select(TAX_BILLS).where(TAX_BILLS.c.tax_bill_no == tax_bill_no)).one_or_none()
    return None if found is None else kept_bill(found._mapping)


def kept_bill(row: RowMapping) -> KeptBill:
    """Return the bill of a row of ``tax_bills``."""
    bill = BillSide(
        tax_bill_no=row["tax_bill_no"],
        status=row["status"],
        **{name: row[name] for name in _NUMBERS},
        made_at=row["made_at"],
        head=(row["tariff"], row["consumption"], row["vat"]),
        lines=lines_of(row["lines"]),
    )
    return KeptBill(bill=bill, complete=row["complete"], paid=row["paid"])
