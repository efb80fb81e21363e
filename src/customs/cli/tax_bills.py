"""The commands ``bills`` (税单与担保): bills and parcels entered, months reconciled, what the guarantee still covers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import app, misuse, screen, tell
from customs.cli.areas import area_of
from customs.cli.bills import bills_in
from customs.cli.common import AsJson, Folders, Now, On, clock_of, day_of
from customs.cli.language import words
from customs.cli.ledgers import ConfigOfLedger, LedgerKeyFile, LedgerUrl, ledger_opened
from customs.cli.parcels import ParcelFile, RateFile, UsdRate, echo, examined, exchange_of, rates_of
from customs.cli.quota import Ticket, TicketBy, TicketWhy, amount_of
from customs.cli.tax_bill_tables import BillWorkbook, line_values, show_line, summary_tables, summary_values
from customs.documents.imports.tax_bill import TaxBill, TaxBillStatus
from customs.ledger.bills import (
    BillReceipt,
    GuaranteeBalance,
    GuaranteeForecast,
    bill_receipt,
    enter_parcel,
    enter_tax_payment,
    expected_releases,
    follow_taxed_parcel,
    forecast_guarantee,
    grant_guarantee,
    guarantees,
    import_bills,
    months_of,
    payments_compared,
    reconciled,
    surroundings_of,
)
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.receipts.streams import track_all
from customs.reconciliation.three_way import BillSide, BillSummary, OwnSide, ParcelCourse, figures_key
from customs.reconciliation.trial import LineFigures
from customs.road import Prepared
from customs.wire import ReadError, read

commands = typer.Typer(help="Tax bills and guarantee: enter bills, reconcile months, foresee the guarantee. 税单与担保")

Months = Annotated[
    list[str] | None,
    typer.Argument(metavar="MONTH...", help="Months such as 2026-11; all that the ledger has if left out."),
]

_CHANGES = {
    "new": "新增",
    "same": "已登记",
    "changed": "金额有变",
    "gathered": "已汇总",
    "void": "已作废",
    "late": "迟到",
    "refused": "拒收",
}

_MOVES = {"released": "放行", "cancelled": "撤单", "returned": "退货", "unchanged": "不变", "unknown": "账簿中没有"}


@commands.command("import")
def imported(
    bills: Annotated[
        list[Path],
        typer.Argument(
            metavar="BILLS", help="Folders with receipts, messages CEB816 and CEB818, or tables of bills.", exists=True
        ),
    ],
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Enter tax bills and their status. Running it again changes nothing; a bill with other figures is named, and exits 1."""
    unread: list[str] = []
    with ledger_opened(config, ledger, ledger_key) as opened:
        found = import_bills(opened, _receipts(bills, unread), clock_of(now, "--now")())
    counts = {name: found.changes[name] for name in _CHANGES}
    if json:
        echo(files.to_json({**counts, "changed_bills": found.changed, "unread": unread}))
    else:
        for number in found.changed:
            tell(f"{number}: came again with other figures", f"{number}：再次收到，金额有变")
        for reason in (*found.refused, *unread):
            tell(*halves(reason))
        _told(counts, _CHANGES)
    raise typer.Exit(1 if found.changed or found.refused or unread else 0)


