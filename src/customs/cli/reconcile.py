"""The command ``reconcile`` (税单核对): tax bills in files compared with the assessment of the parcels."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import app, misuse, misuse_of, screen
from customs.cli.areas import area_of
from customs.cli.bill_rows import VOID, Bill, BillLine
from customs.cli.bills import bills_in
from customs.cli.common import AsJson, On
from customs.cli.language import label, words
from customs.cli.parcels import ParcelFile, RateFile, UsdRate, echo, examined, exchange_of
from customs.documents import TaxBill
from customs.documents.imports.tax_bill import TaxBillHead, TaxBillLine
from customs.fields.money import ZERO
from customs.files import write_whole
from customs.intake.sheets import SheetError
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl
from customs.reconciliation import Reconciliation, reconcile
from customs.road import Prepared
from customs.tax import TaxAssessment
from customs.tax.method import DEFAULT

#: The outcomes of a bill, in English and Chinese.
OUTCOMES = {
    "agrees": "agrees 相符",
    "differs": "differs 不符",
    "not-assessed": "no tax could be assessed 未能试算税款",
    "no-parcel": "no parcel for the bill 无对应包裹",
    "void": "void, left out 已作废，不核对",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bill with its outcome; amounts in CNY."""

    outcome: str
    order_no: str
    waybill_no: str
    list_no: str
    tax_bill_no: str
    assessed: Decimal | None = None
    billed: Decimal
    difference: Decimal | None = None
    causes_en: str = ""
    causes_zh: str = ""

    @property
    def is_in_order(self) -> bool:
        """True if the bill agrees or is void."""
        return self.outcome in ("agrees", "void")


@app.command("reconcile")
def reconcile_bills(
    file: ParcelFile,
    bills: Annotated[
        list[Path],
        typer.Argument(
            metavar="BILLS", help="Tax bills: CEB816 messages, or tables as CSV or XLSX.", exists=True, dir_okay=False
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="Write the comparison as CSV or XLSX.")
    ] = None,
    on: On = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    json: AsJson = False,
) -> None:
    """Compare tax bills in files with the assessment of your parcels, and show why they differ."""
    if out and out.suffix.lower() not in (".csv", ".xlsx"):
        raise misuse(f"--out: {out.name} is neither .csv nor .xlsx 输出文件应为 .csv 或 .xlsx")
    given = [bill for path in bills for bill in bills_in(path)]
    parcels = examined(file, area_of(None, None), on, rates, DEFAULT, exchange_of(usd_rate))
    rows = list(compared(given, parcels))
    if out:
        _write(out, rows)
    if json:
        for each in rows:
            echo(files.to_json(asdict(each)))
    else:
        screen.print(_table(rows))
        for each in rows:
            _show_causes(each)
        counts = Counter(each.outcome for each in rows)
        told = ", ".join(f"{counts[outcome]} {label(OUTCOMES[outcome])}" for outcome in OUTCOMES if counts[outcome])
        screen.print(Text(told), soft_wrap=True)
    raise typer.Exit(0 if all(each.is_in_order for each in rows) else 1)


def compared(bills: list[Bill], parcels: Iterable[Prepared]) -> Iterator[Row]:
    """Yield each bill with what the parcel that it is about makes of it, in the order of the bills."""
    found: dict[int, Row] = {}
    of_number: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, bill in enumerate(bills):
        for number in bill.numbers:
            of_number[number].append(at)
    for parcel in parcels:
        for at in dict.fromkeys(at for number in _numbers(parcel) for at in of_number.get(number, ())):
            if at not in found:
                found[at] = _row(bills[at], parcel)
    for at, bill in enumerate(bills):
        yield found.get(at) or _told(bill, "void" if bill.tax_status == VOID else "no-parcel")


def _numbers(parcel: Prepared) -> Iterator[tuple[str, str]]:
    """Yield the numbers of a parcel that a bill may name."""
    if declaration := parcel.declaration:
        yield "order", declaration.order.order_no
        yield "waybill", declaration.waybill.waybill_no
        if declaration.clearance.list_no:
            yield "list", declaration.clearance.list_no


def _told(bill: Bill, outcome: str) -> Row:
    return Row(
        outcome=outcome,
        order_no=bill.order_no,
        waybill_no=bill.waybill_no,
        list_no=bill.list_no,
        tax_bill_no=bill.tax_bill_no,
        billed=sum(bill.head, ZERO),
    )


