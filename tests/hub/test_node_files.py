"""Node files: what warehouse and carrier did, dropped as tables; each node entered once, and what cannot be understood given back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import select

from customs.declaration import Declaration
from customs.hub.api.nodes import ToldNode
from customs.hub.dropped import folder as drop_folder
from customs.hub.dropped.folder import DropFolder, DroppedReport, dropped_turn
from customs.hub.dropped.node_files import NodeFileOutcome, take_node_file
from customs.hub.orders.nodes import TOLD_NODES
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_CALLS, HUB_NODES, HUB_ORDERS
from customs.hub.turns.turn import declare_turn
from customs.ledger import LedgerConnection
from customs.signing import Signer
from customs.testing import sample_parcels
from support import some
from support.hub_office import HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases
from support.order_lists import csv_text, xlsx_bytes

EIGHT = datetime(2026, 11, 11, 8)

ORDER, WAYBILL, NODE, AT = "订单编号", "运单编号", "节点", "时间"


class KilledError(BaseException):
    """The process is killed here."""


@dataclass
class Warehouse:
    """A warehouse that drops files for a hub with three orders."""

    hub: HubAtWork
    folder: DropFolder
    orders: list[Declaration]

    def drop(self, name: str, content: str | bytes) -> None:
        (self.folder.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    def look(self) -> DroppedReport:
        def take(connection: LedgerConnection, path: Path, content: bytes, now: datetime) -> NodeFileOutcome:
            return take_node_file(connection, self.hub.enterprise, path, now=now)

        return dropped_turn(self.hub.ledger, self.folder, take, clock=lambda: self.hub.now)

    def told(self, name: str, content: str | bytes) -> dict[str, int]:
        """Drop a file and look twice, as a file is complete that was the same at two looks."""
        self.drop(name, content)
        assert self.look().files == 0
        found = self.look()
        assert (found.files, found.left) == (1, "")
        return dict(found.counts)

    def record(self) -> Any:
        """The record of the last file."""
        done = self.folder.folder / "done"
        last = max(done.glob("*.outcome.json"), key=lambda path: path.stat().st_mtime_ns)
        return json.loads(last.read_text("utf-8"))

    def entered(self) -> list[tuple[str, str, str, datetime]]:
        with self.hub.ledger.read() as connection:
            wanted = (
                select(HUB_ORDERS.c.order_no, HUB_NODES.c.node, HUB_NODES.c.source, HUB_NODES.c.at)
                .join(HUB_ORDERS, HUB_ORDERS.c.id == HUB_NODES.c.order)
                .where(HUB_NODES.c.source == "file")
                .order_by(HUB_NODES.c.at, HUB_ORDERS.c.order_no)
            )
            return [(row.order_no, row.node, row.source, row.at) for row in connection.sql.execute(wanted)]

    def rows(self, **changes: str) -> list[dict[str, str]]:
        return [
            {ORDER: each.order.order_no, NODE: "打包", AT: "2026-11-11 09:00:00", **changes} for each in self.orders
        ]


@pytest.fixture
def warehouse(sqlite_databases: LedgerDatabases, signer: Signer, tmp_path: Path) -> Iterator[Warehouse]:
    folder = tmp_path / "nodes"
    folder.mkdir()
    orders = list(sample_parcels(3, seed=7, mode="1210"))
    with sqlite_databases.ledger() as ledger:
        hub = hub_at_work(ledger, EIGHT, signer, hooks=("wms",))
        with ledger.begin() as connection:
            take_in(connection, "shop", orders, at=EIGHT)
        yield Warehouse(hub, DropFolder(folder), orders)


def json_of(rows: list[dict[str, str]]) -> str:
    """Rows as a carrier's system writes them, an object a line."""
    names = {ORDER: "orderNo", NODE: "node", AT: "at"}
    return "\n".join(json.dumps({names[name]: text for name, text in row.items()}) for row in rows)


@pytest.mark.parametrize("kind", [("a.csv", csv_text), ("a.xlsx", xlsx_bytes), ("a.jsonl", json_of)])
def test_the_nodes_of_a_file_of_any_kind_are_entered_once_and_told_on(
    warehouse: Warehouse, kind: tuple[str, Callable[[list[dict[str, str]]], str | bytes]]
) -> None:
    name, written = kind
    assert warehouse.told(name, written(warehouse.rows())) == {"new": 3, "known": 0, "refused": 0}
    nine = datetime(2026, 11, 11, 9)
    assert warehouse.entered() == sorted((each.order.order_no, "packed", "file", nine) for each in warehouse.orders)
    assert warehouse.told(name, written(warehouse.rows())) == {"new": 0, "known": 3, "refused": 0}
    with warehouse.hub.ledger.read() as connection:
        calls = connection.sql.execute(select(HUB_CALLS.c.body)).scalars().all()
        goods = connection.sql.execute(select(HUB_ORDERS.c.goods)).scalars().all()
    assert [json.loads(each)["node"] for each in calls] == ["packed"] * 3, "told once, however often it came"
    assert goods == ["packed"] * 3


