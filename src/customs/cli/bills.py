"""Tax bills in files (税单文件): messages CEB816, and tables (CSV, XLSX) as platforms and brokers export them.

A table has a row for each bill, or for each line of a bill where it has commodity codes. Its columns are found by their
English or Chinese names.

>>> [(each.order_no, each.head) for each in bills_of_rows([{"订单编号": "EX1", "增值税": "6.37", "消费税": "0", "关税": "0"}])]
[('EX1', (Decimal('0'), Decimal('0'), Decimal('6.37')))]
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from customs.cli.app import misuse, misuse_of
from customs.documents import TaxBill
from customs.fields.money import ZERO
from customs.intake.reading import read_sheet
from customs.intake.sheets import Odd, Sheet, SheetError, Value
from customs.wire import ReadError, read

#: The columns of a table: each with its further names.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "order_no": ("订单编号", "订单号", "orderNo"),
    "waybill_no": ("运单编号", "物流运单编号", "运单号", "logisticsNo"),
    "list_no": ("清单编号", "清单号", "invtNo"),
    "tax_bill_no": ("税单编号", "电子税单编号", "税单号", "taxNo"),
    "tax_status": ("税单状态", "状态", "status"),
    "tariff": ("关税", "应征关税", "customsTax"),
    "consumption_tax": ("消费税", "应征消费税", "consumptionTax"),
    "vat": ("增值税", "应征增值税", "valueAddedTax"),
    "gnum": ("商品序号", "序号"),
    "hs_code": ("商品编码", "gcode"),
    "dutiable_value": ("完税价格", "计税价格", "完税总价格", "taxPrice"),
}

_COLUMN_OF = {name.casefold(): column for column, names in COLUMNS.items() for name in (column, *names)}

#: The state of a bill that customs took back.
VOID = "3"

#: How much of a file is looked at to know a message.
_LOOKED_AT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a bill."""

    gnum: int
    hs_code: str
    dutiable_value: Decimal
    taxes: tuple[Decimal, Decimal, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A tax bill as a file has it: its numbers, and tariff, consumption tax and VAT in CNY."""

    order_no: str = ""
    waybill_no: str = ""
    list_no: str = ""
    tax_bill_no: str = ""
    tax_status: str = ""
    head: tuple[Decimal, Decimal, Decimal]
    lines: tuple[BillLine, ...] = ()

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The numbers by which the parcel is found, the surest first."""
        found = (("order", self.order_no), ("waybill", self.waybill_no), ("list", self.list_no))
        return tuple((kind, number) for kind, number in found if number)


def bills_in(path: Path) -> Iterator[Bill]:
    """Yield the tax bills in a file; a file that has none is misuse."""
    try:
        if _is_xml(path):
            yield from _bills_of_message(path, path.read_bytes())
        else:
            with read_sheet(path) as sheet:
                yield from bills_of_rows(_rows(sheet))
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
            raise ValueError(f"row {row.number} has a formula without a value: save it again in Excel or WPS")
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


def bills_of_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[Bill]:
    """Yield the bills of a table; rows with commodity codes that share their numbers are lines of one bill.

    Raises ``ValueError`` for a table without the columns of taxes or of any number, and for what is no amount.
    """
    waiting: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for number, row in enumerate(rows, 2):
        known = {
            column: "" if value is None else str(value).strip()
            for name, value in row.items()
            if (column := _COLUMN_OF.get(str(name).strip().casefold()))
        }
        if lacking := [name for name in ("tariff", "consumption_tax", "vat") if name not in known]:
            raise ValueError(f"it lacks the column {lacking[0]} ({COLUMNS[lacking[0]][0]})")
        numbers = tuple(known.get(name, "") for name in ("order_no", "waybill_no", "list_no", "tax_bill_no"))
        if not any(numbers[:3]):
            raise ValueError(f"row {number} has no order, waybill or list number")
        waiting.setdefault(numbers if known.get("hs_code") else (*numbers, str(number)), []).append(known)
    for group in waiting.values():
        yield _bill_of(group)


def _bill_of(rows: list[dict[str, str]]) -> Bill:
    taxes = [_taxes(row) for row in rows]
    lines = tuple(
        BillLine(
            gnum=int(row.get("gnum") or number),
            hs_code=row["hs_code"],
            dutiable_value=_amount(row["dutiable_value"]),
            taxes=taxes[number - 1],
        )
        for number, row in enumerate(rows, 1)
        if row.get("hs_code") and row.get("dutiable_value")
    )
    names = ("order_no", "waybill_no", "list_no", "tax_bill_no", "tax_status")
    first, second, third = (sum((each[at] for each in taxes), ZERO) for at in range(3))
    return Bill(**{name: rows[0].get(name, "") for name in names}, head=(first, second, third), lines=lines)


def _taxes(row: Mapping[str, str]) -> tuple[Decimal, Decimal, Decimal]:
    return _amount(row["tariff"]), _amount(row["consumption_tax"]), _amount(row["vat"])


#: Places of an amount in a table: workbooks give what they computed with.
_DEEPEST = 30


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text or "0")
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _DEEPEST:
        raise ValueError(f"{text!r} is not an amount")
    return found
