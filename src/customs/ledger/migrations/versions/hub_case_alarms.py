"""The hub: the cases of alarms."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import CODE, NAMES, NUMBER, KeptTime

revision = "hub_case_alarms"
down_revision = "hub_uploads"


def upgrade() -> None:
    """Make the table."""
    tables = sa.MetaData(naming_convention=NAMES)
    for name in ("hub_alarms", "hub_cases"):
        sa.Table(name, tables, sa.Column("id", NUMBER, primary_key=True))
    alarms = sa.Table(
        "hub_case_alarms",
        tables,
        sa.Column("alarm", NUMBER, sa.ForeignKey("hub_alarms.id"), primary_key=True, autoincrement=False),
        sa.Column("enterprise", CODE, nullable=False),
        sa.Column("case", NUMBER, sa.ForeignKey("hub_cases.id"), nullable=False, index=True),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("ended_at", KeptTime),
        sa.Index(None, "enterprise", "ended_at"),
    )
    alarms.create(op.get_bind())


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("hub_case_alarms")
