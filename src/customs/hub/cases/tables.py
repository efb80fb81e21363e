"""The tables of cases (工单数据表): cases, their entries, what they are tied to, their causes, alarms and files,
and who is away.

Titles, words and files may name a buyer: they stand sealed, each under a salt of its own that erasing takes away. Files are
in the ledger and not beside it, so that one transaction, one backup and one erasure are about all of a case.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from customs.ledger.columns import CODE, HASH, NUMBER, SEALED, TABLES, KeptTime

#: A case as it stands (工单): derived from its entries, and held equal to them.
HUB_CASES = Table(
    "hub_cases",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("class", CODE, nullable=False),
    Column("impact", String(10), nullable=False),
    Column("urgency", String(10), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("queue", CODE, nullable=False),
    Column("assignee", CODE, nullable=False),
    Column("level", Integer, nullable=False),
    Column("source", String(12), nullable=False),
    Column("opened_at", KeptTime, nullable=False),
    Column("answered_at", KeptTime),
    Column("resolved_at", KeptTime),
    Column("closed_at", KeptTime),
    Column("reopened", Integer, nullable=False),
    Column("merged_into", NUMBER, ForeignKey("hub_cases.id")),
    Column("entries", Integer, nullable=False),
    Column("changed_at", KeptTime, nullable=False),
    Column("due", KeptTime),
    Index(None, "enterprise", "open", "priority", "id"),
    Index(None, "enterprise", "queue", "open"),
    Index(None, "enterprise", "assignee", "open"),
    Index(None, "due"),
    Index(None, "enterprise", "changed_at"),
)

#: The entries of a case (工单日志), only appended: what changed, or that something was said. ``outside`` is what the asker sees.
HUB_CASE_ENTRIES = Table(
    "hub_case_entries",
    TABLES,
    Column("case", NUMBER, ForeignKey(HUB_CASES.c.id), nullable=False),
    Column("place", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("by", CODE, nullable=False),
    Column("before", String(200), nullable=False),
    Column("after", String(200), nullable=False),
    Column("outside", Boolean, nullable=False),
    PrimaryKeyConstraint("case", "place"),
    Index(None, "at"),
)

#: The words of entries (正文): titles, reasons, comments, names of files, sealed.
HUB_CASE_WORDS = Table(
    "hub_case_words",
    TABLES,
    Column("case", NUMBER, nullable=False),
    Column("place", Integer, nullable=False),
    Column("salt", HASH),
    Column("sealed", SEALED),
    PrimaryKeyConstraint("case", "place"),
    ForeignKeyConstraint(["case", "place"], ["hub_case_entries.case", "hub_case_entries.place"]),
)

#: What a case is tied to (关联): orders, alarms, receipt codes, bills, goods records, articles, mails.
HUB_CASE_LINKS = Table(
    "hub_case_links",
    TABLES,
    Column("case", NUMBER, ForeignKey(HUB_CASES.c.id), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("target", String(200), nullable=False),
    PrimaryKeyConstraint("case", "kind", "target"),
    Index(None, "kind", "target"),
)

#: The causes of open cases (同因归并): one open case for each.
HUB_CASE_CAUSES = Table(
    "hub_case_causes",
    TABLES,
    Column("enterprise", CODE, nullable=False),
    Column("cause", String(200), nullable=False),
    Column("case", NUMBER, ForeignKey(HUB_CASES.c.id), nullable=False, index=True),
    PrimaryKeyConstraint("enterprise", "cause"),
)

#: The case of an alarm (告警工单), once for each; ``ended_at`` is when the alarm was over, once the case was told so.
HUB_CASE_ALARMS = Table(
    "hub_case_alarms",
    TABLES,
    Column("alarm", NUMBER, ForeignKey("hub_alarms.id"), primary_key=True, autoincrement=False),
    Column("enterprise", CODE, nullable=False),
    Column("case", NUMBER, ForeignKey(HUB_CASES.c.id), nullable=False, index=True),
    Column("at", KeptTime, nullable=False),
    Column("ended_at", KeptTime),
    Index(None, "enterprise", "ended_at"),
)

#: The files of a case (附件), sealed.
HUB_CASE_FILES = Table(
    "hub_case_files",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("case", NUMBER, ForeignKey(HUB_CASES.c.id), nullable=False),
    Column("place", Integer, nullable=False),
    Column("content_type", String(100), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("salt", HASH),
    Column("sealed", SEALED),
    UniqueConstraint("case", "place"),
)

#: Mails that were taken in (来信), each once, by the keyed hash of their Message-ID.
HUB_CASE_MAILS = Table(
    "hub_case_mails",
    TABLES,
    Column("enterprise", CODE, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("case", NUMBER, ForeignKey(HUB_CASES.c.id), nullable=False),
    Column("at", KeptTime, nullable=False),
    PrimaryKeyConstraint("enterprise", "hash"),
)

#: Who is away from when until when (请假): what would be theirs goes to their backup.
HUB_CASE_ABSENCES = Table(
    "hub_case_absences",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("person", CODE, nullable=False),
    Column("begins", KeptTime, nullable=False),
    Column("ends", KeptTime, nullable=False),
    Column("by", CODE, nullable=False),
    Index(None, "enterprise", "person", "ends"),
)

#: Look-ups of orders (自助查询记录), only appended, without who asked.
HUB_CASE_LOOKUPS = Table(
    "hub_case_lookups",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("order", String(200), nullable=False),
    Column("at", KeptTime, nullable=False),
    Index(None, "enterprise", "at"),
)
