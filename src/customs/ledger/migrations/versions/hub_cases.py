"""The hub: cases, their entries and words, what they are tied to, files, mails, and who is away."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "hub_cases"
down_revision = "hub_console"

_CODE, _HASH = sa.String(100), sa.LargeBinary(32)


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "hub_cases",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("class", _CODE, nullable=False),
        sa.Column("impact", sa.String(10), nullable=False),
        sa.Column("urgency", sa.String(10), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("queue", _CODE, nullable=False),
        sa.Column("assignee", _CODE, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("opened_at", KeptTime, nullable=False),
        sa.Column("answered_at", KeptTime),
        sa.Column("resolved_at", KeptTime),
        sa.Column("closed_at", KeptTime),
        sa.Column("reopened", sa.Integer, nullable=False),
        sa.Column("merged_into", NUMBER, sa.ForeignKey("hub_cases.id")),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("changed_at", KeptTime, nullable=False),
        sa.Column("due", KeptTime),
        sa.Index(None, "enterprise", "open", "priority", "id"),
        sa.Index(None, "enterprise", "queue", "open"),
        sa.Index(None, "enterprise", "assignee", "open"),
        sa.Index(None, "due"),
        sa.Index(None, "enterprise", "changed_at"),
    )
    sa.Table(
        "hub_case_entries",
        tables,
        sa.Column("case", NUMBER, sa.ForeignKey("hub_cases.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("by", _CODE, nullable=False),
        sa.Column("before", sa.String(200), nullable=False),
        sa.Column("after", sa.String(200), nullable=False),
        sa.Column("outside", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("case", "place"),
        sa.Index(None, "at"),
    )
    sa.Table(
        "hub_case_words",
        tables,
        sa.Column("case", NUMBER, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("salt", _HASH),
        sa.Column("sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("case", "place"),
        sa.ForeignKeyConstraint(["case", "place"], ["hub_case_entries.case", "hub_case_entries.place"]),
    )
    sa.Table(
        "hub_case_links",
        tables,
        sa.Column("case", NUMBER, sa.ForeignKey("hub_cases.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("case", "kind", "target"),
        sa.Index(None, "kind", "target"),
    )
    sa.Table(
        "hub_case_causes",
        tables,
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("case", NUMBER, sa.ForeignKey("hub_cases.id"), nullable=False, index=True),
        sa.PrimaryKeyConstraint("enterprise", "cause"),
    )
    sa.Table(
        "hub_case_files",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("case", NUMBER, sa.ForeignKey("hub_cases.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("salt", _HASH),
        sa.Column("sealed", sa.LargeBinary),
        sa.UniqueConstraint("case", "place"),
    )
    sa.Table(
        "hub_case_mails",
        tables,
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.Column("case", NUMBER, sa.ForeignKey("hub_cases.id"), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.PrimaryKeyConstraint("enterprise", "hash"),
    )
    sa.Table(
        "hub_case_absences",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("person", _CODE, nullable=False),
        sa.Column("begins", KeptTime, nullable=False),
        sa.Column("ends", KeptTime, nullable=False),
        sa.Column("by", _CODE, nullable=False),
        sa.Index(None, "enterprise", "person", "ends"),
    )
    tables.create_all(op.get_bind())
    make_append_only("hub_case_entries")


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "hub_case_absences",
        "hub_case_mails",
        "hub_case_files",
        "hub_case_causes",
        "hub_case_links",
        "hub_case_words",
        "hub_case_entries",
        "hub_cases",
    ):
        op.drop_table(table)
