"""An alarm (告警) and its life: it opens when its condition has held for a while, and is over when all has been well for one.

Between them it is one alarm, however often its condition comes and goes. Nothing here asks a database or a clock.

>>> from customs.hub.alarms.rules import alarm_rules
>>> rule, eight = alarm_rules()["circuit_open"], datetime(2026, 11, 11, 8)
>>> condition = AlarmCondition(place=AlarmPlace("circuit_open", subject="port"))
>>> begun = begin_alarm(condition, rule, "shop", eight)
>>> begun.state.value, advance_alarm(begun, condition, rule, eight + rule.after).state.value
('pending', 'open')
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace
from customs.hub.alarms.rules import AlarmRule, AlarmSeverity


class AlarmState(StrEnum):
    """Where an alarm stands."""

    PENDING = "pending"
    """观察中: its condition holds, and not long enough yet."""
    OPEN = "open"
    """告警中: it is told."""
    CLOSED = "closed"
    """已恢复: all is well again."""
    DROPPED = "dropped"
    """未成立: its condition went before it opened; it is not kept."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return {"pending": "观察中", "open": "告警中", "closed": "已恢复", "dropped": "未成立"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAlarm:
    """An alarm as it stands."""

    enterprise: str
    place: AlarmPlace
    severity: AlarmSeverity
    since: datetime
    """Since when it is out of order, as far as is known."""
    held_from: datetime
    """From when its condition holds without a break and without another alarm that explains it."""
    id: int = 0
    state: AlarmState = AlarmState.PENDING
    count: int = 1
    peak: int = 1
    """The highest count so far."""
    well_from: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    explained_by: str = ""
    """The rule whose alarm is the cause of this one."""
    figures: Mapping[str, str] = FrozenDict()
    examples: tuple[str, ...] = ()
    told_at: datetime | None = None
    told_to: tuple[str, ...] = ()
    """The channels that were told of it."""
    told: int = 0
    """How often it was told."""
    acked_at: datetime | None = None
    acked_by: str = ""
    note: str = ""
    settled: bool = False
    """True once nothing more is to be told of it."""

    @property
    def living(self) -> bool:
        """True while it is neither closed nor dropped."""
        return self.state in (AlarmState.PENDING, AlarmState.OPEN)


def begin_alarm(condition: AlarmCondition, rule: AlarmRule, enterprise: str, now: datetime) -> HubAlarm:
    """Return the alarm of a condition that holds for the first time."""
    begun = HubAlarm(
        enterprise=enterprise,
        place=condition.place,
        severity=rule.severity,
        since=condition.since or now,
        held_from=now,
    )
    return _with(begun, condition)


def advance_alarm(
    alarm: HubAlarm, condition: AlarmCondition | None, rule: AlarmRule, now: datetime, explained_by: str = ""
) -> HubAlarm:
    """Return a living alarm after a look: with its condition, or None if all is well.

    ``explained_by`` is the rule whose alarm is its cause: while that stands, it does not open.
    """
    if condition is None:
        return _well(alarm, rule, now)
    held_from = now if explained_by else alarm.held_from
    found = _with(replace(alarm, well_from=None, held_from=held_from, explained_by=explained_by), condition)
    if found.state is AlarmState.PENDING and not explained_by and now - found.held_from >= rule.after:
        return replace(found, state=AlarmState.OPEN, opened_at=now)
    return found


def _well(alarm: HubAlarm, rule: AlarmRule, now: datetime) -> HubAlarm:
    if alarm.state is AlarmState.PENDING:
        return replace(alarm, state=AlarmState.DROPPED, settled=True)
    well_from = alarm.well_from or now
    if now - well_from < rule.well_after:
        return replace(alarm, well_from=well_from)
    return replace(
        alarm, well_from=well_from, state=AlarmState.CLOSED, closed_at=now, explained_by="", settled=not alarm.told
    )


def _with(alarm: HubAlarm, condition: AlarmCondition) -> HubAlarm:
    """Return an alarm with what is seen now."""
    return replace(
        alarm,
        count=condition.count,
        peak=max(alarm.peak, condition.count),
        since=min(alarm.since, condition.since or alarm.since),
        figures=condition.figures,
        examples=condition.examples or alarm.examples,
    )


def covers(cause: AlarmPlace, districts: Collection[str], place: AlarmPlace) -> bool:
    """True if a cause can be that of an alarm by its place.

    ``districts`` are those that the cause's destination leads to, where it names none. Two alarms of destinations belong
    together if it is the same one.
    """
    if not cause.district and not place.district and cause.subject and place.subject:
        return cause.subject == place.subject
    if cause.district:
        return cause.district == place.district
    return not districts or not place.district or place.district in districts


def explanation_of(place: AlarmPlace, rule: AlarmRule, causes: Mapping[AlarmPlace, Collection[str]]) -> str:
    """Return the first rule of ``explained_by`` with an alarm that covers a place; empty if there is none.

    ``causes`` are the places of all alarms that live, with the districts of their destinations.
    """
    for name in rule.explained_by:
        if any(cause.rule == name and covers(cause, districts, place) for cause, districts in causes.items()):
            return name
    return ""
