"""Rows of a table of tax bills (税单表格): a row for each bill, or for each line of a bill where it has commodity codes.

Columns are found by their English or Chinese names. What a spreadsheet does to numbers and amounts is undone where nothing
is lost, and refused with its row where something is.

>>> [(each.order_no, each.head) for each in bills_of_rows([{"订单编号": "EX1", "增值税": "6.37", "消费税": "0", "关税": "0"}])]
[('EX1', (Decimal('0'), Decimal('0'), Decimal('6.37')))]
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from customs.fields.money import EXACT, ZERO, to_cents
from customs.intake.sheets import SheetError, Value

#: The columns of a table: each with its further names.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "order_no": ("订单编号", "订单号", "orderNo"),
    "waybill_no": ("运单编号", "物流运单编号", "运单号", "logisticsNo"),
    "list_no": ("清单编号", "清单号", "invtNo"),
    "tax_bill_no": ("税单编号", "电子税单编号", "税单号", "taxNo"),
    "tax_status": ("税单状态", "状态", "status"),
    "payment_form_no": ("缴款书编号", "缴款书号", "entDutyNo"),
    "guarantor_code": ("担保企业编号", "担保企业代码", "assureCode"),
    "merchant_code": ("电商企业编号", "电商企业代码", "ebcCode"),
    "made_at": ("税单时间", "生成时间", "returnTime"),
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

#: The states of a bill as tables write them.
STATUSES: Mapping[str, str] = {
    **{each: each for each in ("1", "2", "3")},
    "已生成": "1", "生成": "1", "未汇总": "1", "已汇总": "2", "汇总": "2", "已作废": "3", "作废": "3", "": "",
}  # fmt: skip

#: A number that a spreadsheet shortened, such as 2.9912E+17: its last digits are lost.
_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d+")

#: The longest number of a document.
_LONGEST_NUMBER = 100


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
    payment_form_no: str = ""
    guarantor_code: str = ""
    merchant_code: str = ""
    made_at: datetime | None = None
    head: tuple[Decimal, Decimal, Decimal]
    lines: tuple[BillLine, ...] = ()

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The numbers by which the parcel is found, the surest first."""
        found = (("order", self.order_no), ("waybill", self.waybill_no), ("list", self.list_no))
        return tuple((kind, number) for kind, number in found if number)


def bills_of_rows(
    rows: Iterable[Mapping[str, Any]], refuse: Callable[[SheetError], None] | None = None
) -> Iterator[Bill]:
    """Yield the bills of a table; rows with commodity codes that share their numbers are lines of one bill.

    Raises ``SheetError`` for a table without the columns of taxes, and for a row without a number or with what is no
    amount, unless ``refuse`` takes it.
    """
    waiting: dict[tuple[str, ...], list[_Row]] = {}
    for number, row in enumerate(rows, 2):
        known = {
            column: _text(value)
            for name, value in row.items()
            if (column := _COLUMN_OF.get(str(name).strip().casefold()))
        }
        if lacking := [name for name in ("tariff", "consumption_tax", "vat") if name not in known]:
            name, title = lacking[0], COLUMNS[lacking[0]][0]
            raise SheetError(f"it lacks the column {name} ({title})", f"缺少“{title}”列")
        if not any(known.values()):
            continue
        with _refused_to(refuse):
            numbers = _numbers(number, known)
            waiting.setdefault(numbers if known.get("hs_code") else (*numbers, str(number)), []).append((number, known))
    for group in waiting.values():
        with _refused_to(refuse):
            yield _bill_of(group)


#: A row of a table: its number, and its texts by column.
_Row = tuple[int, Mapping[str, str]]


@contextmanager
def _refused_to(refuse: Callable[[SheetError], None] | None) -> Iterator[None]:
    try:
        yield
    except SheetError as error:
        if refuse is None:
            raise
        refuse(error)


