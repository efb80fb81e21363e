"""Tax bills in files (税单文件): messages CEB816, and tables (CSV, XLSX) as platforms and brokers export them."""

from collections.abc import Callable, Iterator, Mapping
from decimal import InvalidOperation
from pathlib import Path

from customs.cli.app import misuse, misuse_of
from customs.cli.bill_rows import Bill, BillLine, bills_of_rows
from customs.documents import TaxBill
from customs.fields.money import ZERO
from customs.intake.reading import read_sheet
from customs.intake.sheets import Odd, Sheet, SheetError, Value
from customs.wire import ReadError, read

#: How much of a file is looked at to know a message.
_LOOKED_AT = 64


def bills_in(path: Path, refuse: Callable[[SheetError], None] | None = None) -> Iterator[Bill]:
    """Yield the tax bills in a file; a file that has none is misuse.

    So is a row that is wrong, unless ``refuse`` takes the reason: then the other rows go on.
    """
    try:
        if _is_xml(path):
            yield from _bills_of_message(path, path.read_bytes())
        else:
            with read_sheet(path) as sheet:
                yield from bills_of_rows(_rows(sheet), refuse)
    except SheetError as error:
        raise misuse_of(
            f"{path.name} is no table of tax bills: {error.en}", f"{path.name} 不是税单表格：{error.zh}"
        ) from None
    except (InvalidOperation, KeyError, ValueError) as error:
        raise misuse(f"{path.name} is no table of tax bills: {error} 不是税单表格") from None


def _is_xml(path: Path) -> bool:
    """Return True for XML, which in UTF-16 has a zero beside each character of its beginning."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _rows(sheet: Sheet) -> Iterator[Mapping[str, Value]]:
    """Yield the rows of a table by its headings; an amount that was never computed is none, one of a merged area counts once."""
    for row in sheet.rows:
        if Odd.UNCOMPUTED in row.odd.values():
            raise SheetError(
                f"row {row.number} has a formula without a value: save it again in Excel or WPS",
                f"第 {row.number} 行的公式没有结果，请用 Excel 或 WPS 重新保存",
            )
        merged = {at for at, odd in row.odd.items() if odd == Odd.MERGED}
        yield {
            heading: None if at in merged else value
            for at, (heading, value) in enumerate(zip(sheet.headings, row.values, strict=False))
        }


def _bills_of_message(path: Path, content: bytes) -> Iterator[Bill]:
    try:
        documents = read(content).documents
    except ReadError as error:
        raise misuse(f"{path.name}: {error}") from None
    for document in documents:
        if not isinstance(document, TaxBill):
            raise misuse(f"{path.name} is {document.message}, not a tax bill (CEB816) 不是电子税单（CEB816）")
        head = document.head
        yield Bill(
            order_no=head.order_no or "",
            waybill_no=head.waybill_no or "",
            list_no=head.list_no or "",
            tax_bill_no=head.tax_bill_no or "",
            tax_status=head.tax_status or "",
            head=(head.tariff or ZERO, head.consumption_tax or ZERO, head.vat or ZERO),
            lines=tuple(
                BillLine(
                    gnum=each.gnum or number,
                    hs_code=each.hs_code or "",
                    dutiable_value=each.dutiable_value or ZERO,
                    taxes=(each.tariff or ZERO, each.consumption_tax or ZERO, each.vat or ZERO),
                )
                for number, each in enumerate(document.lines, 1)
            ),
        )
