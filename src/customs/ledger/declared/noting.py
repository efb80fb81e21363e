"""Noting declarations (登记申报) in the ledger: the messages of a batch, the parcels in them, and the numbers that they take.

Promised, within the transaction of the caller: a number is taken once in its life, whoever declares it at the same moment;
of two workers exactly one is first, and the other is told by which message. The same batch again changes nothing. A release
frees the numbers of an order with its reason; nothing is changed or deleted. A parcel's content is a keyed hash under one
key that is never rotated; nothing personal is kept.

Numbers are claimed in the order of their texts, so that no two workers wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from customs.declaration import Declaration
from customs.journal.keys import SEPARATOR, ParcelKeys, of_declaration
from customs.journal.shared import DeclaredMeanwhileError, OvertakenError, TakenNumber
from customs.ledger.among import among
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.declared.keyed import content_hashes
from customs.ledger.declared.lives import lives_of
from customs.ledger.declared.shop_orders import shop_key
from customs.ledger.declared.tables import (
    DECLARED_CARRIED,
    DECLARED_KEYS,
    DECLARED_MESSAGES,
    DECLARED_PARCELS,
)
from customs.ledger.many_rows import add_new_rows, add_rows
from customs.ledger.parts import in_parts
from customs.ledger.restored import refuse_restored
from customs.road import Batch, Outgoing, Prepared
from customs.road.recognition import NEW, carrier, content_to_digest

_Claim = tuple[str, int]
"""A key and its life."""


#: Parcels by the keys that name them, and the parcels that have keys.
_NAMED = select(
    DECLARED_PARCELS.c.id, DECLARED_PARCELS.c.named_by, DECLARED_PARCELS.c.life, DECLARED_PARCELS.c.content
).where(among(DECLARED_PARCELS.c.named_by, "names"))
_OWNERS = (
    select(DECLARED_KEYS.c.key, DECLARED_KEYS.c.life, DECLARED_KEYS.c.parcel, DECLARED_PARCELS.c.named_by)
    .join(DECLARED_PARCELS, DECLARED_PARCELS.c.id == DECLARED_KEYS.c.parcel)
    .where(among(DECLARED_KEYS.c.key, "keys"))
)


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A parcel to be noted: its keys, its row without the life, and the keys that it takes with these messages."""

    declaration: Declaration
    keys: ParcelKeys
    row: Mapping[str, Any]
    takes: frozenset[str]
    follows: bool
    """True if it follows up what was declared, as a cancellation does, or what customs refused."""


def note_declared(connection: LedgerConnection, batch: Batch, *, at: datetime) -> int:
    """Note the messages of a batch; return how many there are that were not noted before.

    Messages that name no documents of a declaration follow up an order: they do not declare it anew. Raises
    ``DeclaredMeanwhileError`` if others have declared a number of its parcels or a parcel in such a message,
    ``OvertakenError`` if they have taken a serial number, ``CauseUsedError`` if a guid names another message, and
    ``RestoredLedgerError`` if the ledger is a backup that nobody has confirmed.
    Then the caller's transaction is to be given up.
    """
    prepared = {each.position: each for each in batch.parcels}
    messages = _not_noted(connection, batch.messages, prepared)
    if not messages:
        return 0
    refuse_restored(connection)
    parcels = _parcels(connection, messages, prepared)
    lives = lives_of(connection, {key for each in parcels.values() for key in each.takes})
    ids = _enter_parcels(connection, parcels, lives)
    _claim(connection, parcels, ids, lives)
    declaring = [each for each in messages if each.documents]
    following = [[each] for each in messages if not each.documents]  # one by one: the next takes the turn after it
    for together in filter(None, (declaring, *following)):
        _enter_messages(connection, together, ids, parcels, at)
    return len(messages)


