"""Escalating cases (工单升级): as the time that is promised runs out, the channels of the group are told, level by level.

Promised: a level of a case is told once, within the transaction that enters it; a worker that is killed between leaves
neither. What a person who is away had goes to their backup, or back to the group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.classes import case_classes
from customs.hub.cases.clocks import CaseClock, clocks_of
from customs.hub.cases.entries import MACHINE, CaseChange, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.groups import people_away, present_for
from customs.hub.cases.kept import CaseError, append_entries, case_of_row, entries_of_cases, lock_case
from customs.hub.cases.settings import CaseSettings
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASES
from customs.hub.cases.working import moved
from customs.hub.channels.notices import Notice, NoticeSeverity, queue_notice
from customs.ledger.database import Ledger, LedgerConnection

#: Cases that one transaction looks at.
TOGETHER = 200

_CASES = HUB_CASES.c

#: The names of the clocks.
CLOCK_NAMES = {
    "answer": ("first answer", "首次响应"),
    "desk": ("resolution by the desk", "处理时效"),
    "customer": ("resolution for the one who asked", "整体时效"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesReport:
    """The outcome of a turn: how many cases it looked at, escalated, and gave to others.

    ``unknown_years`` are years whose days off are not known: their weekdays counted as working days.
    """

    seen: int = 0
    escalated: int = 0
    reassigned: int = 0
    unknown_years: tuple[int, ...] = ()


def cases_turn(ledger: Ledger, enterprise: str, settings: CaseSettings, *, now: datetime) -> CasesReport:
    """Look at cases of an enterprise whose time has come; call it until it has seen none."""
    with ledger.begin() as connection:
        away = people_away(connection, enterprise, at=now)
        wanted = (
            select(HUB_CASES)
            .where(_CASES.enterprise == enterprise, _CASES.open, or_(_CASES.due <= now, _CASES.assignee.in_(away)))
            .order_by(_CASES.due, _CASES.id)
            .limit(TOGETHER)
            .with_for_update(skip_locked=True)
        )
        cases = [case_of_row(row) for row in connection.sql.execute(wanted)]
        entries = entries_of_cases(connection, [each.id for each in cases])
        escalated, reassigned, unknown = 0, 0, set[int]()
        for case in cases:
            hours = settings.hours_for(case)
            clocks = clocks_of(entries[case.id], settings.promise_for(case), hours, now=now)
            level = sum(max(each.share for each in clocks) >= share for share in settings.shares)
            changes = _reassigned(case, settings, away, now)
            reassigned += bool(changes)
            if level > case.level:
                changes.append(CaseChange(kind=CaseEntryKind.ESCALATED, before=str(case.level), after=str(level)))
                escalated += 1
                _tell(connection, case, settings, (level, clocks), now)
            if changes:
                case = append_entries(connection, case, changes, by=MACHINE, at=now)
            due = next_look(clocks, settings, case, now=now)
            connection.sql.execute(update(HUB_CASES).where(_CASES.id == case.id).values(due=due))
            if hours.days is not None:
                unknown.update(hours.days.unknown_years(case.opened_at.date(), (due or now).date()))
        if unknown:
            _tell_unknown(connection, settings, sorted(unknown), now)
    return CasesReport(
        seen=len(cases), escalated=escalated, reassigned=reassigned, unknown_years=tuple(sorted(unknown))
    )


def escalate_case(connection: LedgerConnection, seen: SeenCase, settings: CaseSettings, act: CaseAct) -> HubCase:
    """Raise a case by one level before its time is used up; the channel of that level is told.

    Raises ``CaseError`` for a case that is done or on its highest level, ``CaseConflictError`` and ``NoCaseError``.
    """
    case = lock_case(connection, seen.enterprise, seen.number, version=seen.version)
    if not case.state.open or case.level >= len(settings.shares):
        raise CaseError(
            f"case {case.id} is done or on its highest level 工单 {case.id} 已办结或已在最高升级层级，不能再升级"
        )
    level = case.level + 1
    entries, hours = entries_of_cases(connection, [case.id])[case.id], settings.hours_for(case)
    clocks = clocks_of(entries, settings.promise_for(case), hours, now=act.at)
    change = CaseChange(kind=CaseEntryKind.ESCALATED, before=str(case.level), after=str(level), words=act.why)
    _tell(connection, case, settings, (level, clocks), act.at)
    return append_entries(connection, case, [change], by=act.by, at=act.at)


def next_look(clocks: Sequence[CaseClock], settings: CaseSettings, case: HubCase, *, now: datetime) -> datetime | None:
    """Return when a case has to be looked at again: when a clock that runs reaches the next share of its promise."""
    hours = settings.hours_for(case)
    coming = [
        at
        for each in clocks
        if not each.stopped
        for share in settings.shares
        if share > each.share and (at := each.reaches(share, hours)) is not None and at > now
    ]
    return min(coming, default=None)


def _reassigned(case: HubCase, settings: CaseSettings, away: frozenset[str], now: datetime) -> list[CaseChange]:
    """Return the changes by which the case of a person who is away goes to another one."""
    if case.assignee not in away:
        return []
    found = present_for(case.assignee, settings.group_of(case), away)
    changes = [CaseChange(kind=CaseEntryKind.ASSIGNED, before=case.assignee, after=found, words="away 不在岗")]
    if not found and case.state in (CaseState.ASSIGNED, CaseState.WORKING):
        changes.append(moved(case, CaseState.TRIAGED, CaseAct(by=MACHINE, at=now)))
    return changes


def _tell(
    connection: LedgerConnection,
    case: HubCase,
    settings: CaseSettings,
    reached: tuple[int, Sequence[CaseClock]],
    now: datetime,
) -> None:
    """Queue the notice of a level for the channel of the group, if it has one."""
    level, clocks = reached
    if not (channel := settings.group_of(case).channel_of(level)):
        return
    worst = max(clocks, key=lambda each: each.share)
    found, (clock_en, clock_zh) = case_classes().get(case.case_class), CLOCK_NAMES[worst.name]
    class_en, class_zh = found.name if found else (case.case_class, case.case_class)
    severity: NoticeSeverity = "serious" if worst.share >= 100 else "warning"
    notice = Notice(
        subject_en=f"Case {case.id}: {worst.share} % of the time for {clock_en} is used",
        subject_zh=f"工单 {case.id}：{clock_zh}已用 {worst.share}%",
        text_en=f"Class: {class_en}\nPriority: {case.priority}\nState: {case.state.value}\n"
        f"With: {case.assignee or case.queue}\nLevel: {level}",
        text_zh=f"分类：{class_zh}\n优先级：{case.priority}\n状态：{case.state.zh}\n"
        f"处理人：{case.assignee or case.queue}\n升级层级：{level}",
        severity=severity,
        key=f"case/{case.id}/{case.reopened}/{level}",
    )
    queue_notice(connection, channel, notice, at=now)


def _tell_unknown(connection: LedgerConnection, settings: CaseSettings, years: Sequence[Any], now: datetime) -> None:
    """Tell every group once that the days off of a year are not known."""
    for year in years:
        notice = Notice(
            subject_en=f"The days off of {year} are not known",
            subject_zh=f"{year} 年放假安排未知",
            text_en=f"Service times of cases count every weekday of {year} as a working day. "
            f"Enter the days of the notice of the State Council: [cases.days.{year}].",
            text_zh=f"{year} 年的工单时效暂按周一至周五为工作日计算。请按国务院办公厅通知填写 [cases.days.{year}]。",
            severity="warning",
            key=f"case-days/{year}",
        )
        for channel in sorted({each.channel_of(1) for each in settings.groups.values()} - {""}):
            queue_notice(connection, channel, notice, at=now)
