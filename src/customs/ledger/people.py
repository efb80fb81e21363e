"""Persons (个人): known by keyed hashes of their identity numbers, and sealed so that each can be erased.

An entry of the ledger names a person by a number of its own. The hash finds the person; the identity number itself is
sealed under a key that is derived from a salt of the person and the master key, which is not in the database: without
either nothing opens it. ``erase_person`` takes salt and sealed number away for good, and the entries stay.

A hash carries the version of its key. ``rotate_people`` hashes everybody anew under the newest key; one who was erased
keeps the old hash, and is found as long as the old key is kept. What is known of a person's telephones and addresses
(``customs.ledger.contacts``) is hashed anew and erased with the person.
"""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Column, Integer, Table, UniqueConstraint, func, select, update

from customs.ledger.columns import HASH, NUMBER, SEALED, TABLES, KeptTime
from customs.ledger.contacts import contacts_to_rotate, erase_contacts, rotate_contacts
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import KEY_BYTES, Randomness
from customs.ledger.many_rows import add_new_rows
from customs.ledger.parts import in_parts

PEOPLE = Table(
    "people",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("key_version", Integer, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("salt", HASH),
    Column("sealed", SEALED),
    Column("erased_at", KeptTime),
    UniqueConstraint("hash", "key_version"),
)


class PersonErasedError(LookupError):
    """The identity number of a person was erased."""

    def __init__(self, person: int) -> None:
        super().__init__(f"the identity number of person {person} was erased 该人员（{person}）的证件号码已删除")


def person_of(
    connection: LedgerConnection, id_type: str, id_number: str, randomness: Randomness = secrets.token_bytes
) -> int:
    """Return the number of a person, entered if it is not known yet."""
    return people_of(connection, [(id_type, id_number)], randomness)[id_type, id_number]


def people_of(
    connection: LedgerConnection,
    identities: Collection[tuple[str, str]],
    randomness: Randomness = secrets.token_bytes,
) -> dict[tuple[str, str], int]:
    """Return the numbers of persons by type and number of their identity documents, entered if they are not known yet."""
    found, keys = find_people(connection, identities), connection.keys
    hashes = keys.hashes(keys.version)
    missing = {each: hashes.buyer(*each) for each in identities if each not in found}
    if not missing:
        return found
    rows = []
    for hashed, (id_type, id_number) in sorted({hashed: each for each, hashed in missing.items()}.items()):
        salt = randomness(KEY_BYTES)
        sealed = keys.seal(salt, f"{id_type}\x1f{id_number}".encode())
        rows.append({"key_version": keys.version, "hash": hashed, "salt": salt, "sealed": sealed})
    added = {
        bytes(hashed): person for hashed, person in add_new_rows(connection, PEOPLE, rows, (PEOPLE.c.hash, PEOPLE.c.id))
    }
    found |= {each: added[hashed] for each, hashed in missing.items() if hashed in added}
    others = [each for each in missing if each not in found]  # whom another caller entered meanwhile
    return found | find_people(connection, others) if others else found


def find_people(connection: LedgerConnection, identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the numbers of persons by type and number of the identity document, of those who are known."""
    keys, every, found = connection.keys, list(dict.fromkeys(identities)), dict[tuple[str, str], int]()
    for version in sorted(keys.hashing, reverse=True):
        hashes = keys.hashes(version)
        sought: dict[bytes, list[tuple[str, str]]] = {}  # two spellings of a number are one person
        for each in every:
            if each not in found:
                sought.setdefault(hashes.buyer(*each), []).append(each)
        for part in in_parts(sorted(sought)):
            wanted = select(PEOPLE.c.hash, PEOPLE.c.id).where(PEOPLE.c.key_version == version, PEOPLE.c.hash.in_(part))
            for hashed, person in connection.sql.execute(wanted):
                found |= dict.fromkeys(sought[bytes(hashed)], int(person))
    return found


def find_person(connection: LedgerConnection, id_type: str, id_number: str) -> int | None:
    """Return the number of a person, None if it is not known."""
    return find_people(connection, [(id_type, id_number)]).get((id_type, id_number))


def identity_of(connection: LedgerConnection, person: int) -> tuple[str, str]:
    """Return the type and the number of a person's identity document. Raises ``PersonErasedError``."""
    wanted = select(PEOPLE.c.salt, PEOPLE.c.sealed).where(PEOPLE.c.id == person)
    salt, sealed = connection.sql.execute(wanted).one()
    if salt is None:
        raise PersonErasedError(person)
    id_type, _, id_number = connection.keys.open(salt, sealed).decode().partition("\x1f")
    return id_type, id_number


def erase_person(connection: LedgerConnection, person: int, *, at: datetime) -> bool:
    """Erase the identity number and the contacts of a person for good; return False if it was erased before."""
    erasing = (
        update(PEOPLE)
        .where(PEOPLE.c.id == person, PEOPLE.c.salt.is_not(None))
        .values(salt=None, sealed=None, erased_at=at)
    )
    erased = connection.sql.execute(erasing).rowcount == 1
    erase_contacts(connection, person)  # after the row of the person is locked: nobody enters more of them now
    return erased


def is_kept(connection: LedgerConnection, person: int) -> bool:
    """Return True if a person was not erased; nobody is erased before the transaction ends."""
    wanted = select(PEOPLE.c.salt).where(PEOPLE.c.id == person).with_for_update(read=True)
    return connection.sql.execute(wanted).scalar_one() is not None


def people_to_rotate(connection: LedgerConnection) -> int:
    """Return how many persons and contacts are hashed under an older key than the newest that is in use or at hand."""
    newest = max(connection.keys.version, connection.sql.execute(select(func.max(PEOPLE.c.key_version))).scalar() or 0)
    wanted = select(func.count()).where(PEOPLE.c.key_version < newest, PEOPLE.c.salt.is_not(None))
    return int(connection.sql.execute(wanted).scalar_one()) + contacts_to_rotate(connection)


def rotate_people(connection: LedgerConnection, most: int = 1000) -> int:
    """Hash up to ``most`` persons and contacts under the newest key; return how many there were. Call it until it
    returns 0.
    """
    keys = connection.keys
    old = (
        select(PEOPLE.c.id, PEOPLE.c.salt, PEOPLE.c.sealed)
        .where(PEOPLE.c.key_version < keys.version, PEOPLE.c.salt.is_not(None))
        .order_by(PEOPLE.c.id)
        .limit(most)
        .with_for_update()
    )
    hashes, found = keys.hashes(keys.version), connection.sql.execute(old).all()
    for person, salt, sealed in found:
        id_type, _, id_number = keys.open(salt, sealed).decode().partition("\x1f")
        connection.sql.execute(
            update(PEOPLE)
            .where(PEOPLE.c.id == person)
            .values(key_version=keys.version, hash=hashes.buyer(id_type, id_number))
        )
    return len(found) + rotate_contacts(connection, most - len(found))
