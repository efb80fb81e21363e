"""Traces as they are shown (溯源结果的显示): as tables, as JSON, as a workbook. Nobody's name or telephone is among them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
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
from customs.ledger.trace import KeptTrace, RecalledParcel, TracedLot, TracedParcel, TraceFault

#: The columns of a recall list: English, Chinese.
RECALL = (
    ("order", "订单编号"), ("waybill", "运单编号"), ("list", "清单编号"), ("state", "清单状态"), ("left at", "出库时间"),
    ("article", "货号"), ("batch", "批次"), ("lines", "商品序号"), ("quantity", "数量"), ("codes", "溯源码"),
)  # fmt: skip

_LOT = {
    "sku": ("article", "货号"), "batch": ("batch", "批次"), "origin_country": ("origin", "原产国"), "brand": ("brand", "品牌"),
    "maker": ("maker", "生产厂家"), "produced_on": ("produced", "生产日期"), "expires_on": ("expires", "有效期至"),
    "bond_no": ("bond list", "核注清单编号"), "entry_no": ("entry list", "进境备案清单编号"), "ems_no": ("book", "账册编号"),
    "port": ("port", "进境口岸"), "arrived_on": ("arrived", "入区日期"),
}  # fmt: skip

_ENTRY = (
    ("entry", "登记号"), ("code", "溯源码"), ("article", "货号"), ("batch", "批次"), ("order", "订单编号"), ("waybill", "运单编号"),
    ("line", "商品序号"), ("quantity", "数量"), ("time", "时间"), ("cause", "事由"), ("taken back by", "更正工单"),
)  # fmt: skip

#: The states of lists as the ledger keeps them, in Chinese.
_STATES: Mapping[str, str] = {
    "open": "已申报", "stored": "暂存", "sent": "已发送", "accepted": "入库", "rejected": "退单", "manual_review": "转人工",
    "suspended": "挂起", "awaiting_arrival": "待到货", "concluded": "审结", "inspection": "查验", "detained": "扣留移送",
    "released": "放行", "closed": "结关", "returned": "退运", "withdrawn": "撤销", "in_flight": "未放行", "cancelled": "已撤单",
    "deducted": "已核扣", "pre": "预核扣", "deleted": "已删除", "declared": "已申报", "passed": "已通过",
}  # fmt: skip

#: What a consumer is shown, in Chinese.
_CONSUMER = {"code": "溯源码", "genuine": "是否可信"} | {name: zh for name, (_, zh) in _LOT.items()}
_GENUINE = {"known": "已登记", "doubtful": "存疑"}


def parcel_values(parcel: TracedParcel) -> dict[str, Any]:
    """Return a parcel as values of JSON."""
    return {name: value for name, value in asdict(parcel).items() if value}


def recalled_values(found: RecalledParcel) -> dict[str, Any]:
    """Return a recalled parcel as values of JSON."""
    held = {"sku": found.sku, "batch": found.batch, "lines": found.lines, "quantity": _plain(found.quantity)}
    return {**parcel_values(found.parcel), **held, "codes": found.codes, "left_at": found.left_at}


def lot_values(found: TracedLot) -> dict[str, Any]:
    """Return a lot as values of JSON."""
    values = {name: value for name, value in asdict(found.lot).items() if value}
    return {**values, "entered": asdict(found.entered)} if found.entered else values


def entry_values(kept: KeptTrace) -> dict[str, Any]:
    """Return an entry as values of JSON."""
    values = {name: value for name, value in asdict(kept.entry).items() if value}
    values["quantity"] = _plain(kept.entry.quantity)
    return {"id": kept.id, **values, "cause": kept.cause, "taken_back_by": kept.taken_back_by}


def fault_values(fault: TraceFault) -> dict[str, Any]:
    """Return a fault as values of JSON."""
    return {**{name: value for name, value in asdict(fault).items() if value}, "en": fault.en, "zh": fault.zh}


def show_faults(faults: Iterable[TraceFault]) -> None:
    """Print faults, a line each."""
    for each in faults:
        screen.print(Text(words(each.en, each.zh)), soft_wrap=True)


def show_consumer(shown: Mapping[str, str]) -> None:
    """Print what a consumer may see of a code."""
    for name, value in shown.items():
        told = words(value, _GENUINE.get(value, "")) if name == "genuine" else value
        screen.print(Text(f"{words(_LOT.get(name, (name, ''))[0], _CONSUMER[name])}: {told}"), soft_wrap=True)


def show_lots(lots: Iterable[TracedLot]) -> None:
    """Print lots, each with what is known of it and how it came in."""
    for each in lots:
        known = {name: value for name in _LOT if (value := getattr(each.lot, name))}
        told = [f"{words(*_LOT[name])}: {value}" for name, value in known.items()]
        if each.entered and each.entered.state:
            since = f" {each.entered.since}" if each.entered.since else ""
            told.append(f"{words('bond list', '核注清单')}: {_state(each.entered.state)}{since}")
        screen.print(Text("  ".join(told)), soft_wrap=True)


def show_parcels(parcels: Iterable[TracedParcel]) -> None:
    """Print parcels, each with its list."""
    for each in parcels:
        told = {("order", "订单编号"): each.order_no, ("waybill", "运单编号"): each.waybill_no}
        told |= {("list", "清单编号"): each.list_no, ("state", "清单状态"): _state(each.state)}
        told |= {("since", "时间"): str(each.since or "")}
        screen.print(
            Text("  ".join(f"{words(*name)}: {value}" for name, value in told.items() if value)), soft_wrap=True
        )


def entries_table(entries: Iterable[KeptTrace]) -> Table:
    """Return a table of entries."""
    rows = []
    for each in entries:
        entry = each.entry
        places = (entry.code, entry.sku, entry.batch, entry.order_no, entry.waybill_no, entry.line or "")
        rows.append((each.id, *places, _plain(entry.quantity), entry.at or "", each.cause, each.taken_back_by))
    return table_of(_ENTRY, rows)


def recall_row(found: RecalledParcel) -> tuple[Any, ...]:
    """Return a recalled parcel as a row of the recall list."""
    parcel = found.parcel
    named = (parcel.order_no, parcel.waybill_no, parcel.list_no, _state(parcel.state), found.left_at or "")
    lines, codes = ", ".join(map(str, found.lines)), ", ".join(found.codes)
    return (*named, found.sku, found.batch, lines, found.quantity, codes)


def table_of(columns: Iterable[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> Table:
    """Return rows as a table for people."""
    table = Table(box=SIMPLE)
    for each in columns:
        table.add_column(words(*each), overflow="fold")
    for row in rows:
        table.add_row(*[Text(f"{value}") for value in row])
    return table


class RecallWorkbook:
    """A recall list that is written as parcels come."""

    def __init__(self) -> None:
        try:
            self._book: Any = openpyxl().Workbook(write_only=True)
        except SheetError as error:
            raise misuse_of(error.en, error.zh) from None
        self._sheet = self._book.create_sheet("召回 recall")
        self._sheet.append([f"{zh} {en}" for en, zh in RECALL])

    def add(self, found: RecalledParcel) -> None:
        """Add a parcel; a text that looks like a formula stays a text."""
        cells = [openpyxl().cell.WriteOnlyCell(self._sheet, each) for each in recall_row(found)]
        for each in cells:
            if isinstance(each.value, str):
                each.data_type = "s"
        self._sheet.append(cells)

    def write(self, out: Path) -> None:
        """Write the workbook, whole or not at all."""
        write_whole(out, bytes_of(self._book))


def _state(state: str) -> str:
    return words(state.replace("_", " "), _STATES.get(state, "")) if state else ""


def _plain(quantity: Any) -> str:
    return f"{quantity.normalize():f}"
