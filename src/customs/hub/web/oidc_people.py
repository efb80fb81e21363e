"""People who sign in by an identity provider (统一身份认证的人员): known by the provider's own number, not by a name alone.

A name may be given to another person later, the provider's number (``sub``) is not: at the first sign-in it is tied to the person
whom an administrator entered under the name, and from then on it alone counts. Source: OpenID Connect Core 1.0, section 5.7.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from customs.hub.settings.oidc_place import OidcPlace
from customs.hub.web.oidc import OidcError
from customs.hub.web.people import ConsolePerson, PersonNameError, add_person, person_named, person_with, set_roles
from customs.hub.web.roles import ConsoleRole
from customs.hub.web.tables import HUB_GRANTS, HUB_PEOPLE, HUB_SUBJECTS
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import LedgerKeys

_SUBJECTS = HUB_SUBJECTS.c


def person_signing_in(
    connection: LedgerConnection, place: OidcPlace, claims: Mapping[str, Any], *, at: datetime
) -> ConsolePerson:
    """Return the person of the claims of an ID token, with the roles that the provider gives if it gives any.

    Raises ``OidcError`` for somebody who was not entered, is locked, or has no role.
    """
    key = _key(connection.keys, claims["iss"], claims["sub"])
    roles = roles_given(place, claims)
    known = connection.sql.execute(select(_SUBJECTS.person).where(_SUBJECTS.hash == key)).scalar()
    number = int(known) if known is not None else _tied(connection, _name(place, claims), key, roles is not None, at)
    if person_with(connection, number).locked_at:
        raise OidcError("locked")
    if roles is not None:
        connection.sql.execute(delete(HUB_GRANTS).where(HUB_GRANTS.c.person == number))
        for enterprise, given in roles.items():
            set_roles(connection, number, enterprise, given)
    return person_with(connection, number)


def roles_given(place: OidcPlace, claims: Mapping[str, Any]) -> Mapping[str, frozenset[ConsoleRole]] | None:
    """Return the roles that the claim gives by enterprise, None where roles are an administrator's to give.

    Raises ``OidcError`` if the claim gives none.
    """
    if not place.role_claim:
        return None
    value = claims.get(place.role_claim, ())
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    found: dict[str, frozenset[ConsoleRole]] = {}
    for name in names:
        if isinstance(name, str) and (given := place.roles.get(name)):
            found[given.enterprise] = found.get(given.enterprise, frozenset()) | {ConsoleRole(given.role)}
    if not found:
        raise OidcError("no_role")
    return found


def _name(place: OidcPlace, claims: Mapping[str, Any]) -> str:
    value = claims.get(place.name_claim)
    return value.strip().lower() if isinstance(value, str) else ""


def _tied(connection: LedgerConnection, name: str, key: bytes, may_add: bool, at: datetime) -> int:
    """Tie a provider's number to the person of a name, whom it adds where roles come from the provider."""
    try:
        person = person_named(connection, name)
    except PersonNameError:
        if not may_add:
            raise OidcError("unknown") from None
        try:
            number = add_person(connection, name, "", at=at)
        except PersonNameError:
            raise OidcError("unknown") from None
    else:
        if person.locked_at:
            raise OidcError("locked")
        if connection.sql.execute(select(_SUBJECTS.hash).where(_SUBJECTS.person == person.id)).scalar() is not None:
            raise OidcError("unknown")
        number = person.id
        if not person.changes:
            connection.sql.execute(insert(HUB_SUBJECTS), [{"hash": key, "person": number, "at": at}])
            return number
    # a first password that was never changed no longer opens anything, and none has to be chosen
    unused = update(HUB_PEOPLE).where(HUB_PEOPLE.c.id == number)
    connection.sql.execute(unused.values(password="", changes=False))
    connection.sql.execute(insert(HUB_SUBJECTS), [{"hash": key, "person": number, "at": at}])
    return number


def _key(keys: LedgerKeys, issuer: str, subject: str) -> bytes:
    """Return the keyed hash of a provider's number of a person."""
    own = hmac.digest(keys.master, b"customs hub subjects", "sha256")
    return hmac.digest(own, f"{issuer}\x1f{subject}".encode(), "sha256")