@commands.command("assess")
def assessed(
    file: ParcelFile,
    on: On = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Enter the own assessment and the charge of the parcels of a file; nothing personal is kept. Exits 1 if one has no tax."""
    at, counts = clock_of(now, "--now")(), {"entered": 0, "unchanged": 0, "not assessed": 0}
    with ledger_opened(config, ledger, ledger_key) as opened:
        for parcel in examined(file, area_of(None, None), on, rates, exchange=exchange_of(usd_rate)):
            own = _own_side(parcel)
            if own is None:
                tell(
                    f"order {parcel.order_no or '?'}: it cannot be assessed, see customs check",
                    f"订单 {parcel.order_no or '?'}：无法计税，请用 customs check 查看",
                )
                counts["not assessed"] += 1
                continue
            try:
                with opened.begin() as connection:
                    cause = EntryCause("order", f"{own.order_no}/{day_of(on)}")
                    new = enter_parcel(connection, own, cause, at)
            except CauseUsedError as error:
                tell(*halves(str(error)))
                counts["not assessed"] += 1
                continue
            counts["entered" if new else "unchanged"] += 1
    _told(counts, {"entered": "已登记", "unchanged": "不变", "not assessed": "未能登记"})
    raise typer.Exit(1 if counts["not assessed"] else 0)


@commands.command("follow")
def follow(
    folders: Folders,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Enter which parcels were released, cancelled or returned, as the receipts in folders say. Running it again changes nothing."""
    clock, counts = clock_of(now, "--now"), dict.fromkeys(_MOVES, 0)
    with ledger_opened(config, ledger, ledger_key) as opened:
        for parcel in track_all(folders).parcels:
            order_no = dict(parcel.numbers).get("order_no", "")
            with opened.begin() as connection:
                counts[follow_taxed_parcel(connection, order_no, parcel.state, at=clock())] += 1
    _told(counts, _MOVES)


@commands.command("status")
def status(
    config: ConfigOfLedger = None, ledger: LedgerUrl = None, ledger_key: LedgerKeyFile = None, json: AsJson = False
) -> None:
    """Show the months of the ledger, and of each payment form its bills against what was paid. Exits 1 if one is short or over."""
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        found = {month: list(payments_compared(connection, month)) for month in months_of(connection)}
    wrong = any(each.stands in ("short", "over") for forms in found.values() for each in forms)
    if json:
        for month, forms in found.items():
            told = [
                {
                    "payment_form_no": each.payment_form_no,
                    "billed": each.billed,
                    "paid": each.paid,
                    "stands": each.stands,
                }
                for each in forms
            ]
            echo(files.to_json({"month": month, "payment_forms": told}))
    else:
        table = _table(
            ("month", "月份"), ("payment form", "缴款书"), ("billed", "税单"), ("paid", "已缴"), ("stands", "状态")
        )
        said = {"agrees": "相符", "short": "少缴", "over": "多缴", "unpaid": "未缴"}
        for month, forms in found.items():
            for each in forms:
                paid = "" if each.paid is None else f"{each.paid:,.2f}"
                table.add_row(
                    month, each.payment_form_no, f"{each.billed:,.2f}", paid, words(each.stands, said[each.stands])
                )
            if not forms:
                table.add_row(month, "", "", "", "")
        screen.print(table)
    raise typer.Exit(1 if wrong else 0)


@commands.command("reconcile")
def reconciled_months(
    months: Months = None,
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="Write all lines and the totals to sign as XLSX.")
    ] = None,
    on: On = None,
    rates: RateFile = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Compare own assessment, tax bill and charge of every parcel of months, and name the causes. Exits 1 if one differs."""
    if out and out.suffix.lower() != ".xlsx":
        raise misuse(f"--out: {out.name} is not .xlsx 输出文件应为 .xlsx")
    book = BillWorkbook() if out else None
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        around = surroundings_of(connection, day_of(on), rates=rates_of(rates))
        summary = BillSummary()
        for month in months or months_of(connection):
            for line in reconciled(connection, month, around):
                summary.add(month, line)
                if book:
                    book.add(month, line)
                if json:
                    echo(files.to_json({"month": month, **line_values(line)}))
                elif not line.in_order:
                    show_line(line)
    if book and out:
        book.write(out, summary)
    if not json:
        for table in summary_tables(summary):
            screen.print(table)
    raise typer.Exit(0 if summary.all.in_order == summary.all.parcels else 1)


@commands.command("summary")
def summed_up(
    months: Months = None,
    on: On = None,
    rates: RateFile = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show the totals of months: by month, by payment form and by cause."""
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        around = surroundings_of(connection, day_of(on), rates=rates_of(rates))
        summary = BillSummary()
        for month in months or months_of(connection):
            for line in reconciled(connection, month, around):
                summary.add(month, line)
    if json:
        echo(files.to_json(summary_values(summary)))
        return
    for table in summary_tables(summary):
        screen.print(table)


