"""Entering (登记): the lines of messages and of the parcels in them, within one transaction."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from customs.areas import Area, Counting
from customs.journal.keys import SEPARATOR, ParcelKeys, bare, of_declaration
from customs.road import Outgoing, Prepared
from customs.road.recognition import carrier, content_to_digest
from customs.rules.knowledge import Hashes

INSERT_NUMBER = "INSERT OR IGNORE INTO numbers VALUES (?, ?)"


class ParcelRow(NamedTuple):
    """A parcel in the database: its number there, and its keys."""

    id: int
    keys: ParcelKeys


class MessageRow(NamedTuple):
    """A message to be entered: the run, its file as the journal keeps it, and the parcels in it."""

    run: int
    message: Outgoing
    file: str
    parcels: Sequence[ParcelRow]


def enter_placed(database: sqlite3.Connection, run: int) -> None:
    """Enter that the messages of a run which were entered before have their names."""
    database.execute("UPDATE messages SET placed = 1 WHERE placed = 0 AND run = ?", (run,))


def enter_message(database: sqlite3.Connection, row: MessageRow, at: datetime) -> int:
    """Enter a message, and that it carries its parcels; return its number in the database."""
    run, message, file, parcels = row
    number = database.execute(
        "INSERT INTO messages(run, area, name, guid, number, serial, file, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (run, message.area, message.name, message.guid, message.id, message.serial, file, at.isoformat()),
    ).lastrowid
    assert number
    database.execute("INSERT OR IGNORE INTO names VALUES (?)", (Path(file).name.lower(),))
    carried_by = carrier(message.area, message.name)
    database.executemany("INSERT INTO carried VALUES (?, ?, ?)", [(each.id, carried_by, number) for each in parcels])
    return number


def numbers_of(row: MessageRow) -> Iterator[tuple[str, int]]:
    """Yield the keys under which a message declares its parcels."""
    documents = set(row.message.documents)
    for each in row.parcels:
        yield each.keys.named_by, each.id
        for document, key in each.keys.once:
            if document in documents:
                yield key, each.id


def enter_parcel(database: sqlite3.Connection, parcel: Prepared, hashes: Hashes) -> ParcelRow:
    """Return the row of a parcel, which is made with the first message that carries it."""
    declaration = parcel.declaration
    assert declaration, "a parcel in a message was read"
    keys = of_declaration(declaration)
    numbers = {document: key.partition(SEPARATOR)[0] for document, key in keys.once}
    content = hashes.content(content_to_digest(declaration))
    if parcel.earlier:
        (known,) = database.execute(
            "SELECT max(id) FROM numbers JOIN parcels ON id = parcel WHERE key = ? AND order_key = key AND content = ?",
            (keys.named_by, content),
        ).fetchone()
        if known is not None:
            return ParcelRow(known, keys)
    order, tax = declaration.order, parcel.assessment.due if parcel.assessment else None
    number = database.execute(
        "INSERT INTO parcels(order_key, content, app_type, order_no, waybill_no, payment_no, internal_no, tax, buyer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            keys.named_by,
            content,
            declaration.app_type,
            order.order_no,
            declaration.waybill.waybill_no or "",
            declaration.payment.payment_no or "",
            numbers["declaration_list"],
            None if tax is None else str(tax),
            hashes.buyer(order.buyer_id_type, order.buyer_id_number),
        ),
    ).lastrowid
    assert number
    database.executemany(INSERT_NUMBER, [(bare(each), number) for each in {*numbers.values()} - {""}])
    return ParcelRow(number, keys)


def enter_serials(database: sqlite3.Connection, area: Area) -> None:
    """Enter the serial numbers that follow those of a run's messages."""
    for name, counter in counters(area):
        database.execute("INSERT OR REPLACE INTO serials VALUES (?, ?)", (name, counter.next))


def counters(area: Area) -> Iterator[tuple[str, Counting]]:
    """Yield the names of an area and of those beside it that count their messages, with the counters."""
    for each in (area, *area.beside):
        if isinstance(each.serials, Counting):
            yield each.name, each.serials
