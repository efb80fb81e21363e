"""The tables of the boxes (收发件箱数据表): messages with their events, items with their lines, and the salts of their copies.

What happened is only appended. Copies stand sealed; the salt of each is a row of its own, and erasing takes it away. Business
numbers stand in clear, since messages and receipts are found by them.

Documents, lines and numbers are added in one transaction with their message or item, which is never deleted. They have no foreign
key: PostgreSQL would look for the message or item once for each of them, which takes longer than to add the row.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from customs.ledger.columns import CODE, NUMBER, SEALED, TABLES, KeptBytes, KeptTime

_NAME, _NUMBER = String(200), String(100)

#: A box of a destination (箱): all that is put into one comes one after the other.
EXCHANGE_BOXES = Table(
    "exchange_boxes",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", _NAME, nullable=False),
    UniqueConstraint("kind", "name"),
)

#: What a box notes of itself: its circuit, up to where it was looked through.
EXCHANGE_MARKS = Table(
    "exchange_marks",
    TABLES,
    Column("box", NUMBER, ForeignKey(EXCHANGE_BOXES.c.id), nullable=False),
    Column("name", _NAME, nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("box", "name"),
)

#: The salts of a copy (盐值), by the name under which they are erased.
EXCHANGE_SALTS = Table(
    "exchange_salts",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("owner", String(300), nullable=False, index=True),
    Column("salts", SEALED),
)

#: A message in an outbox (发件), and where it stands.
EXCHANGE_MESSAGES = Table(
    "exchange_messages",
    TABLES,
    Column("seq", NUMBER, primary_key=True),
    Column("box", NUMBER, ForeignKey(EXCHANGE_BOXES.c.id), nullable=False),
    Column("id", _NUMBER, nullable=False),
    Column("name", CODE, nullable=False),
    Column("file_name", String(400), nullable=False),
    Column("file_key", String(400), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", KeptBytes(32), nullable=False),
    Column("divided", Boolean, nullable=False),
    Column("put_at", KeptTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("due", KeptTime),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("doubtful", Integer, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("said", Text, nullable=False),
    UniqueConstraint("box", "id"),
    Index(None, "box", "state", "due"),
    Index(None, "box", "file_key"),
)

#: The sealed copy of a message.
EXCHANGE_COPIES = Table(
    "exchange_copies",
    TABLES,
    Column("message", NUMBER, ForeignKey(EXCHANGE_MESSAGES.c.seq), primary_key=True, autoincrement=False),
    Column("salts", NUMBER, ForeignKey(EXCHANGE_SALTS.c.id), nullable=False),
    Column("sealed", SEALED, nullable=False),
)

#: The documents of a message, by number, key and guid.
EXCHANGE_DOCUMENTS = Table(
    "exchange_documents",
    TABLES,
    Column("message", NUMBER, nullable=False),
    Column("place", Integer, nullable=False),
    Column("number", _NUMBER, nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("guid", String(64), nullable=False, index=True),
    PrimaryKeyConstraint("message", "place"),
)

#: Messages of one box that have a document in common: never two of them are on their way.
EXCHANGE_RIVALS = Table(
    "exchange_rivals",
    TABLES,
    Column("message", NUMBER, ForeignKey(EXCHANGE_MESSAGES.c.seq), nullable=False),
    Column("other", NUMBER, ForeignKey(EXCHANGE_MESSAGES.c.seq), nullable=False),
    PrimaryKeyConstraint("message", "other"),
)

#: What happened to a message (投递事件). Only appended.
EXCHANGE_EVENTS = Table(
    "exchange_events",
    TABLES,
    Column("seq", NUMBER, primary_key=True),
    Column("message", NUMBER, ForeignKey(EXCHANGE_MESSAGES.c.seq), nullable=False, index=True),
    Column("at", KeptTime, nullable=False),
    Column("happening", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("due", KeptTime),
    Column("outcome", String(20)),
    Column("again", String(20), nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("said", Text, nullable=False),
    Column("salts", NUMBER, ForeignKey(EXCHANGE_SALTS.c.id)),
    Column("answer", SEALED),
)

#: An item in an inbox (收件).
EXCHANGE_ITEMS = Table(
    "exchange_items",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("box", NUMBER, ForeignKey(EXCHANGE_BOXES.c.id), nullable=False),
    Column("name", String(400), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("digest", KeptBytes(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("about", String(400), nullable=False),
    Column("word", Text, nullable=False),
    Column("placed", Boolean, nullable=False),
    Column("salts", NUMBER, ForeignKey(EXCHANGE_SALTS.c.id), nullable=False),
    Column("sealed", SEALED, nullable=False),
    UniqueConstraint("box", "digest"),
    Index(None, "box", "kind", "placed"),
)

#: The lines of a receipt: the document that each speaks of, and its code.
EXCHANGE_LINES = Table(
    "exchange_lines",
    TABLES,
    Column("item", NUMBER, nullable=False),
    Column("place", Integer, nullable=False),
    Column("receipt", String(40), nullable=False),
    Column("key", Text, nullable=False),
    Column("key_digest", KeptBytes(16), nullable=False, index=True),
    Column("code", String(40), nullable=False),
    Column("at", KeptTime),
    Column("submitted", _NUMBER, nullable=False),
    Column("word", Text, nullable=False),
    PrimaryKeyConstraint("item", "place"),
)

#: The business numbers that the lines of a receipt name.
EXCHANGE_NUMBERS = Table(
    "exchange_numbers",
    TABLES,
    Column("number", _NUMBER, nullable=False),
    Column("item", NUMBER, nullable=False),
    PrimaryKeyConstraint("number", "item"),
)