def _text(value: Value) -> str:
    """Return a cell as text, a whole number without its point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
        return str(int(value))
    return "" if value is None else str(value).strip().strip("`'\t ")


#: From here on a number of a workbook has lost digits.
_EXACT_FLOAT = 10**15


def _numbers(number: int, row: Mapping[str, str]) -> tuple[str, ...]:
    """Return the numbers of a row by which its bill is known. Raises ``SheetError`` for none, or one that was shortened."""
    numbers = tuple(row.get(name, "") for name in ("order_no", "waybill_no", "list_no", "tax_bill_no"))
    if not any(numbers[:3]):
        raise SheetError(
            f"row {number} has no order, waybill or list number", f"第 {number} 行没有订单号、运单号或清单号"
        )
    for each in numbers:
        if _SHORTENED.fullmatch(each) or len(each) > _LONGEST_NUMBER:
            raise SheetError(
                f"row {number}: the number {each[:30]} was shortened by a spreadsheet: format its column as text and save again",
                f"第 {number} 行：编号 {each[:30]} 已被表格软件截断，请将该列设为文本后重新导出",
            )
    return numbers


_NUMBERS = (
    "order_no",
    "waybill_no",
    "list_no",
    "tax_bill_no",
    "payment_form_no",
    "guarantor_code",
    "merchant_code",
)


def _bill_of(rows: list[_Row]) -> Bill:
    taxes = [_taxes(number, row) for number, row in rows]
    lines = tuple(
        BillLine(
            gnum=_whole(number, row.get("gnum") or str(place)),
            hs_code=row["hs_code"],
            dutiable_value=_amount(number, row["dutiable_value"]),
            taxes=taxes[place - 1],
        )
        for place, (number, row) in enumerate(rows, 1)
        if row.get("hs_code") and row.get("dutiable_value")
    )
    number, first = rows[0]
    status = STATUSES.get(first.get("tax_status", ""))
    if status is None:
        raise SheetError(
            f"row {number}: the status is 1 (made), 2 (gathered) or 3 (void)",
            f"第 {number} 行：税单状态应为 1（已生成）、2（已汇总）或 3（已作废）",
        )
    tariff, consumption, vat = (sum((each[at] for each in taxes), ZERO) for at in range(3))
    return Bill(
        **{name: first.get(name, "") for name in _NUMBERS},
        tax_status=status,
        made_at=_moment(number, first.get("made_at", "")),
        head=(tariff, consumption, vat),
        lines=lines,
    )


def _taxes(number: int, row: Mapping[str, str]) -> tuple[Decimal, Decimal, Decimal]:
    tariff, consumption, vat = (_amount(number, row[name]) for name in ("tariff", "consumption_tax", "vat"))
    return tariff, consumption, vat


def _whole(number: int, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise SheetError(f"row {number}: {text!r} is not a line number", f"第 {number} 行：“{text}”不是商品序号")
    return int(text)


def _moment(number: int, text: str) -> datetime | None:
    if not text:
        return None
    for layout in _TIMES:
        with suppress(ValueError):
            return datetime.strptime(text, layout)
    raise SheetError(
        f"row {number}: {text!r} is no time, such as 2026-11-12 08:00:00",
        f"第 {number} 行：“{text}”不是时间，应如 2026-11-12 08:00:00",
    )


_TIMES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y%m%d%H%M%S",
    "%Y%m%d",
)  # fmt: skip


#: Places of an amount in a table: workbooks give what they computed with.
_DEEPEST = 30


#: What computing in binary adds to an amount in cents is less than this.
_NOISE = Decimal("0.000001")


def _amount(number: int, text: str) -> Decimal:
    """Return an amount; what a workbook computed in binary is rounded to the cents that it means."""
    wrong = SheetError(f"row {number}: {text!r} is not an amount", f"第 {number} 行：“{text}”不是金额")
    try:
        found = Decimal(text.replace(",", "") or "0")
    except InvalidOperation:
        raise wrong from None
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _DEEPEST:
        raise wrong
    cents = to_cents(found)
    return cents if found != cents and abs(EXACT.subtract(found, cents)) < _NOISE else found
