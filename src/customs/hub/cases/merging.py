"""Merging and splitting cases (合并与拆分): what has one cause becomes one case, and what has not becomes another."""

from sqlalchemy import update

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.causes import CAUSE
from customs.hub.cases.entries import CaseChange, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import CaseError, append_entries, links_of_case, lock_case, read_case
from customs.hub.cases.opening import CaseLink, NewCase, linked, open_case
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASE_CAUSES
from customs.hub.cases.working import moved, unlinked
from customs.ledger.database import LedgerConnection


def merge_case(connection: LedgerConnection, seen: SeenCase, into: int, act: CaseAct) -> HubCase:
    """Merge a case into another open one of the enterprise, which takes its parcels and causes; return that one.

    The log of the merged case stays. Raises ``CaseError``, ``CaseConflictError`` and ``NoCaseError``.
    """
    if into == seen.number:
        raise CaseError("a case cannot be merged into itself 工单不能并入自身")
    read_case(connection, seen.enterprise, into)
    # in the order of their numbers, so that two who merge crosswise do not wait for each other
    found = {
        number: lock_case(connection, seen.enterprise, number, version=seen.version if number == seen.number else None)
        for number in sorted((seen.number, into))
    }
    case, target = found[seen.number], found[into]
    if not target.state.open:
        raise CaseError(f"case {into} is done: reopen it first 工单 {into} 已办结，请先重新打开")
    away = [CaseChange(kind=CaseEntryKind.MERGED, after=str(into)), moved(case, CaseState.MERGED, act)]
    causes = HUB_CASE_CAUSES.c
    connection.sql.execute(update(HUB_CASE_CAUSES).where(causes.case == case.id).values(case=into))
    append_entries(connection, case, away, by=act.by, at=act.at)
    taken = links_of_case(connection, case.id) | {("case", str(case.id))}
    more = frozenset(CaseLink(*each) for each in taken - links_of_case(connection, into))
    return append_entries(connection, target, linked(more), by=act.by, at=act.at)


def split_case(connection: LedgerConnection, seen: SeenCase, new: NewCase, act: CaseAct) -> tuple[HubCase, HubCase]:
    """Take parcels out of a case into a new one, which is tied to them; return the case and the new one.

    ``new`` names the parcels as its links. Raises ``CaseError`` if they are none of the case, or all of it.
    """
    case = lock_case(connection, seen.enterprise, seen.number, version=seen.version)
    before = links_of_case(connection, case.id)
    parcels = {each for each in before if each[0] == "order"}
    going = frozenset(new.links)
    if not going or not going <= parcels or going == parcels:
        raise CaseError(
            "name some of the parcels of the case, and not all of them 请指定该工单中的部分订单，不能是全部订单"
        )
    if new.cause and (CAUSE, new.cause) in before:
        raise CaseError("the new case has the cause of the old one 新工单与原工单原因相同")
    other, is_new = open_case(connection, case.enterprise, new, act)
    if not is_new and other.id == case.id:
        raise CaseError("the new case has the cause of the old one 新工单与原工单原因相同")
    back = CaseChange(kind=CaseEntryKind.SPLIT, before=str(case.id), words=act.why)
    other = append_entries(connection, other, [back], by=act.by, at=act.at)
    changes = [CaseChange(kind=CaseEntryKind.SPLIT, after=str(other.id), words=act.why), *unlinked(going)]
    return append_entries(connection, case, changes, by=act.by, at=act.at), other
