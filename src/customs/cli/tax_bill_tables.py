"""The tables of months of bills (税单核对表): what is shown, printed as JSON, and written as a workbook to be signed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli.app import misuse_of, screen
from customs.cli.language import words
from customs.files import write_whole
from customs.intake.sheets import SheetError
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl
from customs.reconciliation.three_way import GROUPS, STANDINGS, BillSummary, BillTotals, ParcelComparison, TaxPoint

#: The columns of a line: English, Chinese.
_LINE = (
    ("month", "月份"), ("order", "订单编号"), ("list", "清单编号"), ("merchant", "电商企业"), ("tax bills", "税单编号"),
    ("payment forms", "缴款书编号"), ("assessed", "试算税款"), ("billed", "税单税款"), ("charged", "向买家收取"),
    ("bill - assessed", "税单减试算"), ("charge - bill", "收取减税单"), ("bill stands", "税单状态"),
    ("charge stands", "收取状态"), ("causes", "原因"), ("advice", "处理建议"),
)  # fmt: skip

_TOTALS = (
    ("parcels", "票数"), ("bills", "税单数"), ("assessed", "试算税款"), ("billed", "税单税款"), ("charged", "向买家收取"),
    ("bill - assessed", "税单减试算"), ("charge - bill", "收取减税单"), ("in order", "相符"), ("explained", "原因已查明"),
    ("unknown", "原因不明"),
)  # fmt: skip

_CAUSES = (
    ("class", "类别"), ("cause", "原因代码"), ("lines", "票数"), ("bill - assessed", "税单减试算"),
    ("charge - bill", "收取减税单"),
)  # fmt: skip


def line_values(line: ParcelComparison) -> dict[str, Any]:
    """Return a line as values of JSON."""
    return {
        "order_no": line.order_no,
        "list_no": line.list_no,
        "merchant_code": line.merchant_code,
        "tax_bill_nos": list(line.tax_bill_nos),
        "payment_form_nos": list(line.payment_form_nos),
        "assessed": line.assessed,
        "billed": line.billed,
        "charged": line.charged,
        "bill_stands": line.bill_stands,
        "charge_stands": line.charge_stands,
        "in_order": line.in_order,
        "causes": [_point_values(each) for each in line.named],
        "possible": [_point_values(each) for each in line.possible],
    }


def _point_values(point: TaxPoint) -> dict[str, Any]:
    return {"code": point.code, "class": point.group, "en": point.en, "zh": point.zh}


def show_line(line: ParcelComparison) -> None:
    """Print a parcel that is not in order, with its causes and what to do."""
    amounts = [
        f"{words(en, zh)} {amount:,.2f}"
        for en, zh, amount in (
            ("assessed", "试算", line.assessed),
            ("billed", "税单", line.billed),
            ("charged", "收取", line.charged),
        )
        if amount is not None
    ]
    number = line.order_no or line.list_no or "".join(line.tax_bill_nos[:1])
    screen.print(Text(f"{number}  {'  '.join(amounts)}", style="red"), soft_wrap=True)
    for each in line.named:
        screen.print(Text(f"    {words(each.en, each.zh)} {words(each.advice_en, each.advice_zh)}"), soft_wrap=True)
    if "unknown" in (line.bill_stands, line.charge_stands) and not line.named:
        screen.print(Text(f"    {words(STANDINGS['unknown'][1], STANDINGS['unknown'][0])}"), soft_wrap=True)


def summary_tables(summary: BillSummary) -> Iterator[Table]:
    """Yield the totals by month, by merchant, by payment form and by cause, as tables to be shown.

    Of payment forms those with a difference; the workbook and JSON have them all.
    """
    yield _shown(words("by month", "按月"), (("month", "月份"), *_TOTALS), _by_name(summary.by_month, summary.all))
    if len(summary.by_merchant) > 1:
        merchant = ("merchant", "电商企业")
        yield _shown(words("by merchant", "按电商企业"), (merchant, *_TOTALS), _by_name(summary.by_merchant))
    forms = {form: each for form, each in summary.by_payment_form.items() if form and each.in_order < each.parcels}
    if forms:
        title = words("payment forms with differences", "有差异的缴款书")
        yield _shown(title, (("payment form", "缴款书编号"), *_TOTALS), _by_name(forms))
    if summary.by_cause:
        yield _shown(words("by cause", "按原因"), _CAUSES, _causes(summary))


def _shown(title: str, headings: tuple[tuple[str, str], ...], rows: Iterator[list[Any]]) -> Table:
    table = Table(box=SIMPLE, title=title)
    for en, zh in headings:
        table.add_column(words(en, zh), overflow="fold")
    for row in rows:
        table.add_row(*[str(each) for each in row])
    return table


def _by_name(totals: dict[str, BillTotals], every: BillTotals | None = None) -> Iterator[list[Any]]:
    for name, each in sorted(totals.items()):
        yield [name, *_values_of(each)]
    if every:
        yield [words("all", "合计"), *_values_of(every)]


def _values_of(each: BillTotals) -> list[Any]:
    return [
        each.parcels,
        each.bills,
        each.assessed,
        each.billed,
        each.charged,
        each.billed_more,
        each.charged_more,
        each.in_order,
        each.explained,
        each.unknown,
    ]


def _causes(summary: BillSummary) -> Iterator[list[Any]]:
    for code, each in summary.causes():
        zh, en = GROUPS[each.group]
        yield [words(en, zh), code, each.lines, each.billed_more, each.charged_more]


def summary_values(summary: BillSummary) -> dict[str, Any]:
    """Return the totals as values of JSON."""
    names = [
        "parcels",
        "bills",
        "assessed",
        "billed",
        "charged",
        "billed_more",
        "charged_more",
        "in_order",
        "explained",
        "unknown",
    ]

    def told(each: BillTotals) -> dict[str, Any]:
        return dict(zip(names, _values_of(each), strict=True))

    return {
        "all": told(summary.all),
        "by_month": {month: told(each) for month, each in summary.by_month.items()},
        "by_merchant": {code: told(each) for code, each in summary.by_merchant.items() if code},
        "by_payment_form": {form: told(each) for form, each in summary.by_payment_form.items() if form},
        "by_cause": {
            code: {
                "class": each.group,
                "lines": each.lines,
                "billed_more": each.billed_more,
                "charged_more": each.charged_more,
            }
            for code, each in summary.causes()
        },
    }


#: The sheets of totals.
_SHEETS = ("合计 totals", "电商企业 merchants", "缴款书 forms", "原因 causes")


class BillWorkbook:
    """A workbook that is written as lines come: the totals with a place to sign, and one line for each parcel.

    Without ``lines`` it has the totals alone.
    """

    def __init__(self, *, lines: bool = True) -> None:
        try:
            self._book: Any = openpyxl().Workbook(write_only=True)
        except SheetError as error:
            raise misuse_of(error.en, error.zh) from None
        self._totals = [self._book.create_sheet(name) for name in _SHEETS]
        if lines:
            self._lines = self._book.create_sheet("逐票 parcels")
            self._lines.append([f"{zh} {en}" for en, zh in _LINE])

    def add(self, month: str, line: ParcelComparison) -> None:
        """Add a line; numbers of documents are text, so that no program shortens them."""
        stands = [STANDINGS[each] for each in (line.bill_stands, line.charge_stands)]
        self._lines.append(
            [
                month,
                line.order_no,
                line.list_no,
                line.merchant_code,
                " ".join(line.tax_bill_nos),
                " ".join(line.payment_form_nos),
                line.assessed,
                line.billed,
                line.charged,
                line.billed_more,
                line.charged_more,
                *(f"{zh} {en}" for zh, en in stands),
                "\n".join(f"{each.zh} {each.en}" for each in line.named),
                "\n".join(f"{each.advice_zh} {each.advice_en}" for each in line.named),
            ]
        )

    def write(self, out: Path, summary: BillSummary, on: date) -> None:
        """Write the workbook, whole or not at all."""
        months, merchants, forms, causes = self._totals
        for sheet, first, named in (
            (months, ("month", "月份"), summary.by_month),
            (merchants, ("merchant", "电商企业"), summary.by_merchant),
            (forms, ("payment form", "缴款书编号"), summary.by_payment_form),
        ):
            sheet.append([f"{zh} {en}" for en, zh in (first, *_TOTALS)])
            for name, totals in sorted(named.items()):
                if name:
                    sheet.append([name, *_values_of(totals)])
        months.append(["合计 all", *_values_of(summary.all)])
        months.append([])
        months.append(["核对日期 compared on", on])
        for title in ("制表 prepared by", "复核 checked by", "签字日期 signed on"):
            months.append([title])
        causes.append([f"{zh} {en}" for en, zh in _CAUSES])
        for code, each in summary.causes():
            causes.append([" ".join(GROUPS[each.group]), code, each.lines, each.billed_more, each.charged_more])
        write_whole(out, bytes_of(self._book))
