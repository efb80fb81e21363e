"""The hub: alarms, silences, and when each rule was last looked at."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime

revision = "hub_alarms"
down_revision = "hub_notices"

_CODE, _NOTE = sa.String(100), sa.String(400)


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "hub_alarms",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("living", _NOTE, unique=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("district", sa.String(4), nullable=False),
        sa.Column("provider", _CODE, nullable=False),
        sa.Column("subject", _CODE, nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("peak", sa.Integer, nullable=False),
        sa.Column("since", KeptTime, nullable=False),
        sa.Column("held_from", KeptTime, nullable=False),
        sa.Column("well_from", KeptTime),
        sa.Column("opened_at", KeptTime),
        sa.Column("closed_at", KeptTime),
        sa.Column("explained_by", sa.String(30), nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
        sa.Column("examples", sa.Text, nullable=False),
        sa.Column("told_at", KeptTime),
        sa.Column("told_to", sa.Text, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("acked_at", KeptTime),
        sa.Column("acked_by", _CODE, nullable=False),
        sa.Column("note", _NOTE, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Index(None, "enterprise", "settled", "id"),
    )
    sa.Table(
        "hub_silences",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("begins", KeptTime, nullable=False),
        sa.Column("ends", KeptTime, nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("district", sa.String(4), nullable=False),
        sa.Column("provider", _CODE, nullable=False),
        sa.Column("by", _CODE, nullable=False),
        sa.Column("why", _NOTE, nullable=False),
        sa.Index(None, "enterprise", "ends"),
    )
    sa.Table(
        "hub_alarm_looks",
        tables,
        sa.Column("enterprise", _CODE, primary_key=True),
        sa.Column("rule", sa.String(30), primary_key=True),
        sa.Column("at", KeptTime),
    )
    tables.create_all(op.get_bind())


def downgrade() -> None:
    """Drop the tables."""
    for table in ("hub_alarm_looks", "hub_silences", "hub_alarms"):
        op.drop_table(table)
