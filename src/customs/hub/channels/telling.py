"""Telling (发送通知): each channel is told the notices that wait for it, serious ones first, no faster than it takes them.

Promised, under kill, cut and repeat: a notice that was queued is told, or stands as ``refused`` or ``given up`` with the
reason, and is never lost. It is leased while it is told: who is killed meanwhile leaves it to be told again, under the same
key. Workers share the pace of a channel, since it stands in the ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import and_, case, delete, func, or_, select, update

from customs.exchange.pacing import SendingRate
from customs.hub.calls.making import pause
from customs.hub.channels.notices import Notice, read_notice
from customs.hub.channels.tables import HUB_CHANNELS, HUB_NOTICES
from customs.ledger.accounts import upserting
from customs.ledger.database import Ledger, LedgerConnection

#: How long telling may take before another worker tells the notice; above the limits of every channel.
TELLING_LEASE = timedelta(minutes=3)

#: How long a notice is tried. What is told a day late helps nobody.
GIVEN_UP_AFTER = timedelta(hours=24)

#: How far ahead of its pace a channel may be told: what it takes in a second, since a turn is of one moment.
AHEAD = timedelta(seconds=1)

#: Notices that a channel is told in one turn at most.
MOST_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedNotice:
    """A notice whose turn it is: its number, its channel, when it was queued, and which attempt this is."""

    id: int
    channel: str
    at: datetime
    attempts: int
    notice: Notice

    @property
    def key(self) -> str:
        """The key by which a repeat is known: that of the notice, or its number."""
        return self.notice.key or f"notice-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The outcome of telling a notice once.

    ``refused``: the other side will never take this one. ``wait``: it takes nothing from this channel for so long.
    """

    result: Literal["told", "later", "refused"]
    said: str = ""
    wait: timedelta | None = None


class Channel(Protocol):
    """A way to tell people (通知渠道), and how many notices it takes in a minute."""

    @property
    def rate(self) -> float:
        """Notices in a minute."""
        ...

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        """Tell a notice once. Never raises for what the other side or the network does."""
        ...


@dataclass(slots=True, kw_only=True)
class TellingReport:
    """The outcome of one turn: how many notices were told, are to be told again, were refused or given up."""

    told: int = 0
    later: int = 0
    refused: int = 0
    given_up: int = 0
    reasons: list[str] = field(default_factory=list)
    """Why not, with the channel before it."""


def tell_turn(
    ledger: Ledger, channels: Mapping[str, Channel], *, now: datetime, most: int = MOST_TOLD
) -> TellingReport:
    """Tell what is due, each notice in transactions of its own; a channel that takes none now is left to the next turn."""
    report = TellingReport()
    for name in _waiting(ledger, list(channels), now):
        for _ in range(most):
            with ledger.begin() as connection:
                queued = lease_notice(connection, name, rate=channels[name].rate, now=now)
            if queued is None:
                break
            telling = channels[name].tell(queued, now=now)
            with ledger.begin() as connection:
                state = enter_telling(connection, queued, telling, now=now)
            _count(report, name, state, telling)
            if telling.result == "later":
                break
    return report


def lease_notice(connection: LedgerConnection, channel: str, *, rate: float, now: datetime) -> QueuedNotice | None:
    """Return the notice whose turn it is, and lease it to the caller; None if there is none or the channel is not free."""
    free = HUB_CHANNELS.c.channel == channel
    adding = upserting(connection, HUB_CHANNELS).values(channel=channel).on_conflict_do_nothing()
    connection.sql.execute(adding)
    wanted = select(HUB_CHANNELS.c.free_at).where(free).with_for_update(skip_locked=True)
    kept = connection.sql.execute(wanted).first()
    if kept is None:
        return None
    pace = SendingRate(rate, kept.free_at)
    if pace.free_at(now) >= now + AHEAD or (row := _next(connection, channel, now)) is None:
        return None
    pace.take(now)
    leasing = update(HUB_NOTICES).where(HUB_NOTICES.c.id == row.id)
    connection.sql.execute(leasing.values(due=now + TELLING_LEASE, attempts=row.attempts + 1))
    connection.sql.execute(update(HUB_CHANNELS).where(free).values(free_at=pace.free_at(now)))
    return QueuedNotice(id=row.id, channel=channel, at=row.at, attempts=row.attempts + 1, notice=read_notice(row.body))


