"""People of the console (人员): who may sign in, and with which roles in which enterprise."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from customs.hub.web.roles import ConsoleRight, ConsoleRole, rights_of
from customs.hub.web.tables import HUB_GRANTS, HUB_PEOPLE, HUB_SESSIONS
from customs.ledger.database import LedgerConnection

#: Stands for all enterprises.
EVERYWHERE = "*"

#: The form of a person's name: small letters, digits, and between them points, hyphens and underscores.
PERSON_NAME = r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]"

_PEOPLE, _GRANTS = HUB_PEOPLE.c, HUB_GRANTS.c


class PersonNameError(ValueError):
    """A name cannot be that of a person: it is of another form, or taken, or there is nobody of this name."""

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh
        super().__init__(f"{en} {zh}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolePerson:
    """A person who may sign in, with their roles by enterprise."""

    id: int
    name: str
    roles: Mapping[str, frozenset[ConsoleRole]]
    made_at: datetime
    locked_at: datetime | None = None
    changes: bool = False
    """True until the person has chosen a password of their own."""

    def roles_in(self, enterprise: str) -> frozenset[ConsoleRole]:
        """Return the roles in an enterprise, with those that hold everywhere."""
        return self.roles.get(enterprise, frozenset()) | self.roles.get(EVERYWHERE, frozenset())

    def rights_in(self, enterprise: str) -> frozenset[ConsoleRight]:
        """Return what the person may do in an enterprise."""
        return rights_of(self.roles_in(enterprise))

    def rules(self, other: "ConsolePerson") -> bool:
        """Return True if this person may lock another or give a password: only one who manages wherever the other has roles."""
        return all(ConsoleRight.PEOPLE in self.rights_in(each) for each in other.roles)


def add_person(connection: LedgerConnection, name: str, password: str, *, at: datetime) -> int:
    """Add a person with the hash of a first password, without roles. Raises ``PersonNameError``."""
    if not re.fullmatch(PERSON_NAME, name):
        raise PersonNameError(
            "a name has 3 to 40 small letters, digits, points, hyphens and underscores, such as li.hua",
            "名称为 3 至 40 位小写字母、数字、点、连字符或下划线，如 li.hua",
        )
    if _found(connection, [name]):
        raise PersonNameError(f"there is a person {name} already: choose another name", f"名称 {name} 已存在，请另选")
    row = {"name": name, "password": password, "changes": True, "language": "", "made_at": at}
    return int(connection.sql.execute(insert(HUB_PEOPLE).returning(_PEOPLE.id), row).scalar_one())


def person_named(connection: LedgerConnection, name: str) -> ConsolePerson:
    """Return a person by name. Raises ``PersonNameError``."""
    found = _found(connection, [name])
    if not found:
        raise PersonNameError(f"there is no person {name}", f"没有人员 {name}")
    return found[0]


def person_with(connection: LedgerConnection, number: int) -> ConsolePerson:
    """Return a person by number."""
    row = connection.sql.execute(select(HUB_PEOPLE).where(_PEOPLE.id == number)).one()
    return _person(row, _grants(connection, [number]).get(number, {}))


def list_people(connection: LedgerConnection, enterprise: str = "") -> list[ConsolePerson]:
    """Return people by name: all of them, or those with a role in an enterprise."""
    found = _found(connection, None)
    return [each for each in found if not enterprise or each.roles_in(enterprise)]


def password_of(connection: LedgerConnection, name: str) -> tuple[int, str]:
    """Return the number and the password's hash of a person who is not locked; 0 and an empty one if there is nobody."""
    wanted = select(_PEOPLE.id, _PEOPLE.password).where(_PEOPLE.name == name, _PEOPLE.locked_at.is_(None))
    row = connection.sql.execute(wanted).one_or_none()
    return (row.id, row.password) if row else (0, "")


def is_person(connection: LedgerConnection, name: str) -> bool:
    """Return True if there is a person of a name, locked or not."""
    return bool(_found(connection, [name]))


def set_roles(connection: LedgerConnection, person: int, enterprise: str, roles: Collection[ConsoleRole]) -> None:
    """Give a person these roles in an enterprise (``*`` for all), in the place of those there."""
    connection.sql.execute(delete(HUB_GRANTS).where(_GRANTS.person == person, _GRANTS.enterprise == enterprise))
    rows = [{"person": person, "enterprise": enterprise, "role": each} for each in sorted(roles)]
    if rows:
        connection.sql.execute(insert(HUB_GRANTS), rows)


def set_password(
    connection: LedgerConnection, person: int, password: str, *, at: datetime, changes: bool, keep: int = 0
) -> None:
    """Set the hash of a password and end the person's sessions but one; ``changes`` if the person has to choose another."""
    changing = update(HUB_PEOPLE).where(_PEOPLE.id == person)
    connection.sql.execute(changing.values(password=password, changes=changes))
    _end_sessions(connection, person, at, keep)


def lock_person(connection: LedgerConnection, person: int, *, at: datetime, locked: bool = True) -> None:
    """Lock a person out at once, or let them in again."""
    changing = update(HUB_PEOPLE).where(_PEOPLE.id == person)
    connection.sql.execute(changing.values(locked_at=at if locked else None))
    if locked:
        _end_sessions(connection, person, at, 0)


def _end_sessions(connection: LedgerConnection, person: int, at: datetime, keep: int) -> None:
    sessions = HUB_SESSIONS.c
    ending = update(HUB_SESSIONS).where(sessions.person == person, sessions.ended_at.is_(None), sessions.id != keep)
    connection.sql.execute(ending.values(ended_at=at))


def _found(connection: LedgerConnection, names: Iterable[str] | None) -> list[ConsolePerson]:
    wanted = select(HUB_PEOPLE).order_by(_PEOPLE.name)
    if names is not None:
        wanted = wanted.where(_PEOPLE.name.in_(list(names)))
    rows = connection.sql.execute(wanted).all()
    grants = _grants(connection, [each.id for each in rows])
    return [_person(each, grants.get(each.id, {})) for each in rows]


def _grants(connection: LedgerConnection, people: Collection[int]) -> dict[int, dict[str, frozenset[ConsoleRole]]]:
    found: dict[int, dict[str, frozenset[ConsoleRole]]] = {}
    wanted = select(HUB_GRANTS).where(_GRANTS.person.in_(people)).order_by(_GRANTS.enterprise)
    for row in connection.sql.execute(wanted):
        of_person = found.setdefault(row.person, {})
        of_person[row.enterprise] = of_person.get(row.enterprise, frozenset()) | {ConsoleRole(row.role)}
    return found


def _person(row: Any, roles: Mapping[str, frozenset[ConsoleRole]]) -> ConsolePerson:
    return ConsolePerson(
        id=row.id,
        name=row.name,
        roles=roles,
        made_at=row.made_at,
        locked_at=row.locked_at,
        changes=row.changes,
    )
