"""Tax bills as they are kept (税单状态): made, gathered, void, in whatever order their receipts come.

Promised: a receipt of another status only ever leads on (made, gathered, void), whichever comes first; a void bill asks
nothing; a bill that comes again with other figures is known as changed, an older one as late.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from sqlalchemy import RowMapping, select

from customs.fields.money import ZERO
from customs.ledger.bills.facts import lines_of, lines_text
from customs.ledger.bills.tables import TAX_BILLS
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts
from customs.reconciliation.three_way.sides import BillSide, figures_key, total_of

#: The outcome of a bill that was entered: it is new, it was known, it has other figures, it leads on, an older one came late.
BillChange: TypeAlias = Literal["new", "same", "changed", "gathered", "void", "late"]

_NUMBERS = ("list_no", "order_no", "waybill_no", "guarantor_code", "merchant_code", "payment_form_no")

NO_AMOUNTS = (ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBill:
    """A bill as it is kept. ``complete`` is False while only its status came, ``paid`` True once its form was paid."""

    bill: BillSide
    complete: bool = True
    paid: bool = False

    @property
    def owed(self) -> tuple[Decimal, Decimal, Decimal]:
        """The taxes that it asks: tariff, consumption tax and VAT, nothing once it is void."""
        return NO_AMOUNTS if self.bill.void or not self.complete else self.bill.head

    @property
    def held(self) -> Decimal:
        """The part of the guarantee that it holds."""
        return ZERO if self.paid else total_of(self.owed)


def stated_as(given: KeptBill) -> str:
    """Return a short text that is the same for the same bill in the same status."""
    return f"{given.bill.status}{figures_key(given.bill.head, given.bill.lines)}"[:32]


def merged(before: KeptBill | None, given: KeptBill) -> tuple[KeptBill, BillChange]:
    """Return the bill after a receipt, and what became of it."""
    if before is None:
        return given, "new"
    old, new = before.bill, given.bill
    status = max(old.status, new.status)
    if not given.complete:
        led = replace(old, status=status, payment_form_no=old.payment_form_no or new.payment_form_no)
        after = replace(before, bill=replace(led, guarantor_code=old.guarantor_code or new.guarantor_code))
    elif before.complete and _is_older(new, old):
        led = replace(old, status=status, payment_form_no=old.payment_form_no or new.payment_form_no)
        return (before, "late") if led == old else (replace(before, bill=led), _leads(old, led))
    else:
        numbers = {name: getattr(new, name) or getattr(old, name) for name in _NUMBERS}
        made_at = _later(old.made_at, new.made_at) if before.complete else new.made_at
        after = replace(before, complete=True, bill=replace(new, status=status, made_at=made_at, **numbers))
        if not before.complete:
            return after, "new"
        if (old.head, old.lines) != (new.head, new.lines):
            return after, "changed"
    if _without_time(after) == _without_time(before):
        return before, "same"
    return after, _leads(old, after.bill)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the later of two times: the same figures stated earlier, with a further status, are no later statement."""
    return max(one, other) if one and other else one or other


def _without_time(kept: KeptBill) -> KeptBill:
    return replace(kept, bill=replace(kept.bill, made_at=None))


def _is_older(new: BillSide, old: BillSide) -> bool:
    return bool(
        new.made_at and old.made_at and new.made_at < old.made_at and (new.head, new.lines) != (old.head, old.lines)
    )


def _leads(old: BillSide, new: BillSide) -> BillChange:
    if (new.status, new.payment_form_no) == (old.status, old.payment_form_no):
        return "changed"
    return "void" if new.void else "gathered"


def kept_later(before: KeptBill, given: KeptBill) -> KeptBill | None:
    """Return a bill whose figures were stated once more, so that older ones which come late are known; None if nothing is later."""
    made_at = given.bill.made_at
    if not given.complete or made_at is None or (before.bill.made_at and made_at <= before.bill.made_at):
        return None
    return replace(before, bill=replace(before.bill, made_at=made_at))


def bill_values(kept: KeptBill) -> dict[str, Any]:
    """Return a bill as a row of ``tax_bills``, but for its account."""
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
    return find_bills(connection, [tax_bill_no]).get(tax_bill_no)


def find_bills(connection: LedgerConnection, tax_bill_nos: Collection[str]) -> dict[str, KeptBill]:
    """Return bills as they are kept, by their numbers."""
    found = dict[str, KeptBill]()
    for part in in_parts(sorted(tax_bill_nos)):
        wanted = select(TAX_BILLS).where(TAX_BILLS.c.tax_bill_no.in_(part))
        found |= {row["tax_bill_no"]: kept_bill(row) for row in connection.sql.execute(wanted).mappings()}
    return found


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
