"""The tables of goods records (备案表): each article, its versions, and the changes of its state."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from customs.ledger.columns import CODE, NUMBER, TABLES, KeptTime

#: An article in an account book (账册); without one the book is empty.
GOODS_RECORDS = Table(
    "goods_records",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("sku", CODE, nullable=False),
    Column("account_book_no", CODE, nullable=False, index=True),
    UniqueConstraint("sku", "account_book_no"),
)

#: The contents that a record had, from version 1 on. Only appended.
GOODS_VERSIONS = Table(
    "goods_versions",
    TABLES,
    Column("record", NUMBER, ForeignKey(GOODS_RECORDS.c.id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("record_no", CODE, nullable=False, index=True),
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("record", "version"),
)

#: The history of a record: how it stands after each change, which version holds, by which cause. Only appended.
GOODS_CHANGES = Table(
    "goods_changes",
    TABLES,
    Column("record", NUMBER, ForeignKey(GOODS_RECORDS.c.id), nullable=False),
    Column("place", Integer, nullable=False),
    Column("place_before", Integer),
    Column("kind", String(12), nullable=False),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("in_force", Integer),
    Column("used", Boolean, nullable=False),
    Column("cause_kind", String(20), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("by", CODE, nullable=False, server_default=""),
    Column("why", String(1000), nullable=False, server_default=""),
    Column("at", KeptTime, nullable=False),
    PrimaryKeyConstraint("record", "place"),
    UniqueConstraint("record", "kind", "cause_kind", "cause"),
    CheckConstraint(
        "(place = 1 AND place_before IS NULL) OR (place > 1 AND place_before IS NOT NULL AND place_before = place - 1)",
        name="chain",
    ),
    CheckConstraint(
        "(state <> 'on_record' OR (in_force IS NOT NULL AND in_force = version)) AND "
        "(state NOT IN ('suspended', 'withdrawn') OR in_force IS NULL)",
        name="in_force",
    ),
    ForeignKeyConstraint(["record", "place_before"], ["goods_changes.record", "goods_changes.place"]),
    ForeignKeyConstraint(["record", "version"], ["goods_versions.record", "goods_versions.version"]),
)