def enter_telling(connection: LedgerConnection, queued: QueuedNotice, telling: Telling, *, now: datetime) -> str:
    """Enter the outcome of telling; return the state of the notice after it.

    What was not told is due again, later each time, until it is given up. The body goes with the notice that was told.
    """
    kept = HUB_NOTICES.c
    here = and_(kept.id == queued.id, kept.state == "waiting")
    due = now + max(pause(queued.attempts), telling.wait or timedelta())
    state: str = telling.result
    values: dict[str, Any] = {"state": state, "due": None, "ended_at": now, "said": telling.said[:400]}
    if state == "told":
        values["body"] = b""
    elif state == "later":
        here = and_(here, kept.attempts == queued.attempts)  # another worker may tell it by now
        state = values["state"] = "given up" if due > queued.at + GIVEN_UP_AFTER else "waiting"
        if state == "waiting":
            values |= {"due": due, "ended_at": None}
    connection.sql.execute(update(HUB_NOTICES).where(here).values(values))
    if telling.wait:
        waiting = update(HUB_CHANNELS).where(HUB_CHANNELS.c.channel == queued.channel)
        connection.sql.execute(waiting.values(free_at=now + telling.wait))
    return state


def notices_left(connection: LedgerConnection, *, since: datetime) -> dict[tuple[str, str], int]:
    """Return how many notices wait, and how many were refused or given up since then, by channel and state."""
    kept = HUB_NOTICES.c
    left = or_(kept.state == "waiting", and_(kept.state.in_(("refused", "given up")), kept.ended_at >= since))
    counted = select(kept.channel, kept.state, func.count()).where(left).group_by(kept.channel, kept.state)
    return {(channel, state): count for channel, state, count in connection.sql.execute(counted)}


def forget_notices(connection: LedgerConnection, *, before: datetime, most: int = 500) -> int:
    """Delete notices that ended before a time, whatever became of them; return how many. Those that wait stay."""
    kept = HUB_NOTICES.c
    old = select(kept.id).where(kept.state != "waiting", kept.ended_at < before).order_by(kept.id).limit(most)
    return connection.sql.execute(delete(HUB_NOTICES).where(kept.id.in_(old))).rowcount


def _waiting(ledger: Ledger, channels: list[str], now: datetime) -> list[str]:
    """Return the channels for which a notice is due, in the order given."""
    due = select(HUB_NOTICES.c.channel).where(_due(now), HUB_NOTICES.c.channel.in_(channels)).distinct()
    with ledger.read() as connection:
        found = set(connection.sql.execute(due).scalars())
    return [each for each in channels if each in found]


def _next(connection: LedgerConnection, channel: str, now: datetime) -> Any:
    kept = HUB_NOTICES.c
    wanted = (
        select(kept.id, kept.body, kept.attempts, kept.at)
        .where(kept.channel == channel, _due(now))
        .order_by(case((kept.severity == "serious", 0), else_=1), kept.due, kept.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return connection.sql.execute(wanted).first()


def _due(now: datetime) -> Any:
    return and_(HUB_NOTICES.c.state == "waiting", HUB_NOTICES.c.due <= now)


def _count(report: TellingReport, channel: str, state: str, telling: Telling) -> None:
    match state:
        case "told":
            report.told += 1
        case "refused":
            report.refused += 1
        case "given up":
            report.given_up += 1
        case _:
            report.later += 1
    if telling.said:
        report.reasons.append(f"{channel}: {telling.said}")
