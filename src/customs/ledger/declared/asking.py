"""Asking what was declared (已申报查询): under a key, by a number, and the serial numbers that follow."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union

from customs.documents import BusinessKey
from customs.journal.keys import text_of
from customs.journal.reading import Entry
from customs.journal.state import readable
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection
from customs.ledger.declared.tables import (
    DECLARED_CARRIED,
    DECLARED_FREED,
    DECLARED_KEYS,
    DECLARED_MESSAGES,
    DECLARED_PARCELS,
)
from customs.ledger.parts import in_parts
from customs.rules.knowledge import Declared


def _under() -> Select[Any]:
    """Select the declarations under keys that stand, the earliest message first."""
    first, parcels, taken, messages = DECLARED_PARCELS.alias(), DECLARED_PARCELS.c, DECLARED_KEYS.c, DECLARED_MESSAGES.c
    freed = select(func.count()).where(DECLARED_FREED.c.key == taken.key).scalar_subquery()
    columns: list[ColumnElement[Any]] = [taken.key, parcels.content, DECLARED_CARRIED.c.carrier]
    return (
        select(*columns, messages.number, messages.at)
        .select_from(DECLARED_KEYS)
        .join(first, first.c.id == taken.parcel)
        .join(DECLARED_PARCELS, (parcels.named_by == first.c.named_by) & (parcels.life == first.c.life))
        .join(DECLARED_CARRIED, DECLARED_CARRIED.c.parcel == parcels.id)
        .join(DECLARED_MESSAGES, messages.id == DECLARED_CARRIED.c.message)
        .where(among(taken.key, "keys"), taken.life == freed)
        .order_by(messages.id)
    )


_UNDER = _under()


def declared_under(connection: LedgerConnection, key: BusinessKey) -> Declared | None:
    """Return the latest declaration under a key, with all messages that carry its order; None if there is none."""
    text = text_of(key)
    return declared_under_any(connection, [text]).get(text)


def declared_under_any(connection: LedgerConnection, keys: Iterable[str]) -> dict[str, Declared]:
    """Return the latest declaration under each of many keys, as ``text_of`` gives them; keys of which there is none are left
    out.
    """
    rows = defaultdict[str, list[Any]](list)
    for row in connection.sql.execute(_UNDER, {"keys": dict.fromkeys(keys)}):
        rows[row.key].append(row)
    return {key: _declared(under) for key, under in rows.items()}


def _declared(rows: Sequence[Any]) -> Declared:
    carriers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        carriers[row.content.hex()].add(row.carrier)
    return Declared(
        message=rows[-1].number,
        content=rows[-1].content.hex(),
        at=rows[-1].at,
        carriers={each: frozenset(names) for each, names in carriers.items()},
    )


def declared_entries(connection: LedgerConnection, number: str = "") -> Iterator[Entry]:
    """Yield what was declared, in order: everything, or under an order, waybill, payment or internal number, or in a message of
    that guid or number.
    """
    wanted = _entries()
    if number := readable(number):
        parcels, messages = DECLARED_PARCELS.c, DECLARED_MESSAGES.c
        of_parcel = [
            select(parcels.id).where(column == number)
            for column in (parcels.order_no, parcels.waybill_no, parcels.payment_no, parcels.internal_no)
        ]
        of_message = [select(messages.id).where(column == number) for column in (messages.guid, messages.number)]
        wanted = wanted.where(
            parcels.id.in_(union(*of_parcel).scalar_subquery()) | messages.id.in_(union(*of_message).scalar_subquery())
        )
    for row in connection.sql.execute(wanted):
        yield _entry(row)


def entries_carrying(connection: LedgerConnection, named_by: str) -> tuple[Entry, ...]:
    """Return the messages that carry the parcel with a key, in order; none if it was not declared, or released since."""
    life = select(func.count()).where(DECLARED_FREED.c.key == named_by).scalar_subquery()
    wanted = _entries().where(DECLARED_PARCELS.c.named_by == named_by, DECLARED_PARCELS.c.life == life)
    return tuple(map(_entry, connection.sql.execute(wanted)))


def known_guids(connection: LedgerConnection, guids: Sequence[str]) -> Set[str]:
    """Return those of the guids under which a message was noted."""
    table = DECLARED_MESSAGES.c
    return {
        guid
        for part in in_parts(guids)
        for guid in connection.sql.execute(select(table.guid).where(table.guid.in_(part))).scalars()
    }


def next_serial(connection: LedgerConnection, area: str) -> int:
    """Return the serial number that follows the last one of an area's messages, 1 if there is none."""
    table = DECLARED_MESSAGES.c
    last = connection.sql.execute(select(func.max(table.serial)).where(table.area == area)).scalar()
    return int(last or 0) + 1


def declared_messages(connection: LedgerConnection) -> int:
    """Return the number of messages that were noted."""
    return int(connection.sql.execute(select(func.count()).select_from(DECLARED_MESSAGES)).scalar_one())


def _entries() -> Select[Any]:
    parcels, messages = DECLARED_PARCELS.c, DECLARED_MESSAGES.c
    columns: list[ColumnElement[Any]] = [
        *(parcels.order_no, parcels.waybill_no, parcels.payment_no, parcels.internal_no),
        *(messages.area, messages.name, messages.guid, messages.number, messages.serial, messages.at, parcels.tax),
    ]
    return (
        select(*columns)
        .join(DECLARED_CARRIED, DECLARED_CARRIED.c.parcel == parcels.id)
        .join(DECLARED_MESSAGES, messages.id == DECLARED_CARRIED.c.message)
        .order_by(parcels.id, messages.id)
    )


def _entry(row: Any) -> Entry:
    *texts, serial, at, tax = row
    return Entry._make((*texts, serial, "", at, "" if tax is None else str(tax)))
