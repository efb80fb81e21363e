"""Contacts of persons (联系方式): telephones, addresses and names, known by keyed hashes so that equal ones are found.

A contact belongs to a person. Its hash finds the others that are equal; the text itself is sealed under a salt of its own,
so that it can be hashed anew under a new key. With the person all of it is erased: hash, salt and sealed text. A text that
its platform has masked (``138****0000``) says nothing and is not kept.

>>> plain("telephone", "+86 138-0000-0000"), plain("address", "浙江省 杭州市，文一西路１号"), plain("telephone", "138****0000")
('13800000000', '浙江省杭州市文一西路1号', '')
"""

import secrets
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, func, insert, select, update

from customs.ledger.columns import HASH, NUMBER, SEALED, TABLES
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import KEY_BYTES, LedgerKeys, Randomness

ContactKind: TypeAlias = Literal["telephone", "address", "name"]

CONTACTS = Table(
    "contacts",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("person", NUMBER, ForeignKey("people.id"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("key_version", Integer),
    Column("hash", HASH),
    Column("salt", HASH),
    Column("sealed", SEALED),
    Index(None, "person"),
    Index(None, "hash"),
)

#: Digits of a telephone in China, and the code of the country before them.
_DIGITS, _COUNTRY = 11, "86"


def plain(kind: ContactKind, text: str) -> str:
    """Return a contact as it is compared: without spaces, punctuation, width and case; empty if it says nothing."""
    if "*" in text:
        return ""
    told = unicodedata.normalize("NFKC", text).casefold()
    if kind != "telephone":
        return "".join(filter(str.isalnum, told))
    digits = "".join(each for each in told if each.isdecimal()).removeprefix("00")
    return digits.removeprefix(_COUNTRY) if len(digits) == len(_COUNTRY) + _DIGITS else digits


def contacts_of(
    connection: LedgerConnection,
    person: int,
    texts: Sequence[tuple[ContactKind, str]],
    randomness: Randomness = secrets.token_bytes,
) -> Sequence[int | None]:
    """Return the numbers of contacts of a person, entered if they are not known yet; None for one that says nothing.

    The caller knows that the person was not erased (``customs.ledger.people.is_kept``).
    """
    wanted = select(CONTACTS.c.id, CONTACTS.c.key_version, CONTACTS.c.hash).where(
        CONTACTS.c.person == person, CONTACTS.c.hash.is_not(None)
    )
    known = {(version, bytes(hashed)): number for number, version, hashed in connection.sql.execute(wanted)}
    keys, found = connection.keys, list[int | None]()
    for kind, text in texts:
        told = plain(kind, text)
        versions = sorted(keys.hashing, reverse=True) if told else ()
        number = next((known[at] for each in versions if (at := (each, _hash(keys, each, kind, told))) in known), None)
        if number is None and told:
            salt = randomness(KEY_BYTES)
            content: dict[str, Any] = {"key_version": keys.version, "hash": _hash(keys, keys.version, kind, told)}
            content |= {"salt": salt, "sealed": keys.seal(salt, told.encode())}
            adding = insert(CONTACTS).values(person=person, kind=kind, **content).returning(CONTACTS.c.id)
            number = int(connection.sql.execute(adding).scalar_one())
            known[keys.version, content["hash"]] = number
        found.append(number)
    return found


def erase_contacts(connection: LedgerConnection, person: int) -> int:
    """Erase the contacts of a person for good; return how many there were. ``erase_person`` does it."""
    own = CONTACTS.c.person == person, CONTACTS.c.hash.is_not(None)
    return connection.sql.execute(
        update(CONTACTS).where(*own).values(key_version=None, hash=None, salt=None, sealed=None)
    ).rowcount


def contacts_to_rotate(connection: LedgerConnection) -> int:
    """Return how many contacts are hashed under an older key than the newest that is in use or at hand."""
    in_use = connection.sql.execute(select(func.max(CONTACTS.c.key_version))).scalar() or 0
    newest = max(connection.keys.version, in_use)
    return int(connection.sql.execute(select(func.count()).where(CONTACTS.c.key_version < newest)).scalar_one())


def rotate_contacts(connection: LedgerConnection, most: int) -> int:
    """Hash up to ``most`` contacts under the newest key; return how many there were. ``rotate_people`` does it."""
    keys, kept = connection.keys, CONTACTS.c
    old = (
        select(kept.id, kept.kind, kept.salt, kept.sealed)
        .where(kept.key_version < keys.version)
        .order_by(kept.id)
        .limit(most)
        .with_for_update()
    )
    found = connection.sql.execute(old).all()
    for number, kind, salt, sealed in found:
        hashed = _hash(keys, keys.version, kind, keys.open(salt, sealed).decode())
        changing = update(CONTACTS).where(kept.id == number).values(key_version=keys.version, hash=hashed)
        connection.sql.execute(changing)
    return len(found)


def _hash(keys: LedgerKeys, version: int, kind: str, text: str) -> bytes:
    return keys.hashes(version).content(f"{kind}\x1f{text}".encode())
