"""The console of the hub: people, their roles and sessions, failed sign-ins, and the audit."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import CODE, HASH, NAMES, NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "hub_console"
down_revision = "hub_reports"


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "hub_people",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False, unique=True),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("changes", sa.Boolean, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("made_at", KeptTime, nullable=False),
        sa.Column("locked_at", KeptTime),
    )
    sa.Table(
        "hub_grants",
        tables,
        sa.Column("person", NUMBER, sa.ForeignKey("hub_people.id"), nullable=False),
        sa.Column("enterprise", CODE, nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("person", "enterprise", "role"),
    )
    sa.Table(
        "hub_sessions",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("hash", HASH, nullable=False, unique=True),
        sa.Column("person", NUMBER, sa.ForeignKey("hub_people.id"), nullable=False, index=True),
        sa.Column("made_at", KeptTime, nullable=False),
        sa.Column("seen_at", KeptTime, nullable=False),
        sa.Column("until", KeptTime, nullable=False, index=True),
        sa.Column("ended_at", KeptTime),
        sa.Column("said", sa.LargeBinary),
    )
    sa.Table(
        "hub_tries",
        tables,
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("free_at", KeptTime, nullable=False),
        sa.Column("last_at", KeptTime, nullable=False, index=True),
    )
    sa.Table(
        "hub_audit",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("enterprise", CODE, nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("detail", sa.String(400), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Index(None, "enterprise", "id"),
        sa.Index(None, "enterprise", "subject"),
    )
    tables.create_all(op.get_bind())
    make_append_only("hub_audit")


def downgrade() -> None:
    """Drop the tables."""
    for table in ("hub_audit", "hub_tries", "hub_sessions", "hub_grants", "hub_people"):
        op.drop_table(table)
