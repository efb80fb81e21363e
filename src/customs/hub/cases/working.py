"""Working on cases (处理工单): they are moved, assigned, classified, prioritised, talked about and tied to things.

Each act is given the case as the person saw it. A change of one that was changed since raises ``CaseConflictError`` with
what changed; comments and links never conflict.
"""

from collections.abc import Mapping

from customs.fields.frozen import FrozenDict
from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.causes import CAUSE, claim_cause
from customs.hub.cases.classes import classes_version
from customs.hub.cases.entries import ASKER, MACHINE, CaseChange, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.groups import CaseGroup, people_away, present_for
from customs.hub.cases.kept import CaseError, append_entries, links_of_case, lock_case
from customs.hub.cases.opening import CaseLink, checked_links, class_named, linked
from customs.hub.cases.priorities import CaseImpact, CaseUrgency
from customs.hub.cases.states import CaseState
from customs.ledger.database import LedgerConnection

#: The states that a case goes to for a reason that is told.
REASONED = frozenset({CaseState.CANCELLED, CaseState.REOPENED, CaseState.MERGED})

#: The states in which a case is nobody's; who is assigned to it has it.
_NOBODYS = frozenset({CaseState.NEW, CaseState.TRIAGED, CaseState.REOPENED})


def move_case(connection: LedgerConnection, seen: SeenCase, state: CaseState, act: CaseAct) -> HubCase:
    """Move a case to another state; who begins to work on a case that is nobody's has it.

    Raises ``CaseError`` for a way that there is not, ``CaseConflictError`` and ``NoCaseError``.
    """
    if state is CaseState.MERGED:
        raise CaseError("a case is merged into another one: name that one 请指明并入哪一工单")
    case = lock_case(connection, seen.enterprise, seen.number, version=seen.version)
    changes = [moved(case, state, act)]
    if state is CaseState.WORKING and not case.assignee and act.by != MACHINE:
        changes.append(CaseChange(kind=CaseEntryKind.ASSIGNED, after=act.by))
    if state is CaseState.REOPENED:
        _claim_again(connection, case)
    return append_entries(connection, case, changes, by=act.by, at=act.at)


def moved(case: HubCase, state: CaseState, act: CaseAct) -> CaseChange:
    """Return the change that moves a case. Raises ``CaseError`` for a way that there is not, and without a reason."""
    if not case.state.may_become(state):
        raise CaseError(
            f"case {case.id} is {case.state.value} and cannot become {state.value} "
            f"工单 {case.id} 当前为{case.state.zh}，不能转为{state.zh}"
        )
    if state in REASONED and not act.why.strip():
        raise CaseError(f"say why the case becomes {state.value} 请填写转为{state.zh}的原因")
    return CaseChange(kind=CaseEntryKind.MOVED, before=case.state, after=state, words=act.why)


def assign_case(
    connection: LedgerConnection,
    seen: SeenCase,
    person: str,
    act: CaseAct,
    groups: Mapping[str, CaseGroup] = FrozenDict(),
) -> HubCase:
    """Give a case to a person, to their backup if they are away, or back to the group if it is an empty text.

    Raises ``CaseError`` if nobody is there or the person is not of the group, where the group names its people.
    """
    case = lock_case(connection, seen.enterprise, seen.number, version=seen.version)
    if not case.state.open:
        raise CaseError(f"case {case.id} is done: reopen it first 工单 {case.id} 已办结，请先重新打开")
    group = groups.get(case.queue)
    found = present_for(person, group, people_away(connection, case.enterprise, at=act.at))
    if person and not found:
        raise CaseError(f"{person} is away and has no backup who is there {person} 不在岗，且无在岗的备岗人")
    if found and group and group.people and found not in group.people:
        raise CaseError(f"{found} is not of the group {case.queue} {found} 不在小组 {case.queue} 中")
    if found == case.assignee:
        return case
    changes = [CaseChange(kind=CaseEntryKind.ASSIGNED, before=case.assignee, after=found, words=act.why)]
    state = CaseState.ASSIGNED if found and case.state in _NOBODYS else case.state
    if not found and case.state in (CaseState.ASSIGNED, CaseState.WORKING):
        state = CaseState.TRIAGED
    if state is not case.state:
        changes.append(moved(case, state, act))
    return append_entries(connection, case, changes, by=act.by, at=act.at)


def queue_case(connection: LedgerConnection, seen: SeenCase, queue: str, act: CaseAct) -> HubCase:
    """Hand a case over to another group, where it is nobody's yet."""
    case = lock_case(connection, seen.enterprise, seen.number, version=seen.version)
    if queue == case.queue:
        return case
    changes = [CaseChange(kind=CaseEntryKind.QUEUED, before=case.queue, after=queue, words=act.why)]
    return append_entries(connection, case, [*changes, *_given_back(case, act)], by=act.by, at=act.at)


