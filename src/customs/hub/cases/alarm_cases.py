"""Cases that alarms open by themselves (告警自动建单): opened once for each alarm, with its orders, and told its end.

Promised, under kill and cut: that an alarm has its case and the case itself count together or not at all, and two workers
never open two. A case does not end with its alarm: a person says what the cause was. An alarm that is over before the turn
sees it opens none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update

from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.kept import read_alarms
from customs.hub.alarms.rules import alarm_rules
from customs.hub.alarms.tables import HUB_ALARMS
from customs.hub.cases.acts import CaseAct
from customs.hub.cases.alarm_choice import AlarmChoice
from customs.hub.cases.entries import MACHINE, CaseChange, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import append_entries, entries_of_case, links_of_case, lock_case
from customs.hub.cases.opening import CaseLink, linked, open_case
from customs.hub.cases.sources import MOST_EXAMPLES, case_of_alarm
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASE_ALARMS, HUB_CASE_LINKS, HUB_CASES
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger.database import Ledger, LedgerConnection

#: Alarms that one transaction looks at.
TOGETHER = 200

_ALARMS, _KEPT = HUB_ALARMS.c, HUB_CASE_ALARMS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCasesReport:
    """The outcome of a turn: how many cases alarms opened, how many they joined, and how many alarms ended."""

    opened: int = 0
    joined: int = 0
    ended: int = 0


def alarm_cases_turn(ledger: Ledger, enterprise: str, choice: AlarmChoice, *, now: datetime) -> AlarmCasesReport:
    """Open the cases of the open alarms of an enterprise, tie them to further orders, and enter which alarms are over."""
    opened, joined, ended = 0, 0, 0
    with ledger.begin() as connection:
        cases, act = _cases_of(connection, enterprise), CaseAct(by=MACHINE, at=now)
        for alarm in _alarms(connection, enterprise):
            known = cases.get(alarm.id)
            if known is None:
                is_new = _open(connection, alarm, choice, act)
                opened, joined = opened + (is_new is True), joined + (is_new is False)
            elif alarm.state is AlarmState.CLOSED:
                _end(connection, alarm, known, act)
                ended += 1
            else:
                _tie(connection, alarm, known, act)
    return AlarmCasesReport(opened=opened, joined=joined, ended=ended)


def orders_of_alarm(connection: LedgerConnection, alarm: HubAlarm) -> list[CaseLink]:
    """Return the orders that an alarm names as its examples; those of a carrier stand there with their waybills."""
    numbers = list(alarm.examples)
    if alarm.place.provider.startswith("carrier:"):
        numbers += [each.rpartition("/")[0] for each in numbers]
    orders, district = HUB_ORDERS.c, alarm.place.district
    wanted = select(orders.platform_code, orders.order_no).where(
        orders.enterprise == alarm.enterprise, orders.order_no.in_(numbers)
    )
    if district:
        wanted = wanted.where(orders.customs_code == district)
    rows = connection.sql.execute(wanted.order_by(orders.id))
    return [CaseLink("order", f"{platform}/{number}") for platform, number in rows]


def cases_of_alarms(connection: LedgerConnection, enterprise: str, alarms: Collection[int]) -> dict[int, int]:
    """Return the numbers of the newest cases that are tied to alarms, by the numbers of the alarms."""
    links, cases = HUB_CASE_LINKS.c, HUB_CASES.c
    wanted = (
        select(links.target, cases.id)
        .join(HUB_CASES, links.case == cases.id)
        .where(links.kind == "alarm", links.target.in_([str(each) for each in alarms]), cases.enterprise == enterprise)
    )
    return {int(alarm): case for alarm, case in connection.sql.execute(wanted.order_by(cases.id))}


def _cases_of(connection: LedgerConnection, enterprise: str) -> dict[int, int]:
    """Return the cases of alarms that are not over yet, by the numbers of the alarms."""
    wanted = select(_KEPT.alarm, _KEPT.case).where(_KEPT.enterprise == enterprise, _KEPT.ended_at.is_(None))
    return dict(connection.sql.execute(wanted).all())


def _alarms(connection: LedgerConnection, enterprise: str) -> list[HubAlarm]:
    """Return the alarms that are open, and those that are over with a case that has not been told, for this turn alone."""
    untold = select(_KEPT.alarm).where(_KEPT.alarm == _ALARMS.id, _KEPT.ended_at.is_(None)).exists()
    over = (_ALARMS.state == AlarmState.CLOSED) & untold
    standing = (_ALARMS.state == AlarmState.OPEN) & _ALARMS.settled.is_(False)
    wanted = select(_ALARMS.id).where(_ALARMS.enterprise == enterprise, or_(standing, over))
    # an alarm that another turn changes now is left to the next one: nobody waits for anybody
    locked = wanted.order_by(_ALARMS.id).limit(TOGETHER).with_for_update(skip_locked=True)
    return read_alarms(connection, enterprise, list(connection.sql.execute(locked).scalars()))


def _open(connection: LedgerConnection, alarm: HubAlarm, choice: AlarmChoice, act: CaseAct) -> bool | None:
    """Give an alarm its case: the one that a person opened for it, that of its cause, or a new one.

    Returns True for a new one, None if there is to be none.
    """
    number, is_new = cases_of_alarms(connection, alarm.enterprise, [alarm.id]).get(alarm.id), False
    if number is None:
        chosen = alarm.place.rule in alarm_rules() and choice.opens(alarm.place.rule, alarm.severity)
        if not chosen or alarm.explained_by:
            return None
        new = case_of_alarm(alarm, orders_of_alarm(connection, alarm))
        case, is_new = open_case(connection, alarm.enterprise, new, act)
        number = case.id
    row = {"alarm": alarm.id, "enterprise": alarm.enterprise, "case": number, "at": act.at, "ended_at": None}
    connection.sql.execute(insert(HUB_CASE_ALARMS), row)
    return is_new


def _tie(connection: LedgerConnection, alarm: HubAlarm, number: int, act: CaseAct) -> None:
    """Tie the open case of an alarm to further orders; those that a person took away stay away."""
    before = links_of_case(connection, number)
    orders = [f"order:{each.target}" for each in orders_of_alarm(connection, alarm) if each not in before]
    if not orders or not (case := _living(connection, alarm.enterprise, number)).state.open:
        return
    tied = [each.after for each in entries_of_case(connection, case.id) if each.kind is CaseEntryKind.LINKED]
    known = {each for each in tied if each.startswith("order:")}
    more = [each for each in dict.fromkeys(orders) if each not in known][: max(MOST_EXAMPLES - len(known), 0)]
    _append(connection, case, linked(frozenset(CaseLink("order", each.removeprefix("order:")) for each in more)), act)


def _end(connection: LedgerConnection, alarm: HubAlarm, number: int, act: CaseAct) -> None:
    """Enter into the case of an alarm that it is over."""
    case = _living(connection, alarm.enterprise, number)
    _append(connection, case, [CaseChange(kind=CaseEntryKind.ALARM_ENDED, after=str(alarm.id))], act)
    ending = update(HUB_CASE_ALARMS).where(_KEPT.alarm == alarm.id)
    connection.sql.execute(ending.values(ended_at=alarm.closed_at or act.at))


def _living(connection: LedgerConnection, enterprise: str, number: int) -> HubCase:
    """Return a case for this transaction alone, or the one that it was merged into."""
    case = lock_case(connection, enterprise, number)
    while case.state is CaseState.MERGED and case.merged_into is not None:
        case = lock_case(connection, enterprise, case.merged_into)
    return case


def _append(connection: LedgerConnection, case: HubCase, changes: Sequence[CaseChange], act: CaseAct) -> None:
    if changes:
        append_entries(connection, case, changes, by=act.by, at=act.at)
