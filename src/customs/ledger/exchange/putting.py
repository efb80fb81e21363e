"""Putting messages (入箱) into an outbox of the ledger, within the transaction of the caller.

Promised: with the transaction all of them are in the outbox, or none; the same message again changes nothing; another
transaction with a message for the same destination comes before or after this one as a whole. See ``customs.exchange.Outbox``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select

from customs.documents import BusinessKey
from customs.documents.base import MOST_MESSAGE_BYTES
from customs.exchange.contract import Delivery
from customs.exchange.outbox import OtherBytesError, PutOutcome, instant
from customs.exchange.outbox_rows import copy_of, form_of, key_text, pieces_of, put_event
from customs.exchange.pieces import Pieces, guid_in, number_of
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import in_box, lock_box
from customs.ledger.exchange.rows import add_events, event_values
from customs.ledger.exchange.sealing import mark, seal_copies
from customs.ledger.exchange.tables import (
    EXCHANGE_COPIES,
    EXCHANGE_DOCUMENTS,
    EXCHANGE_MESSAGES,
    EXCHANGE_RIVALS,
)
from customs.ledger.many_rows import add_rows
from customs.ledger.numbering import insert_numbered
from customs.ledger.parts import in_parts

_MESSAGES, _DOCUMENTS = EXCHANGE_MESSAGES.c, EXCHANGE_DOCUMENTS.c

#: Messages of a box by their ids, documents by their numbers, and which of some messages are in a box: asked for by
#: themselves, since SQLite joins documents to all messages of the box rather than to the few that have the numbers.
_KNOWN = select(_MESSAGES.id, _MESSAGES.digest).where(
    _MESSAGES.box == bindparam("of_box"), _MESSAGES.id.in_(bindparam("ids", expanding=True))
)
_NUMBERED = select(_DOCUMENTS.message, _DOCUMENTS.number, _DOCUMENTS.key).where(among(_DOCUMENTS.number, "numbers"))
_IN_BOX = select(_MESSAGES.seq).where(among(_MESSAGES.seq, "messages"), _MESSAGES.box == bindparam("of_box"))

_ADDING_COPIES = insert(EXCHANGE_COPIES)


class _New(NamedTuple):
    delivery: Delivery
    digest: bytes
    pieces: Pieces
    keys: tuple[BusinessKey, ...]
    numbers: tuple[str, ...]


def put_messages(
    connection: LedgerConnection,
    destination: str,
    deliveries: Iterable[Delivery],
    *,
    at: datetime,
    most_bytes: int = MOST_MESSAGE_BYTES,
) -> tuple[PutOutcome, ...]:
    """Put messages into the outbox of a destination; one with more than ``most_bytes`` is entered as dead, with the reason.

    Raises ``OtherBytesError`` for a message that was put with other bytes: then give the transaction up.
    """
    given = list(deliveries)
    box = lock_box(connection, "outbox", destination)
    known = _known(connection, box, [each.id for each in given])
    outcomes, new = list[PutOutcome](), dict[str, _New]()
    for each in given:
        digest = mark(connection.keys, each.content, form_of(each))
        before = known.get(each.id) or (new[each.id].digest if each.id in new else None)
        if before is None:
            keys = tuple(each.keys)  # a message makes them whenever it is asked
            numbers = tuple(map(number_of, keys))
            new[each.id] = _New(each, digest, pieces_of(each, numbers), keys, numbers)
        elif before != digest:
            raise OtherBytesError(each.id, each.file_name)
        too_large = len(each.content) > most_bytes
        outcomes.append("known" if before else "too large" if too_large else "put")
    _enter(connection, box, list(new.values()), instant(at), most_bytes)
    return tuple(outcomes)


def _known(connection: LedgerConnection, box: int, ids: Sequence[str]) -> dict[str, bytes]:
    found = dict[str, bytes]()
    for part in in_parts(ids):
        rows = connection.sql.execute(_KNOWN, {"of_box": box, "ids": part})
        found.update((number, bytes(digest)) for number, digest in rows)
    return found


def _enter(connection: LedgerConnection, box: int, new: Sequence[_New], at: datetime, most_bytes: int) -> None:
    if not new:
        return
    events = [put_event(each.delivery, at, most_bytes) for each in new]
    rows = [
        {
            "box": box,
            "id": each.delivery.id,
            "name": each.delivery.name,
            "file_name": each.delivery.file_name,
            "file_key": each.delivery.file_name.lower(),
            "size": len(each.delivery.content),
            "digest": each.digest,
            "divided": each.pieces.are_documents,
            "put_at": event.at,
            "state": event.state.value,
            "due": event.due,
            "attempts": 0,
            "failures": 0,
            "doubtful": 0,
            "looks": 0,
            "said": event.said,
        }
        for each, event in zip(new, events, strict=True)
    ]
    seqs = insert_numbered(connection, EXCHANGE_MESSAGES, rows)
    copies = seal_copies(
        connection, [(each.pieces, in_box(box, copy_of(each.delivery.id)), each.digest) for each in new]
    )
    connection.sql.execute(
        _ADDING_COPIES,
        [{"message": seq, "salts": salts, "sealed": sealed} for seq, (salts, sealed) in zip(seqs, copies, strict=True)],
    )
    documents = [row for seq, each in zip(seqs, new, strict=True) for row in _documents(seq, each)]
    rivals = _rivals(connection, box, documents)
    add_rows(connection, EXCHANGE_DOCUMENTS, documents)
    if rivals:
        pairs = [{"message": one, "other": other} for pair in rivals for one, other in (pair, pair[::-1])]
        add_rows(connection, EXCHANGE_RIVALS, pairs, once=True)
    add_events(connection, [event_values(seq, event) for seq, event in zip(seqs, events, strict=True)])


def _documents(seq: int, new: _New) -> list[dict[str, Any]]:
    guids = [guid_in(each) for each in new.pieces.documents] if new.pieces.are_documents else [""] * len(new.numbers)
    return [
        {"message": seq, "place": place, "number": number, "key": key_text(key), "guid": guid}
        for place, (number, key, guid) in enumerate(zip(new.numbers, new.keys, guids, strict=True))
    ]


def _rivals(connection: LedgerConnection, box: int, documents: Sequence[dict[str, Any]]) -> set[tuple[int, int]]:
    """Return the pairs of messages of a box that have a document in common, of which one is new."""
    own: dict[tuple[str, str], list[int]] = {}
    for each in documents:
        own.setdefault((each["number"], each["key"]), []).append(each["message"])
    pairs = {(one, other) for found in own.values() for one in found for other in found if one < other}
    numbers = {number for number, _ in own if number}
    known = connection.sql.execute(_NUMBERED, {"numbers": numbers}).all()
    in_box = (
        set(connection.sql.execute(_IN_BOX, {"messages": {each.message for each in known}, "of_box": box}).scalars())
        if known
        else ()
    )
    for message, number, key in known:
        if message in in_box:
            pairs |= {(message, seq) for seq in own.get((number, key), ()) if seq != message}
    return pairs
