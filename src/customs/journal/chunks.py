"""Chunks in the journal (批次登记): the lines of a chunk, of its messages and parcels, within one transaction."""

import json
import sqlite3
from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from customs.journal.entering import INSERT_NUMBER, MessageRow, ParcelRow, enter_message, enter_placed, numbers_of
from customs.journal.keys import bare, of_numbers
from customs.road.chunks import DecidedChunk, DecidedParcel
from customs.road.results import DOCUMENTS

#: The parcels of a stream are numbered here, so that they are written together.
_INSERT_PARCEL = (
    "INSERT INTO parcels(id, order_key, content, app_type, order_no, waybill_no, payment_no, internal_no, tax, buyer)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Entered(NamedTuple):
    """A chunk as it is entered."""

    digest: bytes
    decided: DecidedChunk
    lines: Mapping[str, bytes]
    """What is added to each file beside the messages."""
    said: str
    """What is told of the stream up to here, to go on with after an interruption."""
    used: Mapping[bytes, Decimal]
    """What buyers have used of the year's limit after it, by their hashes."""
    again: bool
    """True if some of its parcels may have been declared before."""


def enter_chunk(
    database: sqlite3.Connection,
    run: int,
    entered: Entered,
    files: Sequence[str],
    lengths: Mapping[str, int],
    at: datetime,
) -> None:
    """Enter a chunk of a stream: ``files`` are those of its messages as the journal keeps them, ``lengths`` those of the
    files beside the messages when it counts.
    """
    decided = entered.decided
    enter_placed(database, run)
    carried = {each for message in decided.messages for each in message.parcels}
    (last,) = database.execute("SELECT coalesce(max(id), 0) FROM parcels").fetchone()
    rows: dict[int, ParcelRow] = {}
    fresh: list[tuple[Any, ...]] = []
    keyed: set[tuple[str, int]] = set()
    positions = array("I")
    whole = _all_documents(decided, len(carried))
    for parcel in decided.parcels:
        if parcel.position not in carried:
            continue
        assert parcel.numbers, "a parcel in a message was read"
        keys = of_numbers(parcel.numbers)
        number = _earlier(database, keys.named_by, parcel.numbers.content) if entered.again else None
        if number is None:
            number = last + len(fresh) + 1
            positions.append(parcel.position - decided.first)
            fresh.append((number, *_fields(keys.named_by, parcel)))
            if not whole:  # found by the numbers of documents that others declare, too
                keyed.update([(bare(each), number) for each in parcel.numbers.numbers if each])
        rows[parcel.position] = ParcelRow(number, keys)
    database.executemany(_INSERT_PARCEL, fresh)
    for message, file in zip(decided.messages, files, strict=True):
        row = MessageRow(run, message, file, [rows[position] for position in message.parcels])
        enter_message(database, row, at)
        keyed.update(numbers_of(row))
    database.executemany(INSERT_NUMBER, sorted(keyed))  # those that follow each other stand together
    database.execute(
        "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run,
            decided.first,
            entered.digest,
            len(carried),
            len(decided.messages),
            last + 1,
            positions.tobytes(),
            json.dumps(dict(lengths)),
            entered.said,
        ),
    )
    database.executemany(
        "INSERT OR REPLACE INTO used VALUES (?, ?, ?)",
        sorted([(run, buyer[:16], str(each)) for buyer, each in entered.used.items()]),
    )


def _earlier(database: sqlite3.Connection, key: str, content: bytes) -> int | None:
    """Return the row of a parcel that an earlier run declared in part."""
    (number,) = database.execute(
        "SELECT max(id) FROM numbers JOIN parcels ON id = parcel WHERE key = ? AND order_key = key AND content = ?"
        " AND id > (SELECT coalesce(max(last_parcel), 0) FROM releases WHERE releases.order_key = parcels.order_key)",
        (key, content),
    ).fetchone()
    return None if number is None else int(number)


def _all_documents(decided: DecidedChunk, parcels: int) -> bool:
    """True if messages carry all documents of so many parcels."""
    sent: dict[str, set[int]] = {each: set() for each in DOCUMENTS}
    for message in decided.messages:
        for document in message.documents:
            sent[document].update(message.parcels)
    return all(len(each) == parcels for each in sent.values())


def _fields(named_by: str, parcel: DecidedParcel) -> tuple[Any, ...]:
    numbers = parcel.numbers
    assert numbers
    order_no, payment_no, waybill_no, internal_no = numbers.numbers
    tax = None if parcel.tax is None else str(parcel.tax)
    buyer = parcel.quota.buyer if parcel.quota else b""
    return named_by, numbers.content, numbers.app_type, order_no, waybill_no, payment_no, internal_no, tax, buyer
