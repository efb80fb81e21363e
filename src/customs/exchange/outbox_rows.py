"""The rows of an outbox in a state folder (发件箱数据表): its tables, and what stands in them as values."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import Any, overload
from zlib import crc32

from customs.documents import BusinessKey
from customs.exchange.contract import Delivery
from customs.exchange.outbox import written
from customs.exchange.pieces import Pieces, divided
from customs.exchange.standing import IN_FLIGHT, WAITING, DeliveryEvent, DeliveryState, Standing
from customs.files import safe_name
from customs.journal.state import Tables

_FORM = """
CREATE TABLE marks(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE messages(
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, file_name TEXT NOT NULL, size INTEGER NOT NULL,
    digest BLOB NOT NULL, divided INTEGER NOT NULL, put_at TEXT NOT NULL, state TEXT NOT NULL, due TEXT, attempts INTEGER NOT NULL,
    failures INTEGER NOT NULL, doubtful INTEGER NOT NULL, looks INTEGER NOT NULL, said TEXT NOT NULL);
CREATE INDEX messages_due ON messages(state, due);
CREATE INDEX messages_file ON messages(lower(file_name));
CREATE TABLE copies(message INTEGER PRIMARY KEY REFERENCES messages, sealed BLOB NOT NULL);
CREATE TABLE documents(
    message INTEGER NOT NULL REFERENCES messages, place INTEGER NOT NULL, number TEXT NOT NULL, key TEXT NOT NULL,
    guid TEXT NOT NULL, PRIMARY KEY(message, place)) WITHOUT ROWID;
CREATE INDEX documents_number ON documents(number);
CREATE INDEX documents_guid ON documents(guid) WHERE guid <> '';
CREATE TABLE events(
    seq INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES messages, at TEXT NOT NULL, happening TEXT NOT NULL,
    state TEXT NOT NULL, due TEXT, outcome TEXT, again TEXT NOT NULL, counts INTEGER NOT NULL, said TEXT NOT NULL,
    answer BLOB NOT NULL, checksum BLOB NOT NULL);
CREATE INDEX events_message ON events(message)
"""

#: The keys of a message in one row; found by the checksums of their numbers, of which each stands in ``found_by`` with the
#: first message that has it, and in ``shared_by`` with the others; the messages with a document in common; and where
#: copies are that stand in files.
_LISTED = """
CREATE TABLE listed(message INTEGER PRIMARY KEY REFERENCES messages, keys TEXT NOT NULL, guids TEXT NOT NULL);
CREATE TABLE found_by(short INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES messages);
CREATE TABLE shared_by(
    short INTEGER NOT NULL, message INTEGER NOT NULL REFERENCES messages, PRIMARY KEY(short, message)) WITHOUT ROWID;
CREATE TABLE rivals(
    message INTEGER NOT NULL REFERENCES messages, other INTEGER NOT NULL REFERENCES messages,
    PRIMARY KEY(message, other)) WITHOUT ROWID;
CREATE TABLE packed(
    message INTEGER PRIMARY KEY REFERENCES messages, pack INTEGER NOT NULL, start INTEGER NOT NULL, size INTEGER NOT NULL);
INSERT INTO listed SELECT message, group_concat(key, char(30)), group_concat(guid, char(30))
    FROM (SELECT message, key, guid FROM documents ORDER BY message, place) GROUP BY message;
CREATE TABLE every AS
    SELECT DISTINCT CAST(short(number) AS INTEGER) AS short, message FROM documents WHERE number <> '';
INSERT INTO found_by SELECT short, min(message) FROM every GROUP BY short;
INSERT INTO shared_by SELECT short, message FROM every
    WHERE message <> (SELECT found_by.message FROM found_by WHERE found_by.short = every.short);
INSERT INTO rivals SELECT DISTINCT mine.message, theirs.message FROM documents AS mine
    JOIN documents AS theirs ON theirs.number = mine.number AND theirs.key = mine.key AND theirs.message <> mine.message;
DROP TABLE every;
DROP TABLE documents
"""

#: What separates the parts of a key, and keys; no text of a message holds them.
_BETWEEN, _NEXT = "\x1f", "\x1e"

STANDING = "state, due, attempts, failures, doubtful, looks, said"
ENTRY = f"seq, id, name, file_name, size, put_at, {STANDING}"


def listed(states: Iterable[DeliveryState]) -> str:
    """Return states as a list in SQL."""
    return ", ".join(f"'{each}'" for each in states)


#: The first messages that are due and of which no document is in flight, or waits, in another message put before.
NEXT_DUE = f"""
SELECT id, size, {STANDING} FROM messages AS own WHERE state IN ({listed(WAITING)}) AND due <= ?
    AND NOT EXISTS (
        SELECT 1 FROM rivals CROSS JOIN messages AS other ON other.seq = rivals.other
        WHERE rivals.message = own.seq AND (
            other.state IN ({listed(IN_FLIGHT)}) OR (other.seq < own.seq AND other.state IN ({listed(WAITING)}))))
    ORDER BY due, seq LIMIT ?
"""  # noqa: S608  no text of others

#: Bytes of the messages that are handed over together.
MOST_BYTES_TOGETHER = 16 * 1024 * 1024

ADD_EVENT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def outbox_tables(destination: str) -> Tables:
    """Return the tables of the outbox of a destination."""
    return Tables(
        home=f"exchange/outbox-{destination}",
        file="outbox.db",
        forms=(_FORM, _LISTED),
        functions={"short": lambda text: str(short(text))},
        name=(f"outbox of {destination}", f"“{destination}”的发件箱"),
        doing=f"sending to {destination}",
    )


def checked_destination(name: str) -> str:
    """Return the name of a destination. Raises ``ValueError`` for one that cannot be that of a folder on every system."""
    if name != safe_name(name).lower() or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError(
            f"a destination is called by small letters, digits, - and _, not {name!r} 接入点名称只用小写字母、数字、- 和 _"
        )
    return name


def pieces_of(delivery: Delivery, numbers: Sequence[str]) -> Pieces:
    """Return the pieces of a message: of its content, or of the form that is posted with it."""
    if delivery.form is not None:
        return Pieces((form_of(delivery), delivery.content))
    return divided(delivery.name, delivery.content, numbers)


def put_event(delivery: Delivery, at: datetime, most_bytes: int) -> DeliveryEvent:
    """Return the event with which a message is put; it is dead from the beginning if it is too large."""
    if len(delivery.content) <= most_bytes:
        return DeliveryEvent(at=at, happening="put", state=DeliveryState.PREPARED, due=at)
    said = (
        f"the message has {len(delivery.content):,} bytes and its destination takes {most_bytes:,}: declare fewer parcels in "
        f"one message 报文共 {len(delivery.content):,} 字节，超过接入点上限 {most_bytes:,} 字节，请减少每份报文的包裹数"
    )
    return DeliveryEvent(at=at, happening="put", state=DeliveryState.DEAD, said=said)


def form_of(delivery: Delivery) -> bytes:
    """Return the form that is posted with a message as the database has it, empty if there is none."""
    return json.dumps(dict(delivery.form), ensure_ascii=False).encode() if delivery.form is not None else b""


#: Bytes of the digest of a message that an earlier release put.
DIGEST_BYTES = 32


def digest_of(form: bytes, content: bytes) -> bytes:
    """Return the digest of form and content, as an earlier release kept it."""
    return sha256(form + b"\0" + content).digest()


def copy_of(message_id: str) -> str:
    """Return the name of the copy of a message."""
    return f"{message_id}\x1fcopy"


def answers_of(message_id: str) -> str:
    """Return the name of the copies of the answers to a message."""
    return f"{message_id}\x1fanswers"


def key_text(key: BusinessKey) -> str:
    """Return a business key as the database has it."""
    return _BETWEEN.join([key.message, *chain.from_iterable(key.fields)])


def key_in(text: str) -> BusinessKey:
    """Return a business key from the database."""
    message, *parts = text.split(_BETWEEN)
    return BusinessKey(message, tuple(zip(parts[::2], parts[1::2], strict=True)))


def short(text: str) -> int:
    """Return the checksum by which a number is found; others may have the same."""
    return crc32(text.encode())


def joined(texts: Iterable[str]) -> str:
    """Return texts as one of the database."""
    return _NEXT.join(texts)


def parted(text: str) -> list[str]:
    """Return the texts in one of the database."""
    return text.split(_NEXT) if text else []


class StoredKeys(Sequence[BusinessKey]):
    """The keys of a message, which few ways ask for: made when they are looked at."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def texts(self) -> list[str]:
        """The keys as the database has them."""
        return parted(self._text)

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, place: int) -> BusinessKey: ...
    @overload
    def __getitem__(self, place: slice) -> "tuple[BusinessKey, ...]": ...
    def __getitem__(self, place: int | slice) -> "BusinessKey | tuple[BusinessKey, ...]":
        return key_in(self.texts[place]) if isinstance(place, int) else tuple(map(key_in, self.texts[place]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


def standing_in(values: Sequence[Any]) -> Standing:
    """Return where a message stands, from the columns of ``STANDING``."""
    state, due, attempts, failures, doubtful, looks, said = values
    return Standing(
        state=DeliveryState(state),
        due=moment_in(due),
        attempts=attempts,
        failures=failures,
        doubtful=doubtful,
        looks=looks,
        said=said,
    )


def text_of(at: datetime | None) -> str | None:
    """Return a time as the database has it."""
    return written(at) if at else None


def moment_in(text: str | None) -> datetime | None:
    """Return a time from the database."""
    return datetime.fromisoformat(text) if text else None
