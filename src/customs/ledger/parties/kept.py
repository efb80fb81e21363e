"""Parties as they are kept (参与企业登记): who is registered for which role and until when, and who may appear together.

Promised: the same cause twice changes nothing, with other facts it is refused; rows are never changed or deleted.

>>> scheme_of("91330100MA2AEXMP7J"), scheme_of("3301960ABC"), scheme_of("P-77")
('credit code', 'customs code', 'platform id')
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import Table, func, select

from customs.declaration import Declaration, Parties
from customs.fields import terms_of
from customs.fields.frozen import FrozenDict
from customs.ledger.accounts import upserting
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.parties.tables import PARTY_AGREEMENTS, PARTY_REGISTRATIONS
from customs.rules import Finding, catalogue
from customs.rules.reading import name_of

PartyRole: TypeAlias = Literal[
    "platform", "merchant", "payment_company", "carrier", "declarant", "guarantor", "area_operator"
]

#: The fields in which a parcel names the enterprise of a role.
PARTY_FIELDS: Mapping[PartyRole, str] = FrozenDict(
    {
        "platform": "platform_code",
        "merchant": "merchant_code",
        "payment_company": "payment_company_code",
        "carrier": "carrier_code",
        "declarant": "declarant_code",
        "guarantor": "guarantor_code",
        "area_operator": "area_operator_code",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRegistration:
    """A registration of an enterprise with customs for a role, with the days on which it holds."""

    role: PartyRole
    code: str
    name: str
    valid_from: date | None = None
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        """Return True if it holds on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAgreement:
    """An agreement that an enterprise fills a role for a platform and a merchant; ``agreed`` False ends it."""

    platform_code: str
    merchant_code: str
    role: PartyRole
    code: str
    agreed: bool = True


def scheme_of(code: str) -> str:
    """Return the numbering scheme of a code: credit code (统一社会信用代码), customs code (海关注册编码) or platform id."""
    if re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", code):
        return "credit code"
    return "customs code" if re.fullmatch(r"[0-9A-Z]{10}", code) else "platform id"


def enter_registration(
    connection: LedgerConnection, given: PartyRegistration, cause: EntryCause, *, at: datetime
) -> bool:
    """Enter a registration as it stands from now on; return False if the cause was entered before."""
    return _enter(connection, PARTY_REGISTRATIONS, asdict(given) | {"scheme": scheme_of(given.code)}, cause, at)


def enter_agreement(connection: LedgerConnection, given: PartyAgreement, cause: EntryCause, *, at: datetime) -> bool:
    """Enter an agreement, or its end; return False if the cause was entered before."""
    return _enter(connection, PARTY_AGREEMENTS, asdict(given), cause, at)


def _enter(connection: LedgerConnection, table: Table, values: dict[str, Any], cause: EntryCause, at: datetime) -> bool:
    said = {"cause_kind": cause.kind, "cause": cause.id, "by": cause.by, "why": cause.why, "at": at}
    adding = upserting(connection, table).on_conflict_do_nothing().returning(table.c.id)
    if connection.sql.execute(adding, {**values, **said}).scalar() is not None:
        return True
    names = [name for name in ("role", "code", "platform_code", "merchant_code") if name in values]
    same = [table.c[name] == values[name] for name in names]
    wanted = select(*[table.c[name] for name in values]).where(
        *same, table.c.cause_kind == cause.kind, table.c.cause == cause.id
    )
    if dict(connection.sql.execute(wanted).one()._mapping) != values:
        raise CauseUsedError("party", cause)
    return False


def registration_of(connection: LedgerConnection, role: PartyRole, code: str) -> PartyRegistration | None:
    """Return the registration of an enterprise for a role as it stands, None if there is none."""
    table = PARTY_REGISTRATIONS.c
    wanted = select(table.name, table.valid_from, table.valid_until).where(table.role == role, table.code == code)
    found = connection.sql.execute(wanted.order_by(table.id.desc()).limit(1)).one_or_none()
    if found is None:
        return None
    return PartyRegistration(role=role, code=code, name=found[0], valid_from=found[1], valid_until=found[2])


def agreed_codes(
    connection: LedgerConnection, platform_code: str, merchant_code: str, role: PartyRole
) -> frozenset[str] | None:
    """Return the enterprises that may fill a role for a platform and a merchant, None if nothing was ever agreed."""
    table = PARTY_AGREEMENTS.c
    of_pair = (table.platform_code == platform_code, table.merchant_code == merchant_code, table.role == role)
    last = select(func.max(table.id)).where(*of_pair).group_by(table.code)
    rows = connection.sql.execute(select(table.code, table.agreed).where(table.id.in_(last))).all()
    return frozenset(code for code, agreed in rows if agreed) if rows else None


def check_parties(connection: LedgerConnection, declaration: Declaration, *, on: date) -> list[Finding]:
    """Return what registrations and agreements say against a parcel on a day.

    A role of which the ledger has no registration, or a pair of platform and merchant for which nothing was agreed, is not
    spoken of.
    """
    return [*_registered(connection, declaration.parties, on), *_agreed(connection, declaration.parties)]


def _registered(connection: LedgerConnection, parties: Parties, on: date) -> Iterator[Finding]:
    terms = terms_of(Parties)
    known = set(connection.sql.execute(select(PARTY_REGISTRATIONS.c.role).distinct()).scalars())
    for role, field in PARTY_FIELDS.items():
        code = getattr(parties, field)
        if not code or role not in known:
            continue
        found = registration_of(connection, role, code)
        if found is None or not found.holds(on):
            yield catalogue.NOT_REGISTERED.at(f"parties.{field}", name=name_of(terms[field]), code=code)
            continue
        of_name = f"{role}_name"
        given = getattr(parties, of_name, None)
        if given is not None and given != found.name:
            facts = {"name": name_of(terms[of_name]), "given": given, "recorded": found.name}
            yield catalogue.PARTY_NAME.at(f"parties.{of_name}", **facts)


def _agreed(connection: LedgerConnection, parties: Parties) -> Iterator[Finding]:
    terms, pair = terms_of(Parties), (parties.platform_code, parties.merchant_code)
    for role, field in PARTY_FIELDS.items():
        code = getattr(parties, field)
        may = agreed_codes(connection, *pair, role) if code and role not in ("platform", "merchant") else None
        if may is not None and code not in may:
            facts = {"name": name_of(terms[field]), "code": code, "platform": pair[0], "merchant": pair[1]}
            yield catalogue.PARTY_APART.at(f"parties.{field}", **facts)
