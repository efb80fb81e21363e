"""The parties of parcels as the ledger knows them (参与企业已知情况): read for many parcels by a few questions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from customs.declaration import Parties
from customs.fields.frozen import FrozenDict
from customs.ledger.database import LedgerConnection
from customs.ledger.parties.facts import PartyAgreement, PartyPaper, PartyRegistration
from customs.ledger.parties.kept import PARTY_FIELDS, last_facts, registrations_named
from customs.ledger.parties.tables import PARTY_AGREEMENTS, PARTY_PAPERS, PARTY_REGISTRATIONS
from customs.ledger.parts import in_parts


@dataclass(frozen=True, slots=True)
class KnownParties:
    """The facts that the ledger has of some enterprises, as they stand."""

    roles: frozenset[str]
    """The roles of which any enterprise is registered."""
    registrations: Mapping[tuple[str, str], PartyRegistration]
    """By role and code, and by role and credit code."""
    papers: Mapping[tuple[str, str], Sequence[PartyPaper]]
    """By role and code."""
    agreements: Mapping[str, Sequence[PartyAgreement]]
    """By platform."""


def known_parties(connection: LedgerConnection, parties: Iterable[Parties]) -> KnownParties:
    """Return the facts that the ledger has of the parties of parcels."""
    every = list(parties)
    roles = connection.sql.execute(select(PARTY_REGISTRATIONS.c.role).distinct()).scalars()
    codes = {code for each in every for field in PARTY_FIELDS.values() if (code := getattr(each, field))}
    registrations = registrations_named(connection, sorted(codes))
    papers, agreements = (
        defaultdict[tuple[str, str], list[PartyPaper]](list),
        defaultdict[str, list[PartyAgreement]](list),
    )
    for part in in_parts(sorted({each.code for each in registrations.values()})):
        for paper in last_facts(connection, PartyPaper, PARTY_PAPERS.c.code.in_(part)):
            papers[paper.role, paper.code].append(paper)
    for part in in_parts(sorted({each.platform_code or "" for each in every})):
        for agreed in last_facts(connection, PartyAgreement, PARTY_AGREEMENTS.c.platform_code.in_(part)):
            agreements[agreed.platform_code].append(agreed)
    return KnownParties(frozenset(roles), registrations, FrozenDict(papers), FrozenDict(agreements))
