"""The tables of the alarms (告警数据表): alarms with how they stand, silences, and when each rule was last looked at.

Nothing in them is personal: places, providers, figures and order numbers.
"""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from customs.ledger.columns import CODE, NUMBER, TABLES, KeptTime

#: An alarm (告警). ``living`` names its rule and place while it is not over, so that there is one of each.
HUB_ALARMS = Table(
    "hub_alarms",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("living", String(400), unique=True),
    Column("enterprise", CODE, nullable=False),
    Column("rule", String(30), nullable=False),
    Column("district", String(4), nullable=False),
    Column("provider", CODE, nullable=False),
    Column("subject", CODE, nullable=False),
    Column("severity", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("times", Integer, nullable=False),
    Column("peak", Integer, nullable=False),
    Column("since", KeptTime, nullable=False),
    Column("held_from", KeptTime, nullable=False),
    Column("well_from", KeptTime),
    Column("opened_at", KeptTime),
    Column("closed_at", KeptTime),
    Column("explained_by", String(30), nullable=False),
    Column("figures", Text, nullable=False),
    Column("examples", Text, nullable=False),
    Column("told_at", KeptTime),
    Column("told_to", Text, nullable=False),
    Column("told", Integer, nullable=False),
    Column("acked_at", KeptTime),
    Column("acked_by", CODE, nullable=False),
    Column("note", String(400), nullable=False),
    Column("settled", Boolean, nullable=False),
    Index(None, "enterprise", "settled", "id"),
)

#: A silence (静默) that a person set.
HUB_SILENCES = Table(
    "hub_silences",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("begins", KeptTime, nullable=False),
    Column("ends", KeptTime, nullable=False),
    Column("rule", String(30), nullable=False),
    Column("district", String(4), nullable=False),
    Column("provider", CODE, nullable=False),
    Column("by", CODE, nullable=False),
    Column("why", String(400), nullable=False),
    Index(None, "enterprise", "ends"),
)

#: When each rule of an enterprise was last looked at; a turn holds the row of all of them, named ``*``.
HUB_ALARM_LOOKS = Table(
    "hub_alarm_looks",
    TABLES,
    Column("enterprise", CODE, primary_key=True),
    Column("rule", String(30), primary_key=True),
    Column("at", KeptTime),
)
