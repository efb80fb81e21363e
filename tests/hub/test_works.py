"""The works of a worker over real folders: from an order in the ledger to its release by the simulated office."""

import errno
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from customs.exchange.contract import WayError
from customs.exchange.standing import DeliveryState
from customs.files import NotWrittenError, Staged, stage
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.service.backlog import backlog_of
from customs.hub.service.opening import open_enterprise
from customs.hub.service.works import Work, WorkPace, lanes_of
from customs.hub.settings.hub_file import EnterprisePlace
from customs.hub.shown.order import list_orders, show_order
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.turns.declaring import declare_due as true_declare_due
from customs.ledger import Ledger
from customs.ledger.holding import LedgerHeldError
from customs.office.folder_door import FolderDoor
from customs.office.served import ServedOffice
from customs.testing import sample_parcels
from support import exactly, some
from support.command_line import run

EIGHT = datetime(2026, 11, 11, 8)

DESTINATION = """
[destinations.port]
kind = "folder"
root = "../office"
"""


@dataclass
class Rehearsed:
    """A worker's works, the office whose folders they use, and the time of both."""

    ledger: Ledger
    works: dict[tuple[str, str], Work]
    door: FolderDoor
    now: datetime = EIGHT

    def turn(self, kind: str, source: str = "port") -> Any:
        return self.works[kind, source].turn()

    def all_turns(self) -> None:
        for each in some(self.works.values()):
            while each.turn().more:
                pass

    def pass_time(self, minutes: int) -> None:
        """Let time pass at the office and at the worker."""
        self.now += timedelta(minutes=minutes)
        self.door.collect()
        self.door.deliver()
        self.all_turns()

    def nodes(self) -> dict[str, int]:
        with self.ledger.read() as connection:
            wanted = select(HUB_ORDERS.c.node, func.count()).group_by(HUB_ORDERS.c.node)
            return {row.node: int(row[1]) for row in connection.sql.execute(wanted)}


@pytest.fixture
def rehearsed(ledger: Ledger, tmp_path: Path) -> Iterator[Rehearsed]:
    assert run("sample", "--shop", tmp_path / "shop", "--count", "3").exit_code == 0
    file = tmp_path / "shop" / "customs.toml"
    file.write_text(file.read_text("utf-8") + DESTINATION, "utf-8")
    times: list[Rehearsed] = []

    def clock() -> datetime:
        return times[0].now if times else EIGHT

    at_customs = ServedOffice(tmp_path / "office", clock=clock, seed=1)
    door = FolderDoor(at_customs, tmp_path / "office")
    opened = open_enterprise(EnterprisePlace(name="shop", file=file, hooks={}), clock)
    pace = WorkPace(clock=clock, chance=Random(1))  # noqa: S311  a jitter
    works = {(each.kind, each.source): each for lane in lanes_of(ledger, opened, pace) for each in lane}
    times.append(Rehearsed(ledger, works, door))
    with closing(at_customs):
        yield times[0]
        for each in some(works.values()):
            each.close()


def given(rehearsed: Rehearsed, count: int, seed: int = 3, profile: str = "") -> list[str]:
    orders = list(sample_parcels(count, seed=seed, mode="1210"))
    with rehearsed.ledger.begin() as connection:
        take_in(connection, "shop", orders, at=rehearsed.now, profile=profile)
    return [each.order.order_no for each in orders]


@pytest.mark.long
def test_orders_are_released_by_the_works_alone(rehearsed: Rehearsed) -> None:
    given(rehearsed, 12)
    rehearsed.all_turns()
    for _ in range(6):
        rehearsed.pass_time(5)
    assert rehearsed.nodes() == {"released": 12}
    assert not any(each.turn().counts.get("declared") for each in rehearsed.works.values())


def full_disk(path: Path, content: bytes, **options: str) -> Staged:
    """Write nothing, as on a disk that is full."""
    if not content:  # which a full disk takes
        return stage(path, content, suffix=options["suffix"])
    raise NotWrittenError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


