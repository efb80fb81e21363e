"""A case as it stands (工单现状), folded from its entries, one after the other.

>>> from datetime import datetime
>>> nine = datetime(2026, 11, 11, 9)
>>> entry = CaseEntry(place=1, version=1, kind=CaseEntryKind.OPENED, at=nine, by="li", after="person")
>>> case = case_after(HubCase(enterprise="shop"), entry)
>>> case.state.value, case.source, case.opened_at == nine
('new', 'person', True)
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from customs.hub.cases.entries import CaseEntry, CaseEntryKind
from customs.hub.cases.priorities import CaseImpact, CaseUrgency, priority_of
from customs.hub.cases.states import CaseState


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCase:
    """A case as it stands after the last of its entries."""

    enterprise: str
    id: int = 0
    version: int = 0
    """How often it was changed; comments, files and links do not count."""
    state: CaseState = CaseState.NEW
    case_class: str = ""
    impact: CaseImpact = CaseImpact.PARCEL
    urgency: CaseUrgency = CaseUrgency.NONE
    queue: str = ""
    assignee: str = ""
    level: int = 0
    """The level of escalation that was reached."""
    source: str = ""
    opened_at: datetime = datetime.min
    answered_at: datetime | None = None
    """When a person first answered the one who asked."""
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened: int = 0
    merged_into: int | None = None
    entries: int = 0
    changed_at: datetime = datetime.min

    @property
    def priority(self) -> int:
        """From 1 (first) to 4."""
        return priority_of(self.impact, self.urgency)


def fold_case(enterprise: str, number: int, entries: Iterable[CaseEntry]) -> HubCase:
    """Return the case that entries make, in their order."""
    case = HubCase(enterprise=enterprise, id=number)
    for each in entries:
        case = case_after(case, each)
    return case


def case_after(case: HubCase, entry: CaseEntry) -> HubCase:
    """Return a case after an entry."""
    counted: dict[str, Any] = {"version": entry.version, "entries": entry.place, "changed_at": entry.at}
    return replace(case, **counted, **_changed(case, entry))


def links_after(entries: Iterable[CaseEntry]) -> frozenset[tuple[str, str]]:
    """Return what a case is tied to after its entries: pairs of kind and target."""
    found = set[tuple[str, str]]()
    for each in entries:
        kind, _, target = (each.after or each.before).partition(":")
        if each.kind is CaseEntryKind.LINKED:
            found.add((kind, target))
        elif each.kind is CaseEntryKind.UNLINKED:
            found.discard((kind, target))
    return frozenset(found)


def _changed(case: HubCase, entry: CaseEntry) -> dict[str, Any]:
    match entry.kind:
        case CaseEntryKind.OPENED:
            return {"source": entry.after, "opened_at": entry.at}
        case CaseEntryKind.MOVED:
            return _moved(case, CaseState(entry.after), entry.at)
        case CaseEntryKind.CLASSIFIED:
            return {"case_class": entry.after.partition("@")[0]}
        case CaseEntryKind.PRIORITISED:
            impact, _, urgency = entry.after.partition("/")
            return {"impact": CaseImpact(impact), "urgency": CaseUrgency(urgency)}
        case CaseEntryKind.QUEUED:
            return {"queue": entry.after}
        case CaseEntryKind.ASSIGNED:
            return {"assignee": entry.after}
        case CaseEntryKind.ESCALATED:
            return {"level": int(entry.after)}
        case CaseEntryKind.MERGED:
            return {"merged_into": int(entry.after)}
        case CaseEntryKind.COMMENTED if entry.answers and case.answered_at is None:
            return {"answered_at": entry.at}
    return {}


def _moved(case: HubCase, state: CaseState, at: datetime) -> dict[str, Any]:
    if state is CaseState.REOPENED:
        return {"state": state, "resolved_at": None, "closed_at": None, "reopened": case.reopened + 1, "level": 0}
    found: dict[str, Any] = {"state": state}
    if state is CaseState.RESOLVED:
        found["resolved_at"] = at
    elif not state.open:
        found["closed_at"] = at
    return found