@commands.command("paid")
def paid(
    form: Annotated[str, typer.Argument(metavar="FORM", help="Number of the payment form (entDutyNo).")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What was paid, in CNY.")],
    ticket: Ticket,
    on: On = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Enter that a payment form was paid: its bills then hold no guarantee. Exits 1 if it was entered before."""
    value = amount_of("AMOUNT", amount)
    with ledger_opened(config, ledger, ledger_key) as opened, opened.begin() as connection:
        try:
            cause, at = EntryCause("ticket", ticket), clock_of(now, "--now")()
            new = enter_tax_payment(connection, form, value, day_of(on), cause, at)
        except CauseUsedError as error:
            raise misuse(str(error)) from None
    raise typer.Exit(0 if new else 1)


@commands.command("grant")
def granted(
    guarantor: Annotated[str, typer.Argument(metavar="CODE", help="Customs code of the guarantor.")],
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="By how much the guarantee grows, in CNY; -40 lowers it.")
    ],
    ticket: Ticket,
    by: TicketBy,
    reason: TicketWhy,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Raise or lower a guarantee. Exits 1 if the ticket was entered before."""
    value = amount_of("AMOUNT", amount)
    cause = EntryCause("ticket", ticket, by=by, why=reason)
    with ledger_opened(config, ledger, ledger_key) as opened, opened.begin() as connection:
        try:
            new = grant_guarantee(connection, guarantor, value, cause, clock_of(now, "--now")())
        except CauseUsedError as error:
            raise misuse(str(error)) from None
    raise typer.Exit(0 if new else 1)


@commands.command("guarantee")
def guarantee(
    daily: Annotated[
        str, typer.Option("--daily", metavar="CNY", help="Tax of the lists of a coming day, in CNY.")
    ] = "0",
    days: Annotated[int, typer.Option("--days", min=1, max=1000, help="How many days to look ahead.")] = 60,
    on: On = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show what each guarantee still covers, and from which day customs would refuse lists (1311). Exits 1 if it runs out."""
    tax, day = amount_of("--daily", daily), day_of(on)
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        found = [
            (
                each,
                forecast_guarantee(
                    each.free, tax, after=day, days=days, releases=expected_releases(connection, each.guarantor_code)
                ),
            )
            for each in guarantees(connection)
        ]
    if json:
        for balance, forecast in found:
            echo(files.to_json(_of_guarantee(balance, forecast)))
    else:
        screen.print(_guarantee_table(found))
    raise typer.Exit(1 if any(forecast.runs_out_on for _, forecast in found) else 0)


def _guarantee_table(found: list[tuple[GuaranteeBalance, GuaranteeForecast]]) -> Table:
    table = _table(
        ("guarantor", "担保企业"),
        ("total", "总额"),
        ("occupied", "已占用"),
        ("expected", "预计占用"),
        ("free", "可用"),
        ("runs out on", "用尽日期"),
    )
    for balance, forecast in found:
        amounts = (balance.total, balance.occupied, balance.expected, balance.free)
        last = str(forecast.runs_out_on or "")
        table.add_row(balance.guarantor_code, *[f"{each:,.2f}" for each in amounts], Text(last, style="red"))
    return table


def _of_guarantee(balance: GuaranteeBalance, forecast: GuaranteeForecast) -> dict[str, Any]:
    return {
        "guarantor_code": balance.guarantor_code,
        "total": balance.total,
        "occupied": balance.occupied,
        "expected": balance.expected,
        "free": balance.free,
        "runs_out_on": forecast.runs_out_on and forecast.runs_out_on.isoformat(),
        "short": forecast.short,
    }


def _table(*headings: tuple[str, str]) -> Table:
    table = Table(box=SIMPLE)
    for en, zh in headings:
        table.add_column(words(en, zh), overflow="fold")
    return table


def _told(counts: dict[str, int], said: dict[str, str]) -> None:
    screen.print(
        words(
            ", ".join(f"{name} {count}" for name, count in counts.items()),
            "，".join(f"{said[name]} {count}" for name, count in counts.items()),
        ),
        highlight=False,
        soft_wrap=True,
    )


def _own_side(parcel: Prepared) -> OwnSide | None:
    """Return what a parcel's declarant knows of it, None if it has no tax."""
    declaration, assessment = parcel.declaration, parcel.assessment
    if declaration is None or assessment is None or not assessment.computed:
        return None
    order, parties = declaration.order, declaration.parties
    return OwnSide(
        order_no=order.order_no,
        list_no=declaration.clearance.list_no or "",
        waybill_no=declaration.waybill.waybill_no or "",
        merchant_code=parties.merchant_code,
        guarantor_code=parties.guarantor_code,
        assessment=assessment,
        charged=order.tax_total,
        course=ParcelCourse.IN_FLIGHT,
    )


def _receipts(paths: list[Path], unread: list[str]) -> Iterator[BillReceipt]:
    """Yield the bills of files and folders, one file at a time; receipts of other kinds are left out."""
    for path in paths:
        if path.is_dir():
            for file in sorted(each for each in path.rglob("*") if each.suffix.lower() == ".xml" and each.is_file()):
                yield from _of_message(file, unread)
        elif path.suffix.lower() == ".xml":
            yield from _of_message(path, unread)
        else:
            yield from _of_table(path)


def _of_message(file: Path, unread: list[str]) -> Iterator[BillReceipt]:
    try:
        documents = read(file.read_bytes()).documents
    except ReadError as error:
        unread.append(f"{file.name}: {error}")
        return
    for document in documents:
        if isinstance(document, TaxBill | TaxBillStatus):
            try:
                yield bill_receipt(document)
            except ValueError as error:
                unread.append(f"{file.name}: {error}")


def _of_table(file: Path) -> Iterator[BillReceipt]:
    """Yield the bills of a table; the same table again is the same cause, whatever the file is called."""
    for number, bill in enumerate(bills_in(file), 1):
        lines = {each.gnum: LineFigures(each.hs_code, each.dutiable_value, *each.taxes) for each in bill.lines}
        side = BillSide(
            tax_bill_no=bill.tax_bill_no or bill.list_no or bill.order_no or bill.waybill_no,
            list_no=bill.list_no,
            order_no=bill.order_no,
            waybill_no=bill.waybill_no,
            status=bill.tax_status or "1",
            head=bill.head,
            lines=lines,
        )
        yield BillReceipt(bill=side, cause=EntryCause("file", f"{file.name}/{number}/{_hash_of(side)}"))


def _hash_of(bill: BillSide) -> str:
    """Return a short text of the content of a bill, so that a corrected table is another cause than the first."""
    return f"{bill.status}{figures_key(bill.head, bill.lines)[:12]}"


app.add_typer(commands, name="bills")
