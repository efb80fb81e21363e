"""A notice is told once its cause is committed: never lost, known when it comes again, no faster than a channel takes it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, select

from customs.fields.moments import fixed_clock
from customs.hub.channels.notices import LONGEST_KEY, MOST_ATTACHED, Attachment, Notice, NoticeError, queue_notice
from customs.hub.channels.tables import HUB_CHANNELS, HUB_NOTICES
from customs.hub.channels.telling import (
    GIVEN_UP_AFTER,
    TELLING_LEASE,
    QueuedNotice,
    Telling,
    TellingReport,
    lease_notice,
    tell_turn,
)
from customs.hub.orders.retention import RetentionSettings
from customs.hub.service.watching import watching_lanes
from customs.hub.service.works import WorkPace
from customs.hub.settings.hub_file import HubSettings
from customs.ledger import Ledger
from customs.ledger.configured import LedgerPlace

EIGHT = datetime(2026, 11, 11, 8)


def notice(**changes: object) -> Notice:
    said = {"subject_zh": "积压", "subject_en": "Backlog", "text_zh": "37 单超时", "text_en": "37 orders overdue"}
    return Notice(**{**said, **changes})  # type: ignore[arg-type]


@dataclass
class Recorded:
    """A channel that notes what it was told, and answers as it is bidden."""

    rate: float = 60_000
    answer: Telling = field(default_factory=lambda: Telling(result="told"))
    told: list[QueuedNotice] = field(default_factory=list)

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        self.told.append(queued)
        return self.answer

    @property
    def subjects(self) -> list[str]:
        return [each.notice.subject_en for each in self.told]


def queue(ledger: Ledger, *notices: Notice, channel: str = "duty", at: datetime = EIGHT) -> None:
    with ledger.begin() as connection:
        for each in notices:
            queue_notice(connection, channel, each, at=at)


def rows(ledger: Ledger) -> list[tuple[str, int, str]]:
    with ledger.read() as connection:
        found = connection.sql.execute(select(HUB_NOTICES).order_by(HUB_NOTICES.c.id))
        return [(row.state, row.attempts, row.said) for row in found]


def test_a_notice_comes_whole_and_once_and_leaves_no_body(ledger: Ledger) -> None:
    given = notice(html="<p>37</p>", attachments=(Attachment(name="a.csv", content_type="text/csv", content=b"\xef1"),))
    queue(ledger, given)
    channel = Recorded()
    assert [tell_turn(ledger, {"duty": channel}, now=EIGHT).told for _ in range(2)] == [1, 0]
    assert [each.notice for each in channel.told] == [given]
    assert rows(ledger) == [("told", 1, "")]
    with ledger.read() as connection:
        assert connection.sql.execute(select(HUB_NOTICES.c.body)).scalar_one() == b""


def test_a_notice_whose_cause_was_undone_is_told_to_nobody(ledger: Ledger) -> None:
    def undone() -> None:
        with ledger.begin() as connection:
            assert queue_notice(connection, "duty", notice(), at=EIGHT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    channel = Recorded()
    assert tell_turn(ledger, {"duty": channel}, now=EIGHT).told == 0
    assert channel.told == []


def test_the_same_key_is_told_once_by_a_channel_and_no_key_each_time(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        first, again, elsewhere = (
            queue_notice(connection, channel, notice(key="backlog/9999/1"), at=EIGHT)
            for channel in ("duty", "duty", "mail")
        )
        assert (first, again, elsewhere) == (True, False, True)
        assert all(queue_notice(connection, "duty", notice(), at=EIGHT) for _ in range(2))
    channels = {"duty": Recorded(), "mail": Recorded()}
    assert tell_turn(ledger, channels, now=EIGHT).told == 4
    keyed, *others = channels["duty"].told
    assert keyed.key == "backlog/9999/1"
    assert [each.key for each in others] == [f"notice-{each.id}" for each in others]


def test_whoever_is_killed_between_telling_and_entering_tells_again_under_the_same_key(ledger: Ledger) -> None:
    queue(ledger, notice(key="backlog/1"))
    with ledger.begin() as connection:
        killed = lease_notice(connection, "duty", rate=60_000, now=EIGHT)
    channel = Recorded()
    assert tell_turn(ledger, {"duty": channel}, now=EIGHT + TELLING_LEASE - timedelta(seconds=1)).told == 0
    assert tell_turn(ledger, {"duty": channel}, now=EIGHT + TELLING_LEASE).told == 1
    assert killed is not None
    assert [(each.id, each.key, each.at, each.attempts) for each in channel.told] == [
        (killed.id, "backlog/1", EIGHT, 2)
    ]


def test_what_is_not_told_is_due_again_later_each_time_and_given_up_after_a_day(ledger: Ledger) -> None:
    queue(ledger, notice())
    channel, now, times = Recorded(answer=Telling(result="later", said="no answer 无应答")), EIGHT, list[float]()
    report = TellingReport()
    while not report.given_up and len(times) < 60:
        before = len(channel.told)
        report = tell_turn(ledger, {"duty": channel}, now=now)
        if len(channel.told) > before:
            times.append((now - EIGHT).total_seconds())
        with ledger.read() as connection:
            now = connection.sql.execute(select(HUB_NOTICES.c.due)).scalar_one() or now
    assert times[:5] == [0, 10, 30, 70, 150]
    assert timedelta(hours=22) < timedelta(seconds=times[-1]) <= GIVEN_UP_AFTER
    assert rows(ledger) == [("given up", len(times), "no answer 无应答")]
    assert report.reasons == ["duty: no answer 无应答"]


def test_a_notice_that_is_refused_holds_nothing_up(ledger: Ledger) -> None:
    queue(ledger, notice(), notice())
    channel = Recorded(answer=Telling(result="refused", said="too long 过长"))
    report = tell_turn(ledger, {"duty": channel}, now=EIGHT)
    assert (report.refused, report.told, len(channel.told)) == (2, 0, 2)
    assert {state for state, _, _ in rows(ledger)} == {"refused"}


def test_serious_notices_go_first(ledger: Ledger) -> None:
    queue(ledger, notice(subject_en="A"), notice(subject_en="B", severity="serious"), notice(subject_en="C"))
    channel = Recorded()
    tell_turn(ledger, {"duty": channel}, now=EIGHT)
    assert channel.subjects == ["B", "A", "C"]


def test_a_channel_is_told_no_faster_than_it_takes_by_all_workers_together(ledger: Ledger) -> None:
    queue(ledger, *[notice(subject_en=f"N{each}") for each in range(5)])
    workers, told = [Recorded(rate=20), Recorded(rate=20)], list[int]()
    for second in range(12):
        for worker in workers if second % 2 else reversed(workers):
            told += [second] * tell_turn(ledger, {"duty": worker}, now=EIGHT + timedelta(seconds=second)).told
    assert told == [0, 3, 6, 9], "20 a minute are one in three seconds"
    assert [len(each.told) for each in workers] == [2, 2]
    assert tell_turn(ledger, {"duty": workers[0]}, now=EIGHT + timedelta(seconds=12)).told == 1


def test_a_channel_that_asks_to_wait_is_left_alone_and_others_go_on(ledger: Ledger) -> None:
    queue(ledger, notice(), notice())
    queue(ledger, notice(), channel="mail")
    wait = Telling(result="later", said="too many", wait=timedelta(minutes=10))
    channels = {"duty": Recorded(answer=wait), "mail": Recorded()}
    for minute in range(10):
        tell_turn(ledger, channels, now=EIGHT + timedelta(minutes=minute))
    assert (len(channels["duty"].told), len(channels["mail"].told)) == (1, 1)
    channels["duty"].answer = Telling(result="told")
    assert tell_turn(ledger, channels, now=EIGHT + timedelta(minutes=10)).told == 2


def test_a_notice_that_another_worker_tells_by_now_is_not_made_due_by_a_late_failure(ledger: Ledger) -> None:
    queue(ledger, notice())
    later = EIGHT + TELLING_LEASE

    class Overtaken(Recorded):
        def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
            with ledger.begin() as connection:
                assert lease_notice(connection, "duty", rate=60_000, now=later) is not None
            return Telling(result="later", said="slow")

    tell_turn(ledger, {"duty": Overtaken()}, now=EIGHT)
    with ledger.read() as connection:
        row = connection.sql.execute(select(HUB_NOTICES)).one()
    assert (row.attempts, row.due, row.said) == (2, later + TELLING_LEASE, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": "loud"},
        {"subject_zh": "两行\n标题"},
        {"subject_en": " "},
        {"key": "k" * (LONGEST_KEY + 1)},
        {"attachments": (Attachment(name="a", content_type="text/csv", content=bytes(MOST_ATTACHED + 1)),)},
    ],
)
def test_a_notice_that_cannot_be_told_is_refused_where_it_is_made(changes: dict[str, object]) -> None:
    with pytest.raises(NoticeError, match=r"[\u4e00-\u9fff]"):
        notice(**changes)


def test_notices_that_ended_are_forgotten_after_their_time_and_those_that_wait_are_not(ledger: Ledger) -> None:
    queue(ledger, notice(text_en="told"), at=EIGHT)
    tell_turn(ledger, {"duty": Recorded()}, now=EIGHT)
    queue(ledger, notice(text_en="refused"), at=EIGHT)
    tell_turn(ledger, {"duty": Recorded(answer=Telling(result="refused"))}, now=EIGHT + timedelta(days=1))
    queue(ledger, notice(text_en="waits"), channel="nobody", at=EIGHT)
    settings, place = RetentionSettings(notices=timedelta(days=90)), LedgerPlace("", Path("ledger.key"))

    def forgotten(days: int) -> int:
        clock = fixed_clock(EIGHT + timedelta(days=days, minutes=1))
        pace = WorkPace(clock=clock, chance=Random(1))  # noqa: S311  a jitter
        hub = HubSettings(file=Path("hub.toml"), ledger=place, enterprises={}, retention=settings)
        works = [each for lane in watching_lanes(ledger, hub, [], pace) for each in lane]
        (work,) = (each for each in works if each.kind == "retention" and not each.enterprise)
        return work.turn().counts["notices"]

    assert [forgotten(days) for days in (89, 90, 91, 1000)] == [0, 1, 1, 0]
    assert [state for state, _, _ in rows(ledger)] == ["waiting"]


def test_the_migrations_leave_the_tables_of_channels(ledger: Ledger) -> None:
    ours = MetaData(naming_convention=HUB_NOTICES.metadata.naming_convention)
    for table in (HUB_NOTICES, HUB_CHANNELS):
        table.to_metadata(ours)
    only = {"include_name": lambda name, kind, _: kind != "table" or name in ours.tables}
    with ledger.read() as connection:
        context = MigrationContext.configure(connection.sql, opts=only)
        assert compare_metadata(context, ours) == []