def test_words_of_warehouses_and_carriers_mean_their_nodes(warehouse: Warehouse) -> None:
    words = ("下单", "PAID", "拣货完成", "Packed", "称重", "left_zone", "已揽收", "妥投")
    rows = [{**warehouse.rows()[0], NODE: word, AT: f"2026-11-11 {9 + i}:00"} for i, word in enumerate(words)]
    assert warehouse.told("a.csv", csv_text(rows))["new"] == 8
    assert [node for _, node, _, _ in warehouse.entered()] == [each.value for each in TOLD_NODES]


def test_rows_that_cannot_be_understood_go_back_with_the_reason_at_their_cell_and_the_rest_counts(
    warehouse: Warehouse,
) -> None:
    good, bad, late = warehouse.rows()
    rows = [good, {**bad, NODE: "送达门口"}, {**late, AT: "11/12/2026 10:00"}, {**good, ORDER: ""}]
    assert warehouse.told("a.csv", csv_text(rows)) == {"new": 1, "known": 0, "refused": 3}
    record = warehouse.record()
    assert {(each["row"], each["column"]) for each in record["refused"]} == {(3, 2), (4, 3), (5, 1)}
    for each in some(record["refused"]):
        assert each["en"]
        assert each["zh"]
    (back,) = (warehouse.folder.folder / "done").glob("*.refused.csv")
    mended = back.read_text("utf-8-sig").replace("送达门口", "签收").replace("11/12/2026", "2026-11-12")
    assert warehouse.told("a.refused.csv", mended) == {"new": 2, "known": 0, "refused": 1}, "the row without a number"


def test_an_order_is_known_by_its_waybill_once_it_is_declared(warehouse: Warehouse) -> None:
    rows = [{WAYBILL: each.waybill.waybill_no, NODE: "揽收", AT: "2026-11-12 10:00"} for each in warehouse.orders]
    assert warehouse.told("a.csv", csv_text(rows)) == {"new": 0, "known": 0, "refused": 3}
    assert "declared" in warehouse.record()["refused"][0]["en"]
    assert declare_turn(warehouse.hub.ledger, warehouse.hub.enterprise, now=warehouse.hub.now).declared == 3
    assert warehouse.told("b.csv", csv_text(rows)) == {"new": 3, "known": 0, "refused": 0}


def test_a_number_that_two_platforms_have_needs_the_platform_and_other_enterprises_orders_are_not_known(
    warehouse: Warehouse,
) -> None:
    first, second, third = warehouse.orders
    parties = first.parties.model_copy(update={"platform_code": "1111111111"})
    with warehouse.hub.ledger.begin() as connection:
        take_in(connection, "shop", [first.model_copy(update={"parties": parties})], at=EIGHT)
        take_in(connection, "another", [_with_number(second, "OTHER1")], at=EIGHT)
    one, *_ = warehouse.rows()
    assert warehouse.told("a.csv", csv_text([one, {**one, ORDER: "OTHER1"}])) == {"new": 0, "known": 0, "refused": 2}
    said = [each["en"] for each in warehouse.record()["refused"]]
    assert ["several platforms" in each for each in said] == [True, False]
    platform = {"电商平台代码": "1111111111"}
    assert warehouse.told("b.csv", csv_text([{**one, **platform}]))["new"] == 1
    assert third.order.order_no not in {order_no for order_no, *_ in warehouse.entered()}


def _with_number(parcel: Declaration, order_no: str) -> Declaration:
    return parcel.model_copy(update={"order": parcel.order.model_copy(update={"order_no": order_no})})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("颜色,尺码\n红,4\n", ("订单编号", "节点", "时间")),
        ("订单编号,order_no,节点,时间\nA,B,打包,2026-11-11\n", ("含义相同",)),
        ("%PDF-1.7 nothing of orders", ("PDF",)),
    ],
    ids=["another table", "a column twice", "no table"],
)
def test_what_is_no_node_file_is_moved_with_the_reason(
    warehouse: Warehouse, content: str, said: tuple[str, ...]
) -> None:
    assert warehouse.told("a.csv", content) == {"new": 0, "known": 0, "refused": 0, "unreadable": 1}
    found = " ".join(each["zh"] for each in warehouse.record()["unreadable"])
    for each in some(said):
        assert each in found


@pytest.mark.parametrize("step", ["write_together", "force"])
def test_a_kill_after_the_nodes_were_entered_enters_none_twice(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    warehouse.drop("a.csv", csv_text(warehouse.rows()))
    warehouse.look()

    def killed(*given: Any, **conditions: Any) -> Any:
        raise KilledError

    with monkeypatch.context() as during:
        during.setattr(drop_folder, step, killed)
        with pytest.raises(KilledError):
            warehouse.look()
    warehouse.folder = DropFolder(warehouse.folder.folder)  # of another process
    warehouse.hub.rehearsal.now += timedelta(hours=1)
    warehouse.look()
    warehouse.look()
    assert len(warehouse.entered()) == 3
    assert [each.name for each in warehouse.folder.folder.iterdir() if each.is_file()] == []


def test_the_interface_takes_the_nodes_that_files_tell() -> None:
    assert list(get_args(ToldNode)) == [each.value for each in TOLD_NODES]
