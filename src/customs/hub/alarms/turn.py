"""A turn of the alarms (告警轮次): the rules are looked at, alarms open and close, and those concerned are told.

Promised, under kill and cut: what is told and the alarm that says so count together or not at all; two workers never tell
the same alarm twice, since one at a time takes the turn of an enterprise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from customs.hub.alarms.alarm import AlarmState, HubAlarm, advance_alarm, begin_alarm, explanation_of
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace, Looking
from customs.hub.alarms.conditions import CONDITIONS
from customs.hub.alarms.kept import enter_alarms, silences_of, unsettled_alarms
from customs.hub.alarms.routing import AlarmTelling, AlarmWord, telling_of
from customs.hub.alarms.rules import UNKNOWN_ENDS, AlarmRule
from customs.hub.alarms.settings import AlarmSettings, AlarmSilence
from customs.hub.alarms.tables import HUB_ALARM_LOOKS
from customs.hub.alarms.words import notice_of, provider_notice_of
from customs.hub.channels.notices import queue_notice
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.ledger.accounts import upserting
from customs.ledger.database import Ledger, LedgerConnection

#: The row of all rules, which a turn holds.
_ALL = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsReport:
    """The outcome of a turn: how many rules were looked at, how many alarms stand, opened and closed, how many were told."""

    looked: int = 0
    open: int = 0
    opened: int = 0
    closed: int = 0
    told: int = 0


def alarms_turn(
    ledger: Ledger, enterprise: HubEnterprise, settings: AlarmSettings, *, now: datetime
) -> AlarmsReport | None:
    """Look at the rules of an enterprise that are due, and open, close and tell its alarms.

    The questions are asked beside those who write. Returns None if another worker has the turn.
    """
    with ledger.read() as connection:
        looks = _looks(connection, enterprise.name)
        due = [each for each in settings.rules.values() if each.on and _is_due(each, looks.get(each.name), now)]
        seen = {
            condition.place: condition
            for rule in due
            for condition in CONDITIONS[rule.name](
                Looking(connection=connection, enterprise=enterprise, settings=settings, rule=rule, now=now)
            )
        }
    with ledger.begin() as connection:
        if not _held(connection, enterprise.name, looks.get(_ALL), now):
            return None
        _enter_looks(connection, enterprise.name, [each.name for each in due], now)
        kept = unsettled_alarms(connection, enterprise.name)
        off = {each.name for each in settings.rules.values() if not each.on}
        advanced = _advanced(kept, seen, settings, {each.name for each in due} | off, now, enterprise.name)
        strange = [each for each in advanced if each.place.rule not in settings.rules]
        entered = enter_alarms(connection, [each for each in advanced if each.place.rule in settings.rules])
        entered += enter_alarms(connection, [_of_unknown_rule(each, looks, now) for each in strange])
        told = _tell(connection, entered, settings, silences_of(connection, enterprise.name, now=now), now)
    return AlarmsReport(
        looked=len(due),
        open=sum(each.state is AlarmState.OPEN for each in entered),
        opened=sum(each.opened_at == now for each in entered),
        closed=sum(each.closed_at == now for each in entered),
        told=told,
    )


def _is_due(rule: AlarmRule, last: datetime | None, now: datetime) -> bool:
    return last is None or now - last >= rule.every


def _looks(connection: LedgerConnection, enterprise: str) -> dict[str, datetime | None]:
    looks = HUB_ALARM_LOOKS.c
    wanted = select(looks.rule, looks.at).where(looks.enterprise == enterprise)
    return dict(connection.sql.execute(wanted).all())


def _held(connection: LedgerConnection, enterprise: str, last: datetime | None, now: datetime) -> bool:
    """Return True if the turn is this worker's: nobody has it, or took it since the questions were asked."""
    looks = HUB_ALARM_LOOKS.c
    adding = upserting(connection, HUB_ALARM_LOOKS).values(enterprise=enterprise, rule=_ALL, at=None)
    connection.sql.execute(adding.on_conflict_do_nothing())
    wanted = select(looks.enterprise, looks.at).where(looks.enterprise == enterprise, looks.rule == _ALL)
    row = connection.sql.execute(wanted.with_for_update(skip_locked=True)).one_or_none()
    return row is not None and row.at == last


