"""Opening cases (建单): by a person, an alarm, a look-up, the self-service, the interface or a mail.

Who reports a cause that has an open case adds to that one.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sqlalchemy import delete

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.causes import CAUSE, LONGEST_CAUSE, case_of_cause, claim_cause
from customs.hub.cases.classes import UNCLASSIFIED, CaseClass, case_classes, classes_version
from customs.hub.cases.entries import ASKER, MACHINE, CaseChange, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import (
    CaseError,
    add_case,
    append_entries,
    links_of_case,
    lock_case,
    opening_words,
)
from customs.hub.cases.priorities import CaseImpact, CaseUrgency
from customs.hub.cases.tables import HUB_CASES
from customs.ledger.database import LedgerConnection

CaseSource = Literal["person", "alarm", "lookup", "self_service", "api", "mail", "split"]

#: What a case may be tied to.
LINK_KINDS = ("order", "list", "alarm", "code", "bill", "goods", "party", "article", "case", CAUSE)

#: Characters of a title at most.
LONGEST_TITLE = 200

#: Characters of what a case is tied to at most.
LONGEST_TARGET = 190


class CaseLink(NamedTuple):
    """A thing that a case is tied to (关联): its kind and its number, such as ``order`` and ``PLATFORM/ORDER``."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that is to be opened. Without impact and urgency it has those of its class."""

    title: str = field(repr=False)
    text: str = field(default="", repr=False)
    case_class: str = UNCLASSIFIED
    source: CaseSource = "person"
    cause: str = ""
    """The cause by which further parcels find the same case; empty for a case of its own."""
    links: tuple[CaseLink, ...] = ()
    impact: CaseImpact | None = None
    urgency: CaseUrgency | None = None


class OpenedCase(NamedTuple):
    """The case of a report, and True if it was opened for it."""

    case: HubCase
    is_new: bool


def open_case(connection: LedgerConnection, enterprise: str, new: NewCase, act: CaseAct) -> OpenedCase:
    """Open a case, or add to the open case of the same cause. Raises ``CaseError``."""
    found = class_named(new.case_class)
    checked_links(new.links)
    if not new.title.strip() or not new.title.isprintable() or len(new.title) > LONGEST_TITLE:
        raise CaseError(
            f"a title is one line of {LONGEST_TITLE} characters at most 标题为一行，最长 {LONGEST_TITLE} 个字符"
        )
    if len(new.cause) > LONGEST_CAUSE:
        raise CaseError(f"a cause has {LONGEST_CAUSE} characters at most 原因标识最长 {LONGEST_CAUSE} 个字符")
    if new.cause and (known := case_of_cause(connection, enterprise, new.cause)) is not None:
        return OpenedCase(_join(connection, enterprise, known, new, act), False)
    case = add_case(connection, enterprise, at=act.at)
    if new.cause and not claim_cause(connection, enterprise, new.cause, case.id):
        connection.sql.execute(delete(HUB_CASES).where(HUB_CASES.c.id == case.id))
        known = case_of_cause(connection, enterprise, new.cause)
        assert known is not None
        return OpenedCase(_join(connection, enterprise, known, new, act), False)
    return OpenedCase(append_entries(connection, case, _opening(new, found), by=act.by, at=act.at), True)


def class_named(key: str) -> CaseClass:
    """Return a class of the classification. Raises ``CaseError``."""
    found = case_classes().get(key)
    if found is None:
        known = ", ".join(case_classes())
        raise CaseError(f"there is no class {key}; there are {known} 没有分类 {key}，可用的有 {known}")
    return found


def checked_links(links: tuple[CaseLink, ...]) -> None:
    """Raise ``CaseError`` for what a case cannot be tied to."""
    for kind, target in links:
        if kind not in LINK_KINDS:
            known = ", ".join(LINK_KINDS)
            raise CaseError(f"a case is not tied to {kind}, but to {known} 工单不能关联 {kind}，可关联 {known}")
        if not target or not target.isprintable() or len(target) > LONGEST_TARGET:
            raise CaseError(
                f"what a case is tied to has 1 to {LONGEST_TARGET} characters 关联对象为 1 至 {LONGEST_TARGET} 个字符"
            )


def linked(links: tuple[CaseLink, ...] | frozenset[CaseLink]) -> list[CaseChange]:
    """Return the changes that tie a case to something."""
    return [CaseChange(kind=CaseEntryKind.LINKED, after=f"{kind}:{target}") for kind, target in sorted(links)]


def _opening(new: NewCase, found: CaseClass) -> list[CaseChange]:
    impact, urgency = _impact(new, found), new.urgency or found.urgency
    causes = frozenset({CaseLink(CAUSE, new.cause)} if new.cause else ())
    words = opening_words(new.title, new.text)
    return [
        CaseChange(kind=CaseEntryKind.OPENED, after=new.source, words=words, outside=True),
        CaseChange(kind=CaseEntryKind.CLASSIFIED, after=f"{found.key}@{classes_version()}"),
        CaseChange(kind=CaseEntryKind.PRIORITISED, after=f"{impact}/{urgency}"),
        CaseChange(kind=CaseEntryKind.QUEUED, after=found.group),
        *linked(frozenset(new.links) | causes),
    ]


def _impact(new: NewCase, found: CaseClass) -> CaseImpact:
    """Return how many a new case touches: a case of many parcels is more than one of a parcel."""
    impact, many = new.impact or found.impact, sum(each.kind == "order" for each in new.links) > 1
    return CaseImpact.SHOP if many and new.impact is None and impact is CaseImpact.PARCEL else impact


def _join(connection: LedgerConnection, enterprise: str, number: int, new: NewCase, act: CaseAct) -> HubCase:
    """Add what is reported once more to the open case of its cause: further parcels, and what was said."""
    case = lock_case(connection, enterprise, number)
    if not case.state.open:  # it was closed between looking and locking
        return open_case(connection, enterprise, new, act).case
    before = links_of_case(connection, number)
    more = frozenset(new.links) - before
    changes = linked(more)
    if new.text and act.by != MACHINE:
        changes.append(CaseChange(kind=CaseEntryKind.COMMENTED, after=ASKER, words=new.text, outside=True))
    orders = sum(kind == "order" for kind, _ in before | more)
    if case.impact is CaseImpact.PARCEL and orders > 1:
        was, becomes = f"{case.impact}/{case.urgency}", f"{CaseImpact.SHOP}/{case.urgency}"
        changes.append(CaseChange(kind=CaseEntryKind.PRIORITISED, before=was, after=becomes))
    return append_entries(connection, case, changes, by=act.by, at=act.at) if changes else case