def _not_noted(
    connection: LedgerConnection, messages: Sequence[Outgoing], prepared: Mapping[int, Prepared]
) -> list[Outgoing]:
    """Return the messages that are not noted. Raises ``CauseUsedError`` for a guid that names another message."""
    table, parcels = DECLARED_MESSAGES.c, DECLARED_PARCELS.c
    noted: dict[str, set[tuple[str, str, str, str]]] = {}
    for guids in in_parts([each.guid for each in messages]):
        wanted = (
            select(table.guid, table.area, table.name, table.number, parcels.named_by)
            .join(DECLARED_CARRIED, DECLARED_CARRIED.c.message == table.id)
            .join(DECLARED_PARCELS, parcels.id == DECLARED_CARRIED.c.parcel)
            .where(table.guid.in_(guids))
        )
        for guid, *said in connection.sql.execute(wanted):
            noted.setdefault(guid, set()).add((said[0], said[1], said[2], said[3]))
    for each in messages:
        if each.guid in noted:
            names = {of_declaration(_declaration(prepared[position])).named_by for position in each.parcels}
            if noted[each.guid] != {(each.area, each.name, each.id, name) for name in names}:
                raise CauseUsedError("declaration", EntryCause("message", each.guid))
    return [each for each in messages if each.guid not in noted]


def _declaration(parcel: Prepared) -> Declaration:
    assert parcel.declaration, "a parcel in a message was read"
    return parcel.declaration


def _parcels(
    connection: LedgerConnection, messages: Sequence[Outgoing], prepared: Mapping[int, Prepared]
) -> dict[int, _Parcel]:
    """Return the parcels that messages carry, by position."""
    hashes = content_hashes(connection.keys)
    documents: dict[int, set[str]] = {}
    for message in messages:
        for position in message.parcels:
            documents.setdefault(position, set()).update(message.documents)
    found: dict[int, _Parcel] = {}
    for position, sent in documents.items():
        parcel = prepared[position]
        declaration = _declaration(parcel)
        keys, shop = of_declaration(declaration), shop_key(declaration, hashes)
        numbers = {document: key.partition(SEPARATOR)[0] for document, key in keys.once}
        row = {
            "named_by": keys.named_by,
            "content": hashes.content(content_to_digest(declaration)),
            "app_type": declaration.app_type,
            "platform_code": declaration.parties.platform_code or "",
            "merchant_code": declaration.parties.merchant_code or "",
            "shop_key": shop,
            "order_no": declaration.order.order_no or "",
            "waybill_no": declaration.waybill.waybill_no or "",
            "payment_no": declaration.payment.payment_no or "",
            "internal_no": numbers["declaration_list"],
            "tax": parcel.assessment.due if parcel.assessment else None,
        }
        once = {key for document, key in keys.once if document in sent}
        takes = {keys.named_by, *once}
        if shop and sent:
            takes.add(shop)
        found[position] = _Parcel(declaration, keys, row, frozenset(takes), follows=not sent)
    return found


def _enter_parcels(
    connection: LedgerConnection, parcels: Mapping[int, _Parcel], lives: Mapping[str, int]
) -> dict[int, int]:
    """Enter the parcels that are new; return the numbers of all, by position."""
    rows = [{**each.row, "life": lives[each.keys.named_by]} for each in parcels.values()]
    rows.sort(key=lambda row: (row["named_by"], row["content"]))
    add_rows(connection, DECLARED_PARCELS, rows, once=True)
    found = connection.sql.execute(_NAMED, {"names": [row["named_by"] for row in rows]})
    ids = {(named_by, life, content): number for number, named_by, life, content in found}
    return {
        position: ids[each.keys.named_by, lives[each.keys.named_by], each.row["content"]]
        for position, each in parcels.items()
    }


def _claim(
    connection: LedgerConnection,
    parcels: Mapping[int, _Parcel],
    ids: Mapping[int, int],
    lives: Mapping[str, int],
) -> None:
    """Take the numbers of the parcels. Raises ``DeclaredMeanwhileError`` for those that others have."""
    claims = sorted((key, lives[key], ids[position]) for position, each in parcels.items() for key in each.takes)
    rows = [{"key": key, "life": life, "parcel": parcel} for key, life, parcel in claims]
    add_rows(connection, DECLARED_KEYS, rows, once=True)
    found = connection.sql.execute(_OWNERS, {"keys": [key for key, _, _ in claims]})
    owners: dict[_Claim, tuple[int, str]] = {(key, life): (owner, named_by) for key, life, owner, named_by in found}
    taken: list[TakenNumber] = []
    for position, each in parcels.items():
        if each.follows or each.declaration.app_type != NEW:  # it names what was declared before
            continue
        for key in sorted(each.takes):
            owner, named_by = owners[key, lives[key]]
            if owner == ids[position]:
                continue
            if named_by != each.keys.named_by or not _carried(connection, ids[position]):
                taken.append(_taken(connection, each, key, owner, same=False))
                break
    if taken:
        raise DeclaredMeanwhileError(taken)


