"""Node files (节点文件): what shop, warehouse and carrier did with orders, as tables that they drop into a folder.

A row tells a node of an order: the order by its number or that of its waybill, the node by its name in either language, and
when it was reached. Each node is entered once, however often it is told. A row that cannot be understood goes back with the
reason; the others count.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from customs.fields.moments import china_time
from customs.fields.terms import Moment
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.nodes import TOLD_NODES, NodeEvent, enter_nodes
from customs.hub.store.tables import HUB_NUMBERS, HUB_ORDERS
from customs.intake.cell_times import year_first
from customs.intake.cell_values import cleaned, narrow, whole_digits
from customs.intake.column_names import path_of
from customs.intake.reading import read_sheet
from customs.intake.returned import CellFault, ReturnedOrder, write_returned
from customs.intake.returned_faults import refused_name
from customs.intake.sheets import Odd, Sheet, SheetError, SheetRow, Value
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts

#: Rows of one file: what one transaction takes in.
MOST_NODE_ROWS = 100_000

#: The fields of a row by their paths, and by headings beside those that order lists have.
_PATHS = {"order.order_no": "order_no", "waybill.waybill_no": "waybill_no", "parties.platform_code": "platform_code"}
_HEADINGS: Mapping[str, str] = {
    **dict.fromkeys(("节点", "节点名称", "node", "物流状态", "状态", "status", "事件", "event"), "node"),
    **dict.fromkeys(
        ("时间", "节点时间", "操作时间", "发生时间", "事件时间", "at", "time", "event_time", "eventtime"), "at"
    ),
}

#: The nodes by every name that warehouses and carriers give them, in small letters.
_NODES: Mapping[str, str] = {
    **{each.value: each.value for each in TOLD_NODES},
    **{each.words[0]: each.value for each in TOLD_NODES},
    **{each.words[1]: each.value for each in TOLD_NODES},
    **dict.fromkeys(("已下单", "订单创建"), "ordered"),
    **dict.fromkeys(("已支付", "付款", "已付款"), "paid"),
    **dict.fromkeys(("已拣货", "拣货完成"), "picked"),
    **dict.fromkeys(("已打包", "打包完成", "包装"), "packed"),
    **dict.fromkeys(("已称重",), "weighed"),
    **dict.fromkeys(("已出区", "出卡口"), "left_zone"),
    **dict.fromkeys(("已揽收", "揽件", "已揽件"), "collected"),
    **dict.fromkeys(("已签收", "妥投"), "signed"),
}

_AT = Moment("at", "时间", "Time")

#: The longest number of an order or a waybill.
_LONGEST_NUMBER = 60


class ToldRow(NamedTuple):
    """A row that was understood: which order reached which node when."""

    row: SheetRow
    order_no: str
    waybill_no: str
    platform_code: str
    node: str
    at: datetime

    @property
    def number(self) -> str:
        """The number by which the order is looked for."""
        return self.order_no or self.waybill_no


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFileOutcome:
    """The outcome of a node file: how many rows were new or known, and why others were refused. No personal data stands in it."""

    new: int = 0
    known: int = 0
    refused: tuple[CellFault, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    """Reasons in English and Chinese why the file as a whole cannot be read."""
    returned: tuple[str, bytes] = field(default=("", b""), repr=False)

    def counts(self) -> dict[str, int]:
        """Return how many rows had which outcome."""
        return {"new": self.new, "known": self.known, "refused": len({each.row for each in self.refused})}

    def details(self) -> dict[str, Any]:
        """Return what the record tells of its parts: the reasons by row."""
        return {"refused": [each.told() for each in self.refused]}


def take_node_file(connection: LedgerConnection, hub: HubEnterprise, path: Path, *, now: datetime) -> NodeFileOutcome:
    """Enter the nodes that a file tells, within the transaction of the caller. Raises ``OSError``."""
    try:
        with read_sheet(path) as sheet:
            columns = _columns(sheet)
            if isinstance(columns, NodeFileOutcome):
                return columns
            rows = [_told(row, columns) for row in _bounded(sheet)]
    except SheetError as error:
        return NodeFileOutcome(unreadable=((error.en, error.zh),))
    told = [each for each in rows if isinstance(each, ToldRow)]
    refused = [each for each in rows if not isinstance(each, ToldRow)]
    events = list[NodeEvent]()
    orders = _orders(connection, hub.name, {each.number for each in told})
    for each in told:
        found = _order_of(each, orders, columns)
        if isinstance(found, int):
            events.append(NodeEvent(order=found, node=each.node, at=each.at, source="file"))
        else:
            refused.append(ReturnedOrder(rows=(each.row,), faults=(found,)))
    new = enter_nodes(connection, events, arrived=now, hooks={hub.name: hub.hooks})
    return NodeFileOutcome(
        new=new,
        known=len(events) - new,
        refused=tuple(fault for each in refused for fault in each.faults),
        returned=(refused_name(path.stem, sheet), write_returned(sheet, refused)) if refused else ("", b""),
    )


def _columns(sheet: Sheet) -> dict[str, int] | NodeFileOutcome:
    """Return the places of the fields, or the outcome of a file that lacks one, or has it twice."""
    found, wrong = dict[str, int](), list[tuple[str, str]]()
    for at, heading in enumerate(sheet.headings):
        name = _HEADINGS.get(narrow(heading).casefold()) or _PATHS.get(path_of(heading), "")
        if name and found.setdefault(name, at) != at:
            first = sheet.headings[found[name]]
            wrong.append(
                (f"{heading} means the same as {first}: leave one", f"“{heading}”与“{first}”含义相同，请保留一列")
            )
    if not {"order_no", "waybill_no"} & set(found):
        wrong.append(
            ("no column says which order: 订单编号 order_no or 运单编号 waybill_no", "缺少“订单编号”或“运单编号”列")
        )
    for name, zh in (("node", "节点"), ("at", "时间")):
        if name not in found:
            wrong.append((f"no column {zh} {name}: add it", f"缺少“{zh}”列（{name}）"))
    return NodeFileOutcome(unreadable=tuple(wrong)) if wrong else found


def _bounded(sheet: Sheet) -> Iterator[SheetRow]:
    """Yield the rows that hold anything. Raises ``SheetError`` beyond ``MOST_NODE_ROWS``."""
    count = 0
    for row in sheet.rows:
        if all(each in (None, "") for each in row.values):
            continue
        count += 1
        if count > MOST_NODE_ROWS:
            raise SheetError(
                f"{sheet.file} has more than {MOST_NODE_ROWS:,} rows: split it",
                f"{sheet.file} 超过 {MOST_NODE_ROWS:,} 行，请拆分",
            )
        yield row


def _told(row: SheetRow, columns: Mapping[str, int]) -> ToldRow | ReturnedOrder:
    """Return what a row tells, or why it cannot be understood."""
    texts = {name: _text(row.values[columns[name]]) if name in columns else "" for name in (*_PATHS.values(), "node")}
    at = year_first(row.values[columns["at"]], _AT)
    faults = [*_odd(row, columns)]
    if not texts["order_no"] and not texts["waybill_no"]:
        first = min(columns[name] for name in ("order_no", "waybill_no") if name in columns)
        faults.append(_fault(row, first, "no number of an order or a waybill", "缺少订单编号或运单编号"))
    node = _NODES.get(texts["node"].casefold())
    if node is None:
        names = "、".join(f"{each.words[0]} {each.value}" for each in TOLD_NODES)
        faults.append(_fault(row, columns["node"], f"this is none of the nodes {names}", f"节点应为 {names} 之一"))
    if not isinstance(at, str) or not at:
        en, zh = "this is no time, such as 2026-11-11 18:00:00", "应为时间，如 2026-11-11 18:00:00"
        faults.append(_fault(row, columns["at"], en, zh))
    if faults or node is None or not isinstance(at, str):
        return ReturnedOrder(rows=(row,), faults=tuple(faults))
    return ToldRow(row, texts["order_no"], texts["waybill_no"], texts["platform_code"], node, china_time(at))


def _text(value: Value) -> str:
    """Return the text of a cell; a number of a workbook without its point."""
    text = cleaned(value) if isinstance(value, str) else whole_digits(value) if value is not None else ""
    return narrow(text) if len(text) <= _LONGEST_NUMBER else ""


def _odd(row: SheetRow, columns: Mapping[str, int]) -> Iterable[CellFault]:
    """Yield why a row or its cells hold nothing to rely on."""
    if row.odd.get(-1) is Odd.HIDDEN:
        yield _fault(row, None, "the row is hidden: show it or delete it", "该行被隐藏，请取消隐藏或删除")
    for at in columns.values():
        if row.odd.get(at) in (Odd.ERROR, Odd.UNCOMPUTED):
            yield _fault(row, at, "the cell holds no value: write it", "单元格没有可用的值，请直接填写")


def _fault(row: SheetRow, column: int | None, en: str, zh: str) -> CellFault:
    return CellFault(row=row.number, column=column, en=en, zh=zh)


#: The orders of an enterprise by the name of a number and the number, with their platforms.
_Orders = Mapping[tuple[str, str], list[tuple[int, str]]]


def _orders(connection: LedgerConnection, enterprise: str, numbers: Iterable[str]) -> _Orders:
    """Return the orders that are known by their own number or that of their waybill."""
    named, orders = HUB_NUMBERS.c, HUB_ORDERS.c
    found = dict[tuple[str, str], list[tuple[int, str]]]()
    for part in in_parts(sorted(numbers)):
        wanted = (
            select(named.name, named.number, orders.id, orders.platform_code)
            .join(HUB_ORDERS, orders.id == named.order)
            .where(orders.enterprise == enterprise, named.number.in_(part), named.name.in_(("order_no", "waybill_no")))
        )
        for name, number, order, platform_code in connection.sql.execute(wanted):
            found.setdefault((name, number), []).append((order, platform_code))
    return found


def _order_of(told: ToldRow, orders: _Orders, columns: Mapping[str, int]) -> int | CellFault:
    """Return the order that a row tells of, or why it is not known."""
    by = "order_no" if told.order_no else "waybill_no"
    found = {
        order for order, platform_code in orders.get((by, told.number), ()) if told.platform_code in ("", platform_code)
    }
    if len(found) == 1:
        return found.pop()
    if found:
        en, zh = (
            "several platforms have this number: add the column platform_code",
            "多个平台都有此编号，请补充“电商平台代码”列",
        )
    else:
        en = "the hub has no order of this number: wait until it was taken in, and declared if told by waybill"
        zh = "没有此编号的订单：请待接单后（按运单编号的待申报后）再放入"
    return _fault(told.row, columns[by], en, zh)
