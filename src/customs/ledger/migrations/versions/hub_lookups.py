"""The hub: look-ups of orders, by which self-service is counted."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "hub_lookups"
down_revision = "hub_order_counts"


def upgrade() -> None:
    """Make the table."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "hub_case_lookups",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", sa.String(100), nullable=False),
        sa.Column("order", sa.String(200), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Index(None, "enterprise", "at"),
    )
    tables.create_all(op.get_bind())
    make_append_only("hub_case_lookups")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("hub_case_lookups")
