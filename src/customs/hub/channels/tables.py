"""The tables of channels (通知数据表): the notices that wait for a channel, and when each channel is free again.

A notice holds no personal data, so it stands in clear; once told, its body goes, and the row some time after.
"""

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from customs.ledger.columns import CODE, NUMBER, SEALED, TABLES, KeptTime

#: A notice for one channel (通知): ``waiting``, ``told``, ``refused`` or ``given up``, and what the channel said last.
HUB_NOTICES = Table(
    "hub_notices",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("channel", CODE, nullable=False),
    Column("key", String(200)),
    Column("severity", String(12), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", SEALED, nullable=False),
    Column("state", String(12), nullable=False),
    Column("due", KeptTime),
    Column("attempts", Integer, nullable=False),
    Column("said", String(400), nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("ended_at", KeptTime),
    UniqueConstraint("channel", "key"),
    Index(None, "state", "channel", "due"),
)

#: When a channel is free for its next notice (限速), for all workers together.
HUB_CHANNELS = Table(
    "hub_channels",
    TABLES,
    Column("channel", CODE, primary_key=True),
    Column("free_at", KeptTime),
)
