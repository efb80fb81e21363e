"""Ends of papers and agreements that are near (到期提醒): registrations, licences, certificates, agreements by the days left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from customs.ledger.database import LedgerConnection
from customs.ledger.parties.facts import PartyPaperKind
from customs.ledger.parties.kept import agreements_of, papers_of, registrations_of
from customs.ledger.parties.schemes import PartyRole

#: Days before the end from which it is told; public systems remind as early.
EXPIRY_WARNING = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEnd:
    """The end of a paper or an agreement: whose, and how many days are left; below zero it has ended."""

    role: PartyRole
    code: str
    name: str
    paper: PartyPaperKind
    number: str
    valid_until: date
    left: int


def ending_parties(connection: LedgerConnection, *, on: date, within: int = EXPIRY_WARNING) -> tuple[PartyEnd, ...]:
    """Return the papers and agreements that end within so many days of a day or have ended, the earliest first."""
    names = {(each.role, each.code): each.name for each in registrations_of(connection)}
    found = (
        PartyEnd(
            role=role,
            code=code,
            name=names.get((role, code), ""),
            paper=paper,
            number=number,
            valid_until=ends,
            left=(ends - on).days,
        )
        for role, code, paper, number, ends in _ends(connection)
        if (ends - on).days <= within
    )
    return tuple(sorted(found, key=lambda each: (each.valid_until, each.code, each.role, each.paper)))


def _ends(connection: LedgerConnection) -> Iterator[tuple[PartyRole, str, PartyPaperKind, str, date]]:
    for each in registrations_of(connection):
        if each.valid_until:
            yield each.role, each.code, "registration", "", each.valid_until
    for paper in papers_of(connection):
        if paper.valid_until:
            yield paper.role, paper.code, paper.paper, paper.number, paper.valid_until
    for agreed in agreements_of(connection):
        if agreed.agreed and agreed.valid_until:
            pair = f"{agreed.platform_code} / {agreed.merchant_code}"
            yield agreed.role, agreed.code, "agreement", pair, agreed.valid_until
