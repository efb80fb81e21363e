"""Payments of tax (缴款登记): a payment form (entDutyNo) paid, and the bills under it that then hold no guarantee."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from customs.fields.money import ZERO
from customs.ledger.accounts import Posting, upserting
from customs.ledger.bills.kept import find_bills, stated_as
from customs.ledger.bills.posting import hold_forms, posting_run
from customs.ledger.bills.tables import BILLED, GUARANTEES, TAX_BILLS, TAX_PAYMENTS
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import lock_accounts
from customs.ledger.parts import in_parts


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
    hold_forms(connection, [payment_form_no])  # a bill that is gathered under it just now counts, or waits for this
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
    found = sorted((number, code) for number, code in connection.sql.execute(wanted))
    lock_accounts(connection, GUARANTEES, {code for _, code in found} - {""})
    if billed_under(connection, payment_form_no) <= amount:
        for part in in_parts(number for number, _ in found):
            _pay(connection, part, cause, at)
    return True


def _pay(connection: LedgerConnection, tax_bill_nos: list[str], cause: EntryCause, at: datetime) -> None:
    """Enter bills as paid."""
    run = posting_run(connection, tax_bill_nos, (), at)
    for before in find_bills(connection, tax_bill_nos).values():
        after = replace(before, paid=True)
        run.post(before, after, Posting(kind="paid", cause=cause, at=at, details={"stated": stated_as(after)}))
    run.write()