def _enter_looks(connection: LedgerConnection, enterprise: str, rules: Iterable[str], now: datetime) -> None:
    adding = upserting(connection, HUB_ALARM_LOOKS)
    adding = adding.on_conflict_do_update(index_elements=["enterprise", "rule"], set_={"at": adding.excluded.at})
    rows = [{"enterprise": enterprise, "rule": each, "at": now} for each in (*rules, _ALL)]
    connection.sql.execute(adding, rows)


def _advanced(
    kept: Mapping[AlarmPlace, list[HubAlarm]],
    seen: Mapping[AlarmPlace, AlarmCondition],
    settings: AlarmSettings,
    looked: set[str],
    now: datetime,
    enterprise: str,
) -> list[HubAlarm]:
    """Return all alarms after a look: those that were kept, and new ones. Rules that were not due leave theirs alone."""
    living = {place: each for place, alarms in kept.items() for each in alarms if each.living}
    causes = {
        place: (seen.get(place) or living[place]).figures.get("districts", "").split() for place in {*living, *seen}
    }
    found = [each for alarms in kept.values() for each in alarms if not each.living]
    for place in sorted({*living, *seen}):
        rule = settings.rules.get(place.rule)
        alarm = living.get(place)
        if rule is None or (alarm and place.rule not in looked):
            found += [alarm] if alarm else []
            continue
        others = {cause: its for cause, its in causes.items() if cause != place}
        why = explanation_of(place, rule, others)
        condition = seen.get(place)
        if alarm is None and condition is not None:
            alarm = begin_alarm(condition, rule, enterprise, now)
        if alarm is not None:
            found.append(advance_alarm(alarm, condition, rule, now, why))
    return found


def _of_unknown_rule(alarm: HubAlarm, looks: Mapping[str, datetime | None], now: datetime) -> HubAlarm:
    """Return an alarm whose rule this release does not know: left to who knows it, ended once nobody looks at it any more."""
    last = looks.get(alarm.place.rule)
    if last is not None and now - last < UNKNOWN_ENDS:
        return alarm
    if not alarm.living:
        return replace(alarm, settled=True)
    if alarm.state is AlarmState.PENDING:
        return replace(alarm, state=AlarmState.DROPPED, settled=True)
    return replace(alarm, state=AlarmState.CLOSED, closed_at=now, explained_by="", settled=True)


def _tell(
    connection: LedgerConnection,
    alarms: Iterable[HubAlarm],
    settings: AlarmSettings,
    silences: tuple[AlarmSilence, ...],
    now: datetime,
) -> int:
    """Queue the notices of alarms, and enter who was told; return how many notices there are."""
    alarms, told = list(alarms), 0
    for each in alarms:
        rule = settings.rules.get(each.place.rule)
        telling = telling_of(each, rule, settings, silences, now) if rule else None
        if rule is None or telling is None:
            continue
        for channel in telling.channels:
            to_provider = channel in settings.providers.get(each.place.provider, ())
            explains = [
                (other, settings.rules[other.place.rule]) for other in alarms if _explained(other, each, settings)
            ]
            notice = (
                provider_notice_of(each, rule, telling.word, now)
                if to_provider
                else notice_of(each, rule, telling.word, now, explains)
            )
            told += queue_notice(connection, channel, notice, at=now)
        enter_alarms(connection, [_told(each, telling, now)])
    return told


def _explained(alarm: HubAlarm, cause: HubAlarm, settings: AlarmSettings) -> bool:
    """True if an alarm is not told because of a cause."""
    return (
        alarm.living
        and alarm.explained_by == cause.place.rule
        and alarm.place.rule in settings.rules
        and (not cause.place.district or cause.place.district == alarm.place.district)
    )


def _told(alarm: HubAlarm, telling: AlarmTelling, now: datetime) -> HubAlarm:
    if telling.word is AlarmWord.RECOVERED:
        return replace(alarm, told=alarm.told + 1, settled=True)
    to = tuple(dict.fromkeys((*alarm.told_to, *telling.channels)))
    return replace(alarm, told=alarm.told + 1, told_at=now, told_to=to)