def _carried(connection: LedgerConnection, parcel: int) -> bool:
    """True if a message carries the parcel: it was declared, before or after an amendment."""
    wanted = select(DECLARED_CARRIED.c.message).where(DECLARED_CARRIED.c.parcel == parcel).limit(1)
    return connection.sql.execute(wanted).scalar() is not None


def _enter_messages(
    connection: LedgerConnection,
    messages: Sequence[Outgoing],
    ids: Mapping[int, int],
    parcels: Mapping[int, _Parcel],
    at: datetime,
) -> None:
    """Enter messages and that they carry their parcels. Raises ``OvertakenError`` if a serial number is taken, or a parcel."""
    table, carried = DECLARED_MESSAGES.c, DECLARED_CARRIED.c
    rows = [
        {
            "area": each.area,
            "name": each.name,
            "guid": each.guid,
            "number": each.id,
            "serial": each.serial,
            "at": at,
        }
        for each in messages
    ]
    numbers: dict[str, int] = dict(add_new_rows(connection, DECLARED_MESSAGES, rows, (table.guid, table.id)))
    for each in messages:
        if each.guid not in numbers:
            raise OvertakenError(
                f"the serial number {each.serial} of {each.area} was taken meanwhile: decide this batch again "
                f"{each.area} 的流水号 {each.serial} 刚被占用，请重新处理本批报文"
            )
    carrying = [row for each in messages for row in _carrying(connection, each, ids, numbers[each.guid])]
    add_rows(connection, DECLARED_CARRIED, carrying, once=True)
    own = set[tuple[int, int]]()
    for part in in_parts(numbers.values()):
        wanted = select(carried.message, carried.parcel).where(carried.message.in_(part))
        own.update((row[0], row[1]) for row in connection.sql.execute(wanted))
    others = dict.fromkeys(
        position for each in messages for position in each.parcels if (numbers[each.guid], ids[position]) not in own
    )
    if others:
        raise DeclaredMeanwhileError(
            [_taken(connection, parcels[each], parcels[each].keys.named_by, ids[each], same=True) for each in others]
        )


def _carrying(
    connection: LedgerConnection, message: Outgoing, ids: Mapping[int, int], number: int
) -> list[dict[str, Any]]:
    """Return the rows that say that a message carries its parcels."""
    by, carried = carrier(message.area, message.name), sorted(ids[each] for each in message.parcels)
    turns = {} if message.documents else _turns(connection, by, carried)
    return [{"parcel": each, "carrier": by, "turn": turns.get(each, 0), "message": number} for each in carried]


def _turns(connection: LedgerConnection, by: str, parcels: Iterable[int]) -> dict[int, int]:
    """Return how often parcels were carried by messages of a kind."""
    table, found = DECLARED_CARRIED.c, dict[int, int]()
    for part in in_parts(list(parcels)):
        wanted = select(table.parcel, func.count()).where(table.parcel.in_(part), table.carrier == by)
        found.update((row[0], row[1]) for row in connection.sql.execute(wanted.group_by(table.parcel)))
    return found


def _taken(connection: LedgerConnection, parcel: _Parcel, key: str, owner: int, *, same: bool) -> TakenNumber:
    messages = DECLARED_MESSAGES.c
    wanted = (
        select(messages.number, messages.at)
        .join(DECLARED_CARRIED, DECLARED_CARRIED.c.message == messages.id)
        .where(DECLARED_CARRIED.c.parcel == owner)
        .order_by(messages.id.desc())
        .limit(1)
    )
    found, number = connection.sql.execute(wanted).one_or_none(), key.partition(SEPARATOR)[0]
    order_no = parcel.declaration.order.order_no or ""
    if found is None:  # its message is entered after the numbers of all
        raise OvertakenError(
            f"order {order_no}: the number {number} is claimed by two orders that are declared together; declare them one "
            f"after the other 订单 {order_no}：号码 {number} 被同批的两个订单占用，请先后申报"
        )
    return TakenNumber(order_no, number, found.number, found.at, same)