@pytest.mark.long
def test_however_long_a_disk_was_full_messages_go_a_minute_after_there_is_room(
    rehearsed: Rehearsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(rehearsed, 2)
    rehearsed.turn("declare", "main")
    with monkeypatch.context() as disk:
        disk.setattr("customs.exchange.folders.stage", full_disk)
        for _ in exactly(
            50, range(50)
        ):  # by the usual pauses the next probe would come a quarter of an hour after the last
            rehearsed.turn("send")
            rehearsed.now += timedelta(minutes=1)
    sent = 0
    for _ in exactly(8, range(8)):
        rehearsed.now += timedelta(seconds=10)
        sent += rehearsed.turn("send").counts.get("handed over", 0)
    assert sent == 4


def test_messages_that_a_full_disk_kept_from_the_box_go_half_a_minute_after_there_is_room(
    rehearsed: Rehearsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many were to be written at that moment: together they are one failure of the destination."""
    for seed in (3, 4, 5):
        given(rehearsed, 2, seed)
        rehearsed.turn("declare", "main")

    with monkeypatch.context() as disk:
        disk.setattr("customs.exchange.folders.stage", full_disk)
        assert rehearsed.turn("send").counts == {"not sent": 12}
    rehearsed.now += timedelta(seconds=40)
    assert rehearsed.turn("send").counts == {"handed over": 12}


def test_one_worker_sends_to_a_destination_and_another_one_is_told_to_wait(rehearsed: Rehearsed) -> None:
    given(rehearsed, 2)
    rehearsed.turn("declare", "main")
    assert rehearsed.turn("send").counts == {"handed over": 4}
    works = lanes_of_another(rehearsed)
    with pytest.raises(LedgerHeldError):
        works["send", "port"].turn()
    rehearsed.works["send", "port"].close()
    assert works["send", "port"].turn().counts == {}
    works["send", "port"].close()


def lanes_of_another(rehearsed: Rehearsed) -> dict[tuple[str, str], Work]:
    """The works of a second worker on the same ledger."""
    file = rehearsed.door.pick_up.parents[1] / "shop" / "customs.toml"
    opened = open_enterprise(EnterprisePlace(name="shop", file=file, hooks={}), lambda: rehearsed.now)
    pace = WorkPace(clock=lambda: rehearsed.now, chance=Random(2))  # noqa: S311  a jitter
    lanes = lanes_of(rehearsed.ledger, opened, pace)
    return {(each.kind, each.source): each for lane in lanes for each in lane}


def test_a_folder_that_is_gone_is_told_and_the_message_goes_when_it_is_back(
    rehearsed: Rehearsed, tmp_path: Path
) -> None:
    given(rehearsed, 2)
    rehearsed.turn("declare", "main")
    (tmp_path / "office" / "out").rename(tmp_path / "gone")
    with pytest.raises(WayError):
        rehearsed.turn("send")
    with rehearsed.ledger.read() as connection:
        assert backlog_of(connection, "shop", now=rehearsed.now).messages == {DeliveryState.PREPARED: 4}
    (tmp_path / "gone").rename(tmp_path / "office" / "out")
    assert rehearsed.turn("send").counts == {"handed over": 4}


@pytest.mark.long
def test_an_order_that_brings_the_road_to_fail_is_set_aside_and_the_others_go_on(
    rehearsed: Rehearsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = given(rehearsed, 9)
    bad = numbers[4]

    def declare_due(connection: Any, *rest: Any, now: datetime, most: int, **more: Any) -> Any:
        done = true_declare_due(connection, *rest, now=now, most=most, **more)
        wanted = select(func.count()).where(HUB_ORDERS.c.order_no == bad, HUB_ORDERS.c.stage == OrderStage.DECLARED)
        if connection.sql.execute(wanted).scalar_one():
            raise ZeroDivisionError("a fault that nobody foresaw")
        return done

    monkeypatch.setattr("customs.hub.turns.turn.declare_due", declare_due)
    while rehearsed.turn("declare", "main").more:
        pass
    with rehearsed.ledger.read() as connection:
        stages = {each.order_no: each.stage for each in list_orders(connection, "shop", most=20)}
        platform = list_orders(connection, "shop", number=bad, most=1)[0].platform_code
        shown = show_order(connection, "shop", platform, bad, now=rehearsed.now)
    assert stages == {each: OrderStage.REFUSED if each == bad else OrderStage.DECLARED for each in numbers}
    assert [each["code"] for each in shown.findings] == ["hub-failed"]
    assert "ZeroDivisionError" in shown.findings[0]["en"]


def test_orders_wait_without_loss_while_the_key_of_their_profile_cannot_be_opened(
    rehearsed: Rehearsed, tmp_path: Path
) -> None:
    given(rehearsed, 3)
    key = tmp_path / "shop" / "key" / "test.key"
    key.rename(tmp_path / "away")
    with pytest.raises(Exception, match=r"key"):
        rehearsed.turn("declare", "main")
    with rehearsed.ledger.read() as connection:
        found = backlog_of(connection, "shop", now=rehearsed.now)
    assert (found.orders, found.orders_since, found.messages) == (3, EIGHT, {})
    (tmp_path / "away").rename(key)
    assert rehearsed.turn("declare", "main").counts["declared"] == 3
