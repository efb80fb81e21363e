"""Alarms as they are kept (告警台账): found, entered, taken on by a person; and the silences that people set."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.condition import AlarmPlace
from customs.hub.alarms.rules import AlarmSeverity
from customs.hub.alarms.settings import AlarmScope, AlarmSilence
from customs.hub.alarms.tables import HUB_ALARMS, HUB_SILENCES
from customs.ledger.database import LedgerConnection

_ALARMS, _SILENCES = HUB_ALARMS.c, HUB_SILENCES.c

#: Alarms that one list shows at most.
MOST_SHOWN = 500

#: What stands between the parts of the name of a living alarm: no part has it.
_BETWEEN = "\x1f"


class UnknownAlarmError(LookupError):
    """The enterprise has no such alarm; the text says so in both languages."""

    def __init__(self, alarm: int) -> None:
        self.en, self.zh = f"there is no alarm {alarm}", f"没有告警 {alarm}"
        super().__init__(f"{self.en} {self.zh}")


def unsettled_alarms(connection: LedgerConnection, enterprise: str) -> dict[AlarmPlace, list[HubAlarm]]:
    """Return the alarms of an enterprise that live, or whose end is still to be told, by place."""
    wanted = select(HUB_ALARMS).where(_ALARMS.enterprise == enterprise, _ALARMS.settled.is_(False))
    found: dict[AlarmPlace, list[HubAlarm]] = {}
    for row in connection.sql.execute(wanted.order_by(_ALARMS.id)):
        alarm = _alarm(row)
        found.setdefault(alarm.place, []).append(alarm)
    return found


def list_alarms(
    connection: LedgerConnection,
    enterprise: str,
    *,
    states: Sequence[AlarmState] = (AlarmState.OPEN,),
    before: int = 0,
    most: int = 100,
) -> list[HubAlarm]:
    """Return alarms of an enterprise in some states, newest first; those below a number, if one is given."""
    wanted = select(HUB_ALARMS).where(_ALARMS.enterprise == enterprise, _ALARMS.state.in_(states))
    if AlarmState.CLOSED not in states:
        wanted = wanted.where(_ALARMS.settled.is_(False))
    if before:
        wanted = wanted.where(_ALARMS.id < before)
    rows = connection.sql.execute(wanted.order_by(_ALARMS.id.desc()).limit(min(most, MOST_SHOWN)))
    return [_alarm(row) for row in rows]


def read_alarms(connection: LedgerConnection, enterprise: str, numbers: Collection[int]) -> list[HubAlarm]:
    """Return alarms of an enterprise by their numbers, the oldest first; those that are not there are left out."""
    wanted = select(HUB_ALARMS).where(_ALARMS.enterprise == enterprise, _ALARMS.id.in_(numbers))
    return [_alarm(row) for row in connection.sql.execute(wanted.order_by(_ALARMS.id))]


def take_on(
    connection: LedgerConnection, enterprise: str, alarm: int, by: str, *, now: datetime, note: str = ""
) -> HubAlarm:
    """Enter who has taken an alarm on (认领): it goes to nobody else. The first one counts. Raises ``UnknownAlarmError``."""
    own = (_ALARMS.enterprise == enterprise, _ALARMS.id == alarm)
    taking = update(HUB_ALARMS).where(*own, _ALARMS.acked_at.is_(None), _ALARMS.living.is_not(None))
    connection.sql.execute(taking.values(acked_at=now, acked_by=by[:100], note=note[:400]))
    row = connection.sql.execute(select(HUB_ALARMS).where(*own)).one_or_none()
    if row is None:
        raise UnknownAlarmError(alarm)
    return _alarm(row)


def enter_alarms(connection: LedgerConnection, alarms: Iterable[HubAlarm]) -> list[HubAlarm]:
    """Enter alarms as they stand now, and return them with their numbers; those that were dropped are taken away.

    Who has taken an alarm on is left as it is: a person may do so meanwhile.
    """
    found = list[HubAlarm]()
    for each in alarms:
        values = _row(each)
        if each.state is AlarmState.DROPPED:
            connection.sql.execute(delete(HUB_ALARMS).where(_ALARMS.id == each.id))
        elif each.id:
            kept = {name: value for name, value in values.items() if name not in ("acked_at", "acked_by", "note")}
            connection.sql.execute(update(HUB_ALARMS).where(_ALARMS.id == bindparam("row")), {"row": each.id, **kept})
            found.append(each)
        else:
            number = connection.sql.execute(insert(HUB_ALARMS).returning(_ALARMS.id), values).scalar_one()
            found.append(replace(each, id=int(number)))
    return found


def set_silence(connection: LedgerConnection, enterprise: str, silence: AlarmSilence, by: str) -> int:
    """Enter a silence and return its number; its scope has one rule, district and provider at most."""
    scope = silence.scope
    values = {
        "enterprise": enterprise,
        "begins": silence.begins,
        "ends": silence.ends,
        "rule": next(iter(scope.rules), ""),
        "district": next(iter(scope.districts), ""),
        "provider": next(iter(scope.providers), ""),
        "by": by[:100],
        "why": silence.why[:400],
    }
    return int(connection.sql.execute(insert(HUB_SILENCES).returning(_SILENCES.id), values).scalar_one())


def silences_of(connection: LedgerConnection, enterprise: str, *, now: datetime) -> tuple[AlarmSilence, ...]:
    """Return the silences of an enterprise that are not over."""
    wanted = select(HUB_SILENCES).where(_SILENCES.enterprise == enterprise, _SILENCES.ends > now)
    return tuple(_silence(row) for row in connection.sql.execute(wanted.order_by(_SILENCES.id)))


def _silence(row: Any) -> AlarmSilence:
    scope = AlarmScope(
        rules=(row.rule,) if row.rule else (),
        districts=(row.district,) if row.district else (),
        providers=(row.provider,) if row.provider else (),
    )
    return AlarmSilence(begins=row.begins, ends=row.ends, scope=scope, why=row.why)


def _row(alarm: HubAlarm) -> dict[str, Any]:
    place = alarm.place
    living = _BETWEEN.join((alarm.enterprise, *place)) if alarm.living else None
    return {
        "living": living,
        "enterprise": alarm.enterprise,
        **place._asdict(),
        "severity": alarm.severity,
        "state": alarm.state,
        "times": alarm.count,
        "figures": json.dumps(dict(alarm.figures), ensure_ascii=False),
        "examples": json.dumps(alarm.examples, ensure_ascii=False),
        "told_to": json.dumps(alarm.told_to, ensure_ascii=False),
        **{name: getattr(alarm, name) for name in _SAME},
    }


#: What stands in a row as it is.
_SAME = (
    "peak",
    "since",
    "held_from",
    "well_from",
    "opened_at",
    "closed_at",
    "explained_by",
    "told_at",
    "told",
    "acked_at",
    "acked_by",
    "note",
    "settled",
)


def _alarm(row: Any) -> HubAlarm:
    return HubAlarm(
        id=row.id,
        enterprise=row.enterprise,
        place=AlarmPlace(row.rule, row.district, row.provider, row.subject),
        severity=AlarmSeverity(row.severity),
        state=AlarmState(row.state),
        count=row.times,
        figures=FrozenDict(json.loads(row.figures)),
        examples=tuple(json.loads(row.examples)),
        told_to=tuple(json.loads(row.told_to)),
        **{name: getattr(row, name) for name in _SAME},
    )
