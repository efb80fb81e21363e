"""Files for the commands ``bills`` (税单命令的输入): receipts, and tables of bills, exchange rates, returns and payments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from customs.cli.bills import bills_in
from customs.codes import code_list
from customs.documents.imports.tax_bill import TaxBill, TaxBillStatus
from customs.fields.money import ZERO, to_cents
from customs.intake.reading import read_sheet
from customs.ledger.bills import BillReceipt, bill_receipt
from customs.ledger.causes import EntryCause
from customs.ledger.settlements.own_payments import columns_found, text_of, wrong_cell
from customs.reconciliation.three_way import BillSide, figures_key
from customs.reconciliation.trial import LineFigures
from customs.wire import ReadError, read

Refuse = Callable[[str], None]


def receipts_in(paths: list[Path], refuse: Refuse) -> Iterator[BillReceipt]:
    """Yield the bills of files and folders, one file at a time; receipts of other kinds are left out."""
    for path in paths:
        if path.is_dir():
            for file in sorted(each for each in path.rglob("*") if each.suffix.lower() == ".xml" and each.is_file()):
                yield from _of_message(file, refuse)
        elif path.suffix.lower() == ".xml":
            yield from _of_message(path, refuse)
        else:
            yield from _of_table(path, refuse)


def _of_message(file: Path, refuse: Refuse) -> Iterator[BillReceipt]:
    try:
        documents = read(file.read_bytes()).documents
    except ReadError as error:
        refuse(f"{file.name}: {error}")
        return
    except OSError:
        refuse(f"{file.name}: it cannot be read {file.name}：无法读取")
        return
    for document in documents:
        if isinstance(document, TaxBill | TaxBillStatus):
            try:
                yield bill_receipt(document)
            except ValueError as error:
                refuse(f"{file.name}: {error}")


def _of_table(file: Path, refuse: Refuse) -> Iterator[BillReceipt]:
    """Yield the bills of a table; the same bill in another table, or in a corrected one, is known by its content."""
    for bill in bills_in(file, lambda error: refuse(f"{file.name}: {error}")):
        if not bill.tax_bill_no:
            number = bill.list_no or bill.order_no or bill.waybill_no
            refuse(
                f"{file.name}: the bill of {number} has no number, by which the ledger keeps it: add the column taxNo, or "
                f"compare the file with customs reconcile {file.name}：{number} 的税单无编号，账簿按编号登记，"
                f"请补上“税单编号”列，或用 customs reconcile 核对"
            )
            continue
        side = BillSide(
            tax_bill_no=bill.tax_bill_no,
            list_no=bill.list_no,
            order_no=bill.order_no,
            waybill_no=bill.waybill_no,
            guarantor_code=bill.guarantor_code,
            merchant_code=bill.merchant_code,
            status=bill.tax_status or "1",
            payment_form_no=bill.payment_form_no,
            made_at=bill.made_at,
            head=bill.head,
            lines={each.gnum: LineFigures(each.hs_code, each.dutiable_value, *each.taxes) for each in bill.lines},
        )
        content = f"{side.status}{figures_key(side.head, side.lines)[:12]}"
        yield BillReceipt(bill=side, cause=EntryCause("file", f"{file.name[:60]}/{side.tax_bill_no}/{content}"))


_EXCHANGE = {
    "currency": ("币种", "币制"),
    "month": ("月份", "年月"),
    "rate": ("汇率", "计征汇率"),
}


def exchange_rates(path: Path) -> dict[str, dict[str, Decimal]]:
    """Return customs exchange rates by currency (502 or USD) and month (2026-11). Raises ``SheetError``."""
    found: dict[str, dict[str, Decimal]] = {}
    with read_sheet(path) as sheet:
        at = columns_found(path.name, sheet.headings, _EXCHANGE, tuple(_EXCHANGE))
        for row in sheet.rows:
            cells = {name: row.values[column] for name, column in at.items()}
            if not any(text_of(each) for each in cells.values()):
                continue
            currency, month = currency_of(text_of(cells["currency"])), _month(cells["month"])
            rate = _number(text_of(cells["rate"]))
            for column, value in (("币种", currency), ("月份", month), ("汇率", rate)):
                if not value or rate is None or rate <= 0:
                    raise wrong_cell(path.name, row.number, column if not value else "汇率")
            assert rate is not None
            found.setdefault(currency, {})[month] = rate
    return found


def currency_of(text: str) -> str:
    """Return the customs code of a currency (502) from its code or its letters (USD); empty if it is none."""
    known = code_list("currencies")
    if text in known:
        return text
    found = known.by_alpha(text.upper()) if text else None
    return found.code if found else ""


def _month(value: object) -> str:
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    text = str(value if value is not None else "").strip().replace("/", "-").replace(".0", "")
    for layout in ("%Y-%m", "%Y%m", "%Y年%m月", "%Y-%m-%d"):
        try:
            return f"{datetime.strptime(text, layout):%Y-%m}"
        except ValueError:
            continue
    return ""


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@dataclass(slots=True)
class ReturnedGoods:
    """The goods of an order that came back, by line, and what of the tax the buyer was paid back."""

    quantities: dict[int, Decimal] = field(default_factory=dict)
    repaid: Decimal | None = None


_RETURNS = {
    "order_no": ("订单编号", "订单号"),
    "gnum": ("商品序号", "序号"),
    "qty": ("退货数量", "数量"),
    "repaid": ("已退税款", "退税金额"),
}


def returns_in(path: Path) -> dict[str, ReturnedGoods]:
    """Return what came back of orders, as a table has it: a row for each line, or for an order that was paid back.

    Raises ``SheetError``, also for a row that says neither.
    """
    found: dict[str, ReturnedGoods] = {}
    with read_sheet(path) as sheet:
        at = columns_found(path.name, sheet.headings, _RETURNS, ("order_no",))
        for row in sheet.rows:
            cells = {name: text_of(row.values[column]) for name, column in at.items()}
            if not any(cells.values()):
                continue
            order = found.setdefault(cells["order_no"], ReturnedGoods())
            qty, repaid = _positive(cells.get("qty")), _positive(cells.get("repaid"))
            gnum = cells.get("gnum", "")
            if not cells["order_no"] or not (qty or repaid):
                raise wrong_cell(path.name, row.number, "订单编号" if qty or repaid else "退货数量")
            if qty:
                if not gnum.isdigit():
                    raise wrong_cell(path.name, row.number, "商品序号")
                order.quantities[int(gnum)] = qty
            if repaid:
                if repaid != to_cents(repaid):
                    raise wrong_cell(path.name, row.number, "已退税款")
                order.repaid = (order.repaid or ZERO) + repaid
    return found


def _positive(text: str | None) -> Decimal | None:
    found = _number(text) if text else None
    return found if found and found > 0 else None


@dataclass(frozen=True, slots=True)
class FormPaid:
    """A payment form that was paid: its number, the amount and the day."""

    payment_form_no: str
    amount: Decimal
    paid_on: date


_PAYMENTS = {
    "form": ("缴款书编号", "缴款书号", "entDutyNo"),
    "amount": ("缴款金额", "实缴金额", "金额"),
    "paid_on": ("缴款日期", "缴税日期", "日期"),
}


def payments_in(path: Path) -> list[FormPaid]:
    """Return the payment forms that a table says were paid. Raises ``SheetError``."""
    found: list[FormPaid] = []
    with read_sheet(path) as sheet:
        at = columns_found(path.name, sheet.headings, _PAYMENTS, tuple(_PAYMENTS))
        for row in sheet.rows:
            cells = {name: row.values[column] for name, column in at.items()}
            if not any(text_of(each) for each in cells.values()):
                continue
            form, amount, day = text_of(cells["form"]), _positive(text_of(cells["amount"])), _day(cells["paid_on"])
            for column, value in (("缴款书编号", form), ("缴款金额", amount), ("缴款日期", day)):
                if not value:
                    raise wrong_cell(path.name, row.number, column)
            if amount is None or day is None or amount != to_cents(amount):
                raise wrong_cell(path.name, row.number, "缴款金额")
            found.append(FormPaid(form, amount, day))
    return found


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value if value is not None else "").strip().replace("/", "-")
    for layout in ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, layout).date()
        except ValueError:
            continue
    return None
