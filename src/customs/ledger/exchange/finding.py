"""Finding messages (查找) in an outbox of the ledger: by id, number, file and key, with their entries and copies."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from customs.documents import BusinessKey
from customs.exchange.contract import Delivery
from customs.exchange.copies import Erasure
from customs.exchange.outbox import OutboxEntry, UnknownDeliveryError
from customs.exchange.outbox_rows import answers_of, copy_of, key_in
from customs.exchange.standing import DeliveryEvent, DeliveryState
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import in_box
from customs.ledger.exchange.rows import STANDING, event_of_row, standing_of_row
from customs.ledger.exchange.sealing import erase_copies, open_copy, open_sealed
from customs.ledger.exchange.tables import (
    EXCHANGE_COPIES,
    EXCHANGE_DOCUMENTS,
    EXCHANGE_EVENTS,
    EXCHANGE_MESSAGES,
    EXCHANGE_SALTS,
)
from customs.ledger.parts import in_parts

_MESSAGES, _DOCUMENTS = EXCHANGE_MESSAGES.c, EXCHANGE_DOCUMENTS.c

_COLUMNS = (
    _MESSAGES.seq,
    _MESSAGES.id,
    _MESSAGES.name,
    _MESSAGES.file_name,
    _MESSAGES.size,
    _MESSAGES.put_at,
    *STANDING,
)

_COPY = (
    select(
        _MESSAGES.seq,
        _MESSAGES.name,
        _MESSAGES.file_name,
        _MESSAGES.size,
        _MESSAGES.digest,
        EXCHANGE_COPIES.c.sealed,
        EXCHANGE_SALTS.c.salts,
    )
    .join(EXCHANGE_COPIES, EXCHANGE_COPIES.c.message == _MESSAGES.seq)
    .join(EXCHANGE_SALTS, EXCHANGE_SALTS.c.id == EXCHANGE_COPIES.c.salts)
    .where(_MESSAGES.box == bindparam("of_box"), _MESSAGES.id == bindparam("number"))
)

_KEYS = (
    select(_DOCUMENTS.message, _DOCUMENTS.key)
    .where(_DOCUMENTS.message.in_(bindparam("messages", expanding=True)))
    .order_by(_DOCUMENTS.message, _DOCUMENTS.place)
)


def delivery_in(connection: LedgerConnection, box: int, message_id: str) -> Delivery:
    """Return a message as it was put. Raises ``CopyErasedError`` and ``UnknownDeliveryError``."""
    row = connection.sql.execute(_COPY, {"of_box": box, "number": message_id}).one_or_none()
    if row is None:
        raise UnknownDeliveryError(message_id)
    whole = open_sealed(connection.keys, row.salts, bytes(row.sealed), bytes(row.digest), message_id)
    form, content = whole[: len(whole) - row.size], whole[len(whole) - row.size :]
    return Delivery(
        id=message_id,
        name=row.name,
        file_name=row.file_name,
        content=content,
        form=json.loads(form) if form else None,
        keys=_keys(connection, [row.seq])[row.seq],
    )


def entry_in(connection: LedgerConnection, box: int, message_id: str) -> OutboxEntry:
    """Return the entry of a message. Raises ``UnknownDeliveryError``."""
    found = _entries(connection, _MESSAGES.box == box, _MESSAGES.id == message_id)
    if not found:
        raise UnknownDeliveryError(message_id)
    return found[0]


def entries_in(
    connection: LedgerConnection, box: int, states: Sequence[DeliveryState], after: int, most: int
) -> list[tuple[int, OutboxEntry]]:
    """Return entries behind a number in the order in which they were put, those in some states or all."""
    conditions = [_MESSAGES.box == box, _MESSAGES.seq > after]
    if states:
        conditions.append(_MESSAGES.state.in_(states))
    wanted = select(*_COLUMNS).where(*conditions).order_by(_MESSAGES.seq).limit(most)
    rows = connection.sql.execute(wanted).all()
    keys = _keys(connection, [row.seq for row in rows])
    return [(row.seq, _entry(row, keys[row.seq])) for row in rows]


def history_in(connection: LedgerConnection, box: int, message_id: str) -> tuple[DeliveryEvent, ...]:
    """Return the events of a message in order. Raises ``UnknownDeliveryError``."""
    rows = connection.sql.execute(_events_of(box, message_id)).all()
    if not rows:
        raise UnknownDeliveryError(message_id)
    return tuple(map(event_of_row, rows))


def answers_in(connection: LedgerConnection, box: int, message_id: str) -> tuple[bytes, ...]:
    """Return the answers of the other side to a message as they came. Raises ``CopyErasedError``."""
    rows = connection.sql.execute(_events_of(box, message_id).where(EXCHANGE_EVENTS.c.answer.is_not(None))).all()
    return tuple(open_copy(connection, row.salts, bytes(row.answer), message_id.encode(), message_id) for row in rows)


def _events_of(box: int, message_id: str) -> Any:
    return (
        select(EXCHANGE_EVENTS)
        .join(EXCHANGE_MESSAGES, _MESSAGES.seq == EXCHANGE_EVENTS.c.message)
        .where(_MESSAGES.box == box, _MESSAGES.id == message_id)
        .order_by(EXCHANGE_EVENTS.c.seq)
    )


def named_in(connection: LedgerConnection, box: int, key: BusinessKey, submitted: str) -> tuple[OutboxEntry, ...]:
    """Return the messages with a document that a receipt may speak of: by guid or message number, else by key."""
    ids = sorted({submitted, key.get("message_id")} - {""})
    found = set(
        connection.sql.execute(select(_MESSAGES.seq).where(_MESSAGES.box == box, _MESSAGES.id.in_(ids))).scalars()
    )
    return _of_seqs(connection, found or _named(connection, box, key, ids))


def _named(connection: LedgerConnection, box: int, key: BusinessKey, guids: Sequence[str]) -> set[int]:
    """Return the messages with a document of one of the guids; if there are none, those with one that the key names."""
    numbers = sorted({text for name, text in key.fields if text and name.endswith(("_no", "_id"))})
    rows = _documents(connection, box, _DOCUMENTS.number.in_(numbers)) if numbers else []
    numbered = {row.message for row in rows}
    if numbered:
        by_guid = _documents(connection, box, _DOCUMENTS.message.in_(numbered), _DOCUMENTS.guid.in_(guids))
    else:
        by_guid = _documents(connection, box, _DOCUMENTS.guid.in_(guids))
    found = {row.message for row in by_guid}
    return found or {row.message for row in rows if key_in(row.key).matches(key)}


def of_file_in(connection: LedgerConnection, box: int, file_name: str) -> tuple[OutboxEntry, ...]:
    """Return the messages that were handed over under a file name, in any case, with or without its ending."""
    name = file_name.lower()
    return tuple(
        _entries(connection, _MESSAGES.box == box, _MESSAGES.file_key.in_([name, f"{name}.xml", f"{name}.zip"]))
    )


def of_number_in(connection: LedgerConnection, box: int, number: str) -> tuple[OutboxEntry, ...]:
    """Return the messages with a document of a business number."""
    rows = _documents(connection, box, _DOCUMENTS.number == number) if number else []
    return _of_seqs(connection, {row.message for row in rows})


def erase_in(connection: LedgerConnection, box: int, numbers: Iterable[str]) -> int:
    """Erase the bytes of documents with these business numbers; return of how many pieces. Entries stay."""
    erasures = list[Erasure]()
    for number in numbers:
        places: dict[int, list[int]] = {}
        for row in _documents(connection, box, _DOCUMENTS.number == number):
            places.setdefault(row.message, []).append(row.place)
        wanted = select(_MESSAGES.seq, _MESSAGES.id, _MESSAGES.divided).where(_MESSAGES.seq.in_(places))
        for seq, message_id, divided in connection.sql.execute(wanted).all():
            erasures.append(Erasure(in_box(box, copy_of(message_id)), places[seq] if divided else None))
            erasures.append(Erasure(in_box(box, answers_of(message_id))))
    return erase_copies(connection, erasures)


def _documents(connection: LedgerConnection, box: int, *conditions: Any) -> list[Any]:
    wanted = (
        select(_DOCUMENTS.message, _DOCUMENTS.place, _DOCUMENTS.key)
        .join(EXCHANGE_MESSAGES, _MESSAGES.seq == _DOCUMENTS.message)
        .where(_MESSAGES.box == box, *conditions)
        .order_by(_DOCUMENTS.message, _DOCUMENTS.place)
    )
    return list(connection.sql.execute(wanted))


def _of_seqs(connection: LedgerConnection, seqs: Iterable[int]) -> tuple[OutboxEntry, ...]:
    return tuple(_entries(connection, _MESSAGES.seq.in_(sorted(seqs))))


def _entries(connection: LedgerConnection, *conditions: Any) -> list[OutboxEntry]:
    rows = connection.sql.execute(select(*_COLUMNS).where(*conditions).order_by(_MESSAGES.seq)).all()
    keys = _keys(connection, [row.seq for row in rows])
    return [_entry(row, keys[row.seq]) for row in rows]


def _keys(connection: LedgerConnection, seqs: Sequence[int]) -> dict[int, tuple[BusinessKey, ...]]:
    found: dict[int, list[BusinessKey]] = {seq: [] for seq in seqs}
    for part in in_parts(seqs):
        for message, key in connection.sql.execute(_KEYS, {"messages": part}):
            found[message].append(key_in(key))
    return {seq: tuple(keys) for seq, keys in found.items()}


def _entry(row: Any, documents: Sequence[BusinessKey]) -> OutboxEntry:
    return OutboxEntry(
        id=row.id,
        name=row.name,
        file_name=row.file_name,
        size=row.size,
        documents=documents,
        put_at=row.put_at,
        standing=standing_of_row(row),
    )
