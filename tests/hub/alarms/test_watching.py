"""The watch as a work of the hub, and its questions: as few for many orders as for some."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from customs.hub.alarms.settings import shipped_settings
from customs.hub.alarms.turn import alarms_turn
from customs.hub.service.watching import watching_lanes
from customs.hub.service.works import WorkPace
from customs.hub.settings.hub_file import HubSettings
from customs.ledger import Ledger
from customs.ledger.configured import LedgerPlace
from support.alarm_rows import shop, stand
from support.ledger_fixtures import in_sqlite

EIGHT = datetime(2026, 11, 11, 8)
HOUR = timedelta(hours=1)


@contextmanager
def questions() -> Iterator[list[str]]:
    """The statements that are given to any database meanwhile."""
    asked = list[str]()

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.long
@in_sqlite
def test_many_orders_are_asked_about_as_often_as_few(ledger: Ledger) -> None:
    counts = list[int]()
    for count in (5, 2000):
        stand(ledger, count, EIGHT, node="accepted", node_at=EIGHT)
        with questions() as asked:
            alarms_turn(ledger, shop(), shipped_settings(), now=EIGHT + timedelta(days=len(counts) + 1))
        counts.append(len(asked))
    assert counts[1] <= counts[0]
    assert counts[0] < 70


def test_the_watch_is_a_work_that_says_what_opened(ledger: Ledger) -> None:
    now = EIGHT + 5 * HOUR
    stand(ledger, 2, EIGHT, node="accepted", node_at=EIGHT)
    place = LedgerPlace("sqlite:///hub.db", Path("ledger.key"))
    settings = HubSettings(file=Path("hub.toml"), ledger=place, enterprises={})
    pace = WorkPace(clock=lambda: now, chance=Random(1))  # noqa: S311  a jitter
    work = next(
        each for lane in watching_lanes(ledger, settings, [shop()], pace) for each in lane if each.kind == "alarms"
    )
    counts = list[dict[str, int]]()
    for _ in range(3):
        counts.append(dict(work.turn().counts))
        now += timedelta(minutes=15)
    assert (work.kind, work.enterprise) == ("alarms", "shop")
    assert [each["opened"] for each in counts] == [0, 1, 0]
