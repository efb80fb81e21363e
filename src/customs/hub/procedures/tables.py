"""The tables of procedures (作业程序数据表): the team's own procedures with their approvals, runs, their entries,
and what was said in them, sealed.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from customs.ledger.columns import CODE, HASH, NUMBER, SEALED, TABLES, KeptTime

#: The procedures of a team (自定义程序), each version once; only appended. The body is TOML.
HUB_PROCEDURES = Table(
    "hub_procedures",
    TABLES,
    Column("enterprise", CODE, nullable=False),
    Column("key", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("by", CODE, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("enterprise", "key", "version"),
)

#: Who approved which version of a team's own procedure (复核), once for each; only appended.
HUB_PROCEDURE_APPROVALS = Table(
    "hub_procedure_approvals",
    TABLES,
    Column("enterprise", CODE, nullable=False),
    Column("key", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("by", CODE, nullable=False),
    PrimaryKeyConstraint("enterprise", "key", "version"),
    ForeignKeyConstraint(
        ["enterprise", "key", "version"],
        ["hub_procedures.enterprise", "hub_procedures.key", "hub_procedures.version"],
    ),
)

#: A procedure that is run over a case or an order (执行), with the steps as they were when it began. ``living`` names an open one.
HUB_RUNS = Table(
    "hub_runs",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("procedure", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("case", NUMBER, ForeignKey("hub_cases.id"), index=True),
    Column("order", String(200), nullable=False),
    Column("living", String(300), unique=True),
    Column("state", String(10), nullable=False),
    Column("step", String(40), nullable=False),
    Column("due", KeptTime, index=True),
    Column("begun_at", KeptTime, nullable=False),
    Column("begun_by", CODE, nullable=False),
    Column("ended_at", KeptTime),
    Column("entries", Integer, nullable=False),
    Index(None, "enterprise", "order"),
)

#: The entries of runs (执行记录), only appended. ``once`` is the step that was done or passed over, which is so once.
HUB_RUN_ENTRIES = Table(
    "hub_run_entries",
    TABLES,
    Column("run", NUMBER, ForeignKey(HUB_RUNS.c.id), nullable=False),
    Column("place", Integer, nullable=False),
    Column("step", String(40), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("once", String(40)),
    Column("at", KeptTime, nullable=False),
    Column("by", CODE, nullable=False),
    PrimaryKeyConstraint("run", "place"),
    UniqueConstraint("run", "once"),
)

#: Evidence, reasons and what came of a step (依据与结果), sealed.
HUB_RUN_WORDS = Table(
    "hub_run_words",
    TABLES,
    Column("run", NUMBER, nullable=False),
    Column("place", Integer, nullable=False),
    Column("salt", HASH),
    Column("sealed", SEALED),
    PrimaryKeyConstraint("run", "place"),
    ForeignKeyConstraint(["run", "place"], ["hub_run_entries.run", "hub_run_entries.place"]),
)