def classify_case(connection: LedgerConnection, seen: SeenCase, key: str, act: CaseAct) -> HubCase:
    """Give a case another class; its group deals with it then. A new case is triaged by it. Raises ``CaseError``."""
    found = class_named(key)
    case = lock_case(connection, seen.enterprise, seen.number, version=seen.version)
    changes = list[CaseChange]()
    if key != case.case_class:
        after = f"{key}@{classes_version()}"
        changes.append(CaseChange(kind=CaseEntryKind.CLASSIFIED, before=case.case_class, after=after, words=act.why))
    if found.group != case.queue:
        changes.append(CaseChange(kind=CaseEntryKind.QUEUED, before=case.queue, after=found.group))
        changes += _given_back(case, act)
    elif case.state is CaseState.NEW:
        changes.append(moved(case, CaseState.TRIAGED, act))
    return append_entries(connection, case, changes, by=act.by, at=act.at) if changes else case


def prioritise_case(
    connection: LedgerConnection, seen: SeenCase, scale: tuple[CaseImpact, CaseUrgency], act: CaseAct
) -> HubCase:
    """Say how many a case touches and how soon it has to be done."""
    case = lock_case(connection, seen.enterprise, seen.number, version=seen.version)
    before, after = f"{case.impact}/{case.urgency}", "/".join(scale)
    if before == after:
        return case
    change = CaseChange(kind=CaseEntryKind.PRIORITISED, before=before, after=after, words=act.why)
    return append_entries(connection, case, [change], by=act.by, at=act.at)


def comment_on_case(
    connection: LedgerConnection, seen: SeenCase, text: str, act: CaseAct, *, outside: bool = False
) -> HubCase:
    """Say something about a case: inside, or to the one who asked. Raises ``CaseError`` for an empty text."""
    if not text.strip():
        raise CaseError("the comment is empty 备注为空")
    case = lock_case(connection, seen.enterprise, seen.number)
    change = CaseChange(kind=CaseEntryKind.COMMENTED, words=text, outside=outside)
    return append_entries(connection, case, [change], by=act.by, at=act.at)


def hear_asker(connection: LedgerConnection, seen: SeenCase, text: str, act: CaseAct) -> HubCase:
    """Enter what the one who asked says: a resolved or closed case is reopened, one that waits for the buyer goes on."""
    case = lock_case(connection, seen.enterprise, seen.number)
    while case.state is CaseState.MERGED and case.merged_into is not None:
        case = lock_case(connection, seen.enterprise, case.merged_into)
    changes = [CaseChange(kind=CaseEntryKind.COMMENTED, after=ASKER, words=text, outside=True)]
    told = CaseAct(by=act.by, at=act.at, why="the one who asked wrote again 提问人再次来信")
    if case.state in (CaseState.RESOLVED, CaseState.CLOSED):
        changes.append(moved(case, CaseState.REOPENED, told))
        _claim_again(connection, case)
    elif case.state is CaseState.WAITING_BUYER:
        changes.append(moved(case, CaseState.WORKING if case.assignee else CaseState.TRIAGED, told))
    return append_entries(connection, case, changes, by=act.by, at=act.at)


def link_case(connection: LedgerConnection, seen: SeenCase, links: tuple[CaseLink, ...], act: CaseAct) -> HubCase:
    """Tie a case to things; those that it is tied to already change nothing. Raises ``CaseError``."""
    checked_links(links)
    case = lock_case(connection, seen.enterprise, seen.number)
    more = frozenset(links) - links_of_case(connection, case.id)
    return append_entries(connection, case, linked(more), by=act.by, at=act.at) if more else case


def unlink_case(connection: LedgerConnection, seen: SeenCase, links: tuple[CaseLink, ...], act: CaseAct) -> HubCase:
    """Tie a case no more to things."""
    case = lock_case(connection, seen.enterprise, seen.number)
    gone = frozenset(links) & links_of_case(connection, case.id)
    return append_entries(connection, case, unlinked(gone), by=act.by, at=act.at) if gone else case


def unlinked(links: frozenset[tuple[str, str]]) -> list[CaseChange]:
    """Return the changes that tie a case no more to things."""
    return [CaseChange(kind=CaseEntryKind.UNLINKED, before=f"{kind}:{target}") for kind, target in sorted(links)]


def _given_back(case: HubCase, act: CaseAct) -> list[CaseChange]:
    """Return the changes by which a case is nobody's."""
    changes = [CaseChange(kind=CaseEntryKind.ASSIGNED, before=case.assignee)] if case.assignee else []
    if case.state in (CaseState.NEW, CaseState.ASSIGNED, CaseState.WORKING, CaseState.REOPENED):
        changes.append(moved(case, CaseState.TRIAGED, act))
    return changes


def _claim_again(connection: LedgerConnection, case: HubCase) -> None:
    """Make a case that is opened again that of its causes, but for those that another open case has by now."""
    for kind, cause in sorted(links_of_case(connection, case.id)):
        if kind == CAUSE:
            claim_cause(connection, case.enterprise, cause, case.id)
