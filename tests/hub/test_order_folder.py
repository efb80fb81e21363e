"""Order lists that are dropped into a folder: taken once, with a record of each order, whatever is killed meanwhile."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from customs.files import FolderHeldError, held
from customs.hub.dropped import folder as drop_folder
from customs.hub.dropped import order_files
from customs.hub.dropped.folder import DropFolder, DropFolderError, DroppedReport, dropped_turn
from customs.hub.dropped.order_files import FileOutcome, take_file
from customs.hub.orders.taking_in import take_in
from customs.hub.service.opening import OpenEnterprise, open_enterprise
from customs.hub.settings.hub_file import EnterprisePlace
from customs.hub.store.tables import HUB_ORDERS
from customs.intake.reading import read_sheet
from customs.ledger import Ledger, LedgerConnection
from customs.testing import sample_parcels
from customs.testing.order_lists import rows_of
from support import exactly, some
from support.command_line import run
from support.ledgers import LedgerDatabases
from support.order_lists import csv_text, xlsx_bytes

NUMBER = "订单编号 order.order_no"

EIGHT = datetime(2026, 11, 11, 8)


class KilledError(BaseException):
    """The process is killed here."""


@dataclass
class Shop:
    """A shop with an order folder, at a time of the test."""

    ledger: Ledger
    opened: OpenEnterprise
    folder: DropFolder
    now: datetime = EIGHT

    def look(self) -> DroppedReport:
        def take(connection: LedgerConnection, path: Path, content: bytes, now: datetime) -> FileOutcome:
            return take_file(connection, self.opened.hub, self.opened.intake, path, content, now=now)

        return dropped_turn(self.ledger, self.folder, take, clock=lambda: self.now)

    def take(self) -> DroppedReport:
        """Look twice, as a file is complete that was the same at two looks."""
        assert self.look().files == 0
        return self.look()

    def drop(self, name: str, content: str | bytes) -> Path:
        path = self.folder.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def orders(self) -> int:
        with self.ledger.read() as connection:
            return int(connection.sql.execute(select(func.count()).select_from(HUB_ORDERS)).scalar_one())

    def waiting(self) -> list[str]:
        return sorted(each.name for each in self.folder.folder.iterdir() if each.is_file())

    def done(self, ending: str) -> list[Path]:
        return sorted(each for each in (self.folder.folder / "done").iterdir() if each.name.endswith(ending))

    def records(self) -> list[Any]:
        return [json.loads(each.read_text("utf-8")) for each in self.done(".outcome.json")]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The enterprise file of a shop."""
    folder = tmp_path_factory.mktemp("shop") / "shop"
    assert run("sample", "--shop", folder, "--count", "1").exit_code == 0
    return folder / "customs.toml"


@pytest.fixture
def shop(sqlite_databases: LedgerDatabases, file: Path, tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "orders").mkdir()
    place = EnterprisePlace(name="shop", file=file, hooks={}, folder=tmp_path / "orders")
    opened = open_enterprise(place, lambda: EIGHT)
    assert opened.folder
    with sqlite_databases.ledger() as ledger:
        yield Shop(ledger, opened, DropFolder(opened.folder))


def rows() -> list[dict[str, str]]:
    """The rows of three orders, without what the enterprise file says."""
    return [
        {name: text for name, text in row.items() if not name.partition(" ")[2].startswith(("parties.", "clearance."))}
        for row in rows_of(sample_parcels(3, seed=7, mode="1210"))
    ]


def test_a_list_of_any_kind_is_taken_once_and_moved_with_its_record(shop: Shop) -> None:
    shop.drop("orders.csv", csv_text(rows()))
    found = shop.take()
    assert (found.files, found.counts["new"], found.left) == (1, 3, "")
    assert (shop.orders(), shop.waiting(), len(shop.done(".csv"))) == (3, [], 1)
    (record,) = shop.records()
    assert record["counts"] == {"new": 3, "known": 0, "amended": 0, "conflict": 0, "refused": 0}
    for each in exactly(3, record["orders"]):
        assert each["rows"]
        assert "taken in" in each["en"]
        assert "已接单" in each["zh"]
    for name, content in (("again.csv", csv_text(rows())), ("orders.xlsx", xlsx_bytes(rows()))):
        shop.drop(name, content)
        assert shop.take().counts["known"] == 3
    assert shop.orders() == 3


def test_refused_orders_go_back_with_the_reason_at_their_line_and_are_taken_once_they_are_mended(shop: Shop) -> None:
    given = rows()
    first = given[0][NUMBER]
    heading = next(name for name in given[0] if name.endswith(" waybill.gross_weight"))
    wrong = [{**each, heading: "much"} if each[NUMBER] == first else each for each in given]
    shop.drop("orders.csv", csv_text(wrong))
    found = shop.take()
    assert (found.counts["new"], found.counts["refused"], shop.orders()) == (2, 1, 2)
    (record,) = shop.records()
    (refused,) = [each for each in record["orders"] if each["outcome"] == "refused"]
    assert refused["order_no"] == first
    assert refused["rows"][0] == 2
    at = list(given[0]).index(heading)
    assert (2, at + 1) in {(each["row"], each["column"]) for each in refused["reasons"]}
    for each in some(refused["reasons"]):
        assert each["en"]
        assert each["zh"]
    buyer = given[0][next(name for name in given[0] if name.endswith(" order.buyer_id_number"))]
    assert buyer not in json.dumps(record)
    (back,) = shop.done(".refused.csv")
    shop.drop("orders.refused.csv", back.read_bytes().replace(b"much", given[0][heading].encode()))
    assert shop.take().counts["new"] == 1
    assert shop.orders() == 3


