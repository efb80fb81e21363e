"""Clocks of a hub: whose clock is wrong begins nothing and holds nothing, and the others go on."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from customs.fields.moments import system_clock
from customs.hub.api.application import hub_application
from customs.hub.api.callers import HubService
from customs.hub.orders.taking_in import take_in
from customs.hub.service.loops import WorkEvent, run_lane
from customs.hub.service.opening import open_enterprise
from customs.hub.service.works import Lane, WorkPace, lanes_of
from customs.hub.settings.hub_file import EnterprisePlace
from customs.hub.store.clocks import MOST_OFF, TRUSTED, ClockOffError, WatchedClock, check_clock, check_worker
from customs.hub.store.tables import HUB_HISTORY, HUB_NODES
from customs.ledger import Ledger
from customs.ledger.exchange.tables import EXCHANGE_EVENTS, EXCHANGE_MESSAGES
from customs.testing import sample_parcels
from support import some
from support.command_line import run
from support.hub_callers import Caller
from support.ledgers import LedgerDatabases
from support.served import served

EIGHT = datetime(2026, 11, 11, 8)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

DESTINATION = """
[destinations.port]
kind = "folder"
root = "../office"
"""


@dataclass
class Time:
    """The time by the clock of the database."""

    now: datetime = EIGHT


@dataclass
class WorkerOfTest:
    """A worker with a clock of its own, whose works are done once when the test says so."""

    ledger: Ledger
    time: Time
    file: Path
    off: timedelta = timedelta()
    told: list[WorkEvent] = field(default_factory=list)
    lanes: list[Lane] = field(init=False)

    def __post_init__(self) -> None:
        opened = open_enterprise(EnterprisePlace(name="shop", file=self.file, hooks={}), self.clock)
        pace = WorkPace(clock=self.clock, chance=Random(1))  # noqa: S311  a jitter
        self.lanes = list(lanes_of(self.ledger, opened, pace))

    def clock(self) -> datetime:
        return self.time.now + self.off

    def work(self) -> list[WorkEvent]:
        """Do each work once; return what was told."""
        self.told.clear()
        for lane in some(self.lanes):
            run_lane(lane, turns(len(lane)), self.told.append, partial(check_worker, self.ledger, self.clock))
        return list(self.told)

    def close(self) -> None:
        for lane in self.lanes:
            for each in lane:
                each.close()


def turns(count: int) -> Callable[[float], bool]:
    """Return what says stop after so many turns, and waits for none."""
    left = iter([False] * count)
    return lambda seconds: next(left, True)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(Ledger, "time_there", lambda ledger: made.now)
    return made


@pytest.fixture
def two(sqlite_databases: LedgerDatabases, tmp_path: Path, time: Time) -> Iterator[tuple[WorkerOfTest, WorkerOfTest]]:
    """Two workers on one ledger, with one destination."""
    assert run("sample", "--shop", tmp_path / "shop", "--count", "3").exit_code == 0
    file = tmp_path / "shop" / "customs.toml"
    file.write_text(file.read_text("utf-8") + DESTINATION, "utf-8")
    (tmp_path / "office" / "out").mkdir(parents=True)
    (tmp_path / "office" / "in").mkdir()
    with (
        sqlite_databases.ledger() as ledger,
        closing(WorkerOfTest(ledger, time, file)) as one,
        closing(WorkerOfTest(ledger, time, file)) as another,
    ):
        yield one, another


def give(ledger: Ledger, time: Time, seed: int) -> None:
    with ledger.begin() as connection:
        take_in(connection, "shop", list(sample_parcels(2, seed=seed, mode="1210")), at=time.now)


def sent(ledger: Ledger) -> dict[str, int]:
    with ledger.read() as connection:
        wanted = select(EXCHANGE_MESSAGES.c.state, func.count()).group_by(EXCHANGE_MESSAGES.c.state)
        return {str(state): int(count) for state, count in connection.sql.execute(wanted)}


def entered(ledger: Ledger) -> list[datetime]:
    """The times of what is only appended."""
    columns = (EXCHANGE_EVENTS.c.at, HUB_HISTORY.c.at, HUB_NODES.c.arrived)
    with ledger.read() as connection:
        return [at for each in columns for at in connection.sql.execute(select(each)).scalars()]


@pytest.mark.long
def test_a_worker_whose_clock_goes_wrong_gives_the_destination_back_and_enters_nothing_until_it_is_right(
    two: tuple[WorkerOfTest, WorkerOfTest], time: Time
) -> None:
    wrong, right = two
    ledger = wrong.ledger
    give(ledger, time, 1)
    assert not any(each.error for each in wrong.work())
    assert set(sent(ledger)) == {"handed over"}, "and it holds the destination"
    for seed, off in ((2, -DAY), (3, MINUTE), (4, DAY)):
        time.now += MINUTE
        give(ledger, time, seed)
        before, wrong.off = sent(ledger), off
        for each in some(wrong.work()):
            assert each.error_kind == "ClockOffError"
            assert "clock of this machine" in each.error
            assert "本机时钟" in each.error
        assert sent(ledger) == before
        assert not any(each.error for each in right.work())
        assert sent(ledger)["handed over"] > before["handed over"], "the other one has the destination"
        assert set(sent(ledger)) == {"handed over"}
        right.close()
        wrong.off = timedelta()
        assert not any(each.error for each in wrong.work())
    assert EIGHT <= min(entered(ledger)) <= max(entered(ledger)) == time.now


def test_a_difference_of_half_a_minute_is_none() -> None:
    for off in (MOST_OFF, -MOST_OFF):
        check_clock(EIGHT + off, EIGHT)
        with pytest.raises(ClockOffError):
            check_clock(EIGHT + off * 1.01, EIGHT)


def test_the_interface_takes_nothing_by_a_clock_that_is_wrong(sqlite_databases: LedgerDatabases, time: Time) -> None:
    passed = [0.0]
    with sqlite_databases.ledger() as ledger:
        watched = WatchedClock(ledger, lambda: EIGHT, lambda: passed[0])
        assert watched() == EIGHT
        time.now += DAY
        assert watched() == EIGHT, "a few seconds it is trusted"
        passed[0] += TRUSTED
        for _ in range(2):
            with pytest.raises(ClockOffError, match="86,400 s behind"):
                watched()
        service = HubService(ledger=ledger, enterprises={}, clock=watched)
        with served(hub_application(service)) as port:  # type: ignore[arg-type]
            caller = Caller(port, "a token")
            for path in ("/health/ready", "/v1/orders"):
                status, told = caller.get(path)
                assert (status, "86,400 s behind" in told["detail"], "本机时钟" in told["detail_zh"]) == (
                    503,
                    True,
                    True,
                )
            time.now -= DAY
            assert [caller.get(path)[0] for path in ("/health/ready", "/v1/orders")] == [200, 401]


def test_a_database_on_another_machine_has_a_clock_and_a_file_has_none(
    ledger: Ledger, databases: LedgerDatabases
) -> None:
    there = ledger.time_there()
    assert (there is None) == (databases.postgres is None)
    check_clock(system_clock(), there)
