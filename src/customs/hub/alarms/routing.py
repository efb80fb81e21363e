"""Who is told of an alarm, and when (通知路由): routes, rosters, escalation, repetition, quiet hours and silences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.rules import AlarmRule
from customs.hub.alarms.settings import AlarmSettings, AlarmSilence


class AlarmWord(StrEnum):
    """The reason for telling an alarm."""

    OPENED = "opened"
    """新告警."""
    ESCALATED = "escalated"
    """升级: nobody has taken it on, or the next one is on duty."""
    REPEATED = "repeated"
    """仍未恢复."""
    RECOVERED = "recovered"
    """已恢复."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return {"opened": "新告警", "escalated": "升级", "repeated": "仍未恢复", "recovered": "已恢复"}[self.value]


@dataclass(frozen=True, slots=True)
class AlarmTelling:
    """An alarm to be told to some channels now, for a reason."""

    word: AlarmWord
    channels: tuple[str, ...]


def telling_of(
    alarm: HubAlarm, rule: AlarmRule, settings: AlarmSettings, silences: Iterable[AlarmSilence], now: datetime
) -> AlarmTelling | None:
    """Return to whom an alarm is to be told now and why; None if to nobody.

    What is not told in a silence or in quiet hours is told when they are over, unless the alarm is over too. An alarm that
    somebody has taken on goes to nobody else, and is not repeated; its recovery is told to all who knew of it.
    """
    if _held_back(alarm, settings, silences, now):
        return None
    if alarm.state is AlarmState.CLOSED:
        return AlarmTelling(AlarmWord.RECOVERED, alarm.told_to) if alarm.told_to and not alarm.settled else None
    if alarm.state is not AlarmState.OPEN or alarm.explained_by or alarm.well_from or alarm.acked_at:
        return None
    due = channels_due(alarm, settings, now)
    new = tuple(each for each in due if each not in alarm.told_to)
    if new:
        return AlarmTelling(AlarmWord.ESCALATED if alarm.told_to else AlarmWord.OPENED, new)
    if due and alarm.told_at is not None and now - alarm.told_at >= rule.repeat:
        return AlarmTelling(AlarmWord.REPEATED, due)
    return None


def channels_due(alarm: HubAlarm, settings: AlarmSettings, now: datetime) -> tuple[str, ...]:
    """Return the channels that are to know of an open alarm by now, in the order of the routes."""
    place, opened = alarm.place, alarm.opened_at or now
    names = [
        name
        for route in settings.routes
        if route.scope.has(place.rule, place.district, place.provider)
        and (not route.enterprises or alarm.enterprise in route.enterprises)
        and alarm.severity.rank >= route.severity.rank
        and (route.hours is None or route.hours.has(now))
        and now - opened >= route.after
        for name in route.tell
    ]
    on_duty = [settings.rosters[name].on_duty(now) if name in settings.rosters else name for name in names]
    return tuple(dict.fromkeys([*on_duty, *settings.providers.get(place.provider, ())]))


def _held_back(alarm: HubAlarm, settings: AlarmSettings, silences: Iterable[AlarmSilence], now: datetime) -> bool:
    place = alarm.place
    silent = any(
        each.holds(now) and each.scope.has(place.rule, place.district, place.provider)
        for each in (*settings.silences, *silences)
    )
    return silent or (settings.quiet is not None and settings.quiet.holds_back(alarm.severity, now))