def test_a_file_that_is_still_written_is_left_until_it_is_complete(shop: Shop) -> None:
    text = csv_text(rows())
    path = shop.drop("orders.csv", text[:-40])
    assert shop.look().files == 0
    with path.open("a") as writing:
        writing.write(text[-40:-20])
        writing.flush()
        assert shop.look().files == 0
        writing.write(text[-20:])
    shop.drop("another.csv.part", text)
    shop.drop(".hidden.csv", text)
    assert shop.look().files == 0
    assert shop.look().files == 1
    assert (shop.orders(), shop.waiting()) == (3, [".hidden.csv", "another.csv.part"])


def test_a_file_that_is_written_while_it_is_read_is_looked_at_again_and_nothing_of_it_is_taken(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.drop("orders.csv", csv_text(rows()))
    shop.look()
    reading = read_sheet

    def read(at: Path) -> Any:
        path.write_text(path.read_text() + "\n")
        return reading(at)

    with monkeypatch.context() as during:
        during.setattr(order_files, "read_sheet", read)
        assert shop.look().files == 0
    assert (shop.orders(), shop.take().files, shop.orders()) == (0, 1, 3)


@pytest.mark.parametrize("step", ["take_in", "keep_answer", "write_together", "force"])
def test_a_kill_at_any_step_loses_nothing_and_takes_nothing_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    shop.drop("orders.csv", csv_text(rows()))
    shop.look()
    module = order_files if hasattr(order_files, step) else drop_folder

    def killed(*given: Any, **conditions: Any) -> Any:
        raise KilledError

    with monkeypatch.context() as during:
        during.setattr(module, step, killed)
        with pytest.raises(KilledError):
            shop.look()
    assert shop.orders() == (0 if module is order_files else 3)
    shop.folder = DropFolder(shop.folder.folder)  # of another process
    if step != "force":  # it was moved by then
        with shop.ledger.begin() as connection:  # meanwhile the shop amends an order that was taken
            (amended,) = sample_parcels(1, seed=7, mode="1210")
            if shop.orders():
                order = amended.order.model_copy(update={"note": "amended"})
                take_in(connection, "shop", [amended.model_copy(update={"order": order})], at=EIGHT)
        shop.now += timedelta(hours=1)
        assert shop.take().counts["new"] == 3, "as it was told, or would have been"
    assert (shop.orders(), shop.waiting()) == (3, [])
    (record,) = shop.records()
    assert record["counts"]["new"] == 3
    assert len(shop.done(".csv")) == 1


def test_what_is_no_order_list_is_moved_with_the_reason_and_a_file_that_fails_holds_up_no_other(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.drop("a.pdf", b"%PDF-1.7 nothing of orders")
    shop.drop("b.csv", "colour,size\nred,4\n")
    shop.drop("c.csv", csv_text(rows()))
    shop.drop("d.csv", csv_text([each for each in rows() if each[NUMBER] == rows()[-1][NUMBER]]))
    (shop.folder.folder / "archive").mkdir()
    reading = read_sheet

    def failing(path: Path) -> Any:
        if path.name == "c.csv":
            raise ZeroDivisionError("王小明")
        return reading(path)

    with monkeypatch.context() as during:
        during.setattr(order_files, "read_sheet", failing)
        shop.look()
        found = shop.look()
        assert (found.files, shop.orders(), shop.waiting()) == (3, 1, ["c.csv"])
        assert found.counts["unreadable"] == 2
        assert "c.csv: unforeseen ZeroDivisionError in" in found.left
        assert "王小明" not in found.left
        assert shop.look().left == "", "it is told once"
    for each in exactly(2, [each for each in shop.records() if each["unreadable"]]):
        assert each["file"] in ("a.pdf", "b.csv")
        for reason in some(each["unreadable"]):
            assert reason["en"]
            assert reason["zh"]
    assert shop.look().counts == {"new": 2, "known": 1, "amended": 0, "conflict": 0, "refused": 0}


def test_one_process_at_a_time_reads_a_folder(shop: Shop) -> None:
    shop.drop("orders.csv", csv_text(rows()))
    shop.look()
    with held(shop.folder.folder):
        with pytest.raises(FolderHeldError), held(shop.folder.folder):
            raise AssertionError
        assert shop.look().files == 0
    assert shop.look().files == 1


def test_a_folder_that_is_not_there_is_told(shop: Shop, tmp_path: Path) -> None:
    gone = DropFolder(tmp_path / "nowhere")
    with pytest.raises(DropFolderError, match="目录"):
        gone.check()
    assert not gone.folder.exists()
    shop.folder.check()
    assert [each.name for each in shop.folder.folder.iterdir()] == ["done"]
    assert list((shop.folder.folder / "done").iterdir()) == []
