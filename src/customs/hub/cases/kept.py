"""Cases in the ledger (工单存取): read, locked for a change, and changed by appending entries.

Promised: who changes a case that another has changed meanwhile is told what changed, and nothing of either is lost; comments,
files and links never conflict. The row of a case is what its entries make of it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from customs.hub.cases.entries import CaseChange, CaseEntry, CaseEntryKind
from customs.hub.cases.folded import HubCase, case_after
from customs.hub.cases.priorities import CaseImpact, CaseUrgency
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASE_CAUSES, HUB_CASE_ENTRIES, HUB_CASE_LINKS, HUB_CASE_WORDS, HUB_CASES
from customs.hub.store.sealed import opened, seal
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection

#: Characters of the words of an entry at most.
LONGEST_WORDS = 20_000

_CASES, _ENTRIES, _WORDS = HUB_CASES.c, HUB_CASE_ENTRIES.c, HUB_CASE_WORDS.c


class CaseError(ValueError):
    """A case cannot be changed so; the text says why, in both languages."""


class NoCaseError(LookupError):
    """The enterprise has no case of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no case {number} 没有工单 {number}")


class CaseConflictError(Exception):
    """Another person changed the case meanwhile: ``entries`` are the changes that were not seen."""

    def __init__(self, case: HubCase, entries: Sequence[CaseEntry]) -> None:
        self.case, self.entries = case, tuple(entries)
        told = ", ".join(
            f"{each.kind.value} {each.before or '-'} > {each.after or '-'} ({each.by})" for each in entries
        )
        super().__init__(
            f"case {case.id} was changed meanwhile: {told}. Look at it again and repeat your change "
            f"工单 {case.id} 已被他人修改：{told}。请查看后重新操作"
        )


def read_case(connection: LedgerConnection, enterprise: str, number: int) -> HubCase:
    """Return a case as it stands. Raises ``NoCaseError``."""
    return case_of_row(_row(connection, enterprise, number))


def lock_case(connection: LedgerConnection, enterprise: str, number: int, *, version: int | None = None) -> HubCase:
    """Return a case, for this transaction alone until it ends.

    ``version`` is that of the case when the person saw it. Raises ``NoCaseError``, and ``CaseConflictError`` if the case was
    changed since.
    """
    case = case_of_row(_row(connection, enterprise, number, locked=True))
    if version is not None and version != case.version:
        unseen = [
            each for each in entries_of_case(connection, number) if each.version > version and each.kind.versioned
        ]
        raise CaseConflictError(case, unseen)
    return case


def add_case(connection: LedgerConnection, enterprise: str, *, at: datetime) -> HubCase:
    """Return a new case, which has no entries yet."""
    case = HubCase(enterprise=enterprise, opened_at=at, changed_at=at)
    number = connection.sql.execute(insert(HUB_CASES).returning(_CASES.id), _values(case)).scalar_one()
    return HubCase(enterprise=enterprise, id=int(number))


def append_entries(
    connection: LedgerConnection, case: HubCase, changes: Iterable[CaseChange], *, by: str, at: datetime
) -> HubCase:
    """Append entries to a locked case and return it after them. Raises ``CaseError`` for words that are too long."""
    changes = list(changes)
    if any(len(each.words) > LONGEST_WORDS for each in changes):
        raise CaseError(f"a text has {LONGEST_WORDS} characters at most 每段文字最长 {LONGEST_WORDS} 个字符")
    version = case.version + any(each.kind.versioned for each in changes)
    entries = [
        CaseEntry(
            place=place,
            version=version,
            kind=each.kind,
            at=at,
            by=by,
            before=each.before,
            after=each.after,
            outside=each.outside,
            words=each.words,
        )
        for place, each in enumerate(changes, case.entries + 1)
    ]
    _insert(connection, case.id, entries)
    for each in entries:
        case = case_after(case, each)
    values = _values(case)
    if not case.state.open:
        connection.sql.execute(delete(HUB_CASE_CAUSES).where(HUB_CASE_CAUSES.c.case == case.id))
        values["due"] = None
    else:
        values["due"] = at  # the next turn says when its promises have to be looked at again
    connection.sql.execute(update(HUB_CASES).where(_CASES.id == case.id).values(values))
    return case


def entries_of_case(connection: LedgerConnection, number: int, *, words: bool = False) -> list[CaseEntry]:
    """Return the entries of a case in their order, with what was said if ``words`` is true."""
    return entries_of_cases(connection, [number], words=words).get(number, [])


def entries_of_cases(
    connection: LedgerConnection, numbers: Sequence[int], *, words: bool = False
) -> Mapping[int, list[CaseEntry]]:
    """Return the entries of cases by their numbers."""
    found = dict[int, list[CaseEntry]]()
    said = _words_of(connection, numbers) if words else {}
    wanted = select(HUB_CASE_ENTRIES).where(_ENTRIES.case.in_(numbers)).order_by(_ENTRIES.case, _ENTRIES.place)
    for row in connection.sql.execute(wanted):
        kept = row._mapping
        entry = CaseEntry(
            place=row.place,
            version=row.version,
            kind=CaseEntryKind(row.kind),
            at=row.at,
            by=row.by,
            before=row.before,
            after=row.after,
            outside=row.outside,
            words=said.get((kept["case"], row.place), ""),
        )
        found.setdefault(kept["case"], []).append(entry)
    return found