def _row(bill: Bill, parcel: Prepared) -> Row:
    """Return the comparison of a bill with its parcel."""
    if bill.tax_status == VOID:
        return _told(bill, "void")
    assessment = parcel.assessment
    if assessment is None or not assessment.computed:
        return _told(bill, "not-assessed")
    result, billed, due = reconcile(assessment, as_document(bill, assessment)), sum(bill.head, ZERO), assessment.due
    return Row(
        outcome="agrees" if result.agrees else "differs",
        order_no=bill.order_no or parcel.order_no or "",
        waybill_no=bill.waybill_no,
        list_no=bill.list_no,
        tax_bill_no=bill.tax_bill_no,
        assessed=due,
        billed=billed,
        difference=billed - due,
        causes_en=_causes(result, 1, totals=not bill.lines),
        causes_zh=_causes(result, 0, totals=not bill.lines),
    )


def _causes(result: Reconciliation, language: int, *, totals: bool) -> str:
    """Return why a bill differs: each cause, a pair, or what differs where nothing explains it."""
    if result.agrees:
        return ""
    texts = [(each.zh, each.en)[language] for each in result.causes]
    texts += [" + ".join((each.zh, each.en)[language] for each in pair) for pair in result.pairs]
    if not texts:
        texts = [(result.zh, result.en)[language]]
        shown = [each for each in result.differences if not (totals and each.kind == "sum")]
        texts += [(each.zh, each.en)[language] for each in shown]
        texts += [(each.zh, each.en)[language] for each in (result.nearest,) if each and not totals]
    return "\n".join(texts)


def as_document(bill: Bill, assessment: TaxAssessment) -> TaxBill:
    """Return a bill as a document. A bill without lines, of which a table has the totals alone, has the lines of the
    assessment: of a single line with the billed taxes, of several as assessed.
    """
    lines = bill.lines or tuple(
        BillLine(
            gnum=each.gnum,
            hs_code=each.hs_code,
            dutiable_value=each.dutiable_value,
            taxes=bill.head if len(assessment.lines) == 1 else (each.tariff_due, each.consumption_due, each.vat_due),
        )
        for each in assessment.lines
    )
    tariff, consumption, vat = bill.head
    head = TaxBillHead(
        guid="0" * 36,
        returned_at=datetime.combine(assessment.law.day, time()),
        list_no=bill.list_no or None,
        tax_bill_no=bill.tax_bill_no or None,
        tax_status=None,
        tariff=tariff,
        consumption_tax=consumption,
        vat=vat,
    )
    return TaxBill(head=head, lines=tuple(map(_line, lines)))


def _line(line: BillLine) -> TaxBillLine:
    tariff, consumption, vat = line.taxes
    return TaxBillLine(
        gnum=line.gnum,
        hs_code=line.hs_code,
        dutiable_value=line.dutiable_value,
        tariff=tariff,
        consumption_tax=consumption,
        vat=vat,
    )


def _table(rows: list[Row]) -> Table:
    table = Table(box=SIMPLE, title=label("tax bills 税单核对"))
    for title in ("order 订单", "outcome 结果", "assessed 试算", "billed 税单", "difference 差额"):
        table.add_column(label(title), overflow="fold")
    for each in rows:
        style = "" if each.is_in_order else "red"
        number = each.order_no or each.waybill_no or each.list_no
        amounts = ("" if amount is None else f"{amount:,}" for amount in (each.assessed, each.billed, each.difference))
        table.add_row(Text(number), Text(label(OUTCOMES[each.outcome]), style=style), *amounts)
    return table


def _show_causes(row: Row) -> None:
    """Print why a bill differs."""
    if row.causes_en:
        screen.print(Text(row.order_no or row.waybill_no or row.list_no, style="red"), soft_wrap=True)
        for text in words(row.causes_en, row.causes_zh, "\n").splitlines():
            screen.print(Text(f"    {text}"), soft_wrap=True)


def _new_workbook() -> Any:
    try:
        return openpyxl().Workbook()
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None


def _write(out: Path, rows: list[Row]) -> None:
    """Write the comparison as a table, in both languages."""
    titles = [each.name for each in fields(Row)]
    cells = [["" if value is None else str(value) for value in asdict(each).values()] for each in rows]
    if out.suffix.lower() == ".xlsx":
        book = _new_workbook()
        for row in (titles, *cells):
            book.active.append(row)
        write_whole(out, bytes_of(book))
        return
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([titles, *cells])
    write_whole(out, text.getvalue().encode("utf-8-sig"))
