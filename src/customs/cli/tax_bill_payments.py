"""The commands ``bills`` over what comes after a bill (退货与缴款): goods that came back, tax repaid, payment forms paid."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from customs.cli.app import misuse, misuse_of, tell
from customs.cli.common import Now, On, clock_of, day_of
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.quota import Ticket, amount_of
from customs.cli.tax_bill_inputs import ReturnedGoods, payments_in, returns_in
from customs.cli.tax_bill_options import ENTERED, commands, in_batches, show_counts
from customs.fields.frozen import FrozenDict
from customs.intake.sheets import SheetError
from customs.ledger.bills import enter_parcels, enter_tax_payment, find_parcels
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.reconciliation.three_way import OwnSide
from customs.reconciliation.three_way.sides import due_of
from customs.tax.refund import ReturnError


@commands.command("returned")
@over_ledger
def returned(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Table, CSV or XLSX: order, line, quantity that came back, tax that was paid back.",
            exists=True,
            dir_okay=False,
        ),
    ],
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Enter which goods of orders came back, and what of the tax was paid back to buyers. Exits 1 if an order is not known."""
    with _readable(file):
        given = returns_in(file)
    at, counts = clock_of(now, "--now")(), {"entered": 0, "unchanged": 0, "refused": 0}
    with ledger.opened() as opened:
        for orders in in_batches(given):
            with opened.begin() as connection:
                kept = find_parcels(connection, orders)
                caused = [
                    (own, EntryCause("file", f"{order}/{_content_of(given[order])}"))
                    for order in orders
                    if (own := _after_return(order, kept.get(order), given[order]))
                ]
                outcomes = enter_parcels(connection, caused, at)
            counts["refused"] += len(orders) - len(caused)
            for outcome in outcomes:
                counts[outcome] += 1
    show_counts(counts, {**ENTERED, "refused": "未能登记"})
    raise typer.Exit(1 if counts["refused"] else 0)


def _after_return(order_no: str, kept: OwnSide | None, back: ReturnedGoods) -> OwnSide | None:
    """Return a parcel with what came back; None, and the reason told, if it is not known or had less."""
    if kept is None:
        tell(f"order {order_no} is not in the ledger", f"订单 {order_no} 不在账簿中")
        return None
    repaid = kept.repaid if back.repaid is None else back.repaid
    own = replace(kept, returned=FrozenDict({**kept.returned, **back.quantities}), repaid=repaid)
    try:
        due_of(own)
    except ReturnError as error:
        tell(f"order {order_no}: {error}", f"订单 {order_no}：第 {error.gnum} 项退货数量有误")
        return None
    return own


def _content_of(back: ReturnedGoods) -> str:
    """Return a short text of what came back, so that a corrected table is another cause than the first."""
    stated = sorted(back.quantities.items()), back.repaid
    return hashlib.sha256(repr(stated).encode()).hexdigest()[:16]


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Tell why a table cannot be read; the exit code is 2, and nothing of it is entered."""
    try:
        yield
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None


@commands.command("paid")
@over_ledger
def paid(
    form: Annotated[str, typer.Argument(metavar="FORM", help="Number of the payment form (entDutyNo).")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What was paid, in CNY.")],
    ticket: Ticket,
    on: On = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Enter that a payment form was paid: its bills then hold no guarantee. Exits 1 if it was entered before."""
    value = amount_of("AMOUNT", amount)
    with ledger.begin() as connection:
        try:
            cause, at = EntryCause("ticket", ticket), clock_of(now, "--now")()
            new = enter_tax_payment(connection, form, value, day_of(on), cause, at)
        except CauseUsedError as error:
            raise misuse(str(error)) from None
    raise typer.Exit(0 if new else 1)


@commands.command("payments")
@over_ledger
def payments(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Table, CSV or XLSX: payment form, amount, day.", exists=True, dir_okay=False
        ),
    ],
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Enter from a table which payment forms were paid. Running it again changes nothing; exits 1 if one was entered otherwise."""
    with _readable(file):
        given = payments_in(file)
    at, counts = clock_of(now, "--now")(), {"entered": 0, "unchanged": 0, "refused": 0}
    with ledger.opened() as opened:
        for each in given:
            form = each.payment_form_no
            try:
                with opened.begin() as connection:
                    cause = EntryCause("file", f"{file.name[:60]}/{form}")
                    new = enter_tax_payment(connection, form, each.amount, each.paid_on, cause, at)
            except CauseUsedError:
                tell(
                    f"{form}: it was entered before with another amount or day",
                    f"{form}：此前已登记，且金额或日期不同",
                )
                counts["refused"] += 1
                continue
            counts["entered" if new else "unchanged"] += 1
    show_counts(counts, {**ENTERED, "refused": "不一致"})
    raise typer.Exit(1 if counts["refused"] else 0)