def titles_of(connection: LedgerConnection, numbers: Sequence[int]) -> dict[int, str]:
    """Return the titles of cases by their numbers; an erased one is left out."""
    wanted = select(HUB_CASE_WORDS).where(_WORDS.case.in_(numbers), _WORDS.place == 1, _WORDS.salt.is_not(None))
    found = {row._mapping["case"]: opened(connection.keys, row) for row in connection.sql.execute(wanted)}
    return {number: json.loads(content)["title"] for number, content in found.items() if content}


def opening_words(title: str, text: str) -> str:
    """Return the words of the first entry of a case: its title and its text."""
    return json.dumps({"title": title, "text": text}, ensure_ascii=False)


def read_opening(words: str) -> tuple[str, str]:
    """Return title and text of a case from the words of its first entry; empty ones once they are erased."""
    found = json.loads(words) if words else {"title": "", "text": ""}
    return found["title"], found["text"]


def links_of_case(connection: LedgerConnection, number: int) -> frozenset[tuple[str, str]]:
    """Return what a case is tied to: pairs of kind and target."""
    links = HUB_CASE_LINKS.c
    wanted = select(links.kind, links.target).where(links.case == number)
    return frozenset((kind, target) for kind, target in connection.sql.execute(wanted))


def _words_of(connection: LedgerConnection, numbers: Sequence[int]) -> dict[tuple[int, int], str]:
    wanted = select(HUB_CASE_WORDS).where(_WORDS.case.in_(numbers), _WORDS.salt.is_not(None))
    found = ((row, opened(connection.keys, row)) for row in connection.sql.execute(wanted))
    return {(row._mapping["case"], row.place): content.decode() for row, content in found if content is not None}


def _insert(connection: LedgerConnection, number: int, entries: Sequence[CaseEntry]) -> None:
    rows = [
        {
            "case": number,
            "place": each.place,
            "version": each.version,
            "kind": each.kind,
            "at": each.at,
            "by": each.by[:100],
            "before": each.before[:200],
            "after": each.after[:200],
            "outside": each.outside,
        }
        for each in entries
    ]
    connection.sql.execute(insert(HUB_CASE_ENTRIES), rows)
    sealed = [
        {"case": number, "place": each.place, **seal(connection.keys, each.words.encode())._asdict()}
        for each in entries
        if each.words
    ]
    if sealed:
        connection.sql.execute(insert(HUB_CASE_WORDS), sealed)
    _insert_links(connection, number, entries)


def _insert_links(connection: LedgerConnection, number: int, entries: Sequence[CaseEntry]) -> None:
    links, added = HUB_CASE_LINKS.c, list[dict[str, Any]]()
    for each in entries:
        kind, _, target = (each.after or each.before).partition(":")
        if each.kind is CaseEntryKind.LINKED:
            added.append({"case": number, "kind": kind, "target": target})
        elif each.kind is CaseEntryKind.UNLINKED:
            here = (links.case == number, links.kind == kind, links.target == target)
            connection.sql.execute(delete(HUB_CASE_LINKS).where(*here))
    if added:
        connection.sql.execute(upserting(connection, HUB_CASE_LINKS).on_conflict_do_nothing(), added)


def _row(connection: LedgerConnection, enterprise: str, number: int, *, locked: bool = False) -> Any:
    wanted = select(HUB_CASES).where(_CASES.id == number, _CASES.enterprise == enterprise)
    found = connection.sql.execute(wanted.with_for_update() if locked else wanted).one_or_none()
    if found is None:
        raise NoCaseError(number)
    return found


#: What stands in a row as it is.
_SAME = (
    "enterprise",
    "version",
    "queue",
    "assignee",
    "level",
    "source",
    "opened_at",
    "answered_at",
    "resolved_at",
    "closed_at",
    "reopened",
    "merged_into",
    "entries",
    "changed_at",
)


def _values(case: HubCase) -> dict[str, Any]:
    return {name: getattr(case, name) for name in _SAME} | {
        "state": case.state,
        "open": case.state.open,
        "class": case.case_class,
        "impact": case.impact,
        "urgency": case.urgency,
        "priority": case.priority,
    }


def case_of_row(row: Any) -> HubCase:
    """Return the case of a row of the table of cases."""
    return HubCase(
        id=row.id,
        state=CaseState(row.state),
        case_class=row._mapping["class"],
        impact=CaseImpact(row.impact),
        urgency=CaseUrgency(row.urgency),
        **{name: getattr(row, name) for name in _SAME},
    )
