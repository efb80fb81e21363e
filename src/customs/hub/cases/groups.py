"""Groups and absences (小组与请假): who deals with cases, and who stands in for a person that is away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from customs.fields.frozen import FrozenDict
from customs.hub.cases.acts import CaseAct
from customs.hub.cases.kept import CaseError
from customs.hub.cases.tables import HUB_CASE_ABSENCES
from customs.ledger.database import LedgerConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGroup:
    """A group that deals with cases: its people, who stands in for whom, its channel and its hours."""

    people: tuple[str, ...] = ()
    backups: Mapping[str, str] = FrozenDict()
    """The backup of each person."""
    channels: tuple[str, ...] = ()
    """The channels that are told of each level of escalation, the last one of all further levels; none is told without."""
    hours: str = "office"
    """The name of its working hours."""

    def channel_of(self, level: int) -> str:
        """Return the channel of a level of escalation, from 1; empty where nobody is told."""
        return self.channels[min(level, len(self.channels)) - 1] if self.channels else ""


def set_absence(
    connection: LedgerConnection, enterprise: str, person: str, span: tuple[datetime, datetime], act: CaseAct
) -> int:
    """Enter when a person is away, and return the number of the absence. Raises ``CaseError`` if it ends before it begins."""
    begins, ends = span
    if ends <= begins:
        raise CaseError("an absence ends after it begins 请假结束时间须晚于开始时间")
    values = {"enterprise": enterprise, "person": person, "begins": begins, "ends": ends, "by": act.by}
    adding = insert(HUB_CASE_ABSENCES).returning(HUB_CASE_ABSENCES.c.id)
    return int(connection.sql.execute(adding, values).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAbsence:
    """An absence: who is away, from when until when, and who entered it."""

    id: int
    person: str
    begins: datetime
    ends: datetime
    by: str


def absences_of(connection: LedgerConnection, enterprise: str, *, at: datetime) -> list[CaseAbsence]:
    """Return the absences that are not over, the next one first."""
    kept = HUB_CASE_ABSENCES.c
    wanted = select(HUB_CASE_ABSENCES).where(kept.enterprise == enterprise, kept.ends > at)
    rows = connection.sql.execute(wanted.order_by(kept.begins, kept.id))
    return [CaseAbsence(id=row.id, person=row.person, begins=row.begins, ends=row.ends, by=row.by) for row in rows]


def end_absence(connection: LedgerConnection, enterprise: str, number: int, *, at: datetime) -> None:
    """End an absence now; one that has not begun is taken away. Raises ``CaseError`` for one that is not there or is over."""
    kept = HUB_CASE_ABSENCES.c
    own = (kept.enterprise == enterprise, kept.id == number, kept.ends > at)
    if connection.sql.execute(delete(HUB_CASE_ABSENCES).where(*own, kept.begins >= at)).rowcount:
        return
    if not connection.sql.execute(update(HUB_CASE_ABSENCES).where(*own).values(ends=at)).rowcount:
        raise CaseError(f"there is no absence {number} that lasts 没有生效中的请假 {number}")


def people_away(connection: LedgerConnection, enterprise: str, *, at: datetime) -> frozenset[str]:
    """Return who is away."""
    kept = HUB_CASE_ABSENCES.c
    wanted = select(kept.person).where(kept.enterprise == enterprise, kept.begins <= at, kept.ends > at)
    return frozenset(connection.sql.execute(wanted).scalars())


def present_for(person: str, group: CaseGroup | None, away: frozenset[str]) -> str:
    """Return a person, or the first of their backups who is there; empty if none of them is.

    >>> group = CaseGroup(people=("li", "wang"), backups={"li": "wang", "wang": "li"})
    >>> present_for("li", group, frozenset({"li"})), present_for("li", group, frozenset({"li", "wang"}))
    ('wang', '')
    """
    backups, asked = group.backups if group else {}, set[str]()
    while person and person in away:
        asked.add(person)
        person = backups.get(person, "")
        if person in asked:
            return ""
    return person
